"""How well `zhulian resolve` finds which records are one person, one organisation.

    python -m benchmarks.resolve_quality [--at 0.5] [--estimate]

Loads the six sources of bench_resolve into a temporary workspace through the command line and scores, with the scorer that comes with the
data, what is merged without review and what a threshold gives; then recall by pair of sources, and of pairs in which a name has no Chinese
character (names romanised in papers).

`--estimate` shows that the weights need no labels: beside the shares m of the models those that one pass of expectation maximisation over
the scored pairs gives (each pair counted by the probability that it is one; Winkler 1988), beside the shares u those among random pairs.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.resolve_bench import BENCH, KINDS, in_words, level_shares, read_clusters, read_truth, scored, zhulian
from benchmarks.resolve_copies import organisation_names, read_tables
from graph.names import simplified
from graph.regions import RegionIndex
from graph.resolution import organisations, people
from graph.resolution.engine import Comparison, score
from graph.resolution.resolver import MODELS
from graph.resolution.run import scored_pairs
from graph.workspace import Workspace

_RANDOM_PAIRS = 300_000


def report(folder: Path, at: str, estimate: bool) -> None:
    """Load, resolve, score and print, in a folder."""
    zhulian(folder, "load", *map(str, sorted((BENCH / "sources").iterdir())))
    runs = {"merged without review": ["--clusters", "merged.csv"], f"clusters at {at}": ["--clusters", "clusters.csv", "--at", at]}
    files = {name: folder / arguments[1] for name, arguments in runs.items()}
    for name, arguments in runs.items():
        print(f"{name}: {zhulian(folder, 'resolve', *arguments)}")
        for kind, truth in KINDS.items():
            print(f"  {kind}: {in_words(scored(BENCH / truth, files[name]))}")
    sources, latin = _records()
    for kind, truth in KINDS.items():
        pairs = _pairs_of(read_truth(BENCH / truth))
        print(f"\nrecall of {kind} by pair of sources: {', '.join(runs)} (pairs)")
        _print_recall(pairs, [read_clusters(f) for f in files.values()], sources, latin)
    if estimate:
        _print_estimates(folder / "zhulian.duckdb")


def _records() -> tuple[dict[str, str], set[str]]:
    """The source of every record, and the records whose name has no Chinese character."""
    sources: dict[str, str] = {}
    latin: set[str] = set()
    for table in read_tables():
        for row in table.rows:
            cells = table.cells(row)
            sources[cells["id"]] = table.path.parts[0]
            if not re.search(r"[㐀-鿿]", cells["name"]):
                latin.add(cells["id"])
    return sources, latin


def _pairs_of(truth: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every pair of records of one entity."""
    groups: dict[str, list[str]] = defaultdict(list)
    for record, entity in truth.items():
        groups[entity].append(record)
    return [pair for members in groups.values() for pair in combinations(sorted(members), 2)]


def _print_recall(pairs: Iterable[tuple[str, str]], found: Sequence[Mapping[str, str]], sources: Mapping[str, str], latin: set[str]) -> None:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs:
        groups[" · ".join(sorted(sources[r] for r in pair))].append(pair)
        groups["~ a name in Latin letters" if not latin.isdisjoint(pair) else "~ both names in Chinese"].append(pair)
    for name, members in sorted(groups.items()):
        shares = [sum(clusters[a] == clusters[b] for a, b in members) / len(members) for clusters in found]
        print(f"  {name.removeprefix('~ '):28} {'  '.join(f'{share:.3f}' for share in shares)}  ({len(members):,})")


def _print_estimates(workspace: Path) -> None:
    with Workspace(workspace, read_only=True) as opened:
        candidates = scored_pairs(opened).pools
        tables = _tables(opened.connection)
    for near in candidates:
        far = _random_pairs(near.pool, tables[near.pool])
        print(f"\n{near.pool}: share of the level among pairs of one thing (model, EM), of different things (model, random pairs)")
        weights = np.asarray(near.pairs["probability"].to_numpy())
        print(f"  {'':56} {'m':>8} {'EM':>8} {'u':>10} {'random':>10}")
        for comparison in near.model.comparisons:
            _print_comparison(comparison, level_shares(near.pairs, comparison, weights), level_shares(far, comparison, np.ones(far.num_rows)))


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """The records of each pool as the models see them."""
    regions, names = organisation_names()
    index = RegionIndex(regions)

    def region(text: str) -> str:
        return index.resolve(simplified(text)).code or "" if text else ""

    bodies = organisations.read_organisations(con, names, region)
    persons = people.read_people(con, names, region)
    certain = people.beyond_doubt(persons)
    same_names = people.name_institutions(persons, certain, [n for o in bodies for n in (o.name, *o.other_names)])
    return {"organisations": organisations.organisations_table(bodies, same_names), "scientists": people.people_table(persons, same_names, certain)}


def _random_pairs(pool: str, records: pa.Table) -> pa.Table:
    """Pairs drawn at random, scored; nearly all are of different things."""
    chance = np.random.default_rng(20)
    ids = np.array(records["unique_id"].to_pylist(), dtype=object)
    drawn = np.sort(chance.integers(0, len(ids), (_RANDOM_PAIRS, 2)), axis=1)
    drawn = np.unique(drawn[drawn[:, 0] < drawn[:, 1]], axis=0)
    ends = np.sort(ids[drawn].astype(str), axis=1)
    with duckdb.connect() as work:
        return score(work, MODELS[pool], records, pa.table({"left": pa.array(ends[:, 0].tolist()), "right": pa.array(ends[:, 1].tolist())}))


def _print_comparison(comparison: Comparison, em: Sequence[float], random_pairs: Sequence[float]) -> None:
    declared = [*((level.words, level.m, level.u) for level in comparison.levels), ("otherwise", *comparison.otherwise)]
    for (words, m, u), by_em, by_chance in zip(declared, em, random_pairs, strict=True):
        print(f"  {comparison.name + ': ' + words:56} {m:8.4g} {by_em:8.4f} {u:10.2g} {by_chance:10.2g}")


def main() -> None:
    """Read the arguments and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at", default="0.5", help="the threshold, a probability")
    parser.add_argument("--estimate", action="store_true", help="show the shares of the models beside estimates from the data")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report(Path(folder), asked.at, asked.estimate)


if __name__ == "__main__":
    main()
