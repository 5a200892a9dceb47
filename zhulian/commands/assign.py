"""assign: experts for all open needs at once."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.errors import UsageError
from graph.lookup import short_ids
from queries.assign import assign as assignment
from queries.match import Matcher
from queries.pairings import EXPERTS, pairing
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, PairingOption, StoreOption, WorkspaceOption, deliver, notes, progress
from zhulian.output import check_target
from zhulian.places import open_snapshot


def assign(
    need: Annotated[list[str] | None, typer.Option("--need", help="These needs alone, by id or title; without it all open needs.")] = None,
    capacity: Annotated[int, typer.Option(help="Needs an expert at the most; an expert's own capacity goes before it.")] = 3,
    per_need: Annotated[int, typer.Option("--per-need", help="Experts a need; a need's own experts_wanted goes before it.")] = 2,
    least: Annotated[float, typer.Option(help="The lowest score at which anybody is assigned.")] = 0.0,
    fair: Annotated[bool, typer.Option("--fair", help="Serve most needs first, the worst of them as well as can be; then the total.")] = False,
    even: Annotated[bool, typer.Option("--even", help="Spread the work over experts where the scores leave a choice.")] = False,
    out: OutOption = None,
    of: PairingOption = EXPERTS.name,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Who serves which need, for all needs at once."""
    check_target(out)
    matcher = Matcher(open_snapshot(workspace, store), pairing(of))
    supplier, demand = matcher.pairing.supplier, matcher.pairing.demand
    with progress("matching") as tell:
        result = assignment(matcher, need or None, capacity=capacity, per_need=per_need, least=least, fair=fair, even=even, progress=tell)
    if not result.rows:
        raise UsageError(f"there is no open {demand}: load some, or name one by --need")
    frame = result.frame()
    if out is None:
        short = short_ids(matcher.snapshot, [r.supplier_id for r in result.rows if r.supplier_id is not None])
        shown = [f"{demand}_title", f"{supplier}_name", "institution", "score", "note", f"{supplier}_id"]
        if matcher.pairing.supply.pool != "scientists":
            shown.remove("institution")
        frame = frame[shown].replace({f"{supplier}_id": short})
    deliver(frame, out, "rows", once=(f"{demand}_title",))
    say = notes()
    goal = "most needs served, then greatest total" if fair else "greatest total"
    say.print(f"optimal ({goal}): total score {result.total:.6f}", markup=False)
    say.print(f"{result.complete + result.partly + result.unmet} {demand}s: {result.complete} have all that they want, {result.partly} some, "
              f"{result.unmet} nobody", markup=False)
    if not result.settled:
        say.print("of the assignments with this total one was taken as it came: too many are alike to settle which is best", markup=False)
    if result.skipped:
        say.print(f"{len(result.skipped)} {demand}s are not open and were passed over (--need ID assigns one all the same)", markup=False)


def register(app: typer.Typer) -> None:
    app.command()(assign)
