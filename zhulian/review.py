"""The review sheet: doubtful pairs side by side in Excel, a verdict by drop-down, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import SourceError
from graph.ids import split_id
from graph.layout import masked
from graph.member_records import evidence_object, places
from graph.privacy import HIDDEN
from graph.resolve import REVIEW, Judgement, open_reviews, reviewed_pairs
from graph.schema import NODES, POOLS, Privacy, Property, Type
from graph.sql import quoted
from graph.workspace import Workspace
from zhulian.output import appearing_whole, place, put

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

VERDICTS = {"相同": "same", "不同": "different", "待定": "unsure"}
_VERDICT, _NOTE, _LEFT, _RIGHT = "判断", "说明", "记录甲", "记录乙"
_WIDTHS = {_VERDICT: 10, _NOTE: 20, "概率": 10, "理由": 48, "矛盾": 10, "涉及记录数": 10}
_WIDTH = 18
_SHOWN = {
    "scientists": ("name", "name_en", "aliases", "institution", "title", "degree", "honours", "gender", "birth_date", "disciplines", "keywords",
                   "societies", "region", "works", "bio", "email", "phone", "orcid", "languages", "retired", "overseas"),
    "organisations": ("name", "short_name", "aliases", "former_names", "type", "level", "uscc", "stock_code", "legal_rep", "host", "parent", "park",
                      "address", "region", "industry", "disciplines", "honours", "phone", "website", "founded"),
}
"""Which properties of a pool's records a reviewer sees."""
_CALLED = {"keywords": "研究方向、关键词"}
"""Where a reviewer looks for another word than the schema's: the lists' two columns are one property."""
_PLACE = "出处"
_GUIDE = "说明"
_HOW = (
    "每行是两条可能指同一人（或同一机构）的记录，甲、乙并列；底色标出两边不同的值。",
    "判断：选“相同”“不同”或“待定”。空着的行不读入；选“待定”的下次仍列出。",
    "说明：判断的依据（如“问过本人”），可以空着；随判断一起保存。",
    "概率：程序估计两条记录相同的概率，0 到 1。理由、矛盾：程序为什么这样估计。",
    "涉及记录数：两边已合并的记录数之积；数越大，这一判断影响的记录越多。",
    "顺序：涉及记录数多的在前；相同时概率高的在前。可以排序、筛选，不要删除隐藏的列（记录甲、记录乙）。",
    "填好后运行：zhulian resolve --apply 本文件。可以只填一部分，填完再读一次。",
)
"""The first sheet: how to fill in the others."""
_MASKED = re.compile(r"(\d{0,3})\d*[*＊xX×•●]{2,}\d*?(\d{0,4})")
"""A number that its source masked (138****8001): its first digits and its last."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about two records."""

    left: str
    right: str
    verdict: str
    note: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a sheet says: the verdicts on records that are there, and a line for each row whose records are not."""

    verdicts: list[Verdict]
    vanished: list[str]


def write_review(workspace: Workspace, path: Path) -> int:
    """Write the open reviews, those first that concern most records; an earlier 待定 stands filled in, with its note. Returns how many there are:
    with none nothing is written.

    Raises:
        WorkError: the file cannot be written.
    """
    from openpyxl import Workbook

    size = dict(workspace.connection.execute("SELECT record, count(*) OVER (PARTITION BY entity) FROM graph.members").fetchall())
    reviews, reviewed = open_reviews(workspace), reviewed_pairs(workspace)
    if not reviews:
        return 0
    book = Workbook()
    _explain(book.worksheets[0])
    total = 0
    for pool, shown in _SHOWN.items():
        tables = {t.name for t in POOLS[pool]}
        mine = [j for j in reviews if split_id(j.left)[1] in tables]
        mine.sort(key=lambda j: (-size[j.left] * size[j.right], -j.score, j.left, j.right))
        cells = record_cells(workspace, pool, shown, {r for j in mine for r in (j.left, j.right)})
        labels = {p.name: p.label for t in reversed(POOLS[pool]) for p in t.properties} | _CALLED | {_PLACE: _PLACE}
        sides = [name for name in (*shown, _PLACE) if any(cells[r].get(name) for j in mine for r in (j.left, j.right))]
        columns = [*_judged(mine, reviewed, size),
                   *((f"{labels[name]}｜{side}", [cells[j.left if side == "甲" else j.right].get(name, "") for j in mine])
                     for name in sides for side in "甲乙"),
                   (_LEFT, [j.left for j in mine]), (_RIGHT, [j.right for j in mine])]
        _fill(book.create_sheet(POOLS[pool][0].label), columns)
        total += len(mine)
    with appearing_whole(path) as partial:
        book.save(partial)
    return total


def _judged(reviews: Sequence[Judgement], reviewed: dict[tuple[str, str], Judgement], size: dict[str, int]) -> list[tuple[str, list[Any]]]:
    """The columns that speak of the pair: what a person said already, and what the model says. One that is empty throughout is left out."""
    earlier = [reviewed.get((j.left, j.right)) for j in reviews]
    said = [evidence_object(j.evidence) or {} for j in reviews]
    word = {verdict: name for name, verdict in VERDICTS.items()}
    columns: list[tuple[str, list[Any]]] = [
        (_VERDICT, ["" if e is None else word[e.verdict] for e in earlier]), (_NOTE, ["" if e is None else e.evidence for e in earlier]),
        ("概率", ["" if j.method == REVIEW else j.score for j in reviews]), ("理由", ["；".join(s.get("evidence", [])) for s in said]),
        ("矛盾", [s.get("conflict", "") for s in said]), ("涉及记录数", [size[j.left] * size[j.right] for j in reviews])]
    return [(name, cells) for name, cells in columns if name in (_VERDICT, _NOTE) or any(c != "" for c in cells)]


def record_cells(workspace: Workspace, pool: str, shown: Sequence[str], records: set[str]) -> dict[str, dict[str, str]]:
    """Record → property → what a reviewer sees: lists joined, contact fields masked, references by code as what they mean; and its place."""
    found: dict[str, dict[str, str]] = {}
    for table in POOLS[pool]:
        own = [p for p in table.properties if p.name in shown]
        columns = ", ".join(f"CASE WHEN regexp_matches({quoted(p.name)}, '\\d') AND regexp_full_match({quoted(p.name)}, '{_MASKED.pattern}') "
                            f"THEN {quoted(p.name)} ELSE {masked(p)} END" if p.privacy is Privacy.CONTACT and p.type is Type.TEXT else masked(p)
                            for p in own)
        query = f"SELECT source || '/{table.name}/' || id AS record, {columns} FROM records.{quoted(table.name)} WHERE record IN (SELECT unnest(?))"
        rows = workspace.connection.execute(query, [sorted(records)]).fetchall()
        meant = _meanings(workspace, {_key(p, record, value) for record, *values in rows for p, value in _references(own, values)})
        for record, *values in rows:
            found[record] = {p.name: "；".join(meant.get(_key(p, record, item), str(item)) if p.refers else _words(p, item) for item in _items(value))
                             for p, value in zip(own, values, strict=True)}
    for record, where in places(workspace, found).items():
        found[record][_PLACE] = place(where.source, where.file, where.row)
    return found


def _items(value: object) -> list[object]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _words(p: Property, value: object) -> str:
    """A value as a reviewer reads it: choices in Chinese, of a number that came masked three first digits at most and the last two to four."""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    if p.privacy is Privacy.CONTACT and (came := _MASKED.fullmatch(text)):
        return f"{came[1]}{HIDDEN}{came[2] if len(came[2]) > 1 else ''}"
    return next(iter(p.choices.get(text, ())), text)


def _explain(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment

    sheet.title = _GUIDE
    for number, line in enumerate(_HOW, start=1):
        sheet.cell(number, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 90


def _references(properties: Sequence[Property], values: Sequence[object]) -> Iterator[tuple[Property, str]]:
    """The codes of a record's reference columns: ASCII with a figure in it. Words stay as the list has them, since they can tell records apart."""
    for p, value in zip(properties, values, strict=True):
        yield from ((p, str(item)) for item in _items(value) if p.refers and str(item).isascii() and any(c.isdigit() for c in str(item)))


