"""The review sheet: doubtful pairs side by side in Excel, a verdict by drop-down, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import SourceError
from graph.ids import split_id
from graph.layout import masked
from graph.resolve import Judgement, open_reviews
from graph.schema import POOLS, Type
from graph.sql import quoted
from graph.workspace import Workspace
from zhulian.output import appearing_whole, put

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

VERDICTS = {"相同": "same", "不同": "different", "待定": "unsure"}
_LEFT, _RIGHT = "记录甲", "记录乙"
_HEADERS = ("判断", "说明", "概率", "理由", "矛盾", "涉及记录数")
_SHOWN = {
    "scientists": ("name", "institution", "title", "degree", "gender", "birth_date", "disciplines", "societies", "region", "works", "email", "phone",
                   "orcid"),
    "organisations": ("name", "aliases", "former_names", "uscc", "legal_rep", "address", "region", "industry", "phone", "website", "founded"),
}
"""Which properties of a pool's records a reviewer sees."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about two records."""

    left: str
    right: str
    verdict: str
    note: str


def write_review(workspace: Workspace, path: Path) -> int:
    """Write the open reviews, those first that concern most records. Returns how many there are.

    Raises:
        WorkError: the file cannot be written.
    """
    from openpyxl import Workbook

    size = dict(workspace.connection.execute("SELECT record, count(*) OVER (PARTITION BY entity) FROM graph.members").fetchall())
    book = Workbook()
    book.remove(book.worksheets[0])
    total = 0
    reviews = open_reviews(workspace)
    for pool, shown in _SHOWN.items():
        tables = {t.name for t in POOLS[pool]}
        mine = [j for j in reviews if split_id(j.left)[1] in tables]
        mine.sort(key=lambda j: (-size[j.left] * size[j.right], -j.score, j.left, j.right))
        cells = _cells(workspace, pool, shown, {r for j in mine for r in (j.left, j.right)})
        labels = {p.name: p.label for t in reversed(POOLS[pool]) for p in t.properties}
        _fill(book.create_sheet(POOLS[pool][0].label), mine, shown, labels, cells, size)
        total += len(mine)
    with appearing_whole(path) as partial:
        book.save(partial)
    return total


def _cells(workspace: Workspace, pool: str, shown: Sequence[str], records: set[str]) -> dict[str, dict[str, str]]:
    """Record → property → what a reviewer sees: lists joined, contact fields masked."""
    found: dict[str, dict[str, str]] = {}
    for table in POOLS[pool]:
        own = [p for p in table.properties if p.name in shown]
        columns = ", ".join(f"array_to_string({masked(p)}, '；')" if p.type is Type.LIST else masked(p) for p in own)
        query = f"SELECT source || '/{table.name}/' || id AS record, {columns} FROM records.{quoted(table.name)} WHERE record IN (SELECT unnest(?))"
        for record, *values in workspace.connection.execute(query, [sorted(records)]).fetchall():
            found[record] = {p.name: "" if v is None else str(v) for p, v in zip(own, values, strict=True)}
    return found


def _said(evidence: str) -> dict[str, Any]:
    """What the model said of a pair; nothing where a person alone spoke."""
    try:
        said = json.loads(evidence)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _fill(sheet: Worksheet, reviews: Sequence[Judgement], shown: Sequence[str], labels: dict[str, str],
          cells: dict[str, dict[str, str]], size: dict[str, int]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    header = [*_HEADERS, *(f"{labels.get(name, name)}｜{side}" for name in shown for side in "甲乙"), _LEFT, _RIGHT]
    sheet.append(header)
    differs = PatternFill("solid", fgColor="FFF2CC")
    for j in reviews:
        said = _said(j.evidence)
        left, right = cells[j.left], cells[j.right]
        row: list[Any] = ["", "", j.score, "；".join(said.get("evidence", [])), said.get("conflict", ""), size[j.left] * size[j.right]]
        row += [side.get(name, "") for name in shown for side in (left, right)]
        number = sheet.max_row + 1
        for column, value in enumerate((*row, j.left, j.right), start=1):
            put(sheet.cell(number, column), value)
        for n, name in enumerate(shown):
            a, b = left.get(name, ""), right.get(name, "")
            if a and b and a != b:
                for column in (len(_HEADERS) + 1 + 2 * n, len(_HEADERS) + 2 + 2 * n):
                    sheet.cell(number, column).fill = differs
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = {4: 48, 2: 20}.get(column, 18 if column > len(_HEADERS) else 10)
    for column in (len(header) - 1, len(header)):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    for cell in sheet["D"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    choice = DataValidation(type="list", formula1=f'"{",".join(VERDICTS)}"', allow_blank=True, showErrorMessage=True)
    sheet.add_data_validation(choice)
    choice.add(f"A2:A{max(2, sheet.max_row)}")


def read_review(workspace: Workspace, path: Path) -> list[Verdict]:
    """The verdicts of a sheet that a person filled in; rows without one are passed over.

    Raises:
        SourceError: no such file or no review sheet; a verdict that is none; a record that is not there. Nothing is taken then.
    """
    found = [v for name, rows in _sheets(path) for v in _verdicts(f"{path}#{name}", rows)]
    known = {r for (r,) in workspace.connection.execute("SELECT record FROM graph.members").fetchall()}
    missing = sorted({r for v in found for r in (v.left, v.right) if r not in known})
    if missing:
        raise SourceError(f"{path}: {missing[0]} is not in the workspace" + (f", nor are {len(missing) - 1} others" if len(missing) > 1 else "")
                          + ": write the review sheet anew; nothing was taken")
    return found


def _sheets(path: Path) -> list[tuple[str, list[list[Any]]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        return [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except (CalamineError, OSError) as error:
        raise SourceError(f"{path}: not a review sheet that can be read ({error})") from error


def _verdicts(place: str, rows: list[list[Any]]) -> Iterable[Verdict]:
    header = [str(c).strip() for c in rows[0]] if rows else []
    wanted = ("判断", "说明", _LEFT, _RIGHT)
    if any(name not in header for name in wanted):
        raise SourceError(f"{place}: not a review sheet: the columns {', '.join(wanted)} are needed (the last two are hidden; keep them)")
    at = {name: header.index(name) for name in wanted}
    words = {**VERDICTS, **{v: v for v in VERDICTS.values()}}
    for number, row in enumerate(rows[1:], start=2):
        text, note, left, right = (str(row[at[n]]).strip() if at[n] < len(row) else "" for n in wanted)
        if not text:
            continue
        if text not in words or not left or not right:
            raise SourceError(f"{place} row {number}: the verdict is one of {', '.join(VERDICTS)}, not {text!r}; nothing was taken")
        yield Verdict(left, right, words[text], note)
