"""What matching a thousand needs costs at a million works, beside bare bm25s and scikit-learn on the same n-grams.

    python -m benchmarks.match_scale [--works 1000000] [--needs 1000] [--only ours bm25s scikit-learn] [--keep DIR] [--seed 7]

Makes a graph of works, their authors (two and a half a work, ten works a person) and institutions, writes it as a snapshot lies on disk, and runs
each method in a process of its own: ours from the mapped snapshot to ranked people with evidence and reasons, nothing kept from before; bm25s
(its defaults, without numba) over the n-grams of our own encoder, given as the integers that it takes quickest, the best 50 works of each need, no
people; scikit-learn's TfidfVectorizer of characters and pairs, the best 50 works by blocks of sparse products. Prints seconds of processor (user and
system, children included) by step, the ratios to bm25s, and the greatest resident memory, mapped files included.

How the graph is made, and from what: match_scale_graph.py.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.match_methods import ROOT
from benchmarks.match_scale_graph import make
from graph.schema import EDGES, POOLS
from graph.snapshot import Snapshot
from queries.match import Matcher
from queries.ngrams import Encoder

_TOOLS = ("bm25s==0.3.16", "scikit-learn==1.9.1", "joblib==1.6.0", "threadpoolctl==3.8.0")
_TOP, _BEST = 10, 50
"""People for a need; works for it, where there are no people."""
_AGAIN = 128
_PART, _BLOCK = 50_000, 16
"""Works that are taken apart at a time, needs that scikit-learn's vectors are multiplied for."""


@dataclass(slots=True)
class Costs:
    """Seconds of processor by step, of this process and its children."""

    steps: dict[str, float] = field(default_factory=dict)
    _before: float = 0.0

    def step(self, name: str) -> None:
        """What was done since the last step was this."""
        self.steps[name] = self._since()

    def divide(self, name: str, other: str, times: float) -> None:
        """Of what a step took, only so many times what was done since the last is its own; the rest is another's. Adds nothing."""
        own = min(self._since() * times, self.steps[name])
        self.steps[name], self.steps[other] = own, self.steps[name] - own

    def _since(self) -> float:
        now = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        self._before, before = now, self._before
        return now - before


def _mapped(folder: Path, name: str) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(folder / f"{name}.arrow"))).read_all()


def _works(folder: Path) -> Iterator[list[str]]:
    """All works as one text each, some at a time."""
    columns = _mapped(folder, "works").select(["title", "abstract", "keywords"])
    for start in range(0, columns.num_rows, _PART):
        title, abstract, keywords = (c.to_pylist() for c in columns.slice(start, _PART).columns)
        yield [f"{t}\n{a}\n{' ; '.join(k)}" for t, a, k in zip(title, abstract, keywords, strict=True)]


def _needs(folder: Path) -> list[str]:
    found: list[str] = _mapped(folder, "needs").column("text").to_pylist()
    return found


def ours(folder: Path, costs: Costs) -> None:
    """From the snapshot to the ten best people for each need, with evidence and reasons."""
    snapshot = Snapshot("made", {p: _mapped(folder, p) for p in POOLS}, {e: _mapped(folder, e) for e in EDGES})
    matcher = Matcher(snapshot, today="2026-01-01")
    costs.step("index")
    demands, _ = matcher.demands()
    found = matcher.match(demands, top=_TOP)
    costs.step("query")
    if len(found.matches) != _TOP * len(demands) or not all(m.evidence and m.reasons for m in found.matches):
        raise RuntimeError(f"{len(found.matches)} matches, not all with evidence")
    # What evidence costs is told by some needs that are matched again without it.
    matcher.match(demands[:_AGAIN], top=_TOP, explain=False)
    costs.divide("query", "evidence", len(demands) / min(_AGAIN, len(demands)))


