"""Matching: who comes first, by which rule somebody does not come at all, and what is said for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from graph.errors import UnknownId, UsageError
from queries.demands import Demand
from queries.match import DISCOUNTS, Matcher
from queries.results import MatchResult
from tests.worlds import Rows, world

SCIENTISTS: Rows = (
    {"id": "A", "name": "甲", "institution": "渝样大学"},
    {"id": "B", "name": "乙"},
    {"id": "C", "name": "丙"},
    {"id": "D", "name": "丁", "keywords": "柑橘保鲜", "bio": "从事果蔬采后处理"},
    {"id": "E", "name": "戊"},
)
WORKS: Rows = (
    {"id": "w1", "title": "锂离子电池热管理", "abstract": "研究电池组散热与热失控", "year": 2021},
    {"id": "w2", "title": "动力电池液冷板设计", "abstract": "液冷散热", "year": 2022},
    {"id": "w3", "title": "柑橘采后保鲜", "abstract": "果蔬冷藏"},
    {"id": "w4", "title": "Thermal management of lithium batteries", "abstract": "Cooling of battery packs"},
)
AUTHORSHIPS: Rows = (
    {"work": "w1", "scientist": "A"}, {"work": "w2", "scientist": "A"}, {"work": "w1", "scientist": "B"},
    {"work": "w3", "scientist": "C"}, {"work": "w4", "scientist": "E"},
)
NEEDS: Rows = (
    {"id": "n1", "title": "电池热管理", "text": "电池组散热", "enterprise": "e1", "status": "open"},
    {"id": "n2", "title": "柑橘保鲜", "enterprise": "e2", "status": "closed"},
)
BASE: Mapping[str, Rows] = {
    "scientists": SCIENTISTS, "works": WORKS, "authorships": AUTHORSHIPS, "needs": NEEDS,
    "enterprises": ({"id": "e1", "name": "样例电池有限公司"}, {"id": "e2", "name": "样例果业有限公司"}),
}


def ask(folder: Path, text: str, tables: Mapping[str, Rows] = BASE, top: int = 10) -> MatchResult:
    return Matcher(world(folder, tables)).match([Demand("text", text)], top=top)


def order(result: MatchResult) -> list[str]:
    return [m.supplier_id.split("/")[-1] for m in result.matches]


def test_two_works_on_the_matter_come_before_one_and_fruit_does_not_come(tmp_path: Path) -> None:
    result = ask(tmp_path, "锂离子电池热管理与散热")
    assert order(result)[:2] == ["A", "B"]
    first = result.matches[0]
    assert [e.id for e in first.evidence] == ["s/works/w1", "s/works/w2"]
    assert first.evidence[0].terms[0] == "锂离子电池热管理"
    assert "锂离子电池热管理" in first.reasons
    assert "2021" in first.reasons


def test_the_score_is_the_discounted_sum_of_the_works_over_the_ideal(tmp_path: Path) -> None:
    matcher = Matcher(world(tmp_path, BASE))
    first, second = matcher.match([Demand("text", "电池散热")], top=2).matches
    shares = [e.score for e in first.evidence]
    assert first.score == pytest.approx((shares[0] + shares[1] / 2) / DISCOUNTS.sum(), abs=2e-6)
    # Who stands at no institution has their own text score for the best there: half of the score hangs on that, over the best of all.
    alone = second.evidence[0].score / DISCOUNTS.sum()
    assert second.score == pytest.approx(alone * (1 + alone / first.score) / 2, abs=2e-6)
    assert 0 < second.score < first.score < 1


def test_a_profile_without_works_is_found_and_is_its_own_evidence(tmp_path: Path) -> None:
    result = ask(tmp_path, "柑橘保鲜")
    assert set(order(result)[:2]) == {"C", "D"}
    mine = next(m for m in result.matches if m.supplier_id == "s/scientists/D")
    assert [e.id for e in mine.evidence] == ["s/scientists/D"]


def test_english_asks_find_english_works_by_stem(tmp_path: Path) -> None:
    assert order(ask(tmp_path, "cooled battery"))[0] == "E"


def test_top_zero_gives_everybody_for_whom_anything_speaks_and_nobody_else(tmp_path: Path) -> None:
    assert set(order(ask(tmp_path, "电池", top=0))) == {"A", "B"}


def test_scores_compare_across_needs(tmp_path: Path) -> None:
    """A need that a scientist's work answers word for word scores higher for them than one that it touches."""
    matcher = Matcher(world(tmp_path, BASE))
    result = matcher.match([Demand("near", "锂离子电池热管理"), Demand("far", "电池回收政策与补贴")], top=0)
    scores = {(m.demand_id, m.supplier_id[-1]): m.score for m in result.matches}
    assert scores["near", "A"] > 2 * scores["far", "A"]


