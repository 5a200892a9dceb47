"""The drawing of a chain: products as boxes in columns, upstream at the left; made as numbers for an inline SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from views.layering import Edge, chosen, layers, ordered, squeezed, without_cycles
from views.text import shortened
from views.words import Words

MOST_DRAWN = 150
"""Beyond this a drawing says nothing any more: the rest stands in the table."""
MOST_COLUMNS = 8

_BOX, _BOX_HEIGHT, _ROW, _ROWS = 176, 40, 50, 18
_GUTTER, _WITHIN, _TOP, _LABEL = 72, 12, 46, 18

STAGES = ("up", "mid", "down")

Columns = Callable[[list[str], list[Edge]], list[tuple[str, list[str]]]]
"""From the ids to draw and the supply among them, without cycles, to columns: (heading, ids)."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product to draw. `makers` counts all, `local` those in the region (None: no region); `gap` is its kind ("" = none)."""

    id: str
    name: str
    makers: int
    local: int | None = None
    gap: str = ""
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A product's box, px."""

    product: Product
    x: int
    y: int
    label: str
    bar: int


@dataclass(slots=True)
class Drawing:
    """All that the template draws. `left_out`: products that stand in the table only."""

    width: int = 0
    height: int = 0
    boxes: list[Box] = field(default_factory=list)
    paths: list[tuple[str, bool]] = field(default_factory=list)
    heads: list[tuple[int, int, str]] = field(default_factory=list)
    left_out: int = 0
    squeezed_to: int = 0
    box_width: int = _BOX
    box_height: int = _BOX_HEIGHT


def by_stage(products: Sequence[Product], stages: Mapping[str, str], edges: Iterable[Edge], words: Words) -> Drawing:
    """A chain whose products say their stage: a column for each of up, mid, down, and one for those that do not say.

    Args:
        products: those that matter most first.
        stages: product id → up, mid, down or "".
        edges: supply, upstream first; drawn where both ends are.
    """
    def columns(ids: list[str], kept: list[Edge]) -> list[tuple[str, list[str]]]:
        found = [(words(f"stage_{stage}"), [i for i in ids if stages.get(i) == stage]) for stage in STAGES]
        return [*found, (words("stage_none"), [i for i in ids if stages.get(i) not in STAGES])]

    return _drawn(products, edges, columns)


def by_layer(products: Sequence[Product], edges: Iterable[Edge], words: Words) -> Drawing:
    """Products by their longest way from a raw material; those without a link apart, at the right, one column of them.

    Args: as of `by_stage`.
    """
    deepest = 0

    def columns(ids: list[str], kept: list[Edge]) -> list[tuple[str, list[str]]]:
        nonlocal deepest
        linked = {end for edge in kept for end in edge}
        found = layers(linked, kept)
        deepest = max(found.values(), default=0)
        found = squeezed(found, MOST_COLUMNS)
        last = max(found.values(), default=0)
        named = {0: words("stage_up"), last: words("stage_down")} if last else {}
        return [*((named.get(at, ""), [i for i in ids if found.get(i) == at]) for at in range(last + 1)),
                (words("isolated"), [i for i in ids if i not in linked][:_ROWS])]

    drawing = _drawn(products, edges, columns)
    drawing.squeezed_to = MOST_COLUMNS if deepest >= MOST_COLUMNS else 0
    return drawing


def _drawn(products: Sequence[Product], edges: Iterable[Edge], columns: Columns) -> Drawing:
    """The drawing of the first products, in the columns that `columns` makes of them."""
    edges = list(edges)
    known = {p.id: p for p in products}
    ids = chosen(known, edges, MOST_DRAWN)
    kept, cut = without_cycles(ids, edges)
    filled = [(head, column) for head, column in columns(ids, kept) if column]
    if not filled:
        return Drawing()
    rows = ordered([column for _, column in filled], kept)
    drawing = Drawing(left_out=len(known) - sum(len(column) for column in rows))
    tallest = max(_height(len(column)) for column in rows)
    most = max(1, *(known[i].makers for i in ids))
    places: dict[str, tuple[int, int]] = {}
    x = 8
    for (head, _), column in zip(filled, rows, strict=True):
        height = _height(len(column))
        folds = -(-len(column) // height)
        drawing.heads.append((x, folds * (_BOX + _WITHIN) - _WITHIN, head))
        for n, id_ in enumerate(column):
            fold, row = divmod(n, height)
            places[id_] = (x + fold * (_BOX + _WITHIN), _TOP + row * _ROW)
        x += folds * (_BOX + _WITHIN) - _WITHIN + _GUTTER
    drawing.width, drawing.height = x - _GUTTER + 8, _TOP + tallest * _ROW + 4
    for id_, (left, top) in places.items():
        product = known[id_]
        bar = round((_BOX - 2) * math.sqrt(product.makers / most))
        drawing.boxes.append(Box(product, left, top, shortened(product.name, _LABEL if product.gap else _LABEL + 4), bar))
    drawing.paths = [(_path(places[a], places[b]), is_cut) for pairs, is_cut in ((kept, False), (cut, True)) for a, b in pairs if a != b]
    return drawing


def _height(count: int) -> int:
    """How many boxes stand below each other in a column of so many, folded where it is long."""
    return -(-count // -(-count // _ROWS))


def _path(start: tuple[int, int], end: tuple[int, int]) -> str:
    """A curve from the right side of a box to the left side of another; round the side within a column."""
    half = _BOX_HEIGHT // 2
    x1, y1, x2, y2 = start[0] + _BOX, start[1] + half, end[0], end[1] + half
    if x2 > x1:
        bend = (x2 - x1) // 2
        return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    if start[0] == end[0]:
        return f"M{x1} {y1}C{x1 + 34} {y1} {x1 + 34} {y2} {x1} {y2}"
    return f"M{start[0]} {y1}C{start[0] - 40} {y1} {end[0] + _BOX + 40} {y2} {end[0] + _BOX} {y2}"
