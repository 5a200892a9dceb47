"""federate: what two sources have of each other, where they disagree, and what to send to the other side."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import UsageError
from graph.federation.run import Federation
from graph.federation.run import federate as compare
from graph.workspace import Workspace
from queries.results import frame_of
from views.federation import write_federation
from views.words import Words
from zhulian.commands.common import DEFAULT_WORKSPACE, WorkspaceOption, console, notes, steps
from zhulian.commands.unmask import PurposeOption, UnmaskOption, check_unmask
from zhulian.federation import NO_FULL_LIST, PENDING, UNKNOWN, check_out, folder_for, is_book, lone_file, newer_of, write_book, write_folder
from zhulian.output import print_frame

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 15
SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="A source's name, as `zhulian status` lists it.")]


def federate(
    first: SourceArgument,
    second: SourceArgument,
    out: Annotated[Path | None, typer.Option("--out", help="A folder to write (tables, index.html, what to send), or one workbook (.xlsx).")] = None,
    language: Annotated[str, typer.Option("--language", help="zh or en, of the page.")] = "zh",
    unmask: UnmaskOption = False,
    purpose: PurposeOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Two sources: how much of each is in the other, who is only in one, which fields disagree, and what to send to the other side.

    With --unmask: the tables to send have the contact fields, which are empty there else; everything else stays masked.
    """
    check_unmask(unmask, purpose, None)
    if unmask and out is None:
        raise UsageError("--unmask is for the tables to send: say where to write them with --out")
    check_out(out)
    words = Words(language)
    # A workspace is made by opening it for writing: one that is not there is for the reader to refuse.
    with Workspace(workspace, read_only=not unmask or not workspace.exists()) as opened, steps() as tell:
        tell("comparing")
        made = compare(opened, first, second, purpose=purpose)
    _print(made)
    if out is None:
        notes().print("--out DIR writes who is only in one, every difference, and the tables to send; --out FILE.xlsx the same as one workbook",
                      markup=False)
    elif is_book(out):
        write_book(out, made)
        notes().print(f"{first} and {second} → {out}", markup=False)
    else:
        write_folder(out, made)
        page = write_federation(out, made, words, files={
            "overview": "overview.csv", "only_first": lone_file(made.first), "only_second": lone_file(made.second), "differences": "differences.csv",
            "pending": PENDING, "for_first": folder_for(made.first), "for_second": folder_for(made.second)})
        notes().print(f"{first} and {second} → {page}", markup=False)


def _print(made: Federation) -> None:
    """A summary for people that fits a terminal of 80 columns: what the files hold row by row, in counts."""
    out = console()
    unlike = Counter(d.table for d in made.differences)
    out.print(f"A = {made.first.name}, B = {made.second.name}", markup=False)
    print_frame(frame_of({
        "table": [o.table for o in made.overview], "in A": [o.in_first for o in made.overview], "in B": [o.in_second for o in made.overview],
        "in both": [o.in_both for o in made.overview], "of A": [_percent(o.share_of_first) for o in made.overview],
        "of B": [_percent(o.share_of_second) for o in made.overview], "differences": [unlike[o.table] for o in made.overview]}), out)
    out.print("counted: things and links, each once however many rows it has", markup=False)
    if made.doubts:
        out.print(f"open reviews between the two: {len(made.doubts)}; their answers change the figures (zhulian resolve --review FILE.xlsx)",
                  markup=False)
    if made.differences:
        frame = unlike_frame(made)
        print_frame(frame.head(_SHOWN), out, f"{len(made.differences)} fields disagree")
        if len(frame) > _SHOWN:
            out.print(f"… and {frame['count'].iloc[_SHOWN:].sum()} in {len(frame) - _SHOWN} other properties", markup=False)
    sent = [(to, t.table, t.new, len(t.rows) - t.new) for to, tables in (("A", made.for_first), ("B", made.for_second)) for t in tables]
    if sent:
        names = ("to", "table", "new", "completed")
        contacts = "contact fields as they came" if made.unmasked else "contact fields empty"
        print_frame(frame_of({name: [row[i] for row in sent] for i, name in enumerate(names)}), out, f"to send ({contacts})")
        out.print(NO_FULL_LIST[1], markup=False)
    if made.waiting_for_first or made.waiting_for_second:
        out.print(f"not sent before they are reviewed ({PENDING}): {len(made.waiting_for_first)} to A, {len(made.waiting_for_second)} to B",
                  markup=False)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def unlike_frame(made: Federation) -> pd.DataFrame:
    """table, property, count, newer in A, newer in B, unknown: the disagreements counted, the most frequent first."""
    counted: Counter[tuple[str, str]] = Counter()
    newer: Counter[tuple[str, str, str]] = Counter()
    for d in made.differences:
        counted[d.table, d.property] += 1
        newer[d.table, d.property, newer_of(made, d)] += 1
    rows = counted.most_common()
    sides = {"newer in A": made.first.name, "newer in B": made.second.name, UNKNOWN: UNKNOWN}
    return frame_of({
        "table": [table for (table, _), _ in rows], "property": [name for (_, name), _ in rows], "count": [n for _, n in rows],
        **{column: [newer[(*key, side)] for key, _ in rows] for column, side in sides.items()}})


def register(app: typer.Typer) -> None:
    app.command()(federate)
