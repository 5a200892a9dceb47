"""How wide the columns of a table on the terminal are: so that little is folded, hardly anything cut, and ids last of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console
from rich.text import Text

LINES = 3
"""More lines than that a cell does not get: what is beyond them is cut."""
_WIDEST = 60
_SHORT = 12
"""Cells up to here (names, figures) are not to be folded: a line of theirs counts as three of a longer cell's."""
_CUT, _CUT_ID, _CUT_HEAD = 12.0, 100.0, 10_000.0
"""What the loss of a whole cell counts, in folded lines: an id that is cut cannot be copied, of prose the beginning says most."""
_TOO_NARROW = 1e9
"""What a column counts that is narrower than it has to be."""


def width_of(text: str) -> int:
    """Columns of the terminal that a text takes: its longest line."""
    return max(map(cell_len, text.splitlines()), default=0)


def fitting(heads: Sequence[str], columns: Sequence[Sequence[str]], ids: Sequence[bool], available: int, least: Sequence[int] = ()) -> list[int]:
    """The widths with which the fewest lines are folded and the least is cut.

    Args:
        heads: of the columns; they are folded before cells are, and never cut.
        columns: the cells of each column.
        ids: which of the columns hold ids.
        available: columns of the terminal for all cells together, without borders.
        least: how wide each column has to be where that fits at all (0 where any width will do); without it no column has to.

    Returns:
        A width for each column. They fit, unless there are more columns than `available`.
    """
    lengths = [Counter(map(width_of, cells)) for cells in columns]
    least = least or [0] * len(heads)
    natural = [max(min(max(width_of(head), *found, 1), _WIDEST), low) for head, found, low in zip(heads, lengths, least, strict=True)]
    if sum(natural) <= available:
        return natural
    costs = [[_cost(found, width, _CUT_ID if is_id else _CUT) + _cost(Counter([width_of(head)]), width, _CUT_HEAD)
              + (_TOO_NARROW if width < low else 0) for width in range(1, widest + 1)]
             for head, found, widest, is_id, low in zip(heads, lengths, natural, ids, least, strict=True)]
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for own in costs:
        following: dict[int, tuple[float, list[int]]] = {}
        for used, (cost, widths) in best.items():
            for width, more in enumerate(own, 1):
                sofar = following.get(used + width)
                if used + width <= max(available, len(costs)) and (sofar is None or cost + more < sofar[0]):
                    following[used + width] = cost + more, [*widths, width]
        best = following
    return min(best.values())[1]


def _cost(lengths: Counter[int], width: int, cut: float) -> float:
    """Lines folded, and what is cut, of a column's cells at a width. A wide character does not fit in the last place: one less counts."""
    full = max(width - 1, 1)
    return sum(count * ((min(-(-length // full), LINES) - 1) * (3 if length <= _SHORT else 1) + cut * max(0, length - LINES * full) / length)
               for length, count in lengths.items() if length > width)


def shortened(text: str, width: int, console: Console, *, whole: bool = False) -> str:
    """A text folded to a width; beyond its third line it is cut, and ends in `…`, unless it is to stay whole."""
    lines = [part.rstrip() for line in text.splitlines() for part in _folded(line, width, console)]
    if whole:
        return "\n".join(lines)
    if len(lines) > LINES:
        last = lines[LINES - 1]
        lines[LINES - 1] = (set_cell_size(last, width - 1).rstrip() if cell_len(last) >= width else last) + "…"
    return "\n".join(lines[:LINES])


def _folded(line: str, width: int, console: Console) -> list[str]:
    """One line folded: between words, and between any two characters where some are wide (Chinese has no spaces to fold at)."""
    if cell_len(line) > len(line):
        return chop_cells(line, width)
    return [part.plain for part in Text(line).wrap(console, width, overflow="fold")]