def _key(p: Property, record: str, value: object) -> str:
    """The key of `graph.resolved` (`graph.build_edges.reference_key`)."""
    return "\x1f".join((",".join(p.refers), split_id(record)[0], str(value)))


def _meanings(workspace: Workspace, keys: set[str]) -> dict[str, str]:
    """Key of a reference → what the thing that it means is called; those that mean nothing are left out."""
    con = workspace.connection
    meant = dict(con.execute("SELECT reference, entity FROM graph.resolved WHERE outcome = 'resolved' AND reference IN (SELECT unnest(?))",
                             [sorted(keys)]).fetchall())
    names: dict[str, str] = {}
    for pool in {NODES[split_id(entity)[1]].pool for entity in meant.values()}:
        names |= dict(con.execute(f"SELECT id, {quoted(POOLS[pool][0].title)} FROM graph.{quoted(pool)} WHERE id IN (SELECT unnest(?))",
                                  [sorted(set(meant.values()))]).fetchall())
    return {key: names[entity] for key, entity in meant.items() if names.get(entity)}


def record_names(workspace: Workspace, records: Iterable[str]) -> dict[str, str]:
    """Record → what it is called, with its id: `张三 (keji/scientists/1)`; those that are gone by their id alone."""
    wanted = set(records)
    found: dict[str, str] = {}
    for table in dict.fromkeys(split_id(record)[1] for record in wanted):
        name = next(masked(p) for p in NODES[table].properties if p.name == NODES[table].title)
        query = f"SELECT source || '/{table}/' || id AS record, {name} FROM records.{quoted(table)} WHERE record IN (SELECT unnest(?))"
        found |= dict(workspace.connection.execute(query, [sorted(wanted)]).fetchall())
    return {record: f"{found[record]} ({record})" if found.get(record) else record for record in wanted}


