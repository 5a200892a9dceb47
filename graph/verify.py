"""Whether a served graph is the workspace's: both read in full, and nothing stored trusted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.compare import Comparison, Progress
from graph.errors import StoreUnfinished
from graph.neo4j_store import Neo4jStore, read_meta
from graph.publish import silent
from graph.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TableDifference:
    """How a served table differs: rows that only the workspace has, rows that only the server has, and nodes that both have, differently.

    `ids` are a few of them; an edge is named by its ends. The table is '' for nodes of ours whose labels do not say what they are.
    """

    table: str
    missing: int
    extra: int
    different: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a comparison in full found.

    Attributes:
        equal: the server holds the workspace's graph, and says so.
        workspace_revision: of the workspace, from its content.
        said_revision: what the server says it holds.
        served_revision: of the server, from its content.
        differences: one for each table that differs.
    """

    equal: bool
    workspace_revision: str
    said_revision: str
    served_revision: str
    differences: tuple[TableDifference, ...]


def verify(workspace: Path | str, uri: str, *, username: str | None = None, password: str | None = None, progress: Progress = silent) -> VerifyReport:
    """Compare a workspace's graph with the one that a server holds, by content. Nothing is written.

    Raises:
        UsageError: no password, or the address is none.
        WorkspaceError: there is no workspace, or nothing in it.
        StoreUnreachable, StoreDenied: the server does not answer, or refuses.
        StoreUnfinished: a publish died half-way, is running, or ran meanwhile.
        StoreError: nothing was published there, or by another version of the program.
    """
    with Workspace(workspace, read_only=True) as ws, Neo4jStore(uri, username=username, password=password) as store:
        said = store.revision()
        before = read_meta(store.connection)
        comparison = Comparison(ws, store.connection, progress)
        if read_meta(store.connection) != before:
            raise StoreUnfinished(f"{uri}: the graph was published anew while it was being read; run this again")
        differences = _differences(comparison)
        equal = not differences and said == comparison.revision == comparison.served_revision
        return VerifyReport(equal, comparison.revision, said, comparison.served_revision, differences)


def _differences(comparison: Comparison) -> tuple[TableDifference, ...]:
    rows = comparison.duckdb.execute("""
        WITH nodes AS (
            SELECT coalesce(o.tbl, s.tbl) AS tbl, coalesce(o.id, s.id) AS id,
                   CASE WHEN s.id IS NULL THEN 'missing' WHEN o.id IS NULL THEN 'extra' ELSE 'different' END AS how
            FROM own_nodes o FULL JOIN served_nodes s ON s.tbl = o.tbl AND s.id = o.id WHERE o.hash IS DISTINCT FROM s.hash),
        edges AS (
            SELECT coalesce(o.tbl, s.tbl) AS tbl, concat(coalesce(o.source, s.source), ' → ', coalesce(o.target, s.target)) AS id,
                   CASE WHEN coalesce(s.times, 0) < coalesce(o.times, 0) THEN 'missing' ELSE 'extra' END AS how
            FROM (SELECT tbl, source, target, hash, count(*) AS times FROM own_edges GROUP BY ALL) o
            FULL JOIN (SELECT tbl, source, target, hash, count(*) AS times FROM served_edges GROUP BY ALL) s ON s.tbl = o.tbl AND s.hash = o.hash
            WHERE o.times IS DISTINCT FROM s.times)
        SELECT tbl, count(*) FILTER (how = 'missing'), count(*) FILTER (how = 'extra'), count(*) FILTER (how = 'different'),
               list(id ORDER BY id)[:5]
        FROM (SELECT * FROM nodes UNION ALL SELECT * FROM edges) GROUP BY tbl ORDER BY tbl""").fetchall()
    return tuple(TableDifference(table, missing, extra, different, tuple(ids)) for table, missing, extra, different, ids in rows)
