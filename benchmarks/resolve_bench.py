"""What the benchmarks of resolution share: where the data lie, running the command line with its cost, and scoring its clusters.

The data are found by the environment variable ZHULIAN_SHARED, else in ../shared beside the checkout.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.resolution.engine import Comparison

SHARED = Path(os.environ.get("ZHULIAN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
BENCH = SHARED / "data" / "bench_resolve"
KINDS = {"people": "persons.truth.csv.gz", "organisations": "organisations.truth.csv.gz"}
"""What is resolved, and the file of its truth."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds of wall clock and of processor (user and system), and the greatest resident memory in MB."""

    wall: float
    processor: float
    memory: float

    def __str__(self) -> str:
        return f"{self.wall:.0f} s wall, {self.processor:.0f} s CPU, {self.memory:,.0f} MB"


def zhulian(folder: Path, *arguments: str) -> Cost:
    """Run a command of the command line in a folder, its report unseen.

    Raises:
        CalledProcessError: it failed; a note on it says what it said last.
    """
    command = [sys.executable, "-m", "zhulian", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    started = time.perf_counter()
    with (folder / "said.txt").open("w+") as said:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            failed = subprocess.CalledProcessError(child.returncode, command)
            failed.add_note(said.read()[-2000:])
            raise failed
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def read_truth(path: Path) -> dict[str, str]:
    """Record id → id of the entity that it is."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return {row["record_id"]: row["entity_id"] for row in csv.DictReader(file)}


def write_truth(path: Path, truth: dict[str, str]) -> None:
    """The same form as read_truth reads."""
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as file:
        writer = csv.writer(file)
        writer.writerow(("record_id", "entity_id"))
        writer.writerows(truth.items())


def read_clusters(path: Path) -> dict[str, str]:
    """Record id as in the file → id of the entity that the command found."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["record_id"]: row["entity_id"] for row in csv.DictReader(file)}


def scored(truth: Path, clusters: Path) -> dict[str, float]:
    """The figures of the scorer that comes with the data."""
    made = subprocess.run([sys.executable, str(SHARED / "tools" / "score_resolve.py"), str(truth), str(clusters)],
                          check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(made.stdout)
    return figures


def in_words(figures: dict[str, float]) -> str:
    """Pair precision, recall and F1 in one line."""
    return f"precision {figures['pair_precision']:.4f}  recall {figures['pair_recall']:.4f}  F1 {figures['pair_f1']:.4f}"


def level_shares(pairs: pa.Table, comparison: Comparison, weights: npt.NDArray[np.float64]) -> list[float]:
    """The share of each level, the first declared first and `otherwise` last, among the scored pairs of which something is known.

    Args:
        pairs: what engine.score returns.
        weights: how much each pair counts.
    """
    levels = np.asarray(pairs[f"gamma_{comparison.name}"].to_numpy())
    known = levels >= 0
    sums = np.bincount(levels[known], weights[known], len(comparison.levels) + 1)[::-1]
    return [float(s) for s in sums / max(1e-300, float(sums.sum()))]
