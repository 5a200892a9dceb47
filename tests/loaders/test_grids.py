"""Tables as people draw them: where the header is, and what belongs to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loaders.files import read_tables
from loaders.grids import table_of
from loaders.merging import Range
from loaders.raw import RawTable
from tests.loaders.making import book, rows_of, source, understood, values


def seen(text: str, *merged: Range) -> RawTable:
    """The table in a grid written as text: `|` between cells, a line a row."""
    grid = [(i, [cell.strip() for cell in line.split("|")]) for i, line in enumerate(text.strip("\n").split("\n"), 1)]
    return table_of("t.csv", "", [(number, list(cells)) for number, cells in grid], merged)


def passed(table: RawTable) -> list[tuple[int, str]]:
    return [(n.row, n.code) for n in table.noticed]


@pytest.mark.parametrize(("text", "header", "row", "titles"), [
    ("填报单位：某科协 | 填报日期：2024\n姓名 | 单位\n张三 | 甲大学", ("姓名", "单位"), 2, [1]),
    ("专家汇总表\n\n填报单位： | 某科协 | 填报日期： | 2024\n姓名 | 单位 | 职称 | 电话\n张三 | 甲大学 | 教授 |",
     ("姓名", "单位", "职称", "电话"), 4, [1, 3]),
    ("专家名单 |\n姓名 | 备注\n张三 | 好", ("姓名", "备注"), 2, [1]),
    ("某某科协专家\n姓名\n张三", ("姓名",), 2, [1]),
    ("| |\n| 姓名 | 单位\n| 张三 | 甲大学", ("", "姓名", "单位"), 2, []),
    ("统计时间 | 2024年\n单位 | 科协\n序号 | 姓名 | 政治面貌 | 工作单位\n1 | 张三 | 甲 | 乙大学",
     ("序号", "姓名", "政治面貌", "工作单位"), 3, [1, 2]),
    ("甲列 | 乙列 | 丙列\n姓名 | x | y\n张三 | 1 | 2", ("甲列", "乙列", "丙列"), 1, []),
    ("姓名 | 甲列 | 乙列\n电话 | 邮箱 | 李\n张三 | 1 | 2", ("姓名", "甲列", "乙列"), 1, []),
])
def test_a_header_is_found_below_titles(text: str, header: tuple[str, ...], row: int, titles: list[int]) -> None:
    table = seen(text)
    assert table.header == header
    assert passed(table) == [(i, "title_row") for i in titles]
    assert table.remarks == ((f"header in row {row}",) if row > 1 else ())


def test_a_header_is_found_by_the_words_of_the_settings(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {
        "scientists.csv": "某科协,2024\n甲,乙\n张三,重庆大学\n", "source.toml": '[columns.scientists]\n"甲" = "name"\n"乙" = "institution"\n'})
    made = understood(folder)
    assert [(r["name"], r["institution"], r["row"]) for r in rows_of(made)] == [("张三", "重庆大学", 3)]
    assert [(i.row, i.code, i.value) for i in made.issues] == [(1, "title_row", "某科协 | 2024")]


@pytest.mark.parametrize("text", [
    "姓名 | 单位 | 联系方式 |\n | | 电话 | 邮箱\n张三 | 甲 | 1 | 2",
    "| | 联系方式 |\n姓名 | 单位 | 电话 | 邮箱\n张三 | 甲 | 1 | 2",
])
def test_two_header_rows_without_merged_cells(text: str) -> None:
    table = seen(text)
    assert [h.split(" › ")[-1] for h in table.header] == ["姓名", "单位", "电话", "邮箱"]
    assert table.rows == [["张三", "甲", "1", "2"]]


def test_a_group_names_the_columns_under_it() -> None:
    table = seen("姓名 | 单位 | 联系方式 | |\n | | 电话 | 邮箱 | 微信\n张三 | 甲 | 1 | 2 | 3")
    assert table.header == ("姓名", "单位", "联系方式 › 电话", "联系方式 › 邮箱", "联系方式 › 微信")
    assert table.remarks == ("header of 2 rows (1 to 2)",)
    assert (table.rows, table.numbers, table.noticed) == ([["张三", "甲", "1", "2", "3"]], [3], ())


def test_a_row_of_groups_above_a_full_header() -> None:
    table = seen("基本信息 | | 联系方式 |\n姓名 | 单位 | 电话 | 邮箱\n张三 | 甲 | 1 | 2")
    assert table.header == ("基本信息 › 姓名", "基本信息 › 单位", "联系方式 › 电话", "联系方式 › 邮箱")


def test_a_record_of_header_words_is_no_header() -> None:
    table = seen("产品 | 上位产品\n电话 | 邮箱\n电池 | 电源")
    assert (table.header, table.rows) == (("产品", "上位产品"), [["电话", "邮箱"], ["电池", "电源"]])


def test_merged_titles_groups_and_cells_in_a_workbook(tmp_path: Path) -> None:
    path = book(tmp_path / "名单.xlsx", {"Sheet1": [
        ["某省科协专家汇总表"], ["填报单位：某科协", None, None, "填报日期：2024"],
        ["序号", "姓名", "所在单位", "联系方式", None], [None, None, None, "电话", "邮箱"],
        [1, "张三", "重庆大学", "13800000001", "a@example.org"], [2, "李四", None, "13800000002", None], [3, "王五", None, None, None],
        [4, "赵六", "西南大学", None, None]]},
        merged=["A1:E1", "A2:C2", "D2:E2", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "C5:C7"])
    (table,) = read_tables(path)
    assert table.header == ("序号", "姓名", "所在单位", "联系方式 › 电话", "联系方式 › 邮箱")
    assert passed(table) == [(1, "title_row"), (2, "title_row")]
    assert table.remarks == ("header of 2 rows (3 to 4)", "cells filled from merged ones: 2")
    made = understood(path)
    assert [(r["name"], r["institution"], r["row"]) for r in rows_of(made)] == [
        ("张三", "重庆大学", 5), ("李四", "重庆大学", 6), ("王五", "重庆大学", 7), ("赵六", "西南大学", 8)]
    assert values(made, "phone") == ["13800000001", "13800000002", None, None]
    assert json.loads(str(rows_of(made)[1]["raw"])) == {"序号": "2", "姓名": "李四", "所在单位": "重庆大学", "联系方式 › 电话": "13800000002"}
    assert made.headers == {"姓名": "name", "所在单位": "institution", "联系方式 › 电话": "phone", "联系方式 › 邮箱": "email"}
    assert "名单.xlsx#Sheet1: header of 2 rows (3 to 4)" in made.recognised
    assert (made.read, made.accepted, made.rejected) == (4, 4, 0)


def test_three_header_rows(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"Sheet1": [["姓名", "联系方式", None, None], [None, "单位", None, "家庭"], [None, "电话", "邮箱", "住址"],
                                                 ["张三", "1", "2", "3"]]}, merged=["A1:A3", "B1:D1", "B2:C2"])
    (table,) = read_tables(path)
    assert table.header == ("姓名", "联系方式 › 单位 › 电话", "联系方式 › 单位 › 邮箱", "联系方式 › 家庭 › 住址")
    assert table.rows == [["张三", "1", "2", "3"]]


def test_a_header_over_two_columns_names_the_first(tmp_path: Path) -> None:
    rows: list[list[object]] = [["姓名", "单位", None], ["张三", "甲大学", "物理学院"], ["李四", "乙大学", None]]
    path = book(tmp_path / "a.xlsx", {"Sheet1": rows}, merged=["B1:C1", "B3:C3"])
    (table,) = read_tables(path)
    assert (table.header, table.rows) == (("姓名", "单位", "(3)"), [["张三", "甲大学", "物理学院"], ["李四", "乙大学", ""]])


def test_a_merged_cell_of_a_record_holds_in_each_of_its_columns(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"Sheet1": [["姓名", "所在单位", "建站单位"], ["张三", "甲大学", None]]}, merged=["B2:C2"])
    assert read_tables(path)[0].rows == [["张三", "甲大学", "甲大学"]]


def people(folder: Path, text: str) -> list[dict[str, object]]:
    return rows_of(understood(source(folder, "s", {"专家.csv": text})))


def test_a_group_of_somebody_else_is_not_taken_for_the_person(tmp_path: Path) -> None:
    text = "姓名,单位,联系人,\n,,姓名,电话\n张三,甲,李四,123\n"
    made = people(tmp_path, text)
    assert [(r["name"], r.get("phone")) for r in made] == [("张三", None)]
    assert json.loads(str(made[0]["extra"])) == {"联系人 › 姓名": "李四", "联系人 › 电话": "123"}
    assert people(tmp_path, "姓名,单位,联系方式,\n,,电话,邮箱\n张三,甲,123,\n")[0]["phone"] == "123"


def test_a_group_about_a_family_is_sensitive(tmp_path: Path) -> None:
    made = people(tmp_path, "姓名,单位,家庭成员,\n,,姓名,电话\n张三,甲,李四,123\n")
    assert "李四" not in str(made)


def test_words_for_nothing_are_no_headers() -> None:
    assert seen("姓名 | - | 无 | 单位\n张三 | | x | 甲").header == ("姓名", "", "(3)", "单位")


def test_what_somebody_wrote_beside_a_table_in_a_sheet_is_kept(tmp_path: Path) -> None:
    made = understood(book(tmp_path / "a.xlsx", {"Sheet1": [["姓名", "单位"], ["张三", "甲大学"], ["李四", "乙大学", None, "待核"]]}))
    assert [(r["name"], r.get("extra")) for r in rows_of(made)] == [("张三", None), ("李四", '{"(4)": "待核"}')]
