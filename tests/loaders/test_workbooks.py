"""Workbooks: old ones (.xls), hidden sheets, several sheets of one kind."""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path

import pytest

from graph.errors import SourceError
from loaders.files import read_tables
from loaders.load import load
from loaders.sources import read_sources
from tests.loaders.making import book, new_workspace, rows_of, understood

PEOPLE = [["姓名", "工作单位"], ["张三", "重庆大学"], ["李四", "西南大学"]]


def old_book(path: Path) -> Path:
    """An .xls as the Excel of 1997 to 2003 wrote it: a title, merged cells, dates, numbers, a note, and a hidden sheet."""
    xlwt = importlib.import_module("xlwt")  # the package carries no types
    made = xlwt.Workbook(encoding="utf-8")
    sheet = made.add_sheet("专家")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write_merge(0, 0, 0, 3, "某省专家汇总表")
    for i, header in enumerate(("姓名", "所在单位", "出生日期", "可承接数")):
        sheet.write(1, i, header)
    for i, (name, born, capacity) in enumerate((("张三", date(1960, 5, 17), 3), ("李四", date(1971, 12, 1), "２"), ("王五", None, 4.0)), 2):
        sheet.write(i, 0, name)
        if born:
            sheet.write(i, 2, born, day)
        sheet.write(i, 3, capacity)
    sheet.write_merge(2, 4, 1, 1, "重庆大学")
    sheet.write(5, 0, "备注：样例，人物均为虚构")
    hidden = made.add_sheet("代码")
    hidden.visibility = 1
    hidden.write(0, 0, "代码")
    made.save(str(path))
    return path


def test_an_old_workbook(tmp_path: Path) -> None:
    path = old_book(tmp_path / "名单.xls")
    made = understood(path)
    assert [[r.get(k) for k in ("name", "institution", "birth_date", "capacity", "row")] for r in rows_of(made)] == [
        ["张三", "重庆大学", "1960-05-17", 3, 3], ["李四", "重庆大学", "1971-12-01", 2, 4], ["王五", "重庆大学", None, 4, 5]]
    assert [(i.row, i.code) for i in made.issues] == [(1, "title_row"), (6, "note_row")]
    assert read_sources([path])[0].left_alone == [("名单.xls#代码", "a hidden sheet: unhide it to load it")]


@pytest.mark.parametrize("told", [None, "scientists"])
def test_hidden_sheets_are_left_alone_and_said(tmp_path: Path, told: str | None) -> None:
    path = book(tmp_path / "x.xlsx", {"甲": PEOPLE, "scientists": PEOPLE}, hidden=["scientists"])
    (found,) = read_sources([path], as_table=told)
    assert [(t.table, t.files) for t in found.tables] == [("scientists", ("x.xlsx#甲",))]
    assert found.left_alone == [("x.xlsx#scientists", "a hidden sheet: unhide it to load it")]


def test_a_hidden_sheet_beside_one_does_not_hide_what_the_file_is_called(tmp_path: Path) -> None:
    path = book(tmp_path / "产品.xlsx", {"Sheet1": [["name"], ["电池"]], "Sheet2": [["代码"], ["1"]]}, hidden=["Sheet2"])
    assert [t.table for t in read_sources([path])[0].tables] == ["products"]


def test_a_workbook_of_hidden_sheets_says_why_nothing_was_loaded(tmp_path: Path) -> None:
    book(tmp_path / "x.xlsx", {"空": [], "甲": PEOPLE}, hidden=["甲"])
    with new_workspace(tmp_path) as workspace, pytest.raises(SourceError, match=r"nothing to load: x\.xlsx#空: empty; x\.xlsx#甲: a hidden sheet"):
        load(workspace, [tmp_path / "x.xlsx"])


def test_several_sheets_of_one_kind_are_one_table(tmp_path: Path) -> None:
    path = book(tmp_path / "x.xlsx", {
        "2023年": PEOPLE, "2024年": [["单位名称", "专家姓名", "职称"], ["西南大学", "李四", "教授"], ["甲所", "王五", None]]})
    made = understood(path)
    assert [(r["name"], r["institution"], r.get("title"), r["file"]) for r in rows_of(made)] == [
        ("张三", "重庆大学", None, "x.xlsx#2023年"), ("李四", "西南大学", None, "x.xlsx#2023年"), ("李四", "西南大学", "教授", "x.xlsx#2024年"),
        ("王五", "甲所", None, "x.xlsx#2024年")]
    assert made.headers == {"姓名": "name", "工作单位": "institution", "单位名称": "institution", "专家姓名": "name", "职称": "title"}


def test_numbers_dates_and_forms_of_digits(tmp_path: Path) -> None:
    path = book(tmp_path / "企业名录.xlsx", {"Sheet1": [
        ["企业名称", "成立日期", "员工数", "营业收入", "电话", "是否上市"],
        ["甲公司", date(2001, 2, 3), "１２０", "1,234.5", 13800000000, "√"], ["乙公司", 36925, 120, "1.2亿", "023-6500", "否"],
        ["丙公司", "二〇〇一年二月", "120人", "300万元", None, "-"]]})
    made = understood(path)
    assert [[r.get(k) for k in ("founded", "employees", "revenue", "phone", "listed")] for r in rows_of(made)] == [
        ["2001-02-03", 120, 1234.5, "13800000000", True], ["2001-02-03", 120, 12000, "023-6500", False], ["2001-02", 120, 300, None, None]]
    assert [(i.row, i.code, i.value) for i in made.issues] == [(3, "doubtful_value", "36925")]


def test_blank_rows_and_columns_around_a_table(tmp_path: Path) -> None:
    (table,) = read_tables(book(tmp_path / "a.xlsx", {"S": [[], [], [None, None, "姓名", "单位"], [], [None, None, "张三", "甲"], [], []]}))
    assert (table.header, table.rows, table.numbers) == (("", "", "姓名", "单位"), [["", "", "张三", "甲"]], [5])
