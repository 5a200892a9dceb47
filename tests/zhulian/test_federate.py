"""federate as a user types it: the summary, the folder, the workbook, and what is sent loads back."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tomllib
from pathlib import Path

import openpyxl
import pytest
from rich.cells import cell_len

from graph.build import build
from graph.resolve import judge
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.test_federation_links import FIRST, SAME, SECOND
from tests.graph.two_sources import HEADERS, SCRIPT, call_columns, two_sources
from tests.worlds import write_source
from tests.zhulian.running import Ran, failed, run
from zhulian.federation import file_part, sheet_name

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
DIFFERENCES = ["table", "name", "property", "label", "value_甲", "value_乙",
               "newer", "newer_by", "changed_甲", "changed_乙", "record_甲", "record_乙"]
ONLY = ["table", "record", "name", "at", "region", "records", "also_in", "could_be"]
RAW = ("13812345678", "13987654321", "yi@example.org", "1960-05")


def rows(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cells(ran: Ran) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in ran.out.splitlines() if "│" in line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("federated")
    two_sources(made)
    return made


def test_a_summary_is_printed(folder: Path) -> None:
    ran = run(folder, "federate", "甲", "乙")
    assert ran.status == 0, ran.err
    found = cells(ran)
    assert "A = 甲, B = 乙" in ran.out
    assert ["scientists", "3", "2", "1", "33.3%", "50.0%", "1"] in found
    assert ["enterprises", "0", "1", "0", "", "0.0%", "0"] in found
    assert ["scientists", "title", "1", "0", "0", "1"] in found
    assert ["B", "scientists", "1", "1"] in found
    assert "counted: things and links, each once however many rows it has" in ran.out
    assert "not sent before they are reviewed (pending.csv): 1 to A, 1 to B" in ran.out
    assert "to send (contact fields empty)" in ran.out
    assert "no full list: loaded in place of the list, it would remove the rest" in ran.out
    assert "open reviews between the two: 1;" in ran.out
    assert "--out DIR" in ran.err
    assert [raw for raw in RAW if raw in ran.out] == []


def test_the_tables_of_the_summary_fit_a_terminal_of_80_columns(tmp_path: Path) -> None:
    """Whatever the sources are called, and with the longest names of tables: no cell is broken."""
    first, second = "巴山蜀水科技工作者之家服务平台[2024年度]样例", "科技创新中国试点城市样例数据资源共享服务平台"
    members = [{"association": "k", "party": f"样例{i}"} for i in range(3)]
    people = [{"id": str(i), "name": f"样例{i}", "do_not_contact": "是", "birth_date": f"19{60 + i}"} for i in range(3)]
    with Workspace(tmp_path / "zhulian.duckdb") as opened:
        load(opened, [
            write_source(tmp_path / first, {"scientists": people, "associations": [{"id": "k", "name": "样例科协"}], "association_members": members}),
            write_source(tmp_path / second, {
                "scientists": [p | {"do_not_contact": "否", "birth_date": f"18{60 + i}", "orcid": "0000-0002-1825-0097" if i == 1 else ""}
                               for i, p in enumerate(people)], "associations": [{"id": "k", "name": "样例科协"}]})])
        for id_ in ("scientists/0", "scientists/1", "scientists/2", "associations/k"):
            judge(opened, f"{first}/{id_}", f"{second}/{id_}", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
    ran = run(tmp_path, "federate", first, second, COLUMNS="80")
    assert ran.status == 0, ran.err
    assert [line for line in ran.out.splitlines() if cell_len(line) > 80] == []
    assert re.sub(r"\s", "", ran.out).startswith(f"A={first},B={second}")
    found = cells(ran)
    assert ["association_members", "3", "0", "0", "0.0%", "", "0"] in found
    assert ["scientists", "do_not_contact", "3", "0", "0", "3"] in found
    assert ["B", "association_members", "3", "0"] in found


@pytest.fixture(scope="module")
def out(folder: Path) -> Path:
    """What is written into a folder, two levels below one that is there; a table of an earlier run and a file of the user's lie there."""
    stale = folder / "out" / "put" / "for_乙" / "works.csv"
    stale.parent.mkdir(parents=True)
    for path in (stale, stale.with_name("mine.csv")):
        path.write_text("title\n样例论文\n", encoding="utf-8")
    ran = run(folder, "federate", "甲", "乙", "--out", "out/put")
    assert ran.status == 0, ran.err
    assert "index.html" in ran.err
    return folder / "out" / "put"


