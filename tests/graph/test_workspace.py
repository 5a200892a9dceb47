"""The workspace file: opened, refused, kept whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from graph.duckdb_store import DuckDBStore
from graph.errors import ShrinkRefused, WorkspaceBusy, WorkspaceError
from graph.records import RecordTable, SourceInfo, record_schema
from graph.schema import TABLES
from graph.workspace import FORMAT, Workspace, content_digest

ROOT = Path(__file__).parents[2]


def people(source: str, *names: str) -> RecordTable:
    rows = [{"id": str(i), "name": name, "file": "t.csv", "row": i + 2, "raw": "{}"} for i, name in enumerate(names)]
    return RecordTable(source, "scientists", pa.Table.from_pylist(rows, schema=record_schema("scientists")), ("t.csv",), len(names))


def names(workspace: Workspace) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = workspace.connection.execute("SELECT source, name FROM records.scientists ORDER BY ALL").fetchall()
    return found


def test_a_new_workspace_has_every_table_and_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "甲 库's.duckdb"
    with Workspace(path) as workspace:
        assert workspace.replace_table(people("s", "a"))
        found = workspace.connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'records'").fetchall()
        assert {row[0] for row in found} == set(TABLES)
    with Workspace(path, read_only=True) as workspace:
        assert names(workspace) == [("s", "a")]
    assert workspace.cache_folder == tmp_path / "甲 库's.duckdb.cache"


def test_what_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="there is no workspace; load something first"):
        Workspace(tmp_path / "none.duckdb", read_only=True)
    assert not (tmp_path / "none.duckdb").exists()
    with pytest.raises(WorkspaceError, match="there is no such folder"):
        Workspace(tmp_path / "no" / "w.duckdb")
    (tmp_path / "text.duckdb").write_text("words " * 1000)
    with pytest.raises(WorkspaceError, match="not a workspace") as caught:
        Workspace(tmp_path / "text.duckdb")
    assert "\n" not in str(caught.value)
    duckdb.connect(str(tmp_path / "other.duckdb")).execute("CREATE TABLE mine (x INTEGER)").close()
    with pytest.raises(WorkspaceError, match="not a zhulian workspace"):
        Workspace(tmp_path / "other.duckdb")
    with pytest.raises(WorkspaceError, match=r"cannot be opened|not a workspace"):
        Workspace(tmp_path)


def test_another_version_is_refused(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.duckdb") as workspace:
        workspace.set_meta("format", "0")
    with pytest.raises(WorkspaceError, match="workspace format 0"):
        Workspace(tmp_path / "w.duckdb")


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    holding = "import sys; from graph.workspace import Workspace; w = Workspace(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holding, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(WorkspaceBusy, match="another process has this workspace open"):
            Workspace(path)
        with pytest.raises(WorkspaceBusy, match="another process has this workspace open"):
            DuckDBStore(path)
        process.communicate("")
    Workspace(path).close()


def test_readers_read_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    Workspace(path).close()
    reading = "import sys; from graph.workspace import Workspace; w = Workspace(sys.argv[1], read_only=True); print(w.meta('format'))"
    with Workspace(path, read_only=True):
        done = subprocess.run([sys.executable, "-c", reading, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{FORMAT}\n"


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.duckdb") as workspace:
        def interrupted() -> None:
            with workspace.transaction():
                workspace.replace_table(people("s", "a"))
                raise KeyboardInterrupt

        def broken() -> None:
            with workspace.transaction():
                workspace.replace_table(people("s", "a"))
                workspace.connection.execute("SELECT no_such_column FROM meta")

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        with pytest.raises(duckdb.Error, match="no_such_column"):
            broken()
        assert names(workspace) == []
        with workspace.transaction(commit=False):
            workspace.replace_table(people("s", "a"))
            assert names(workspace) == [("s", "a")]
        assert names(workspace) == []
        with workspace.transaction():
            workspace.replace_table(people("s", "a"))
        assert names(workspace) == [("s", "a")]


def test_a_table_of_a_source_is_replaced_and_others_stay(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.duckdb") as workspace:
        assert workspace.replace_table(people("s", "a", "b"))
        assert workspace.replace_table(people("o'brien", "a"))
        assert not workspace.replace_table(people("s", "a", "b"))
        assert workspace.replace_table(people("s", "c"))
        assert names(workspace) == [("o'brien", "a"), ("s", "c")]
        assert (workspace.count("s", "scientists"), workspace.count("s", "works"), workspace.count("none", "scientists")) == (1, 0, 0)


def test_shrinking_to_exactly_half_is_allowed_and_to_less_is_not(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.duckdb") as workspace:
        workspace.replace_table(people("s", *"abcd"))
        with pytest.raises(ShrinkRefused, match="1 rows, but 4 were there"):
            workspace.replace_table(people("s", "a"))
        assert len(names(workspace)) == 4
        assert workspace.replace_table(people("s", *"ab"))
        assert workspace.replace_table(people("s"), allow_shrink=True)
        assert names(workspace) == []


def test_a_source_says_something_new_or_not(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.duckdb") as workspace:
        assert workspace.put_source(SourceInfo("s", rank=3, purpose="对接"))
        assert not workspace.put_source(SourceInfo("s", rank=3, purpose="对接"))
        assert workspace.put_source(SourceInfo("s", rank=4, purpose="对接"))
        assert workspace.connection.execute("SELECT name, rank, purpose FROM sources").fetchall() == [("s", 4, "对接")]


def test_a_digest_is_of_what_the_rows_say_whatever_their_order() -> None:
    with duckdb.connect() as con:
        table = people("s", "a", "b", "c").rows
        assert content_digest(con, table) == content_digest(con, table.take([2, 0, 1]))
        assert content_digest(con, table) != content_digest(con, table.slice(1))
        assert content_digest(con, table) != content_digest(con, people("s", "a", "b", "d").rows)
        assert content_digest(con, table.slice(0, 0)) == content_digest(con, people("s").rows)


def test_runs_are_logged(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.duckdb") as workspace:
        workspace.log_run("match", {"need": "甲's"}, "3 matches")
        assert workspace.connection.execute("SELECT command, revision, parameters, summary FROM runs").fetchall() == [
            ("match", "", '{"need": "甲\'s"}', "3 matches")]
