"""match: who can meet a need, and why; and the same for every other pairing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from graph.errors import UsageError
from graph.history import touched_since
from graph.lookup import short_ids
from graph.privacy import without_contacts
from graph.snapshot import Snapshot
from graph.store import is_server
from graph.workspace import Workspace
from queries.confidence import LEVELS
from queries.demands import DEADLINE, Demand
from queries.exposure import exposure
from queries.match import Matcher
from queries.pairings import EXPERTS, Pairing, pairing
from queries.results import MatchResult
from queries.sentence_models import open_model
from views.need import write_need
from zhulian.batch import day, read_batch
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, PairingOption, StoreOption, WorkspaceOption, console, deliver, notes, progress
from zhulian.commands.unmask import PurposeOption, UnmaskOption, check_unmask, contacts_of
from zhulian.explaining import told
from zhulian.output import PAGES, check_target, write_frame
from zhulian.places import open_snapshot

_SHOWN_NOTES, _TITLE = 5, 40
_WIDE = 120
"""Columns of a terminal from which contacts and reasons fit side by side."""
_CONTACTS = ("phone", "email")
"""What a match-maker needs to write to somebody; with --unmask alone."""
_LEVELS = {level.name: level.label for level in LEVELS}

ModelOption = Annotated[str | None, typer.Option("--model", metavar="PATH", help="A sentence model on this machine, fused with the words.")]
WeightsOption = Annotated[Path | None, typer.Option("--weights", help="Weights of features, as `zhulian learn --out` writes them.")]


def match(
    need: Annotated[list[str] | None, typer.Option("--need", help="Needs (of another pairing: its demands) by id, end of id, or title.")] = None,
    text: Annotated[str | None, typer.Option(help="A need in words.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All open needs.")] = False,
    batch: Annotated[Path | None, typer.Option("--from", help="New needs in a folder, workbook or text file, matched without being loaded.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="With --all: needs loaded or changed since that day (2026-11-01); "
                                                                             "with --from: files changed since.")] = None,
    top: Annotated[int, typer.Option(help="Scientists a need; 0 gives all for whom anything speaks.")] = 10,
    of: PairingOption = EXPERTS.name,
    explain: Annotated[bool, typer.Option("--explain", help="Tell each match at length: works, facts, doubts, whom to go through; with "
                                                            "--out FILE.html as a page.")] = False,
    never_shown: Annotated[Path | None, typer.Option("--never-shown", help="Write there who stands on none of the lists, and why.")] = None,
    weights: WeightsOption = None,
    model: ModelOption = None,
    out: OutOption = None,
    unmask: UnmaskOption = False,
    purpose: PurposeOption = None,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Who can meet this need, and why."""
    if sum((bool(need), text is not None, every, batch is not None)) != 1:
        raise UsageError("say what to match: one of --need ID…, --text TEXT, --all, --from PATH")
    if text is not None and not text.strip():
        raise UsageError("--text is empty: say what is needed")
    if since is not None and not (every or batch is not None):
        raise UsageError("--since goes with --all or --from")
    chosen = pairing(of)
    if batch is not None and chosen is not EXPERTS:
        raise UsageError("--from reads needs: it goes with the pairing experts alone")
    if unmask and chosen.supply.pool != "scientists":
        raise UsageError(f"--unmask shows contacts of people: {chosen.name} proposes none")
    page = out if explain and out is not None and out.suffix.lower() in PAGES else None
    if page is not None and (chosen is not EXPERTS or not page.parent.is_dir()):
        raise UsageError(f"{page}: a page is of the pairing experts, in a folder that is there")
    for target in (out if page is None else None, never_shown):
        check_target(target)
    check_unmask(unmask, purpose, store)
    snapshot = open_snapshot(workspace, store)
    matcher = Matcher(snapshot, chosen, weights=read_weights(weights), encoder=open_model(model) if model is not None else None)
    from_day = day(since) if since is not None else None
    skipped: list[tuple[str, str]] = []
    if batch is not None:
        demands, skipped = _batch(batch, matcher, from_day)
    elif text is not None:
        demands = [Demand("text", text, title=" ".join(without_contacts(text).split())[:_TITLE])]
    else:
        demands, skipped = matcher.demands(need or None)
        if from_day is not None:
            demands = _new(demands, snapshot, chosen, from_day, workspace, store)
    if not demands and from_day is not None:
        notes().print(f"nothing is new since {since}", markup=False)
        if out is not None and page is None:
            deliver(MatchResult(supplier=chosen.supplier, demand=chosen.demand).frame(), out, "matches")
        return
    if not demands:
        raise UsageError(f"there is no open {chosen.demand}: load some, name one by --need, or say it by --text")
    with progress("matching", len(demands)) as tell:
        result = matcher.match(demands, top=top, progress=tell)
    if page is not None:
        _write_page(page, demands, result, snapshot, unmask)
    else:
        _deliver(result, demands, matcher, out, explain, (workspace, store, purpose) if unmask else None)
    _tell(result, demands, skipped, matcher)
    if never_shown is not None:
        _never_shown(matcher, demands, top, never_shown)