def test_a_folder_holds_the_tables_and_a_page(out: Path) -> None:
    """A table that there is nothing for any more is gone, so that it is not sent; the user's own file is not."""
    assert sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()) == sorted([
        "differences.csv", "index.html", "only_in_乙.csv", "only_in_甲.csv", "overview.csv", "pending.csv",
        *(f"for_乙/{name}" for name in ("mine.csv", "institutions.csv", "organisations.csv", "scientists.csv", "source.toml")),
        *(f"for_甲/{name}" for name in ("institutions.csv", "organisations.csv", "scientists.csv", "source.toml"))])
    overview = rows(out / "overview.csv")
    assert overview[0] == {
        "table": "scientists", "label": "科技工作者", "in_甲": "3", "in_乙": "2", "in_both": "1", "only_in_甲": "2", "only_in_乙": "1",
        "share_of_甲": "0.3333", "share_of_乙": "0.5", "differences": "1", "open_reviews": "1"}
    assert overview[2]["share_of_甲"] == ""
    assert [list(r) for r in rows(out / "differences.csv")] == [DIFFERENCES]
    [title] = rows(out / "differences.csv")
    assert [title[c] for c in DIFFERENCES[3:7]] == ["职称", "教授", "副教授", "unknown"]
    only = rows(out / "only_in_甲.csv")
    assert list(only[0]) == ONLY
    assert [(r["record"], r["could_be"]) for r in only][1] == ("甲/scientists/2", "乙/scientists/y")
    assert rows(out / "pending.csv") == [
        {"to": "甲", "table": "scientists", "record": "乙/scientists/y", "name": f"样例丁{SCRIPT}", "at": "渝样大学", "region": "",
         "could_be": "甲/scientists/2"},
        {"to": "乙", "table": "scientists", "record": "甲/scientists/2", "name": "样例乙", "at": "渝样大学", "region": "",
         "could_be": "乙/scientists/y"}]
    for path in out.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8-sig")
            assert [raw for raw in RAW if raw in text] == [], path.name


def test_cells_that_a_spreadsheet_would_run_are_neutralised(out: Path) -> None:
    [row] = [r for r in rows(out / "for_乙" / "scientists.csv") if r["来源记录"] == "甲/scientists/3"]
    assert row["级别"] == "'=1+1"


def test_what_is_sent_says_that_it_is_no_full_list(out: Path) -> None:
    for settings in out.glob("for_*/source.toml"):
        first, second, *_ = settings.read_text(encoding="utf-8").splitlines()
        assert first == "# 只有新增的和对方缺的，不是完整名单：若用来替换原有名单，其余的会被删除。"
        assert second == "# Only what is new and what is lacking, no full list: loaded in place of the list, it would remove the rest."
    page = (out / "index.html").read_text(encoding="utf-8")
    assert [page.count(words) for words in ("不是完整名单：若用来替换原有名单，其余的会被删除。", "联系方式留空，不写脱敏值。")] == [2, 2]
    assert "****" not in "".join(path.read_text(encoding="utf-8-sig") for path in out.glob("for_*/*.csv"))


def test_what_is_sent_loads_back_under_the_columns_of_the_other_side(out: Path, tmp_path: Path) -> None:
    sent = tmp_path / "for_乙"
    shutil.copytree(out / "for_乙", sent, ignore=shutil.ignore_patterns("mine.csv"))
    settings = tomllib.loads((sent / "source.toml").read_text(encoding="utf-8"))
    assert settings["title"] == "样例平台甲 → 样例平台乙"
    assert settings["licence"] == "invented"
    assert {header: settings["columns"]["scientists"][header] for header in HEADERS} == HEADERS
    ran = run(tmp_path, "load", str(sent), "--strict", "--issues", "issues.csv")
    assert ran.status == 0, ran.err
    assert rows(tmp_path / "issues.csv") == []
    with Workspace(tmp_path / "zhulian.duckdb", read_only=True) as opened:
        extra = opened.connection.execute("SELECT extra FROM records.scientists ORDER BY file, row").fetchall()
        assert [json.loads(cells) for cells, in extra][1] == {"处理": "补充", "来源记录": "甲/scientists/1"}
        people = opened.connection.execute("SELECT name, title, institution, gender, degree, do_not_contact, email FROM records.scientists "
                                           "ORDER BY file, row").fetchall()
        assert opened.count("for_乙", "organisations") == 1
    assert people == [("样例丙", "'=1+1", None, None, None, None, None),
                      ("样例 甲", None, None, "female", "博士", None, None)]


