"""Templates: every column can be filled in as its example says, and what is filled in loads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from graph.errors import SourceError, UnknownTable, UsageError
from graph.schema import TABLES, NodeTable, Type, columns
from loaders.load import load
from loaders.sources import NOTES_SHEET, read_sources
from loaders.template import template_columns, write_template
from tests.loaders.making import new_workspace, records, rows_of

EVERY = list(TABLES)


def sheets(path: Path) -> dict[str, Worksheet]:
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(path).worksheets}


def comment(sheet: Worksheet, header: str) -> str:
    found = sheet.cell(1, column(sheet, header)).comment
    assert found is not None
    return found.text


def column(sheet: Worksheet, header: str) -> int:
    return next(i for i, cell in enumerate(sheet[1], 1) if str(cell.value).rstrip("*") == header)


def test_every_table_has_a_template_that_is_understood_when_filled_in_by_its_examples(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    assert write_template(EVERY, path) == EVERY
    book = openpyxl.load_workbook(path)
    notes = book[NOTES_SHEET]
    examples = {(row[0].value, row[1].value): row[4].value for row in notes.iter_rows(min_row=2)}
    for table in TABLES.values():
        book[table.label].append([examples[table.label, header] for header, _ in template_columns(table)])
    book.save(path)
    (found,) = read_sources([path])
    assert [t.table for t in found.tables] == EVERY
    assert found.left_alone == [(f"模板.xlsx#{NOTES_SHEET}", "how to fill in the template")]
    for made in found.tables:
        assert (made.read, made.rejected, made.issues, made.unknown_columns) == (1, 0, [], ()), made.table
        empty = {p.name for p in columns(TABLES[made.table])} - set(rows_of(made)[0])
        assert empty == set(), made.table


def test_examples_fit_their_columns(tmp_path: Path) -> None:
    write_template(["works", "needs", "makes", "associations"], tmp_path / "t.xlsx")
    notes = openpyxl.load_workbook(tmp_path / "t.xlsx")[NOTES_SHEET]
    said = {(str(row[0].value), str(row[1].value)): str(row[4].value) for row in notes.iter_rows(min_row=2)}
    assert 1 <= int(said["成果", "技术成熟度"]) <= 9
    assert said["成果", "DOI"].startswith("10.")
    assert said["需求", "需求企业"].endswith("有限公司")
    assert date.fromisoformat(said["需求", "截止日期"]) > date.today()
    assert [said[cell] for cell in (("需求", "相关产品"), ("科协组织", "上级科协"))] == ["动力电池；电机", "某区科协"]


def test_headers_colours_comments_and_choices(tmp_path: Path) -> None:
    write_template(["scientists", "需求", "专家"], tmp_path / "t.xlsx")
    found = sheets(tmp_path / "t.xlsx")
    assert list(found) == ["科技工作者", "需求", NOTES_SHEET]
    people = found["科技工作者"]
    assert [c.value for c in people[1]][:4] == ["编号", "姓名*", "英文名", "别名"]
    assert people.freeze_panes == "B2"
    name, gender = (people.cell(1, column(people, h)) for h in ("姓名", "性别"))
    assert name.fill.fgColor.rgb != gender.fill.fgColor.rgb
    assert (comment(people, "姓名"), comment(people, "出生日期")) == ("必填\n文字\n例：张三", "选填\n日期：1960、1960-05 或 1960-05-17\n例：1960-05")
    assert people.column_dimensions[get_column_letter(column(people, "出生日期"))].number_format == "@"
    offered = {str(d.sqref): d.formula1 for d in people.data_validations.dataValidation}
    for header, words in (("性别", "女,男"), ("退休", "是,否")):
        letter = get_column_letter(column(people, header))
        assert offered[f"{letter}2:{letter}5001"] == f'"{words}"'
    needs = found["需求"]
    title, budget = (needs.cell(1, column(needs, h)) for h in ("需求名称", "预算"))
    assert comment(needs, "需求名称").startswith("需求名称、需求内容至少填一项")
    assert "万元" in comment(needs, "预算")
    assert len({title.fill.fgColor.rgb, budget.fill.fgColor.rgb, name.fill.fgColor.rgb}) == 3


def test_every_choice_is_offered_and_lists_take_other_text(tmp_path: Path) -> None:
    write_template(EVERY, tmp_path / "t.xlsx")
    found = sheets(tmp_path / "t.xlsx")
    for table in TABLES.values():
        sheet = found[table.label]
        offered = {str(d.sqref).split("2:")[0]: d for d in sheet.data_validations.dataValidation}
        for i, (_, p) in enumerate(template_columns(table), 1):
            letter = get_column_letter(i)
            assert (letter in offered) == bool(p.choices or p.type is Type.BOOLEAN), (table.name, p.name)
            if p.choices:
                words = str(offered[letter].formula1).strip('"').split(",")
                assert len(words) == len(p.choices)
                assert bool(offered[letter].showErrorMessage) == (p.type is not Type.LIST)


def test_what_is_required_is_marked(tmp_path: Path) -> None:
    write_template(EVERY, tmp_path / "t.xlsx")
    found = sheets(tmp_path / "t.xlsx")
    for table in TABLES.values():
        marked = {p.name for cell, (_, p) in zip(found[table.label][1], template_columns(table), strict=True) if str(cell.value).endswith("*")}
        needs_id = {"id"} if isinstance(table, NodeTable) and table.needs_id else set()
        assert marked == {p.name for p in columns(table) if p.required} | needs_id


def test_an_empty_template_is_refused_and_a_filled_one_loads(tmp_path: Path) -> None:
    path = tmp_path / "上报.xlsx"
    write_template(["scientists", "needs"], path)
    with new_workspace(tmp_path) as workspace:
        with pytest.raises(SourceError, match=r"nothing to load: no row stands under the header of 上报\.xlsx#科技工作者, 上报\.xlsx#需求"):
            load(workspace, [path])
        book = openpyxl.load_workbook(path)
        people = book["科技工作者"]
        given = (("张三", "某大学", "013800000000", "1960-05", "是"), ("李四", "某所", "", "", "否"))
        for row, (name, unit, phone, born, retired) in enumerate(given, 2):
            for header, value in (("姓名", name), ("所在单位", unit), ("手机", phone), ("出生日期", born), ("退休", retired)):
                people.cell(row, column(people, header), value or None)
        book.save(path)
        report = load(workspace, [path])
        assert [(t.source, t.table, t.read, t.accepted) for t in report.tables] == [("上报", "scientists", 2, 2), ("上报", "needs", 0, 0)]
        assert {tuple(r[k] for k in ("name", "institution", "phone", "birth_date", "retired")) for r in records(workspace, "scientists")} == {
            ("张三", "某大学", "013800000000", "1960-05", True), ("李四", "某所", None, None, False)}


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownTable, match=r"no table is called '产物': use one of scientists 科技工作者, .*outcomes 对接结果"):
        write_template(["scientists", "产物"], tmp_path / "t.xlsx")
    for wrong, near in (("organizations", "organisations 机构"), ("科技工作", "scientists 科技工作者")):
        with pytest.raises(UnknownTable, match=f"no table is called '{wrong}': near to it: {near}"):
            write_template([wrong], tmp_path / "t.xlsx")
    for path, said in ((tmp_path / "t.csv", "an .xlsx file"), (tmp_path / "no" / "t.xlsx", "no such folder")):
        with pytest.raises(UsageError, match=said):
            write_template(["scientists"], path)
    write_template(["scientists"], tmp_path / "t.xlsx")
    with pytest.raises(UsageError, match="is there already, and may have been filled in"):
        write_template(["needs"], tmp_path / "t.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["t.xlsx"]
