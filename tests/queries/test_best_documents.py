"""Scores of people from those of their documents, against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.best_documents import BestDocuments

DISCOUNTS = np.asarray([0.5**k for k in range(5)])
SCORES = st.floats(0, 1, width=32)


def made(owned: list[list[int]]) -> BestDocuments:
    """Whose documents are which, person by person."""
    pairs = [(p, d) for p, documents in enumerate(owned) for d in documents]
    person, document = np.asarray(pairs, np.int64).reshape(-1, 2).T
    return BestDocuments(person, document, len(owned), DISCOUNTS)


def by_hand(owned: list[list[int]], scores: list[float]) -> list[float]:
    best = [sorted((scores[d] for d in documents), reverse=True)[:5] for documents in owned]
    return [sum(score * 0.5**k for k, score in enumerate(found)) for found in best]


@given(st.lists(SCORES, min_size=1, max_size=40).flatmap(
    lambda scores: st.tuples(st.just(scores), st.lists(st.lists(st.integers(0, len(scores) - 1), unique=True), max_size=12))))
def test_scores_equal_a_plain_loop(case: tuple[list[float], list[list[int]]]) -> None:
    scores, owned = case
    for kind in (np.float32, np.float64):
        found = made(owned).scores(np.asarray(scores, kind))
        assert found.dtype == np.float64
        assert found.tolist() == by_hand(owned, scores)


@pytest.mark.parametrize("documents", [1, 4, 5, 6, 9, 20, 21, 33, 300])
def test_people_of_many_documents_have_their_best_five(documents: int) -> None:
    scores = np.random.default_rng(documents).random(documents + 3)
    owned = [list(range(3, documents + 3)), [], list(range(documents + 2, 1, -1))]
    assert made(owned).scores(scores).tolist() == by_hand(owned, scores.tolist())


@given(st.lists(SCORES, min_size=2, max_size=30))
def test_the_order_of_documents_changes_no_bit(scores: list[float]) -> None:
    shuffled = np.random.default_rng(len(scores)).permutation(len(scores))
    documents = np.arange(len(scores))
    one = made([documents.tolist()]).scores(np.asarray(scores))
    other = made([shuffled.tolist()]).scores(np.asarray(scores))
    assert one.tobytes() == other.tobytes()


def test_who_has_no_document_scores_nothing() -> None:
    assert made([[], [0], []]).scores(np.asarray([0.5])).tolist() == [0.0, 0.5, 0.0]
    assert made([[], []]).scores(np.asarray([0.5])).tolist() == [0.0, 0.0]
    assert made([]).scores(np.empty(0)).tolist() == []
