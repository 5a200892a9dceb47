"""Judgements: what the records themselves support, what people say, and how it is taken back."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from graph.errors import UnknownId, UsageError
from graph.resolve import Judgement, clusters, current_judgements, derived_judgements, judge, stored_judgements, undo, valid_credit_code, valid_orcid
from graph.snapshot import Snapshot
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, edges, new_workspace, nodes, rebuilt, snapshot, source, whole_graph

CODE = "91110000600037341L"
"""A credit code with a right check digit (the example of GB 32100's users, in python-stdnum's manual)."""
ORCID = "0000-0002-1825-0097"
"""ORCID's own example of a researcher who does not exist."""


def same(left: str, right: str, score: float = 1.0) -> Judgement:
    return Judgement(left, right, "same", score, "test", "")


def different(left: str, right: str) -> Judgement:
    return Judgement(left, right, "different", 1.0, "review", "")


@pytest.mark.parametrize(("text", "code"), [
    (CODE, CODE), ("91110000 6000 37341l", CODE), ("９１１１００００６０００３７３４１Ｌ", CODE), ("91-110000-600037341-L", CODE),
    ("91110000600037341M", None), ("0" * 18, None), ("", None), ("甲", None), ("9111000060003734", None),
])
def test_credit_codes(text: str, code: str | None) -> None:
    assert valid_credit_code(text) == code


@pytest.mark.parametrize(("text", "valid"), [
    (ORCID, True), (f"https://orcid.org/{ORCID}", True), ("0000000218250097", True), ("0000-0001-5109-3700", True), ("0000-0002-9079-593X", True),
    ("0000-0002-1825-0098", False), ("", False), ("甲", False),
])
def test_orcids(text: str, valid: bool) -> None:
    assert (valid_orcid(text) is not None) is valid
    assert not valid or valid_orcid(text) == text.rsplit("/", 1)[-1].replace("-", "")


def organisations(folder: Path, *sources: tuple[str, list[tuple[str, str, str]]]) -> list[Path]:
    """Sources of enterprises: (id, name, code)."""
    return [source(folder, name, {"enterprises.csv": csv_text([("id", "name", "uscc"), *rows])}) for name, rows in sources]


def joined(workspace: Workspace, pool: str) -> set[tuple[str, ...]]:
    """The members of each entity of several records."""
    return {tuple(v["records"]) for v in nodes(workspace, pool).values() if "records" in v}  # type: ignore[arg-type]


def test_equal_valid_codes_join_where_no_name_contradicts(tmp_path: Path) -> None:
    paths = organisations(
        tmp_path, ("a", [("1", "渝甲科技有限公司", CODE), ("2", "乙公司", "0" * 18), ("3", "丙公司", "91110000600037341M")]),
        ("b", [("1", "渝甲科技股份有限公司", CODE.lower()), ("2", "乙公司", "0" * 18), ("3", "丙公司", "91110000600037341M")]))
    with new_workspace(tmp_path) as workspace:
        load(workspace, paths)
        assert joined(workspace, "organisations") == {("a/enterprises/1", "b/enterprises/1")}
        (made,) = [j for j in derived_judgements(workspace) if j.method != "code"]
        assert (made.left, made.right, made.verdict, json.loads(made.evidence)) == ("a/enterprises/1", "b/enterprises/1", "same", {"uscc": CODE})


@pytest.mark.parametrize("names",
    [("渝甲科技有限公司", "川乙食品有限公司"), ("渝甲科技有限公司", "渝甲科技有限公司成都分公司"), ("重庆大学", "重庆大学附属医院")])
def test_a_shared_code_under_contradicting_names_joins_nobody(tmp_path: Path, names: tuple[str, str]) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, organisations(tmp_path, ("a", [("1", names[0], CODE), ("3", names[0], CODE)]), ("b", [("2", names[1], CODE)])))
        assert joined(workspace, "organisations") == set()


def test_a_former_name_or_alias_agrees(tmp_path: Path) -> None:
    folder = source(tmp_path, "a", {
        "organisations.csv": csv_text([("id", "name", "former_names", "uscc"), ("1", "新名公司", "旧名公司", CODE)]),
        "enterprises.csv": csv_text([("id", "name", "uscc"), ("9", "旧名公司", CODE)])})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        assert joined(workspace, "organisations") == {("a/enterprises/9", "a/organisations/1")}


