"""Real lists, end to end: 403,592 rows in, answers with evidence out, pages that ask nobody for anything."""

from __future__ import annotations

import csv
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from graph.snapshot import Snapshot
from tests.worlds import snapshot_of
from tests.zhulian.running import Ran, run

SOURCES = ("chinaxiv", "funded_projects", "a_share_chain")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> tuple[Path, Ran]:
    folder = tmp_path_factory.mktemp("real")
    ran = run(folder, "load", *(str(shared_data / s) for s in SOURCES))
    assert ran.status == 0, ran.err
    return folder, ran


@pytest.fixture(scope="module")
def snapshot(loaded: tuple[Path, Ran]) -> Snapshot:
    return snapshot_of(loaded[0] / "zhulian.duckdb")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_sums_of_the_report_add_up(loaded: tuple[Path, Ran]) -> None:
    lines = [line for line in loaded[1].out.splitlines() if re.search(r"^│(chinaxiv|funded_projects|a_share_chain|total)\b", line)]
    numbers = [[int(n) for n in re.findall(r"\d+", line)] for line in lines]
    *tables, total = [line[-5:] for line in numbers]
    assert total == [sum(column) for column in zip(*tables, strict=True)]
    assert all(read == accepted + rejected for read, accepted, rejected, _, _ in tables)
    assert total[:4] == [403_592, 403_592, 0, 103]


def test_a_need_in_words_is_answered_with_works_that_exist(loaded: tuple[Path, Ran], snapshot: Snapshot) -> None:
    ran = run(loaded[0], "match", "--text", "锂离子电池热管理与安全", "--out", "match.csv")
    assert ran.status == 0, ran.err
    found = rows(loaded[0] / "match.csv")
    assert len(found) == 10
    authors = snapshot.targets("authorships")
    for row in found:
        assert 0 < float(row["score"]) <= 1
        for work in row["evidence"].split(";"):
            assert row["scientist_id"] in authors[work]
    best = snapshot.row("works", found[0]["evidence"].split(";")[0])
    assert "锂离子电池" in str(best["title"])
    assert str(best["title"]) in found[0]["reasons"]


def test_gaps_can_be_checked_against_the_graph(loaded: tuple[Path, Ran], snapshot: Snapshot) -> None:
    named = run(loaded[0], "gaps", "--region", "重庆市", "--out", "named.csv")
    coded = run(loaded[0], "gaps", "--region", "50", "--top", "0", "--out", "gaps.csv")
    assert (named.status, coded.status) == (0, 0), named.err + coded.err
    every = rows(loaded[0] / "gaps.csv")
    assert rows(loaded[0] / "named.csv") == every[:50]
    assert {r["region"] for r in every} == {"50"}
    inputs, makes, places = set(snapshot.pairs("product_inputs")), snapshot.sources("makes"), snapshot.targets("locations")

    def province(enterprise: str) -> str:
        return "".join(p.split("/")[-1][:2] for p in places.get(enterprise, [])[:1])

    for row in every[:300]:
        makers = makes.get(row["product_id"], [])
        assert int(row["local_makers"]) == sum(province(m) == "50" for m in makers)
        assert int(row["local_makers"]) + int(row["other_makers"]) == len(makers)
        path = row["path"].split(";") if row["path"] else []
        assert all(step in inputs for step in pairwise(path))
        if row["kind"] == "weak":
            assert int(row["local_makers"]) == 1
    # Every product that is not made here and is made in at least two other provinces is a candidate (counted anew).
    elsewhere = {p: {province(m) for m in makers} - {""} for p, makers in makes.items()}
    candidates = {p for p, where in elsewhere.items() if "50" not in where and len(where) >= 2}
    assert candidates <= {r["product_id"] for r in every}


def test_the_report_asks_for_nothing_outside_its_folder(loaded: tuple[Path, Ran], browser: Browser) -> None:
    ran = run(loaded[0], "report", "--out", "report")
    assert ran.status == 0, ran.err
    folder = loaded[0] / "report"
    page = browser.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name in ("index.html", next(p.name for p in sorted(folder.glob("region-50-*.html")))):
        page.goto((folder / name).as_uri())
        assert "珠联" in page.content()
    page.close()
    home = folder.as_uri() + "/"
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    assert faults == []


def test_the_benchmark_of_the_contract(tmp_path: Path, shared_data: Path) -> None:
    """bench_match/papers through the command line and the scorer that comes with it."""
    bench = shared_data / "bench_match"
    assert run(tmp_path, "load", str(bench / "papers")).status == 0
    assert run(tmp_path, "match", "--all", "--top", "100", "--out", "scores.csv").status == 0
    sys.path.insert(0, str(shared_data.parent / "tools"))
    try:
        import score_match  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    figures = score_match.evaluate(*(list(score_match.rows(str(p))) for p in (
        bench / "papers" / "needs.csv.gz", bench / "papers.truth.csv.gz", tmp_path / "scores.csv")), boot=40)
    assert figures["A"]["nDCG@10"][0] >= 0.33
    assert figures["B"]["nDCG@10"][0] >= 0.35
