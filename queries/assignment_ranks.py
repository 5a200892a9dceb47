"""An order of needs and experts by content, so that ties do not depend on ids or on the order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from queries.assignment_network import Integers, Problem


def content_ranks(problem: Problem, needs: Sequence[tuple[str, ...]], experts: Sequence[tuple[str, ...]],
                  ids: tuple[Sequence[str], Sequence[str]]) -> tuple[Integers, Integers]:
    """Ranks from 0 of needs and experts.

    Those that are alike are told apart by the scores of their pairs, then by who is at the other end of these, round by round (colour
    refinement), and in the end by id.

    Args:
        problem: the pairs.
        needs, experts: what each is called; a need's best score goes before it.
        ids: of needs and experts.
    """
    best = np.zeros(len(needs), np.int64)
    np.maximum.at(best, problem.need, problem.score)
    need = _classes([(-int(b), *n, int(w)) for b, n, w in zip(best, needs, problem.wanted, strict=True)])
    expert = _classes([(*e, int(c)) for e, c in zip(experts, problem.capacity, strict=True)])
    while True:
        kinds = (max(need, default=-1), max(expert, default=-1))
        if kinds == (len(need) - 1, len(expert) - 1):
            break
        finer = _refined(need, problem.need, problem.score, expert, problem.expert)
        expert = _refined(expert, problem.expert, problem.score, need, problem.need)
        need = finer
        if kinds == (max(need, default=-1), max(expert, default=-1)):
            break
    return _ranks(need, ids[0]), _ranks(expert, ids[1])


def _classes(keys: Sequence[tuple[Any, ...]]) -> list[int]:
    """The number of each key among the distinct keys in their order."""
    number = {key: i for i, key in enumerate(sorted(set(keys)))}
    return [number[key] for key in keys]


def _refined(mine: list[int], ends: Integers, score: Integers, theirs: list[int], others: Integers) -> list[int]:
    """Classes told apart by the sorted scores and other ends of their pairs."""
    around: list[list[tuple[int, int]]] = [[] for _ in mine]
    for end, points, other in zip(ends.tolist(), score.tolist(), others.tolist(), strict=True):
        around[end].append((-points, theirs[other]))
    return _classes([(kind, *sorted(pairs)) for kind, pairs in zip(mine, around, strict=True)])


def _ranks(classes: list[int], ids: Sequence[str]) -> Integers:
    ranks = np.empty(len(classes), np.int64)
    ranks[sorted(range(len(classes)), key=lambda i: (classes[i], ids[i]))] = np.arange(len(classes))
    return ranks
