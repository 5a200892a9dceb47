"""resolve: which records are the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.audit import user_name
from graph.errors import UsageError
from graph.ids import split_id
from graph.privacy import without_contacts
from graph.schema import NODES
from graph.workspace import Workspace
from queries.results import frame_of
from zhulian.commands.common import DEFAULT_WORKSPACE, WorkspaceOption, console, notes, steps
from zhulian.output import check_target, write_frame

if TYPE_CHECKING:
    import pandas as pd

    from graph.resolution.run import Membership
    from graph.resolve import Judgement
    from zhulian.review import Verdict

_SHOWN = 20


def resolve(
    review: Annotated[Path | None, typer.Option(help="Write the doubtful pairs there (.xlsx), for a person to decide.")] = None,
    apply: Annotated[Path | None, typer.Option(help="Read a person's verdicts from a review sheet.")] = None,
    clusters: Annotated[Path | None, typer.Option(help=
        "Write which record belongs to which entity (.csv, .xlsx, .json, .parquet). probability: of a merged record, that its best pair in the "
        "entity holds (1 where a person or an identifier joined it); of a single one, that no pair of its holds.")] = None,
    at: Annotated[float | None, typer.Option("--at", help="With --clusters: as a threshold of this probability would give, nothing changed.")] = None,
    undo: Annotated[str | None, typer.Option(help="Take back a judgement by its id (see show).")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Find which records are the same organisation, the same person; merge what is certain, ask about the rest."""
    _check_usage(review, apply, clusters, at, undo)
    from graph.resolution import run  # Splink and scipy are slow to import

    if at is not None and clusters is not None:
        with Workspace(workspace, read_only=True) as opened, steps() as tell:
            frame = membership_frame(run.clusters_at(opened, at, tell))
        write_frame(frame, clusters)
        notes().print(f"{_membership_words(frame)} at {at:g} → {clusters} (nothing was changed)", markup=False)
        return
    with Workspace(workspace) as opened:
        if undo is not None:
            _undo(opened, undo)
            return
        applied = _apply(opened, apply) if apply is not None else 0
        with steps() as tell:
            report = run.resolve(opened, tell)
        written = _write_review(opened, review) if review is not None else 0
        out = console()
        out.print(f"merged: {_counted(report.merged_records, 'record', 'records')} in {_counted(report.clusters, 'entity', 'entities')} "
                  "of several records", markup=False)
        out.print(f"open reviews: {report.open_reviews}" + (" (--review FILE.xlsx writes them)" if report.open_reviews and review is None else ""),
                  markup=False)
        if report.open_reviews:
            out.print(f"for an analysis that cannot wait for the review: --clusters FILE.csv --at {run.RECOMMENDED}", markup=False)
        news = f": {_counted(applied, 'verdict', 'verdicts')} applied" if applied else "" if report.appended else ": nothing new"
        out.print(f"revision {report.revision}{news}", markup=False)
        if review is not None and written:
            notes().print(f"{_counted(written, 'pair', 'pairs')} → {review}: choose a verdict in each row, then zhulian resolve --apply {review}",
                          markup=False)
        elif review is not None:
            notes().print(f"0 pairs wait for a verdict: {review} was not written", markup=False)
        if clusters is not None:
            frame = membership_frame(run.merged(opened))
            write_frame(frame, clusters)
            notes().print(f"{_membership_words(frame)} → {clusters}", markup=False)


def _write_review(workspace: Workspace, path: Path) -> int:
    from zhulian.review import write_review

    return write_review(workspace, path)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _membership_words(frame: pd.DataFrame) -> str:
    return f"{_counted(len(frame), 'record', 'records')} in {_counted(frame['entity_id'].nunique(), 'entity', 'entities')}"