def read_weights(path: Path | None) -> Mapping[str, float] | None:
    """The weights of a file that `zhulian learn` wrote.

    Raises:
        UsageError: it is not there, or holds no table [weights] of numbers.
    """
    if path is None:
        return None
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("weights")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: no TOML ({error})") from error
    if not isinstance(found, dict) or not all(isinstance(w, int | float) and not isinstance(w, bool) for w in found.values()):
        raise UsageError(f"{path}: it takes a table [weights] of a number for each feature")
    return found


def _batch(path: Path, matcher: Matcher, since: datetime | None) -> tuple[list[Demand], list[tuple[str, str]]]:
    """The needs of a folder or file, with a word on what was not understood."""
    found = read_batch(path, matcher.snapshot, matcher.today, since=since)
    say = notes()
    for issue in found.issues[:_SHOWN_NOTES]:
        say.print(f"{issue.file} row {issue.row}: {issue.column} {issue.message}", markup=False)
    for file, why in found.left_alone[:_SHOWN_NOTES]:
        say.print(f"{file}: left alone, {why}", markup=False)
    if nameless := sum("demands" not in d.links for d in found.demands):
        say.print(f"{nameless} needs are of no enterprise that the graph knows: nobody there can be kept out", markup=False)
    for id_, column, name in found.unknown[:_SHOWN_NOTES]:
        say.print(f"{id_}: {column} {name!r} is not known in the graph", markup=False)
    for id_, column, name in found.ambiguous[:_SHOWN_NOTES]:
        say.print(f"{id_}: {column} {name!r} could be several things in the graph and was passed over", markup=False)
    for what, all_of in (("issues", found.issues), ("files left alone", found.left_alone), ("unknown names", found.unknown),
                         ("ambiguous names", found.ambiguous)):
        if len(all_of) > _SHOWN_NOTES:
            say.print(f"… {len(all_of)} {what} in all", markup=False)
    return found.demands, found.skipped


def _new(demands: Sequence[Demand], snapshot: Snapshot, chosen: Pairing, since: datetime, workspace: Path, store: str | None) -> list[Demand]:
    """The demands of which a record is new since a day."""
    if store is not None and is_server(store):
        raise UsageError("--since looks into what loads changed, which the workspace alone knows: leave --store out")
    if chosen.asking.group or chosen.asking.kind or chosen.asking.pool != "needs":
        raise UsageError(f"--since goes with needs: {chosen.name} has none")
    with Workspace(workspace if store is None else Path(store), read_only=True) as opened:
        touched = touched_since(opened, "needs", since)
    entities = {snapshot.every_id[record][1] for record in touched if record in snapshot.every_id}
    return [d for d in demands if d.id in entities]


