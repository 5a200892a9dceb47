"""Which fields disagree for what both sources have, with both values, and which side is newer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import duckdb

from graph.federation.age import Ages
from graph.federation.agreement import Value, agree, regions_fit
from graph.federation.sides import FIRST, SECOND, Meaning, called, meanings, pool_columns, stated_by
from graph.layout import each_value, masked
from graph.learned_names import learned_names
from graph.names import name_key, organisation_names_agree
from graph.privacy import without_contacts
from graph.schema import KINDS, NODES, POOLS, Property, columns
from graph.sql import quoted

SEPARATOR = "; "
"""Between the items of a list in a cell."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which the two sources disagree on one thing.

    Attributes:
        table: the table of its kind; `name` what the graph calls it.
        first_record, second_record: the record of either source that the value is from.
        first_value, second_value: as text, contact fields masked (two values may read alike where the hidden part differs); references as the graph
            calls what they mean.
        newer: FIRST, SECOND, or None where nothing tells; `newer_by` says what does (`graph.federation.age`).
        first_changed, second_changed: the load that last changed the value (UTC); None where it stands since the table was first loaded.
    """

    table: str
    property: str
    name: str
    first_record: str
    second_record: str
    first_value: str
    second_value: str
    newer: int | None
    newer_by: str
    first_changed: datetime | None
    second_changed: datetime | None


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values that do not fit, before their age is known."""

    property: str
    entity: str
    values: tuple[str, str]
    records: tuple[list[str], list[str]]


def differences(con: duckdb.DuckDBPyConnection, pool: str, first: str, second: str) -> list[Difference]:
    """The disagreements in a pool, by table, name and the order of the columns. (`sides` must be there.)"""
    graph = f"SELECT id, node_kind, {_graph_title(pool)} AS title FROM graph.{quoted(pool)}"
    entities = {entity: (KINDS[kind].name, name) for entity, kind, name in con.execute(
        f"SELECT n.id, n.node_kind, coalesce(n.title, s.called) FROM ({graph}) n "
        f"JOIN (SELECT entity, {called(pool)} AS called FROM side_{FIRST} WHERE shared) s ON s.entity = n.id").fetchall()}
    if not entities:
        return []
    pairs = [pair for p in pool_columns(pool).values() for pair in _unlike(con, pool, p, (first, second))]
    ages = Ages(con, first, second, (record for pair in pairs for side in pair.records for record in side))
    place = {name: i for i, name in enumerate(pool_columns(pool))}
    order = {table: i for i, table in enumerate(NODES)}
    found = []
    for pair in pairs:
        age = ages.compare(pair.property, *pair.records)
        table, name = entities[pair.entity]
        found.append(Difference(table, pair.property, name, pair.records[0][0], pair.records[1][0], *pair.values, age.newer, age.by, *age.changed))
    return sorted(found, key=lambda d: (order[d.table], d.name, d.first_record, place[d.property]))


def _graph_title(pool: str) -> str:
    title = POOLS[pool][0].title
    return "NULL" if title == "id" else quoted(title)


def _unlike(con: duckdb.DuckDBPyConnection, pool: str, p: Property, sources: tuple[str, str]) -> Iterator[_Pair]:
    """The values of one property that do not fit each other; those that are equal as they stand are left to SQL."""
    column, stating = quoted(p.name), stated_by(p)
    left, right = (f"(SELECT entity, {column} AS value, {masked(p)} AS shown, {stating} AS stating FROM side_{side} "
                   f"WHERE shared AND {column} IS NOT NULL)" for side in (FIRST, SECOND))
    unequal = "" if p.refers else "WHERE a.value IS DISTINCT FROM b.value"
    rows = con.execute(f"SELECT a.entity, a.value, b.value, a.shown, b.shown, a.stating, b.stating "
                       f"FROM {left} a JOIN {right} b ON b.entity = a.entity {unequal}").fetchall()
    if not rows:
        return
    if p.refers:
        known = [meanings(con, source, p.refers) for source in sources]
        for entity, one, other, _, _, *records in rows:
            if not _same_things(p, (one, other), known):
                shown = [value_text([_title(cell, of) for cell in _cells(value)]) for value, of in zip((one, other), known, strict=True)]
                yield _Pair(p.name, entity, (shown[0], shown[1]), (records[0], records[1]))
        return
    forms = choice_forms(pool, p.name)
    short = _OtherNames(con) if pool == "organisations" and p.name == "name" else None
    for entity, one, other, shown_one, shown_other, *records in rows:
        if not agree(p, one, other, forms) and not (short is not None and short.fit(entity, one, other)):
            yield _Pair(p.name, entity, (value_text(shown_one), value_text(shown_other)), (records[0], records[1]))


