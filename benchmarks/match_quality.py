"""How well `zhulian match` finds the authors of held-out papers and the leaders of held-out projects.

    python -m benchmarks.match_quality [papers|projects]

Loads shared/data/bench_match/NAME into a temporary workspace, runs the command line, and prints what the scorer that comes
with the data says: MRR, recall@10 and nDCG@10 for each group of needs, with 95 % bootstrap intervals.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(name: str = "papers") -> None:
    """Score one of the two benchmarks."""
    shared = Path(os.environ.get("ZHULIAN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    bench = shared / "data" / "bench_match"
    with tempfile.TemporaryDirectory() as folder:
        for command in (("load", str(bench / name)), ("match", "--all", "--top", "100", "--out", "scores.csv")):
            subprocess.run([sys.executable, "-m", "zhulian", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([sys.executable, str(shared / "tools" / "score_match.py"), str(bench / name / "needs.csv.gz"),
                        str(bench / f"{name}.truth.csv.gz"), str(Path(folder) / "scores.csv")], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
