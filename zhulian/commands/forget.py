"""forget and audit: people who are to be removed, and who saw or removed personal data."""

from __future__ import annotations

import json
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from graph.audit import events
from graph.duckdb_store import DuckDBStore
from graph.errors import UsageError
from graph.expiry import expired_sources, forget_expired
from graph.forget import ForgetReport, find_target, lift
from graph.forget import forget as forget_people
from graph.identity import Target
from graph.ids import split_id
from graph.lookup import called_in_records
from graph.member_records import places
from graph.schema import NODES
from graph.snapshot import load_snapshot
from graph.workspace import Workspace
from queries.results import frame_of
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, WorkspaceOption, console, deliver, notes, steps
from zhulian.output import check_target

_SHOWN = 20


def forget(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="People: full ids, unambiguous ends of them, or unique names.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Only the record of that id, not the person's others: give a record's id.")] = False,
    expired: Annotated[bool, typer.Option("--expired", help="All people of the sources whose day (expires) is past.")] = False,
    lifted: Annotated[str | None, typer.Option("--lift", help="Let somebody come back: the token that forget printed, or the whole id.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Remove a person from records, history, graph and caches, and at the next publish from Neo4j; the file is written anew."""
    if sum((bool(ids), expired, lifted is not None)) != 1 or (record and not ids):
        raise UsageError("say whom to forget: ID… (with --record for one record alone), --expired, or --lift TOKEN")
    if lifted is not None:
        lift(workspace, lifted)
        console().print("lifted: the next load of a source that lists them brings them back", markup=False)
    elif expired:
        _expired(workspace, yes)
    else:
        _people(workspace, ids or [], record, yes)


def _expired(workspace: Path, yes: bool) -> None:
    out = console()
    with Workspace(workspace, read_only=True) as opened:
        found = expired_sources(opened)
    if not found:
        out.print("no source with people has a day that is past", markup=False)
        return
    for source, day in found:
        out.print(f"{source}: expired on {day}", markup=False)
    _ask(yes, f"remove the people of {len(found)} sources?")
    with steps() as tell:
        tell("writing the workspace anew")
        report = forget_expired(workspace)
    _counts(report.rows, "rows removed or emptied")
    out.print(f"revision {report.revision}", markup=False)


def _people(workspace: Path, ids: list[str], record: bool, yes: bool) -> None:
    with DuckDBStore(workspace) as store:
        snapshot = load_snapshot(store)
    with Workspace(workspace, read_only=True) as opened:
        snapshot.called_in_records = partial(called_in_records, opened)
        targets = [find_target(opened, snapshot, id_, one_record=record) for id_ in dict.fromkeys(ids)]
        _preview(opened, targets)
    _ask(yes, "remove them for good? (backups and files that were written before are not reached)")
    with steps() as tell:
        tell("writing the workspace anew")
        report = forget_people(workspace, targets)
    _print(report)


def _preview(workspace: Workspace, targets: list[Target]) -> None:
    out = console()
    for target in targets:
        where = places(workspace, target.records)
        out.print(f"{target.entity}: " + (f"{len(target.records)} records" if target.records else "mentioned only, or in the history"), markup=False)
        for id_ in target.records[:_SHOWN]:
            out.print(f"  {id_}  {where[id_].file} row {where[id_].row}", markup=False)


def _ask(yes: bool, question: str) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: say --yes")
    typer.confirm(question, abort=True)


def _print(report: ForgetReport) -> None:
    out = console()
    out.print(f"{len(report.records)} records removed: {', '.join(report.records[:_SHOWN])}" + (" …" if len(report.records) > _SHOWN else ""),
              markup=False)
    _counts(report.links, "links removed")
    _counts(report.mentions, "records with lists from which the name was taken")
    _counts(report.remaining, "records whose text still holds the name or a number (prose is not rewritten; it may mean a namesake)")
    for id_ in report.alike[:_SHOWN]:
        out.print(f"looks alike and stays: {id_} (if it is the same person: zhulian forget {id_})", markup=False)
    for token in report.tokens:
        out.print(f"a load will not bring them back; on request: zhulian forget --lift {token}", markup=False)
    out.print(f"revision {report.revision}", markup=False)
    notes().print("Neo4j is cleared by the next zhulian publish; backups, exported files and caches elsewhere are not reached (docs/PRIVACY.md)",
                  markup=False)


def _counts(found: Counter[str], what: str) -> None:
    for place, count in sorted(found.items()):
        console().print(f"{place}: {count} {what}", markup=False)


def audit(out: OutOption = None, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Who saw contact fields or removed people, when and for what: ids and fields, never values."""
    check_target(out)
    with Workspace(workspace, read_only=True) as opened:
        found = events(opened)
    columns = ("happened_at", "who", "command", "purpose", "detail", "event_id")
    frame = frame_of({c: [f"{e.happened_at:%Y-%m-%d %H:%M:%S}" if c == "happened_at" else getattr(e, c) for e in found] for c in columns})
    if out is None:
        frame = frame.drop(columns=["event_id"]).assign(detail=[detail_words(e.detail) for e in found])
    deliver(frame, out, "events")


def detail_words(detail: str) -> str:
    """The detail of an event (a JSON object) in words: `3 people, fields email, phone`. Somebody who was forgotten since
    stands there as a token."""
    said = json.loads(detail)
    parts = []
    for key, value in said.items():
        if key == "entities":
            kinds = Counter(NODES[split_id(id_)[1]].kind if "/" in id_ else "forgotten" for id_ in value)
            parts += [f"{n} {'person' if n == 1 else 'people'}" if kind == "scientist" else f"{n} {kind}" for kind, n in kinds.items()]
        elif isinstance(value, list):
            parts.append(f"{key} {', '.join(map(str, value))}")
        else:
            parts.append(f"{value} {key}")
    return ", ".join(parts)


def register(app: typer.Typer) -> None:
    app.command()(forget)
    app.command()(audit)
