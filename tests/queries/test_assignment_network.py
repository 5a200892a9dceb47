"""The solver of assignments, against all assignments of small problems and against another solver on a large one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import csr_array

from queries.assignment_network import Network, Problem, best_service
from queries.assignment_ties import settle


@st.composite
def problems(draw: st.DrawFn, greatest: int = 4) -> Problem:
    """Up to four needs and four experts, with so few different scores that ties abound."""
    needs, experts = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    scores = draw(st.lists(st.integers(0, greatest), min_size=needs * experts, max_size=needs * experts))
    pairs = [(n, e, s) for (n, e), s in zip(product(range(needs), range(experts)), scores, strict=True) if s]
    need, expert, score = np.asarray(pairs, np.int64).reshape(-1, 3).T
    small = st.integers(1, 2)
    return Problem(need, expert, score, np.asarray([draw(small) for _ in range(needs)]), np.asarray([draw(small) for _ in range(experts)]))


def feasible(problem: Problem) -> Iterator[list[int]]:
    """All assignments that give no need too many experts and no expert too many needs, as lists of pairs."""
    choices = []
    for need, wanted in enumerate(problem.wanted):
        mine = np.flatnonzero(problem.need == need).tolist()
        choices.append([c for k in range(int(wanted) + 1) for c in combinations(mine, k)])
    for combined in product(*choices):
        pairs = [p for part in combined for p in part]
        if (np.bincount(problem.expert[pairs], minlength=len(problem.capacity)) <= problem.capacity).all():
            yield pairs


def goals(problem: Problem, pairs: list[int], *, fair: bool) -> tuple[int, ...]:
    """What an assignment is worth, the first goal first."""
    scores: dict[int, list[int]] = {}
    for p in pairs:
        scores.setdefault(int(problem.need[p]), []).append(int(problem.score[p]))
    total = sum(map(sum, scores.values()))
    least_best = min((max(s) for s in scores.values()), default=0)
    least_sum = min((sum(s) for s in scores.values()), default=0)
    return (len(scores), least_best, total, least_sum) if fair else (total, len(scores), least_sum)


def solved(problem: Problem, *, fair: bool = False, even: bool = False, ranks: tuple[list[int], list[int]] | None = None) -> NDArray[np.bool_]:
    network = Network.served_first(problem, best_service(problem).threshold) if fair else Network.total(problem)
    network.solve()
    needs, experts = ranks or (list(range(len(problem.wanted))), list(range(len(problem.capacity))))
    chosen, settled = settle(problem, network, (np.asarray(needs), np.asarray(experts)), even=even)
    assert settled
    return chosen


@settings(deadline=None)
@given(problems(), st.booleans(), st.booleans())
def test_no_assignment_is_better_by_the_goals_in_turn(problem: Problem, fair: bool, even: bool) -> None:
    mine = np.flatnonzero(solved(problem, fair=fair, even=even)).tolist()
    everything = list(feasible(problem))
    assert sorted(mine) in [sorted(pairs) for pairs in everything]
    assert goals(problem, mine, fair=fair) == max(goals(problem, pairs, fair=fair) for pairs in everything)


@settings(deadline=None)
@given(problems(), st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_pairs_needs_and_experts_changes_nothing(problem: Problem, fair: bool, even: bool, random: Random) -> None:
    chosen = solved(problem, fair=fair, even=even)
    expected = set(zip(problem.need[chosen].tolist(), problem.expert[chosen].tolist(), strict=True))
    orders = [list(range(len(x))) for x in (problem.score, problem.wanted, problem.capacity)]
    for order in orders:
        random.shuffle(order)
    pairs, needs, experts = (np.asarray(order, np.int64) for order in orders)
    place = [np.argsort(order) for order in (needs, experts)]
    moved = Problem(place[0][problem.need[pairs]], place[1][problem.expert[pairs]], problem.score[pairs], problem.wanted[needs],
                    problem.capacity[experts])
    again = solved(moved, fair=fair, even=even, ranks=(needs.tolist(), experts.tolist()))
    assert {(int(needs[n]), int(experts[e])) for n, e in zip(moved.need[again], moved.expert[again], strict=True)} == expected


def pairs_of(scores: list[list[int]], wanted: list[int], capacity: list[int], *, fair: bool = False, even: bool = False) -> list[tuple[int, int]]:
    """(need, expert) assigned, of a table of scores."""
    table = np.asarray(scores)
    need, expert = np.nonzero(table)
    problem = Problem(need, expert, table[need, expert], np.asarray(wanted), np.asarray(capacity))
    chosen = solved(problem, fair=fair, even=even)
    return sorted(zip(need[chosen].tolist(), expert[chosen].tolist(), strict=True))


def test_the_best_expert_goes_where_the_others_are_worst() -> None:
    assert pairs_of([[9, 8], [7, 1]], [1, 1], [1, 1]) == [(0, 1), (1, 0)]


def test_of_equal_totals_the_one_with_the_better_worst_need_is_taken() -> None:
    """(6 + 1) or (4 + 3) at two needs that want one each: both 7."""
    assert pairs_of([[6, 3], [4, 1]], [1, 1], [1, 1]) == [(0, 1), (1, 0)]
    assert pairs_of([[1, 4], [3, 6]], [1, 1], [1, 1]) == [(0, 1), (1, 0)]


def test_one_each_goes_before_two_for_one_at_the_same_total() -> None:
    assert pairs_of([[5, 5], [5, 5]], [2, 2], [1, 1]) == [(0, 0), (1, 1)]


def test_even_spreads_equal_experts_and_otherwise_the_first_takes_all() -> None:
    equal = [[5, 5, 5]] * 3
    assert pairs_of(equal, [1, 1, 1], [3, 3, 3]) == [(0, 0), (1, 0), (2, 0)]
    assert pairs_of(equal, [1, 1, 1], [3, 3, 3], even=True) == [(0, 0), (1, 1), (2, 2)]


def test_even_counts_what_an_expert_serves_beyond_the_tie() -> None:
    """Need 0 can have expert 0 alone; need 1 has two equal experts, of whom expert 0 is busy."""
    assert pairs_of([[9, 0], [5, 5]], [1, 1], [2, 2], even=True) == [(0, 0), (1, 1)]


def test_even_costs_no_score() -> None:
    assert pairs_of([[5, 4], [5, 4]], [1, 1], [2, 2], even=True) == [(0, 0), (1, 0)]


def test_fair_serves_a_second_need_at_the_price_of_the_total() -> None:
    """Expert 0 is the only one for need 1, and worth more to need 0, who then gets expert 1: 9 + 0 against 2 + 1."""
    scores = [[9, 1], [2, 0]]
    assert pairs_of(scores, [1, 1], [1, 1]) == [(0, 0)]
    assert pairs_of(scores, [1, 1], [1, 1], fair=True) == [(0, 1), (1, 0)]


def test_fair_looks_at_the_best_expert_of_the_worst_need() -> None:
    """Need 1 could have three experts of 2 (sum 6) while need 0 has 9; with expert 0 it has one of 4, and need 0 one of 5."""
    scores = [[9, 2, 2, 2, 5], [4, 2, 2, 2, 0]]
    assert pairs_of(scores, [1, 3], [1] * 5) == [(0, 0), (1, 1), (1, 2), (1, 3)]
    assert (1, 0) in pairs_of(scores, [1, 3], [1] * 5, fair=True)
    assert (0, 4) in pairs_of(scores, [1, 3], [1] * 5, fair=True)


def test_a_group_of_many_ties_is_settled_by_rank() -> None:
    """Thirty needs, sixty experts, all alike: each need has the next two."""
    found = pairs_of([[7] * 60] * 30, [2] * 30, [1] * 60)
    assert found == [(n, 2 * n + k) for n in range(30) for k in range(2)]


@pytest.mark.parametrize("fair", [False, True])
def test_without_pairs_nothing_is_assigned(fair: bool) -> None:
    none = np.zeros(0, np.int64)
    assert not solved(Problem(none, none, none, np.asarray([1]), none), fair=fair).any()


def test_two_thousand_needs_and_three_thousand_experts_as_another_solver_has_it() -> None:
    """Every pair has a score; experts with room for two stand in two columns of the Hungarian method."""
    random = np.random.default_rng(1)
    scores = random.integers(1, 1_000_000, (2000, 3000))
    capacity = random.integers(1, 3, 3000)
    need, expert = np.divmod(np.arange(scores.size), 3000)
    problem = Problem(need, expert, scores.ravel(), np.ones(2000, np.int64), capacity)
    chosen = solved(problem)
    columns = np.repeat(scores, capacity, axis=1)
    assert problem.score[chosen].sum() == columns[linear_sum_assignment(columns, maximize=True)].sum()
    assert (np.bincount(need[chosen]) == 1).all()
    assert (np.bincount(expert[chosen], minlength=3000) <= capacity).all()


def test_scarce_experts_and_several_places_as_an_integer_program_has_it() -> None:
    """Sixty needs of one to three places, forty experts: not all places can be filled."""
    random = np.random.default_rng(2)
    need, expert = np.nonzero(random.random((60, 40)) < 0.4)
    problem = Problem(need, expert, random.integers(1, 1_000_000, len(need)), random.integers(1, 4, 60), random.integers(1, 3, 40))
    chosen = solved(problem)
    rows = [csr_array((np.ones(len(need)), (ends, np.arange(len(need))))) for ends in (need, expert)]
    limits = [LinearConstraint(rows[0], ub=problem.wanted), LinearConstraint(rows[1], ub=problem.capacity)]
    other = milp(-problem.score, constraints=limits, integrality=np.ones(len(need)), bounds=Bounds(0, 1), options={"mip_rel_gap": 0})
    assert problem.score[chosen].sum() == round(-other.fun)
    assert chosen.sum() < problem.wanted.sum()