def test_one_workbook_has_the_same_tables(folder: Path) -> None:
    ran = run(folder, "federate", "甲", "乙", "--out", "both.xlsx")
    assert ran.status == 0, ran.err
    book = openpyxl.load_workbook(folder / "both.xlsx")
    assert book.sheetnames == ["overview", "only_in_甲", "only_in_乙", "differences", "pending",
                               "scientists for_甲", "organisations for_甲", "institutions for_甲",
                               "scientists for_乙", "organisations for_乙", "institutions for_乙"]
    header, *body = book["scientists for_乙"].iter_rows(values_only=True)
    assert list(header)[:4] == ["工号", "大名", "单位", "级别"]
    assert [row[1] for row in body] == ["样例丙", "样例 甲"]
    risky = book["scientists for_乙"]["D2"]
    assert (risky.value, risky.data_type, risky.quotePrefix) == ("=1+1", "s", True)
    assert list(book["differences"].iter_rows(values_only=True))[1][:6] == ("scientists", "样例甲", "title", "职称", "教授", "副教授")
    assert book["overview"]["C2"].value == 3


def test_contact_values_stand_in_what_is_sent_alone_and_only_for_a_purpose(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "zhulian.duckdb", tmp_path)
    with Workspace(tmp_path / "zhulian.duckdb") as opened:
        judge(opened, "甲/scientists/2", "乙/scientists/y", "different", who="样例复核员")
        with opened.transaction():
            build(opened)
    purpose = ("--unmask", "--purpose", "共办活动")
    ran = run(tmp_path, "federate", "甲", "乙", "--out", "out", *purpose)
    assert ran.status == 0, ran.err
    assert "to send (contact fields as they came)" in ran.out
    assert run(tmp_path, "federate", "甲", "乙", "--out", "both.xlsx", *purpose).status == 0
    out = tmp_path / "out"
    with_values = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()
                   and any(raw in path.read_text(encoding="utf-8-sig") for raw in RAW)}
    assert with_values == {"for_甲/scientists.csv", "for_乙/scientists.csv"}
    assert "含未脱敏的联系方式（用途已记入日志）。" in (out / "index.html").read_text(encoding="utf-8")
    assert [r["邮箱"] for r in rows(out / "for_乙" / "scientists.csv")] == ["yi@example.org", "", ""]
    book = openpyxl.load_workbook(tmp_path / "both.xlsx")
    sheets = {sheet.title for sheet in book for row in sheet.iter_rows(values_only=True) if any(raw in str(row) for raw in RAW)}
    assert sheets == {"scientists for_甲", "scientists for_乙"}
    assert run(tmp_path, "audit", "--out", "audit.json").status == 0
    found = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert [(event["command"], event["purpose"]) for event in found] == [("federate", "共办活动")] * 2
    assert [raw for raw in RAW if raw in ran.out + ran.err + json.dumps(found)] == []


