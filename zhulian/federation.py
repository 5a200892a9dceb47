"""Two sources side by side, as tables: in a folder that the other side can load, or in one workbook."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import UsageError, WorkError
from graph.federation.differences import Difference
from graph.federation.overlap import Lone
from graph.federation.run import Federation
from graph.federation.sending import Handover
from graph.federation.sides import FIRST
from graph.ids import digest
from graph.records import SourceInfo
from graph.schema import NODES, TABLES, columns
from queries.results import frame_of, joined
from zhulian.output import appearing_whole, put, write_frame

if TYPE_CHECKING:
    import pandas as pd

_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME, _SHEET_ROWS = 31, 1_048_576
_OTHER_FORMATS = (".csv", ".tsv", ".xls", ".json", ".parquet", ".html")
UNKNOWN = "unknown"
PENDING = "pending.csv"
"""What waits for a review, and is in no folder to send."""
NO_FULL_LIST = ("只有新增的和对方缺的，不是完整名单：若用来替换原有名单，其余的会被删除。",
                "Only what is new and what is lacking, no full list: loaded in place of the list, it would remove the rest.")
"""What whoever loads a folder that was sent must know, in Chinese and in English."""


def overview_frame(made: Federation) -> pd.DataFrame:
    """table, label, in_A, in_B, in_both, only_in_A, only_in_B, share_of_A, share_of_B, differences, open_reviews: a row a kind or link table."""
    a, b, rows = made.first.name, made.second.name, made.overview
    unlike = Counter(d.table for d in made.differences)
    return frame_of({
        "table": [o.table for o in rows], "label": [TABLES[o.table].label for o in rows],
        f"in_{a}": [o.in_first for o in rows], f"in_{b}": [o.in_second for o in rows], "in_both": [o.in_both for o in rows],
        f"only_in_{a}": [o.in_first - o.in_both for o in rows], f"only_in_{b}": [o.in_second - o.in_both for o in rows],
        f"share_of_{a}": [_share(o.share_of_first) for o in rows], f"share_of_{b}": [_share(o.share_of_second) for o in rows],
        "differences": [unlike[o.table] for o in rows], "open_reviews": [o.open_reviews for o in rows]})


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def lone_frame(rows: Iterable[Lone]) -> pd.DataFrame:
    """table, record, name, at, region, records, also_in, could_be."""
    rows = list(rows)
    frame: dict[str, list[object]] = {c: [getattr(r, c) for r in rows] for c in ("table", "record", "name", "at", "region", "records")}
    return frame_of(frame | {"also_in": [joined(r.also_in) for r in rows], "could_be": [joined(r.could_be) for r in rows]})


def difference_frame(made: Federation) -> pd.DataFrame:
    """table, name, property, label, value_A, value_B, newer (a source, or unknown), newer_by, changed_A, changed_B (UTC), record_A, record_B."""
    a, b, rows = made.first.name, made.second.name, made.differences
    return frame_of({
        "table": [d.table for d in rows], "name": [d.name for d in rows],
        "property": [d.property for d in rows], "label": [label_of(d) for d in rows],
        f"value_{a}": [d.first_value for d in rows], f"value_{b}": [d.second_value for d in rows],
        "newer": [newer_of(made, d) for d in rows], "newer_by": [d.newer_by for d in rows],
        f"changed_{a}": [_time(d.first_changed) for d in rows], f"changed_{b}": [_time(d.second_changed) for d in rows],
        f"record_{a}": [d.first_record for d in rows], f"record_{b}": [d.second_record for d in rows]})


def label_of(d: Difference) -> str:
    """The Chinese label of the property, as the table of the thing or any table of its pool has it."""
    tables = [NODES[d.table], *(t for t in NODES.values() if t.pool == NODES[d.table].pool)]
    return next(p.label for table in tables for p in columns(table) if p.name == d.property)


def newer_of(made: Federation, d: Difference) -> str:
    """The source whose value is newer, or `unknown`."""
    return UNKNOWN if d.newer is None else made.first.name if d.newer == FIRST else made.second.name


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def handover_frame(made: Handover) -> pd.DataFrame:
    """A table to send: their header, then what the row is for and the record that it is from."""
    return frame_of({name: [row[i] for row in made.rows] for i, name in enumerate(made.columns)})


def pending_frame(made: Federation) -> pd.DataFrame:
    """to, table, record, name, at, region, could_be: what is not sent to a source before a person says whether it is what that source has."""
    rows = [(info.name, row) for info, waiting in ((made.first, made.waiting_for_first), (made.second, made.waiting_for_second)) for row in waiting]
    frame: dict[str, list[object]] = {"to": [to for to, _ in rows]}
    frame |= {c: [getattr(row, c) for _, row in rows] for c in ("table", "record", "name", "at", "region")}
    return frame_of(frame | {"could_be": [joined(row.could_be) for _, row in rows]})


def file_part(name: str) -> str:
    """A source's name as a part of a file's name; one that had to be changed has a digest behind it, so that two stay two."""
    plain = _NOT_IN_FILE_NAMES.sub("_", name).rstrip(". ")
    return plain if plain == name else f"{plain}-{digest(name, length=6)}"


def folder_for(info: SourceInfo) -> str:
    """The folder of what is to be sent to a source."""
    return f"for_{file_part(info.name)}"


def lone_file(info: SourceInfo) -> str:
    """The file of what only a source has."""
    return f"only_in_{file_part(info.name)}.csv"


def write_folder(out: Path, made: Federation) -> None:
    """Write overview.csv, only_in_A.csv, only_in_B.csv, differences.csv, pending.csv, and a source folder for each side.

    A table in such a folder that there is no longer anything for is deleted, so that what an earlier run wrote is not sent.

    Raises:
        WorkError: a file cannot be written.
    """
    write_frame(overview_frame(made), _folder(out) / "overview.csv")
    write_frame(lone_frame(made.only_first), out / lone_file(made.first))
    write_frame(lone_frame(made.only_second), out / lone_file(made.second))
    write_frame(difference_frame(made), out / "differences.csv")
    write_frame(pending_frame(made), out / PENDING)
    for giver, taker, tables in ((made.second, made.first, made.for_first), (made.first, made.second, made.for_second)):
        folder = _folder(out / folder_for(taker))
        for table in tables:
            write_frame(handover_frame(table), folder / f"{table.table}.csv")
        for stale in sorted({f"{name}.csv" for name in TABLES} - {f"{t.table}.csv" for t in tables}):
            (folder / stale).unlink(missing_ok=True)
        _write_text(folder / "source.toml", _settings(giver, taker, tables))


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkError(f"{path}: the folder cannot be made ({error.strerror})") from error
    return path


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WorkError(f"{path}: cannot be written ({error.strerror})") from error


def _settings(giver: SourceInfo, taker: SourceInfo, tables: Iterable[Handover]) -> str:
    """source.toml: where the rows come from and on what terms, and what the taker's columns are."""
    said = {"title": f"{giver.title or giver.name} → {taker.title or taker.name}", "licence": giver.licence, "url": giver.url,
            "purpose": giver.purpose, "basis": giver.basis, "expires": giver.expires}
    lines = [*(f"# {line}" for line in NO_FULL_LIST), *(f"{key} = {_toml(value)}" for key, value in said.items() if value)]
    for table in tables:
        lines += ["", f"[columns.{table.table}]", *(f"{_toml(header)} = {_toml(name)}" for header, name in table.header.items())]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """A TOML string: as in JSON, which lets one more control character stand."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_book(path: Path, made: Federation) -> None:
    """Write the same tables as the sheets of one workbook; the file appears only when whole.

    Raises:
        WorkError: a table is longer than a sheet, or the file cannot be written.
    """
    frames = {"overview": overview_frame(made), f"only_in_{made.first.name}": lone_frame(made.only_first),
              f"only_in_{made.second.name}": lone_frame(made.only_second), "differences": difference_frame(made),
              Path(PENDING).stem: pending_frame(made)}
    for info, tables in ((made.first, made.for_first), (made.second, made.for_second)):
        frames |= {f"{table.table} for_{info.name}": handover_frame(table) for table in tables}
    _write_sheets(path, frames)


def _write_sheets(path: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    from openpyxl import Workbook  # slow to import, and few commands write a workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    for name, frame in frames.items():
        if len(frame) >= _SHEET_ROWS:
            raise WorkError(f"{path}: {name} has {len(frame)} rows, more than a sheet holds; give a folder")
        sheet = book.create_sheet(sheet_name(name, taken))
        for number, row in enumerate([tuple(frame.columns), *frame.itertuples(index=False)], 1):
            for column, value in enumerate(row, 1):
                if value is not None and value != "" and value == value:
                    put(sheet.cell(number, column), value)
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(frame.columns), 1))}{len(frame) + 1}"
    with appearing_whole(path) as partial:
        book.save(partial)


def sheet_name(name: str, taken: set[str]) -> str:
    """A sheet's name of at most 31 characters that no other has, whatever the case; it is added to `taken`."""
    plain = _NOT_IN_SHEET_NAMES.sub("_", name)
    if len(plain) > _SHEET_NAME or plain.casefold() in taken:
        plain = f"{plain[:_SHEET_NAME - 7]}-{digest(name, length=6)}"
    taken.add(plain.casefold())
    return plain


def is_book(out: Path) -> bool:
    """Whether an output is one workbook, and not a folder."""
    return out.suffix.lower() == ".xlsx" and not out.is_dir()


def check_out(out: Path | None) -> None:
    """Refuse an output that could not be written, before the work is done.

    Raises:
        UsageError: a file of another format, or a folder that cannot be.
    """
    if out is None or out.is_dir():
        return
    if is_book(out):
        if not out.parent.is_dir():
            raise UsageError(f"{out.parent}: there is no such folder")
    elif out.exists() or out.suffix.lower() in _OTHER_FORMATS:
        raise UsageError(f"{out}: --out is a folder, or a workbook (.xlsx)")
