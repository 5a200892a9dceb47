"""history: what the loads of a source changed."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from graph.errors import UsageError
from graph.history import ADDED, CHANGED, EXTRA, REMOVED, Change, changes
from graph.schema import TABLES, columns
from graph.workspace import Workspace
from queries.results import frame_of
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, WorkspaceOption, console, deliver, notes
from zhulian.output import check_target, print_frame

_COLUMNS = ("loaded_at", "source", "table", "id", "change", "property", "before", "after", "load")
_SHOWN = 50


def history(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The source's name, as `zhulian status` lists it.")],
    table: Annotated[str | None, typer.Option("--table", help="One table alone: scientists, 企业 …")] = None,
    load: Annotated[str | None, typer.Option("--load", help="That load of each table (1 is the first), or `last`; all without it.")] = None,
    out: OutOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """What changed between the loads of a source: rows added, changed and removed."""
    check_target(out)
    if load is not None and load != "last" and not load.isdecimal():
        raise UsageError(f"--load is the number of a load, or last, not {load!r}")
    with Workspace(workspace, read_only=True) as opened:
        found = changes(opened, source, table=table, load=int(load) if load and load != "last" else None, last=load == "last")
    if out is not None:
        deliver(frame_of({c: [_cell(change, c) for change in found] for c in _COLUMNS}), out, "changes")
        return
    if not found:
        notes().print(f"{source}: no load changed anything after the first", markup=False)
        return
    _print_counts(found)
    deliver(frame_of({c: [_printed(change, c) for change in found[-_SHOWN:]] for c in _COLUMNS if c not in ("source", "load")}), None, "changes",
            once=("loaded_at", "table"))
    if len(found) > _SHOWN:
        notes().print(f"the last {_SHOWN} of {len(found)}: --out FILE writes them all", markup=False)


def _cell(change: Change, column: str) -> object:
    return f"{change.loaded_at:%Y-%m-%d %H:%M:%S}" if column == "loaded_at" else getattr(change, column)


def _printed(change: Change, column: str) -> object:
    """A cell for people: choices in Chinese; of columns beyond the schema it is said why no values stand there."""
    if change.property == EXTRA:
        return {"property": "表外的列", "after": "（有变化，内容不入历史）"}.get(column, _cell(change, column))
    value = _cell(change, column)
    if column not in ("before", "after") or change.change != CHANGED:
        return value
    choices = next((p.choices for p in columns(TABLES[change.table]) if p.name == change.property), {})
    return next(iter(choices.get(str(value), ())), value)


def _print_counts(found: list[Change]) -> None:
    """A line for each load: rows added, changed and removed."""
    rows: Counter[tuple[object, ...]] = Counter()
    for change, _ in {((c.loaded_at, c.table, c.load, c.change), c.id): None for c in found}:
        rows[change] += 1
    loads = sorted({(c.loaded_at, c.table, c.load) for c in found})
    columns: dict[str, list[object]] = {name: [load[i] for load in loads] for i, name in enumerate(("loaded_at", "table", "load"))}
    columns["loaded_at"] = [f"{at:%Y-%m-%d %H:%M:%S}" for at, _, _ in loads]
    print_frame(frame_of(columns | {f"rows_{change}": [rows[*load, change] for load in loads] for change in (ADDED, CHANGED, REMOVED)}), console())


def register(app: typer.Typer) -> None:
    app.command()(history)
