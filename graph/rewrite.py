"""A workspace file written anew, so that no freed block of it keeps what was taken out.

DuckDB marks the blocks of deleted rows as free and leaves their bytes. So the change is made in a copy, the copy's rows are written into a second,
fresh file, and that takes the place of the first by one rename: whenever the process ends, the path holds the old file or the new one.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from graph.errors import WorkspaceError
from graph.sql import quoted, scalar
from graph.workspace import Workspace

Result = TypeVar("Result")
ERASURE = "erasure"
"""The workspace's meta key for a mark of the last erasure: by it a publish sees that the server's files are still to be written over."""


def rewritten(path: Path | str, change: Callable[[Workspace], Result]) -> Result:
    """Change a workspace in one transaction and write its file anew; the caches made from the old one go.

    For a while the disk holds the file three times. The folder `<workspace>.rewriting`, which a killed process leaves behind, is deleted first.

    Args:
        path: the workspace file, which nobody else may have open.
        change: what to do, in a transaction; an exception leaves everything as it was.

    Returns:
        What `change` returns.

    Raises:
        WorkspaceError: there is no workspace, or it cannot be written.
        WorkspaceBusy: another process has it open.
    """
    path = Path(path)
    if not path.exists():
        raise WorkspaceError(f"{path}: there is no workspace")
    path = path.resolve()
    folder = path.with_name(path.name + ".rewriting")
    with Workspace(path) as old:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir()
            folder.chmod(0o700)
            copied(old, folder / "changing")
            with Workspace(folder / "changing") as changing:
                with changing.transaction():
                    result = change(changing)
                    changing.set_meta(ERASURE, uuid.uuid4().hex)
                copied(changing, folder / "fresh")
            (folder / "changing").unlink()
            shutil.copymode(path, folder / "fresh")
            # A log beside the old file would be read into the new one.
            old.connection.execute("CHECKPOINT")
            path.with_name(path.name + ".wal").unlink(missing_ok=True)
            _remove_caches(old)
            (folder / "fresh").replace(path)
            _synchronise(path.parent)
            _remove_caches(old)
        except OSError as error:
            raise WorkspaceError(f"{path}: cannot be written anew ({error.strerror or error})") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return result


def copied(workspace: Workspace, target: Path) -> None:
    """Write every table of a workspace, in its order of rows, into a new file."""
    con = workspace.connection
    location = str(target).replace("'", "''")
    con.execute(f"ATTACH '{location}' AS fresh_copy")
    con.execute(f"COPY FROM DATABASE {quoted(scalar(con, 'SELECT current_database()'))} TO fresh_copy")
    con.execute("DETACH fresh_copy")


def _remove_caches(workspace: Workspace) -> None:
    """The snapshots and indexes, and what DuckDB wrote aside when memory was short."""
    for folder in (workspace.cache_folder, workspace.path.with_name(workspace.path.name + ".tmp")):
        if folder.exists():
            shutil.rmtree(folder)


def _synchronise(folder: Path) -> None:
    """Make the rename last, whatever happens to the machine."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
