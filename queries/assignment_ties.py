"""Which of the optimal assignments: what an optimal total leaves open is settled by goals in turn, group by group.

Pairs that can change at the same total fall into groups that share no need and no expert. In each group, exactly (CP-SAT):

1. most needs have somebody;
2. the worst-off of them, by the sum of its scores, is as well off as can be;
3. with `even`, the sum of the squared loads of experts is least;
4. needs in their order of rank each take the experts of the highest scores, then those first in rank.

The last goal leaves one answer, so that the outcome is a function of scores and ranks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from queries.assignment_network import OUTLET, Integers, Network, Problem, connected

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LARGEST = 5_000
"""Pairs of a group that is still settled by search."""
_EFFORT = 20.0
"""Deterministic time of one search; the same on every machine."""
_CHUNK = 40
"""Pairs that one objective can order (by powers of two)."""


def settle(problem: Problem, network: Network, ranks: tuple[Integers, Integers], *, even: bool = False) -> tuple[NDArray[np.bool_], bool]:
    """Choose among the optima of a solved network.

    Args:
        problem: the pairs; they are the first arcs of the network.
        network: solved.
        ranks: of each need and each expert, from 0; no two alike.
        even: whether loads are to be even where the goals before leave a choice.

    Returns:
        Which pairs are assigned; whether every group was settled to the end. A group that is too large keeps the solver's own choice.
    """
    size = len(problem.score)
    free = network.free()
    loose = np.flatnonzero(free[:size])
    chosen = network.flow[:size] > 0
    if not len(loose):
        return chosen, True
    inner = (free | (np.arange(len(free)) >= size)) & (network.tail != OUTLET) & (network.head != OUTLET)  # a need's two nodes stay together
    group = connected(network.tail[inner], network.head[inner], network.nodes, "weak")
    arcs = np.flatnonzero(free)
    of = group[np.where(network.tail[arcs] == OUTLET, network.head[arcs], network.tail[arcs])]
    order = np.argsort(of, kind="stable")
    settled = True
    for members in np.split(arcs[order], np.flatnonzero(np.diff(of[order])) + 1):
        pairs = members[members < size]
        if not len(pairs):
            continue
        if len(np.unique(problem.need[pairs])) == len(np.unique(problem.score[pairs])) == 1:
            _settle_one(problem, pairs, chosen, free, ranks[1], even)
        elif len(pairs) <= LARGEST:
            settled &= _Group(problem, network, members, chosen, ranks, even).settle()
        else:
            settled = False
    return chosen, settled


def _settle_one(problem: Problem, pairs: Integers, chosen: NDArray[np.bool_], free: NDArray[np.bool_], rank: Integers, even: bool) -> None:
    """One need among experts of one score, as the authors of one paper are: no search is needed."""
    sure = chosen & ~free[: len(chosen)]
    loads = np.asarray([(sure & (problem.expert == e)).sum() for e in problem.expert[pairs]]) if even else np.zeros(len(pairs))
    order = np.lexsort((rank[problem.expert[pairs]], loads))
    places = int(chosen[pairs].sum())
    chosen[pairs] = False
    chosen[pairs[order[:places]]] = True


class _Group:
    """One group as a model of CP-SAT: a variable an arc, what flows in flows out, goals one after the other."""

    def __init__(self, problem: Problem, network: Network, members: Integers, chosen: NDArray[np.bool_], ranks: tuple[Integers, Integers],
                 even: bool) -> None:
        from ortools.sat.python import cp_model  # slow to load, and needed for ties alone

        self._cp = cp_model
        self._problem, self._chosen, self._ranks, self._even = problem, chosen, ranks, even
        self._pairs = members[members < len(problem.score)]
        self._model = cp_model.CpModel()
        self._values = {int(a): int(network.flow[a]) for a in members}
        self._arcs = {a: self._model.new_int_var(0, int(network.capacity[a]), "") for a in self._values}
        self._sure = chosen.copy()
        self._sure[self._pairs] = False
        balance: dict[int, list[tuple[int, int]]] = {}
        for a in self._values:
            balance.setdefault(int(network.head[a]), []).append((a, 1))
            balance.setdefault(int(network.tail[a]), []).append((a, -1))
        for node, around in balance.items():
            if node != OUTLET:
                self._model.add(sum(sign * self._arcs[a] for a, sign in around) == sum(sign * self._values[a] for a, sign in around))

    def settle(self) -> bool:
        """Settle all goals; False where the effort did not suffice for one of them."""
        done = self._spread() and (not self._even or self._level()) and self._order()
        self._chosen[self._pairs] = [self._values[int(p)] > 0 for p in self._pairs]
        return done

    def _reach(self, goal: cp_model.LinearExprT) -> bool:
        """Find the most of a goal and hold it from then on."""
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = _EFFORT
        self._model.maximize(goal)
        self._model.clear_hints()
        for a, variable in self._arcs.items():
            self._model.add_hint(variable, self._values[a])
        status = solver.solve(self._model)
        if status in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            self._values = {a: int(solver.value(variable)) for a, variable in self._arcs.items()}
        if status != self._cp.OPTIMAL:
            return False
        self._model.add(goal >= round(solver.objective_value))
        return True

    def _by(self, ends: Integers) -> Iterator[tuple[int, list[int]]]:
        """The open pairs of each need or expert of the group."""
        for end in np.unique(ends[self._pairs]):
            yield int(end), [int(p) for p in self._pairs[ends[self._pairs] == end]]

    def _spread(self) -> bool:
        """Most needs with somebody; then the worst-off of these."""
        problem, model = self._problem, self._model
        worst = model.new_int_var(0, int(problem.score.sum()), "")
        has = []
        for need, loose in self._by(problem.need):
            sure = problem.score[self._sure & (problem.need == need)]
            some = model.new_bool_var("")
            if len(sure):
                model.add(some == 1)
            else:
                model.add(some <= sum(self._arcs[p] for p in loose))
            got = sum(int(problem.score[p]) * self._arcs[p] for p in loose) + int(sure.sum())
            model.add(worst <= got).only_enforce_if(some)
            has.append(some)
        return self._reach(sum(has)) and self._reach(worst)

    def _level(self) -> bool:
        """The least sum of squared loads: an expert's k-th need counts 2k − 1."""
        problem, model = self._problem, self._model
        cost = []
        for expert, loose in self._by(problem.expert):
            held = int((self._sure & (problem.expert == expert)).sum())
            steps = [model.new_bool_var("") for _ in loose]
            model.add(sum(steps) == sum(self._arcs[p] for p in loose))
            cost += [(2 * (held + k) + 1) * step for k, step in enumerate(steps)]
        return self._reach(-sum(cost))

    def _order(self) -> bool:
        """Needs by rank, each with its best and first experts; what a need has is held before the next one chooses."""
        problem = self._problem
        key = np.lexsort((self._ranks[1][problem.expert[self._pairs]], -problem.score[self._pairs], self._ranks[0][problem.need[self._pairs]]))
        ordered = self._pairs[key]
        for mine in np.split(ordered, np.flatnonzero(np.diff(problem.need[ordered])) + 1):
            need = problem.need[mine[0]]
            room = int(problem.wanted[need]) - int((self._sure & (problem.need == need)).sum())
            for start in range(0, len(mine), _CHUNK):
                if not self._first([int(p) for p in mine[start:start + _CHUNK]], room):
                    return False
                room -= sum(self._values[int(p)] for p in mine[start:start + _CHUNK])
        return True

    def _first(self, pairs: Sequence[int], room: int) -> bool:
        """Hold the assignment of these pairs that comes first; no search where the present one is the first of all."""
        if [self._values[p] for p in pairs] != [int(i < room) for i in range(len(pairs))]:
            return self._reach(sum(2 ** (len(pairs) - i) * self._arcs[p] for i, p in enumerate(pairs)))
        for p in pairs:
            self._model.add(self._arcs[p] == self._values[p])
        return True