def test_equal_orcids_join_people_whose_names_do_not_contradict(tmp_path: Path) -> None:
    def people(name: str, *rows: tuple[str, str, str]) -> Path:
        return source(tmp_path, name, {"scientists.csv": csv_text([("id", "name", "orcid"), *rows])})

    paths = [people("a", ("1", "张三", ORCID), ("2", "王五", "0000-0001-5109-3700")), people("b", ("1", "Zhang San", f"https://orcid.org/{ORCID}")),
             people("c", ("2", "李四", "0000-0001-5109-3700"))]
    with new_workspace(tmp_path) as workspace:
        load(workspace, paths)
        assert joined(workspace, "scientists") == {("a/scientists/1", "b/scientists/1")}


def test_equal_official_codes_of_equal_name_join_and_of_another_do_not(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"regions.csv": "id,name\n50,重庆市\n51,别处省\n"})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        found = workspace.connection.execute("SELECT id, records FROM graph.regions WHERE id IN ('bundled/regions/50', 'bundled/regions/51') "
                                             "OR starts_with(id, 's/') ORDER BY id").fetchall()
        assert found == [("bundled/regions/50", ["bundled/regions/50", "s/regions/50"]), ("bundled/regions/51", None), ("s/regions/51", None)]


def test_a_verdict_separates_and_undoing_it_restores_the_graph_exactly(tmp_path: Path) -> None:
    paths = organisations(tmp_path, ("a", [("1", "渝甲公司", CODE)]), ("b", [("1", "渝甲公司", CODE)]), ("c", [("1", "渝甲公司", "")]))
    with new_workspace(tmp_path) as workspace:
        load(workspace, paths)
        before = whole_graph(workspace)
        assert len(nodes(workspace, "organisations")) == 2
        judge(workspace, "b/enterprises/1", "a/enterprises/1", "different", who="me")
        assert rebuilt(workspace) != before["revision"][0][0]
        assert len(nodes(workspace, "organisations")) == 3
        (verdict,) = stored_judgements(workspace).values()
        undo(workspace, verdict.judgement_id, who="me")
        rebuilt(workspace)
        assert whole_graph(workspace) == before
        with pytest.raises(UnknownId, match="in force"):
            undo(workspace, verdict.judgement_id, who="me")


def test_a_join_by_a_person_and_its_undoing(tmp_path: Path) -> None:
    paths = organisations(tmp_path, ("a", [("1", "渝甲公司", "")]), ("b", [("1", "巴甲公司", "")]))
    with new_workspace(tmp_path) as workspace:
        load(workspace, paths)
        before = whole_graph(workspace)
        made = judge(workspace, "b/enterprises/1", "a/enterprises/1", "same", who="me", evidence="电话问过", score=0.9)
        rebuilt(workspace)
        assert joined(workspace, "organisations") == {("a/enterprises/1", "b/enterprises/1")}
        undo(workspace, made.judgement_id, who="me")
        rebuilt(workspace)
        assert whole_graph(workspace) == before
        assert workspace.connection.execute("SELECT verdict, who FROM judgements ORDER BY rowid").fetchall() == [("same", "me"), ("undone", "me")]


def test_a_derived_join_can_be_undone_and_done_again(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, organisations(tmp_path, ("a", [("1", "渝甲公司", CODE)]), ("b", [("1", "渝甲公司", CODE)])))
        before = whole_graph(workspace)
        (join,) = [j for j in current_judgements(workspace) if j.method == "uscc"]
        apart = undo(workspace, join.judgement_id, who="me")
        rebuilt(workspace)
        assert joined(workspace, "organisations") == set()
        undo(workspace, apart.judgement_id, who="me")
        rebuilt(workspace)
        assert whole_graph(workspace) == before


