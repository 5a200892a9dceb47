"""How well `find_gaps` ranks products that were taken away from a province.

    python -m benchmarks.gap_leave_out [SEEDS]

For each province of shared/data/a_share_chain, 15 % of the products that it makes and at least two other provinces make
are hidden (with their is-a variants); the candidates are those of `--top 0`, the same list for every method. Prints the mean
average precision over provinces of ours, of relatedness density, of popularity (makers elsewhere), and of the fusion of
the two ranks, with 95 % bootstrap intervals over provinces of each difference to ours.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.duckdb_store import DuckDBStore
from graph.schema import EDGES, POOLS
from graph.snapshot import Snapshot, load_snapshot
from graph.workspace import Workspace
from loaders.load import load
from queries.gaps import find_gaps
from queries.indicators import Matrix
from queries.industry import Industry, Relatedness
from queries.regions import Scope

SHARE = 0.15
METHODS = ("ours", "density", "popularity", "fusion")


def average_precision(scores: Matrix, hidden: NDArray[np.bool_]) -> float:
    """Of a ranking by falling score, ties by position."""
    found = hidden[np.argsort(-scores, kind="stable")]
    at = np.flatnonzero(found)
    return float(((np.arange(len(at)) + 1) / (at + 1)).mean())


def without(snapshot: Snapshot, industry: Industry, scope: Scope, hidden: set[str]) -> Snapshot:
    """The snapshot, without what a province's enterprises make of the hidden products."""
    local = {o for o, inside in zip(snapshot.ids("organisations"), industry.inside(scope), strict=True) if inside}
    table = snapshot.edges("makes")
    kept = [s not in local or t not in hidden for s, t in snapshot.pairs("makes")]
    edges = {e: snapshot.edges(e) for e in EDGES} | {"makes": table.filter(pa.array(kept, pa.bool_()))}
    return Snapshot("left-out", {p: snapshot.nodes(p) for p in POOLS}, edges)


def hide(industry: Industry, local: Matrix, elsewhere: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """A sample of what a province makes and at least two others make, and the is-a variants of it."""
    could = np.flatnonzero((local > 0) & (elsewhere >= 2))
    chosen = rng.choice(could, int(SHARE * len(could)), replace=False)
    mask = np.zeros(len(local))
    mask[chosen] = 1
    variants = np.asarray(industry.broader @ mask) > 0
    return np.flatnonzero((mask > 0) | (variants & (local > 0)))


def one(snapshot: Snapshot, industry: Industry, scope: Scope, rest: NDArray[np.bool_], rng: np.random.Generator,
        makers: Matrix) -> list[float] | None:
    """The average precision of each method for one province, or None where too little is made there."""
    local, elsewhere = industry.makers(scope), (makers[rest] > 0).sum(axis=0)
    if ((local > 0) & (elsewhere >= 2)).sum() < 10:
        return None
    hidden = {industry.products[i] for i in hide(industry, local, elsewhere, rng)}
    reduced = without(snapshot, industry, scope, hidden)
    at = reduced.positions("products")
    thinned = Industry(reduced)
    made = thinned.makers(scope) > 0
    candidates = np.flatnonzero(~made & (elsewhere >= 2))
    truth = np.asarray([industry.products[i] in hidden for i in candidates], np.bool_)
    if not truth.any():
        return None
    ours = np.zeros(len(at))
    for gap in find_gaps(reduced, regions=[scope.code], top=0).gaps:
        ours[at[gap.product_id]] = gap.score or 0.0
    density = Relatedness.of(thinned.by_province()[1]).density(made, rest)
    popularity = thinned.national - thinned.makers(scope)
    ranks = [np.argsort(np.argsort(values[candidates], kind="stable"), kind="stable") for values in (density, popularity)]
    scores = (ours[candidates], density[candidates], popularity[candidates], (ranks[0] + ranks[1]).astype(np.float64))
    return [average_precision(s, truth) for s in scores]


def main(seeds: int = 2) -> None:
    """Run and print."""
    shared = Path(os.environ.get("ZHULIAN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.duckdb"
        with Workspace(path) as workspace:
            load(workspace, [shared / "data" / "a_share_chain"])
        with DuckDBStore(path) as store:
            snapshot = load_snapshot(store)
    industry = Industry(snapshot)
    provinces, makers = industry.by_province()
    rows: list[list[float]] = []
    for i, scope in enumerate(provinces):
        rest = np.arange(len(provinces)) != i
        found = [r for seed in range(seeds) if (r := one(snapshot, industry, scope, rest, np.random.default_rng([seed, i]), makers)) is not None]
        if found:
            rows.append(np.mean(found, axis=0).tolist())
    figures = np.asarray(rows)
    rng = np.random.default_rng(7)
    samples = rng.integers(0, len(figures), (2000, len(figures)))
    print(f"{len(figures)} provinces, {seeds} seeds each: mean average precision")
    for k, method in enumerate(METHODS):
        low, high = np.quantile((figures[:, 0] - figures[:, k])[samples].mean(axis=1), [0.025, 0.975])
        print(f"{method:<11}{figures[:, k].mean():.4f}" + (f"  ours is better by {low:.4f} … {high:.4f}" if k else ""))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
