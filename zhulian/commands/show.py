"""view, report and demo: pages to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graph.errors import UsageError, WorkError
from graph.snapshot import Snapshot
from graph.workspace import Workspace
from loaders.load import load as load_sources
from queries.gaps import find_gaps
from queries.match import Matcher
from queries.results import GapResult, MatchResult
from views.entity import write_entity
from views.neighbourhood import neighbourhood
from views.report import write_report
from zhulian.commands.account import account_of
from zhulian.commands.build import kind_counts, print_report
from zhulian.commands.common import DEFAULT_WORKSPACE, StoreOption, WorkspaceOption, console, progress, steps
from zhulian.commands.unmask import PurposeOption, UnmaskOption, check_unmask, contact_fields, contacts_of
from zhulian.output import PAGES, print_frame
from zhulian.places import open_snapshot

LanguageOption = Annotated[str, typer.Option("--language", help="zh or en.")]
SHOWN_EXPERTS, SHOWN_GAPS = 10, 50
DEMO_REGION = "50"


def view(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A full id, or any unambiguous end of it.")],
    out: Annotated[Path, typer.Option("--out", help="The page to write (.html).")],
    hops: Annotated[int, typer.Option(min=1, max=4, help="How far the neighbourhood goes.")] = 2,
    language: LanguageOption = "zh",
    unmask: UnmaskOption = False,
    purpose: PurposeOption = None,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """One thing and its neighbourhood, as a page. With --unmask: the contacts of the person, else of the people tied to the thing directly."""
    if out.suffix.lower() not in PAGES:
        raise UsageError(f"{out}: a page ends in {' or '.join(PAGES)}")
    check_unmask(unmask, purpose, store)
    snapshot = open_snapshot(workspace, store)
    told = account_of(snapshot, id_, workspace, store)
    contacts = {}
    if unmask:
        pool, entity = snapshot.find(id_)
        people = [entity] if pool == "scientists" else set(neighbourhood(snapshot, entity, 1).hops) & set(snapshot.ids("scientists"))
        contacts = contact_fields(contacts_of(workspace, store, people, purpose, "view"))
    page = write_entity(out, snapshot, id_, hops=hops, language=language, account=told, contacts=contacts)
    console().print(str(page), markup=False, soft_wrap=True)


def report(
    out: Annotated[Path, typer.Option("--out", help="The folder to write.")],
    language: LanguageOption = "zh",
    unmask: UnmaskOption = False,
    purpose: PurposeOption = None,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Needs with their experts, regions and chains with their gaps: a folder of offline pages. With --unmask: the experts' contacts."""
    check_unmask(unmask, purpose, store)
    snapshot = open_snapshot(workspace, store)
    matches, gaps = answers(snapshot)
    contacts = {}
    if unmask:
        contacts = contact_fields(contacts_of(workspace, store, (m.supplier_id for m in matches.matches), purpose, "report", ("phone", "email")))
    console().print(str(write_report(out, snapshot, matches, gaps, language=language, contacts=contacts)), markup=False, soft_wrap=True)


def answers(snapshot: Snapshot) -> tuple[MatchResult, GapResult]:
    """What the pages show: experts for all open needs, gaps of all provinces and chains. Empty where there is no data for it."""
    matches, gaps = MatchResult(), GapResult()
    if snapshot.edges("authorships").num_rows and snapshot.nodes("needs").num_rows:
        matcher = Matcher(snapshot)
        demands, skipped = matcher.demands()
        with progress("matching", len(demands)) as tell:
            matches = matcher.match(demands, top=SHOWN_EXPERTS, progress=tell)
        matches.skipped = skipped
    if snapshot.edges("makes").num_rows:
        with progress("regions") as tell:
            gaps = find_gaps(snapshot, top=SHOWN_GAPS, progress=lambda done, _: tell(done))
    return matches, gaps


def sample_folder() -> Path:
    """The made-up province that comes with the program.

    Raises:
        WorkError: it is not there.
    """
    home = Path(__file__).resolve().parent.parent
    for folder in (home / "sample", home.parent / "data" / "sample"):
        if folder.is_dir():
            return folder
    raise WorkError("data/sample is not there: run the demo in a clone")


def demo(out: Annotated[Path, typer.Option("--out", help="The folder to write.")] = Path("out")) -> None:
    """Load the sample province, merge what is the same, match, find gaps, and write the report."""
    from graph.resolution.run import resolve  # Splink and scipy are slow to import

    out.mkdir(parents=True, exist_ok=True)
    workspace = out / "zhulian.duckdb"
    say = console()
    with Workspace(workspace) as opened:
        loaded = load_sources(opened, [sample_folder()])
        with steps() as tell:
            resolved = resolve(opened, tell)
    print_report(loaded)
    say.print(f"resolve: {resolved.merged_records} records merged into {resolved.clusters} entities, {resolved.open_reviews} open reviews",
              markup=False)
    snapshot = open_snapshot(workspace, None)
    say.print("  ".join(f"{label} {entities}" for _, label, entities, _ in kind_counts(snapshot)), markup=False)
    matches, gaps = answers(snapshot)
    first = MatchResult([m for m in matches.matches if m.rank <= 1]).frame().head(5)
    print_frame(first[["need_id", "scientist_name", "score", "reasons"]], say, "精准对接 match: the best expert of five needs")
    local = GapResult([g for g in gaps.gaps if g.region == DEMO_REGION]).frame().head(8)
    print_frame(local[["region", "rank", "product_name", "kind", "score", "reasons"]], say, "串珠成链 gaps: 重庆市")
    say.print(f"{len({m.demand_id for m in matches.matches})} needs with {len(matches.matches)} matches; {len(gaps.gaps)} gaps in "
              f"{len({g.region for g in gaps.gaps})} regions", markup=False)
    say.print(str(write_report(out / "report", snapshot, matches, gaps)), markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    for command in (view, report, demo):
        app.command()(command)
