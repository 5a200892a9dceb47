"""The workspace's graph into Neo4j: what is there is read in full, compared by content, and only what differs is written.

One publisher writes at a time, and one that dies is finished by the next: see `graph.publish_lock`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import neo4j
import pyarrow as pa

from graph import cypher
from graph.compare import Comparison, Progress, edge_kinds_with
from graph.errors import StoreError, StoreUnfinished, WorkspaceError
from graph.forgotten import Forgotten
from graph.layout import edge_columns, node_columns
from graph.neo4j_connection import Neo4jConnection, run
from graph.neo4j_store import read_meta
from graph.overwriting import log_retention, overwrite
from graph.publish_lock import Rows, begin, owned, publish_lock, taken_over
from graph.rewrite import ERASURE
from graph.schema import EDGES, KINDS, POOLS, VERSION, Merge, pool_properties
from graph.server_indexes import make_constraints, make_indexes
from graph.sql import first_row, quoted
from graph.workspace import Workspace

BATCH = 5_000
"""Rows a write transaction; a fifth of it where rows hold long texts."""


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What a publish did.

    Attributes:
        revision: what the server holds now.
        nodes_created, nodes_updated, nodes_deleted, edges_created, edges_deleted: what was written; an edge is never updated.
        withdrawn: ids of nodes that left the graph and stay as `:Withdrawn`, since relationships that are not ours hang on them.
        forgotten: nodes of people who were forgotten (`graph.forget`), deleted whatever hung on them; among those deleted.
        untied: types of the relationships of others that went with them.
        overwritten: what the server's files kept of people who were forgotten was written over (`graph.overwriting`); its transaction log is kept
            as `log_retention` says.
        unchanged: nothing at all was written.
    """

    revision: str
    nodes_created: int = 0
    nodes_updated: int = 0
    nodes_deleted: int = 0
    edges_created: int = 0
    edges_deleted: int = 0
    withdrawn: tuple[str, ...] = ()
    forgotten: int = 0
    untied: tuple[str, ...] = ()
    overwritten: bool = False
    log_retention: str = ""
    unchanged: bool = False


