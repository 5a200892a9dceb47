"""Results → files by their ending, or a table on the terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.table import Table

from graph.errors import UsageError, WorkError
from zhulian.headings import heading
from zhulian.widths import fitting, shortened, width_of

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.cell.cell import Cell, MergedCell

PAGES = (".html", ".htm")
"""Endings of a page."""
_RUNS = re.compile(r"[=+\-@\t\r]")
"""What makes a spreadsheet run a text cell; a quotation mark before it makes it text again."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LOOKED, _WIDEST = 200, 60
"""Rows by which a column's width is chosen, and the most that it gets (characters)."""
_EXCEL_ROWS, _EXCEL_CELL = 1_048_576, 32_767
_IDS = frozenset(("id", "record", "pair", "judgement", "place"))
"""Columns that hold ids, beside those that end in `_id`: people copy them."""
_WHOLE = frozenset(("judgement", "scientist_phone", "scientist_email", "status"))
"""Columns whose cells are neither cut nor folded: half of a telephone number or of a word is none."""


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
            if is_absent(value):
                continue
            put(sheet.cell(number, column), value)
    for column, name in enumerate(frame.columns, 1):
        longest = max([width_of(str(name)), *(width_of(str(v)) for v in frame.iloc[:_LOOKED, column - 1] if not is_absent(v))])
        sheet.column_dimensions[get_column_letter(column)].width = min(longest, _WIDEST) + 2
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(frame.columns), 1))}{len(frame) + 1}"
    book.save(path)


def is_absent(value: object) -> bool:
    """Whether a cell of a table holds nothing."""
    import pandas as pd  # there, wherever a table is

    return value is None or value is pd.NA or value != value


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


def print_frame(frame: pd.DataFrame, console: Console, title: str = "", *, once: Collection[str] = (), whole: Collection[str] = ()) -> None:
    """A table for people, under the heads of `zhulian.headings`: numbers to the right, no cell of more than three lines.

    Args:
        once: columns that are said above the table, and left out of it, where all its rows (two or more) say the same.
        whole: texts that are not to be cut or folded, in whatever column they stand, beside the cells of _WHOLE.
    """
    said = {c for c in once if c in frame.columns and len(frame) > 1 and frame[c].nunique(dropna=False) == 1}
    shown = [str(c) for c in frame.columns if c not in said]
    cells = {c: [_printed(v) for v in frame[c]] for c in frame.columns}
    above = "  ".join(f"{heading(c)}: {cells[c][0]}" for c in frame.columns if c in said and cells[c][0])
    heads, columns = [heading(c) for c in shown], [cells[c] for c in shown]
    kept = [{*column} if c in _WHOLE else {*column} & {*whole} for c, column in zip(shown, columns, strict=True)]
    least = [max(map(width_of, texts), default=0) for texts in kept]
    widths = fitting(heads, columns, [c in _IDS or c.endswith("_id") for c in shown], console.width - (3 * len(shown) - 1), least)
    folded = [[shortened(text, width, console, whole=text in texts) for text in column]
              for column, width, texts in zip(columns, widths, kept, strict=True)]
    table = Table(show_lines=False, pad_edge=False)
    for name, head, width in zip(shown, heads, widths, strict=True):
        table.add_column(escape(head), justify="right" if frame[name].dtype.kind in "iuf" else "left", overflow="fold", width=width)
    for row in zip(*folded, strict=True):
        table.add_row(*map(escape, row))
    for line in filter(None, (title, above)):
        console.print(line, markup=False)
    console.print(table)
    if any(text.endswith("…") and not whole.endswith("…") for pair in zip(folded, columns, strict=True) for text, whole in zip(*pair, strict=True)):
        console.print("…: cut to fit (a wider terminal shows more, files hold all)", markup=False)


def _printed(value: object) -> str:
    if is_absent(value):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def place(source: str, file: str, row: int) -> str:
    """Where a record stands, in one cell: `keji scientists.csv:12`."""
    return " ".join(filter(None, (source, f"{file}:{row}")))


def escape(text: str) -> str:
    """Text that rich prints as it is."""
    return text.replace("[", "\\[")
