"""`zhulian resolve` as a user types it: merge, review sheet there and back, thresholds, undo, and wrong use."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from graph.resolution.run import merged_clusters
from graph.resolve import current_judgements, judge, open_reviews, stored_judgements
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.resolution.worlds import loaded
from tests.loaders.making import new_workspace
from tests.worlds import write_source
from tests.zhulian.running import failed, run
from zhulian.review import write_review

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
    assert header[-4:] == ["出处｜甲", "出处｜乙", "记录甲", "记录乙"]
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
    for sheet in book.worksheets[1:]:
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
    lines = ran.out.splitlines()
    assert lines[0] == "verdicts taken: 1 same, 0 different, 0 unsure"
    assert re.fullmatch(r"[0-9a-f]{16} same: (\S+ \(a/scientists/3\)) and (\S+ \(b/scientists/3\))", lines[1])
    assert lines[-1].endswith(": 1 verdict applied")
    with opened(folder) as workspace:
        assert PAIR in merged_clusters(workspace)
        made = stored_judgements(workspace)[PAIR]
        assert (made.verdict, made.method, made.evidence) == ("same", "review", "问过本人")
        assert made.who
    assert lines[1].startswith(made.judgement_id)
    ran = run(folder, "resolve", "--undo", made.judgement_id)
    assert ran.status == 0, ran.err
    assert re.match(r"\S+ \(a/scientists/3\) and \S+ \(b/scientists/3\): now undone; revision ", ran.out)
    assert ran.out.splitlines()[1] == "what identifiers or the model say of the two counts again; the next zhulian resolve applies it"
    status = run(folder, "status").out
    assert re.search(r"resolve: \S+ \(a/scientists/3\) and \S+ \(b/scientists/3\): undone", status)
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
    assert [(row[0], row[1]) for row in sheet_rows(folder) if row[-2:] == PAIR] == [("待定", "问过本人")]
    ran = run(folder, "resolve", "--apply", "r.xlsx")
    assert "verdicts taken: 0 same, 0 different, 0 unsure; 1 stood already" in ran.out
    assert ran.out.splitlines()[-1].endswith(": nothing new")
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


def sheet_rows(folder: Path) -> list[tuple[str, ...]]:
    """The rows of the people's sheet, as text."""
    sheet = openpyxl.load_workbook(folder / "r.xlsx")["科技工作者"]
    return [tuple("" if c is None else str(c) for c in row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_a_changed_note_of_an_unsure_verdict_is_taken(folder: Path) -> None:
    run(folder, "resolve", "--review", "r.xlsx")
    filled(folder, {PAIR: "待定"})
    assert "1 unsure" in run(folder, "resolve", "--apply", "r.xlsx").out
    book = openpyxl.load_workbook(folder / "r.xlsx")
    [row] = [row for row in book["科技工作者"].iter_rows(min_row=2) if (row[-2].value, row[-1].value) == PAIR]
    row[1].value = "再问单位"
    book.save(folder / "r.xlsx")
    assert "0 same, 0 different, 1 unsure" in run(folder, "resolve", "--apply", "r.xlsx").out
    run(folder, "resolve", "--review", "r.xlsx")
    assert [(r[0], r[1]) for r in sheet_rows(folder) if r[-2:] == PAIR] == [("待定", "再问单位")]


def test_what_a_reviewer_sees_is_what_the_lists_say_and_empty_columns_are_left_out(tmp_path: Path) -> None:
    with new_workspace(tmp_path, "zhulian.duckdb") as workspace:
        for source, bio, unit in (("a", "样例简介甲", "U1"), ("b", "", "样例大学")):
            load(workspace, [write_source(tmp_path / source, {
                "scientists": [{"id": "1", "name": "样例甲", "institution": unit, "研究方向": "柑橘保鲜", "bio": bio, "retired": "是"}],
                "institutions": [{"id": "U1", "name": "样例大学"}]})])
        judge(workspace, "a/scientists/1", "b/scientists/1", "unsure", who="me", evidence="名字少见")
        write_review(workspace, tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["科技工作者"]
    header, row = ([str(c.value or "") for c in cells] for cells in (sheet[1], sheet[2]))
    assert dict(zip(header, row, strict=True)) == {
        "判断": "待定", "说明": "名字少见", "涉及记录数": "1", "姓名｜甲": "样例甲", "姓名｜乙": "样例甲",
        "所在单位｜甲": "样例大学", "所在单位｜乙": "样例大学",
        "研究方向、关键词｜甲": "柑橘保鲜", "研究方向、关键词｜乙": "柑橘保鲜", "简介｜甲": "样例简介甲", "简介｜乙": "",
        "退休｜甲": "是", "退休｜乙": "是",
        "出处｜甲": "a scientists.csv:2", "出处｜乙": "b scientists.csv:2", "记录甲": "a/scientists/1", "记录乙": "b/scientists/1"}
    hidden = {header[i] for i in range(len(header)) if sheet.column_dimensions[get_column_letter(i + 1)].hidden}
    assert hidden == {"记录甲", "记录乙"}


def test_a_number_that_came_masked_stays_as_it_came_and_words_are_chinese(tmp_path: Path) -> None:
    phones = {"1": "138****8001", "2": "1381xxxx345678", "3": "13812345678", "4": "138********", "5": "***", "6": "问办公室"}
    with new_workspace(tmp_path, "zhulian.duckdb") as workspace:
        for source in "ab":
            load(workspace, [write_source(tmp_path / source, {
                "scientists": [{"id": i, "name": f"样例{i}", "phone": phone, "gender": "female"} for i, phone in phones.items()]})])
        for i in phones:
            judge(workspace, f"a/scientists/{i}", f"b/scientists/{i}", "unsure", who="me")
        assert write_review(workspace, tmp_path / "r.xlsx") == len(phones)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["说明", "科技工作者", "机构"]
    guide = "".join(str(row[0]) for row in book["说明"].iter_rows(values_only=True))
    assert [word for word in ("判断", "说明", "概率", "涉及记录数", "顺序", "zhulian resolve --apply") if word not in guide] == []
    header, *rows_ = book["科技工作者"].iter_rows(values_only=True)
    shown = {str(row[-2])[-1]: str(row[header.index("手机｜甲")]) for row in rows_}
    assert shown == {"1": "138****8001", "2": "138****5678", "3": "138****78", "4": "138****", "5": "****", "6": "****"}
    assert {row[header.index("性别｜乙")] for row in rows_} == {"女"}


def test_a_verdict_whose_hidden_ids_are_missing_is_refused_with_its_reason(folder: Path) -> None:
    run(folder, "resolve", "--review", "r.xlsx")
    book = openpyxl.load_workbook(folder / "r.xlsx")
    sheet = book["科技工作者"]
    added = sheet.max_row + 1
    sheet.cell(added, 1, "相同")
    book.save(folder / "r.xlsx")
    failed(run(folder, "resolve", "--apply", "r.xlsx"), 1,
           f"r.xlsx#科技工作者 row {added}: a verdict, but the hidden columns 记录甲 and 记录乙 are empty")


def test_where_nothing_is_open_no_sheet_is_written(tmp_path: Path) -> None:
    with new_workspace(tmp_path, "zhulian.duckdb") as workspace:
        load(workspace, [write_source(tmp_path / "a", {"scientists": [{"id": "1", "name": "样例甲"}]})])
    ran = run(tmp_path, "resolve", "--review", "r.xlsx", "--clusters", "c.csv")
    assert ran.status == 0, ran.err
    assert not (tmp_path / "r.xlsx").exists()
    assert ran.err.splitlines()[-2:] == ["0 pairs wait for a verdict: r.xlsx was not written", "1 record in 1 entity → c.csv"]
    assert "--at" not in ran.out


def test_of_many_verdicts_the_first_twenty_are_told(tmp_path: Path) -> None:
    people = [{"id": str(i), "name": f"样例{i}"} for i in range(23)]
    with new_workspace(tmp_path, "zhulian.duckdb") as workspace:
        for source in ("a", "b"):
            load(workspace, [write_source(tmp_path / source, {"scientists": people})])
        for i in range(23):
            judge(workspace, f"a/scientists/{i}", f"b/scientists/{i}", "unsure", who="me")
        write_review(workspace, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    for row in book["科技工作者"].iter_rows(min_row=2):
        row[0].value = "不同"
    book.save(tmp_path / "r.xlsx")
    ran = run(tmp_path, "resolve", "--apply", "r.xlsx")
    assert ran.status == 0, ran.err
    assert ran.out.count(" different: 样例") == 20
    [more] = [line for line in ran.out.splitlines() if line.startswith("… ")]
    assert re.fullmatch(r"… 3 more: zhulian show a/scientists/\d+", more)


def test_rows_of_records_that_are_gone_are_told_and_the_others_taken(folder: Path) -> None:
    run(folder, "resolve", "--review", "r.xlsx")
    book = openpyxl.load_workbook(folder / "r.xlsx")
    sheet = book["科技工作者"]
    first = sheet.max_row + 1
    for number, pair in enumerate((("a/scientists/3", "b/scientists/gone"), ("a/scientists/1", "a/scientists/3")), start=first):
        sheet.cell(number, 1, "不同")
        sheet.cell(number, sheet.max_column - 1, pair[0])
        sheet.cell(number, sheet.max_column, pair[1])
    book.save(folder / "r.xlsx")
    ran = run(folder, "resolve", "--apply", "r.xlsx")
    assert ran.status == 0, ran.err
    assert "0 same, 1 different, 0 unsure" in ran.out
    assert ran.err.splitlines()[0] == (f"not taken: r.xlsx#科技工作者 row {first}: b/scientists/gone not in the workspace any more "
                                       "(--review writes the sheet anew)")
    with opened(folder) as workspace:
        assert stored_judgements(workspace)["a/scientists/1", "a/scientists/3"].verdict == "different"


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
