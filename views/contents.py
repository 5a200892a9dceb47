"""The first page of a report: what the graph holds, what was found, and the search over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from graph.schema import BUNDLED_SOURCE, KINDS, NODES, POOLS
from graph.snapshot import Snapshot
from queries.results import GapResult, MatchResult
from views.facts import Facts
from views.gaps import GAP_KINDS, GapPage
from views.need import NeedPage
from views.network import colour
from views.pages import anchor, render, script_json
from views.words import Words


@dataclass(frozen=True, slots=True)
class KindCount:
    """Nodes of a kind: with records that were loaded, bundled ones, and those only mentioned (stubs)."""

    kind: str
    loaded: int
    bundled: int
    stubs: int


def kind_counts(snapshot: Snapshot) -> list[KindCount]:
    """Counts of every kind that is there, in the order of the schema. A bundled node that a source lists too counts as loaded."""
    found = []
    for pool in POOLS:
        table = snapshot.nodes(pool)
        stub = pc.fill_null(table.column("stub"), False)
        own = pc.and_(pc.starts_with(table.column("id"), f"{BUNDLED_SOURCE}/"), pc.invert(_listed_elsewhere(table)))
        for kind in (t.kind for t in POOLS[pool]):
            mine = pc.equal(table.column("node_kind"), kind)
            stubs, bundled, every = (_count(mask) for mask in (pc.and_(mine, stub), pc.and_(pc.and_(mine, own), pc.invert(stub)), mine))
            if every:
                found.append(KindCount(kind, every - stubs - bundled, bundled, stubs))
    return found


def _listed_elsewhere(table: pa.Table) -> pa.Array:
    """Whether a node has a record beside those that come with the program."""
    prefix = f"{BUNDLED_SOURCE}/"
    return pa.array([not all(r.startswith(prefix) for r in records or ()) for records in table.column("records").to_pylist()], pa.bool_())


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.cast(mask, pa.int64())).as_py() or 0)


def source_counts(snapshot: Snapshot) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """(source, records, [(table's kind, records)]) of every source, without stubs; the sources by name, kinds by count."""
    counts: dict[str, dict[str, int]] = {}
    tables = {t.name: t.kind for t in KINDS.values()}
    for pool in POOLS:
        table = snapshot.nodes(pool).select(["id", "stub", "records"])
        for id_, stub, records in zip(*(table.column(c).to_pylist() for c in ("id", "stub", "records")), strict=True):
            if stub:
                continue
            for record in records or (id_,):
                source, name, _ = record.split("/", 2)
                kinds = counts.setdefault(source, {})
                kinds[tables[name]] = kinds.get(tables[name], 0) + 1
    return [(source, sum(kinds.values()), sorted(kinds.items(), key=lambda k: (-k[1], k[0]))) for source, kinds in sorted(counts.items())]


def contents_page(facts: Facts, words: Words, title: str, frame: dict[str, object], needs: Sequence[NeedPage], regions: Sequence[GapPage],
                  chains: Sequence[GapPage], matches: MatchResult, gaps: GapResult) -> str:
    """index.html."""
    skipped = [(facts.name(need), _why(why, words)) for need, why in matches.skipped]
    return render("index.html", words, **frame, title=title, needs=needs, regions=regions, chains=chains, kinds=kind_counts(facts.snapshot),
                  gap_kinds=GAP_KINDS, sources=source_counts(facts.snapshot), colour=colour, notes=list(dict.fromkeys(gaps.notes)), skipped=skipped)


def _why(reason: str, words: Words) -> str:
    """Why a need was skipped; a reason that is its status (`status closed`) in the page's language."""
    status = next(p for p in NODES["needs"].properties if p.name == "status")
    value = reason.removeprefix("status ")
    return f"{words.property(status)}: {words.choice(status, value)}" if value in status.choices else reason


def search_script(facts: Facts, words: Words, needs: Sequence[NeedPage], regions: Sequence[GapPage], chains: Sequence[GapPage]) -> str:
    """search.js: pages as [file, title], and entries as [name, kind, what else finds it, [page, fragment, page, fragment …]]."""
    pages: list[list[str]] = []
    entries: dict[tuple[str, str], list[object]] = {}
    places: dict[tuple[str, str], list[object]] = {}

    def page(file: str, title: str) -> int:
        pages.append([file, title])
        return len(pages) - 1

    def entry(kind: str, id_: str, name: str, also: str, at: int, fragment: str = "") -> None:
        if (kind, id_) not in entries:
            places[kind, id_] = []
            entries[kind, id_] = [name, kind, f"{id_} {also}".strip(), places[kind, id_]]
        places[kind, id_] += [at, fragment]

    for need in needs:
        at = page(need.file, need.title)
        entry("need", need.demand_id, need.title, need.enterprise, at)
        for match in need.matches:
            institution = facts.names(facts.targets("affiliations", match.supplier_id))
            entry("scientist", match.supplier_id, match.supplier_name, institution, at, anchor(match.supplier_id))
    for kind, found in (("region", regions), ("chain", chains)):
        for gap_page in found:
            at = page(gap_page.file, gap_page.title)
            entry(kind, gap_page.id, gap_page.title, gap_page.region if kind == "chain" else "", at)
            for product, name in gap_page.products:
                entry("product", product, name, "", at, anchor(product))
    kinds = {kind: [words.kind(kind), colour(kind)] for kind in ("need", "region", "chain", "scientist", "product")}
    return f"window.zhulianIndex={script_json({'pages': pages, 'kinds': kinds, 'entries': list(entries.values())})};\n"
