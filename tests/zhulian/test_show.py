"""show and history as a user types them."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from graph.errors import UnknownId
from tests.worlds import load_world, snapshot_of, write_source
from tests.zhulian.running import Ran, failed, run
from zhulian.commands.account import account_of

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
COLUMNS = ["property", "value", "record", "source", "file", "row", "header", "loaded_at", "rule", "chosen", "means", "outcome",
           "candidates", "origin"]
CHANGES = ["loaded_at", "source", "table", "id", "change", "property", "before", "after", "load"]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's workspace. KJ0005 of the talents and HY001 of the societies are one person by ORCID."""
    folder = tmp_path_factory.mktemp("shown")
    assert run(folder, "load", str(SAMPLE)).status == 0
    return folder


@pytest.mark.parametrize("wanted", ["keji_talent/scientists/KJ0005", "KJ0005", "scientists/HY001", "徐志"])
def test_any_id_of_a_person_shows_values_records_reasons_and_neighbours(sample: Path, wanted: str) -> None:
    ran = run(sample, "show", wanted)
    assert ran.status == 0, ran.err
    assert ran.out.splitlines()[0] == "科技工作者 徐志  keji_talent/scientists/KJ0005"
    lines = [[cell.strip() for cell in line.strip("│").split("│")] for line in ran.out.splitlines() if "│" in line]
    talents, ledger = "keji_talent 科技工作者.csv:6", "xuehui 学会工作台账.xlsx#科技工作者:2"
    assert [line for line in lines if line[0] in ("姓名", "职称", "邮箱", "所在单位")] == [
        ["姓名", "徐志", "采用", "最可信", talents], ["姓名", "徐 志", "未用", "最可信", ledger],
        ["职称", "副研究员", "采用", "最可信", talents], ["职称", "副研究员", "相同", "最可信", ledger],
        ["邮箱", "k***@zhulian-sample.example", "采用", "完整优先", talents], ["邮箱", "k***@zhulian-sample.example", "相同", "完整优先", ledger],
        ["所在单位", "JG001 → 渝江理工大学(样例)", "采用", "引用", talents]]
    assert ["学科", "储能材料 → YL012", "采用", "引用", talents] in lines
    assert f"简介 (采用 · 最长 · {talents}): 虚构人物。长期从事动力电池材料研究" in ran.out
    [loaded] = [line for line in ran.out.splitlines() if line.startswith("loaded (UTC): ")]
    assert re.fullmatch(r"loaded \(UTC\): keji_talent \d{4}-\d\d-\d\d \d\d:\d\d; xuehui \d{4}-\d\d-\d\d \d\d:\d\d", loaded)
    assert ["2", "xuehui/scientists/HY001", "徐 志", "20", "学会工作台账.xlsx#科技工作者:2"] in lines
    [joined] = [line for line in lines if len(line) == 6]
    assert joined[:-1] == ["1 · 2", "same", "orcid", "orcid 0000000000040054", "zhulian"]
    assert ["署名", "←", "成果", "9"] in lines


def test_what_all_values_say_is_said_once(sample: Path) -> None:
    ran = run(sample, "show", "XH09")
    assert ran.out.splitlines()[1] == "取舍: 采用  出处: xuehui 学会工作台账.xlsx#学会:10"
    assert ran.out.count("学会工作台账") == 1
    assert "│统一社会信用代码" in ran.out


def test_no_raw_contact_is_printed_or_written(sample: Path) -> None:
    with (SAMPLE / "keji_talent" / "科技工作者.csv").open(encoding="gb18030", newline="") as file:
        [person] = [row for row in csv.DictReader(file) if "KJ0005" in row.values()]
    contacts = [value for header, value in person.items() if any(word in header for word in ("邮箱", "电话", "手机", "出生")) and value]
    assert len(contacts) == 3
    assert run(sample, "show", "KJ0005", "--out", "masked.csv").status == 0
    for text in (run(sample, "show", "KJ0005").out, (sample / "masked.csv").read_text(encoding="utf-8-sig")):
        assert [value for value in contacts if value in text] == []


def test_a_thing_that_is_only_mentioned_shows_where(sample: Path) -> None:
    ran = run(sample, "show", "keji_talent/institutions/名录外样例实验室(样例)")
    assert ran.status == 0, ran.err
    assert "mentioned only" in ran.out
    assert "科技工作者.csv" in ran.out
    assert "records" not in ran.out


ASKING = (("show",), ("view", "--out", "x.html"), ("forget", "--yes"))