def test_open_needs_only_unless_named(tmp_path: Path) -> None:
    matcher = Matcher(world(tmp_path, BASE))
    demands, left_out = matcher.demands()
    assert [d.id for d in demands] == ["s/needs/n1"]
    assert left_out == [("s/needs/n2", "status closed")]
    assert [d.id for d in matcher.demands(["n2"])[0]] == ["s/needs/n2"]
    with pytest.raises(UnknownId, match="n9"):
        matcher.demands(["n9"])


@pytest.mark.parametrize(("change", "rule"), [
    ({"scientists": [{**s, "do_not_contact": "是"} if s["id"] == "A" else s for s in SCIENTISTS]}, "do_not_contact"),
    ({"scientists": [{**s, "conflicts": "样例电池有限公司"} if s["id"] == "A" else s for s in SCIENTISTS]}, "conflict"),
    ({"scientists": [{**s, "institution": "e1"} if s["id"] == "A" else s for s in SCIENTISTS]}, "employed"),
    ({"employments": [{"scientist": "A", "enterprise": "e1", "from": "2020"}]}, "employed"),
    ({"outcomes": [{"need": "n1", "scientist": "A", "result": "拒绝"}]}, "declined"),
])
def test_hard_rules_keep_a_scientist_out_and_are_told(tmp_path: Path, change: dict[str, Rows], rule: str) -> None:
    matcher = Matcher(world(tmp_path, {**BASE, **change}))
    result = matcher.match(matcher.demands(["n1"])[0], top=0)
    assert order(result)[0] == "B"
    assert "A" not in order(result)
    assert [(e.supplier_id, e.rule) for e in result.excluded] == [("s/scientists/A", rule)]
    assert [m.rank for m in result.matches] == list(range(1, len(result.matches) + 1))


@pytest.mark.parametrize("change", [
    {"employments": [{"scientist": "A", "enterprise": "e1", "from": "2015", "to": "2018"}]},
    {"employments": [{"scientist": "A", "enterprise": "e2", "from": "2020"}]},
    {"outcomes": [{"need": "n1", "scientist": "A", "result": "已签约"}]},
    {"outcomes": [{"need": "n2", "scientist": "A", "result": "拒绝"}]},
])
def test_what_is_no_hard_rule_keeps_nobody_out(tmp_path: Path, change: dict[str, Rows]) -> None:
    matcher = Matcher(world(tmp_path, {**BASE, **change}))
    assert order(matcher.match(matcher.demands(["n1"])[0]))[0] == "A"


def test_a_graph_without_anything_to_match_on_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="works"):
        Matcher(world(tmp_path, {"scientists": [{"name": "甲"}]}))


def test_titles_listed_with_a_scientist_are_works_of_theirs(tmp_path: Path) -> None:
    result = ask(tmp_path, "斜拉桥抗风", {"scientists": [{"name": "己", "works": "斜拉桥抗风设计；梁桥加固"}, {"name": "庚", "works": "番茄栽培"}]})
    assert result.matches[0].supplier_name == "己"
    assert result.matches[0].evidence[0].title == "斜拉桥抗风设计"
    assert len(result.matches) == 1


def test_a_megabyte_of_text_is_answered(tmp_path: Path) -> None:
    assert order(ask(tmp_path, "电池热管理" * 70_000))[0] == "A"


def test_who_shares_no_word_is_told_apart(tmp_path: Path) -> None:
    matches = ask(tmp_path, "火箭发动机").matches
    assert matches
    assert all(m.reasons.endswith("没有能区分的共同词语，只有常见的词或零散的字相近") and not any(e.terms for e in m.evidence) for m in matches)
