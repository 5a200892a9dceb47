"""What a source calls things: its own records, and how its cells refer to what they mean."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from graph.build_edges import reference_values
from graph.ids import split_id
from graph.names import name_key, simplified
from graph.privacy import HIDDEN, holds_contact
from graph.resolution.organisation_names import BODY
from graph.schema import BUNDLED_SOURCE, CODE_POOLS, LINKS, NODES
from graph.sql import quoted

_FORMAL = re.compile(BODY + "$")


def unmasked(text: str) -> str:
    """A text that names something; nothing where a contact value, or a mask, stands in it."""
    return "" if holds_contact(text) or HIDDEN in text else text


def is_bundled(entity: str) -> bool:
    """Whether an entity is a code that comes with the program."""
    source, table, _ = split_id(entity)
    return NODES[table].pool in CODE_POOLS and source == BUNDLED_SOURCE


@dataclass(frozen=True, slots=True)
class OwnThing:
    """What a source has of an entity: its most trusted record (full id, table, id) and what it calls it."""

    record: str
    table: str
    id: str
    title: str | None


def own_things(con: duckdb.DuckDBPyConnection, source: str, refers: tuple[str, ...]) -> dict[str, OwnThing]:
    """Entity → what a source has of it, of all its things in some tables."""
    tables = [NODES[name] for name in refers]
    records = " UNION ALL ".join(f"SELECT source || '/{t.name}/' || id AS record, {quoted(t.title)} AS title FROM records.{quoted(t.name)} "
                                 "WHERE source = $source" for t in tables)
    rows = con.execute(f"""
        SELECT m.entity, arg_min(m.record, m.ord), arg_min(m.tbl, m.ord), arg_min(m.id, m.ord), arg_min(r.title, m.ord)
        FROM graph.members m JOIN ({records}) r ON r.record = m.record GROUP BY m.entity""", {"source": source}).fetchall()
    return {entity: OwnThing(*rest) for entity, *rest in rows}


class Calling:
    """How a source refers to the things of some tables, its own and those that its cells mean.

    By its own record's id where it refers by ids, or where it has several of the name; else by a name that it uses itself: in its records
    or its cells.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, source: str, refers: tuple[str, ...]) -> None:
        own = own_things(con, source, refers)
        ids = {id_ for id_, in con.execute("SELECT id FROM graph.members WHERE source = ? AND tbl IN (SELECT unnest(?))",
                                           [source, list(refers)]).fetchall()}
        used = _used(con, source, refers)
        values = {value for value, *_ in used}
        by_id = sum(value in ids for value in values) * 2 > len(values)
        named = names_of(own)
        self._ids = {entity: thing.id for entity, thing in own.items() if by_id or thing.title is None or named[name_key(thing.title)] > 1}
        self._spelled: dict[str, dict[str, str]] = defaultdict(dict)
        for value, entity, _ in sorted(used, key=lambda row: _rank(row[0], row[2])):
            if value not in ids:
                self._spelled[entity].setdefault(name_key(value), value)
        # A dict keeps its order: the first is the usual name, that of the record before those of cells.
        for entity, thing in own.items():
            if thing.title is not None:
                key = name_key(thing.title)
                self._spelled[entity] = {key: thing.title} | {k: v for k, v in self._spelled[entity].items() if k != key}

    def text(self, entity: str, *said: str | None) -> str | None:
        """How the source refers to an entity; None where it does not.

        Args:
            said: what the other side calls it: the first that this source uses for it too is taken, in this source's spelling.
        """
        if entity in self._ids:
            return self._ids[entity]
        spelled = self._spelled.get(entity, {})
        keys = (name_key(name) for name in said if name)
        return next((spelled[key] for key in keys if key in spelled), next(iter(spelled.values()), None))


def _rank(value: str, count: int) -> tuple[bool, int, str]:
    """Names in full (重庆大学) before short ones and foreign ones (重大, CQU), the frequent ones first."""
    return _FORMAL.search(simplified(value)) is None, -count, value


def _used(con: duckdb.DuckDBPyConnection, source: str, refers: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """(value, entity, cells): what the cells of a source say that mean something of these tables, and how often."""
    columns = [f"SELECT '{','.join(p.refers)}' AS refers, source, value FROM ({reference_values(table, p)})"
               for table in NODES.values() for p in table.properties if not set(refers).isdisjoint(p.refers)]
    columns += [f"SELECT '{','.join(p.refers)}' AS refers, source, {quoted(p.name)} AS value FROM records.{quoted(link.name)}"
                for link in LINKS.values() for p in (link.source, link.target) if not set(refers).isdisjoint(p.refers)]
    return con.execute(f"""
        SELECT x.value, x.entity, count(*) FROM ({' UNION ALL '.join(columns)}) v
        JOIN graph.resolved x ON x.refers = v.refers AND x.source = v.source AND x.value = v.value
        WHERE v.source = ? AND x.outcome IN ('resolved', 'stub') AND x.entity IS NOT NULL GROUP BY ALL""", [source]).fetchall()


def names_of(things: Mapping[str, OwnThing]) -> Counter[str]:
    """How many entities of a source have a name (`graph.names.name_key`)."""
    return Counter(name_key(thing.title) for thing in things.values() if thing.title)
