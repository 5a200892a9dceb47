"""The team that covers most: a maximum coverage with degrees, solved by CP-SAT, exact or with a proven bound.

Goals, each held before the next one counts: the weight of the topics times the best degree in the team, less what its seats cost (facility location
with opening costs; Cornuéjols, Fisher & Nemhauser 1977); fewest people; most ties between them; the greatest sum of scores; the members that come
first in rank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Integers = NDArray[np.int64]

_EFFORT = 20.0
"""Deterministic time of one search; the same on every machine."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Whom to choose from.

    Attributes:
        weight: of each topic (T).
        degree: how well each candidate has each topic, 0 or more (candidates x T).
        size: members at the most.
        seat: what a member must add at the least to be worth a seat (in units of weight times degree).
        score, rank: of each candidate; ranks are all different.
        ties: (candidate, candidate) → what it counts that both are in.
        fixed: candidates who are in the team whatever else.
        least: (candidates, number): so many of these at the least.
    """

    weight: Integers
    degree: Integers
    size: int
    seat: int
    score: Integers
    rank: Integers
    ties: Mapping[tuple[int, int], int]
    fixed: Sequence[int] = ()
    least: Sequence[tuple[Sequence[int], int]] = ()

    def worth(self, members: Sequence[int]) -> int:
        """What members cover, less what their seats cost."""
        return self.covered(members) - self.seat * len(members)

    def covered(self, members: Sequence[int]) -> int:
        """Σ over topics of weight times the best degree among the members."""
        return int((self.weight * self.degree[list(members)].max(axis=0, initial=0)).sum())


@dataclass(frozen=True, slots=True)
class Chosen:
    """A team.

    Attributes:
        members: candidates, ascending.
        worth: what they cover, less what their seats cost.
        bound: the worth that no team can exceed; equal to `worth` where it is proven to be the best.
        settled: whether the goals after coverage were solved to the end as well.
    """

    members: tuple[int, ...]
    worth: int
    bound: int
    settled: bool


def undominated(degree: Integers, groups: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who could be needed: those of whom nobody else has every topic as well, one of them better, and is of all their groups.

    Args:
        degree: candidates x topics.
        groups: candidates x groups.
    """
    kinds, kind = np.unique(np.hstack([degree, groups.astype(np.int64)]), axis=0, return_inverse=True)
    best = np.asarray([(kinds >= one).all(axis=1).sum() == 1 for one in kinds], np.bool_)
    kept: NDArray[np.bool_] = best[kind.reshape(-1)]
    return kept


def best_cover(problem: Cover, effort: float = _EFFORT) -> Chosen | None:
    """The best team; None where no team can be.

    Args:
        problem: whom to choose from.
        effort: deterministic time of one search.
    """
    search = _Search(problem, effort)
    if not search.reach(search.worth_then_few):
        return None
    bound = (search.bound + problem.size) // (problem.size + 1)
    optimal = settled = search.proven
    size = len(search.members)
    settled = settled and (size < 2 or not problem.ties or search.reach_ties())
    settled = settled and search.reach(sum(int(s) * x for s, x in zip(problem.score, search.chosen, strict=True))) and search.proven
    settled = settled and search.first_by_rank()
    worth = problem.worth(search.members)
    return Chosen(search.members, worth, worth if optimal else max(bound, worth), settled)


class _Search:
    """A variable a candidate, and one a topic and degree: that somebody has the topic so well."""

    def __init__(self, problem: Cover, effort: float) -> None:
        from ortools.sat.python import cp_model  # slow to load, and needed here alone

        self._cp, self._problem, self._effort = cp_model, problem, effort
        self._model = cp_model.CpModel()
        self.chosen = [self._model.new_bool_var("") for _ in problem.score]
        self.members: tuple[int, ...] = ()
        self.bound, self.proven = 0, False
        people = sum(self.chosen)
        self._model.add(people <= problem.size)
        for i in problem.fixed:
            self._model.add(self.chosen[i] == 1)
        for those, number in problem.least:
            self._model.add(sum(self.chosen[i] for i in those) >= number)
        gains = []
        for weight, column in zip(problem.weight, problem.degree.T, strict=True):
            levels = np.unique(column[column > 0])
            for step, level in zip(np.diff(levels, prepend=0), levels, strict=True):
                reached = self._model.new_bool_var("")
                self._model.add_bool_or([self.chosen[i] for i in np.flatnonzero(column >= level)]).only_enforce_if(reached)
                gains.append(int(weight) * int(step) * reached)
        # One goal for the first two: people are fewer than a step of worth.
        self.worth_then_few: cp_model.LinearExprT = (sum(gains) - problem.seat * people) * (problem.size + 1) - people

    def reach(self, goal: cp_model.LinearExprT) -> bool:
        """Find the most of a goal and hold it from then on; False where no team was found. `proven` says whether it is the most."""
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.linearization_level = 2  # the linear relaxation of facility location is nearly whole: hundreds of times less work
        solver.parameters.max_deterministic_time = self._effort
        if isinstance(goal, int):
            self._model.clear_objective()
        else:
            self._model.maximize(goal)
        self._model.clear_hints()
        if self.members:
            for i, variable in enumerate(self.chosen):
                self._model.add_hint(variable, i in self.members)
        status = solver.solve(self._model)
        self.proven = status == self._cp.OPTIMAL
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            return False
        self.members = tuple(i for i, variable in enumerate(self.chosen) if solver.value(variable))
        self.bound = goal if isinstance(goal, int) else round(solver.best_objective_bound)
        if not isinstance(goal, int):
            self._model.add(goal >= round(solver.objective_value))
        return True

    def reach_ties(self) -> bool:
        """Hold the most ties."""
        counted = []
        for (one, other), value in self._problem.ties.items():
            both = self._model.new_bool_var("")
            self._model.add_implication(both, self.chosen[one])
            self._model.add_implication(both, self.chosen[other])
            counted.append(value * both)
        return self.reach(sum(counted)) and self.proven

    def first_by_rank(self) -> bool:
        """Hold, member by member, the one of the lowest rank that an equal team can have."""
        held: set[int] = set(self._problem.fixed)
        for _ in range(len(self.members) - len(held)):
            loose = [i for i in range(len(self.chosen)) if i not in held]
            picked = [self._model.new_bool_var("") for _ in loose]
            self._model.add_exactly_one(picked)
            for i, pick in zip(loose, picked, strict=True):
                self._model.add_implication(pick, self.chosen[i])
            rank = {i: int(self._problem.rank[i]) for i in loose}
            if not (self.reach(-sum(rank[i] * pick for i, pick in zip(loose, picked, strict=True))) and self.proven):
                return False
            first = min((i for i in self.members if i not in held), key=lambda i: rank[i])
            self._model.add(self.chosen[first] == 1)
            held.add(first)
        return True
