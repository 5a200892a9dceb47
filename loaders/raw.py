"""What a file holds before anything is understood: a header, rows of cells, and what was passed over around them."""

from __future__ import annotations

from dataclasses import dataclass

Cell = str | list[str]
"""A cell as it came: text, or a list where the format knows lists. Empty is ''."""

PART_OF = " › "
"""Stands between a group of columns and a column of it, where a header has several rows: `联系方式 › 电话`."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """A row that was passed over as no record, or taken as one with a doubt: what it says, and why (`code` and `message` of an issue)."""

    row: int
    text: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RawTable:
    """A header and its rows. `numbers` counts rows as a spreadsheet does: a csv's header is row 1, a cell of several lines is in one row."""

    file: str
    sheet: str
    header: tuple[str, ...]
    rows: list[list[Cell]]
    numbers: list[int]
    noticed: tuple[Noticed, ...] = ()
    units: tuple[str, ...] = ()
    """The cells of a row of units under the header, by column; none where there is no such row."""
    remarks: tuple[str, ...] = ()
    """How the table was seen, in words: `header found in row 3`."""
    refused: tuple[str, ...] = ()
    """Sensitive parts that were taken out of nested cells: `profile.宗教`."""
    hidden: bool = False

    @property
    def place(self) -> str:
        """The file, with the sheet behind it where there is one."""
        return f"{self.file}#{self.sheet}" if self.sheet else self.file
