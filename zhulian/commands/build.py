"""load and status: what goes into the workspace, and what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from graph.errors import WorkError
from graph.expiry import expired_sources
from graph.lookup import is_full_id
from graph.records import LoadReport
from graph.resolve import open_reviews
from graph.schema import EDGES, NODES, POOLS, TABLES
from graph.snapshot import Snapshot
from graph.sql import scalar
from graph.store import is_server
from graph.workspace import Workspace
from loaders.load import load as load_sources
from queries.results import frame_of
from zhulian.commands.common import DEFAULT_WORKSPACE, StoreOption, WorkspaceOption, console, notes, progress
from zhulian.headings import heading
from zhulian.output import check_target, escape, print_frame, write_frame
from zhulian.places import open_snapshot
from zhulian.review import record_names

if TYPE_CHECKING:
    import pandas as pd

_SHOWN_ISSUES = 10


def load(
    paths: Annotated[list[Path], typer.Argument(help="Folders (one source each) or files.")],
    source: Annotated[str | None, typer.Option(help="The source's name, in place of the folder's.")] = None,
    as_table: Annotated[str | None, typer.Option("--as", help="The table that the files hold: scientists, 企业 …")] = None,
    check: Annotated[bool, typer.Option("--check", help="Do all but write.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing, and fail, if a row is rejected.")] = False,
    allow_shrink: Annotated[bool, typer.Option("--allow-shrink", help="Let a table lose more than half of its rows.")] = False,
    issues: Annotated[Path | None, typer.Option(help="Write the row issues there (.csv, .xlsx, .json, .parquet).")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Load folders and files, build the graph, and report every row: read = accepted + rejected."""
    check_target(issues)
    with _opened(workspace, check) as opened, progress("loading"):
        report = load_sources(opened, paths, source=source, as_table=as_table, allow_shrink=allow_shrink, check=check, strict=strict)
    print_report(report)
    if issues is not None:
        write_frame(issue_frame(report), issues)
        notes().print(f"{len(report.issues)} issues → {issues}", markup=False)
    if strict and report.rejected:
        raise WorkError(f"{report.rejected} rows were rejected, and --strict was given: nothing was loaded")


@contextmanager
def _opened(path: Path, check: bool) -> Iterator[Workspace]:
    """The workspace; where there is none and nothing is to be written, one that goes again."""
    with TemporaryDirectory() as folder, Workspace(Path(folder, "check.duckdb") if check and not path.exists() else path) as opened:
        yield opened


def issue_frame(report: LoadReport) -> pd.DataFrame:
    """source, file, row, column, value, code, message (the contract's columns), rejected."""
    names = ("source", "file", "row", "column", "value", "code", "message", "rejected")
    return frame_of({n: [getattr(i, n) for i in report.issues] for n in names})


def print_report(report: LoadReport) -> None:
    """The report of a load: a line a table, then what was left alone and the first issues."""
    table = Table(pad_edge=False)
    for name, justify in (("source", "left"), ("table", "left"), ("read", "right"), ("accepted", "right"), ("rejected", "right"),
                          ("waiting", "right"), ("stubs", "right"), ("note", "left")):
        table.add_column(heading(name), justify="right" if justify == "right" else "left", overflow="fold")
    for line in report.tables:
        table.add_row(escape(line.source), line.table, *(str(n) for n in (line.read, line.accepted, line.rejected, line.waiting, line.stubs)),
                      "unchanged" if line.unchanged else "")
    total = [sum(getattr(t, n) for t in report.tables) for n in ("read", "accepted", "rejected", "waiting", "stubs")]
    table.add_section()
    table.add_row("total", "", *(str(n) for n in total), "")
    out = console()
    out.print(table)
    for line in report.tables:
        if line.recognised:
            out.print(f"{line.source}/{line.table}: understood {', '.join(line.recognised)}", markup=False)
        if line.unknown_columns:
            out.print(f"{line.source}/{line.table}: kept with the record, not understood: {', '.join(line.unknown_columns)}", markup=False)
        if line.refused_columns:
            out.print(f"{line.source}/{line.table}: refused as sensitive: {', '.join(line.refused_columns)}", markup=False)
    if report.waiting:
        out.print(f"waiting: {report.waiting} link rows of the workspace wait for what they name; they are built when it is loaded", markup=False)
    if report.ambiguous:
        out.print(f"waiting: {report.ambiguous} of them because a name could be several things: use ids, or give both records the same credit code",
                  markup=False)
    if total[-1]:
        out.print(f"stubs: {total[-1]} names that no table lists stand in the graph as stubs", markup=False)
    for note in report.notes:
        out.print(f"note: {note}", markup=False)
    for file, why in report.left_alone:
        out.print(f"left alone: {file}: {why}", markup=False)
    for issue in sorted(report.issues, key=lambda i: not i.rejected)[:_SHOWN_ISSUES]:
        where = f"{issue.source}/{issue.file}" + (f" row {issue.row}" if issue.row else "")
        word = "rejected" if issue.rejected else "note"
        out.print(f"{word}: {where}: {issue.column} {issue.value!r}: {issue.message} [{issue.code}]", markup=False)
    if len(report.issues) > _SHOWN_ISSUES:
        out.print(f"… {len(report.issues) - _SHOWN_ISSUES} more issues: --issues FILE.csv writes them all", markup=False)
    out.print(f"revision {report.revision}" + ("" if report.written else " (checked only: nothing was written)"), markup=False)


