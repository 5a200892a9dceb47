"""How resolution takes to many records: bench_resolve copied N times with other names, resolved, timed and scored.

    python -m benchmarks.resolve_scale [--times 10] [--keep DIR] [--seed 20]

Prints the time of `zhulian resolve` (wall and processor), its greatest memory, and pair F1 at a threshold of 0.5 beside that of the
original set. How the copies are made: resolve_copies.py. Limits: 3 minutes, 3 GB on two cores, an F1 at most 0.015 lower.

Public bodies are the same in all copies, so that in the large set most pairs of organisations are theirs; enterprises are scored apart too.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.resolve_bench import BENCH, KINDS, in_words, read_truth, scored, write_truth, zhulian
from benchmarks.resolve_copies import write_copies

_AT = "0.5"
_ENTERPRISES = "enterprises"


def report(folder: Path, times: int, seed: int) -> None:
    """Make the copies in a folder, run both sets, print the figures."""
    made = write_copies(folder, times, seed)
    for kind in KINDS:
        print(f"{kind}: {made.written[kind]:,} records written, {made.left_out[kind]:,} left out (their form cannot be kept)", flush=True)
    original = folder / "original"
    truths = {**KINDS, _ENTERPRISES: f"{_ENTERPRISES}.truth.csv.gz"}
    before = _figures("original", BENCH / "sources", original, _truths(BENCH, original, folder))
    after = _figures(f"{times} times", folder / "sources", folder / "work", _truths(folder, folder / "work", folder))
    for kind in truths:
        print(f"{kind}: F1 lower by {before[kind] - after[kind]:.4f} (allowed: 0.015)")


def _truths(bench: Path, work: Path, copies: Path) -> dict[str, Path]:
    """The truth files of a set; that of enterprises alone is written to `work`."""
    work.mkdir()
    entities = set(read_truth(copies / KINDS["organisations"]).values())
    copied = {e.lstrip("k0123456789") for e in entities if e.startswith("k")}
    truth = read_truth(bench / KINDS["organisations"])
    path = work / f"{_ENTERPRISES}.truth.csv.gz"
    write_truth(path, {record: e for record, e in truth.items() if e.startswith("k") or e in copied})
    return {**{kind: bench / name for kind, name in KINDS.items()}, _ENTERPRISES: path}


def _figures(name: str, sources: Path, work: Path, truths: dict[str, Path]) -> dict[str, float]:
    """Load, resolve and cluster a set, print what it took and how right it is. Returns the pair F1 of each kind."""
    steps = {"load": ["load", *map(str, sorted(sources.iterdir()))], "resolve": ["resolve", "--clusters", "merged.csv"],
             f"clusters at {_AT}": ["resolve", "--clusters", "clusters.csv", "--at", _AT]}
    for step, arguments in steps.items():
        print(f"{name}: {step}: {zhulian(work, *arguments)}", flush=True)
    found = {}
    for kind, truth in truths.items():
        figures = scored(truth, work / "clusters.csv")
        found[kind] = figures["pair_f1"]
        print(f"{name}: {kind}: {in_words(figures)}, largest cluster {figures['largest_cluster']}", flush=True)
        print(f"{name}: {kind}, merged without review: {in_words(scored(truth, work / 'merged.csv'))}", flush=True)
    return found


def main() -> None:
    """Read the arguments and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10, help="how many copies, the original among them")
    parser.add_argument("--keep", type=Path, help="make the files in this folder, and leave them there")
    parser.add_argument("--seed", type=int, default=20)
    asked = parser.parse_args()
    if asked.times < 2:
        parser.error("--times is 2 or more")
    if asked.keep is not None:
        asked.keep.mkdir(parents=True)
        report(asked.keep.resolve(), asked.times, asked.seed)
        return
    with tempfile.TemporaryDirectory() as folder:
        report(Path(folder), asked.times, asked.seed)


if __name__ == "__main__":
    main()
