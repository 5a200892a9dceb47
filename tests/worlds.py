"""Small worlds written by hand: rows → files → a workspace → a snapshot, all through the real loaders."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

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


def relabelled(tables: Mapping[str, Rows], seed: int = 5) -> tuple[dict[str, str], dict[str, Rows]]:
    """New ids for old ones (of scientists, needs and works), and the tables with them, their rows in another order."""
    random = Random(seed)
    label = {str(row["id"]): f"{row['id']}"[0] + str(random.randrange(10**9)) for table in ("scientists", "needs", "works") for row in tables[table]}
    moved = {table: [{k: label.get(str(v), v) if k in ("id", "work", "scientist") else v for k, v in row.items()} for row in rows]
             for table, rows in tables.items()}
    for rows in moved.values():
        random.shuffle(rows)
    return label, dict(moved)


def snapshot_of(workspace: Path) -> Snapshot:
    with DuckDBStore(workspace) as store:
        return load_snapshot(store)


def world(folder: Path, tables: Mapping[str, Rows], source: str = "s") -> Snapshot:
    """A snapshot of tables written by hand."""
    return snapshot_of(load_world(folder, tables, source))
