"""From scored pairs to clusters: best first, by the mean of all pairs between two clusters, never across a conflict.

Average linkage (Sokal and Michener 1958) on log-odds: two clusters join while the mean weight of the pairs between them is above the
threshold, so that one lucky pair does not chain two people together. Pairs that no block brought together count as `_UNSEEN`. Records that are one
for certain count as one record, which says what the best of them says if none contradicts: else a person's word that a poor record belongs to a
good one would tear the good one from what it was joined with.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, log2

_UNSEEN = -6.0
_LIMIT = 10.0
"""A pair's weight counts up to this much either way: else one shared number would outvote ten contradictions."""
_CONTRADICTS = -5.0
"""From here down a pair speaks clearly against."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records and what speaks for their being one: the log2 of the odds. A conflict keeps them apart whatever the weight."""

    left: str
    right: str
    weight: float
    conflict: bool = False


@dataclass(slots=True)
class _Cluster:
    members: list[str]
    edges: dict[str, tuple[float, int]] = field(default_factory=dict)
    size: int = 1
    version: int = 0


def threshold(probability: float) -> float:
    """The weight (log2 of the odds) of a probability."""
    if probability <= 0:
        return -inf
    return inf if probability >= 1 else log2(probability / (1 - probability))


def cluster(pairs: Iterable[Pair], at: float, joined: Sequence[Sequence[str]] = ()) -> list[tuple[str, ...]]:
    """Clusters of two records and more, members sorted, clusters sorted.

    Args:
        pairs: each pair once.
        at: the probability from which two clusters join.
        joined: records that are one for certain (a person's verdict, a shared ORCID).
    """
    owner = {record: min(group) for group in joined for record in group}
    clusters: dict[str, _Cluster] = {min(group): _Cluster(sorted(group)) for group in joined}
    between: dict[tuple[str, str], list[float]] = {}
    for pair in sorted(pairs, key=lambda p: (p.left, p.right)):
        left, right = owner.setdefault(pair.left, pair.left), owner.setdefault(pair.right, pair.right)
        for name in (left, right):
            clusters.setdefault(name, _Cluster([name]))
        if left != right:
            weight = -inf if pair.conflict else max(-_LIMIT, min(_LIMIT, pair.weight))
            between.setdefault((left, right) if left < right else (right, left), []).append(weight)
    for (left, right), weights in between.items():
        clusters[left].edges[right] = clusters[right].edges[left] = (_together(weights), 1)
    _join(clusters, threshold(at))
    return sorted(tuple(sorted(c.members)) for c in clusters.values() if len(c.members) > 1)


def _together(weights: Sequence[float]) -> float:
    """What the records of one thing for certain say of another together: the best of them, or the mean where one contradicts."""
    return max(weights) if min(weights) > _CONTRADICTS else sum(weights) / len(weights)


def _join(clusters: dict[str, _Cluster], cut: float) -> None:
    """Join the best two again and again, until none is above the cut."""
    heap: list[tuple[float, str, str, int, int]] = []

    def offer(left: str, right: str) -> None:
        mean = _mean(clusters, left, right)
        if mean >= cut and mean > -inf:
            left, right = sorted((left, right))
            heapq.heappush(heap, (-mean, left, right, clusters[left].version, clusters[right].version))

    for name, one in list(clusters.items()):
        for other in one.edges:
            if name < other:
                offer(name, other)
    while heap:
        _, left, right, *versions = heapq.heappop(heap)
        if left not in clusters or right not in clusters or [clusters[left].version, clusters[right].version] != versions:
            continue
        _absorb(clusters, left, right)
        for other in clusters[left].edges:
            offer(left, other)


def _mean(clusters: Mapping[str, _Cluster], left: str, right: str) -> float:
    total, count = clusters[left].edges[right]
    size = clusters[left].size * clusters[right].size
    return (total + _UNSEEN * max(0, size - count)) / size


def _absorb(clusters: dict[str, _Cluster], left: str, right: str) -> None:
    """Put `right` into `left`: the smaller name stays, so that the outcome does not depend on the order of the pairs."""
    kept, gone = clusters[left], clusters.pop(right)
    del kept.edges[right]
    for other, (total, count) in gone.edges.items():
        if other == left:
            continue
        before, number = kept.edges.get(other, (0.0, 0))
        kept.edges[other] = clusters[other].edges[left] = (before + total, number + count)
        clusters[other].edges.pop(right, None)
    kept.members += gone.members
    kept.size += gone.size
    kept.version += 1
