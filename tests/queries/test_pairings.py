"""The same engine for other pairings: who comes first, and who may not come, on small worlds worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import UnknownId, UsageError
from graph.schema import EDGES, POOLS
from queries.assign import assign
from queries.features import FEATURES
from queries.match import Matcher
from queries.pairings import PAIRINGS, pairing
from queries.paths import kind_of
from queries.results import MatchResult
from queries.rules import RULES
from tests.worlds import Rows, world

DAY = "2026-06-01"


def matched(folder: Path, name: str, tables: dict[str, Rows], wanted: list[str] | None = None) -> MatchResult:
    matcher = Matcher(world(folder, tables), pairing(name), today=DAY)
    return matcher.match(matcher.demands(wanted)[0], top=0)


def pairs(result: MatchResult) -> list[tuple[str, str]]:
    """(demand's title, supplier's name), best first for each demand."""
    return [(m.demand_title, m.supplier_name) for m in result.matches]


@pytest.mark.parametrize("name", PAIRINGS)
def test_what_a_pairing_names_is_there(name: str) -> None:
    found = PAIRINGS[name]
    assert set(found.rules) <= set(RULES)
    assert set(found.features) <= set(FEATURES)
    assert {found.supply.pool, found.asking.pool} <= set(POOLS)
    for texts in (*found.supply.texts, *found.asking.texts):
        columns = {p.name for table in POOLS[texts.pool] for p in table.properties}
        assert {c for c in (texts.title, texts.body, *texts.keywords) if c} <= columns
        assert {kind_of(step) for path in (texts.path, *texts.named) for step in path} <= set(EDGES)


def test_an_unknown_pairing_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="mentors"):
        pairing("nobody")


MENTORS: dict[str, Rows] = {
    "scientists": [
        {"id": "m", "name": "甲院士", "honours": "中国科学院院士", "keywords": "电池热管理", "birth_date": "1950"},
        {"id": "p", "name": "乙教授", "title": "教授", "keywords": "柑橘保鲜", "birth_date": "1970"},
        {"id": "v", "name": "丙副教授", "title": "副教授", "keywords": "电池热管理", "birth_date": "1980"},
        {"id": "y", "name": "丁", "keywords": "电池热管理；液冷", "birth_date": "1996"},
        {"id": "z", "name": "戊", "keywords": "柑橘保鲜", "birth_date": "1990"},
        {"id": "t", "name": "己", "keywords": "柑橘保鲜", "title": "讲师"},
        {"id": "h", "name": "庚", "keywords": "柑橘保鲜", "honours": "院士", "do_not_contact": "是"}],
    "mentorships": [{"mentor": "p", "mentee": "z"}]}


def test_mentors_are_those_who_lead_and_mentees_the_young_who_have_none(tmp_path: Path) -> None:
    result = matched(tmp_path, "mentors", MENTORS)
    assert set(pairs(result)) == {("丁", "甲院士"), ("己", "乙教授")}
    assert [(e.supplier_id[-1], e.rule) for e in result.excluded] == [("h", "do_not_contact")]


def test_a_mentor_of_theirs_is_not_proposed_again(tmp_path: Path) -> None:
    result = matched(tmp_path, "mentors", MENTORS, ["戊"])
    assert pairs(result) == []
    assert {(e.supplier_id[-1], e.rule) for e in result.excluded} == {("p", "mentors_already"), ("h", "do_not_contact")}


def test_columns_are_named_after_the_pairing(tmp_path: Path) -> None:
    assert list(matched(tmp_path, "mentors", MENTORS).frame().columns)[:7] == [
        "mentee_id", "rank", "mentor_id", "mentor_name", "score", "evidence", "reasons"]


POLICIES: dict[str, Rows] = {
    "enterprises": [{"id": "e", "name": "渝样电池有限公司", "region": "500112", "industry": "3841"}, {"id": "f", "name": "无地电池有限公司"}],
    "industries": [{"id": "3841", "name": "锂离子电池制造", "parent": "38"}],
    "makes": [{"enterprise": "e", "product": "p"}, {"enterprise": "f", "product": "p"}],
    "products": [{"id": "p", "name": "锂离子电芯"}],
    "policies": [
        {"id": "old", "name": "锂离子电池奖励办法（旧）", "region": "50", "valid_to": "2026-05-31"},
        {"id": "new", "name": "锂离子电池奖励办法", "region": "50", "valid_from": "2026-06-01", "valid_to": "2026-06"},
        {"id": "next", "name": "锂离子电池明年办法", "valid_from": "2027"},
        {"id": "far", "name": "锂离子电池四川办法", "region": "51"},
        {"id": "all", "name": "锂离子电池通用办法"},
        {"id": "fruit", "name": "柑橘产业办法"}]}


def test_policies_hold_in_their_time_and_place(tmp_path: Path) -> None:
    result = matched(tmp_path, "policies", POLICIES)
    assert {(m.demand_id[-1], m.supplier_id.rpartition("/")[2]) for m in result.matches} == {
        ("e", "new"), ("e", "all"), ("f", "new"), ("f", "all"), ("f", "far")}
    assert {(e.demand_id[-1], e.supplier_id.rpartition("/")[2], e.rule) for e in result.excluded} == {
        ("e", "old", "out_of_force"), ("e", "next", "out_of_force"), ("e", "far", "elsewhere"),
        ("f", "old", "out_of_force"), ("f", "next", "out_of_force")}


SOCIETIES: dict[str, Rows] = {
    "societies": [{"id": "b", "name": "样例电池学会"}, {"id": "c", "name": "样例果蔬学会"}],
    "scientists": [{"id": "A", "name": "甲", "societies": "b"}, {"id": "B", "name": "乙", "societies": "c"}],
    "works": [{"id": "w1", "title": "锂离子电芯析锂"}, {"id": "w2", "title": "柑橘保鲜"}],
    "authorships": [{"work": "w1", "scientist": "A"}, {"work": "w2", "scientist": "B"}],
    "enterprises": [{"id": "e", "name": "甲公司", "park": "东园"}, {"id": "f", "name": "乙公司", "park": "东园"},
                    {"id": "g", "name": "丙公司", "park": "西园"}],
    "products": [{"id": "p", "name": "锂离子电芯"}, {"id": "q", "name": "柑橘鲜果"}],
    "makes": [{"enterprise": "e", "product": "p"}, {"enterprise": "f", "product": "p"}, {"enterprise": "g", "product": "q"}]}


def test_a_society_is_spoken_for_by_the_works_of_its_members_and_a_park_asks_what_its_enterprises_do(tmp_path: Path) -> None:
    assert pairs(matched(tmp_path / "societies", "societies", SOCIETIES, ["甲公司"]))[0] == ("甲公司", "样例电池学会")
    result = matched(tmp_path / "parks", "parks", SOCIETIES)
    assert {(m.demand_id, m.supplier_name) for m in result.matches if m.rank == 1} == {("东园", "样例电池学会"), ("西园", "样例果蔬学会")}
    assert result.matches[0].evidence[0].id == "s/works/w1"
    assert result.matches[0].facts[0] == "由来：甲 ←署名— 《锂离子电芯析锂》"
    with pytest.raises(UnknownId, match="东园"):
        matched(tmp_path / "none", "parks", SOCIETIES, ["园"])


def test_lecturers_are_asked_by_audience_and_topic(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {
        "scientists": [{"id": "A", "name": "甲", "keywords": "卒中识别"}, {"id": "B", "name": "乙"},
                       {"id": "C", "name": "丙", "keywords": "柑橘保鲜"}],
        "resources": [{"id": "r", "name": "卒中早识别", "topics": "健康；急救", "audiences": "elderly；youth", "authors": "B"}]}
    result = matched(tmp_path, "lecturers", tables, ["elderly:健康"])
    assert pairs(result) == [("老年人·健康", "乙"), ("老年人·健康", "甲")]
    assert {m.demand_id for m in matched(tmp_path / "all", "lecturers", tables).matches} == {
        "elderly:健康", "elderly:急救", "youth:健康", "youth:急救"}


def test_an_academician_leads_one_station_and_retired_three_at_the_most(tmp_path: Path) -> None:
    people = [{"id": "a", "name": "甲", "honours": "中国工程院院士", "keywords": "电池热管理"},
              {"id": "r", "name": "乙", "honours": "中国工程院院士", "keywords": "电池热管理", "retired": "是"},
              {"id": "n", "name": "丙", "keywords": "电池热管理"}]
    stations = [{"id": str(i), "name": f"电池热管理院士工作站{i}", "type": "院士工作站"} for i in range(5)]
    stations += [{"id": "led", "name": "电池院士工作站", "type": "院士工作站", "lead": "乙"},
                 {"id": "lab", "name": "电池热管理实验室", "type": "实验室"}]
    snapshot = world(tmp_path, {"scientists": people, "platforms": stations})
    result = assign(Matcher(snapshot, pairing("stations"), today=DAY), capacity=9, per_need=1)
    given = [r.supplier_id[-1] if r.supplier_id else None for r in result.rows]
    assert sorted(given, key=str) == [None, None, "a", "r", "r"]
    assert {r.demand_id.rpartition("/")[2] for r in result.rows} == set("01234")
