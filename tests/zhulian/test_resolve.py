"""`zhulian resolve` as a user types it: merge, review sheet there and back, thresholds, undo, and wrong use."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from graph.resolution.run import merged_clusters
from graph.resolve import current_judgements, open_reviews, stored_judgements
from graph.workspace import Workspace
from tests.graph.resolution.worlds import loaded
from tests.zhulian.running import run

PAIR = ("a/scientists/3", "b/scientists/3")
"""Two of one name and institution, born 28 years apart: asked about."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    loaded(tmp_path, "zhulian.duckdb").close()
    return tmp_path


def opened(folder: Path) -> Workspace:
    return Workspace(folder / "zhulian.duckdb", read_only=True)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_merging_writing_clusters_and_a_review_sheet(folder: Path) -> None:
    ran = run(folder, "resolve", "--clusters", "c.csv", "--review", "r.xlsx")
    assert ran.status == 0, ran.err
    assert "merged: 7 records in 3 entities" in ran.out
    written = rows(folder / "c.csv")
    assert list(written[0]) == ["source", "kind", "record_id", "entity_id", "probability"]
    assert {(r["source"], r["kind"], r["record_id"]) for r in written if r["entity_id"] == "a/scientists/1"} == {
        ("a", "scientist", "1"), ("b", "scientist", "1"), ("c", "scientist", "1")}
    with opened(folder) as workspace:
        reviews = open_reviews(workspace)
    sheet = openpyxl.load_workbook(folder / "r.xlsx")["科技工作者"]
    header = [str(c.value) for c in sheet[1]]
    assert header[:6] == ["判断", "说明", "概率", "理由", "矛盾", "涉及记录数"]
    assert header[6:8] == ["姓名｜甲", "姓名｜乙"]
    assert sheet.max_row - 1 == sum("scientists" in j.left for j in reviews)
    assert [v.formula1 for v in sheet.data_validations.dataValidation] == ['"相同,不同,待定"']
    sizes = [int(str(c.value)) for c in sheet["F"][1:]]
    assert sizes == sorted(sizes, reverse=True)
    text = "\n".join(str(c.value) for row in sheet.iter_rows() for c in row)
    assert "13812345678" not in text
    assert "ruoxi@cqu.example" not in text.casefold()
    assert "出生年份相差两年以上" in text


def filled(folder: Path, verdicts: dict[tuple[str, str], str]) -> Path:
    path = folder / "r.xlsx"
    book = openpyxl.load_workbook(path)
    found = 0
    for sheet in book.worksheets:
        header = [str(c.value) for c in sheet[1]]
        left, right = header.index("记录甲"), header.index("记录乙")
        for row in list(sheet.iter_rows(min_row=2)):
            pair = (str(row[left].value), str(row[right].value))
            if pair in verdicts:
                row[0].value, row[1].value = verdicts[pair], "问过本人"
                found += 1
    assert found == len(verdicts)
    book.save(path)
    return path


def test_a_filled_sheet_is_taken_and_can_be_undone(folder: Path) -> None:
    assert run(folder, "resolve", "--review", "r.xlsx").status == 0
    filled(folder, {PAIR: "相同"})
    ran = run(folder, "resolve", "--apply", "r.xlsx")
    assert ran.status == 0, ran.err
    assert "1 same" in ran.out
    with opened(folder) as workspace:
        assert PAIR in merged_clusters(workspace)
        made = stored_judgements(workspace)[PAIR]
        assert (made.verdict, made.method, made.evidence) == ("same", "review", "问过本人")
        assert made.who
    ran = run(folder, "resolve", "--undo", made.judgement_id)
    assert ran.status == 0, ran.err
    with opened(folder) as workspace:
        assert PAIR not in merged_clusters(workspace)


def test_an_english_verdict_and_an_unsure_one(folder: Path) -> None:
    run(folder, "resolve", "--review", "r.xlsx")
    filled(folder, {PAIR: "different"})
    assert "1 different" in run(folder, "resolve", "--apply", "r.xlsx").out
    with opened(folder) as workspace:
        assert frozenset(PAIR) not in {frozenset((j.left, j.right)) for j in open_reviews(workspace)}
        assert any((j.left, j.right) == PAIR and j.verdict == "different" for j in current_judgements(workspace))


