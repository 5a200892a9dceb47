"""What stands beside a match: facts of the graph, doubts, how sure it is, the way to the person; features by hand; who is never shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from graph.errors import UsageError
from graph.snapshot import Snapshot
from queries.confidence import level
from queries.demands import Demand
from queries.explain import passage
from queries.exposure import exposure
from queries.features import FEATURES, factor
from queries.match import Matcher
from queries.results import Evidence, Match
from tests.worlds import Rows, world

DAY = "2026-06-01"
TABLES: Mapping[str, Rows] = {
    "scientists": [
        {"id": "A", "name": "甲", "institution": "渝样大学", "region": "500112", "disciplines": "d1", "honours": "某奖", "societies": "soc"},
        {"id": "B", "name": "乙", "institution": "蜀样大学", "region": "5101", "retired": "是", "keywords": "电池热管理"},
        {"id": "C", "name": "丙", "region": "5001", "capacity": "0"},
        {"id": "D", "name": "丁", "keywords": "电池热管理", "do_not_contact": "是"},
        {"id": "E", "name": "戊"}, {"id": "F", "name": "己", "keywords": "斜拉桥"}],
    "institutions": [{"id": "u1", "name": "渝样大学", "phone": "023-12345678"}, {"id": "u2", "name": "蜀样大学"}],
    "associations": [{"id": "k", "name": "渝样大学科协", "type": "campus", "host": "u1"}],
    "societies": [{"id": "soc", "name": "样例电池学会", "disciplines": "d1"}, {"id": "soc2", "name": "样例热学会"}],
    "memberships": [{"society": "soc2", "scientist": "A", "role": "理事长"}],
    "disciplines": [{"id": "d0", "name": "能源"}, {"id": "d1", "name": "储能", "parent": "d0"}],
    "works": [{"id": "w1", "title": "电池热管理的液冷板", "year": 2024, "products": "p1"},
              {"id": "w2", "title": "电池热管理旧法", "year": 2010, "products": "p3"}],
    "authorships": [{"work": "w1", "scientist": "A"}, {"work": "w2", "scientist": "C"}],
    "products": [{"id": "p1", "name": "液冷板"}, {"id": "p2", "name": "散热部件"}, {"id": "p3", "name": "导热胶"},
                 {"id": "p4", "name": "动力电池包"}],
    "product_kinds": [{"product": "p3", "broader": "p2"}],
    "chains": [{"id": "ch", "name": "动力电池链"}],
    "chain_products": [{"chain": "ch", "product": "p1"}, {"chain": "ch", "product": "p4"}],
    "enterprises": [{"id": "e", "name": "样例电池有限公司", "region": "500112"}],
    "makes": [{"enterprise": "e", "product": "p4"}],
    "platforms": [{"id": "pl", "name": "样例工作站", "lead": "A", "region": "500112"}],
    "needs": [{"id": "n", "title": "电池热管理", "text": "要用散热部件", "enterprise": "e", "disciplines": "d1"},
              {"id": "o", "title": "另一需求", "enterprise": "e", "status": "done"}],
    "outcomes": [{"need": "o", "scientist": "A", "result": "已完成", "rating": "5"}, {"need": "o", "scientist": "C", "result": "拒绝"}],
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world(tmp_path_factory.mktemp("facts"), TABLES)


@pytest.fixture(scope="module")
def matcher(snapshot: Snapshot) -> Matcher:
    return Matcher(snapshot, today=DAY)


@pytest.fixture(scope="module")
def matches(matcher: Matcher) -> dict[str, Match]:
    return {m.supplier_name: m for m in matcher.match(matcher.demands(["n"])[0], top=0).matches}


def test_the_values_of_every_feature(matcher: Matcher) -> None:
    """A, B, C, D, E, F in this order; who ties them to the need is told in TABLES."""
    [demand] = matcher.demands(["n"])[0]
    text = np.zeros(6)
    by_hand = {
        "products": [0, 0, 0, 0, 0, 0],  # 散热部件, which the text names, is no work's product
        "concepts": [0, 0, 1, 0, 0, 0],  # 导热胶 is a 散热部件
        "chains": [1, 0, 0, 0, 0, 0],  # the enterprise makes 动力电池包, of the chain of 液冷板
        "disciplines": [1, 0, 0, 0, 0, 0],
        "societies": [1, 0, 0, 0, 0, 0],
        "platforms": [1, 0, 0, 0, 0, 0],
        "outcomes": [(1 + 1) / 3, 0.5, (0.4 + 1) / 3, 0.5, 0.5, 0.5],
        "freshness": [0.5**0.2, 0.5, 0.5**1.6, 0.5, 0.5, 0.5],
        "distance": [1, 0, 2 / 3, 0, 0, 0],
        "honours": [1, 0, 0, 0, 0, 0],
    }
    assert set(by_hand) | {"institution"} == set(matcher.weights)
    for name, values in by_hand.items():
        assert matcher.measure(name).values(demand, text).tolist() == pytest.approx(values), name


def test_a_given_weight_changes_the_score_by_its_factor(snapshot: Snapshot, matches: dict[str, Match]) -> None:
    weighed = Matcher(snapshot, today=DAY, weights={"distance": 1.0})
    found = {m.supplier_name: m for m in weighed.match(weighed.demands(["n"])[0], top=0).matches}
    for name, near in (("甲", 1.0), ("乙", 0.0), ("丙", 2 / 3)):
        assert found[name].score == pytest.approx(matches[name].score * float(factor(1.0, np.asarray([near]))[0]), abs=2e-6)


@pytest.mark.parametrize("weights", [{"beauty": 1.0}, {"distance": -0.1}, {"distance": float("nan")}, {"distance": float("inf")}])
def test_a_weight_that_cannot_be_is_refused(snapshot: Snapshot, weights: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="beauty|distance"):
        Matcher(snapshot, weights=weights)


def test_facts_tell_the_way_through_the_graph(matches: dict[str, Match]) -> None:
    facts = dict(fact.split("：", 1) for fact in matches["甲"].facts)
    assert facts["产业链"] == "《电池热管理的液冷板》 —涉及产品→ 液冷板 ←链上产品— 动力电池链"
    assert facts["学科"] == "储能"
    assert facts["远近"] == "同在渝北区"
    assert facts["以往对接"] == "1次，签约或完成1次"
    assert "荣誉" not in facts  # of weight 0, and not told
    assert dict(f.split("：", 1) for f in matches["丙"].facts)["上下位产品"] == "《电池热管理旧法》 —涉及产品→ 导热胶"
    assert FEATURES["honours"].weight == 0


def test_what_speaks_against(matches: dict[str, Match]) -> None:
    assert matches["甲"].cautions == ()
    assert matches["乙"].cautions == ("只凭登记的研究方向或简介，没有成果佐证", "只有一项与需求有共同词语", "已退休", "在外地（四川省）")
    assert matches["丙"].cautions == ("相关成果最近的是2010年", "只有一项与需求有共同词语", "本人可承接数为0", "拒绝过该企业的另一需求")


def test_the_way_to_a_person_goes_through_bodies_and_masked_numbers(matches: dict[str, Match]) -> None:
    assert matches["甲"].route[:2] == ("样例热学会（理事长）", "样例电池学会")
    assert matches["甲"].route[2].startswith("所在单位的渝样大学科协")
    assert matches["乙"].route == ("所在单位蜀样大学",)
    assert "12345678" not in str([m.route for m in matches.values()])


def test_how_sure_goes_by_score_and_by_words_in_common() -> None:
    shared, none = (Evidence("w", "t", 0.5, ("热管理",)),), (Evidence("w", "t", 0.5),)
    assert [level(score, shared).name for score in (0.9, 0.25, 0.249, 0.12, 0.119, 0.0)] == ["high", "high", "fair", "fair", "low", "low"]
    assert level(0.9, none).name == "low"


def test_a_passage_is_the_sentence_that_holds_most() -> None:
    text = "本文讨论方法。采用液冷板改善电池热管理。结果表明有效。"
    assert passage(text, ("电池热管理", "液冷板")) == "采用液冷板改善电池热管理。"
    assert passage(text, ("斜拉桥",)) == ""
    assert passage("", ("斜拉桥",)) == ""
    long = passage("前" * 300 + "液冷板" + "后" * 300, ("液冷板",))
    assert "液冷板" in long
    assert long.startswith("…")
    assert long.endswith("…")
    assert len(long) <= 122


def test_who_is_never_shown_and_why(matcher: Matcher) -> None:
    found = exposure(matcher, matcher.demands(["n"])[0], top=2)
    assert found.shown == 2
    assert {u.supplier_name: u.reason for u in found.unseen} == {"乙": "ranked_below", "丁": "rule", "戊": "no_documents", "己": "no_evidence"}
    below = next(u for u in found.unseen if u.supplier_name == "乙")
    assert (below.best_rank, below.best_demand) == (3, "电池热管理")
    assert sum(count for _, count in found.counts) == 2
    frame = found.frame("scientist")
    assert list(frame.columns) == ["scientist_id", "scientist_name", "institution", "reason", "note", "best_rank", "best_demand", "score"]


def test_the_ranks_of_exposure_are_those_of_the_match(matcher: Matcher) -> None:
    demands = [Demand("a", "电池热管理"), Demand("b", "液冷板"), Demand("c", "斜拉桥")]
    ranked = matcher.match(demands, top=0).matches
    found = exposure(matcher, demands, top=1)
    shown = {m.supplier_id for m in ranked if m.rank == 1}
    assert found.shown == len(shown)
    for unseen in found.unseen:
        ranks = [m.rank for m in ranked if m.supplier_id == unseen.supplier_id]
        assert unseen.best_rank == min(ranks, default=None)
