"""The edges of one kind: rows of its link table, and the reference columns that become it."""

from __future__ import annotations

import duckdb

from graph.layout import each_value, edge_columns, hash_expression
from graph.schema import EDGES, LINKS, NODES, EdgeKind, LinkTable, NodeTable, Property
from graph.sql import quoted


def reference_key(refers: tuple[str, ...], value: str, source: str) -> str:
    """SQL for the key of `graph.resolved`: one text, since joins on its parts let the planner pair all values of a source."""
    return f"'{','.join(refers)}' || chr(31) || {source} || chr(31) || {value}"


def reference_values(table: NodeTable, p: Property) -> str:
    """SQL for the values of a reference column, one a row: source, id, value."""
    return f"SELECT source, id, {each_value(p)} AS value FROM records.{quoted(table.name)} WHERE {quoted(p.name)} IS NOT NULL"


def _from_link(link: LinkTable) -> str:
    """Rows of a link table whose two ends are there."""
    own = "".join(f"r.{quoted(p.name)}, " for p in link.properties)
    ends = " ".join(
        f"JOIN graph.resolved {alias} ON {alias}.reference = {reference_key(p.refers, f'r.{quoted(p.name)}', 'r.source')} "
        f"AND {alias}.outcome = 'resolved'"
        for alias, p in (("a", link.source), ("b", link.target)))
    return (f"SELECT a.entity AS source, b.entity AS target, {own}r.source || '/{link.name}/' || r.id AS origin, 0 AS implied, "
            f"coalesce(s.rank, 100) AS rank FROM records.{quoted(link.name)} r {ends} LEFT JOIN sources s ON s.name = r.source")


def _from_reference(table: NodeTable, p: Property, kind: EdgeKind) -> str:
    """A reference column of a node table: an edge a value, to the entity or the stub that it means."""
    here, there = ("target", "source") if p.inverse else ("source", "target")
    nulls = "".join(f"CAST(NULL AS {q.duckdb_type}) AS {quoted(q.name)}, " for q in kind.properties)
    return (f"SELECT m.entity AS {here}, x.entity AS {there}, {nulls}m.record AS origin, 1 AS implied, coalesce(s.rank, 100) AS rank "
            f"FROM ({reference_values(table, p)}) v "
            f"JOIN graph.members m ON m.record = v.source || '/{table.name}/' || v.id "
            f"JOIN graph.resolved x ON x.reference = {reference_key(p.refers, 'v.value', 'v.source')} AND x.outcome IN ('resolved', 'stub') "
            "LEFT JOIN sources s ON s.name = v.source")


def build_edges(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """`graph.<name>`: each edge once. A link row speaks before a reference column, a trusted source before another."""
    kind = EDGES[name]
    parts = [_from_link(LINKS[name])] if name in LINKS else []
    parts += [_from_reference(table, p, kind) for table in NODES.values() for p in table.properties if p.edge == name]
    columns = edge_columns(name)
    key = ", ".join(["source", "target", *(quoted(k) for k in kind.key)])
    con.execute(f"""
        CREATE TABLE graph.{quoted(name)} AS
        WITH every AS ({' UNION ALL BY NAME '.join(parts)}),
        spoken AS (SELECT * FROM every QUALIFY implied = min(implied) OVER (PARTITION BY source, target)),
        once AS (SELECT {', '.join(quoted(c) for c in columns)} FROM spoken
                 QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY rank, origin) = 1)
        SELECT *, {hash_expression(columns)} AS hash FROM once ORDER BY ALL""")
