"""Rows that are no records: passed over by name, and never a record with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.files import read_tables
from tests.loaders.making import book, codes, rows_of, source, understood
from tests.loaders.test_grids import passed, seen

HEAD = "姓名 | 单位 | 职称 | 人数\n"
RECORD = "张三 | 甲大学 | 教授 | 3\n"


@pytest.mark.parametrize("row", [
    "合计 | 10", "合计 | | | 10", "总计： | | | 1,200", "| 小计 | | 12人", "共计 | 10 | 3.5% | 300万元", "合计：12人", "共12项", "以上共3名。",
    "9 | 合计 | | 10", "合 计 | | | 10", "Total | | | 10",
])
def test_totals_are_no_people(row: str) -> None:
    table = seen(HEAD + RECORD + row)
    assert table.rows == [["张三", "甲大学", "教授", "3"]]
    assert [(n.row, n.code) for n in table.noticed] == [(3, "total_row")]


@pytest.mark.parametrize("row", [
    "总计 | 重庆大学 | 教授 |", "合计 | 重庆大学", "总计 | 13800000000", "小计 | 2019级 | | 3", "共同富裕研究 | 5",
    "合计划 | | | 4", "共 | 某大学 |", "10 | 20",
])
def test_a_person_of_an_odd_name_stays(row: str) -> None:
    table = seen(HEAD + RECORD + row)
    assert table.numbers == [2, 3]
    assert table.noticed == ()


def test_a_word_for_a_total_alone_stays_with_a_doubt() -> None:
    table = seen(HEAD + RECORD + "总计")
    assert table.numbers == [2, 3]
    assert passed(table) == [(3, "doubtful_total")]


def test_a_serial_number_is_no_number_of_a_total() -> None:
    table = seen("序号 | 姓名 | 单位 | 人数\n1 | 张三 | 甲 | 3\n2 | 总计 | |\n3 | 合计 | | 3")
    assert (table.numbers, passed(table)) == ([2, 3], [(3, "doubtful_total"), (4, "total_row")])


def test_a_total_between_records() -> None:
    table = seen(HEAD + RECORD + "小计 | | | 3\n" + RECORD.replace("张三", "李四") + "合计 | | | 6")
    assert (table.numbers, passed(table)) == ([2, 4], [(3, "total_row"), (5, "total_row")])


@pytest.mark.parametrize(("rows", "dropped"), [
    ("备注：以上按姓氏排序", {3: "note_row"}), ("注: 数据截至2024年", {3: "note_row"}), ("（注：仅限本省）", {3: "note_row"}),
    ("※ 表示退休", {3: "note_row"}),
    ("填表人：李某 | | 审核人：王某 | 日期：2024", {3: "note_row"}),
    ("填表人： | 李某 | 审核人： | 王某", {3: "note_row"}), ("填报单位（盖章）：", {3: "note_row"}),
    ("说明：\n1. 甲\n2、乙", {3: "note_row", 4: "note_row", 5: "note_row"}),
    ("合计 | | | 3\n备注：无\n填表人：李某", {3: "total_row", 4: "note_row", 5: "note_row"}),
    ("备注：甲\n合计 | | | 3", {3: "note_row", 4: "total_row"}),
])
def test_notes_under_a_table(rows: str, dropped: dict[int, str]) -> None:
    table = seen(HEAD + RECORD + rows)
    assert table.numbers == [2]
    assert dict(passed(table)) == dropped


@pytest.mark.parametrize("row", [
    "备注：某某 | 甲大学 | 教授 |", "填表人：李某 | 甲大学 | 教授 | 5", "注册会计师 | 甲", "说明书设计 | 甲",
    "1. 甲 | |", "来源广泛", "负责人 | 李某",
])
def test_a_record_that_reads_like_a_note_stays(row: str) -> None:
    assert seen(HEAD + RECORD + row).numbers == [2, 3]


def test_a_note_above_records_is_a_record() -> None:
    assert seen(HEAD + "备注：甲\n" + RECORD).numbers == [2, 3]


def test_a_table_of_one_column_has_no_notes() -> None:
    assert seen("需求内容\n甲\n说明：求购电池\n合计：12人").numbers == [2, 3, 4]


@pytest.mark.parametrize("rows", ["姓名 | 单位 | 职称 | 人数", "姓名 | 单位 | 职称 | 人数 |"])
def test_a_header_repeated_on_each_page(rows: str) -> None:
    table = seen("专家名单\n" + HEAD + RECORD + "专家名单\n" + rows + "\n李四 | 乙 | |")
    assert table.numbers == [3, 6]
    assert passed(table) == [(1, "title_row"), (4, "repeated_title"), (5, "repeated_header")]


def test_two_header_rows_repeated() -> None:
    table = seen("姓名 | 单位 | 联系方式 |\n | | 电话 | 邮箱\n张三 | 甲 | 1 | 2\n姓名 | 单位 | 联系方式 |\n | | 电话 | 邮箱\n李四 | 甲 | 1 | 2")
    assert (table.numbers, passed(table)) == ([3, 6], [(4, "repeated_header"), (5, "repeated_header")])


@pytest.mark.parametrize("row", ["| | | 人", "| | | （人）", "| | 级 | 单位：人"])
def test_units_under_a_header(row: str) -> None:
    table = seen(HEAD + row.replace("级", "个") + "\n" + RECORD)
    assert (table.numbers, passed(table)) == ([3], [(2, "units_row")])


def test_no_units_where_a_record_stands() -> None:
    assert seen("姓名 | 单位\n人 | 年\n").numbers == [2]


def test_serial_numbers_alone() -> None:
    table = seen("序号 | 姓名 | 单位\n1 | 张三 | 甲\n2 | |\n3 | |")
    assert (table.numbers, passed(table)) == ([2], [(3, "serial_number_alone"), (4, "serial_number_alone")])


def test_serial_numbers_are_no_data(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"专家.csv": "序号,姓名,单位\n1,张三,甲\n3,李四,乙\n4,张三,甲\n"})
    made = understood(folder)
    assert made.unknown_columns == ()
    assert [(r["name"], r.get("extra")) for r in rows_of(made)] == [("张三", None), ("李四", None)]
    assert [str(r["raw"]).split(",")[0] for r in rows_of(made)] == ['{"序号": "1"', '{"序号": "3"']
    assert codes(made.issues) == [(4, "id", "duplicate_row")]
    assert "序号: numbers of the rows" in made.recognised


@pytest.mark.parametrize(("text", "kept"), [
    ("序号,name\nA-1,电池\n", ("序号",)), ("序号,name\n1,电池\n", ()), (",name\n0,电池\n1,电机\n", ()), (",name\n7,电池\n3,电机\n", ("(1)",)),
])
def test_what_only_numbers_the_rows(tmp_path: Path, text: str, kept: tuple[str, ...]) -> None:
    assert understood(source(tmp_path, "s", {"products.csv": text})).unknown_columns == kept


def test_a_serial_number_may_be_told_to_be_the_id(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"专家.csv": "序号,姓名\n7,张三\n8,\n", "source.toml": '[columns.scientists]\n"序号" = "id"\n'})
    made = understood(folder)
    assert ([r["id"] for r in rows_of(made)], made.read, made.rejected) == (["7"], 2, 1)


def test_headings_over_all_columns_are_sections(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"Sheet1": [["姓名", "单位", "职称"], ["一、高校"], ["张三", "甲", "教授"], ["二、企业"], ["李四", "乙", None]]},
                merged=["A2:C2", "A4:C4"])
    (table,) = read_tables(path)
    assert (table.numbers, passed(table)) == ([3, 5], [(2, "section_row"), (4, "section_row")])
    assert table.rows == [["张三", "甲", "教授"], ["李四", "乙", ""]]


def test_a_heading_that_is_not_merged_stays_with_a_doubt() -> None:
    table = seen("姓名 | 单位 | 职称\n一、高校\n张三 | 甲 | 教授")
    assert (table.numbers, passed(table)) == ([2, 3], [(2, "doubtful_section")])


def test_every_row_is_accounted_for_in_the_report(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"专家.csv": "某省专家\n姓名,单位,职称\n张三,甲,教授\n,乙,\n总计,,\n合计,2,\n备注：电话 13800000000\n"})
    made = understood(folder)
    assert (made.read, made.accepted, made.rejected) == (3, 2, 1)
    assert [(i.row, i.code, i.rejected) for i in made.issues] == [
        (1, "title_row", False), (5, "doubtful_total", False), (6, "total_row", False), (7, "note_row", False), (4, "missing_value", True)]
    assert next(i.value for i in made.issues if i.code == "note_row") == "备注：电话 …"
