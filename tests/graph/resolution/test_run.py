"""Resolving a workspace: what is merged, what is asked, what a person's word does, and how it is taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import WorkspaceError
from graph.learned_names import keep_names
from graph.resolution.run import clusters_at, merged, merged_clusters, resolve
from graph.resolve import current_judgements, judge, open_reviews, undo
from graph.sql import scalar
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.resolution.worlds import loaded, write_lists
from tests.loaders.making import new_workspace, rebuilt, source, whole_graph

A1, B1, C1, C4 = "a/scientists/1", "b/scientists/1", "c/scientists/1", "c/scientists/4"


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Workspace]:
    with loaded(tmp_path) as workspace:
        yield workspace


def groups(workspace: Workspace) -> set[tuple[str, ...]]:
    return set(merged_clusters(workspace))


def history(workspace: Workspace) -> int:
    return int(scalar(workspace.connection, "SELECT count(*) FROM judgements"))


def test_what_is_sure_is_merged_and_what_contradicts_is_not(lists: Workspace) -> None:
    report = resolve(lists)
    assert groups(lists) == {
        (A1, B1, C1),                                     # by e-mail, work, masked number; in Chinese and in Latin letters
        ("a/scientists/2", "b/scientists/2"),             # by ORCID
        ("a/organisations/1", "b/organisations/1"),       # the branch (a/2) with the same telephone stays alone
    }
    assert report.clusters == 3
    assert report.merged_records == 7
    together = {frozenset((j.left, j.right)) for j in open_reviews(lists)}
    assert frozenset(("a/scientists/3", "b/scientists/3")) in together  # all alike, but born 28 years apart: a person decides
    assert any(C4 in pair for pair in together)                         # a name that sounds the same is asked about, never merged
    assert not any("a/organisations/3" in pair for pair in together)    # one credit code under two names joins nobody


def test_every_judgement_says_why_and_holds_no_contact(lists: Workspace) -> None:
    resolve(lists)
    rows = lists.connection.execute("SELECT evidence FROM judgements WHERE method = 'model'").fetchall()
    assert rows
    for (evidence,) in rows:
        assert json.loads(evidence)["evidence"]
        assert not any(secret in evidence.casefold() for secret in ("@", "5678", "1825"))
    said = next(j for j in current_judgements(lists) if {j.left, j.right} == {A1, B1})
    assert "邮箱相同" in json.loads(said.evidence)["evidence"]
    assert said.score > 0.99


def test_a_second_run_has_nothing_to_say(lists: Workspace) -> None:
    first = resolve(lists)
    before = history(lists)
    again = resolve(lists)
    assert (again.appended, again.revision, history(lists)) == (0, first.revision, before)


def test_the_order_of_loading_does_not_matter(tmp_path: Path, lists: Workspace) -> None:
    resolve(lists)
    with new_workspace(tmp_path, "other.duckdb") as other:
        for path in reversed(write_lists(tmp_path)):
            load(other, [path])
        resolve(other)
        assert whole_graph(other) == whole_graph(lists)


def test_a_person_goes_before_the_model_and_is_not_asked_again(lists: Workspace) -> None:
    resolve(lists)
    judge(lists, A1, C1, "different", who="tester")
    judge(lists, "a/scientists/3", "b/scientists/3", "same", who="tester")
    resolve(lists)
    assert ("a/scientists/3", "b/scientists/3") in groups(lists)
    assert not any({A1, C1} <= set(group) for group in groups(lists))
    pairs = {frozenset((j.left, j.right)) for j in open_reviews(lists)}
    assert frozenset((A1, C1)) not in pairs
    assert frozenset(("a/scientists/3", "b/scientists/3")) not in pairs


def test_undoing_restores_the_graph_exactly(lists: Workspace) -> None:
    loaded_graph = whole_graph(lists)
    resolve(lists)
    resolved_graph = whole_graph(lists)
    assert resolved_graph != loaded_graph
    for j in current_judgements(lists):
        if j.method == "model":
            undo(lists, j.judgement_id, who="tester")
    # What the names of institutions mean is learned from all records, and is no judgement.
    learned = dict(lists.connection.execute("SELECT name, organisation FROM learned_names").fetchall())
    keep_names(lists.connection, {})
    rebuilt(lists)
    assert whole_graph(lists) == loaded_graph
    for j in current_judgements(lists):
        if j.method == "review":
            undo(lists, j.judgement_id, who="tester")
    keep_names(lists.connection, learned)
    rebuilt(lists)
    assert whole_graph(lists) == resolved_graph


def test_a_persons_word_on_a_poor_record_does_not_tear_what_is_merged(tmp_path: Path) -> None:
    lists = {"甲库": "id,name,institution,phone,email,birth_date\nA1,李建国,重庆大学,13800138001,lijg@example.org,1968-03\n",
             "乙库": "id,name,institution,phone,email,birth_date\nB1,李建国,重庆大学,138****8001,lijg@example.org,1968\n",
             "丙库": "id,name,institution\nC1,李建国,重庆大学\n"}
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, name, {"scientists.csv": text}) for name, text in lists.items()])
        resolve(workspace)
        assert groups(workspace) == {("乙库/scientists/B1", "甲库/scientists/A1")}
        [asked] = open_reviews(workspace)
        judge(workspace, asked.left, asked.right, "same", who="tester")
        rebuilt(workspace)
        resolve(workspace)
        assert groups(workspace) == {("丙库/scientists/C1", "乙库/scientists/B1", "甲库/scientists/A1")}
        assert open_reviews(workspace) == []


def test_a_threshold_changes_nothing_and_joins_more_the_lower_it_is(lists: Workspace) -> None:
    before, revision = history(lists), lists.meta("revision")
    strict, loose = clusters_at(lists, 0.999), clusters_at(lists, 0.05)
    assert (history(lists), lists.meta("revision")) == (before, revision)
    assert len({m.entity for m in strict}) > len({m.entity for m in loose})
    assert {m.record for m in strict} == {m.record for m in loose}
    assert all(0 <= m.probability <= 1 for m in (*strict, *loose))
    entity = {m.record: m.entity for m in clusters_at(lists, 0.5)}
    assert entity[A1] == entity[B1] == entity[C1] == A1


def test_what_is_merged_is_what_the_graph_holds(lists: Workspace) -> None:
    resolve(lists)
    entity = {m.record: m.entity for m in merged(lists)}
    known = dict(lists.connection.execute("SELECT record, entity FROM graph.members WHERE pool IN ('scientists', 'organisations')").fetchall())
    assert entity == known


def test_records_that_are_gone_lose_their_judgements(tmp_path: Path, lists: Workspace) -> None:
    resolve(lists)
    load(lists, [write_lists(tmp_path / "again")[1]], source="b", allow_shrink=True)
    (tmp_path / "b" / "scientists.csv").write_text("id,name\n9,某甲\n", encoding="utf-8")
    load(lists, [tmp_path / "b"], allow_shrink=True)
    resolve(lists)
    assert (A1, C1) in groups(lists)
    assert not any(B1 in (j.left, j.right) and j.verdict != "undone" for j in current_judgements(lists) if j.method == "model")


def test_an_empty_workspace_is_told_to_load_first(tmp_path: Path) -> None:
    with Workspace(tmp_path / "empty.duckdb") as workspace, pytest.raises(WorkspaceError, match="load"):
        resolve(workspace)


def test_a_verdict_taken_back_lets_the_model_speak_again(lists: Workspace) -> None:
    resolve(lists)
    before = {(j.left, j.right) for j in open_reviews(lists)}
    verdict = judge(lists, A1, C1, "different", who="tester")
    doubt = judge(lists, "a/scientists/3", "b/scientists/3", "same", who="tester")
    resolve(lists)
    undo(lists, verdict.judgement_id, who="tester")
    undo(lists, doubt.judgement_id, who="tester")
    rebuilt(lists)
    assert (A1, B1, C1) in groups(lists)
    assert before <= {(j.left, j.right) for j in open_reviews(lists)}


def test_a_person_may_be_unsure_too(lists: Workspace) -> None:
    resolve(lists)
    asked = next(j for j in open_reviews(lists) if {j.left, j.right} == {"a/scientists/3", "b/scientists/3"})
    made = judge(lists, asked.left, asked.right, "unsure", who="tester", evidence="问不到")
    resolve(lists)
    still = next(j for j in open_reviews(lists) if (j.left, j.right) == (asked.left, asked.right))
    assert (still.score, still.evidence) == (asked.score, asked.evidence)
    undo(lists, made.judgement_id, who="tester")
    judge(lists, A1, B1, "unsure", who="tester")
    resolve(lists)
    rebuilt(lists)
    assert (A1, B1, C1) not in groups(lists)


def test_an_orcid_that_comes_later_joins_what_was_doubtful(tmp_path: Path, lists: Workspace) -> None:
    resolve(lists)
    for name in "ab":
        path = tmp_path / name / "scientists.csv"
        text = path.read_text(encoding="utf-8")
        rows = [line if not line.startswith("3,司徒远山") else ",".join([*line.split(",")[:9], "0000-0001-5109-3700", *line.split(",")[10:]])
                for line in text.splitlines()]
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        load(lists, [tmp_path / name])
    assert ("a/scientists/3", "b/scientists/3") in groups(lists)


def test_one_orcid_on_two_chinese_names_joins_nobody(tmp_path: Path) -> None:
    header = "id,name,name_en,orcid\n"
    for name, row in (("x", "1,王磊,Wang Lei,0000-0001-5109-3700"), ("y", "1,李华,Li Hua,0000-0001-5109-3700")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scientists.csv").write_text(header + row + "\n", encoding="utf-8")
    with new_workspace(tmp_path, "orcid.duckdb") as workspace:
        load(workspace, [tmp_path / "x", tmp_path / "y"])
        assert not groups(workspace)
