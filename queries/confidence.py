"""How sure a match is: by its score, which compares across demands, and by whether anything telling is shared.

`python -m benchmarks.match_confidence` prints how often a proposed person of each level was the one looked for on held-out papers and projects;
docs/MATCH.md keeps the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from queries.results import Evidence


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its name, its words (zh, en), and the score from which it holds."""

    name: str
    label: str
    label_en: str
    score: float


LEVELS = (Level("high", "把握较大", "likely", 0.25), Level("fair", "有一定把握", "possible", 0.12), Level("low", "把握不大", "doubtful", 0.0))
"""From the surest; a match without a word in common is of the last."""


def level(score: float, evidence: Sequence[Evidence]) -> Level:
    """The level of a match."""
    if not any(e.terms for e in evidence):
        return LEVELS[-1]
    return next(found for found in LEVELS if score >= found.score)
