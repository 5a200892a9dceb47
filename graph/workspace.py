"""The workspace: one local DuckDB file with the records as they came, the judgements, the runs, and the graph."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from graph.errors import ShrinkRefused, WorkspaceBusy, WorkspaceError
from graph.history import write_changes
from graph.records import RecordTable, SourceInfo
from graph.schema import TABLES, columns
from graph.sql import first_row, lent, quoted, scalar

FORMAT = "3"

_TABLES = """
CREATE SCHEMA records;
CREATE SCHEMA graph;
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE sources (name VARCHAR PRIMARY KEY, title VARCHAR, licence VARCHAR, url VARCHAR, rank BIGINT NOT NULL,
                      purpose VARCHAR, basis VARCHAR, expires VARCHAR);
CREATE TABLE loads (load_id VARCHAR, source VARCHAR, tbl VARCHAR, files VARCHAR[], loaded_at TIMESTAMP, read BIGINT,
                    accepted BIGINT, rejected BIGINT, digest VARCHAR, headers VARCHAR);
CREATE TABLE changes (load_id VARCHAR, source VARCHAR, tbl VARCHAR, id VARCHAR, change VARCHAR, property VARCHAR, before VARCHAR,
                      after VARCHAR);
CREATE TABLE judgements (judgement_id VARCHAR, left_record VARCHAR, right_record VARCHAR, verdict VARCHAR, score DOUBLE,
                         method VARCHAR, evidence VARCHAR, who VARCHAR, judged_at TIMESTAMP);