def bm25s(folder: Path, costs: Costs) -> None:
    """n-grams as integers, index, the best works; no people, no reasons."""
    tool = importlib.import_module("bm25s")
    encoder = Encoder()
    parts = [_codes(encoder, texts) for texts in _works(folder)]
    known = np.unique(np.concatenate([np.unique(codes) for codes, _ in parts]))
    # Each number is one object, however often it stands: bm25s wants lists of integers, and 300 million of their own would take 10 GB.
    numbers = np.arange(len(known)).astype(object)
    tokens: list[list[int]] = []
    while parts:
        codes, ends = parts.pop(0)
        tokens += [part.tolist() for part in np.split(numbers[np.searchsorted(known, codes)], ends)]
    codes, ends = _codes(encoder, _needs(folder))
    asked = [numbers[_among(known, part)].tolist() for part in np.split(codes, ends)]
    costs.step("n-grams")
    index = tool.BM25()
    index.index((tokens, {i: i for i in range(len(known))}), create_empty_token=False, show_progress=False)
    costs.step("index")
    index.retrieve(asked, k=_BEST, show_progress=False)
    costs.step("query")


def _codes(encoder: Encoder, texts: list[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The n-grams of texts, one text after the other, and where all but the last end."""
    terms = encoder.encode(texts, grow=True)
    order = np.argsort(terms.text, kind="stable")
    return terms.code[order], np.cumsum(np.bincount(terms.text, minlength=len(texts)))[:-1]


def _among(known: NDArray[np.uint64], codes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where the codes that are known stand among them, each once."""
    codes = np.unique(codes)
    at = np.searchsorted(known, codes)
    found: NDArray[np.int64] = at[known[np.minimum(at, len(known) - 1)] == codes]
    return found


def scikit_learn(folder: Path, costs: Costs) -> None:
    """TF-IDF of characters and pairs, sparse products of blocks of needs with all works."""
    text = importlib.import_module("sklearn.feature_extraction.text")
    vectorizer = text.TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
    works = vectorizer.fit_transform(t for part in _works(folder) for t in part).T.tocsr()
    costs.step("index")
    needs = vectorizer.transform(_needs(folder))
    for start in range(0, needs.shape[0], _BLOCK):
        for scores in sparse.csr_array(needs[start:start + _BLOCK] @ works):
            np.sort(scores.data[np.argpartition(scores.data, max(len(scores.data) - _BEST, 0))[-_BEST:]])
    costs.step("query")


METHODS: dict[str, Callable[[Path, Costs], None]] = {"ours": ours, "bm25s": bm25s, "scikit-learn": scikit_learn}


def provide_tools() -> None:
    """Install what the comparison needs, apart from the program's own environment."""
    folder = ROOT / ".cache" / "bench"
    if not (folder / "sklearn").is_dir() or not (folder / "bm25s").is_dir():
        subprocess.run([sys.executable, "-m", "uv", "pip", "install", "-q", "--no-deps", "--target", str(folder), *_TOOLS], check=True)
    sys.path.append(str(folder))


def run(folder: Path, method: str) -> None:
    """One method in this process; prints its steps and memory as JSON."""
    provide_tools()
    costs = Costs()
    costs.step("start")
    METHODS[method](folder, costs)
    print(json.dumps({"steps": costs.steps, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 ** 2}))


def report(folder: Path, methods: list[str]) -> None:
    """Run methods, each in a process of its own, and print their costs side by side."""
    steps: dict[str, dict[str, float]] = {}
    for method in methods:
        command = [sys.executable, "-m", "benchmarks.match_scale", "--run", method, "--keep", str(folder)]
        done = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)
        steps[method] = done["steps"]
        by_step = ", ".join(f"{name} {seconds:.1f}" for name, seconds in done["steps"].items())
        print(f"{method}: {sum(done['steps'].values()):.1f} s CPU ({by_step}), {done['memory']:.2f} GiB", flush=True)
    if bare := steps.get("bm25s"):
        for name, least in (("bm25s", sum(bare.values())), ("its index and queries alone, n-grams given", bare["index"] + bare["query"])):
            print(f"over {name}: " + ", ".join(f"{method} {sum(taken.values()) / least:.2f}" for method, taken in steps.items()))


def main() -> None:
    """Read the arguments; make the graph and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=1_000_000)
    parser.add_argument("--needs", type=int, default=1_000)
    parser.add_argument("--only", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--keep", type=Path, help="make the graph in this folder, or use the one that is there")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--run", choices=METHODS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run(options.keep, options.run)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "works.arrow").is_file():
            make(folder, options.works, options.needs, options.seed)
        report(folder, options.only)


if __name__ == "__main__":
    main()