def _deliver(result: MatchResult, demands: Sequence[Demand], matcher: Matcher, out: Path | None, explain: bool,
             unmasked: tuple[Path, str | None, str | None] | None) -> None:
    """The matches as a table, or told at length; a file gets all columns."""
    frame = result.frame()
    supplier, demand = matcher.pairing.supplier, matcher.pairing.demand
    shown = [f"{demand}_title", "rank", f"{supplier}_name", "institution", "score", "confidence", "reasons", f"{supplier}_id"]
    if matcher.pairing.supply.pool != "scientists":
        shown.remove("institution")
    if demands[0].id == "text":
        shown.remove(f"{demand}_title")
    if console().width < _WIDE:
        shown.remove("confidence")  # the reasons need the room
    if unmasked is not None:
        workspace, store, purpose = unmasked
        # Who shares no content with the need stands there to fill the list, and is nobody to be called.
        close = {m.supplier_id for m in result.matches if any(e.terms for e in m.evidence)}
        far = sum(m.supplier_id not in close for m in result.matches)
        found = contacts_of(workspace, store, close, purpose, "match", _CONTACTS)
        chosen = {(c.entity, c.property): c.value for c in found if c.chosen}
        for field in _CONTACTS:
            frame[f"{supplier}_{field}"] = [chosen.get((m.supplier_id, field), "") for m in result.matches]
            shown.append(f"{supplier}_{field}")
        if out is None and console().width < _WIDE:
            shown.remove("reasons")  # whole contacts leave no room for prose there
            notes().print("reasons: left out here (a wider terminal or --out shows them)", markup=False)
        if far:
            notes().print(f"{far} rows share no content with the need (无共同内容): their contact fields were not read", markup=False)
    if explain and out is None:
        say, titles = console(), {d.id: d.title for d in demands}
        for id_ in dict.fromkeys(m.demand_id for m in result.matches):
            say.print(f"{titles[id_] or '所述需求'}（{id_}）", markup=False, soft_wrap=True)
            for match in (m for m in result.matches if m.demand_id == id_):
                for line in told(match):
                    say.print(line, markup=False, soft_wrap=True)
            say.print()
        return
    if out is None:
        frame = frame[shown].replace({f"{supplier}_id": short_ids(matcher.snapshot, frame[f"{supplier}_id"]), "confidence": _LEVELS})
    deliver(frame, out, "matches", once=(f"{demand}_title",))


def _write_page(path: Path, demands: Sequence[Demand], result: MatchResult, snapshot: Snapshot, unmask: bool) -> None:
    """One need with its experts as a page.

    Raises:
        UsageError: several needs, or contacts are asked for.
    """
    if len(demands) != 1:
        raise UsageError(f"{path}: a page holds one need, not {len(demands)}; `zhulian report` makes pages of all needs of the graph")
    if unmask:
        raise UsageError(f"{path}: a page of one need has masked contacts; `zhulian report --unmask` shows them")
    console().print(str(write_need(path, snapshot, demands[0].id, result)), markup=False, soft_wrap=True)


def _tell(result: MatchResult, demands: Sequence[Demand], skipped: Sequence[tuple[str, str]], matcher: Matcher) -> None:
    """What the table does not say: demands without an answer, whom rules kept out, what was passed over."""
    say = notes()
    far = sum(not any(e.terms for e in m.evidence) for m in result.matches)
    if far:
        say.print(f"{far} of {len(result.matches)} rows share no telling word with what is asked: they only fill the list", markup=False)
    answered = {m.demand_id for m in result.matches}
    for demand in [d for d in demands if d.id not in answered][:_SHOWN_NOTES]:
        say.print(f"{demand.id}: nothing in the graph speaks for anyone", markup=False)
    names = matcher.snapshot.names_by_id(matcher.pairing.supply.pool) if result.excluded else {}
    for exclusion in result.excluded[:_SHOWN_NOTES]:
        say.print(f"{exclusion.demand_id}: left out {names[exclusion.supplier_id]} ({exclusion.supplier_id}): {exclusion.rule}, {exclusion.note}",
                  markup=False)
    if len(result.excluded) > _SHOWN_NOTES:
        by_rule = "; ".join(f"{rule} {count}" for rule, count in result.excluded_by_rule().items())
        say.print(f"… {len(result.excluded)} left out by a rule in all: {by_rule}", markup=False)
    late = sum(reason.startswith(DEADLINE) for _, reason in skipped)
    for count, why in ((late, "past their deadline"), (len(skipped) - late, "not open")):
        if count:
            say.print(f"{count} {matcher.pairing.demand}s are {why} and were passed over (--need ID matches one all the same)", markup=False)


def _never_shown(matcher: Matcher, demands: Sequence[Demand], top: int, path: Path) -> None:
    """Who stands on none of the lists, as a file; how the lists fall, in a line or two."""
    with progress("looking who is never shown", len(demands)) as tell:
        found = exposure(matcher, demands, top=top or len(matcher.supplier_ids), progress=tell)
    write_frame(found.frame(matcher.pairing.supplier), path)
    say = notes()
    say.print(f"{found.shown} {matcher.pairing.supplier}s stand on a list, {len(found.unseen)} on none → {path}", markup=False)
    if found.counts:
        say.print(f"most often: {'、'.join(f'{name} {count}' for name, count in found.counts[:5])}", markup=False)


def register(app: typer.Typer) -> None:
    app.command()(match)
