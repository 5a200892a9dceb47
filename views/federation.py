"""The page of two sources side by side: overlap, disagreements, what only one has, and what to send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from graph.federation.differences import SEPARATOR, Difference
from graph.federation.overlap import Lone
from graph.federation.run import Federation
from graph.federation.sending import Handover
from graph.federation.sides import FIRST, pool_columns
from graph.schema import NODES, Type
from views.pages import asset, inline_policy, render, write_page
from views.text import shortened
from views.words import Words

MOST_ROWS = 2000
"""Rows of a table on the page; the files beside it have all."""
_WIDEST = 400

@dataclass(frozen=True, slots=True)
class Line:
    """A difference in words: the kind, the property, both values, and which side is newer by what."""

    kind: str
    name: str
    property: str
    values: tuple[str, str]
    records: tuple[str, str]
    newer: str
    newer_by: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file to send: where it lies beside the page, its name, the kind, rows for what is new, rows that complete."""

    href: str
    file: str
    kind: str
    new: int
    filled: int


def write_federation(out: Path, made: Federation, words: Words, *, files: Mapping[str, str]) -> Path:
    """Write index.html into a folder: one page with everything in it, that names the files beside it.

    Args:
        files: overview, only_first, only_second, differences, pending: the tables' files; for_first, for_second: the folders of what to send.

    Returns:
        The page.
    """
    scripts, styles = (asset("page.js"),), (asset("zhulian.css"),)
    unlike = Counter(d.table for d in made.differences)
    lone = [(info, key, files[key], [(_kind(row.table, words), row) for row in rows[:MOST_ROWS]], len(rows))
            for info, key, rows in ((made.first, "only_first", made.only_first), (made.second, "only_second", made.only_second))]
    html = render(
        "federation.html", words, title=f"{made.first.name} ↔ {made.second.name}", policy=inline_policy(scripts, styles), scripts=scripts,
        styles=styles, report=False, revision=made.revision, first=made.first, second=made.second, files=files,
        overview=[(_kind(o.table, words), o, unlike[o.table]) for o in made.overview], doubts=len(made.doubts),
        contacts="sent_unmasked" if made.unmasked else "sent_empty",
        differences=[_line(made, d, words) for d in made.differences[:MOST_ROWS]], all_differences=len(made.differences),
        lone=lone,
        parcels=[(info, files[key], [*_parcels(files[key], tables, words), *_pending(files["pending"], waiting, words)])
                 for info, key, tables, waiting in ((made.second, "for_second", made.for_second, made.waiting_for_second),
                                                    (made.first, "for_first", made.for_first, made.waiting_for_first)) if tables or waiting],
        data={"words": words.scripts()})
    return write_page(out / "index.html", html)


def _parcels(folder: str, tables: Sequence[Handover], words: Words) -> list[Parcel]:
    return [Parcel(quote(f"{folder}/{t.table}.csv"), f"{t.table}.csv", _kind(t.table, words), t.new, len(t.rows) - t.new) for t in tables]


def _pending(file: str, waiting: Sequence[Lone], words: Words) -> list[Parcel]:
    """What would be new to a side and waits for a review, a line a kind: it is in a file of its own."""
    counted = Counter(row.table for row in waiting)
    return [Parcel(quote(file), file, f"{_kind(table, words)} · {words('open_reviews')}", count, 0) for table, count in counted.items()]


def _kind(table: str, words: Words) -> str:
    """The name of a table's things or links."""
    return words.kind(NODES[table].kind) if table in NODES else words.edge(table)


def _line(made: Federation, d: Difference, words: Words) -> Line:
    newer = words("unknown") if d.newer is None else (made.first if d.newer == FIRST else made.second).name
    return Line(words.kind(NODES[d.table].kind), d.name, words.property(pool_columns(NODES[d.table].pool)[d.property]),
                (_value(d, d.first_value, words), _value(d, d.second_value, words)), (d.first_record, d.second_record), newer,
                words.known(f"newer_by_{d.newer_by}", ""))


def _value(d: Difference, value: str, words: Words) -> str:
    """A value in the words of the page, shortened: the file has it whole."""
    p = pool_columns(NODES[d.table].pool)[d.property]
    if p.type is Type.BOOLEAN:
        return words(value)
    declared = next((q for t in NODES.values() if t.pool == NODES[d.table].pool for q in t.properties if q.name == p.name and value in q.choices), p)
    items = value.split(SEPARATOR) if p.type is Type.LIST else [value]
    return shortened(words("list_separator").join(words.choice(declared, item) for item in items), _WIDEST)