def test_the_latest_verdict_counts_even_if_the_clock_went_back(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        judge(workspace, "a", "b", "same", who="me")
        workspace.connection.execute("UPDATE judgements SET judged_at = TIMESTAMP '2999-01-01'")
        judge(workspace, "a", "b", "different", who="me")
        assert stored_judgements(workspace)["a", "b"].verdict == "different"


def test_an_unsure_verdict_holds_a_derived_join_back(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, organisations(tmp_path, ("a", [("1", "渝甲公司", CODE)]), ("b", [("1", "渝甲公司", CODE)])))
        judge(workspace, "a/enterprises/1", "b/enterprises/1", "unsure", who="me")
        rebuilt(workspace)
        assert joined(workspace, "organisations") == set()


def test_what_cannot_be_judged(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        with pytest.raises(UsageError, match="a verdict is one of same"):
            judge(workspace, "a", "b", "equal", who="me")
        with pytest.raises(UsageError, match="against itself"):
            judge(workspace, "a", "a", "same", who="me")


def test_clusters_follow_same_and_stop_at_different() -> None:
    assert clusters([same("a", "b"), same("b", "c"), same("x", "y")]) == [("a", "b", "c"), ("x", "y")]
    assert clusters([same("a", "b", 0.99), same("b", "c", 0.9), different("a", "c")]) == [("a", "b")]
    assert clusters([same("a", "b", 0.9), same("b", "c", 0.99), different("a", "c")]) == [("b", "c")]
    assert clusters([same("a", "b"), same("c", "d"), same("b", "c", 0.5), different("a", "d")]) == [("a", "b"), ("c", "d")]
    assert clusters([same("a", "b"), same("b", "gone")], ["a", "b"]) == [("a", "b")]
    assert clusters([]) == []


def test_clusters_do_not_depend_on_the_order_of_judgements() -> None:
    chance = random.Random(5)
    records = [f"r{i}" for i in range(12)]
    judgements = []
    for _ in range(30):
        left, right = sorted(chance.sample(records, 2))
        judgements.append(different(left, right) if chance.random() < 0.3 else same(left, right, chance.choice([0.95, 0.97, 1.0])))
    expected = clusters(judgements)
    for _ in range(20):
        chance.shuffle(judgements)
        assert clusters(judgements) == expected
    apart = {(j.left, j.right) for j in judgements if j.verdict == "different"}
    assert not any((a, b) in apart for c in expected for a in c for b in c)


def ranked(folder: Path) -> list[Path]:
    """Four records of one body: sources b and c rank 1, d rank 2, a rank 100."""
    def made(name: str, rank: int, id_: str, more: str) -> Path:
        return source(folder, name, {"source.toml": f"rank = {rank}", "enterprises.csv": (
            f"id,name,uscc,aliases,phone,employees,region,listed,park\n{id_},渝甲公司,{CODE},{more}\n")})

    return [made("a", 100, "0", "a名;共名,,7,成都,是,"), made("c", 1, "1", ",02311112222,8,,,"), made("d", 2, "2", "d名,02399998888,9,重庆,否,南园"),
            made("b", 1, "5", "共名,,,,,")]


def test_an_entity_is_called_after_its_record_from_the_highest_ranked_source_and_merges_by_rule(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, ranked(tmp_path))
        assert nodes(workspace, "organisations") == {"b/enterprises/5": {
            "node_kind": "enterprise", "stub": False, "name": "渝甲公司", "uscc": CODE,
            "records": ["a/enterprises/0", "b/enterprises/5", "c/enterprises/1", "d/enterprises/2"],
            "aliases": ["a名", "d名", "共名"], "phone": "023****22", "employees": 8, "listed": True, "park": "南园"}}
        assert edges(workspace, "locations") == [("b/enterprises/5", "bundled/regions/50"), ("b/enterprises/5", "bundled/regions/5101")]
        seen: Snapshot = snapshot(workspace)
        for member in ("a/enterprises/0", "b/enterprises/5", "c/enterprises/1", "d/enterprises/2", "enterprises/2"):
            assert seen.find(member) == ("organisations", "b/enterprises/5")


def test_the_order_of_loading_does_not_change_an_entity(tmp_path: Path) -> None:
    paths = ranked(tmp_path)
    found = []
    for i, order in enumerate((paths, paths[::-1], paths[2:] + paths[:2])):
        with new_workspace(tmp_path, f"{i}.duckdb") as workspace:
            for path in order:
                load(workspace, [path])
            found.append(whole_graph(workspace))
    assert found[0] == found[1] == found[2]
