"""How right resolution is on real people: 100 pairs of the same name from two real sources, judged by hand.

    python -m benchmarks.namesakes sample FILE.csv     the pairs as a judge sees them: no verdict of the program, shuffled
    python -m benchmarks.namesakes                     precision of merged and of unmerged pairs, with 95 % intervals

Sources: shared/data/chinaxiv and funded_projects. Fifty pairs that `zhulian resolve` merges without review and fifty that it does not are
drawn by seed from all pairs of a person of one source with a person of the other who write their names alike. The judge's verdicts stand in
namesakes.csv beside this file (ids only, no names): same, different, or unknown where what the sources say does not suffice.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from math import sqrt
from pathlib import Path

from graph.workspace import Workspace

_VERDICTS = Path(__file__).with_suffix(".csv")
_SOURCES = ("chinaxiv", "funded_projects")
_SEED, _EACH = 20261124, 50
_FIELDS = ("name", "institution", "disciplines", "works")

_PEOPLE = """
    SELECT s.source || '/scientists/' || s.id, s.name, coalesce(i.name, s.institution, ''), coalesce(array_to_string(s.disciplines, ', '), '')
    FROM records.scientists s LEFT JOIN records.institutions i ON i.source || chr(31) || i.id = s.source || chr(31) || s.institution"""
_WORKS = """
    SELECT a.source || '/scientists/' || a.scientist,
           string_agg(concat_ws(' ', w.year, w.title, '[' || array_to_string(w.disciplines, ', ') || ']'), ' | ' ORDER BY w.id)
    FROM records.authorships a JOIN records.works w ON w.source || chr(31) || w.id = a.source || chr(31) || a.work GROUP BY ALL"""

Pair = tuple[str, str]


def main(*arguments: str) -> None:
    """Draw the sample, or score the program by the verdicts on it."""
    with tempfile.TemporaryDirectory() as folder:
        merged, records = _resolved(Path(folder))
        if arguments[:1] == ("sample",):
            _write_sample(_sample(merged, records), records, Path(arguments[1]))
        else:
            _score(merged)


def _resolved(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Record → entity after `zhulian resolve`, and what each record says."""
    shared = Path(os.environ.get("ZHULIAN_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
    for command in (("load", *(str(shared / s) for s in _SOURCES)), ("resolve",)):
        subprocess.run([sys.executable, "-m", "zhulian", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with Workspace(folder / "zhulian.duckdb", read_only=True) as workspace:
        con = workspace.connection
        merged = dict(con.execute("SELECT record, entity FROM graph.members WHERE tbl = 'scientists'").fetchall())
        people = con.execute(_PEOPLE).fetchall()
        works = dict(con.execute(_WORKS).fetchall())
    return merged, {record: dict(zip(_FIELDS, (*said, works.get(record, "")), strict=True)) for record, *said in people}


def _sample(merged: dict[str, str], records: dict[str, dict[str, str]]) -> list[Pair]:
    by_name: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for record, said in sorted(records.items()):
        by_name[said["name"]][_SOURCES.index(record.split("/")[0])].append(record)
    pairs = [(a, b) for left, right in by_name.values() for a in left for b in right]
    draw = random.Random(_SEED)
    chosen = [pair for one in (True, False)
              for pair in draw.sample(sorted(p for p in pairs if (merged[p[0]] == merged[p[1]]) is one), _EACH)]
    draw.shuffle(chosen)
    return chosen


def _write_sample(pairs: list[Pair], records: dict[str, dict[str, str]], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("left", "right", "verdict", *(f"{side} {name}" for name in _FIELDS for side in ("left", "right"))))
        for left, right in pairs:
            writer.writerow((left, right, "", *(records[r][name] for name in _FIELDS for r in (left, right))))


def _score(merged: dict[str, str]) -> None:
    counted: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    with _VERDICTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counted[merged[row["left"]] == merged[row["right"]]][row["verdict"]] += 1
    for one, verdicts in counted.items():
        right, judged = verdicts["same" if one else "different"], verdicts["same"] + verdicts["different"]
        low, high = wilson(right, judged)
        print(f"{'merged' if one else 'unmerged'}: {right} of {judged} right, {right / max(1, judged):.3f} [{low:.3f}, {high:.3f}]; "
              f"{verdicts['unknown']} not to be told")


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a share (JASA 1927)."""
    if not trials:
        return 0.0, 1.0
    share, spread = successes / trials, z * z / trials
    centre = share + spread / 2
    half = z * sqrt(share * (1 - share) / trials + spread / trials / 4)
    return (centre - half) / (1 + spread), (centre + half) / (1 + spread)


if __name__ == "__main__":
    main(*sys.argv[1:])
