"""show: where one thing comes from, value by value, and why its records are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import WorkspaceError
from graph.ids import split_id
from graph.lookup import short_ids
from graph.member_records import Around, Member, evidence_object, model_words
from graph.provenance import MENTION, REFERENCE, Account, Provenance, account
from graph.resolve import MODEL
from graph.schema import EDGES, KINDS, NODES, POOLS
from graph.snapshot import Snapshot
from graph.store import is_server
from graph.workspace import Workspace
from queries.results import frame_of, joined
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, WorkspaceOption, console, deliver, notes
from zhulian.commands.unmask import PurposeOption, UnmaskOption, check_unmask, contacts_of
from zhulian.headings import CHOSEN, OTHER, RULES, SAME
from zhulian.output import check_target, place, print_frame
from zhulian.places import open_snapshot
from zhulian.widths import LINES, width_of

if TYPE_CHECKING:
    import pandas as pd

_MOST_OF_A_PROPERTY, _MOST_RECORDS = 12, 30
_PROSE = 48
"""A value that is wider than so many columns of the terminal is printed below the table."""


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
    entity = snapshot.find(id_)[1]
    with Workspace(workspace, read_only=True) as opened:
        found = account(opened, entity, edges=out is not None)
    raw: dict[tuple[str, str], str] = {}
    if unmask:
        raw = {(c.record, c.property): c.value for c in contacts_of(workspace, None, [entity], purpose, "show")}
        told = [replace(row, value=raw.get((row.record, row.property), row.value)) for row in found.provenance]
        found = replace(found, provenance=told)
    if out is not None:
        deliver(provenance_frame([*found.provenance, *found.stated]), out, "values with their provenance")
    else:
        _print(found, snapshot, {*raw.values()})


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


def _print(found: Account, snapshot: Snapshot, contacts: Collection[str]) -> None:
    """An account for people: tables for values (those of contacts never folded), records, judgements, what stayed open, and neighbours."""
    out = console()
    table = KINDS[found.kind]
    out.print(f"{table.label} {found.title}  {found.entity}", markup=False, style="bold")
    if found.stub:
        out.print("mentioned only, without a record of its own: the cells that mention it", markup=False)
    _print_facts(found, snapshot, contacts)
    if len(found.members) > 1:
        print_frame(_members(found.members), out, f"{len(found.members)} records")
    if found.joinings:
        print_frame(_joinings(found), out, "why they are one, and what was kept apart", once=("verdict", "method", "who"))
    if unresolved := [row for row in found.provenance if row.outcome not in ("", "resolved") and row.rule != MENTION]:
        labels = _labels(found)
        print_frame(frame_of({"property": [labels.get(r.property, r.property) for r in unresolved], "value": [_text(r.value) for r in unresolved],
                              "outcome": [r.outcome for r in unresolved], "candidates": ["\n".join(r.candidates[:LINES]) for r in unresolved]}),
                    out, "references that stayed open")
    if found.around:
        print_frame(_around(found.around), out, "neighbours")


def _labels(found: Account) -> dict[str, str]:
    return {p.name: p.label for table in (*POOLS[found.pool], KINDS[found.kind]) for p in table.properties}


def _print_facts(found: Account, snapshot: Snapshot, contacts: Collection[str]) -> None:
    """The values, at most so many of a property, each with what became of it and where it stands; prose below the table, in full."""
    out, labels = console(), _labels(found)
    choices = {p.name: p.choices for p in KINDS[found.kind].properties}
    seen: Counter[str] = Counter()
    shown: list[Provenance] = []
    for row in found.provenance:
        seen[row.property] += 1
        if seen[row.property] <= _MOST_OF_A_PROPERTY:
            shown.append(row)
    for name, count in seen.items():
        if count > _MOST_OF_A_PROPERTY:
            notes().print(f"{labels.get(name, name)}: {_MOST_OF_A_PROPERTY} of {count} values shown; --out FILE writes them all", markup=False)
    chosen = {(r.property, r.value) for r in found.provenance if r.chosen}
    names = {id_: name for pool in {NODES[split_id(r.means)[1]].pool for r in shown if r.means} for id_, name in snapshot.names_by_id(pool).items()}
    short = short_ids(snapshot, {r.means for r in shown if r.means})
    cells = [(labels.get(r.property, r.property), _meaning(r, names, short) if r.means and r.rule == REFERENCE else _word(r, choices),
              CHOSEN if r.chosen else SAME if (r.property, r.value) in chosen or r.origin else OTHER, RULES[r.rule], place(r.source, r.file, r.row))
             for r in shown]
    table = [cell for cell in cells if width_of(cell[1]) <= _PROSE]
    print_frame(frame_of({name: [cell[i] for cell in table] for i, name in enumerate(("property", "value", "choice", "rule", "place"))}),
                out, once=("choice", "rule", "place"), whole=contacts)
    for name, value, *told in cells:
        if width_of(value) > _PROSE:
            out.print(f"{name} ({' · '.join(told)}): {value}", markup=False, soft_wrap=True)
    out.print("loaded (UTC): " + "; ".join(_loaded(found.provenance)), markup=False, soft_wrap=True)


def _word(row: Provenance, choices: Mapping[str, Mapping[str, tuple[str, ...]]]) -> str:
    """A value as text: one of declared choices in Chinese where it has a Chinese form (open: 开放)."""
    text = _text(row.value)
    return next(iter(choices.get(row.property, {}).get(text, ())), text)


def _loaded(rows: Iterable[Provenance]) -> list[str]:
    """When each source was loaded; its files one by one where they were loaded apart."""
    at: dict[str, dict[str, list[str]]] = {}
    for r in rows:
        if r.loaded_at is not None:
            files = at.setdefault(r.source, {}).setdefault(f"{r.loaded_at:%Y-%m-%d %H:%M}", [])
            files.extend([r.file] if r.file not in files else [])
    return [f"{source} {time}" if len(times) == 1 else f"{source} {', '.join(files)} {time}"
            for source, times in at.items() for time, files in times.items()]


def _meaning(row: Provenance, names: dict[str, str], short: dict[str, str]) -> str:
    """A reference with what it means, by name and id where the value itself is neither: `JG001 → 渝江理工大学`, `储能材料 → YL012`."""
    value, name = _text(row.value), names.get(row.means, "")
    told = [name] if name not in ("", value) else []
    if not row.means.endswith(f"/{value}"):
        told.append(short[row.means])
    return " ".join((f"{value} →", *told)) if told else value


def _members(members: list[Member]) -> pd.DataFrame:
    shown = members[:_MOST_RECORDS]
    return frame_of({"number": list(range(1, len(shown) + 1)), "record": [m.record for m in shown], "called": [m.title for m in shown],
                     "trust": [m.rank for m in shown], "place": [place("", m.place.file, m.place.row) for m in shown]})


def _joinings(found: Account) -> pd.DataFrame:
    """The judgements; a record of the thing is named by its number in the table of records, another by its id."""
    shown = found.joinings[:_MOST_RECORDS]
    number = {m.record: str(i) for i, m in enumerate(found.members[:_MOST_RECORDS], start=1)} if len(found.members) > 1 else {}
    return frame_of({"pair": [" · ".join(number.get(record, record) for record in (j.left, j.right)) for j in shown],
                     "verdict": [j.verdict for j in shown], "method": [f"{j.method} {j.score:g}" if j.method == MODEL else j.method for j in shown],
                     "evidence": [_evidence(j.evidence) for j in shown], "who": [j.who for j in shown],
                     "judgement": [j.judgement_id for j in shown]})


def _evidence(evidence: str) -> str:
    """Evidence in words: what the model said, `orcid 0000000000040054`, or a person's note."""
    if (words := model_words(evidence)) is not None:
        return words
    said = evidence_object(evidence)
    return evidence if said is None else "; ".join(f"{key} {value}" for key, value in said.items())


def _around(around: list[Around]) -> pd.DataFrame:
    return frame_of({"edge": [EDGES[a.edge].label for a in around], "direction": ["→" if a.outward else "←" for a in around],
                     "kind": [KINDS[a.kind].label for a in around], "count": [a.count for a in around]})


def register(app: typer.Typer) -> None:
    app.command()(show)