def test_an_unsure_verdict_does_not_spoil_the_next_sheet_and_a_sheet_may_be_applied_twice(folder: Path) -> None:
    run(folder, "resolve", "--review", "r.xlsx")
    filled(folder, {PAIR: "待定"})
    assert run(folder, "resolve", "--apply", "r.xlsx").status == 0
    ran = run(folder, "resolve", "--review", "r.xlsx")
    assert ran.status == 0, ran.err
    filled(folder, {PAIR: "相同"})
    assert "1 same" in run(folder, "resolve", "--apply", "r.xlsx").out
    ran = run(folder, "resolve", "--apply", "r.xlsx")
    assert "0 same" in ran.out
    assert "1 stood already" in ran.out
    with opened(folder) as workspace:
        made = stored_judgements(workspace)[PAIR]
    assert run(folder, "resolve", "--undo", made.judgement_id).status == 0
    with opened(folder) as workspace:
        assert PAIR not in merged_clusters(workspace)


def test_a_broken_sheet_is_refused_whole(folder: Path) -> None:
    run(folder, "resolve", "--review", "r.xlsx")
    path = filled(folder, {PAIR: "也许"})
    ran = run(folder, "resolve", "--apply", str(path))
    assert ran.status == 1
    assert "也许" in ran.err
    assert "row" in ran.err
    (folder / "x.xlsx").write_bytes(b"no workbook")
    for file in ("x.xlsx", "absent.xlsx"):
        ran = run(folder, "resolve", "--apply", file)
        assert ran.status == 1
        assert "review sheet" in ran.err
    with opened(folder) as workspace:
        assert not any(j.method == "review" for j in stored_judgements(workspace).values())


def test_a_sheet_of_records_that_are_gone_is_refused(folder: Path) -> None:
    run(folder, "resolve", "--review", "r.xlsx")
    filled(folder, {PAIR: "相同"})
    (folder / "b" / "scientists.csv").write_text("id,name\n9,某甲\n", encoding="utf-8")
    assert run(folder, "load", "b", "--allow-shrink").status == 0
    ran = run(folder, "resolve", "--apply", "r.xlsx")
    assert ran.status == 1
    assert PAIR[1] in ran.err


def test_at_a_threshold_nothing_is_changed(folder: Path) -> None:
    before = (folder / "zhulian.duckdb").read_bytes()
    ran = run(folder, "resolve", "--clusters", "c.csv", "--at", "0.5")
    assert ran.status == 0, ran.err
    assert (folder / "zhulian.duckdb").read_bytes() == before
    entity = {(r["source"], r["kind"], r["record_id"]): r["entity_id"] for r in rows(folder / "c.csv")}
    assert entity["b", "scientist", "1"] == "a/scientists/1"


@pytest.mark.parametrize("arguments", [
    ("--at", "0.5"), ("--clusters", "c.csv", "--at", "1.5"), ("--clusters", "c.csv", "--at", "0.5", "--review", "r.xlsx"), ("--review", "r.csv"),
    ("--clusters", "c.doc"), ("--undo", "x", "--clusters", "c.csv"),
])
def test_wrong_use_is_told(folder: Path, arguments: tuple[str, ...]) -> None:
    ran = run(folder, "resolve", *arguments)
    assert ran.status == 2
    assert ran.err.startswith("error: ")
    assert not (folder / "c.csv").exists()


def test_undoing_what_is_not_there_fails(folder: Path) -> None:
    ran = run(folder, "resolve", "--undo", "nothing")
    assert ran.status == 2
    assert "nothing" in ran.err


def test_the_benchmark_of_made_up_lists(tmp_path: Path, shared_data: Path) -> None:
    bench = shared_data / "bench_resolve"
    sources = sorted((bench / "sources").iterdir())
    assert run(tmp_path, "load", *map(str, sources)).status == 0
    for name, options in (("merged.csv", ()), ("half.csv", ("--at", "0.5"))):
        ran = run(tmp_path, "resolve", "--clusters", name, *options)
        assert ran.status == 0, ran.err

    def score(truth: str, clusters: str) -> dict[str, float]:
        out = subprocess.run([sys.executable, str(shared_data.parent / "tools" / "score_resolve.py"), str(bench / truth), str(tmp_path / clusters)],
                             capture_output=True, text=True, check=True)
        made: dict[str, float] = json.loads(out.stdout)
        return made

    people, bodies = score("persons.truth.csv.gz", "half.csv"), score("organisations.truth.csv.gz", "half.csv")
    assert people["pair_f1"] >= 0.95
    assert people["pair_precision"] >= 0.97
    assert bodies["pair_f1"] >= 0.95
    assert bodies["pair_precision"] >= 0.96
    for truth in ("persons.truth.csv.gz", "organisations.truth.csv.gz"):
        sure = score(truth, "merged.csv")
        assert sure["pair_precision"] >= 0.99
        assert sure["pair_recall"] >= 0.60
