"""Clusters from scored pairs: against SciPy's average linkage, and what must hold on any pairs."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from graph.resolution.clustering import Pair, cluster, threshold

WEIGHTS = st.floats(-9, 9, allow_nan=False).map(lambda x: round(x, 3))


@st.composite
def pairs(draw: st.DrawFn) -> list[Pair]:
    records = [f"r{i}" for i in range(draw(st.integers(2, 8)))]
    chosen = draw(st.lists(st.sampled_from(list(combinations(records, 2))), unique=True, max_size=20))
    return [Pair(a, b, draw(WEIGHTS), draw(st.booleans()) and draw(st.booleans())) for a, b in chosen]


def owner(clusters: list[tuple[str, ...]]) -> dict[str, str]:
    return {record: group[0] for group in clusters for record in group}


def test_two_join_from_the_threshold_on() -> None:
    assert cluster([Pair("a", "b", threshold(0.8))], 0.8) == [("a", "b")]
    assert cluster([Pair("a", "b", threshold(0.8))], 0.81) == []


def test_a_chain_does_not_join_what_the_mean_keeps_apart() -> None:
    # a-b and b-c are sure, a-c speaks strongly against: (5 - 9) / 2 < 0 keeps c out.
    assert cluster([Pair("a", "b", 6), Pair("b", "c", 5), Pair("a", "c", -9)], 0.5) == [("a", "b")]
    # A pair that no block brought together counts -6: (5 - 6) / 2 < 0 as well, (7 - 6) / 2 not.
    assert cluster([Pair("a", "b", 6), Pair("b", "c", 5)], 0.5) == [("a", "b")]
    assert cluster([Pair("a", "b", 8), Pair("b", "c", 7)], 0.5) == [("a", "b", "c")]


def test_a_conflict_holds_against_any_weight_and_after_any_join() -> None:
    assert cluster([Pair("a", "b", 10, conflict=True)], 0.01) == []
    assert cluster([Pair("a", "b", 9), Pair("b", "c", 9), Pair("a", "c", 9, conflict=True)], 0.01) == [("a", "b")]


def test_what_is_one_for_certain_stays_so() -> None:
    assert cluster([Pair("a", "b", -9, conflict=True)], 0.5, [("a", "b")]) == [("a", "b")]
    assert cluster([Pair("b", "c", 9), Pair("a", "c", 9)], 0.5, [("a", "b")]) == [("a", "b", "c")]
    # A person's word that b is a leaves a with c, of which b says little; a conflict of b holds for both.
    assert cluster([Pair("a", "c", 6), Pair("b", "c", -1)], 0.97, [("a", "b")]) == [("a", "b", "c")]
    assert cluster([Pair("a", "c", 6)], 0.97, [("a", "b")]) == [("a", "b", "c")]
    assert cluster([Pair("a", "c", 6), Pair("b", "c", -1, conflict=True)], 0.97, [("a", "b")]) == [("a", "b")]


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 9), st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_all_pairs_known_gives_average_linkage(size: int, seed: int, at: float) -> None:
    rng = random.Random(seed)  # no two weights alike: a tie may be broken either way
    weights = {pair: rng.uniform(-9, 9) for pair in combinations(range(size), 2)}
    found = owner(cluster([Pair(f"r{a}", f"r{b}", w) for (a, b), w in weights.items()], at))
    # SciPy joins the least distances: distance = 10 - weight, cut where the mean weight falls below the threshold.
    tree = linkage(np.array([10 - weights[pair] for pair in combinations(range(size), 2)]), method="average")
    labels = fcluster(tree, t=10 - threshold(at), criterion="distance")
    for a, b in combinations(range(size), 2):
        assert (found.get(f"r{a}", f"r{a}") == found.get(f"r{b}", f"r{b}")) == (labels[a] == labels[b])


@settings(max_examples=200, deadline=None)
@given(pairs(), st.floats(0.01, 0.99), st.randoms(use_true_random=False))
def test_the_order_of_the_pairs_does_not_matter_and_no_conflict_is_crossed(given_pairs: list[Pair], at: float, rng: random.Random) -> None:
    found = cluster(given_pairs, at)
    shuffled = given_pairs.copy()
    rng.shuffle(shuffled)
    assert cluster(shuffled, at) == found
    belongs = owner(found)
    assert not any(p.conflict and belongs.get(p.left) == belongs.get(p.right) and p.left in belongs for p in given_pairs)
    assert all(len(group) > 1 and list(group) == sorted(group) for group in found)
    assert len(belongs) == sum(map(len, found))
