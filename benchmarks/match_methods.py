"""Ways to rank scientists for needs, side by side on bench_match: plain BM25, the frozen text-only method, and what was tried on top of it.

    python -m benchmarks.match_methods [papers|projects] [--resamples 1000]

Prints for each method and each group of needs nDCG@10 and recall@10, and the difference to a baseline with its 95 % interval from a paired bootstrap
over needs: BM25 of words for the frozen method, the frozen method for all that was tried. A feature is kept only where its interval lies above
zero on some set and below on none. bm25s and rjieba are installed into .cache/bench for it, once.

What `zhulian match` itself reaches, through the command line, is printed by benchmarks.match_quality.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.match_tried import TRIED, World
from queries.text import Field, TextIndex

ROOT = Path(__file__).resolve().parents[1]
_TOOLS = ("bm25s==0.3.16", "rjieba==0.2.2")
FROZEN = "text alone (frozen)"
_FIELDS = (("title", 3.0), ("abstract", 1.0), ("keywords", 2.0))
_DISCOUNTS = tuple(0.5**k for k in range(5))
_AT, _BLOCK = 10, 64
Vector = NDArray[np.float64]
Ranker = Callable[[int], Vector]
"""Number of a need → the score of every scientist."""


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a gzipped CSV file."""
    csv.field_size_limit(1 << 30)
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Bench:
    """One benchmark: needs, works, who stands behind them, and the truth."""

    def __init__(self, name: str) -> None:
        shared = Path(os.environ.get("ZHULIAN_SHARED", ROOT.parent / "shared")) / "data" / "bench_match"
        needs, self.works, people = (rows(shared / name / f"{table}.csv.gz") for table in ("needs", "works", "scientists"))
        person = {p["id"]: i for i, p in enumerate(people)}
        work = {w["id"]: i for i, w in enumerate(self.works)}
        need = {n["id"]: i for i, n in enumerate(needs)}
        pairs = sorted({(person[a["scientist"]], work[a["work"]]) for a in rows(shared / name / "authorships.csv.gz")
                        if a["scientist"] in person and a["work"] in work})
        self.texts = [f"{n['title']}\n{n['text']}".strip() for n in needs]
        self.groups = np.asarray([n["id"][0] for n in needs])
        self.relevant: list[set[int]] = [set() for _ in needs]
        for row in rows(shared / f"{name}.truth.csv.gz"):
            self.relevant[need[row["need_id"]]].add(person[row["scientist_id"]])
        self.by_id = np.argsort(np.argsort(np.asarray([p["id"] for p in people])))
        self.world = World(np.asarray([p for p, _ in pairs]), np.asarray([d for _, d in pairs]), len(people), self.works,
                           [p["institution"] for p in people])

    def measured(self, ranker: Ranker) -> Vector:
        """(needs, 2): nDCG@10 and recall@10 of each need."""
        return np.asarray([self.one(i, ranker(i)) for i in range(len(self.texts))])

    def one(self, need: int, scores: Vector) -> Vector:
        """nDCG@10 and recall@10 of one need, as tools/score_match.py has them (ties fall by id)."""
        gain = 1 / np.log2(np.arange(2, _AT + 2))
        relevant = self.relevant[need]
        least = np.partition(-scores, _AT - 1)[_AT - 1]
        best = np.flatnonzero((-scores <= least) & (scores > 0))
        best = best[np.lexsort((self.by_id[best], -scores[best]))][:_AT]
        hits = [rank for rank, who in enumerate(best) if who in relevant]
        return np.asarray([gain[hits].sum() / gain[:len(relevant)].sum(), len(hits) / len(relevant)])


def words_and_pairs() -> dict[str, Callable[[str], list[str]]]:
    """The two ways to cut a text for plain BM25."""
    rjieba = importlib.import_module("rjieba")
    run = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")

    def pairs(text: str) -> list[str]:
        return [part for found in run.findall(text.lower()) for part in (
            [found] if found.isascii() else [found[i:i + 2] for i in range(max(1, len(found) - 1))])]

    return {"BM25 of words": lambda text: [w for w in rjieba.cut(text.lower()) if w.strip()], "BM25 of pairs of characters": pairs}


