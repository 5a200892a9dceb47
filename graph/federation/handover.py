"""What to send to the other side of things: what it has not, and the fields that it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

import duckdb

from graph.federation.agreement import Value
from graph.federation.contact_values import reveals
from graph.federation.sending import FILL, NEW, Handover, Row, sendable, written
from graph.federation.sides import FIRST, SECOND, pool_columns
from graph.privacy import hidden_in_text
from graph.schema import NODES, POOLS, Privacy, Property, columns
from graph.sql import quoted

Contacts = Mapping[str, Mapping[str, str]]
"""Entity → contact field → the giver's value as it came."""


def handovers(con: duckdb.DuckDBPyConnection, pool: str, side: int, giver: str, taker: str, waiting: frozenset[str],
              contacts: Contacts) -> Iterator[Handover]:
    """The tables of a pool that one source has for the other. (`sides` must be there.)

    A row for something new stands in the giver's table of it and has no id (ids are the taker's to give), but where the id is an official code, or
    where loading would make an id that is another row's. A row that completes a record has the taker's id and what the table requires. References
    are written as the taker calls what they mean. Contact fields are empty but for what `contacts` holds.

    Args:
        waiting: entities of the giver that may be one with a record of the taker, by an open review: they are not sent as new.
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    for name, row in (*_new(con, pool, side, waiting, contacts), *_fills(con, pool, side, contacts)):
        rows[name].append(row)
    for table in POOLS[pool]:
        if table.name in rows and (made := written(con, table, sorted(rows[table.name], key=lambda r: (r.action == FILL, r.record)), giver, taker)):
            yield made


def contact_entities(con: duckdb.DuckDBPyConnection, pool: str, side: int, waiting: frozenset[str]) -> set[str]:
    """The entities of a pool of which contact fields of this side could be sent: new to the other, lacking there or masked there.

    (`sides` must be there.)
    """
    asked = [p.name for p in pool_columns(pool).values() if p.privacy is Privacy.CONTACT]
    if not asked:
        return set()
    mine, theirs = (", ".join(f"{alias}.{quoted(name)}" for name in asked) for alias in "gt")
    rows = con.execute(f"SELECT g.entity, coalesce(t.tbl, g.tbl), t.entity IS NULL, {mine}, {theirs} FROM side_{side} g "
                       f"LEFT JOIN side_{_other(side)} t ON t.entity = g.entity").fetchall()
    return {entity for entity, table, new, *values in rows if not (new and entity in waiting)
            if any(name in _own_columns(table) and here is not None and (there is None or reveals(here, there))
                   for name, here, there in zip(asked, values, values[len(asked):], strict=False))}


def _new(con: duckdb.DuckDBPyConnection, pool: str, side: int, waiting: frozenset[str], contacts: Contacts) -> Iterator[tuple[str, Row]]:
    properties = pool_columns(pool)
    shown = ", ".join(sendable(p) for p in properties.values())
    for table, own_id, record, entity, *cells in con.execute(
            f"SELECT tbl, own_id, record, entity, {shown} FROM side_{side} WHERE NOT shared").fetchall():
        if entity in waiting:
            continue
        values: dict[str, Value | None] = {**dict(zip(properties, cells, strict=True)), **contacts.get(entity, {})}
        if NODES[table].needs_id:
            values["id"] = own_id
        if _can_stand(table, values):
            yield table, Row(NEW, record, values)


def _fills(con: duckdb.DuckDBPyConnection, pool: str, side: int, contacts: Contacts) -> Iterator[tuple[str, Row]]:
    """What the taker lacks, and of its own record what names it."""
    properties = pool_columns(pool)
    given, own = (", ".join(f"{of(p)} AS {quoted(p.name)}" for p in properties.values()) for of in (sendable, _whole))
    lacks = ", ".join(f"{quoted(p.name)} IS NULL" for p in properties.values())
    asked = [p.name for p in properties.values() if p.privacy is Privacy.CONTACT]
    contact = f"[{', '.join(quoted(name) for name in asked)}]" if asked else "CAST([] AS VARCHAR[])"
    picked, named = (", ".join(f"{alias}.{quoted(name)}" for name in properties) for alias in "gt")
    rows = con.execute(f"""
        SELECT g.entity, t.tbl, t.own_id, g.record, t.lacks, t.contact, {picked}, {named}
        FROM (SELECT entity, record, {given} FROM side_{side} WHERE shared) g
        JOIN (SELECT entity, tbl, own_id, [{lacks}] AS lacks, {contact} AS contact, {own} FROM side_{_other(side)} WHERE shared) t
        ON t.entity = g.entity""").fetchall()
    for entity, table, own_id, record, lacking, known, *both in rows:
        empty = dict(zip(properties, lacking, strict=True))
        whole = contacts.get(entity, {})
        empty |= {name: True for name, value in zip(asked, known, strict=True) if value and name in whole and reveals(whole[name], value)}
        theirs = dict(zip(properties, both[len(properties):], strict=True))
        mine: dict[str, Value | None] = {**dict(zip(properties, both, strict=False)), **whole}
        sent = {name: mine[name] for name in _own_columns(table) if empty[name] and mine[name] is not None}
        naming = {name: theirs[name] for name in _naming(table) if not empty[name]}
        # Where what names the taker's record cannot be said whole, the row would change it.
        if sent and None not in naming.values():
            yield table, Row(FILL, record, {"id": own_id} | naming | sent, frozenset(naming))


@cache
def _own_columns(table: str) -> tuple[str, ...]:
    return tuple(p.name for p in columns(NODES[table]))


@cache
def _naming(table: str) -> tuple[str, ...]:
    """What a row must have to be understood."""
    declared = NODES[table]
    return tuple(p.name for p in columns(declared) if p.required or p.name in (*declared.any_of, declared.title))


def _can_stand(table: str, values: Mapping[str, Value | None]) -> bool:
    """Whether a row has what its table requires, now that contact values are out of its texts."""
    declared = NODES[table]
    required = all(values.get(p.name) is not None for p in columns(declared) if p.required)
    return required and (not declared.any_of or any(values.get(name) is not None for name in declared.any_of))


def _whole(p: Property) -> str:
    """SQL for a value of the taker's own; nothing where a part of it would have to be hidden."""
    column = quoted(p.name)
    if p.privacy is Privacy.CONTACT:
        return f"CAST(NULL AS {p.duckdb_type})"
    return column if p.refers else f"CASE WHEN {hidden_in_text(p)} = {column} THEN {column} END"


def _other(side: int) -> int:
    return SECOND if side == FIRST else FIRST
