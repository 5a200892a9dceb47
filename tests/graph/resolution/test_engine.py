"""The score of a pair against the formula worked out by hand; blocks and their caps."""

from __future__ import annotations

from math import log2

import duckdb
import pyarrow as pa
import pytest

from graph.resolution.engine import Comparison, Level, Model, candidate_pairs, evidence, score

MODEL = Model(
    comparisons=(
        Comparison("name", "姓名", "name_l IS NULL OR name_r IS NULL", (
            Level("same name", "name_l = name_r", 0.8, 0.01, frequency="name"),
            Level("same first character", "left(name_l, 1) = left(name_r, 1)", 0.15, 0.05, asks=True),
        ), otherwise=(0.05, 0.94), decisive=True),
        Comparison("born", "出生", "born_l IS NULL OR born_r IS NULL", (Level("same year", "born_l = born_r", 0.9, 0.02),), otherwise=(0.1, 0.98)),
    ),
    conflicts=(("born years apart", "abs(born_l - born_r) >= 2"),),
    matches_per_record=0.5)

RECORDS = pa.table({
    "unique_id": ["a", "b", "c", "d", "e"], "name": ["王磊", "王磊", "王芳", "李明", "王磊"],
    "born": pa.array([1960, 1960, 1960, 1970, None], pa.int64())})


def scored(*pairs: tuple[str, str]) -> dict[tuple[str, str], dict[str, object]]:
    with duckdb.connect() as con:
        table = score(con, MODEL, RECORDS, pa.table({"left": [p[0] for p in pairs], "right": [p[1] for p in pairs]}))
    return {(str(row["left"]), str(row["right"])): row for row in table.to_pylist()}


def test_the_weight_is_the_sum_of_the_levels_and_the_prior() -> None:
    rows = scored(("a", "b"), ("a", "c"), ("a", "d"), ("a", "e"))
    prior = log2(0.2 / 0.8)  # 2 * 0.5 matches / 5 records
    assert rows["a", "b"]["weight"] == pytest.approx(prior + log2(0.8 / (3 / 5)) + log2(0.9 / 0.02))  # three of five are called so
    assert rows["a", "c"]["weight"] == pytest.approx(prior + log2(0.15 / 0.05) + log2(0.9 / 0.02))
    assert rows["a", "d"]["weight"] == pytest.approx(prior + log2(0.05 / 0.94) + log2(0.1 / 0.98))
    assert rows["a", "e"]["weight"] == pytest.approx(prior + log2(0.8 / (3 / 5)))  # an unknown year says nothing
    odds = 0.25 * 0.8 / 0.6 * 45
    assert rows["a", "b"]["probability"] == pytest.approx(odds / (1 + odds))


def test_conflicts_what_decides_and_what_asks_are_said() -> None:
    rows = scored(("a", "b"), ("a", "c"), ("a", "d"), ("c", "d"))
    assert [rows[p]["conflict"] for p in rows] == ["", "", "姓名不同", "姓名不同"]
    assert [rows[p]["asks"] for p in rows] == [False, True, False, False]
    assert evidence(MODEL, [2, 1]) == ["same name", "same year"]
    assert evidence(MODEL, [0, -1]) == ["姓名不同"]


def test_no_pairs_are_no_error() -> None:
    assert scored() == {}


def blocks(*rows: tuple[str, str, bool]) -> pa.Table:
    return pa.table({"key": [r[0] for r in rows], "record": [r[1] for r in rows], "seeks": [r[2] for r in rows]})


def met(table: pa.Table, largest: int = 100) -> list[tuple[str, str]]:
    with duckdb.connect() as con:
        found = candidate_pairs(con, table, largest=largest).to_pydict()
    return sorted(zip(found["left"], found["right"], strict=True))


def test_records_meet_once_under_any_key_they_share() -> None:
    assert met(blocks(("k", "b", True), ("k", "a", True), ("m", "a", True), ("m", "b", True), ("m", "c", True), ("n", "d", True))) == [
        ("a", "b"), ("a", "c"), ("b", "c")]


def test_who_does_not_seek_is_found_by_those_who_do() -> None:
    assert met(blocks(("k", "a", False), ("k", "b", False), ("k", "c", True))) == [("a", "c"), ("b", "c")]


def test_a_block_too_large_is_passed_over() -> None:
    rows = [("k", f"r{i}", True) for i in range(6)] + [("narrow", "r0", True), ("narrow", "r1", True)]
    assert met(blocks(*rows), largest=5) == [("r0", "r1")]