def plain(bench: Bench) -> Iterator[tuple[str, list[Vector]]]:
    """BM25 (bm25s, its defaults) of each work as one text, summed over the works of a scientist."""
    bm25s = importlib.import_module("bm25s")
    world = bench.world
    whole = [" ".join((w["title"], w["abstract"], w["keywords"].replace(";", " "))) for w in bench.works]
    of_people = sparse.csr_array((np.ones(len(world.person)), (world.person, world.document)), shape=(world.people, len(whole)))
    for name, cut in words_and_pairs().items():
        index = bm25s.BM25()
        index.index([cut(text) for text in whole], show_progress=False)
        yield name, [np.asarray(of_people @ index.get_scores(cut(text)), np.float32) for text in bench.texts]


def fused(parts: list[list[Vector]]) -> Ranker:
    """Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009; k = 60)."""
    def scores(i: int) -> Vector:
        total = np.zeros(len(parts[0][i]))
        for part in parts:
            order = np.argsort(-part[i], kind="stable")
            total[order] += np.where(part[i][order] > 0, 1 / (61 + np.arange(len(order))), 0)
        return total
    return scores


def documents(bench: Bench) -> Iterator[Vector]:
    """For each need the share of the ideal that each work reaches: BM25F over character n-grams, parameters as they were frozen."""
    index = TextIndex.build([Field(name, weight, [w[name].replace(";", " ; ") if name == "keywords" else w[name] for w in bench.works])
                             for name, weight in _FIELDS])
    for start in range(0, len(bench.texts), _BLOCK):
        queries = index.queries(bench.texts[start:start + _BLOCK])
        yield from index.scores(queries) / np.maximum(queries.ideal, 1e-9)[:, None]


def difference(bench: Bench, found: Vector, baseline: Vector, group: str, column: int, resamples: int) -> str:
    """The mean difference of a group and its interval: needs drawn anew, both methods on the same."""
    mine = (found - baseline)[bench.groups == group, column]
    drawn = mine[np.random.default_rng(1).integers(0, len(mine), (resamples, len(mine)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{mine.mean():+.4f} [{low:+.4f}, {high:+.4f}]"


def report(bench: Bench, name: str, found: Vector, against: Mapping[str, Vector], resamples: int) -> None:
    """One method on all groups."""
    print(f"\n{name}", flush=True)
    for group in sorted(set(bench.groups)):
        at = bench.groups == group
        line = f"  {group}  nDCG@10 {found[at, 0].mean():.4f}  recall@10 {found[at, 1].mean():.4f}"
        for other, baseline in against.items():
            line += "".join(f"  {what} over {other} {difference(bench, found, baseline, group, column, resamples)}"
                            for column, what in enumerate(("nDCG", "recall")))
        print(line, flush=True)


def provide_tools() -> None:
    """Install what the comparison needs, apart from the program's own environment."""
    folder = ROOT / ".cache" / "bench"
    if not folder.is_dir():
        subprocess.run([sys.executable, "-m", "uv", "pip", "install", "-q", "--no-deps", "--target", str(folder), *_TOOLS], check=True)
    sys.path.append(str(folder))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="papers", choices=("papers", "projects"))
    parser.add_argument("--resamples", type=int, default=1000)
    options = parser.parse_args()
    provide_tools()
    bench = Bench(options.name)
    parts: list[list[Vector]] = []
    known: dict[str, Vector] = {}
    for name, scores in plain(bench):
        parts.append(scores)
        known[name] = bench.measured(scores.__getitem__)
        report(bench, name, known[name], {}, options.resamples)
    report(bench, "both, fused by rank", bench.measured(fused(parts)), {}, options.resamples)
    del parts
    measured: dict[str, list[Vector]] = {FROZEN: [], **{tried.name: [] for tried in TRIED}}
    places = bench.world.places(_DISCOUNTS)
    for i, shares in enumerate(documents(bench)):
        measured[FROZEN].append(bench.one(i, bench.world.summed(shares, places)))
        for tried in TRIED:
            measured[tried.name].append(bench.one(i, tried.rank(bench.world, shares)))
    frozen = np.asarray(measured.pop(FROZEN))
    report(bench, FROZEN, frozen, {"words": known["BM25 of words"], "pairs": known["BM25 of pairs of characters"]}, options.resamples)
    for tried in TRIED:
        report(bench, f"{tried.name}: {tried.formula}", np.asarray(measured[tried.name]), {"text": frozen}, options.resamples)


if __name__ == "__main__":
    main()
