"""Weights from outcomes: taken where a feature decides how matches end, left alone where it does not or little is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from queries.learning import LEAST_PAIRS, MOST, Outcomes, learn, outcomes_of
from queries.match import Matcher
from tests.worlds import Rows, world

DECLARED = {"institution": 1.0, "distance": 0.0}


def drawn(pairs: int, effect: float, seed: int = 7) -> Outcomes:
    """Outcomes of ten pairs a need whose odds grow with log text and, by `effect`, with the second feature."""
    rng = np.random.default_rng(seed)
    text, values = rng.uniform(0.02, 0.5, pairs), rng.uniform(0, 1, (pairs, 2)).round()
    odds = 1.5 * (np.log(text) + 1.7) + effect * (values[:, 1] - 0.5)
    good, row = rng.uniform(size=pairs) < 1 / (1 + np.exp(-odds)), np.arange(pairs)
    return Outcomes(text, values, good, row // 10, row % 37, ("institution", "distance"))


def test_a_feature_that_decides_is_weighed_and_foretells_better() -> None:
    found = learn(drawn(600, 4.0), {**DECLARED, "outcomes": 0.5})
    assert found.why == ""
    assert found.weights["outcomes"] == 0.5
    assert found.learned_loss is not None
    assert found.declared_loss is not None
    assert found.standard_error is not None
    assert found.learned_loss < found.declared_loss - 2 * found.standard_error
    assert found.weights["distance"] > 2 > found.weights["institution"]
    assert all(0 <= w <= MOST for w in found.weights.values())
    # w = exp(β / β_text) − 1, with β = 4 and β_text = 1.5, lies beyond the bound.
    assert found.weights["distance"] == pytest.approx(MOST)


def test_a_weight_is_recovered_where_it_lies_within_the_bound() -> None:
    found = learn(drawn(3000, 1.5), {"institution": 0.0, "distance": 0.0})
    assert found.weights["distance"] == pytest.approx(np.expm1(1.0), rel=0.35)
    assert found.weights["institution"] < 0.35


@pytest.mark.parametrize("seed", range(5))
def test_chance_is_not_learned(seed: int) -> None:
    found = learn(drawn(200, 0.0, seed), {"institution": 0.0, "distance": 0.0})
    assert dict(found.weights) == {"institution": 0.0, "distance": 0.0}
    assert "no better" in found.why


def test_few_outcomes_teach_nothing_and_are_counted() -> None:
    found = learn(drawn(LEAST_PAIRS - 1, 4.0), DECLARED)
    assert dict(found.weights) == DECLARED
    assert found.why.startswith("too few outcomes")
    assert found.learned_loss is None


def test_good_or_bad_by_rating_before_result_and_pairs_without_text_are_left_out(tmp_path: Path) -> None:
    results: dict[str, tuple[str, str]] = {
        "a": ("已完成", ""), "b": ("已签约", "2"), "c": ("拒绝", ""), "d": ("失败", "5"), "e": ("已联系", ""), "f": ("已完成", "3"),
        "g": ("已完成", "")}
    people: Rows = [{"id": p, "name": f"甲{p}", "keywords": "斜拉桥" if p == "g" else "电池热管理"} for p in results]
    matcher = Matcher(world(tmp_path, {"scientists": people, "needs": [{"id": "n", "title": "电池热管理", "status": "closed"}],
                                       "outcomes": [{"need": "n", "scientist": p, "result": r, "rating": s} for p, (r, s) in results.items()]}))
    found = outcomes_of(matcher)
    assert found.good.tolist() == [True, False, False, True]
    assert found.silent == 1
    # What outcomes say of a person is made of the outcomes that are to be foretold: it is not learned.
    assert found.features == tuple(name for name in matcher.weights if name != "outcomes")
    assert found.values.shape == (4, len(found.features))
