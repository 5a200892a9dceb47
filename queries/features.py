"""What a match's score is made of beside the text: declared with their weights, each shown to help on held-out data.

`python -m benchmarks.match_methods` prints what was tried and what each brought; docs/MATCH.md keeps its table. A feature multiplies what the
text says, by at most one: with nothing in common nobody is lifted, and scores stay between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Attributes:
        name, label: what it is called, in English and Chinese.
        weight: how much of the score hangs on it: a value v in 0…1 leaves (1 + weight · v) / (1 + weight) of it. 0 switches it off.
        formula: how v is computed, in words.
    """

    name: str
    label: str
    weight: float
    formula: str

    def factor(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a value leaves of a score."""
        return (1.0 + self.weight * value) / (1.0 + self.weight)


INSTITUTION = Feature("institution", "所在单位", 1.0,
                      "of a person: the text score of the best at their institutions (themselves among them), over the best of all")
FEATURES = (INSTITUTION,)


class Institutions:
    """Who stands at which institution.

    Args:
        pairs: (row of the scientist, number of the institution).
    """

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        self._person = np.asarray([p for p, _ in pairs], np.int64)
        self._body = np.asarray([b for _, b in pairs], np.int64)
        self._bodies = int(self._body.max(initial=-1)) + 1

    def best(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each scientist the best score at any of their institutions, over the best of all (scientists, 0…1)."""
        best_there = np.zeros(self._bodies)
        np.maximum.at(best_there, self._body, scores[self._person])
        found = scores.copy()
        np.maximum.at(found, self._person, best_there[self._body])
        highest = found.max(initial=0.0)
        return found / highest if highest > 0 else found
