"""A match told at length on the terminal: what a match-maker reads out on the phone."""

from __future__ import annotations

from collections.abc import Iterator

from queries.confidence import LEVELS
from queries.results import Match
from views.text import marked

_WORKS = 3
_LABELS = {level.name: level.label for level in LEVELS}


def told(match: Match) -> Iterator[str]:
    """The lines of one match: who, the works with the shared words in 【】, the facts, the doubts, the way to reach them."""
    confidence = f"把握{_LABELS[match.confidence]}"
    head = " · ".join(filter(None, (match.supplier_name, match.institution, f"得分 {match.score:.3f}", confidence)))
    yield f"{match.rank}. {head}"
    for evidence in match.evidence[:_WORKS]:
        year = f"（{evidence.year}）" if evidence.year else ""
        yield f"   依据 {_marked(evidence.title, evidence.terms)}{year}"
        if evidence.passage:
            yield f"        “{_marked(evidence.passage, evidence.terms)}”"
    if len(match.evidence) > _WORKS:
        yield f"        另有{len(match.evidence) - _WORKS}项"
    for fact in match.facts:
        yield f"   图谱 {fact}"
    if not any(e.terms for e in match.evidence):
        yield f"   说明 {match.reasons}"
    if match.cautions:
        yield f"   留意 {'；'.join(match.cautions)}"
    if match.route:
        yield f"   联系 经{'；或经'.join(match.route)}"


def _marked(text: str, terms: tuple[str, ...]) -> str:
    return "".join(f"【{part}】" if hit else part for part, hit in marked(text, terms))
