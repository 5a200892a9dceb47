"""A grid of cells as people draw it → a table: where the header is, what belongs to it, and which rows are no records.

Nothing is lost: a row is the header's, a record, or passed over by name (`RawTable.noticed`). The rules are narrow, because a record that is
passed over is worse than a remark that is rejected as a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loaders.cleaning import is_empty
from loaders.headers import header_key, is_header_word, is_serial
from loaders.merging import Range, filled_in, over, spread_of
from loaders.passing import Body, noticed, units_row
from loaders.raw import PART_OF, Cell, RawTable

Row = tuple[int, list[Cell]]
"""A row's number and its cells."""

_SEARCHED = 30
"""Rows, empty ones apart, in which a header is looked for."""
_HEADER_CELLS = 3
_DEEPEST = 4
"""Rows of a header at most."""
_LONGEST_GROUP = 12
"""Characters of a group's name at most."""


def table_of(file: str, sheet: str, grid: Iterable[Row], merged: Sequence[Range] = (), *, told: frozenset[str] = frozenset(),
             remarks: tuple[str, ...] = (), hidden: bool = False, sheet_like: bool = False) -> RawTable:
    """See a table in a grid.

    Args:
        file, sheet: where the grid is.
        grid: every row with its number, as a spreadsheet counts.
        merged: ranges of cells that are one.
        told: header keys that the source's settings name.
        remarks: what is to be said of the table already.
        hidden: the sheet is hidden.
        sheet_like: cells beyond the header are columns without one, as somebody may write beside a table in a sheet; in a csv they are a fault.
    """
    rows = [(number, cells) for number, cells in grid if any(cells)]
    if not rows:
        return RawTable(file, sheet, (), [], [], remarks=remarks, hidden=hidden)
    at = _header_at(rows, told)
    first, last = _header_rows(rows, at, merged)
    header = _header(rows[first: last + 1], merged)
    body = rows[last + 1:]
    units: tuple[str, ...] = ()
    passed = [noticed(number, cells, "title_row") for number, cells in rows[:first]]
    if body and units_row(body[0][1], header):
        units = tuple(str(c) for c in body[0][1])
        passed.append(noticed(*body[0], "units_row"))
        body = body[1:]
    kept = Body(header, [cells for _, cells in rows[first: last + 1]], [cells for _, cells in rows[:first]],
                _serial_at(header, told)).records(body, merged)
    if sheet_like:
        header += [""] * (max((i + 1 for row in kept.rows for i in range(len(row) - 1, len(header) - 1, -1) if row[i]), default=0) - len(header))
    filled = filled_in(kept.rows, kept.numbers, merged, header)
    words = list(remarks)
    if last > first:
        words.append(f"header of {last - first + 1} rows ({rows[first][0]} to {rows[last][0]})")
    elif rows[first][0] > 1:
        words.append(f"header in row {rows[first][0]}")
    if filled:
        words.append(f"cells filled from merged ones: {filled}")
    # Cells under an empty header (the index that pandas writes) are kept: their column's place is its name.
    named = tuple(h or (f"({i + 1})" if any(len(row) > i and row[i] for row in kept.rows) else "") for i, h in enumerate(header))
    return RawTable(file, sheet, named, kept.rows, kept.numbers, (*passed, *kept.noticed), units, tuple(words), hidden=hidden)


def filled_cells(cells: Sequence[Cell]) -> int:
    return sum(1 for c in cells if c)


def _serial_at(header: Sequence[str], told: frozenset[str]) -> int | None:
    """The column of serial numbers (`序号`), where the source's settings do not say what it is."""
    return next((i for i, h in enumerate(header) if h and is_serial(h) and header_key(h) not in told), None)


def _header_at(rows: list[Row], told: frozenset[str]) -> int:
    """The row of the header, or the last of them: the first that is no title.

    A title is a single cell above a row of three and more; and so is all above a row in which at least half of the cells, two or more, are
    known as headers, more than twice as many as in the row that would be the header without this rule.
    """
    first = 0
    while first < len(rows) and filled_cells(rows[first][1]) == 1:
        first += 1
    if first == len(rows) or filled_cells(rows[first][1]) < _HEADER_CELLS:
        first = 0
    width = max(filled_cells(cells) for _, cells in rows[:_SEARCHED])
    known, share = _known(rows[first][1], told)
    best, most = first, 2 * known
    for i in range(min(_SEARCHED, len(rows)) if share < 1 else 0):
        here, part = _known(rows[i][1], told)
        if here > most and here >= min(2, width) and part >= max(share, 0.5):
            best, most = i, here
    return best