CREATE TABLE runs (run_id VARCHAR, command VARCHAR, run_at TIMESTAMP, revision VARCHAR, parameters VARCHAR, summary VARCHAR);
CREATE TABLE audit (event_id VARCHAR, command VARCHAR, happened_at TIMESTAMP, who VARCHAR, purpose VARCHAR, detail VARCHAR);
CREATE TABLE learned_names (name VARCHAR PRIMARY KEY, organisation VARCHAR NOT NULL);
CREATE TABLE forgotten (key VARCHAR PRIMARY KEY, forgotten_at TIMESTAMP);
"""


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Workspace:
    """A workspace file, open. Use as a context manager, or `close()` it.

    Args:
        path: the DuckDB file; made when absent, unless `read_only`.
        read_only: several processes may read at a time, one may write.

    Raises:
        WorkspaceError: the file is not there (when reading), is no workspace, or is of another version.
        WorkspaceBusy: another process is writing to it.
    """

    def __init__(self, path: Path | str, *, read_only: bool = False) -> None:
        self.path = Path(path)
        if read_only and not self.path.exists():
            raise WorkspaceError(f"{self.path}: there is no workspace; load something first (zhulian load PATH)")
        if not self.path.parent.is_dir():
            raise WorkspaceError(f"{self.path.parent}: there is no such folder for the workspace")
        try:
            self.connection = duckdb.connect(str(self.path), read_only=read_only)
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise WorkspaceBusy(f"{self.path}: another process has this workspace open; wait for it to end") from error
            raise WorkspaceError(f"{self.path}: not a workspace ({str(error).splitlines()[0]})") from error
        except duckdb.Error as error:
            raise WorkspaceError(f"{self.path}: cannot be opened ({str(error).splitlines()[0]})") from error
        try:
            self._prepare(read_only)
        except BaseException:
            self.connection.close()
            raise

    def _prepare(self, read_only: bool) -> None:
        con = self.connection
        has = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'").fetchall()}
        if "meta" not in has:
            if has or read_only:
                raise WorkspaceError(f"{self.path}: a DuckDB file, but not a zhulian workspace")
            with self.transaction():
                con.execute(_TABLES)
                self.set_meta("format", FORMAT)
                for name, table in TABLES.items():
                    own = ", ".join(f"{quoted(p.name)} {p.duckdb_type}" for p in columns(table))
                    con.execute(f"CREATE TABLE records.{quoted(name)} (source VARCHAR, load_id VARCHAR, id VARCHAR, "
                                f"file VARCHAR, row BIGINT, raw VARCHAR, extra VARCHAR, {own})")
        if (found := self.meta("format")) != FORMAT:
            raise WorkspaceError(f"{self.path}: workspace format {found}, this program reads {FORMAT}; load the sources anew")

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def transaction(self, *, commit: bool = True) -> Iterator[None]:
        """All or nothing: an exception, the end of the process, or `commit=False`, leaves the file as it was."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT" if commit else "ROLLBACK")

    def meta(self, key: str) -> str | None:
        value = scalar(self.connection, "SELECT value FROM meta WHERE key = ?", [key])
        return None if value is None else str(value)

    def set_meta(self, key: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, value])

    @property
    def cache_folder(self) -> Path:
        """Beside the workspace: snapshots and indexes by revision. May be deleted at any time."""
        return self.path.with_name(self.path.name + ".cache")

    def put_source(self, info: SourceInfo) -> bool:
        """Record what a source says of itself; one that says nothing leaves what is there. Returns whether that changed anything."""
        if info == SourceInfo(info.name) and first_row(self.connection, "SELECT 1 FROM sources WHERE name = ?", [info.name]):
            return False
        row = (info.name, info.title, info.licence, info.url, info.rank, info.purpose, info.basis, info.expires)
        if first_row(self.connection, "SELECT * FROM sources WHERE name = ?", [info.name]) == row:
            return False
        self.connection.execute("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return True

    def count(self, source: str, table: str) -> int:
        """How many records of a table a source has."""
        return int(scalar(self.connection, f"SELECT count(*) FROM records.{quoted(table)} WHERE source = ?", [source]))

    def replace_table(self, records: RecordTable, *, allow_shrink: bool = False) -> bool:
        """Put a source's table in place of the one it had, and write down what changed (`graph.history`).

        Returns:
            False, and writes nothing, where the two are equal.

        Raises:
            ShrinkRefused: the new table has under half of the rows of the old one, and `allow_shrink` is not given.
        """
        before = self.count(records.source, records.table)
        if records.accepted * 2 < before and not allow_shrink:
            raise ShrinkRefused(f"{records.source}/{records.table}: {records.accepted} rows, but {before} were there; nothing was "
                                "loaded. If that is right, load with --allow-shrink")
        new_digest = content_digest(self.connection, records.rows)
        last = scalar(self.connection, "SELECT digest FROM loads WHERE source = ? AND tbl = ? ORDER BY rowid DESC LIMIT 1",
                      [records.source, records.table])
        if last == new_digest:
            return False
        load_id = uuid.uuid4().hex
        con = self.connection
        with lent(con, "incoming", records.rows):
            if before:
                write_changes(con, load_id, records.source, records.table)
            con.execute(f"DELETE FROM records.{quoted(records.table)} WHERE source = ?", [records.source])
            con.execute(f"INSERT INTO records.{quoted(records.table)} BY NAME SELECT ? AS source, ? AS load_id, * FROM incoming",
                        [records.source, load_id])
        con.execute("INSERT INTO loads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [load_id, records.source, records.table, list(records.files), now(), records.read, records.accepted,
                     records.rejected, new_digest, json.dumps(records.headers, ensure_ascii=False)])
        return True

    def log_run(self, command: str, parameters: dict[str, object], summary: str) -> None:
        """Append to the history of what was done with this workspace."""
        self.connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", [
            uuid.uuid4().hex, command, now(), self.meta("revision") or "", json.dumps(parameters, ensure_ascii=False), summary])


def content_digest(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> str:
    """A digest of a table's rows with the files and rows they came from."""
    with lent(connection, "digested", rows):
        return str(scalar(connection, "SELECT sha256(coalesce(string_agg(h, '' ORDER BY h), '')) "
                                      "FROM (SELECT sha256(to_json(d)::VARCHAR) AS h FROM digested d)"))