def test_links_are_listed_and_load_back(tmp_path: Path) -> None:
    """Beside the other side's own lists: all three memberships that it lacked are built, and none waits."""
    with Workspace(tmp_path / "zhulian.duckdb") as opened:
        load(opened, [write_source(tmp_path / "甲", FIRST), write_source(tmp_path / "乙", SECOND)])
        for left, right in SAME:
            judge(opened, f"甲/{left}", f"乙/{right}", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
    stale = tmp_path / "out" / "for_甲" / "outcomes.csv"
    stale.parent.mkdir(parents=True)
    stale.write_text("need,scientist\n", encoding="utf-8")
    ran = run(tmp_path, "federate", "甲", "乙", "--out", "out")
    assert ran.status == 0, ran.err
    out = tmp_path / "out"
    assert not stale.exists()
    [line] = [r for r in rows(out / "overview.csv") if r["table"] == "memberships"]
    assert (line["label"], line["in_甲"], line["in_乙"], line["in_both"], line["only_in_甲"]) == ("学会会员", "3", "2", "1", "2")
    assert [r["name"] for r in rows(out / "only_in_乙.csv") if r["table"] == "memberships"] == ["样例學會 → 样例乙 (秘书长)"]
    page = (out / "index.html").read_text(encoding="utf-8")
    assert [word for word in ("学会会员", "样例學會 → 样例乙 (秘书长)", "memberships.csv") if word not in page] == []
    loaded = run(tmp_path, "load", "乙", str(out / "for_乙"), "--strict", "--workspace", "back.duckdb")
    assert loaded.status == 0, loaded.err
    with Workspace(tmp_path / "back.duckdb", read_only=True) as opened:
        built = opened.connection.execute("SELECT o.name, p.name, e.role FROM graph.memberships e JOIN graph.organisations o ON o.id = e.source "
                                          "JOIN graph.scientists p ON p.id = e.target WHERE e.origin LIKE 'for_乙/%' ORDER BY ALL").fetchall()
    assert built == [("仅甲学会", "样例甲", "会长"), ("样例學會", "样例丙", "会员，电话"), ("样例學會", "样例甲", "理事")]


def test_what_is_sent_is_not_loaded_over_the_list_itself(out: Path, folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "zhulian.duckdb", tmp_path)
    sent = str(out / "for_乙" / "scientists.csv")
    failed(run(tmp_path, "load", sent, "--source", "乙"), 1, "only what is new and what is lacking", "the 2 rows that are there", "--allow-shrink")
    assert run(tmp_path, "load", sent).status == 0


def test_wrong_usage_names_the_sources(folder: Path, tmp_path: Path) -> None:
    failed(run(folder, "federate", "甲", "丙"), 2, "no source '丙'", "乙, 甲")
    failed(run(folder, "federate", "甲", "甲"), 2, "'甲' twice", "乙, 甲")
    failed(run(folder, "federate", "甲"), 2, "SOURCE")
    failed(run(folder, "federate", "甲", "乙", "--out", "x.csv"), 2, "a folder, or a workbook (.xlsx)")
    failed(run(folder, "federate", "甲", "乙", "--out", "missing/x.xlsx"), 2, "there is no such folder")
    failed(run(folder, "federate", "甲", "乙", "--language", "fr"), 2, "'fr'")
    failed(run(folder, "federate", "甲", "乙", "--out", "x", "--unmask"), 2, "--purpose")
    failed(run(folder, "federate", "甲", "乙", "--out", "x", "--unmask", "--purpose", " "), 2, "--purpose")
    failed(run(folder, "federate", "甲", "乙", "--out", "x", "--purpose", "核对"), 2, "--unmask")
    failed(run(folder, "federate", "甲", "乙", "--unmask", "--purpose", "核对"), 2, "--out")
    assert not (folder / "x").exists()
    failed(run(tmp_path, "federate", "甲", "乙"), 1, "zhulian load")
    failed(run(tmp_path, "federate", "甲", "乙", "--out", "x", "--unmask", "--purpose", "核对"), 1, "zhulian load")
    assert list(tmp_path.iterdir()) == []
    (folder / "file").write_text("", encoding="utf-8")
    failed(run(folder, "federate", "甲", "乙", "--out", "file"), 2, "a folder")


def test_names_of_sources_that_files_and_sheets_cannot_have() -> None:
    assert file_part("巴蜀 科技云") == "巴蜀 科技云"
    assert re.fullmatch(r"a_b-[0-9a-f]{6}", file_part("a:b"))
    assert len({file_part(name) for name in ("a:b", "a?b", "a_b", "a_b.", "a_b ")}) == 5
    taken: set[str] = set()
    names = [sheet_name(name, taken) for name in ("only_in_" + "长" * 40, "only_in_" + "长" * 41, "A", "a", "x/y")]
    assert len({name.casefold() for name in names}) == 5
    assert max(map(len, names)) == 31
    assert names[-1] == "x_y"


def test_the_sample_platforms(tmp_path: Path) -> None:
    """27 of the societies' 30 people are in the talent list; what either side gets loads without a row rejected, years of birth as years."""
    assert run(tmp_path, "load", str(SAMPLE)).status == 0
    with Workspace(tmp_path / "zhulian.duckdb") as opened:
        call_columns(opened, "xuehui", "scientists", {"会员编号": "id", "会员": "name", "工作单位": "institution"})
    ran = run(tmp_path, "federate", "keji_talent", "xuehui", "--out", "out")
    assert ran.status == 0, ran.err
    assert ["scientists", "260", "30", "27", "10.4%", "90.0%"] in [line[:6] for line in cells(ran)]
    for name, new in (("xuehui", 233), ("keji_talent", 3)):
        sent = tmp_path / "out" / f"for_{name}"
        assert sum("新增" in r.values() or "new" in r.values() for r in rows(sent / "scientists.csv")) == new
        loaded = run(tmp_path, "load", str(sent), "--strict", "--workspace", "back.duckdb")
        assert loaded.status == 0, loaded.err
        assert "rejected: " not in loaded.out
    assert list(rows(tmp_path / "out" / "for_xuehui" / "scientists.csv")[0])[:3] == ["会员编号", "会员", "工作单位"]
    with Workspace(tmp_path / "back.duckdb", read_only=True) as opened:
        dates = opened.connection.execute("SELECT birth_date FROM records.scientists WHERE source = 'for_xuehui'").fetchall()
    years = {date for date, in dates if date is not None}
    assert len(years) > 10
    assert all(re.fullmatch(r"(19|20)\d\d", year) for year in years)
