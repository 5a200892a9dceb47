"""Assigning all needs at once on graphs: capacity, wishes, deadlines, rules, the reasons for what is unmet, and what may not matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from graph.errors import UnknownId, UsageError
from queries.assign import assign
from queries.assignment_network import Network, Problem, best_service
from queries.demands import Demand
from queries.match import Matcher
from queries.results import Assignment, AssignmentResult
from tests.worlds import Rows, relabelled, world

DAY = "2026-06-01"
BATTERY = {"title": "电池热管理", "text": "动力电池组液冷散热"}
ORANGE = {"title": "柑橘保鲜", "text": "柑橘采后冷藏保鲜"}
PEOPLE: Rows = (
    {"id": "a", "name": "样例甲", "keywords": "电池热管理；动力电池组液冷散热"},
    {"id": "b", "name": "样例乙", "keywords": "电池热管理"},
    {"id": "c", "name": "样例丙", "keywords": "柑橘保鲜；柑橘采后冷藏"},
)


def asked(folder: Path, needs: Rows, people: Rows = PEOPLE, more: Mapping[str, Rows] | None = None, *, capacity: int = 3, per_need: int = 1,
          fair: bool = False, only: list[str] | None = None) -> AssignmentResult:
    matcher = Matcher(world(folder, {"scientists": people, "needs": needs, **(more or {})}), today=DAY)
    return assign(matcher, only, capacity=capacity, per_need=per_need, fair=fair)


def given(result: AssignmentResult) -> list[tuple[str, str | None]]:
    """(end of the need's id, end of the scientist's) of all rows."""
    return [(r.demand_id[-1], r.supplier_id[-1] if r.supplier_id else None) for r in result.rows]


def test_each_need_has_the_one_who_knows_it(tmp_path: Path) -> None:
    result = asked(tmp_path, [{"id": "1", **BATTERY}, {"id": "2", **ORANGE}])
    assert given(result) == [("1", "a"), ("2", "c")]
    assert (result.settled, result.complete, result.partly, result.unmet) == (True, 2, 0, 0)
    assert result.total == pytest.approx(sum(r.score or 0 for r in result.rows))
    assert "电池热管理" in result.rows[0].note
    assert list(result.frame().columns[:4]) == ["need_id", "scientist_id", "score", "note"]


def test_capacity_of_a_scientist_goes_before_the_option_and_zero_means_none(tmp_path: Path) -> None:
    needs = [{"id": "1", **BATTERY}, {"id": "2", **BATTERY}]
    people = [{**PEOPLE[0], "capacity": 0}, {**PEOPLE[1], "capacity": 2}]
    assert given(asked(tmp_path, needs, people, capacity=1)) == [("1", "b"), ("2", "b")]


def test_the_option_holds_for_those_who_say_nothing(tmp_path: Path) -> None:
    needs = [{"id": str(i), **BATTERY} for i in range(3)]
    held = Counter(s for _, s in given(asked(tmp_path, needs, PEOPLE[:2], capacity=1)))
    assert held == {"a": 1, "b": 1, None: 1}


def test_wishes_of_a_need_go_before_the_option(tmp_path: Path) -> None:
    result = asked(tmp_path, [{"id": "1", **BATTERY, "experts_wanted": 1}, {"id": "2", **BATTERY}, {"id": "3", **BATTERY, "experts_wanted": 0}],
                   per_need=2)
    assert given(result) == [("1", "a"), ("2", "a"), ("2", "b"), ("3", None)]
    assert result.rows[3].note == "需要专家数为0"


def test_a_need_whose_last_day_is_past_is_unmet_and_takes_nobody(tmp_path: Path) -> None:
    days = ("2026-05-31", DAY, "2026-06", "2026-05")
    result = asked(tmp_path, [{"id": str(i), **BATTERY, "deadline": day} for i, day in enumerate(days)], capacity=9)
    assert given(result) == [("0", None), ("1", "a"), ("2", "a"), ("3", None)]
    assert result.rows[0].note == "截止日期2026-05-31已过"
    assert (result.complete, result.unmet) == (2, 2)


def test_needs_that_are_not_open_are_passed_over_unless_named(tmp_path: Path) -> None:
    needs = [{"id": "1", **BATTERY, "status": "closed"}, {"id": "2", **BATTERY}]
    result = asked(tmp_path / "all", needs)
    assert (given(result), result.skipped) == ([("2", "a")], [("s/needs/1", "status closed")])
    assert given(asked(tmp_path / "named", needs, only=["1"])) == [("1", "a")]


@pytest.mark.parametrize(("change", "said"), [
    ({"scientists": [{**PEOPLE[0], "do_not_contact": "是"}]}, "请勿联系1位"),
    ({"scientists": [{**PEOPLE[0], "conflicts": "e"}]}, "与该企业有利益冲突1位"),
    ({"scientists": [{**PEOPLE[0], "institution": "e"}]}, "在该企业任职1位"),
    ({"employments": [{"scientist": "a", "enterprise": "e", "from": "2020"}]}, "在该企业任职1位"),
    ({"outcomes": [{"need": "1", "scientist": "a", "result": "拒绝"}]}, "拒绝过这个需求1位"),
])
def test_a_rule_leaves_a_need_unmet_and_is_counted(tmp_path: Path, change: Mapping[str, Rows], said: str) -> None:
    tables = {"scientists": PEOPLE[:1], "enterprises": [{"id": "e", "name": "样例公司"}], **change}
    result = asked(tmp_path, [{"id": "1", **BATTERY, "enterprise": "e"}], tables["scientists"], tables)
    assert given(result) == [("1", None)]
    assert result.rows[0].note == f"有依据的专家都被规则排除，共1位：{said}"


def test_the_best_that_the_rules_leave_is_assigned(tmp_path: Path) -> None:
    result = asked(tmp_path, [{"id": "1", **BATTERY}, {"id": "2", **BATTERY}], more={"outcomes": [{"need": "1", "scientist": "a", "result": "拒绝"}]})
    assert given(result) == [("1", "b"), ("2", "a")]


def test_nobody_with_evidence_and_nobody_with_room_are_said(tmp_path: Path) -> None:
    people = [{**PEOPLE[0], "capacity": 0}]
    result = asked(tmp_path, [{"id": "1", "title": "斜拉桥抗风"}, {"id": "2", **BATTERY}], people)
    assert [r.note for r in result.rows] == ["没有专家有相关依据", "1位有依据的专家名额为0"]
    assert (result.unmet, result.total) == (2, 0.0)


def test_who_was_taken_and_by_which_need_is_said(tmp_path: Path) -> None:
    """The need that says more of what they do scores higher."""
    result = asked(tmp_path, [{"id": "1", "title": "电池热管理与回收补贴政策"}, {"id": "2", **BATTERY}], PEOPLE[:1], capacity=1)
    assert given(result) == [("1", None), ("2", "a")]
    assert result.rows[0].note.startswith("候选专家的名额已用于得分更高的需求：如样例甲（对本需求0.")
    assert f"用于《电池热管理》（{result.rows[1].score:.3f}）" in result.rows[0].note


def test_a_need_that_gets_some_says_what_is_missing(tmp_path: Path) -> None:
    result = asked(tmp_path, [{"id": "1", **ORANGE}], PEOPLE[2:], per_need=3)
    assert given(result) == [("1", "c")]
    assert result.rows[0].note.endswith("；还缺2位：有依据的专家只有1位")
    assert (result.complete, result.partly, result.unmet) == (0, 1, 0)


def test_fair_gives_up_score_to_serve_one_more(tmp_path: Path) -> None:
    """Only 样例甲 can do both; the other can do what pays more as well, a little worse."""
    people = [{"id": "a", "name": "样例甲", "keywords": "电池热管理；柑橘保鲜"}, {"id": "b", "name": "样例乙", "keywords": "热管理"}]
    needs = [{"id": "1", "title": "电池热管理"}, {"id": "2", "title": "柑橘保鲜的补贴政策与市场分析研究"}]
    assert given(asked(tmp_path / "total", needs, people, capacity=1)) == [("1", "a"), ("2", None)]
    assert given(asked(tmp_path / "fair", needs, people, capacity=1, fair=True)) == [("1", "b"), ("2", "a")]


def test_no_needs_no_rows(tmp_path: Path) -> None:
    matcher = Matcher(world(tmp_path, {"scientists": PEOPLE, "needs": [{"id": "1", **BATTERY, "status": "done"}]}))
    result = assign(matcher)
    assert (result.rows, result.complete, result.partly, result.unmet) == ([], 0, 0, 0)
    assert list(result.frame().columns)[:4] == ["need_id", "scientist_id", "score", "note"]


def test_capacity_zero_for_all(tmp_path: Path) -> None:
    assert given(asked(tmp_path, [{"id": "1", **BATTERY}], capacity=0)) == [("1", None)]


def test_impossible_numbers_and_unknown_needs_are_refused(tmp_path: Path) -> None:
    matcher = Matcher(world(tmp_path, {"scientists": PEOPLE, "needs": [{"id": "1", **BATTERY}]}))
    with pytest.raises(UsageError, match="--capacity"):
        assign(matcher, capacity=-1)
    with pytest.raises(UsageError, match="--per-need"):
        assign(matcher, per_need=0)
    with pytest.raises(UnknownId, match="nowhere"):
        assign(matcher, ["nowhere"])


WORDS = "电池 热管理 柑橘 保鲜 芯片 封装 桥梁 抗风 制药 层析 机器人 减速器 面板 检测 隧道 支护".split()


def crowd(seed: int, scientists: int, needs: int) -> dict[str, Rows]:
    """Many who know a few words each, papers of several authors, and namesakes."""
    random = Random(seed)
    works = [{"id": f"w{i}", "title": "".join(random.sample(WORDS, 3))} for i in range(scientists)]
    return {
        "scientists": [{"id": f"p{i}", "name": f"样例{i % (scientists - 9)}", "keywords": "；".join(random.sample(WORDS, 2)),
                        "capacity": random.choice(["", "", 1, 2]), "conflicts": "e0" if i % 17 == 0 else ""} for i in range(scientists)],
        "works": works,
        "authorships": [{"work": w["id"], "scientist": f"p{p}"} for w in works for p in random.sample(range(scientists), 3)],
        "enterprises": [{"id": "e0", "name": "样例公司"}, {"id": "e1", "name": "样例工厂"}],
        "needs": [{"id": f"n{i}", "title": "".join(random.sample(WORDS, 2)), "enterprise": f"e{i % 2}",
                   "experts_wanted": random.choice(["", 1, 3])} for i in range(needs)],
    }


@pytest.mark.parametrize(("needs", "capacity"), [(20, 3), (90, 1)], ids=["plenty", "scarce"])
def test_the_total_over_all_candidates_is_that_of_an_integer_program(tmp_path: Path, needs: int, capacity: int) -> None:
    """More candidates a need than are looked at first; the program has all of them."""
    tables = crowd(3, 150, needs)
    matcher = Matcher(world(tmp_path, tables))
    demands = matcher.demands()[0]
    matches = matcher.match(demands, top=0).matches
    room = {f"s/scientists/{p['id']}": int(str(p["capacity"] or capacity)) for p in tables["scientists"]}
    wanted = {f"s/needs/{n['id']}": int(str(n["experts_wanted"] or 2)) for n in tables["needs"]}
    assert max(Counter(m.demand_id for m in matches).values()) > 64
    result = assign(matcher, capacity=capacity)
    limits = []
    for ends, most in (([m.demand_id for m in matches], wanted), ([m.supplier_id for m in matches], room)):
        rows = np.unique(ends, return_inverse=True)
        limits.append(LinearConstraint(csr_array((np.ones(len(ends)), (rows[1], np.arange(len(ends))))), ub=[most[str(e)] for e in rows[0]]))
    other = milp([-round(m.score * 1e6) for m in matches], constraints=limits, integrality=np.ones(len(matches)), bounds=Bounds(0, 1),
                 options={"mip_rel_gap": 0})
    assert round(result.total * 1e6) == round(-other.fun)
    possible = {(m.demand_id, m.supplier_id) for m in matches}
    chosen = [(r.demand_id, r.supplier_id) for r in result.rows if r.supplier_id]
    assert set(chosen) <= possible
    assert len(set(chosen)) == len(chosen)
    assert all(count <= room[str(e)] for e, count in Counter(e for _, e in chosen).items())
    assert all(count <= wanted[n] for n, count in Counter(n for n, _ in chosen).items())


@pytest.mark.parametrize(("needs", "capacity"), [(20, 3), (90, 1)], ids=["plenty", "scarce"])
def test_fair_over_all_candidates_is_what_the_best_of_them_give(tmp_path: Path, needs: int, capacity: int) -> None:
    tables = crowd(6, 150, needs)
    matcher = Matcher(world(tmp_path, tables))
    room = {f"s/scientists/{p['id']}": int(str(p["capacity"] or capacity)) for p in tables["scientists"]}
    wanted = {f"s/needs/{n['id']}": int(str(n["experts_wanted"] or 2)) for n in tables["needs"]}
    matches = matcher.match(matcher.demands()[0], top=0).matches
    rows = [np.unique(ends, return_inverse=True) for ends in ([m.demand_id for m in matches], [m.supplier_id for m in matches])]
    problem = Problem(rows[0][1], rows[1][1], np.asarray([round(m.score * 1e6) for m in matches]),
                      np.asarray([wanted[str(n)] for n in rows[0][0]]), np.asarray([room[str(e)] for e in rows[1][0]]))
    service = best_service(problem)
    network = Network.served_first(problem, service.threshold)
    network.solve()
    result = assign(matcher, capacity=capacity, fair=True)
    best: dict[str, float] = {}
    for row in result.rows:
        if row.score is not None:
            best[row.demand_id] = max(row.score, best.get(row.demand_id, 0))
    assert len(best) == service.served
    assert round(min(best.values()) * 1e6) == service.threshold
    assert round(result.total * 1e6) == problem.score[network.flow[:len(matches)] > 0].sum()


def shortage(row: Assignment) -> str:
    """What a note says of missing experts."""
    return row.note if row.supplier_id is None else row.note.partition("；还缺")[2]


@pytest.mark.parametrize("fair", [False, True])
def test_other_ids_and_another_order_of_rows_change_nothing_but_labels(tmp_path: Path, fair: bool) -> None:
    tables = crowd(4, 60, 25)
    label, moved = relabelled(tables)
    here, there = (assign(Matcher(world(tmp_path / name, t)), capacity=1, fair=fair) for name, t in (("here", tables), ("there", moved)))
    renamed = {f"s/{table}/{old}": f"s/{table}/{new}" for old, new in label.items() for table in ("scientists", "needs")}
    assert Counter((renamed[r.demand_id], r.supplier_id and renamed[r.supplier_id], r.score, shortage(r)) for r in here.rows) == Counter(
        (r.demand_id, r.supplier_id, r.score, shortage(r)) for r in there.rows)
    assert (here.total, here.complete, here.partly, here.unmet) == (there.total, there.complete, there.partly, there.unmet)


def test_of_two_alike_in_everything_the_first_id_is_taken(tmp_path: Path) -> None:
    twins = [{"id": i, "name": "样例甲", "keywords": "电池热管理"} for i in ("z", "y")]
    assert given(asked(tmp_path, [{"id": "1", **BATTERY}], twins)) == [("1", "y")]


def test_of_seventy_authors_of_one_paper_the_first_by_name_is_taken_and_then_the_next(tmp_path: Path) -> None:
    """More are alike than are looked at first."""
    authors = [{"id": f"{99 - i}", "name": f"样例{i:02}"} for i in range(70)]
    more: Mapping[str, Rows] = {"works": [{"id": "w", "title": "电池热管理"}], "authorships": [{"work": "w", "scientist": a["id"]} for a in authors]}
    result = asked(tmp_path, [{"id": "1", **BATTERY}], authors, more, per_need=2)
    assert [r.supplier_name for r in result.rows] == ["样例00", "样例01"]


def test_those_who_have_no_room_do_not_hide_those_who_have(tmp_path: Path) -> None:
    people = [*({"id": f"x{i}", "name": f"样例{i}", "keywords": PEOPLE[0]["keywords"], "capacity": 0} for i in range(70)), PEOPLE[1]]
    assert given(asked(tmp_path, [{"id": "1", **BATTERY}], people)) == [("1", "b")]


def test_a_tie_of_scores_goes_to_the_first_name(tmp_path: Path) -> None:
    authors = [{"id": "1", "name": "样例B"}, {"id": "2", "name": "样例A"}]
    more: Mapping[str, Rows] = {"works": [{"id": "w", "title": "电池热管理"}],
                                "authorships": [{"work": "w", "scientist": i} for i in ("1", "2")]}
    assert given(asked(tmp_path, [{"id": "1", **BATTERY}], authors, more)) == [("1", "2")]


def test_match_and_assign_say_the_same_score_and_reasons(tmp_path: Path) -> None:
    matcher = Matcher(world(tmp_path, {"scientists": PEOPLE, "needs": [{"id": "1", **BATTERY}]}))
    row = assign(matcher, per_need=1).rows[0]
    best = matcher.match([Demand("s/needs/1", "电池热管理\n动力电池组液冷散热", ("s/needs/1",))], top=1).matches[0]
    assert (row.supplier_id, row.score, row.note) == (best.supplier_id, best.score, best.reasons)


def test_nobody_is_assigned_below_the_least_score_and_it_is_said(tmp_path: Path) -> None:
    matcher = Matcher(world(tmp_path, {"scientists": PEOPLE, "needs": [{"id": "1", **BATTERY}]}), today=DAY)
    first, second, *_ = (m.score for m in matcher.match(matcher.demands()[0], top=0).matches)
    assert len(assign(matcher, per_need=2, least=second).rows) == 2
    kept = assign(matcher, per_need=2, least=first).rows
    assert [r.score for r in kept] == [first]
    assert kept[0].note.endswith("还缺1位：达到所设最低得分的专家只有1位")
    nobody = assign(matcher, per_need=2, least=1.0).rows
    assert [(r.supplier_id, r.note) for r in nobody] == [(None, "没有专家达到所设最低得分")]
    with pytest.raises(UsageError, match="--least"):
        assign(matcher, least=1.5)
