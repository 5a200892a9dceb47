"""A workspace's graph and a served one, side by side: what differs, by content."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow as pa

from graph import cypher
from graph.errors import WorkspaceError
from graph.layout import edge_columns, hash_expression, node_columns, revision_of, table_digest
from graph.neo4j_connection import Neo4jConnection
from graph.neo4j_store import BROKEN, MARK, read_edges, read_nodes
from graph.schema import EDGES, POOLS
from graph.sql import lent, quoted, scalar, strings
from graph.store import GRAPH_TABLES
from graph.workspace import Workspace

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much is done, and of how much."""

_TABLES = """
CREATE OR REPLACE TEMP TABLE own_nodes (tbl VARCHAR, id VARCHAR, kind VARCHAR, hash VARCHAR);
CREATE OR REPLACE TEMP TABLE served_nodes (tbl VARCHAR, id VARCHAR, hash VARCHAR, mark VARCHAR);
CREATE OR REPLACE TEMP TABLE own_edges (tbl VARCHAR, source VARCHAR, target VARCHAR, hash VARCHAR);
CREATE OR REPLACE TEMP TABLE served_edges (tbl VARCHAR, source VARCHAR, target VARCHAR, hash VARCHAR, mark VARCHAR);
"""


class Comparison:
    """Both graphs, read in full, as temporary tables of content hashes in the workspace's connection.

    Hashes are computed here from what each side holds; 'none' is the hash of a row that no graph of ours could hold. What the server holds as the
    hash of a row is kept as `mark`.

    Attributes:
        revision: of the workspace's graph, from its content.
        served_revision: of the served graph, from its content.

    Raises:
        WorkspaceError: nothing was loaded, or the workspace's graph is not of the revision that it says.
        StoreError: the server cannot be read.
    """

    def __init__(self, workspace: Workspace, connection: Neo4jConnection, progress: Progress) -> None:
        said = workspace.meta("revision")
        if said is None:
            raise WorkspaceError(f"{workspace.path}: the workspace is empty; load something first (zhulian load PATH)")
        self.duckdb = workspace.connection
        self.duckdb.execute(_TABLES)
        for done, name in enumerate(GRAPH_TABLES):
            progress("comparing", done, len(GRAPH_TABLES))
            if name in POOLS:
                self._add_nodes(name, read_nodes(connection, name))
            else:
                self._add_edges(name, read_edges(connection, name))
        strays = connection.read(cypher.read_strays())
        with lent(self.duckdb, "strays", strings(id=[row["id"] for row in strays])):
            self.duckdb.execute("INSERT INTO served_nodes SELECT '', id, 'none', '' FROM strays")
        progress("comparing", len(GRAPH_TABLES), len(GRAPH_TABLES))
        self.revision = revision_of({name: self._digest("own", name) for name in GRAPH_TABLES})
        # Nodes of no kind are in no table of ours; where there are any, the served graph is another one.
        tables = (*GRAPH_TABLES, "") if strays else GRAPH_TABLES
        self.served_revision = revision_of({name: self._digest("served", name) for name in tables})
        if self.revision != said:
            raise WorkspaceError(f"{workspace.path}: the graph there is not the one of its revision; load the sources anew")

    def _add_nodes(self, pool: str, served: pa.Table) -> None:
        content = hash_expression(node_columns(pool))
        self.duckdb.execute(f"INSERT INTO own_nodes SELECT '{pool}', id, node_kind, {content} FROM graph.{quoted(pool)}")
        with lent(self.duckdb, "served", served):
            self.duckdb.execute(f"INSERT INTO served_nodes SELECT '{pool}', id, CASE WHEN {BROKEN} THEN 'none' ELSE {content} END, {MARK} "
                                "FROM served")

    def _add_edges(self, kind: str, served: pa.Table) -> None:
        content = hash_expression(edge_columns(kind))
        self.duckdb.execute(f"INSERT INTO own_edges SELECT '{kind}', source, target, {content} FROM graph.{quoted(kind)}")
        with lent(self.duckdb, "served", served):
            self.duckdb.execute(f"INSERT INTO served_edges SELECT '{kind}', source, target, CASE WHEN {BROKEN} OR source IS NULL OR target IS NULL "
                                f"THEN 'none' ELSE {content} END, {MARK} FROM served")

    def _digest(self, side: str, name: str) -> str:
        rows = f"{side}_{'edges' if name in EDGES else 'nodes'}"
        return table_digest(self.duckdb, f"(SELECT hash FROM {rows} WHERE tbl = '{name}')")

    def find_work(self) -> None:
        """Temporary tables of what must be written to make the served graph equal: `changed_nodes` (tbl, id, kind, hash, present), `gone_nodes`
        (tbl, id), `wrong_edges` (tbl, source, target, mark), `missing_edges` (tbl, hash).

        An edge is right if its content is one of ours, its mark is its content's hash, and it is there once; all that share the ends and the
        mark of a wrong one are deleted, and those of them that are ours are made again.
        """
        self.duckdb.execute("""
            CREATE OR REPLACE TEMP TABLE changed_nodes AS
            SELECT o.*, s.id IS NOT NULL AS present FROM own_nodes o
            LEFT JOIN (SELECT id, count(*) AS times, min(tbl) AS tbl, min(hash) AS hash, min(mark) AS mark FROM served_nodes GROUP BY id) s
            ON s.id = o.id
            WHERE s.id IS NULL OR s.times > 1 OR s.tbl <> o.tbl OR s.hash <> o.hash OR s.mark IS DISTINCT FROM o.hash;

            CREATE OR REPLACE TEMP TABLE gone_nodes AS
            SELECT min(tbl) AS tbl, id FROM served_nodes WHERE id NOT IN (SELECT id FROM own_nodes) GROUP BY id;

            CREATE OR REPLACE TEMP TABLE judged_edges AS
            SELECT s.tbl, s.source, s.target, s.mark,
                   bool_and(s.hash = s.mark AND o.hash IS NOT NULL) AND count(*) = 1 AS is_right
            FROM served_edges s LEFT JOIN own_edges o ON o.hash = s.hash AND o.tbl = s.tbl
            GROUP BY s.tbl, s.source, s.target, s.mark;

            CREATE OR REPLACE TEMP TABLE wrong_edges AS SELECT tbl, source, target, mark FROM judged_edges WHERE NOT is_right;

            CREATE OR REPLACE TEMP TABLE missing_edges AS
            SELECT o.tbl, o.hash FROM own_edges o
            LEFT JOIN judged_edges j ON j.mark = o.hash AND j.tbl = o.tbl AND j.is_right WHERE j.mark IS NULL""")

    def work_count(self) -> int:
        """How many rows `find_work` found."""
        return sum(int(scalar(self.duckdb, f"SELECT count(*) FROM {t}")) for t in ("changed_nodes", "gone_nodes", "wrong_edges", "missing_edges"))

    def nodes_to_write(self, pool: str, kind: str, present: bool, batch: int) -> pa.RecordBatchReader:
        """The rows of `changed_nodes` with their content: node_columns(pool), hash. Read to the end before the next statement."""
        columns = ", ".join(f"g.{quoted(c)}" for c in node_columns(pool))
        return _reader(self.duckdb, f"SELECT {columns}, c.hash FROM graph.{quoted(pool)} g JOIN changed_nodes c ON c.id = g.id "
                                    f"WHERE c.kind = '{kind}' AND c.present = {present} ORDER BY g.id", batch)

    def edges_to_write(self, kind: str, batch: int) -> pa.RecordBatchReader:
        """The rows of `missing_edges` with their content: edge_columns(kind), hash."""
        columns = ", ".join(f"g.{quoted(c)}" for c in edge_columns(kind))
        return _reader(self.duckdb, f"SELECT {columns}, g.hash FROM graph.{quoted(kind)} g JOIN missing_edges m ON m.hash = g.hash "
                                    f"WHERE m.tbl = '{kind}' ORDER BY ALL", batch)

    def edges_to_delete(self, kind: str, batch: int) -> pa.RecordBatchReader:
        """Those of `wrong_edges` that join nodes of ours: source, target, hash (as it stands there)."""
        return _reader(self.duckdb, f"SELECT source, target, mark AS hash FROM wrong_edges WHERE tbl = '{kind}' AND source IS NOT NULL "
                                    "AND target IS NOT NULL ORDER BY ALL", batch)

    def has_stray_edges(self, kind: str) -> bool:
        """Whether edges of ours hang on something that is no node of ours."""
        return bool(scalar(self.duckdb, f"SELECT count(*) > 0 FROM wrong_edges WHERE tbl = '{kind}' AND (source IS NULL OR target IS NULL)"))

    def changed(self, table: str) -> dict[str, int]:
        """The rows of `changed_nodes`, `gone_nodes`, `wrong_edges` or `missing_edges` by graph table."""
        return dict(self.duckdb.execute(f"SELECT tbl, count(*) FROM {table} GROUP BY tbl").fetchall())

    def absent_nodes(self, ids: list[str]) -> list[str]:
        """Those of some ids whose nodes are to be made."""
        with lent(self.duckdb, "asked", strings(id=ids)):
            return [row[0] for row in self.duckdb.execute("SELECT id FROM changed_nodes JOIN asked USING (id) WHERE NOT present").fetchall()]

    def gone(self) -> list[tuple[str, str]]:
        """(pool, id) of the nodes that must go; the pool is '' where the labels do not say."""
        return self.duckdb.execute("SELECT tbl, id FROM gone_nodes ORDER BY id").fetchall()


def _reader(con: duckdb.DuckDBPyConnection, query: str, batch: int) -> pa.RecordBatchReader:
    return con.sql(query).to_arrow_reader(batch)


def edge_kinds_with(counts: dict[str, int]) -> list[str]:
    """The edge kinds that have rows, in the order of the schema."""
    return [kind for kind in EDGES if counts.get(kind)]
