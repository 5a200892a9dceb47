"""What the tests of loaders and graph share: workspaces made quickly, files of every form, and what stands in a graph."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import openpyxl
import pyarrow as pa

from graph.build import build
from graph.duckdb_store import DuckDBStore
from graph.layout import node_columns
from graph.records import RecordTable, RowIssue
from graph.schema import EDGES, POOLS
from graph.snapshot import Snapshot, load_snapshot
from graph.sql import quoted
from graph.workspace import Workspace
from loaders.load import load_bundled
from loaders.sources import read_sources

Row = dict[str, object]
Files = Mapping[str, str]


@cache
def _template() -> bytes:
    """A workspace file that holds the bundled code tables and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.duckdb"
        with Workspace(path) as workspace, workspace.transaction():
            load_bundled(workspace)
            build(workspace)
        return path.read_bytes()


def new_workspace(folder: Path, name: str = "w.duckdb") -> Workspace:
    """A workspace with the bundled tables alone, without the time that loading them takes."""
    path = folder / name
    path.write_bytes(_template())
    return Workspace(path)


def source(folder: Path, name: str, files: Files) -> Path:
    """A source folder of UTF-8 files: file name → content."""
    path = folder / name
    path.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (path / file).write_text(content, encoding="utf-8", newline="")
    return path


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def book(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], *, merged: Sequence[str] = (), hidden: Sequence[str] = ()) -> Path:
    """A workbook: sheet name → rows of typed cells. `merged` ranges (A1:C1) are so in every sheet; `hidden` names sheets."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
        if name in hidden:
            sheet.sheet_state = "hidden"
    made.save(path)
    return path


def understood(path: Path, table: str | None = None, *, as_table: str | None = None) -> RecordTable:
    """The one table (or the named one) that a path holds."""
    tables = [t for s in read_sources([path], as_table=as_table) for t in s.tables if table in (None, t.table)]
    assert len(tables) == 1, [t.table for t in tables]
    return tables[0]


def rows_of(table: RecordTable) -> list[Row]:
    """The rows, each without the properties that are empty."""
    return [{k: v for k, v in row.items() if v is not None} for row in table.rows.to_pylist()]


def values(table: RecordTable, column: str) -> list[object]:
    found: list[object] = table.rows.column(column).to_pylist()
    return found


def codes(issues: Sequence[RowIssue]) -> list[tuple[int, str, str]]:
    """(row, column, code) of issues, in order."""
    return [(i.row, i.column, i.code) for i in issues]


def records(workspace: Workspace, table: str) -> list[Row]:
    """The records of a table from all sources but the bundled one, by source and id."""
    query = f"SELECT * FROM records.{quoted(table)} WHERE source <> 'bundled' ORDER BY source, id"
    found: list[Row] = workspace.connection.sql(query).to_arrow_table().to_pylist()
    return found


def nodes(workspace: Workspace, pool: str) -> dict[str, Row]:
    """id → the properties of a pool's nodes that are not empty, without those of the bundled source."""
    columns = ", ".join(quoted(c) for c in node_columns(pool))
    table: pa.Table = workspace.connection.sql(f"SELECT {columns} FROM graph.{quoted(pool)} WHERE NOT starts_with(id, 'bundled/')").to_arrow_table()
    return {row["id"]: {k: v for k, v in row.items() if v is not None and k != "id"} for row in table.to_pylist()}


def edges(workspace: Workspace, kind: str) -> list[tuple[str, str]]:
    """(source, target) of an edge kind, sorted, without those of the bundled source alone."""
    query = f"SELECT source, target FROM graph.{quoted(kind)} WHERE NOT starts_with(origin, 'bundled/') ORDER BY ALL"
    found: list[tuple[str, str]] = workspace.connection.execute(query).fetchall()
    return found


def whole_graph(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every graph table, as it is stored; and the revision."""
    content = {name: workspace.connection.execute(f"SELECT * FROM graph.{quoted(name)}").fetchall() for name in (*POOLS, *EDGES)}
    return {**content, "revision": [(workspace.meta("revision"),)]}


def rebuilt(workspace: Workspace) -> str:
    """Build anew from what the workspace holds; the revision."""
    with workspace.transaction():
        return build(workspace).revision


def snapshot(workspace: Workspace) -> Snapshot:
    """Close the workspace and read its graph as queries do."""
    workspace.close()
    with DuckDBStore(workspace.path) as store:
        return load_snapshot(store)