@pytest.mark.parametrize("command", ASKING)
def test_what_is_unknown_gets_a_hint_and_what_is_ambiguous_its_candidates(sample: Path, command: tuple[str, ...]) -> None:
    def asked(wanted: str) -> Ran:
        return run(sample, command[0], wanted, *command[1:])

    failed(asked("KJ9999"), 2, "has the id or name 'KJ9999'; ", "source/table/id")
    failed(asked("keji_talent/scientists/KJ9999"), 2, "source/table/id")
    failed(asked("林澈"), 2, "near to it: 林澈世 (keji_talent/scientists/KJ0")
    ran = asked("林澈世")
    failed(ran, 2, "'林澈世' could be 林澈世 of 渝北新能源汽车研究院(样例) (keji_talent/scientists/KJ0023) or "
           "林澈世 of 海外样例学院苏黎世分部(样例) (keji_talent/scientists/KJ0130): give more of the id")
    assert ran.out == ""


def test_names_near_to_it_are_of_the_kind_that_is_asked_for(sample: Path) -> None:
    failed(run(sample, "show", "渝江理工"), 2, "渝江理工大学(样例) (keji_talent/institutions/JG001)")
    failed(run(sample, "show", "渝江理工大字(样例)"), 2, "渝江理工大学(样例) (keji_talent/institutions/JG001)")
    for command in (("forget", "渝江理工", "--yes"), ("match", "--need", "渝江理工"), ("gaps", "--chain", "渝江理工")):
        ran = run(sample, *command)
        failed(ran, 2, "'渝江理工'")
        assert "JG001" not in ran.err
    failed(run(sample, "match", "--need", "电池热失控早期预警"), 2, "near to it: 电池热失控早期预警技术揭榜 (qiye/needs/")


def test_wrong_usage(sample: Path, tmp_path: Path) -> None:
    failed(run(sample, "show", "KJ0005", "--out", "x.doc"), 2, ".csv")
    failed(run(sample, "show"), 2, "ID")
    failed(run(tmp_path, "show", "KJ0005"), 1, "zhulian load")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "parquet"])