def _known(cells: Sequence[Cell], told: frozenset[str]) -> tuple[int, float]:
    """How many cells of a row are known as headers, and which share of those that are filled."""
    known = sum(1 for c in cells if isinstance(c, str) and c and is_header_word(c, told))
    return known, known / max(filled_cells(cells), 1)


def _header_rows(rows: list[Row], at: int, merged: Sequence[Range]) -> tuple[int, int]:
    """First and last row of the header, by merged cells and by groups (`联系方式`) over their columns (`电话`, `邮箱`)."""
    first = last = at
    while first > 0 and last - first + 1 < _DEEPEST and _is_group_row(rows[first - 1], rows[first], merged):
        first -= 1
    while last + 1 < len(rows) and last - first + 1 < _DEEPEST and _continues(rows[last], rows[last + 1], merged):
        last += 1
    return first, last


def _is_group_row(above: Row, below: Row, merged: Sequence[Range]) -> bool:
    """Whether a row names groups of the columns below it: it joins some columns but not all, or reaches down into the header."""
    number, cells = above
    words = [c for c in cells if isinstance(c, str) and c]
    if number + 1 != below[0] or any(len(c) > _LONGEST_GROUP or ":" in c or "：" in c for c in words):
        return False
    width, ranges = filled_cells(below[1]), over(merged, number)
    if not ranges:
        at = [i for i, c in enumerate(cells) if c]
        gaps = at[-1] - at[0] + 1 > len(at)
        return gaps and 2 <= len(words) < width and not any(x.isdigit() for c in words for x in c)
    lead = next(i for i, c in enumerate(below[1]) if c)
    if len(words) == 1 and any(r.first_column <= lead and r.last_row == number for r in ranges):
        return False
    return any(r.last_row >= below[0] or 1 < spread_of(r, below[1]) < width for r in ranges)


def _continues(above: Row, below: Row, merged: Sequence[Range]) -> bool:
    """Whether the row below a header row belongs to the header: cells of the header reach down into it, or it names the columns of groups."""
    number, cells = below
    if number != above[0] + 1 or filled_cells(above[1]) < 2:
        return False
    ranges = over(merged, above[0])
    if any(r.first_row <= above[0] and r.last_row >= number and not r.wide for r in ranges):
        return True
    here = [i for i, c in enumerate(cells) if c]
    gaps = [i for i in here if i >= len(above[1]) or not above[1][i]]
    joined = {i for r in ranges for i in range(r.first_column, r.last_column + 1) if r.wide}
    words = [str(cells[i]) for i in here]
    return (bool(gaps) and all(i in gaps or i in joined or i + 1 in gaps for i in here) and sum(map(is_header_word, words)) * 2 >= len(words)
            and all(len(c) <= _LONGEST_GROUP and not any(x.isdigit() for x in c) for c in words))


def _header(rows: Sequence[Row], merged: Sequence[Range]) -> list[str]:
    """A name for each column: the words over it, from the outermost group to its own. A word for nothing (`-`, `/`) is none."""
    width = max(i for _, cells in rows for i, c in enumerate(cells) if c) + 1
    names: list[list[str]] = [[] for _ in range(width)]
    for depth, (number, cells) in enumerate(rows):
        ranges = [r for r in over(merged, number) if r.first_row == number]
        group = ""
        for i in range(width):
            text = _word(cells, i)
            group = text or group
            if not text and any(_word(row, i) for _, row in rows[depth + 1:]):
                # A column of a group: by its merged cell, or, where the row has none, by the last group before it.
                joined = next((r for r in ranges if r.first_column <= i <= r.last_column), None)
                text = _word(cells, joined.first_column) if joined else "" if ranges else group
            if text and text not in names[i]:
                names[i].append(text)
    return [PART_OF.join(parts) for parts in names]


def _word(cells: Sequence[Cell], at: int) -> str:
    text = str(cells[at]) if at < len(cells) else ""
    return "" if is_empty(text) else text
