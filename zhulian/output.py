"""Results → files by their ending, or a table on the terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.table import Table

from graph.errors import UsageError, WorkError

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.cell.cell import Cell, MergedCell

_RUNS = re.compile(r"[=+\-@\t\r]")
"""What makes a spreadsheet run a text cell; a quotation mark before it makes it text again."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EXCEL_ROWS, _EXCEL_CELL = 1_048_576, 32_767
_WIDEST = 60


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as .csv (UTF-8 with BOM), .xlsx, .json or .parquet; the file appears only when whole.

    Raises:
        UsageError: another ending, or no such folder.
        WorkError: the table does not fit the format, or the file cannot be written.
    """
    check_target(path)
    writer = _WRITERS[path.suffix.lower()]
    with appearing_whole(path) as partial:
        writer(frame, partial)


@contextmanager
def appearing_whole(path: Path) -> Iterator[Path]:
    """A path to write to: what is written there appears as `path` when it is whole, and not at all if the writing fails.

    Raises:
        WorkError: the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise WorkError(f"{path}: cannot be written ({error})") from error
    finally:
        partial.unlink(missing_ok=True)


def check_target(path: Path | None) -> None:
    """Refuse an output that could not be written, before the work is done.

    Raises:
        UsageError: another ending, or no such folder.
    """
    if path is None:
        return
    if path.suffix.lower() not in _WRITERS:
        raise UsageError(f"{path}: the ending says the format: one of {', '.join(_WRITERS)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: there is no such folder")


def _guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run gets a quotation mark before it; numbers are never touched."""
    return frame.map(lambda v: f"'{v}" if isinstance(v, str) and _RUNS.match(v) else v)


def _csv(frame: pd.DataFrame, path: Path) -> None:
    _guarded(frame).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _json(frame: pd.DataFrame, path: Path) -> None:
    path.write_text(frame.to_json(orient="records", force_ascii=False, indent=1, double_precision=15) + "\n", encoding="utf-8")


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False)


def _xlsx(frame: pd.DataFrame, path: Path) -> None:
    if len(frame) >= _EXCEL_ROWS:
        raise WorkError(f"{path.name}: {len(frame)} rows are more than a sheet holds; write .csv or .parquet")
    from openpyxl import Workbook  # slow to import, and few commands write a workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.append(list(frame.columns))
    for number, row in enumerate(frame.itertuples(index=False), 2):
        for column, value in enumerate(row, 1):
            if value is None or (isinstance(value, float) and value != value):
                continue
            put(sheet.cell(number, column), value)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(frame.columns), 1))}{len(frame) + 1}"
    book.save(path)


def put(cell: Cell | MergedCell, value: object) -> None:
    """Put a value into a cell of a workbook: text stays text, whatever it begins with."""
    cell = cast("Cell", cell)
    if isinstance(value, str):
        cell.value = _ILLEGAL.sub("", value)[:_EXCEL_CELL]
        cell.data_type = "s"
        cell.quotePrefix = bool(_RUNS.match(value))
    else:
        cell.value = value  # type: ignore[assignment]


_WRITERS: Mapping[str, Callable[[pd.DataFrame, Path], None]] = {".csv": _csv, ".xlsx": _xlsx, ".json": _json, ".parquet": _parquet}


def print_frame(frame: pd.DataFrame, console: Console, title: str = "") -> None:
    """A table for people: long cells wrapped, numbers to the right."""
    table = Table(title=title or None, title_justify="left", show_lines=False, pad_edge=False)
    for name in frame.columns:
        numeric = frame[name].dtype.kind in "iuf"
        table.add_column(str(name), justify="right" if numeric else "left", overflow="fold", max_width=_WIDEST)
    for row in frame.itertuples(index=False):
        table.add_row(*("" if v is None or v != v else escape(f"{v:g}" if isinstance(v, float) else str(v)) for v in row))
    console.print(table)


def escape(text: str) -> str:
    """Text that rich prints as it is."""
    return text.replace("[", "\\[")
