"""Teams on graphs: parts worked out by hand, the rules, who goes before whom, wishes that cannot be met, and what may not matter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import pytest

from graph.errors import UsageError
from queries.demands import Demand
from queries.match import Matcher
from queries.pairings import pairing
from queries.results import TeamResult
from queries.sciences import Sciences, Side
from queries.team import declared_terms, team
from tests.queries.test_assign import WORDS, crowd
from tests.worlds import Rows, relabelled, world

DAY = "2026-06-01"
NEED = {"id": "1", "title": "电池热管理与柑橘保鲜"}
PEOPLE: Rows = (
    {"id": "a", "name": "样例甲", "keywords": "电池热管理"},
    {"id": "b", "name": "样例乙", "keywords": "柑橘保鲜"},
    {"id": "c", "name": "样例丙", "keywords": "斜拉桥抗风"},
)


def made(folder: Path, tables: Mapping[str, Rows], text: str | None = None, *, size: int = 5, across: bool = False,
         leads: Sequence[str] = ()) -> TeamResult:
    """A team for a text, else for the need called 1."""
    matcher = Matcher(world(folder, {"scientists": PEOPLE, **tables}), today=DAY)
    demand = matcher.demands(["1"])[0][0] if text is None else Demand("text", text)
    return team(matcher, demand, size=size, across=across, leads=[f"s/scientists/{lead}" for lead in leads])


def parts(result: TeamResult) -> list[tuple[str, tuple[str, ...]]]:
    """(end of the scientist's id, their part)."""
    return [(m.supplier_id.rsplit("/", 1)[-1], m.part) for m in result.members]


def test_parts_and_shares_worked_out_by_hand(tmp_path: Path) -> None:
    """Two documents, a word in each: ln(1 + 1.5/1.5) apiece; a word in none: ln(1 + 2.5/0.5)."""
    people = [{"id": "a", "name": "样例甲", "keywords": "kelp"}, {"id": "b", "name": "样例乙", "keywords": "quartz"}]
    result = made(tmp_path, {"scientists": people}, "kelp, quartz and xenon")
    assert parts(result) == [("b", ("quartz",)), ("a", ("kelp",))]  # 乙 sorts before 甲
    share = math.log(2) / (2 * math.log(2) + math.log(6))
    assert [m.score for m in result.members] == pytest.approx([share, share], abs=1e-4)
    assert result.covered == pytest.approx(2 * share, abs=1e-4)
    assert result.covered == pytest.approx(sum(m.score for m in result.members), abs=1e-5)
    assert [name for name, _ in result.topics] == ["xenon", "kelp", "quartz"]
    assert sum(weight for _, weight in result.topics) == pytest.approx(1)
    assert (result.uncovered, result.gap, result.settled) == (["xenon"], 0.0, True)


def test_each_brings_what_they_know(tmp_path: Path) -> None:
    result = made(tmp_path, {"needs": [{**NEED, "keywords": "电池热管理；柑橘保鲜"}]})
    assert sorted(parts(result)) == [("a", ("电池热管理",)), ("b", ("柑橘保鲜",))]
    assert result.covered == pytest.approx(1)
    frame = result.frame()
    assert list(frame.columns) == ["need_id", "scientist_id", "scientist_name", "score", "part", "note", "institution", "need_title"]
    assert set(frame["need_id"]) == {"s/needs/1"}


def test_a_need_declares_its_keywords_products_and_disciplines(tmp_path: Path) -> None:
    tables = {"needs": [{**NEED, "keywords": "液冷", "products": "p", "disciplines": "热学"}], "products": [{"id": "p", "name": "液冷板"}],
              "disciplines": [{"id": "d", "name": "热学"}], "scientists": PEOPLE}
    matcher = Matcher(world(tmp_path, tables))
    assert declared_terms(matcher.snapshot, matcher.demands(["1"])[0][0]) == ["液冷", "液冷板", "热学"]
    assert declared_terms(matcher.snapshot, Demand("text", "液冷")) == []


@pytest.mark.parametrize(("size", "ends"), [(1, ["a"]), (2, ["a", "b"]), (9, ["a", "b"])])
def test_size_bounds_and_who_adds_nothing_is_left_out(tmp_path: Path, size: int, ends: list[str]) -> None:
    need = {"id": "1", "title": "电池热管理系统与柑橘保鲜", "keywords": "电池热管理；柑橘保鲜"}
    more = [*PEOPLE, {"id": "d", "name": "样例丁", "keywords": "柑橘保鲜；柑橘采后"}]
    result = made(tmp_path, {"needs": [need], "scientists": more}, size=size)
    assert [end for end, _ in parts(result)] == ends


@pytest.mark.parametrize(("size", "across"), [(0, False), (-1, False), (1, True)])
def test_impossible_sizes_are_refused(tmp_path: Path, size: int, across: bool) -> None:
    with pytest.raises(UsageError, match="--size|--across"):
        made(tmp_path, {}, "电池热管理", size=size, across=across)


@pytest.mark.parametrize("text", ["斜拉索风雨激振", "的", "？"])
def test_nobody_is_made_up(tmp_path: Path, text: str) -> None:
    people = PEOPLE[:2]
    result = made(tmp_path, {"scientists": people}, text)
    assert (result.members, result.covered) == ([], 0.0)
    assert len(result.uncovered) == len(result.topics)
    assert list(result.frame().columns)[:3] == ["need_id", "scientist_id", "scientist_name"]


def test_a_topic_that_nobody_has_is_told_and_counts(tmp_path: Path) -> None:
    result = made(tmp_path, {}, "电池热管理与斜拉索")
    assert [end for end, _ in parts(result)] == ["a"]
    assert result.uncovered == ["斜拉索"]
    assert 0 < result.covered < 1


@pytest.mark.parametrize(("rule", "change"), [
    ("do_not_contact", {"scientists": [{**PEOPLE[0], "do_not_contact": "是"}, *PEOPLE[1:]]}),
    ("conflict", {"scientists": [{**PEOPLE[0], "conflicts": "e"}, *PEOPLE[1:]]}),
    ("employed", {"scientists": [{**PEOPLE[0], "institution": "e"}, *PEOPLE[1:]]}),
    ("employed", {"employments": [{"scientist": "a", "enterprise": "e", "from": "2020"}]}),
    ("declined", {"outcomes": [{"need": "1", "scientist": "a", "result": "拒绝"}]}),
    ("", {"scientists": [{**PEOPLE[0], "capacity": 0}, *PEOPLE[1:]]}),
])
def test_every_rule_holds_and_the_topic_is_told(tmp_path: Path, rule: str, change: Mapping[str, Rows]) -> None:
    need = {**NEED, "keywords": "电池热管理；柑橘保鲜", "enterprise": "e"}
    result = made(tmp_path, {"needs": [need], "enterprises": [{"id": "e", "name": "样例公司"}], **change})
    assert parts(result) == [("b", ("柑橘保鲜",))]
    assert (result.closed, result.uncovered) == (["电池热管理"], [])
    assert [(e.supplier_id, e.rule) for e in result.excluded] == ([("s/scientists/a", rule)] if rule else [])


def test_the_next_best_stands_in_for_who_is_kept_out(tmp_path: Path) -> None:
    people: Rows = [{**PEOPLE[0], "do_not_contact": "是"}, {"id": "d", "name": "样例丁", "keywords": "电池热管理；充电桩"}]
    result = made(tmp_path, {"scientists": people}, "电池热管理")
    assert [end for end, _ in parts(result)] == ["d"]
    assert result.closed == []
    assert result.covered == pytest.approx(1)


SIDED: Rows = (
    {"id": "a", "name": "样例甲", "keywords": "电池热管理", "disciplines": "机械工程"},
    {"id": "b", "name": "样例乙", "keywords": "电池热管理；补贴政策", "disciplines": "社会学"},
    {"id": "c", "name": "样例丙", "keywords": "柑橘保鲜"},
)


def test_across_takes_both_sides_and_says_why_who_brings_nothing_more_is_there(tmp_path: Path) -> None:
    alone = made(tmp_path / "alone", {"scientists": SIDED}, "电池热管理")
    assert [end for end, _ in parts(alone)] == ["a"]
    both = made(tmp_path / "both", {"scientists": SIDED}, "电池热管理", across=True)
    assert [end for end, _ in parts(both)] == ["a", "b"]
    notes = {m.supplier_id[-1]: m.note for m in both.members}
    assert notes["a"].startswith("自然科学；依据：样例甲（研究方向）")
    assert notes["b"].startswith("为跨学科入选；社会科学；依据：样例乙（研究方向）；也做：电池热管理")


@pytest.mark.parametrize(("people", "reason"), [
    ([SIDED[0], {**SIDED[1], "disciplines": "机械工程"}], "known to be of 社会科学"),
    ([{**SIDED[0], "disciplines": ""}, SIDED[1]], "known to be of 自然科学"),
    ([{**SIDED[0], "disciplines": "机械工程；社会学"}, {**SIDED[1], "disciplines": ""}], "only one person"),
    ([{**SIDED[0], "disciplines": ""}, {**SIDED[1], "disciplines": "无此学科"}], r"0 have a discipline"),
])
def test_across_that_cannot_be_is_told_with_the_reason(tmp_path: Path, people: Rows, reason: str) -> None:
    result = made(tmp_path, {"scientists": people}, "电池热管理", across=True)
    assert result.members == []
    assert reason in result.refused


def test_across_with_a_lead_needs_room(tmp_path: Path) -> None:
    result = made(tmp_path, {"scientists": SIDED}, "电池热管理", size=2, across=True, leads=["c"])
    assert result.members == []
    assert "a greater --size" in result.refused
    roomy = made(tmp_path / "room", {"scientists": SIDED}, "电池热管理", size=3, across=True, leads=["c"])
    assert [end for end, _ in parts(roomy)] == ["c", "a", "b"]


def test_a_lead_is_in_the_team_first_and_bad_ones_are_told(tmp_path: Path) -> None:
    people = [*PEOPLE, {"id": "d", "name": "样例丁", "keywords": "电池热管理", "do_not_contact": "是"}]
    result = made(tmp_path, {"scientists": people}, "电池热管理", leads=["c", "d"])
    assert parts(result) == [("c", ()), ("a", ("电池热管理",))]
    assert result.members[0].note.startswith("课题负责人")
    assert result.members[0].score == 0
    assert result.notes == ["the lead 样例丁 (s/scientists/d) is not in the team: do_not_contact, 请勿联系"]
    with pytest.raises(UsageError, match="--size 2"):
        made(tmp_path / "small", {"scientists": people}, "电池热管理", size=1, leads=["a", "c"])


def test_of_equals_a_lead_brings_the_part(tmp_path: Path) -> None:
    """Who is as good as the lead is not asked as well."""
    people = [{"id": "a", "name": "样例甲", "keywords": "电池热管理"}, {"id": "z", "name": "样例甲", "keywords": "电池热管理"}]
    result = made(tmp_path, {"scientists": people}, "电池热管理", leads=["z"])
    assert parts(result) == [("z", ("电池热管理",))]


def test_a_study_is_a_demand_of_its_own(tmp_path: Path) -> None:
    tables = {"scientists": PEOPLE, "studies": [{"id": "k", "title": "电池热管理的补贴", "text": "重点回答柑橘保鲜的建议", "lead": "b"}]}
    matcher = Matcher(world(tmp_path, tables), pairing("chiefs"))
    [demand] = matcher.demands(["k"])[0]
    result = team(matcher, demand, leads=matcher.snapshot.targets("leads")[demand.id])
    assert [end for end, _ in parts(result)] == ["b", "a"]
    assert {name for name, _ in result.topics} & {"重点", "回答", "建议"} == set()


COUPLE: Rows = ({"id": "a", "name": "样例甲", "keywords": "电池热管理"}, {"id": "x", "name": "样例丑", "keywords": "柑橘保鲜"},
                {"id": "y", "name": "样例亥", "keywords": "柑橘保鲜"})
"""丑 and 亥 are alike but for what ties them to 甲; 丑 sorts before 亥."""


@pytest.mark.parametrize(("change", "taken", "said"), [
    ({}, "x", ""),
    ({"works": [{"id": "w", "title": "海带养殖"}], "authorships": [{"work": "w", "scientist": "a"}, {"work": "w", "scientist": "y"}]}, "y",
     "与样例甲合作过《海带养殖》"),
    ({"scientists": [{**COUPLE[0], "institution": "样例大学"}, COUPLE[1], {**COUPLE[2], "institution": "样例大学"}]}, "y", "与样例甲同在样例大学"),
    ({"scientists": [{**COUPLE[0], "region": "500112"}, {**COUPLE[1], "region": "500106"}, {**COUPLE[2], "region": "500112"}]}, "y",
     "与样例甲同在渝北区"),
])
def test_who_is_tied_to_the_others_goes_before_the_first_name(tmp_path: Path, change: Mapping[str, Rows], taken: str, said: str) -> None:
    need = {**NEED, "keywords": "电池热管理；柑橘保鲜"}
    result = made(tmp_path, {"scientists": COUPLE, "needs": [need], **change})
    assert sorted(end for end, _ in parts(result)) == ["a", taken]
    note = next(m.note for m in result.members if m.supplier_id[-1] == taken)
    assert said in note
    assert ("与样例甲" in note) == bool(said)


def test_a_short_word_of_another_field_is_nobodys_part(tmp_path: Path) -> None:
    people = [{"id": "a", "name": "样例甲", "keywords": "动力电池回收"}, {"id": "b", "name": "样例乙", "keywords": "退役运动员"}]
    result = made(tmp_path, {"scientists": people}, "退役动力电池")
    assert [end for end, _ in parts(result)] == ["a"]
    assert result.elsewhere == ["退役"]
    named = made(tmp_path / "named", {"scientists": people, "needs": [{"id": "1", "title": "动力电池", "keywords": "退役"}]})
    assert sorted(end for end, _ in parts(named)) == ["a", "b"]


def test_a_part_of_a_term_counts_in_part(tmp_path: Path) -> None:
    works = [{"id": str(i), "title": "斜拉桥抗风设计"} for i in range(2)]
    people = [*PEOPLE[:2], {**PEOPLE[2], "keywords": "", "do_not_contact": "是"}, {"id": "d", "name": "样例丁", "do_not_contact": "是"},
              {"id": "e", "name": "样例戊", "keywords": "斜拉桥"}]
    tables: Mapping[str, Rows] = {"scientists": people, "works": works,
                                  "authorships": [{"work": "0", "scientist": "c"}, {"work": "1", "scientist": "d"}]}
    result = made(tmp_path, tables, "斜拉桥抗风")
    assert result.parted == {"斜拉桥抗风": "斜拉桥"}
    assert parts(result) == [("e", ("斜拉桥",))]
    assert 0 < result.covered < 1


def test_other_ids_and_another_order_of_rows_change_nothing_but_labels(tmp_path: Path) -> None:
    tables = crowd(8, 26, 12)
    random = Random(5)
    label, moved = relabelled(tables)
    here, there = (Matcher(world(tmp_path / name, t)) for name, t in (("here", tables), ("there", moved)))
    sizes = []
    for text in ("、".join(random.sample(WORDS, 8)) for _ in range(8)):
        one, other = (team(m, Demand("text", text), size=3) for m in (here, there))
        sizes.append(len(one.members))
        assert [(f"s/scientists/{label[m.supplier_id.rsplit('/', 1)[-1]]}", m.score, m.part, m.note) for m in one.members] == [
            (m.supplier_id, m.score, m.part, m.note) for m in other.members]
        assert (one.topics, one.covered, one.uncovered) == (other.topics, other.covered, other.uncovered)
    assert max(sizes) > 1


SIDES = {"E05": Side.NATURAL, "G0301": Side.SOCIAL, "H27": Side.NATURAL, "190": Side.NATURAL, "62010": Side.NATURAL, "630": Side.SOCIAL,
         "7904020": Side.SOCIAL, "0802": Side.NATURAL, "1204": Side.SOCIAL, "14": None, "101": None, "YL1": Side.SOCIAL, "YL2": Side.NATURAL,
         "YL3": None, "YL4": Side.NATURAL}
"""Disciplines by their codes; those of codes that no table has by their names and by what is above them, below."""
NAMED = {"YL1": "应用经济", "YL2": "样例甲学", "YL3": "样例乙学", "YL4": "样例丙学"}
ABOVE = {"YL2": "E05", "YL3": "101", "YL4": "YL2"}


def test_the_side_of_a_discipline(tmp_path: Path) -> None:
    rows = [{"id": code, "name": NAMED.get(code, f"样例{code}"), "parent": ABOVE.get(code, "")} for code in SIDES]
    sciences = Sciences(world(tmp_path, {"disciplines": rows}))
    assert {code: sciences.of_discipline(f"s/disciplines/{code}") for code in SIDES} == SIDES


def test_the_side_of_a_scientist_is_that_of_their_disciplines_else_of_most_works(tmp_path: Path) -> None:
    works = [{"id": "1", "title": "一", "clc": "TM912"}, {"id": "2", "title": "二", "clc": "F426"}, {"id": "3", "title": "三", "clc": "D923"},
             {"id": "4", "title": "四", "clc": "B842"}, {"id": "5", "title": "五", "clc": "TP3", "disciplines": "社会学"}, {"id": "6", "title": "六"}]
    wrote = {"a": "123", "b": "12", "c": "4", "d": "5", "e": "6", "f": "2"}
    people = [{"id": i, "name": f"样例{i}", "disciplines": "机械工程" if i == "f" else ""} for i in wrote]
    sciences = Sciences(world(tmp_path, {"scientists": people, "works": works,
                                         "authorships": [{"work": w, "scientist": i} for i, ws in wrote.items() for w in ws]}))
    found = {i: "".join(sorted(side.value[0] for side in sciences.of(f"s/scientists/{i}"))) for i in wrote}
    assert found == {"a": "社", "b": "社自", "c": "自", "d": "社", "e": "", "f": "自"}