def status(store: StoreOption = None, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Kinds, counts, sources, last runs, open reviews."""
    snapshot = open_snapshot(workspace, store)
    out = console()
    out.print(f"{store or workspace}: revision {snapshot.revision}", markup=False)
    table = Table(*map(heading, ("kind", "label", "entities", "stubs")), pad_edge=False)
    for kind, label, entities, stubs in kind_counts(snapshot):
        table.add_row(kind, label, str(entities), str(stubs))
    table.add_section()
    for edge in EDGES.values():
        if count := snapshot.edges(edge.name).num_rows:
            table.add_row(edge.name, edge.label, str(count), "")
    out.print(table)
    if store is None or not is_server(store):
        _print_history(Path(store) if store else workspace)


def kind_counts(snapshot: Snapshot) -> list[tuple[str, str, int, int]]:
    """(kind, label, entities, stubs) of every kind that has any."""
    counted: dict[str, list[int]] = {}
    for pool in POOLS:
        for kind, stub in zip(snapshot.column(pool, "node_kind"), snapshot.column(pool, "stub"), strict=True):
            counted.setdefault(str(kind), [0, 0])[bool(stub)] += 1
    return [(t.kind, t.label, counted[t.kind][False], counted[t.kind][True]) for t in NODES.values() if t.kind in counted]


def _print_history(path: Path) -> None:
    out = console()
    with Workspace(path, read_only=True) as opened:
        con = opened.connection
        listed: list[tuple[str, int, str, int, int, str]] = []
        for name, rank, title in con.execute("SELECT name, rank, title FROM sources ORDER BY name").fetchall():
            counts = [n for t in TABLES if (n := opened.count(name, t))]
            last = scalar(con, "SELECT max(loaded_at) FROM loads WHERE source = ?", [name])
            listed.append((name, rank, title or "", len(counts), sum(counts), f"{last:%Y-%m-%d %H:%M}" if last else ""))
        columns = ("source", "trust", "title", "tables", "rows", "last_load")
        print_frame(frame_of({name: [row[i] for row in listed] for i, name in enumerate(columns)}), out)
        for line in _personal_data(opened):
            out.print(line, markup=False)
        runs = con.execute("SELECT command, run_at, summary FROM runs ORDER BY run_at DESC LIMIT 5").fetchall()
        names = record_names(opened, {word.strip(":,") for _, _, summary in runs for word in summary.split() if is_full_id(word)})
        for command, at, summary in runs:
            said = " ".join(word.replace(bare, names[bare]) if (bare := word.strip(":,")) in names else word for word in summary.split())
            out.print(f"{at:%Y-%m-%d %H:%M} UTC  {command}: {said}", markup=False)
        waiting = scalar(con, "SELECT count(DISTINCT (source, tbl, id)) FROM graph.unresolved WHERE outcome = 'waiting'")
        reviews = len(open_reviews(opened))
        how = " (zhulian resolve --review FILE.xlsx)" if reviews else ""
        out.print(f"waiting link rows: {waiting}; open reviews: {reviews}{how}", markup=False)


def _personal_data(workspace: Workspace) -> Iterator[str]:
    """What is to be said of sources that list people: purpose or basis not stated, and a day that is past."""
    for name, purpose, basis in workspace.connection.execute(
            "SELECT s.name, s.purpose, s.basis FROM sources s WHERE EXISTS (SELECT 1 FROM records.scientists r WHERE r.source = s.name) "
            "ORDER BY s.name").fetchall():
        if missing := [word for word, text in (("purpose", purpose), ("basis", basis)) if not text]:
            yield f"{name}: people are listed, and source.toml does not say {' and '.join(missing)}"
    for name, day in expired_sources(workspace):
        yield f"{name}: its personal data should not be kept after {day}: zhulian forget --expired removes it, a list that is loaded anew renews it"


def register(app: typer.Typer) -> None:
    app.command()(load)
    app.command()(status)
