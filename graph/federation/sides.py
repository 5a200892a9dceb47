"""What each of two sources says of a thing: its records of that thing alone, merged by the rules of the graph."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from graph.build import merged
from graph.errors import UsageError
from graph.layout import masked
from graph.schema import BUNDLED_SOURCE, POOLS, Property, columns
from graph.sql import first_row, quoted, scalar
from graph.workspace import Workspace

FIRST, SECOND = 1, 2
"""The two sources, as they were named."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell of a reference column means: the entity (or stub), what the graph calls it, and the outcome (`graph.resolved`)."""

    outcome: str
    entity: str | None
    title: str | None


def check_sources(workspace: Workspace, first: str, second: str) -> None:
    """Refuse two sources that cannot be compared.

    Raises:
        UsageError: nothing is loaded, a source is not there or has no record of a thing, or the two are one.
    """
    con = workspace.connection
    if workspace.meta("revision") is None:
        raise UsageError(f"{workspace.path}: nothing is loaded yet (zhulian load PATH)")
    query = "SELECT name FROM sources WHERE name <> ? UNION SELECT DISTINCT source FROM loads WHERE source <> ? ORDER BY 1"
    known = [name for name, in con.execute(query, [BUNDLED_SOURCE, BUNDLED_SOURCE]).fetchall()]
    there = ", ".join(known) or "no source yet"
    for name in (first, second):
        if name not in known:
            raise UsageError(f"there is no source {name!r}: there is {there}")
    if first == second:
        raise UsageError(f"{first!r} twice: name two sources; there is {there}")
    for name in (first, second):
        if first_row(con, "SELECT 1 FROM graph.members WHERE source = ? LIMIT 1", [name]) is None:
            raise UsageError(f"the source {name!r} has no record of a thing that could be compared: there is {there}")


@contextmanager
def paired(con: duckdb.DuckDBPyConnection, first: str, second: str) -> Iterator[None]:
    """`paired`: the records of the two sources, each with its entity, what kind the graph says that is, and whether both have it (`shared`)."""
    nodes = " UNION ALL ".join(f"SELECT id, node_kind FROM graph.{quoted(pool)}" for pool in POOLS)
    con.execute(f"""
        CREATE TEMP TABLE paired AS
        SELECT m.entity, m.record, m.tbl, m.id, m.pool, m.ord, m.side, n.node_kind,
               min(m.side) OVER (PARTITION BY m.entity) <> max(m.side) OVER (PARTITION BY m.entity) AS shared
        FROM (SELECT *, CASE source WHEN $first THEN {FIRST} ELSE {SECOND} END AS side FROM graph.members WHERE source IN ($first, $second)) m
        JOIN ({nodes}) n ON n.id = m.entity""", {"first": first, "second": second})
    try:
        yield
    finally:
        con.execute("DROP TABLE paired")


def pool_columns(pool: str) -> dict[str, Property]:
    """Every property that a record of a pool may have, values and references, by name."""
    found: dict[str, Property] = {}
    for table in POOLS[pool]:
        for p in columns(table):
            found.setdefault(p.name, p)
    return found


def stated_by(p: Property) -> str:
    """The column of a side that holds the records from which a property's value is (the one chosen, or all that have any)."""
    return quoted(f"{p.name} is stated by")


@contextmanager
def sides(con: duckdb.DuckDBPyConnection, pool: str) -> Iterator[bool]:
    """`side_1` and `side_2`: a row an entity of a pool that the source has, with its values unmasked.

    Beside the properties: entity, shared, and of the source's most trusted record: record, tbl, own_id.

    Yields:
        Whether either source has anything in the pool; the tables are there only then.
    """
    there = bool(scalar(con, "SELECT count(*) FROM paired WHERE pool = ?", [pool]))
    if there:
        for side in (FIRST, SECOND):
            con.execute(f"CREATE TEMP TABLE side_{side} AS {_side(pool, side)}")
    try:
        yield there
    finally:
        if there:
            con.execute(f"DROP TABLE side_{FIRST}; DROP TABLE side_{SECOND}")


def _side(pool: str, side: int) -> str:
    properties = pool_columns(pool).values()
    parts = []
    for table in POOLS[pool]:
        own = {p.name for p in columns(table)}
        cells = ", ".join(f"r.{quoted(p.name)}" if p.name in own else f"CAST(NULL AS {p.duckdb_type}) AS {quoted(p.name)}" for p in properties)
        parts.append(f"SELECT m.entity, m.shared, m.record, m.tbl, m.id AS own_id, m.ord, {cells} FROM records.{quoted(table.name)} r "
                     f"JOIN paired m ON m.record = r.source || '/{table.name}/' || r.id WHERE m.side = {side}")
    values = ", ".join(f"{merged(p)} AS {quoted(p.name)}, {_stating(p)} AS {stated_by(p)}" for p in properties)
    return (f"SELECT entity, any_value(shared) AS shared, arg_min(tbl, ord) AS tbl, arg_min(own_id, ord) AS own_id, count(*) AS records, {values}, "
            f"arg_min(record, ord) AS record FROM ({' UNION ALL '.join(parts)}) GROUP BY entity")


def _stating(p: Property) -> str:
    if p.merge.takes_one:
        return f"[{merged(p, of='record')}]"
    return f"list(record ORDER BY ord) FILTER (WHERE {quoted(p.name)} IS NOT NULL)"


def called(pool: str) -> str:
    """SQL for what a side calls an entity, fit to be shown: its title; of a kind without titles (surveys), its key."""
    title, properties = POOLS[pool][0].title, pool_columns(pool)
    if title in properties:
        return f"coalesce({masked(properties[title])}, '')"
    return f"concat_ws(' ', {', '.join(quoted(name) for name in POOLS[pool][0].key)})"


def titles() -> str:
    """SQL for what the graph calls each entity: id, title."""
    return " UNION ALL ".join(f"SELECT id, {quoted(tables[0].title)} AS title FROM graph.{quoted(pool)}" for pool, tables in POOLS.items())


def meanings(con: duckdb.DuckDBPyConnection, source: str, refers: tuple[str, ...]) -> dict[str, Meaning]:
    """Cell → what it means, of all cells of a source that refer to these tables."""
    rows = con.execute(f"SELECT x.value, x.outcome, x.entity, n.title FROM graph.resolved x LEFT JOIN ({titles()}) n ON n.id = x.entity "
                       "WHERE x.refers = ? AND x.source = ?", [",".join(refers), source]).fetchall()
    return {value: Meaning(outcome, entity, title) for value, outcome, entity, title in rows}
