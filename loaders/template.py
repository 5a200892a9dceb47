"""Empty workbooks to fill in: a sheet a table, with headers, comments, colours and drop-downs from the schema. They load as any workbook does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import UnknownTable, UsageError, WorkError
from graph.schema import TABLES, NodeTable, Property, Table, Type, columns, table_named
from loaders.headers import map_header
from loaders.sources import NOTES_SHEET

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_ID = Property("id", "编号", note="没有编号可以空着，程序按内容生成")
_ROWS = 5000
"""Rows below the header that have drop-downs."""
_LIKE_ENOUGH = 60
"""Of 100 (rapidfuzz's ratio): from there on a table's name is worth asking about."""
_LONGEST_LIST = 255
"""Characters that Excel takes in a list of choices."""
_REQUIRED, _OPTIONAL, _ANY_OF = "FFC7CE", "DDEBF7", "FFEB9C"
_FORMATS = {
    Type.TEXT: "文字", Type.LIST: "多项，用“；”隔开", Type.INTEGER: "整数", Type.NUMBER: "数", Type.BOOLEAN: "是 / 否",
    Type.DATE: "日期：1960、1960-05 或 1960-05-17", Type.YEAR: "四位数的年份",
}
_EXAMPLES = {Type.INTEGER: "12", Type.NUMBER: "3.5", Type.BOOLEAN: "是", Type.DATE: "1960-05", Type.YEAR: "2024", Type.LIST: "甲；乙"}
_OF_NAMES = {
    "id": "1001", "trl": "6", "doi": "10.1234/example.2024", "url": "https://example.org/1", "clc": "TM912", "stock_code": "600000",
    "legal_rep": "张三", "address": "重庆市万州区某路1号", "keywords": "动力电池；热管理", "languages": "英语；德语",
    "date": "2024-05-17", "valid_from": "2024-01-01", "period": "2024", "weight": "0.35",
    "email": "zhangsan@example.org", "phone": "13800000000", "uscc": "91500000MA5U0TX95C", "orcid": "0000-0002-1825-0097", "region": "重庆市万州区",
    "website": "https://example.org", "rating": "5", "share": "0.35", "gender": "女", "name_en": "Zhang San",
}
_OF_TABLES = {
    "scientists": ("张三", "李四"), "institutions": ("重庆大学", "某研究所"), "organisations": ("重庆大学", "某研究所"),
    "enterprises": ("某科技有限公司", "某机械有限公司"), "societies": ("某市化学学会", "某市农学会"), "associations": ("某区科协", "某市科协"),
    "works": ("某论文题名", "某专利名称"), "needs": ("某技术需求", "某工艺需求"), "products": ("动力电池", "电机"), "chains": ("新能源汽车产业链",),
    "regions": ("重庆市", "四川省"), "disciplines": ("化学", "材料科学"), "industries": ("汽车制造业", "医药制造业"), "events": ("某学术年会",),
    "communities": ("某创新共同体",), "funds": ("某产业基金",), "region_groups": ("某区域组",),
}
"""Names of what a reference can mean, by the table that it means first."""
_ENDS = frozenset(("deadline", "valid_to"))
"""Dates up to which something holds: the example lies ahead."""


def write_template(names: Sequence[str], path: Path) -> list[str]:
    """Write an empty workbook for tables.

    Args:
        names: the tables (stem, Chinese name or alias); one named twice is written once.
        path: the file, ending in .xlsx.

    Returns:
        The stems of the tables, in the order in which they were named.

    Raises:
        UnknownTable: there is no such table (the message says which are near, and lists all).
        UsageError: another ending, no such folder, or the file is there already: somebody may have filled it in.
        WorkError: the file cannot be written.
    """
    tables = list({t.name: t for t in map(_table, names)}.values())
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path}: a template is an .xlsx file")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: there is no such folder")
    if path.exists():
        raise UsageError(f"{path}: is there already, and may have been filled in; give another name")
    from openpyxl import Workbook  # slow to import, and loading needs none of it

    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _fill(book.create_sheet(table.label), table)
    _explain(book.create_sheet(NOTES_SHEET), tables)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        book.save(partial)
        partial.replace(path)
    except OSError as error:
        raise WorkError(f"{path}: cannot be written ({error})") from error
    finally:
        partial.unlink(missing_ok=True)
    return [t.name for t in tables]


def _table(name: str) -> Table:
    try:
        return table_named(name)
    except UnknownTable:
        from rapidfuzz import fuzz, process  # needed only where nothing was found

        words = {word: t for t in TABLES.values() for word in (t.name, t.label, *t.aliases)}
        near = dict.fromkeys(words[w].name for w, _, _ in process.extract(name.strip().casefold(), words.keys(), scorer=fuzz.ratio, limit=3,
                                                                          score_cutoff=_LIKE_ENOUGH))
        hint = f"near to it: {', '.join(f'{n} {TABLES[n].label}' for n in near)}; " if near else ""
        raise UnknownTable(f"no table is called {name!r}: {hint}use one of {', '.join(f'{t.name} {t.label}' for t in TABLES.values())}") from None


def template_columns(table: Table) -> list[tuple[str, Property]]:
    """Header and property of each column of a table's template; `id` first. A header is the Chinese label, or where that would be understood
    as another column's, the property's name."""
    found = [(p.label, p) for p in (_ID, *columns(table))]
    meant = map_header(table, tuple(header for header, _ in found), {}).properties
    return [(header if prop == p.name else p.name, p) for (header, p), prop in zip(found, meant, strict=True)]


def _fill(sheet: Worksheet, table: Table) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for i, (header, p) in enumerate(template_columns(table), 1):
        need = _need(table, p)
        cell = sheet.cell(1, i, header + ("*" if need == "必填" else ""))
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.fill = PatternFill("solid", fgColor={"必填": _REQUIRED, "选填": _OPTIONAL}.get(need, _ANY_OF))
        cell.comment = Comment("\n".join(filter(None, (need, _format(p), f"例：{_example(p)}"))), "珠联", width=260, height=140)
        letter = get_column_letter(i)
        sheet.column_dimensions[letter].width = 32 if p.longest or p.titles or p.fulltext else max(12, 2 * len(header) + 4)
        if p.type in (Type.TEXT, Type.DATE, Type.LIST):
            sheet.column_dimensions[letter].number_format = "@"  # telephones, codes and 1960-05 stay as they are typed
        _offer(sheet, letter, p)
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 32


def _offer(sheet: Worksheet, letter: str, p: Property) -> None:
    """A drop-down for a choice. A list of choices takes other text too: several of them."""
    from openpyxl.worksheet.datavalidation import DataValidation

    words = ["是", "否"] if p.type is Type.BOOLEAN else [chinese[0] if chinese else value for value, chinese in p.choices.items()]
    offered = ",".join(words)
    if not words or len(offered) > _LONGEST_LIST:
        return
    validation = DataValidation("list", formula1=f'"{offered}"', allow_blank=True, showErrorMessage=p.type is not Type.LIST,
                                errorTitle=p.label, error=f"请从列表中选：{offered}"[:_LONGEST_LIST])
    validation.add(f"{letter}2:{letter}{_ROWS + 1}")
    sheet.add_data_validation(validation)


def _explain(sheet: Worksheet, tables: Sequence[Table]) -> None:
    from openpyxl.styles import Font

    rows = [("表", "列", "是否必填", "格式", "例")]
    rows += [(t.label, header, _need(t, p), _format(p), _example(p)) for t in tables for header, p in template_columns(t)]
    for row in rows:
        sheet.append(row)
    for i, width in enumerate((16, 20, 12, 60, 32)):
        sheet.column_dimensions["ABCDE"[i]].width = width
        sheet.cell(1, i + 1).font = Font(bold=True)
    sheet.freeze_panes = "A2"


def _need(table: Table, p: Property) -> str:
    if p.required or (p.name == "id" and isinstance(table, NodeTable) and table.needs_id):
        return "必填"
    if isinstance(table, NodeTable) and p.name in table.any_of:
        return f"{'、'.join(q.label for q in table.properties if q.name in table.any_of)}至少填一项"
    return "选填"


def _format(p: Property) -> str:
    """What a cell may hold, in words."""
    parts = [_FORMATS[p.type]]
    if p.choices:
        parts = [("可多选，用“；”隔开：" if p.type is Type.LIST else "选一项：") + "、".join(c[0] if c else v for v, c in p.choices.items())]
    if p.refers:
        parts.append("填编号或名称")
    if p.minimum is not None and p.maximum is not None and p.type is not Type.YEAR:
        parts.append(f"{p.minimum:g} 到 {p.maximum:g}")
    return "；".join((*parts, p.note)) if p.note else "；".join(parts)


def _example(p: Property) -> str:
    """What could stand in the column."""
    if p.choices:
        value, chinese = next(iter(p.choices.items()))
        return chinese[0] if chinese else value
    if p.refers and p.name not in _OF_NAMES:
        found = _OF_TABLES[p.refers[0]]
        return "；".join(found) if p.type is Type.LIST else found[0]
    if p.name in _OF_NAMES:
        return _OF_NAMES[p.name]
    if p.name in _ENDS:
        return f"{date.today().year + 1}-12-31"
    return _EXAMPLES.get(p.type, "张三" if p.label == "姓名" else f"某{p.label}")
