"""Subjects learned from records: words that people carry together are near, others are not."""

from __future__ import annotations

import random

import numpy as np

from graph.resolution.subjects import subject_vectors


def fields(people: int, seed: int = 0) -> tuple[list[list[str]], list[list[int]], list[int]]:
    """Two records a person: one with words of one kind of a field, one with words of another kind."""
    rng = random.Random(seed)
    words: list[list[str]] = []
    groups: list[list[int]] = []
    kinds: list[int] = []
    for person in range(people):
        field = person % 10
        titles = [f"title {field} {rng.randrange(30)}" for _ in range(4)]
        disciplines = [f"discipline {field} {rng.randrange(10)}" for _ in range(2)]
        groups.append([len(words), len(words) + 1])
        words += [titles, disciplines]
        kinds += [field, field]
    return words, groups, kinds


def test_records_of_one_field_are_near_though_they_share_no_word() -> None:
    words, groups, kinds = fields(2000)
    vectors = subject_vectors(words, groups)
    assert all(v is not None and abs(np.linalg.norm(v) - 1) < 1e-4 for v in vectors)
    titles = range(0, 400, 2)
    disciplines = range(1, 401, 2)
    same: list[float] = []
    other: list[float] = []
    for a in titles:
        for b in disciplines:
            (same if kinds[a] == kinds[b] else other).append(float(np.dot(vectors[a] or [], vectors[b] or [])))
    assert np.mean(np.array(same) > 0.6) > 0.95
    assert np.mean(np.array(other) > 0.4) < 0.05


def test_too_little_is_not_learned_from_and_a_silent_record_has_no_subject() -> None:
    assert subject_vectors([["电气"], ["电气"], ["护理"]], [[0, 1], [2]]) == [None, None, None]
    words, groups, _ = fields(2000)
    assert subject_vectors([*words, [], ["seen once"]], [*groups, [len(words)], [len(words) + 1]])[-2:] == [None, None]


def test_the_same_records_give_the_same_subjects() -> None:
    words, groups, _ = fields(400)
    assert subject_vectors(words, groups) == subject_vectors(words, groups)
