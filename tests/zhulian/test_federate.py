"""federate as a user types it: the summary, the folder, the workbook, and what is sent loads back."""

from __future__ import annotations

import csv
import re
import shutil
import tomllib
from pathlib import Path

import openpyxl
import pytest

from graph.workspace import Workspace
from tests.graph.two_sources import HEADERS, call_columns, two_sources
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
    assert ["scientists", "3", "2", "1", "33.3%", "50.0%", "1", "1"] in found
    assert ["enterprises", "0", "1", "0", "", "0.0%", "0", "0"] in found
    assert ["scientists", "title", "1", "0", "0", "1"] in found
    assert ["乙", "scientists", "2", "1"] in found
    assert "open reviews between the two: 1;" in ran.out
    assert "--out DIR" in ran.err
    assert [raw for raw in RAW if raw in ran.out] == []


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
        "differences.csv", "index.html", "only_in_乙.csv", "only_in_甲.csv", "overview.csv",
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
    for path in out.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8-sig")
            assert [raw for raw in RAW if raw in text] == [], path.name


def test_cells_that_a_spreadsheet_would_run_are_neutralised(out: Path) -> None:
    [row] = [r for r in rows(out / "for_乙" / "scientists.csv") if r["zhulian_record"] == "甲/scientists/3"]
    assert row["级别"] == "'=1+1"


def test_what_is_sent_loads_back_under_the_columns_of_the_other_side(out: Path, tmp_path: Path) -> None:
    sent = tmp_path / "for_乙"
    shutil.copytree(out / "for_乙", sent, ignore=shutil.ignore_patterns("mine.csv"))
    settings = tomllib.loads((sent / "source.toml").read_text(encoding="utf-8"))
    assert settings["title"] == "样例平台甲 → 样例平台乙"
    assert settings["licence"] == "invented"
    assert {header: settings["columns"]["scientists"][header] for header in HEADERS} == HEADERS
    ran = run(tmp_path, "load", str(sent), "--strict")
    assert ran.status == 0, ran.err
    with Workspace(tmp_path / "zhulian.duckdb", read_only=True) as opened:
        people = opened.connection.execute("SELECT name, title, institution, gender, degree, do_not_contact, email FROM records.scientists "
                                           "ORDER BY file, row").fetchall()
        assert opened.count("for_乙", "organisations") == 1
    assert people == [("样例乙", None, "渝樣大學", None, None, True, "y***@example.org"), ("样例丙", "'=1+1", None, None, None, None, None),
                      ("样例 甲", None, None, "female", "博士", None, None)]


def test_one_workbook_has_the_same_tables(folder: Path) -> None:
    ran = run(folder, "federate", "甲", "乙", "--out", "both.xlsx")
    assert ran.status == 0, ran.err
    book = openpyxl.load_workbook(folder / "both.xlsx")
    assert book.sheetnames == ["overview", "only_in_甲", "only_in_乙", "differences",
                               "scientists for_甲", "organisations for_甲", "institutions for_甲",
                               "scientists for_乙", "organisations for_乙", "institutions for_乙"]
    header, *body = book["scientists for_乙"].iter_rows(values_only=True)
    assert list(header)[:4] == ["工号", "大名", "单位", "级别"]
    assert [row[1] for row in body] == ["样例乙", "样例丙", "样例 甲"]
    risky = book["scientists for_乙"]["D3"]
    assert (risky.value, risky.data_type, risky.quotePrefix) == ("=1+1", "s", True)
    assert list(book["differences"].iter_rows(values_only=True))[1][:6] == ("scientists", "样例甲", "title", "职称", "教授", "副教授")
    assert book["overview"]["C2"].value == 3


def test_wrong_usage_names_the_sources(folder: Path, tmp_path: Path) -> None:
    failed(run(folder, "federate", "甲", "丙"), 2, "no source '丙'", "乙, 甲")
    failed(run(folder, "federate", "甲", "甲"), 2, "'甲' twice", "乙, 甲")
    failed(run(folder, "federate", "甲"), 2, "SOURCE")
    failed(run(folder, "federate", "甲", "乙", "--out", "x.csv"), 2, "a folder, or a workbook (.xlsx)")
    failed(run(folder, "federate", "甲", "乙", "--out", "missing/x.xlsx"), 2, "there is no such folder")
    failed(run(folder, "federate", "甲", "乙", "--language", "fr"), 2, "'fr'")
    failed(run(tmp_path, "federate", "甲", "乙"), 1, "zhulian load")
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
    """27 of the societies' 30 people are in the talent list; what either side gets loads without a row rejected."""
    assert run(tmp_path, "load", str(SAMPLE)).status == 0
    with Workspace(tmp_path / "zhulian.duckdb") as opened:
        call_columns(opened, "xuehui", "scientists", {"会员编号": "id", "会员": "name", "工作单位": "institution"})
    ran = run(tmp_path, "federate", "keji_talent", "xuehui", "--out", "out")
    assert ran.status == 0, ran.err
    assert ["scientists", "260", "30", "27", "10.4%", "90.0%"] in [line[:6] for line in cells(ran)]
    for name, new in (("xuehui", 233), ("keji_talent", 3)):
        sent = tmp_path / "out" / f"for_{name}"
        assert sum(r["zhulian_action"] == "new" for r in rows(sent / "scientists.csv")) == new
        loaded = run(tmp_path, "load", str(sent), "--strict", "--workspace", "back.duckdb")
        assert loaded.status == 0, loaded.err
        assert "rejected: " not in loaded.out
    assert list(rows(tmp_path / "out" / "for_xuehui" / "scientists.csv")[0])[:3] == ["会员编号", "会员", "工作单位"]
