"""The cover solver against every team there is, on small random instances; what no goal may depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.team_cover import Chosen, Cover, best_cover, undominated

Key = tuple[int, int, int, int, list[int]]


def cover(weight: list[int], degree: list[list[int]], *, size: int = 3, seat: int = 0, score: Sequence[int] = (), rank: Sequence[int] = (),
          ties: Mapping[tuple[int, int], int] | None = None, fixed: Sequence[int] = (), least: Sequence[tuple[Sequence[int], int]] = ()) -> Cover:
    people = len(degree)
    return Cover(np.asarray(weight, np.int64), np.asarray(degree, np.int64).reshape(people, len(weight)), size, seat,
                 np.asarray(score or [0] * people, np.int64), np.asarray(rank or range(people), np.int64), ties or {}, fixed, least)


def allowed(problem: Cover, team: tuple[int, ...]) -> bool:
    return set(problem.fixed) <= set(team) and all(len(set(those) & set(team)) >= number for those, number in problem.least)


def key(problem: Cover, team: tuple[int, ...]) -> Key:
    """What is better comes first."""
    covered = sum(int(w) * max((int(problem.degree[i, t]) for i in team), default=0) for t, w in enumerate(problem.weight))
    ties = sum(value for (a, b), value in problem.ties.items() if a in team and b in team)
    loose = sorted(int(problem.rank[i]) for i in team if i not in problem.fixed)
    return -(covered - problem.seat * len(team)), len(team), -ties, -sum(int(problem.score[i]) for i in team), loose


def every_team(problem: Cover) -> list[tuple[int, ...]]:
    people = range(len(problem.score))
    return [team for size in range(problem.size + 1) for team in combinations(people, size) if allowed(problem, team)]


@st.composite
def problems(draw: st.DrawFn) -> Cover:
    people, topics = draw(st.integers(1, 7)), draw(st.integers(0, 5))
    numbers = st.integers(0, 3)
    some = st.lists(st.integers(0, people - 1), unique=True, max_size=people)
    pairs = list(combinations(range(people), 2))
    return cover(
        draw(st.lists(st.integers(1, 4), min_size=topics, max_size=topics)),
        [[draw(numbers) for _ in range(topics)] for _ in range(people)],
        size=draw(st.integers(1, 4)), seat=draw(st.integers(0, 3)), score=[draw(numbers) for _ in range(people)],
        rank=draw(st.permutations(range(people))), ties={pair: draw(st.integers(1, 3)) for pair in pairs if draw(st.booleans())},
        fixed=tuple(draw(some)[:1]), least=[(draw(some), draw(st.integers(1, 2)))] if draw(st.booleans()) else ())


@settings(max_examples=150, deadline=None)
@given(problems())
def test_it_is_the_first_of_all_teams(problem: Cover) -> None:
    teams = every_team(problem)
    chosen = best_cover(problem)
    if not teams:
        assert chosen is None
        return
    best = min(teams, key=lambda team: key(problem, team))
    worth = -key(problem, best)[0]
    assert chosen == Chosen(best, worth, worth, True)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_who_is_dominated_is_never_needed(problem: Cover) -> None:
    """The best coverage and the least size need nobody who is left out."""
    kept = np.flatnonzero(undominated(problem.degree, np.zeros((len(problem.score), 0), np.bool_)))
    free = [team for size in range(problem.size + 1) for team in combinations(range(len(problem.score)), size)]
    among = [team for team in free if set(team) <= set(kept.tolist())]
    assert min(key(problem, t)[:2] for t in among) == min(key(problem, t)[:2] for t in free)


def test_undominated_by_hand() -> None:
    degree = np.asarray([[2, 1], [1, 1], [2, 1], [0, 3]])
    assert undominated(degree, np.zeros((4, 0), np.bool_)).tolist() == [True, False, True, True]
    assert undominated(degree, np.asarray([[True], [True], [False], [False]])).tolist() == [True, False, False, True]
    assert undominated(degree, np.asarray([[False], [True], [False], [False]])).tolist() == [True, True, True, True]


def test_two_who_complete_each_other_go_before_two_who_are_best_alone() -> None:
    chosen = best_cover(cover([3, 3, 2, 2], [[9, 9, 0, 0], [8, 8, 1, 0], [0, 0, 5, 5]], size=2))
    assert chosen == Chosen((0, 2), 74, 74, True)


def test_a_seat_that_is_not_earned_stays_empty() -> None:
    degree = [[5, 0, 0], [0, 5, 0], [0, 0, 1]]
    problems = [cover([2, 2, 2], degree, seat=seat) for seat in (1, 3)]
    assert [c.members for p in problems if (c := best_cover(p))] == [(0, 1, 2), (0, 1)]


@pytest.mark.parametrize(("least", "members"), [([([2], 1)], (0, 2)), ([([1, 2], 2)], (1, 2)), ([([1, 2], 3)], None), ([([], 1)], None)])
def test_wishes_hold_or_there_is_no_team(least: Sequence[tuple[Sequence[int], int]], members: tuple[int, ...] | None) -> None:
    chosen = best_cover(cover([1], [[9], [8], [0]], size=2, least=least))
    assert (chosen and chosen.members) == members


def test_too_little_effort_gives_a_team_with_a_bound_that_holds() -> None:
    generator = np.random.default_rng(7)
    degree = generator.integers(0, 11, (150, 40)) * (generator.random((150, 40)) < 0.15)
    problem = cover(generator.integers(50, 900, 40).tolist(), degree.tolist(), size=8)
    hurried, proven = best_cover(problem, effort=0.01), best_cover(problem)
    assert hurried is not None
    assert proven is not None
    assert proven.worth == proven.bound
    assert problem.worth(hurried.members) == hurried.worth < hurried.bound
    assert hurried.worth <= proven.worth <= hurried.bound
    assert not hurried.settled
