"""What the commands share: their options, consoles and progress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from zhulian.output import print_frame, write_frame

if TYPE_CHECKING:
    import pandas as pd

WorkspaceOption = Annotated[Path, typer.Option("--workspace", envvar="ZHULIAN_WORKSPACE", help="The workspace file.")]
StoreOption = Annotated[str | None, typer.Option("--store", help="Read the graph there: a workspace file or bolt://host:7687.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Write there: .csv, .xlsx, .json or .parquet. Without it a table is printed.")]
PairingOption = Annotated[str, typer.Option("--pairing", help="What is matched with what: experts, chiefs, mentors, lecturers, stations, "
                                                              "societies, parks, policies, funds.")]
DEFAULT_WORKSPACE = Path("zhulian.duckdb")


def console() -> Console:
    """Where results are printed. Made when needed, so that it writes to the stdout of the moment."""
    return Console(highlight=False)


def notes() -> Console:
    """Where remarks are printed, apart from results."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def deliver(frame: pd.DataFrame, out: Path | None, what: str, *, once: Collection[str] = ()) -> None:
    """Write a result where it was asked for, and say so, or print it (`once`: see `print_frame`)."""
    if out is None:
        print_frame(frame, console(), once=once)
    else:
        write_frame(frame, out)
        notes().print(f"{len(frame)} {what} → {out}", markup=False)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere; yields what is told how much is done."""
    terminal = notes()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """What is being done, on a terminal; nothing elsewhere."""
    terminal = notes()
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda step: bar.update(task, description=step)
