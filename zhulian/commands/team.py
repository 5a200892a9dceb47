"""team: few people who together cover what a need or study asks."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.errors import UsageError, WorkError
from graph.lookup import short_ids
from queries.demands import Demand
from queries.match import Matcher
from queries.pairings import EXPERTS, pairing
from queries.results import TeamResult
from queries.team import team as make_team
from queries.team import topic_count
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, StoreOption, WorkspaceOption, deliver, notes
from zhulian.output import check_target
from zhulian.places import open_snapshot

_SHOWN = ["need_title", "scientist_name", "institution", "score", "part", "note", "scientist_id"]
_SHOWN_NOTES = 5


def team(
    need: Annotated[str | None, typer.Option("--need", help="A need by id or title.")] = None,
    study: Annotated[str | None, typer.Option("--study", help="A study by id or title; its lead is in the team.")] = None,
    text: Annotated[str | None, typer.Option(help="What is asked, in words.")] = None,
    size: Annotated[int, typer.Option(help="Members at the most; who adds nothing is left out.")] = 5,
    across: Annotated[bool, typer.Option("--across", help="Natural science and social science together.")] = False,
    out: OutOption = None,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Few people who together cover a need or study, each with their part."""
    if sum(value is not None for value in (need, study, text)) != 1:
        raise UsageError("say what the team is for: one of --need ID, --study ID, --text TEXT")
    if text is not None and not text.strip():
        raise UsageError("--text is empty: say what is asked")
    check_target(out)
    snapshot = open_snapshot(workspace, store)
    matcher = Matcher(snapshot, EXPERTS if study is None else pairing("chiefs"))
    demand = Demand("text", text) if text is not None else matcher.demands([study or need or ""])[0][0]
    leads = snapshot.targets("leads").get(demand.id, []) if study is not None else []
    result = make_team(matcher, demand, size=size, across=across, leads=leads)
    if result.refused:
        raise WorkError(f"no team: {result.refused}")
    frame = result.frame()
    if out is None:
        shown = _SHOWN[text is not None:]
        frame = frame[shown].replace({"scientist_id": short_ids(matcher.snapshot, frame["scientist_id"])})
    deliver(frame, out, "members", once=("need_title",))
    _remark(result, matcher)


def _remark(result: TeamResult, matcher: Matcher) -> None:
    """What is covered and what is not, how good the team is, who was left out."""
    say = notes()
    say.print(f"covered {result.covered:.3f} of what is asked: {topic_count(result)} of {len(result.topics)} topics", markup=False)
    if not result.topics:
        say.print("what is asked has no topic: too few words, or words that stand everywhere", markup=False)
    elif not result.members:
        say.print("nobody who may be proposed has any topic of it", markup=False)
    if result.uncovered:
        say.print(f"nobody in the graph has (图中无人): {'、'.join(result.uncovered)}", markup=False)
    if result.elsewhere:
        say.print(f"only in works that share nothing else with it: {'、'.join(result.elsewhere)}", markup=False)
    if result.closed:
        say.print(f"only people whom a rule keeps out have: {'、'.join(result.closed)}", markup=False)
    if result.parted:
        say.print(f"in part only: {'、'.join(f'{name}（{form}）' for name, form in result.parted.items())}", markup=False)
    best = "optimal" if result.gap == 0 else f"within {result.gap:.1%} of the best possible"
    say.print(f"{best}: coverage, where each member adds a twentieth or more of what the best alone would cover", markup=False)
    if not result.settled:
        say.print("of the teams that cover as much one was taken as it came: the search for the best tied one was cut short", markup=False)
    for note in result.notes:
        say.print(note, markup=False)
    names = matcher.snapshot.names_by_id("scientists") if result.excluded else {}
    for exclusion in result.excluded[:_SHOWN_NOTES]:
        say.print(f"left out {names[exclusion.supplier_id]} ({exclusion.supplier_id}): {exclusion.rule}, {exclusion.note}", markup=False)
    if len(result.excluded) > _SHOWN_NOTES:
        say.print(f"… {len(result.excluded)} left out by a rule in all", markup=False)


def register(app: typer.Typer) -> None:
    app.command()(team)
