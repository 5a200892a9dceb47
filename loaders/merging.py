"""Merged cells of a sheet: one cell that covers several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.raw import Cell


@dataclass(frozen=True, slots=True)
class Range:
    """Merged cells: rows as a spreadsheet counts them, columns from 0, both ends within."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def wide(self) -> bool:
        return self.last_column > self.first_column


def over(merged: Sequence[Range], row: int) -> list[Range]:
    """The ranges that cover cells of a row."""
    return [r for r in merged if r.first_row <= row <= r.last_row]


def spread_of(r: Range, cells: Sequence[Cell]) -> int:
    """How many filled cells of a row lie in the columns of a range."""
    return sum(1 for c in cells[r.first_column: r.last_column + 1] if c)


def filled_in(rows: Sequence[list[Cell]], numbers: Sequence[int], merged: Sequence[Range], header: Sequence[str]) -> int:
    """Give every cell of a merged one its value, where its column has a header. Returns how many cells were filled."""
    if not merged:
        return 0
    at = dict(zip(numbers, rows, strict=True))
    filled = 0
    for r in merged:
        first = at.get(r.first_row)
        value = first[r.first_column] if first is not None and r.first_column < len(first) else ""
        if not value:
            continue
        columns = [i for i in range(r.first_column, min(r.last_column + 1, len(header))) if header[i]]
        for number in range(r.first_row, r.last_row + 1):
            cells = at.get(number, [])
            for i in columns:
                if i < len(cells) and not cells[i]:
                    cells[i] = value
                    filled += 1
    return filled
