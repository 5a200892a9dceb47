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
    """One level: its name, its words (zh, en, after 把握 or confidence), and the score from which it holds."""

    name: str
    label: str
    label_en: str
    score: float


LEVELS = (Level("high", "较大", "high", 0.25), Level("fair", "一般", "fair", 0.12), Level("low", "较小", "low", 0.0))
"""From the surest; a match without a word in common is of the last."""


def level(score: float, evidence: Sequence[Evidence]) -> Level:
    """The level of a match."""
    if not any(e.terms for e in evidence):
        return LEVELS[-1]
    return next(found for found in LEVELS if score >= found.score)
