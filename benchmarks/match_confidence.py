"""How often a proposed scientist of each level of confidence is one that was looked for.

    python -m benchmarks.match_confidence [papers|projects]

Loads shared/data/bench_match/NAME into a temporary workspace, ranks ten scientists for each need, and prints, for each group of needs and level, how
many were proposed and which share of them are authors of the held-out paper (leaders of the held-out project). Others may be as able: the shares
tell levels apart, they are no chances of success.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from graph.duckdb_store import DuckDBStore
from graph.snapshot import load_snapshot
from graph.workspace import Workspace
from loaders.load import load
from queries.confidence import LEVELS
from queries.match import Matcher


def main(name: str = "papers") -> None:
    """Print the table of one of the two benchmarks."""
    bench = Path(os.environ.get("ZHULIAN_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "bench_match"
    truth: set[tuple[str, str]] = set()
    with gzip.open(bench / f"{name}.truth.csv.gz", "rt", encoding="utf-8-sig") as file:
        truth |= {(row["need_id"], row["scientist_id"]) for row in csv.DictReader(file)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        with Workspace(path) as workspace:
            load(workspace, [bench / name])
        with DuckDBStore(path) as store:
            matcher = Matcher(load_snapshot(store))
    proposed: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    for match in matcher.match(matcher.demands()[0]).matches:
        need = match.demand_id.rpartition("/")[2]
        for group in (need[0], "all"):
            proposed[group, match.confidence] += 1
            found[group, match.confidence] += (need, match.supplier_id.rpartition("/")[2]) in truth
    print("group", *(f"{level.name:>16}" for level in LEVELS))
    for group in sorted({g for g, _ in proposed}):
        cells = ((found[group, level.name], proposed[group, level.name]) for level in LEVELS)
        print(f"{group:5}", *(f"{hits / count if count else 0:8.3f} ({count:5})" for hits, count in cells))


if __name__ == "__main__":
    main(*sys.argv[1:2])
