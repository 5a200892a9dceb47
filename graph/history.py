"""What changed between two loads of a source's table: rows added and removed, and cell by cell what was changed.

Written in one set operation when a table is replaced; the first load of a table is no change. A row is known by its id: one without an id has
a digest of its key columns for an id, so that a change of its key (a person's institution) is a row removed and another added.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from graph.errors import UsageError
from graph.layout import masked
from graph.schema import TABLES, LinkTable, Property, Type, columns, table_named
from graph.sql import first_row, quoted

if TYPE_CHECKING:
    from graph.workspace import Workspace

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
EXTRA = "extra"
"""Stands for all columns beyond the schema: that one of them changed is said, what they hold is not (it could be a contact)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a load changed. A row added or removed is named by its title, or by the two ends of a link.

    Attributes:
        load: which load of the source's table it was, counted from 1; the first changes nothing.
        loaded_at: UTC.
        property: what was changed; for a row added or removed, the property that names it.
        before, after: as text, the items of a list parted by `; `. Contact fields masked: both may read alike where the hidden part changed.
    """

    load: int
    loaded_at: datetime
    source: str
    table: str
    id: str
    change: str
    property: str
    before: str | None
    after: str | None


def touched_since(workspace: Workspace, table: str, since: datetime) -> set[str]:
    """Full ids of the records of a table that were loaded first, added or changed at a time or later."""
    rows = workspace.connection.execute(f"""
        SELECT r.source, r.id FROM records.{quoted(table)} r
        JOIN (SELECT source, min(loaded_at) AS at FROM loads WHERE tbl = $table GROUP BY source) f
            ON f.source = r.source AND f.at >= $since
        UNION
        SELECT r.source, r.id FROM records.{quoted(table)} r JOIN changes c ON c.tbl = $table AND c.source = r.source AND c.id = r.id
        JOIN loads l ON l.load_id = c.load_id AND l.loaded_at >= $since""",
        {"table": table, "since": since.astimezone(UTC).replace(tzinfo=None)}).fetchall()
    return {f"{source}/{table}/{id_}" for source, id_ in rows}


def write_changes(con: duckdb.DuckDBPyConnection, load_id: str, source: str, table: str) -> None:
    """Compare a source's records of a table with those of the relation `incoming` (`graph.records.record_schema`), which are about to
    take their place, and write the differences into `changes`."""
    declared = columns(TABLES[table])
    compared = [*(quoted(p.name) for p in declared), EXTRA]
    differ = [f"o.{c} IS DISTINCT FROM n.{c}" for c in compared]
    there = f"FROM records.{quoted(table)} WHERE source = $source"
    names = "[" + ", ".join(f"'{name}'" for name in (*(p.name for p in declared), EXTRA)) + "]"
    shown = f"[{', '.join(_shown(p) for p in declared)}, NULL]"
    naming = _naming(table)
    called = [1 + [p.name for p in declared].index(name) for name in naming]
    old_name, new_name = (f"nullif(concat_ws(' → ', {', '.join(f'{side}.shown[{i}]' for i in called)}), '')" if called else f"{side}.id"
                          for side in ("o", "n"))
    con.execute(f"""
        INSERT INTO changes
        WITH differing AS (
            SELECT coalesce(o.id, n.id) AS id, [{', '.join(differ)}] AS differs,
                   CASE WHEN o.id IS NULL THEN '{ADDED}' WHEN n.id IS NULL THEN '{REMOVED}' ELSE '{CHANGED}' END AS change
            FROM (SELECT id, {', '.join(compared)} {there}) o FULL JOIN incoming n ON o.id = n.id
            WHERE o.id IS NULL OR n.id IS NULL OR {' OR '.join(differ)}),
        old AS (SELECT id, {shown} AS shown {there} AND id IN (SELECT id FROM differing)),
        new AS (SELECT id, {shown} AS shown FROM incoming WHERE id IN (SELECT id FROM differing)),
        rows AS (
            SELECT d.id, d.change, '{'+'.join(naming) or 'id'}' AS property,
                   CASE WHEN d.change = '{REMOVED}' THEN {old_name} END AS before, CASE WHEN d.change = '{ADDED}' THEN {new_name} END AS after
            FROM differing d LEFT JOIN old o ON o.id = d.id LEFT JOIN new n ON n.id = d.id WHERE d.change <> '{CHANGED}'),
        places AS (SELECT id, change, differs, unnest(range(1, {len(compared) + 1})) AS place FROM differing WHERE change = '{CHANGED}'),
        cells AS (
            SELECT d.id, d.change, {names}[d.place] AS property, o.shown[d.place] AS before, n.shown[d.place] AS after
            FROM places d JOIN old o ON o.id = d.id JOIN new n ON n.id = d.id WHERE d.differs[d.place])
        SELECT $load, $source, $table, id, change, property, before, after FROM (SELECT * FROM rows UNION ALL SELECT * FROM cells)""",
                {"load": load_id, "source": source, "table": table})


def _naming(table: str) -> tuple[str, ...]:
    """The properties that name a row: the title of a thing, the two ends of a link."""
    declared = TABLES[table]
    if isinstance(declared, LinkTable):
        return (declared.source.name, declared.target.name)
    return () if declared.title == "id" else (declared.title,)


def _shown(p: Property) -> str:
    """SQL for a value as the history may keep it: as text, contact fields masked."""
    return f"array_to_string({masked(p)}, '; ')" if p.type is Type.LIST else f"CAST({masked(p)} AS VARCHAR)"


def changes(workspace: Workspace, source: str, *, table: str | None = None, load: int | None = None, last: bool = False) -> list[Change]:
    """What the loads of a source changed, the latest last; within a load by table, id, and the order of the columns.

    Args:
        source: the source's name.
        table: one table alone (stem or Chinese name).
        load: that load of each table alone, counted from 1 (the first, which changes nothing).
        last: the last load of each table alone.

    Raises:
        UsageError: there is no such source or table, or no load of that number.
    """
    con = workspace.connection
    if first_row(con, "SELECT 1 FROM loads WHERE source = ?", [source]) is None:
        known = ", ".join(name for name, in con.execute("SELECT DISTINCT source FROM loads ORDER BY source").fetchall())
        raise UsageError(f"nothing was loaded from a source {source!r}: there is {known or 'no source yet'}")
    wanted = table_named(table).name if table else None
    numbered = """SELECT load_id, loaded_at, tbl, row_number() OVER (PARTITION BY tbl ORDER BY loaded_at, rowid) AS load,
                         count(*) OVER (PARTITION BY tbl) AS loads FROM loads WHERE source = $source"""
    [(most,)] = con.execute(f"SELECT max(load) FROM ({numbered}) WHERE $table IS NULL OR tbl = $table",
                            {"source": source, "table": wanted}).fetchall()
    if load is not None and not 1 <= load <= (most or 0):
        raise UsageError(f"{source}{f'/{wanted}' if wanted else ''}: there is no load {load}; {most or 'none'} were made")
    rows = con.execute(f"""
        SELECT l.load, l.loaded_at, c.source, c.tbl, c.id, c.change, c.property, c.before, c.after
        FROM changes c JOIN ({numbered}) l ON l.load_id = c.load_id
        WHERE ($table IS NULL OR c.tbl = $table) AND ($load IS NULL OR l.load = $load) AND (NOT $last OR l.load = l.loads)
        """, {"source": source, "table": wanted, "load": load, "last": last}).fetchall()
    place = {t: {p.name: i for i, p in enumerate(columns(declared))} for t, declared in TABLES.items()}
    return sorted((Change(*row) for row in rows), key=lambda c: (c.loaded_at, c.table, c.id, place[c.table].get(c.property, len(place[c.table]))))
