"""Where the graph is: the workspace's own, or one that Neo4j serves."""

from __future__ import annotations

import os
from pathlib import Path

from graph.duckdb_store import DuckDBStore
from graph.errors import UsageError
from graph.lookup import called_in_records
from graph.snapshot import Snapshot, load_snapshot
from graph.store import GraphStore, is_server
from graph.workspace import Workspace


def open_store(workspace: Path, store: str | None) -> GraphStore:
    """The store that a command reads: `store` where given (a server's address or a workspace file), else the workspace.

    Raises:
        StoreError, WorkspaceError: it cannot be opened.
        UsageError: an address of another kind.
    """
    if store is None:
        return DuckDBStore(workspace)
    if is_server(store):
        from graph.neo4j_store import Neo4jStore  # the driver is slow to import, and most commands read the workspace

        return Neo4jStore(store)
    if "://" in store:
        raise UsageError(f"{store}: a store is a workspace file, or an address such as bolt://127.0.0.1:7687")
    return DuckDBStore(store)


def open_snapshot(workspace: Path, store: str | None) -> Snapshot:
    """The snapshot that a command works on; cached beside the workspace (or the workspace file that is the store, so that forgetting there
    finds it) where that folder can be written. A workspace's things are found by the names of their records, too."""
    place = workspace if store is None or is_server(store) else Path(store)
    cache = place.with_name(place.name + ".cache")
    with open_store(workspace, store) as opened:
        snapshot = load_snapshot(opened, cache if os.access(place.resolve().parent, os.W_OK) else None)
    if store is None or not is_server(store):
        def called(name: str) -> list[tuple[str, str]]:
            with Workspace(place, read_only=True) as records:
                return called_in_records(records, name)

        snapshot.called_in_records = called
    return snapshot
