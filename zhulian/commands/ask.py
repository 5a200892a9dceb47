"""match and gaps: the two main questions."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.errors import UsageError
from graph.lookup import short_ids
from queries.demands import Demand
from queries.gaps import find_gaps
from queries.match import Matcher
from queries.regions import RegionTree
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, StoreOption, WorkspaceOption, console, deliver, notes, progress
from zhulian.commands.unmask import PurposeOption, UnmaskOption, check_unmask, contacts_of
from zhulian.output import check_target
from zhulian.places import open_snapshot

_SHOWN_NOTES = 5
_WIDE = 120
"""Columns of a terminal from which contacts and reasons fit side by side."""
_ROWS, _ROWS_OF_MANY = 50, 10
"""Rows a region; on the terminal, where nobody named a region and there are many."""
_CONTACTS = ("phone", "email")
"""What a match-maker needs to write to somebody; with --unmask alone."""


def match(
    need: Annotated[list[str] | None, typer.Option("--need", help="Needs by id, or any unambiguous end of it.")] = None,
    text: Annotated[str | None, typer.Option(help="A need in words.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All open needs.")] = False,
    top: Annotated[int, typer.Option(help="Scientists a need; 0 gives all for whom anything speaks.")] = 10,
    out: OutOption = None,
    unmask: UnmaskOption = False,
    purpose: PurposeOption = None,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Who can meet this need, and why."""
    if sum((bool(need), text is not None, every)) != 1:
        raise UsageError("say what to match: one of --need ID…, --text TEXT, --all")
    if text is not None and not text.strip():
        raise UsageError("--text is empty: say what is needed")
    check_target(out)
    check_unmask(unmask, purpose, store)
    matcher = Matcher(open_snapshot(workspace, store))
    demands, skipped = ([Demand("text", text)], []) if text is not None else matcher.demands(need or None)
    if not demands:
        raise UsageError("there is no open need: load needs, name one by --need, or say it by --text")
    with progress("matching", len(demands)) as tell:
        result = matcher.match(demands, top=top, progress=tell)
    frame, far = result.frame(), 0
    shown = ["need_title", "rank", "scientist_name", "institution", "score", "reasons", "scientist_id"][text is not None:]
    if unmask:
        # Who shares no content with the need stands there to fill the list, and is nobody to be called.
        close = {m.scientist_id for m in result.matches if any(e.terms for e in m.evidence)}
        far = sum(m.scientist_id not in close for m in result.matches)
        found = contacts_of(workspace, store, close, purpose, "match", _CONTACTS)
        chosen = {(c.entity, c.property): c.value for c in found if c.chosen}
        for field in _CONTACTS:
            frame[f"scientist_{field}"] = [chosen.get((m.scientist_id, field), "") for m in result.matches]
            shown.append(f"scientist_{field}")
        if out is None and console().width < _WIDE:
            shown.remove("reasons")  # whole contacts leave no room for prose there
            notes().print("reasons: left out here (a wider terminal or --out shows them)", markup=False)
    if out is None:
        frame = frame[shown].replace({"scientist_id": short_ids(matcher.snapshot, frame["scientist_id"])})
    deliver(frame, out, "matches", once=("need_title",))
    say = notes()
    if far:
        say.print(f"{far} rows share no content with the need (无共同内容): their contact fields were not read", markup=False)
    answered = {m.need_id for m in result.matches}
    for demand in [d for d in demands if d.id not in answered][:_SHOWN_NOTES]:
        say.print(f"{demand.id}: nothing in the graph speaks for anyone", markup=False)
    names = matcher.snapshot.names_by_id("scientists") if result.excluded else {}
    for exclusion in result.excluded[:_SHOWN_NOTES]:
        person = exclusion.scientist_id
        say.print(f"{exclusion.need_id}: left out {names[person]} ({person}): {exclusion.rule}, {exclusion.note}", markup=False)
    if len(result.excluded) > _SHOWN_NOTES:
        say.print(f"… {len(result.excluded)} left out by a rule in all", markup=False)
    if skipped:
        say.print(f"{len(skipped)} needs are not open and were passed over (--need ID matches one all the same)", markup=False)


def gaps(
    region: Annotated[list[str] | None, typer.Option("--region", help="Codes, names or region groups: 50, 重庆市, CHUANYU.")] = None,
    chain: Annotated[list[str] | None, typer.Option("--chain", help="Chains by name or id: only what belongs to them.")] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="missing 补链, weak 强链, extension 延链.")] = None,
    top: Annotated[int | None, typer.Option(help="Rows a region; 0 gives every candidate. Without it 50; 10 where all regions are printed.")] = None,
    out: OutOption = None,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Where the industry chain is broken or weak, and what lies within reach."""
    check_target(out)
    snapshot = open_snapshot(workspace, store)
    with progress("regions") as tell:
        result = find_gaps(snapshot, regions=region or (), chains=chain or (), kinds=kind or (), top=_ROWS if top is None else top,
                           progress=lambda done, _: tell(done))
    frame = result.frame()
    cut = 0
    if out is None:
        if top is None and not region:
            frame = frame.groupby("region", sort=False).head(_ROWS_OF_MANY)
            cut = len(result.gaps) - len(frame)
        regions = RegionTree(snapshot)
        called = {code: f"{code} {regions.scope(code).name}" for code in frame["region"].unique()}
        frame = frame.drop(columns=["product_id", "path"]).replace({"region": called})
    deliver(frame, out, "gaps", once=("region", "kind", "status"))
    if cut:
        notes().print(f"the first {_ROWS_OF_MANY} of each region; {cut} more: --region or --top shows them, --out FILE writes them", markup=False)
    for note in result.notes:
        notes().print(note, markup=False)


def register(app: typer.Typer) -> None:
    app.command()(match)
    app.command()(gaps)