def test_provenance_is_written_in_every_format(sample: Path, ending: str) -> None:
    ran = run(sample, "show", "HY001", "--out", f"p.{ending}")
    assert ran.status == 0, ran.err
    assert "values with their provenance" in ran.err
    path = sample / f"p.{ending}"
    match ending:
        case "csv":
            table: list[dict[str, object]] = [dict(r) for r in rows(path)]
        case "json":
            table = json.loads(path.read_text(encoding="utf-8"))
        case "parquet":
            table = pq.read_table(path).to_pylist()
        case _:
            sheet = openpyxl.load_workbook(path).active
            assert sheet is not None
            header, *body = sheet.iter_rows(values_only=True)
            table = [{str(h): v for h, v in zip(header, row, strict=True)} for row in body]
    assert list(table[0]) == COLUMNS
    names = [(r["value"], r["source"], str(r["row"]), r["rule"], str(r["chosen"])) for r in table if r["property"] == "name"]
    assert names == [("徐志", "keji_talent", "6", "first", "True"), ("徐 志", "xuehui", "2", "first", "False")]
    assert len([r for r in table if r["property"] == "authorships"]) == 9


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where a source of the sample was loaded, and loaded again with one cell, one row less and one row more."""
    folder = tmp_path_factory.mktemp("changed")
    (folder / "s").mkdir()
    table = folder / "s" / "scientists.csv"
    table.write_text("id,name,title,phone\n1,样例甲,副教授,13812345678\n2,样例乙,教授,\n3,样例丙,,\n", encoding="utf-8")
    assert run(folder, "load", "s").status == 0
    table.write_text("id,name,title,phone\n1,样例甲,教授,13812345679\n3,样例丙,,\n4,样例丁,,\n", encoding="utf-8")
    assert run(folder, "load", "s").status == 0
    return folder


def test_the_history_of_a_source_is_written(changed: Path) -> None:
    ran = run(changed, "history", "s", "--table", "科技工作者", "--load", "last", "--out", "h.csv")
    assert ran.status == 0, ran.err
    found = rows(changed / "h.csv")
    assert list(found[0]) == CHANGES
    assert [tuple(r[c] for c in CHANGES[1:]) for r in found] == [
        ("s", "scientists", "1", "changed", "title", "副教授", "教授", "2"),
        ("s", "scientists", "1", "changed", "phone", "138****78", "138****79", "2"),
        ("s", "scientists", "2", "removed", "name", "样例乙", "", "2"), ("s", "scientists", "4", "added", "name", "", "样例丁", "2")]


def test_declared_words_are_chinese_and_a_column_beyond_the_schema_is_said(tmp_path: Path) -> None:
    for gender, shoe in (("女", "36"), ("男", "37")):
        write_source(tmp_path / "s", {"scientists": [{"id": "1", "name": "样例甲", "gender": gender, "鞋码": shoe}]})
        assert run(tmp_path, "load", "s").status == 0
    assert re.search(r"性别 +│ 男 +│", run(tmp_path, "show", "1").out)
    lines = [[cell.strip() for cell in line.strip("│").split("│")] for line in run(tmp_path, "history", "s").out.splitlines() if "│" in line]
    assert lines[-2:] == [["1", "changed", "gender", "女", "男"], ["1", "changed", "表外的列", "", "（有变化，内容不入历史）"]]


def test_all_regions_are_printed_with_their_names_and_ten_rows_each(sample: Path) -> None:
    ran = run(sample, "gaps", COLUMNS="80")
    assert ran.status == 0, ran.err
    assert "the first 10 of each region; " in ran.err
    one = run(sample, "gaps", "--region", "50")
    assert "地区: 50 重庆市" in one.out
    assert "the first 10" not in one.err
    assert run(sample, "gaps", "--out", "g.csv").status == 0
    counted = Counter(row["region"] for row in rows(sample / "g.csv"))
    assert max(counted.values()) > 10
    assert {code for code in counted if len(code) != 2} == set()


def test_a_page_is_a_page_and_whom_a_rule_leaves_out_has_a_name(sample: Path) -> None:
    failed(run(sample, "view", "KJ0005", "--out", "x.pdf"), 2, "x.pdf: a page ends in .html or .htm")
    left_out = [line for line in run(sample, "match", "--all", "--top", "1").err.splitlines() if ": left out " in line]
    assert left_out
    assert all(re.search(r": left out \S+ \(\w+/scientists/\w+\): ", line) for line in left_out)


def test_whose_contacts_were_not_read_is_said(sample: Path) -> None:
    purpose = ("--unmask", "--purpose", "联系")
    ran = run(sample, "match", "--need", "XQ001", "--top", "3", *purpose, COLUMNS="80")
    assert "kj0024@zhulian-sample.example" in ran.out
    assert "reasons: left out here" in ran.err
    assert re.search(r"^\d+ rows share no content with the need", run(sample, "match", "--need", "XQ001", "--top", "0", *purpose).err, re.MULTILINE)


def test_the_history_of_a_source_is_printed_with_its_counts(changed: Path) -> None:
    ran = run(changed, "history", "s")
    assert ran.status == 0, ran.err
    lines = [[cell.strip() for cell in line.strip("│").split("│")] for line in ran.out.splitlines() if "│" in line]
    assert lines[0][1:] == ["scientists", "2", "1", "1", "1"]
    assert lines[-1] == ["4", "added", "name", "", "样例丁"]
    assert re.search(r"^装载时间 \(UTC\): \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  表: scientists$", ran.out, re.MULTILINE)
    assert "no load changed anything" in run(changed, "history", "s", "--load", "1").err
    assert "no load changed anything" in run(changed, "history", "bundled").err


def test_a_long_history_is_cut_on_the_terminal_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    for title in ("旧", "新"):
        lines = "".join(f"{i},p{i},{title}\n" for i in range(60))
        (tmp_path / "s" / "products.csv").write_text(f"id,name,domain\n{lines}", encoding="utf-8")
        assert run(tmp_path, "load", "s").status == 0
    ran = run(tmp_path, "history", "s")
    assert "the last 50 of 60" in ran.err
    assert ran.out.count("changed │ domain") == 50


def test_what_a_history_cannot_be_asked(changed: Path) -> None:
    failed(run(changed, "history", "nobody"), 2, "'nobody'", "s")
    failed(run(changed, "history", "s", "--table", "people"), 2, "people")
    failed(run(changed, "history", "s", "--load", "3"), 2, "no load 3; 2 were made")
    failed(run(changed, "history", "s", "--load", "first"), 2, "'first'")
    failed(run(changed, "history", "s", "--out", "h.doc"), 2, ".csv")


def test_a_page_beside_the_workspace_tells_where_values_stand(sample: Path, tmp_path: Path) -> None:
    assert run(sample, "view", "HY001", "--out", "page.html").status == 0
    page = (sample / "page.html").read_text(encoding="utf-8")
    assert "keji_talent · 科技工作者.csv · 第 6 行" in page
    assert "为什么合为一个" in page
    shutil.copy(sample / "zhulian.duckdb", tmp_path / "copy.duckdb")
    assert run(tmp_path, "view", "HY001", "--store", "copy.duckdb", "--out", "page.html").status == 0
    assert (tmp_path / "page.html").read_bytes() == (sample / "page.html").read_bytes()


def test_a_served_thing_is_told_by_the_workspace_of_the_same_graph_alone(tmp_path: Path) -> None:
    mine = load_world(tmp_path / "mine", {"scientists": [{"id": "1", "name": "样例甲"}]})
    other = load_world(tmp_path / "other", {"scientists": [{"id": "1", "name": "样例乙"}]})
    snapshot, server = snapshot_of(mine), "bolt://127.0.0.1:7687"
    told = account_of(snapshot, "1", mine, server)
    assert told is not None
    assert told == account_of(snapshot, "1", tmp_path / "missing.duckdb", str(mine))
    assert [(r.property, r.value) for r in told.provenance] == [("name", "样例甲")]
    assert account_of(snapshot, "1", other, server) is None
    assert account_of(snapshot, "1", tmp_path / "missing.duckdb", server) is None
    with pytest.raises(UnknownId):
        account_of(snapshot, "2", mine, server)
