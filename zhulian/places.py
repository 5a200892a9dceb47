"""Where the graph is: the workspace's own, or one that Neo4j serves."""

from __future__ import annotations

import os
from pathlib import Path

from graph.duckdb_store import DuckDBStore
from graph.errors import UsageError
from graph.snapshot import Snapshot, load_snapshot
from graph.store import GraphStore, is_server


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
    finds it) where that folder can be written."""
    place = workspace if store is None or is_server(store) else Path(store)
    cache = place.with_name(place.name + ".cache")
    with open_store(workspace, store) as opened:
        return load_snapshot(opened, cache if os.access(place.resolve().parent, os.W_OK) else None)
