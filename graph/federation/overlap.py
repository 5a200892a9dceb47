"""How much of each source is in the other, and what only one of them has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from graph.federation.sides import FIRST, SECOND, Meaning, called, meanings, pool_columns
from graph.privacy import without_contacts
from graph.resolve import open_reviews
from graph.schema import KINDS, NODES, Property, Type
from graph.schema.nodes import ORGANISATIONS
from graph.sql import quoted
from graph.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Overlap:
    """Entities of a kind, by the table that lists them: in the first source, in the second, in both; open reviews between the two."""

    table: str
    in_first: int
    in_second: int
    in_both: int
    open_reviews: int = 0

    @property
    def share_of_first(self) -> float | None:
        """The part of the first source's entities that the second has too; None where it has none."""
        return self.in_both / self.in_first if self.in_first else None

    @property
    def share_of_second(self) -> float | None:
        """The part of the second source's entities that the first has too; None where it has none."""
        return self.in_both / self.in_second if self.in_second else None


@dataclass(frozen=True, slots=True)
class Lone:
    """An entity that one of the two sources has and the other has not.

    Attributes:
        table: the table of its kind; `record` the source's most trusted record of it, of `records` in all.
        at, region: its organisation and region, by which namesakes are told apart.
        also_in: other sources of the workspace that have it.
        could_be: records of the other source that an open review says it may be.
    """

    table: str
    record: str
    name: str
    at: str
    region: str
    records: int
    also_in: tuple[str, ...]
    could_be: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """An open review between an entity that the first source has and one that the second has: the best record of each."""

    table: str
    first_entity: str
    second_entity: str
    first_record: str
    second_record: str


def doubts(workspace: Workspace) -> list[Doubt]:
    """The open reviews whose answer could make one entity of what the two sources have. (`paired` must be there.)"""
    con = workspace.connection
    best: dict[tuple[str, int], tuple[str, str]] = {
        (entity, side): (record, kind) for entity, side, record, kind in con.execute(
            "SELECT entity, side, arg_min(record, ord), any_value(node_kind) FROM paired GROUP BY entity, side").fetchall()}
    waiting = open_reviews(workspace)
    if not waiting:
        return []
    entity_of = dict(con.execute("SELECT record, entity FROM graph.members").fetchall())
    found: dict[tuple[str, str], Doubt] = {}
    for review in waiting:
        left, right = entity_of[review.left], entity_of[review.right]
        for one, other in ((left, right), (right, left)):
            if (one, FIRST) in best and (other, SECOND) in best and (other, one) not in found:
                (first_record, kind), (second_record, _) = best[one, FIRST], best[other, SECOND]
                found[one, other] = Doubt(KINDS[kind].name, one, other, first_record, second_record)
    return list(found.values())


def overlaps(con: duckdb.DuckDBPyConnection, between: Iterable[Doubt]) -> list[Overlap]:
    """A line for each kind that either source has, in the order of the schema."""
    rows = con.execute(f"""
        SELECT node_kind, count(DISTINCT entity) FILTER (WHERE side = {FIRST}), count(DISTINCT entity) FILTER (WHERE side = {SECOND}),
               count(DISTINCT entity) FILTER (WHERE shared) FROM paired GROUP BY node_kind""").fetchall()
    counted = {KINDS[kind].name: (first, second, both) for kind, first, second, both in rows}
    open_: dict[str, int] = defaultdict(int)
    for doubt in between:
        open_[doubt.table] += 1
    return [Overlap(table, *counted[table], open_[table]) for table in NODES if table in counted]


def lone(con: duckdb.DuckDBPyConnection, pool: str, side: int, source: str, between: Iterable[Doubt]) -> Iterator[Lone]:
    """What only this side has in a pool, by table and name. (`sides` must be there.)"""
    could_be: dict[str, list[str]] = defaultdict(list)
    for d in between:
        here, there = (d.first_entity, d.second_record) if side == FIRST else (d.second_entity, d.first_record)
        could_be[here].append(there)
    properties = pool_columns(pool)
    at = next((p for p in properties.values() if p.type is not Type.LIST and set(p.refers) & set(ORGANISATIONS)), None)
    region = properties.get("region")
    known = [meanings(con, source, p.refers) if p is not None else {} for p in (at, region)]
    cells = ", ".join("NULL" if p is None else f"s.{quoted(p.name)}" for p in (at, region))
    rows = con.execute(f"""
        WITH others AS (SELECT m.entity, list(DISTINCT m.source ORDER BY m.source) AS sources FROM graph.members m
                        JOIN side_{side} o ON o.entity = m.entity WHERE m.source <> $source GROUP BY m.entity)
        SELECT s.entity, k.node_kind, s.record, s.called, {cells}, s.records, o.sources
        FROM (SELECT *, {called(pool)} AS called FROM side_{side} WHERE NOT shared) s
        JOIN (SELECT DISTINCT entity, node_kind FROM paired) k ON k.entity = s.entity LEFT JOIN others o ON o.entity = s.entity
        """, {"source": source}).fetchall()
    found = [Lone(KINDS[kind].name, record, name, _reference_title(at, at_cell, known[0]), _reference_title(region, region_cell, known[1]), records,
                  tuple(sources or ()), tuple(could_be[entity]))
             for entity, kind, record, name, at_cell, region_cell, records, sources in rows]
    order = {table: i for i, table in enumerate(NODES)}
    yield from sorted(found, key=lambda x: (order[x.table], x.name, x.record))


def _reference_title(p: Property | None, cell: str | None, known: dict[str, Meaning]) -> str:
    """What a reference cell names, as the graph calls it."""
    if p is None or cell is None:
        return ""
    meaning = known.get(cell)
    return without_contacts(meaning.title if meaning is not None and meaning.title else cell)
