"""Weights of the features learned from how earlier matches ended: never taken unless they foretell held-out outcomes better than the declared ones.

The score is text × Π (1 + wₖ vₖ) / (1 + wₖ). A regularised logistic regression of success on log text and the values vₖ gives coefficients β; with
wₖ = exp(βₖ / β_text) − 1 the logarithm of the score is, up to a constant, what the regression adds up where vₖ is 0 or 1. Weights below 0 are 0,
above `MOST` are that. Scores are judged as they will be used: by the log loss of a logistic curve through log score, on folds of demands that
neither curve nor weights have seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.features import factor
from queries.match import Matcher

Values = NDArray[np.float64]
GOOD, BAD = frozenset({"done", "signed"}), frozenset({"declined", "failed"})
GOOD_RATING, BAD_RATING = 4, 2
LEAST_PAIRS, LEAST_OF_EACH, LEAST_DEMANDS = 60, 15, 10
"""Outcomes, outcomes of either sign, and demands below which nothing is learned."""
MOST = 4.0
_STRENGTHS = (0.01, 0.1, 1.0, 10.0)
"""Inverse strengths of the ridge (scikit-learn's C), chosen within the training folds."""
_OUTCOMES = "outcomes"
"""The feature that keeps its declared weight: its values are made of the very outcomes that are held out."""
_FOLDS = 5
_ERRORS = 2.0
"""Standard errors by which the learned weights must foretell better."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What is learned from: a row for each outcome of a pair for whom the text speaks at all.

    Attributes:
        text: text scores (rows,), above 0. values: of each feature (rows, features). good: how it ended (rows,). demand, supplier: numbers (rows,).
        features: their names. silent: outcomes of pairs for whom no text speaks, which are left out.
    """

    text: Values
    values: Values
    good: NDArray[np.bool_]
    demand: NDArray[np.int64]
    supplier: NDArray[np.int64]
    features: tuple[str, ...]
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of learning.

    Attributes:
        weights: those to be used; the declared ones where `why` says why nothing was learned.
        why: why the declared weights stay; '' where they were replaced.
        pairs, good: outcomes, and those among them that ended well.
        declared_loss, learned_loss: log loss on held-out demands (nats an outcome); None where too few outcomes are known.
        standard_error: of the difference of the two, by demands or by suppliers, whichever is greater.
    """

    weights: Mapping[str, float]
    why: str
    pairs: int
    good: int
    declared_loss: float | None = None
    learned_loss: float | None = None
    standard_error: float | None = None


def outcomes_of(matcher: Matcher) -> Outcomes:
    """The outcomes of a graph: done and signed are good, declined and failed bad; a rating of 4 and 5 is good, of 1 and 2 bad, and goes before the
    result; contacted, and a rating of 3, say neither.
    """
    snapshot = matcher.snapshot
    known: dict[int, list[tuple[int, bool]]] = {}
    for need, person, result, rating in snapshot.linked("outcomes", "result", "rating"):
        if (good := _good(result, rating)) is not None:
            known.setdefault(need, []).append((person, good))
    ids, names = snapshot.ids("needs"), tuple(name for name in matcher.weights if name != _OUTCOMES)
    text, values, labels, demands, suppliers, silent = [], [], [], [], [], 0
    for (need, pairs), (demand, scores) in zip(known.items(), matcher.text_scores(matcher.demands([ids[n] for n in known])[0]), strict=True):
        columns = [matcher.measure(name).values(demand, scores) for name in names]
        for person, good in pairs:
            if scores[person] > 0:
                text.append(scores[person])
                values.append([column[person] for column in columns])
                labels.append(good)
                demands.append(need)
                suppliers.append(person)
            else:
                silent += 1
    return Outcomes(np.asarray(text), np.asarray(values).reshape(len(text), len(names)), np.asarray(labels, np.bool_), np.asarray(demands, np.int64),
                    np.asarray(suppliers, np.int64), names, silent)


def _good(result: object, rating: object) -> bool | None:
    if isinstance(rating, int) and (rating >= GOOD_RATING or rating <= BAD_RATING):
        return rating >= GOOD_RATING
    if rating is not None:
        return None
    return True if result in GOOD else False if result in BAD else None


def learn(outcomes: Outcomes, declared: Mapping[str, float]) -> Learned:
    """Learn weights, or keep the declared ones and say why.

    Args:
        declared: the weight of each feature; those that are not among `outcomes.features` keep theirs.
    """
    pairs, good = len(outcomes.good), int(outcomes.good.sum())
    if min(good, pairs - good) < LEAST_OF_EACH or pairs < LEAST_PAIRS or len(np.unique(outcomes.demand)) < LEAST_DEMANDS:
        return Learned(dict(declared), f"too few outcomes: {good} good and {pairs - good} bad ones of {len(np.unique(outcomes.demand))} needs; "
                       f"it takes {LEAST_PAIRS} ({LEAST_OF_EACH} of each) of {LEAST_DEMANDS} needs", pairs, good)
    own = np.asarray([declared[name] for name in outcomes.features])
    before, after = _held_out(outcomes, own)
    difference = after - before
    error = max(_standard_error(difference, outcomes.demand), _standard_error(difference, outcomes.supplier))
    losses = float(before.mean()), float(after.mean()), error
    if difference.mean() + _ERRORS * error >= 0:
        return Learned(dict(declared), "the learned weights foretell held-out outcomes no better, by two standard errors", pairs, good, *losses)
    weights = _weights(outcomes, np.arange(pairs))
    if weights is None:
        return Learned(dict(declared), "the text does not foretell outcomes here: there is nothing to weigh features against", pairs, good, *losses)
    learned = {name: round(float(w), 3) for name, w in zip(outcomes.features, weights, strict=True)}
    return Learned(dict(declared) | learned, "", pairs, good, *losses)


def _held_out(outcomes: Outcomes, declared: Values) -> tuple[Values, Values]:
    """The loss of each outcome by the declared and the learned weights, with its demand held out."""
    from sklearn.model_selection import GroupKFold

    before, after = np.empty(len(outcomes.good)), np.empty(len(outcomes.good))
    for train, test in GroupKFold(_FOLDS).split(outcomes.text, outcomes.good, outcomes.demand):
        learned = _weights(outcomes, train)
        before[test] = _losses(outcomes, declared, train, test)
        after[test] = before[test] if learned is None else _losses(outcomes, learned, train, test)
    return before, after


def _weights(outcomes: Outcomes, rows: NDArray[np.int64]) -> Values | None:
    """Weights by the regression on some rows, its ridge chosen within them; None where the text does not count for success."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, GroupKFold

    inputs, good = np.column_stack([np.log(outcomes.text), outcomes.values])[rows], outcomes.good[rows]
    if good.all() or not good.any():
        return None
    spread = inputs.std(axis=0)
    inputs = inputs / np.where(spread > 0, spread, 1.0)
    folds = [(a, b) for a, b in GroupKFold(min(_FOLDS, len(np.unique(outcomes.demand[rows])))).split(inputs, good, outcomes.demand[rows])
             if 0 < good[a].sum() < len(a)]
    if len(folds) > 1:
        search = GridSearchCV(LogisticRegression(max_iter=1000), {"C": _STRENGTHS}, cv=folds, scoring="neg_log_loss")
        strength = float(search.fit(inputs, good).best_params_["C"])
    else:
        strength = min(_STRENGTHS)
    beta = LogisticRegression(C=strength, max_iter=1000).fit(inputs, good).coef_[0] / np.where(spread > 0, spread, 1.0)
    if beta[0] <= 0:
        return None
    weights: Values = np.clip(np.expm1(np.minimum(beta[1:] / beta[0], np.log1p(MOST))), 0.0, MOST)
    return weights


def _losses(outcomes: Outcomes, weights: Values, train: NDArray[np.int64], test: NDArray[np.int64]) -> Values:
    """Log losses on the test rows of a logistic curve through the log score, fitted on the training rows."""
    from sklearn.linear_model import LogisticRegression

    score = np.log(outcomes.text)
    for weight, value in zip(weights, outcomes.values.T, strict=True):
        score = score + np.log(factor(float(weight), value))
    score = score.reshape(-1, 1)
    curve = LogisticRegression(C=1.0).fit(score[train], outcomes.good[train])
    chance = np.clip(curve.predict_proba(score[test])[:, 1], 1e-9, 1 - 1e-9)
    losses: Values = -np.where(outcomes.good[test], np.log(chance), np.log1p(-chance))
    return losses


def _standard_error(difference: Values, cluster: NDArray[np.int64]) -> float:
    """Of the mean, with the outcomes of one demand (or supplier) as one draw (cluster-robust)."""
    sums = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=difference - difference.mean())
    return float(np.sqrt((sums**2).sum()) / len(difference))
