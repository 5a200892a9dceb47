"""A report: results as a folder of pages that open without a network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from graph.snapshot import Snapshot
from queries.results import Exclusion, GapResult, Match, MatchResult
from views.contents import contents_page, search_script
from views.facts import Facts
from views.gaps import GapPages
from views.need import need_page
from views.pages import BESIDE, write_assets, write_page
from views.words import Words


def write_report(out: Path, snapshot: Snapshot, matches: MatchResult, gaps: GapResult, *, title: str = "珠联", language: str = "zh",
                 contacts: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> Path:
    """Write the report: index.html, a page for each need that has matches, each region that has gaps and each chain that has products.

    The same input gives the same bytes. Pages of an earlier report in the folder that this one has no longer are deleted.

    Args:
        out: a folder, made where it is missing; pages go to its top, scripts and styles to `assets`.
        snapshot: the graph that the results were made from.
        title: heading of the first page.
        language: zh or en.
        contacts: contact fields of experts that were unmasked for a purpose: person → property → value. Without them no page has any.

    Returns:
        The path of index.html.

    Raises:
        UsageError: there is no such language.
    """
    words = Words(language)
    facts = Facts(snapshot, words)
    frame: dict[str, object] = {"policy": BESIDE, "scripts": (), "styles": (), "report": True, "revision": snapshot.revision}
    by_need: dict[str, list[Match]] = {}
    for match in matches.matches:
        by_need.setdefault(match.demand_id, []).append(match)
    excluded: dict[str, list[Exclusion]] = {}
    for exclusion in matches.excluded:
        excluded.setdefault(exclusion.demand_id, []).append(exclusion)
    needs = [need_page(facts, words, need, sorted(found, key=lambda m: m.rank), excluded.get(need, []), frame, contacts)
             for need, found in by_need.items()]
    pages = GapPages(facts, words, gaps, frame)
    regions, chains = pages.regions(), pages.chains()
    texts = {out / n.file: n.html for n in needs} | {out / p.file: p.html for p in (*regions, *chains)}
    written = {write_page(path, text) for path, text in texts.items()}
    for pattern in ("need-*.html", "region-*.html", "chain-*.html"):
        for old in set(out.glob(pattern)) - written:
            old.unlink()
    write_assets(out)
    write_page(out / "search.js", search_script(facts, words, needs, regions, chains))
    return write_page(out / "index.html", contents_page(facts, words, title, frame, needs, regions, chains, matches, gaps))
