"""Who has the topics of a demand, how well, and by which document."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from queries.match import Matcher
from queries.phrase_holders import Holders
from queries.team_topics import Topic

STEPS = 10
"""Degrees are told in tenths: smaller differences between two works say nothing."""
_DIGITS = 6
_SHORT = 2
"""A word of two characters alone is used in many fields (退役 of batteries, of athletes): it tells in company only."""


class Found(Enum):
    """Whether anybody has a topic."""

    HELD, KEPT_OUT, ELSEWHERE, NOWHERE = range(4)


@dataclass(frozen=True, slots=True)
class Holding:
    """How a scientist has a topic: the degree in tenths of the best in reach, the form of it, the document (row of the corpus)."""

    degree: int
    form: str
    document: int


def holdings(matcher: Matcher, topics: Sequence[Topic], holders: Holders, allowed: Container[int]) -> tuple[list[dict[int, Holding]], list[Found]]:
    """Who has each topic, and how well.

    The degree is the form's share of the topic times the fit of the work, over the best fit of any work with the topic of somebody who is
    allowed; in tenths, rounded up. A short word counts in a document that has another topic, too, unless it was declared or no topic is held so.

    Args:
        allowed: rows of scientists who may be proposed.

    Returns:
        For each topic: row of the scientist → their best holding; whether anybody has it: also those who are not allowed (KEPT_OUT), or documents
        that have nothing else of the demand (ELSEWHERE).
    """
    anywhere = [_documents(topic, holders) for topic in topics]
    counts: dict[int, int] = {}
    for shares in anywhere:
        for document in shares:
            counts[document] = counts.get(document, 0) + 1
    inside = [{d: had for d, had in shares.items() if counts[d] > 1 or _stands_alone(had[1], topic)}
              for topic, shares in zip(topics, anywhere, strict=True)]
    if not any(inside):
        inside = anywhere
    corpus = matcher.corpus
    order = np.argsort(corpus.document, kind="stable")
    documents, people = corpus.document[order], corpus.supplier[order]
    held, found = [], []
    for shares, all_shares in zip(inside, anywhere, strict=True):
        behind = {d: people[slice(*np.searchsorted(documents, [d, d + 1]))].tolist() for d in shares}
        open_to = {d: reached for d in shares if (reached := [p for p in behind[d] if p in allowed])}
        best = max((holders.fit[d] for d in open_to), default=0.0)
        rated = {d: round(shares[d][0] * holders.fit[d] / best, _DIGITS) for d in open_to if holders.fit[d] > 0}
        mine: dict[int, Holding] = {}
        for d in sorted(rated, key=lambda d: (-rated[d], corpus.caption(d), corpus.id(d))):
            for person in open_to[d]:
                mine.setdefault(person, Holding(math.ceil(STEPS * rated[d]), shares[d][1], d))
        held.append(mine)
        found.append(Found.HELD if mine else Found.KEPT_OUT if any(behind.values()) else Found.ELSEWHERE if all_shares else Found.NOWHERE)
    return held, found


def _documents(topic: Topic, holders: Holders) -> dict[int, tuple[float, str]]:
    """The documents that have a topic or a part of it → the greatest share of it, and the form."""
    shares: dict[int, tuple[float, str]] = {}
    for form, share in topic.forms:
        for document in holders.documents(form):
            shares.setdefault(document, (share, form))
    return shares


def _stands_alone(form: str, topic: Topic) -> bool:
    return len(form) > _SHORT or (topic.declared and form == topic.name)