class _OtherNames:
    """What else organisations are called, by their records and by what resolution learned."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._learned = learned_names(con)
        self._called: dict[str, set[str]] = defaultdict(set)
        for table in POOLS["organisations"]:
            parts = [f"SELECT id, source, {each_value(p)} AS called "
                     f"FROM records.{quoted(table.name)}" for p in columns(table) if p.name in ("name_en", "short_name", "aliases")]
            for entity, called_ in con.execute(f"SELECT m.entity, r.called FROM ({' UNION ALL '.join(parts)}) r JOIN graph.members m "
                                               f"ON m.record = r.source || '/{table.name}/' || r.id WHERE r.called IS NOT NULL").fetchall():
                self._called[entity].add(name_key(called_))

    def fit(self, entity: str, left: str, right: str) -> bool:
        """Whether two names of one organisation differ in form alone: one is short for the other, or stands among its other names."""
        keys = (name_key(left), name_key(right))
        learned = [self._learned.get(key) for key in keys]
        return (organisation_names_agree(left, right) or (learned[0] is not None and learned[0] == learned[1])
                or not self._called[entity].isdisjoint(keys))


def _same_things(p: Property, values: tuple[str | list[str], str | list[str]], known: list[dict[str, Meaning]]) -> bool:
    """Whether two references mean the same, by what the graph calls it; a region fits one that it holds."""
    left, right = values
    if p.refers == ("regions",) and isinstance(left, str) and isinstance(right, str):
        here, there = known[0].get(left), known[1].get(right)
        if here is not None and there is not None and here.entity and there.entity and here.outcome == there.outcome == "resolved":
            return regions_fit(here.entity, there.entity)
    meant = [{_entity(cell, of) for cell in _cells(value)} for value, of in zip(values, known, strict=True)]
    if meant[0] == meant[1] and None not in meant[0]:
        return True
    one, other = ([_title(cell, of) for cell in _cells(value)] for value, of in zip(values, known, strict=True))
    return agree(p, one, other, {})


def _cells(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _entity(cell: str, known: dict[str, Meaning]) -> str | None:
    return meaning.entity if (meaning := known.get(cell)) is not None else None


def _title(cell: str, known: dict[str, Meaning]) -> str:
    """What a reference means, as the graph calls it; the cell itself where it means nothing."""
    meaning = known.get(cell)
    return without_contacts(meaning.title if meaning is not None and meaning.title else cell)


def choice_forms(pool: str, name: str) -> dict[str, frozenset[str]]:
    """What is said for an allowed value → the values it may mean, over all tables of a pool (高校: university, campus)."""
    found: dict[str, set[str]] = defaultdict(set)
    for p in (p for table in POOLS[pool] for p in table.properties if p.name == name):
        for value, forms in p.choices.items():
            for form in forms:
                found[form].add(value)
    return {form: frozenset(values) for form, values in found.items()}


def value_text(value: Value) -> str:
    """A value as one cell: the items of a list parted by `; `, yes and no as words."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.15g}"
        case list():
            return SEPARATOR.join(dict.fromkeys(value))
        case _:
            return str(value)