def silent(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def publish(workspace: Path | str, uri: str, *, username: str | None = None, password: str | None = None, progress: Progress = silent,
            batch: int = BATCH) -> PublishReport:
    """Make the graph that a Neo4j server holds equal to a workspace's.

    Args:
        workspace: the workspace file; it is only read.
        uri: bolt://… or neo4j://…
        username, password: from NEO4J_USERNAME (else `neo4j`) and NEO4J_PASSWORD where None.
        progress: is told what is being done.
        batch: rows a write transaction.

    Raises:
        UsageError: no password, or the address is none.
        WorkspaceError: there is no workspace, or nothing in it.
        StoreUnreachable, StoreDenied: the server does not answer, or refuses.
        StoreUnfinished: another publish is running, or took over.
        StoreError: the server refused a write.
    """
    with Workspace(workspace, read_only=True) as ws, Neo4jConnection(uri, username=username, password=password) as connection:
        _check_sizes(ws)
        report = _publish(ws, connection, progress, batch)
        if overwrite(ws, connection, report.revision, progress):
            return replace(report, overwritten=True, log_retention=log_retention(connection), unchanged=False)
        return report


def _publish(ws: Workspace, connection: Neo4jConnection, progress: Progress, batch: int) -> PublishReport:
    """Write what differs, under the lock."""
    prepared = _prepare(connection)
    with publish_lock(connection):
        before = read_meta(connection)
        whole = before.state == "published" and before.schema == VERSION
        # What a dead publisher left may still be on its way in: its last transaction ends before ours can begin.
        owner = None if whole else begin(connection, before.serial)
        comparison = Comparison(ws, connection, progress)
        comparison.find_work()
        forgotten = Forgotten(ws)
        shells = _withdrawn_and_forgotten(connection, forgotten)
        if whole and before.revision == comparison.revision and not comparison.work_count() and not shells:
            if read_meta(connection) != before:
                raise StoreUnfinished(taken_over(connection.uri))
            return PublishReport(comparison.revision, unchanged=not make_indexes(connection) and not prepared)
        writer = _Writer(connection, comparison, owner or begin(connection, before.serial), progress, batch)
        report = writer.write_all(foreign_types=before.schema not in (None, VERSION), forgotten=forgotten, shells=shells)
        if before.state is None:
            # Nobody of this graph was ever there.
            connection.write(lambda transaction: run(transaction, cypher.SET_OVERWRITTEN, erasure=ws.meta(ERASURE)))
        return report


def _check_sizes(ws: Workspace) -> None:
    """Refuse, before anything is written, what Neo4j's indexes cannot hold."""
    if ws.meta("revision") is None:
        return
    for pool, tables in POOLS.items():
        title = tables[0].title
        row = first_row(ws.connection, f"SELECT left(id, 200) FROM graph.{quoted(pool)} WHERE strlen(id) > ? OR strlen({quoted(title)}) > ? LIMIT 1",
                        [cypher.MAX_ID_BYTES, cypher.MAX_NAME_BYTES])
        if row:
            raise WorkspaceError(f"{pool}: the id or the {title} of {row[0]} is too long for Neo4j ({cypher.MAX_ID_BYTES:,} and "
                                 f"{cypher.MAX_NAME_BYTES:,} bytes at most); shorten it in its source and load again")


def _withdrawn_and_forgotten(connection: Neo4jConnection, forgotten: Forgotten) -> list[str]:
    """The ids of nodes that were withdrawn before their person was forgotten."""
    if not forgotten:
        return []
    return [row["id"] for row in connection.read(cypher.read_withdrawn(), mark=cypher.WITHDRAWN_MARK) if forgotten.holds(row["id"])]


def _prepare(connection: Neo4jConnection) -> bool:
    """The constraints and the lock node, where they are not there yet. Returns whether anything was made."""
    made = make_constraints(connection)
    if not connection.read(cypher.HAS_LOCK):
        connection.write(lambda transaction: run(transaction, cypher.MAKE_LOCK))
        made = True
    return made


class _Writer:
    """Writes what a comparison found, in batches that each look for the publisher's token."""

    def __init__(self, connection: Neo4jConnection, comparison: Comparison, owner: str, progress: Progress, batch: int) -> None:
        self._connection, self._comparison, self._owner = connection, comparison, owner
        self._progress, self._batch = progress, batch
        self._done, self._total = 0, comparison.work_count()

    def write_all(self, foreign_types: bool, forgotten: Forgotten, shells: list[str]) -> PublishReport:
        edges_deleted = self._delete_edges(foreign_types)
        created, updated = self._write_nodes()
        gone, untied = self._forget_nodes([*(id_ for _, id_ in self._comparison.gone() if forgotten.holds(id_)), *shells])
        deleted, withdrawn = self._delete_nodes(forgotten)
        edges_created = self._write_edges()
        make_indexes(self._connection)
        revision = self._comparison.revision
        self._transaction(lambda transaction: run(transaction, cypher.FINISH, revision=revision, schema=VERSION))
        return PublishReport(revision, created, updated, deleted + gone, edges_created, edges_deleted, tuple(withdrawn), gone, untied)

    def _transaction(self, work: Callable[[neo4j.ManagedTransaction], Rows]) -> Rows:
        return owned(self._connection, self._owner, work)

    def _run(self, query: str, **parameters: Any) -> int:
        return int(self._transaction(lambda transaction: run(transaction, query, **parameters))[0]["done"])

    def _tell(self, rows: int) -> None:
        self._done += rows
        self._progress("writing", self._done, self._total)

    def _write(self, query: str, rows: Rows) -> int:
        """Write rows; each must have found its place."""
        if self._run(query, rows=rows) != len(rows):
            raise StoreError(f"{self._connection.uri}: nodes were deleted there by someone else while this was publishing; publish again")
        self._tell(len(rows))
        return len(rows)

    def _delete_edges(self, foreign_types: bool) -> int:
        deleted = 0
        for kind in edge_kinds_with(self._comparison.changed("wrong_edges")):
            for rows in self._comparison.edges_to_delete(kind, self._batch):
                deleted += self._run(cypher.delete_edges(kind), rows=rows.to_pylist())
                self._tell(rows.num_rows)
            if self._comparison.has_stray_edges(kind):
                deleted += self._run(cypher.delete_stray_edges(kind))
        if foreign_types:
            deleted += self._run(cypher.delete_foreign_types(), types=[kind.type for kind in EDGES.values()])
        return deleted

    def _write_nodes(self) -> tuple[int, int]:
        """How many nodes were made, and how many changed."""
        self._take_back()
        made = {False: 0, True: 0}
        changed = self._comparison.changed("changed_nodes")
        for kind, table in KINDS.items():
            if not changed.get(table.pool):
                continue
            batch = self._node_batch(table.pool)
            for present in (False, True):
                for rows in self._comparison.nodes_to_write(table.pool, kind, present, batch):
                    made[present] += self._write(cypher.write_nodes(kind), _node_rows(rows, table.pool))
        return made[False], made[True]

    def _node_batch(self, pool: str) -> int:
        long_texts = any(p.merge is Merge.LONGEST for p in pool_properties(pool))
        return max(1, self._batch // 5) if long_texts else self._batch

    def _take_back(self) -> None:
        mark = cypher.WITHDRAWN_MARK
        withdrawn = self._connection.read(cypher.read_withdrawn(), mark=mark)
        if withdrawn:
            coming = self._comparison.absent_nodes([row["id"] for row in withdrawn])
            self._run(cypher.take_back_nodes(), rows=[{"id": id_} for id_ in coming], mark=mark)

    def _forget_nodes(self, ids: list[str]) -> tuple[int, tuple[str, ...]]:
        """Delete the nodes of people who were forgotten; how many, and the types of others' relationships that went with them."""
        types: list[list[str]] = []
        for start in range(0, len(ids), self._batch):
            rows = [{"id": id_} for id_ in ids[start:start + self._batch]]

            def work(transaction: neo4j.ManagedTransaction, rows: list[dict[str, str]] = rows) -> Rows:
                return [row for withdrawn in (False, True)
                        for row in run(transaction, cypher.forget_nodes(withdrawn), rows=rows, mark=cypher.WITHDRAWN_MARK)]

            types += [row["types"] for row in self._transaction(work)]
            self._tell(len(rows))
        return len(types), tuple(sorted(t for found in types for t in found))

    def _delete_nodes(self, forgotten: Forgotten) -> tuple[int, list[str]]:
        """How many nodes were deleted, and the ids of those that were withdrawn instead."""
        mark = cypher.WITHDRAWN_MARK
        by_pool: dict[str, list[dict[str, str]]] = {}
        for pool, id_ in self._comparison.gone():
            if forgotten.holds(id_):
                continue
            by_pool.setdefault(pool, []).append({"id": id_})
        deleted, withdrawn = 0, list[str]()
        for pool, every in by_pool.items():
            nulls = cypher.withdrawn_nulls(pool)
            for start in range(0, len(every), self._batch):
                rows = every[start:start + self._batch]

                def work(transaction: neo4j.ManagedTransaction, rows: list[dict[str, str]] = rows,
                         nulls: dict[str, None] = nulls) -> Rows:
                    run(transaction, cypher.delete_nodes(), rows=rows)
                    return run(transaction, cypher.withdraw_nodes(), rows=rows, nulls=nulls, mark=mark)

                kept = [row["id"] for row in self._transaction(work)]
                withdrawn += kept
                deleted += len(rows) - len(kept)
                self._tell(len(rows))
        self._run(cypher.delete_withdrawn(), mark=mark)
        return deleted, withdrawn

    def _write_edges(self) -> int:
        made = 0
        for kind in edge_kinds_with(self._comparison.changed("missing_edges")):
            for rows in self._comparison.edges_to_write(kind, self._batch):
                made += self._write(cypher.write_edges(kind), _edge_rows(rows, kind))
        return made


def _node_rows(rows: pa.RecordBatch, pool: str) -> Rows:
    """Rows as `cypher.write_nodes` takes them; the labels say the kind."""
    names = node_columns(pool)[2:]
    return [{"id": row["id"], "values": {**{name: row[name] for name in names}, cypher.HASH: row["hash"]}} for row in rows.to_pylist()]


def _edge_rows(rows: pa.RecordBatch, kind: str) -> Rows:
    """Rows as `cypher.write_edges` takes them."""
    names = edge_columns(kind)[2:]
    return [{"source": row["source"], "target": row["target"], "hash": row["hash"], "values": {name: row[name] for name in names}}
            for row in rows.to_pylist()]
