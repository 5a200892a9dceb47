"""show: where one thing comes from, value by value, and why its records are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import AmbiguousId, UnknownId, WorkError, WorkspaceError
from graph.ids import split_id
from graph.member_records import Around, Joining, Member, model_words
from graph.names import name_key
from graph.provenance import MENTION, REFERENCE, Account, Provenance, account
from graph.schema import EDGES, KINDS, NODES, POOLS
from graph.snapshot import Snapshot
from graph.store import is_server
from graph.workspace import Workspace
from queries.results import frame_of, joined
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, WorkspaceOption, console, deliver, notes
from zhulian.commands.unmask import PurposeOption, UnmaskOption, check_unmask, contacts_of
from zhulian.output import check_target, print_frame
from zhulian.places import open_snapshot

if TYPE_CHECKING:
    import pandas as pd

_MOST_OF_A_PROPERTY, _MOST_RECORDS, _MOST_CANDIDATES, _NEAR = 12, 30, 20, 3
_LIKE_ENOUGH = 65
"""Of 100 (rapidfuzz's ratio: two of three characters): from there on a name is worth asking about."""


def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A full id, any unambiguous end of it, any of its records', or a unique name.")],
    out: OutOption = None,
    unmask: UnmaskOption = False,
    purpose: PurposeOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """One thing: its values with source, file and row, its records and why they are one, its neighbours."""
    check_target(out)
    check_unmask(unmask, purpose, None)
    snapshot = open_snapshot(workspace, None)
    entity = _found(snapshot, id_)
    with Workspace(workspace, read_only=True) as opened:
        found = account(opened, entity, edges=out is not None)
    if unmask:
        raw = {(c.record, c.property): c.value for c in contacts_of(workspace, None, [entity], purpose, "show")}
        told = [replace(row, value=raw.get((row.record, row.property), row.value)) for row in found.provenance]
        found = replace(found, provenance=told)
    if out is not None:
        deliver(provenance_frame([*found.provenance, *found.stated]), out, "values with their provenance")
    else:
        _print(found, snapshot)


def account_of(snapshot: Snapshot, id_: str, workspace: Path, store: str | None) -> Account | None:
    """The account, with its edges, of a thing in a snapshot.

    Returns:
        None where the snapshot is a server's and no workspace that can be read holds the same graph: the records are in workspaces alone.

    Raises:
        UnknownId: nothing, or more than one thing, has the id.
        WorkspaceError: the workspace that the snapshot was read from cannot be read any more.
    """
    served = store is not None and is_server(store)
    entity = snapshot.find(id_)[1]
    try:
        with Workspace(workspace if store is None or served else Path(store), read_only=True) as opened:
            return account(opened, entity, edges=True) if opened.meta("revision") == snapshot.revision else None
    except WorkspaceError:
        if served:
            return None
        raise


def _found(snapshot: Snapshot, wanted: str) -> str:
    """The entity of an id, or of an end of one.

    Raises:
        WorkError: nothing has it (what reads alike is named), or more than one thing has (they are printed).
    """
    try:
        return snapshot.find(wanted)[1]
    except AmbiguousId as error:
        candidates = _candidates(snapshot, wanted)
        print_frame(candidates.head(_MOST_CANDIDATES), console())
        raise WorkError(f"{wanted!r} could be {len(candidates)} things: give more of the id") from error
    except UnknownId as error:
        near = _near(snapshot, wanted)
        hint = f"near to it: {', '.join(near)}" if near else "give an id (source/table/id, or the end of one) or a whole name"
        raise WorkError(f"{error}; {hint}") from error


def _candidates(snapshot: Snapshot, wanted: str) -> pd.DataFrame:
    """What an end of an id, or a name, could be: by id where an id ends so, else by name."""
    every = [(id_, str(kind), name, [id_, *records] if isinstance(records, list) else [id_]) for pool in POOLS for id_, kind, name, records in zip(
        snapshot.ids(pool), snapshot.column(pool, "node_kind"), snapshot.names(pool), snapshot.column(pool, "records"), strict=True)]
    ends = [row for row in every if any(record.endswith(f"/{wanted}") for record in row[3])]
    rows = sorted(row[:3] for row in ends or [row for row in every if name_key(row[2]) == name_key(wanted)])
    bodies, at = snapshot.names_by_id("organisations"), snapshot.targets("affiliations")
    return frame_of({"id": [r[0] for r in rows], "kind": [r[1] for r in rows], "name": [r[2] for r in rows],
                     "institution": [", ".join(bodies[i] for i in at.get(r[0], [])) for r in rows]})


def _near(snapshot: Snapshot, wanted: str) -> list[str]:
    """Names that hold the wanted words, or read alike, with their ids."""
    from rapidfuzz import fuzz, process  # needed only where nothing was found

    names = {name: id_ for pool in POOLS for id_, name in snapshot.names_by_id(pool).items()}
    holding = sorted((name for name in names if wanted in name), key=lambda name: (len(name), name))[:_NEAR]
    alike = [name for name, _, _ in process.extract(wanted, names.keys(), scorer=fuzz.ratio, limit=_NEAR, score_cutoff=_LIKE_ENOUGH)]
    return [f"{name} ({names[name]})" for name in list(dict.fromkeys([*holding, *alike]))[:_NEAR]]


def provenance_frame(rows: Iterable[Provenance]) -> pd.DataFrame:
    """Provenance as a table: the columns of `Provenance` in their order, values as text."""
    rows = list(rows)
    return frame_of({f.name: [_cell(f.name, getattr(row, f.name)) for row in rows] for f in fields(Provenance)})


def _cell(name: str, value: object) -> object:
    if name == "loaded_at":
        return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}"
    if name == "value":
        return _text(value)
    return joined(value) if isinstance(value, tuple) else value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _print(found: Account, snapshot: Snapshot) -> None:
    """An account for people: tables for values, records, judgements, what stayed open, and neighbours."""
    out = console()
    table = KINDS[found.kind]
    out.print(f"{table.label} {found.title}  {found.entity}", markup=False, style="bold")
    if found.stub:
        out.print("mentioned only, without a record of its own: the cells that mention it", markup=False)
    print_frame(_facts(found, snapshot), out)
    if len(found.members) > 1:
        print_frame(_members(found.members), out, f"{len(found.members)} records")
    if found.joinings:
        print_frame(_joinings(found.joinings), out, "why they are one, and what was kept apart")
    if unresolved := [row for row in found.provenance if row.outcome not in ("", "resolved") and row.rule != MENTION]:
        print_frame(frame_of({"property": [r.property for r in unresolved], "value": [_text(r.value) for r in unresolved],
                              "outcome": [r.outcome for r in unresolved], "could be": [", ".join(r.candidates[:5]) for r in unresolved]}),
                    out, "references that stayed open")
    if found.around:
        print_frame(_around(found.around), out, "neighbours")