def _check_usage(review: Path | None, apply: Path | None, clusters: Path | None, at: float | None, undo: str | None) -> None:
    check_target(clusters)
    if at is not None:
        if clusters is None or any(x is not None for x in (review, apply, undo)):
            raise UsageError("--at goes with --clusters FILE, and with nothing else: it changes nothing")
        if not 0 < at < 1:
            raise UsageError(f"--at is a probability between 0 and 1, not {at:g}")
    if undo is not None and any(x is not None for x in (review, apply, clusters)):
        raise UsageError("--undo stands alone")
    if review is not None:
        check_target(review)
        if review.suffix.lower() != ".xlsx":
            raise UsageError(f"{review}: a review sheet is an .xlsx file")


def _undo(workspace: Workspace, judgement_id: str) -> None:
    from graph.build import build
    from graph.resolve import undo as take_back
    from zhulian.review import record_names

    with workspace.transaction():
        made = take_back(workspace, judgement_id, who=user_name())
        report = build(workspace)
        workspace.log_run("resolve", {"undo": judgement_id}, f"{made.left} and {made.right}: {made.verdict}")
    names = record_names(workspace, (made.left, made.right))
    out = console()
    out.print(f"{names[made.left]} and {names[made.right]}: now {made.verdict}; revision {report.revision}", markup=False, soft_wrap=True)
    if made.verdict == "undone":
        out.print("what identifiers or the model say of the two counts again; the next zhulian resolve applies it", markup=False)


def _apply(workspace: Workspace, path: Path) -> int:
    """Take a sheet's verdicts, and tell each that is new. Returns how many are."""
    from graph.build import build
    from graph.resolve import REVIEW, Judgement, append, reviewed_pairs
    from zhulian.review import read_review

    in_force = reviewed_pairs(workspace)
    read = read_review(workspace, path)
    who = user_name()
    made = [Judgement(*_pair(v), v.verdict, 1.0, REVIEW, without_contacts(v.note), who) for v in read.verdicts]
    # A sheet may be applied again after more rows were filled in: what stands already is not said twice, and one undo is enough.
    new = [j for j in made if (old := in_force.get((j.left, j.right))) is None or old.verdict != j.verdict
           or (j.verdict == "unsure" and old.evidence != j.evidence)]
    with workspace.transaction():
        append(workspace, new)
        if new:
            build(workspace)
        workspace.log_run("resolve", {"apply": path.name}, f"{len(new)} verdicts")
    _tell_applied(workspace, new, len(made) - len(new))
    for line in read.vanished:
        notes().print(f"not taken: {line} (--review writes the sheet anew)", markup=False)
    return len(new)


def _tell_applied(workspace: Workspace, new: Sequence[Judgement], stood: int) -> None:
    """How many verdicts of each kind, and the first of them with the ids by which they can be taken back."""
    from zhulian.review import record_names

    out = console()
    counted = ", ".join(f"{sum(j.verdict == word for j in new)} {word}" for word in ("same", "different", "unsure"))
    out.print(f"verdicts taken: {counted}" + (f"; {stood} stood already" if stood else ""), markup=False)
    names = record_names(workspace, (record for j in new[:_SHOWN] for record in (j.left, j.right)))
    for j in new[:_SHOWN]:
        out.print(f"{j.judgement_id} {j.verdict}: {names[j.left]} and {names[j.right]}", markup=False, soft_wrap=True)
    if len(new) > _SHOWN:
        out.print(f"… {len(new) - _SHOWN} more: zhulian show {new[_SHOWN].left}", markup=False, soft_wrap=True)
    if new:
        out.print("to take one back: zhulian resolve --undo ID", markup=False)


def _pair(verdict: Verdict) -> tuple[str, str]:
    """The two records, the smaller id first, as judgements have them."""
    return (verdict.left, verdict.right) if verdict.left < verdict.right else (verdict.right, verdict.left)


def membership_frame(rows: list[Membership]) -> pd.DataFrame:
    """source, kind, record_id (as in the file), entity_id, probability."""
    parts = [split_id(row.record) for row in rows]
    return frame_of({
        "source": [p[0] for p in parts], "kind": [NODES[p[1]].kind for p in parts], "record_id": [p[2] for p in parts],
        "entity_id": [row.entity for row in rows], "probability": [row.probability for row in rows]})


def register(app: typer.Typer) -> None:
    app.command()(resolve)
