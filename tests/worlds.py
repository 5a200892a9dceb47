"""Small worlds written by hand: rows → files → a workspace → a snapshot, all through the real loaders."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from graph.duckdb_store import DuckDBStore
from graph.snapshot import Snapshot, load_snapshot
from graph.workspace import Workspace
from loaders.load import load

Rows = Sequence[Mapping[str, object]]


def write_source(folder: Path, tables: Mapping[str, Rows]) -> Path:
    """Write tables as csv files into a source folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        header = list(dict.fromkeys(key for row in rows for key in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def load_world(folder: Path, tables: Mapping[str, Rows], source: str = "s") -> Path:
    """Load tables as one source into a new workspace in a folder; returns the workspace file."""
    folder.mkdir(exist_ok=True)
    path = folder / "world.duckdb"
    with Workspace(path) as workspace:
        load(workspace, [write_source(folder / source, tables)])
    return path


def load_folder(folder: Path, source: Path) -> Path:
    """Load files that are there into a new workspace in a folder; returns the workspace file."""
    path = folder / "world.duckdb"
    with Workspace(path) as workspace:
        load(workspace, [source])
    return path


def snapshot_of(workspace: Path) -> Snapshot:
    with DuckDBStore(workspace) as store:
        return load_snapshot(store)


def world(folder: Path, tables: Mapping[str, Rows], source: str = "s") -> Snapshot:
    """A snapshot of tables written by hand."""
    return snapshot_of(load_world(folder, tables, source))