def _facts(found: Account, snapshot: Snapshot) -> pd.DataFrame:
    """The values, at most so many of a property, each with what became of it and where it stands."""
    labels = {p.name: p.label for table in (*POOLS[found.pool], KINDS[found.kind]) for p in table.properties}
    seen: Counter[str] = Counter()
    shown: list[Provenance] = []
    for row in found.provenance:
        seen[row.property] += 1
        if seen[row.property] <= _MOST_OF_A_PROPERTY:
            shown.append(row)
    for name, count in seen.items():
        if count > _MOST_OF_A_PROPERTY:
            notes().print(f"{name}: {_MOST_OF_A_PROPERTY} of {count} values shown; --out FILE writes them all", markup=False)
    chosen = {(r.property, r.value) for r in found.provenance if r.chosen}
    names = {id_: name for pool in {NODES[split_id(r.means)[1]].pool for r in shown if r.means} for id_, name in snapshot.names_by_id(pool).items()}
    return frame_of({
        "property": [f"{r.property} {labels[r.property]}" if r.property in labels else r.property for r in shown],
        "value": [_meaning(r, names) if r.means and r.rule == REFERENCE else _text(r.value) for r in shown],
        "": ["chosen" if r.chosen else "same" if (r.property, r.value) in chosen or r.origin else "other" for r in shown],
        "rule": [r.rule for r in shown], "source": [r.source for r in shown], "file": [r.file for r in shown], "row": [str(r.row) for r in shown],
        "loaded at (UTC)": ["" if r.loaded_at is None else f"{r.loaded_at:%Y-%m-%d %H:%M}" for r in shown]})


def _meaning(row: Provenance, names: dict[str, str]) -> str:
    """A reference with what it means: `JG001 → 渝江理工大学 keji/institutions/JG001`."""
    name = names.get(row.means, "")
    return f"{_text(row.value)} → {row.means}" if name in ("", row.value) else f"{_text(row.value)} → {name} {row.means}"


def _members(members: list[Member]) -> pd.DataFrame:
    shown = members[:_MOST_RECORDS]
    return frame_of({"record": [m.record for m in shown], "called": [m.title for m in shown], "rank": [m.rank for m in shown],
                     "file": [m.place.file for m in shown], "row": [str(m.place.row) for m in shown]})


def _joinings(joinings: list[Joining]) -> pd.DataFrame:
    shown = joinings[:_MOST_RECORDS]
    return frame_of({"left": [j.left for j in shown], "right": [j.right for j in shown], "verdict": [j.verdict for j in shown],
                     "method": [j.method for j in shown], "score": [j.score for j in shown],
                     "evidence": [model_words(j.evidence) or j.evidence for j in shown],
                     "who": [j.who for j in shown], "judgement": [j.judgement_id for j in shown]})


def _around(around: list[Around]) -> pd.DataFrame:
    return frame_of({"edge": [f"{a.edge} {EDGES[a.edge].label}" for a in around], "": ["→" if a.outward else "←" for a in around],
                     "kind": [a.kind for a in around], "count": [a.count for a in around]})


def register(app: typer.Typer) -> None:
    app.command()(show)
