"""The workspace's own graph, read."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow as pa

from graph.errors import WorkspaceError
from graph.layout import edge_columns, edge_schema, node_columns, node_schema
from graph.sql import quoted
from graph.workspace import Workspace


class DuckDBStore:
    """A `GraphStore` over a workspace file; several may read at a time.

    Raises:
        WorkspaceError: there is no workspace, or nothing was loaded into it.
        WorkspaceBusy: another process is writing to it.
    """

    def __init__(self, path: Path | str) -> None:
        self._workspace = Workspace(path, read_only=True)

    @property
    def address(self) -> str:
        return str(self._workspace.path)

    def revision(self) -> str:
        found = self._workspace.meta("revision")
        if found is None:
            self.close()
            raise WorkspaceError(f"{self.address}: the workspace is empty; load something first (zhulian load PATH)")
        return found

    def nodes(self, pool: str) -> pa.Table:
        columns = ", ".join(quoted(c) for c in node_columns(pool))
        return self._read(f"SELECT {columns} FROM graph.{quoted(pool)} ORDER BY id", node_schema(pool))

    def edges(self, kind: str) -> pa.Table:
        columns = ", ".join(quoted(c) for c in edge_columns(kind))
        return self._read(f"SELECT {columns} FROM graph.{quoted(kind)} ORDER BY ALL", edge_schema(kind))

    def _read(self, query: str, schema: pa.Schema) -> pa.Table:
        return self._workspace.connection.sql(query).to_arrow_table().cast(schema)

    def close(self) -> None:
        self._workspace.close()

    def __enter__(self) -> DuckDBStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