def _fill(sheet: Worksheet, columns: Sequence[tuple[str, Sequence[Any]]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    differs = PatternFill("solid", fgColor="FFF2CC")
    for at, (head, cells) in enumerate(columns, start=1):
        sheet.cell(1, at, head).font = Font(bold=True)
        for number, value in enumerate(cells, start=2):
            put(sheet.cell(number, at), value)
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = _WIDTHS.get(head, _WIDTH)
        sheet.column_dimensions[letter].hidden = head in (_LEFT, _RIGHT)
        if head == "理由":
            for cell in sheet[letter]:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        if head.endswith("｜乙") and not head.startswith(_PLACE):
            for number, (a, b) in enumerate(zip(columns[at - 2][1], cells, strict=True), start=2):
                if a and b and a != b:
                    sheet.cell(number, at - 1).fill = sheet.cell(number, at).fill = differs
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    choice = DataValidation(type="list", formula1=f'"{",".join(VERDICTS)}"', allow_blank=True, showErrorMessage=True)
    sheet.add_data_validation(choice)
    choice.add(f"A2:A{max(2, sheet.max_row)}")


def read_review(workspace: Workspace, path: Path) -> Reviewed:
    """The verdicts of a sheet that a person filled in; rows without one are passed over, rows of records that are gone are told.

    Raises:
        SourceError: no such file or no review sheet, or a verdict that is none. Nothing is taken then.
    """
    known = {r for (r,) in workspace.connection.execute("SELECT record FROM graph.members").fetchall()}
    made = Reviewed([], [])
    for name, rows in _sheets(path):
        for number, verdict in _verdicts(f"{path}#{name}", rows):
            if gone := [r for r in (verdict.left, verdict.right) if r not in known]:
                made.vanished.append(f"{path}#{name} row {number}: {' and '.join(gone)} not in the workspace any more")
            else:
                made.verdicts.append(verdict)
    return made


def _sheets(path: Path) -> list[tuple[str, list[list[Any]]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        return [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names if name != _GUIDE]
    except (CalamineError, OSError) as error:
        raise SourceError(f"{path}: not a review sheet that can be read ({error})") from error


def _verdicts(where: str, rows: list[list[Any]]) -> Iterator[tuple[int, Verdict]]:
    """The filled rows of a sheet, with their numbers."""
    header = [str(c).strip() for c in rows[0]] if rows else []
    wanted = (_VERDICT, _NOTE, _LEFT, _RIGHT)
    if any(name not in header for name in wanted):
        raise SourceError(f"{where}: not a review sheet: the columns {', '.join(wanted)} are needed (the last two are hidden; keep them)")
    at = {name: header.index(name) for name in wanted}
    words = {**VERDICTS, **{v: v for v in VERDICTS.values()}}
    for number, row in enumerate(rows[1:], start=2):
        text, note, left, right = (str(row[at[n]]).strip() if at[n] < len(row) else "" for n in wanted)
        if not text:
            continue
        if not left or not right:
            raise SourceError(f"{where} row {number}: a verdict, but the hidden columns {_LEFT} and {_RIGHT} are empty in that row, so that nobody "
                              "knows whom it is about (a row that was added or pasted?); nothing was taken")
        if text not in words:
            raise SourceError(f"{where} row {number}: the verdict is one of {', '.join(VERDICTS)}, not {text!r}; nothing was taken")
        yield number, Verdict(left, right, words[text], note)
