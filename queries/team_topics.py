"""What a demand asks, cut into topics.

A topic is a term that stands (a run of whole words that several documents have) or a single word, weighed as the search weighs it. Terms within a
longer one are no topics of their own: who has most of a topic has it to that share of the weight.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import rjieba

from queries.need_words import words
from queries.phrase_holders import Holders
from queries.phrases import Wording

MOST = 40
"""Topics of a demand at the most, the heaviest first."""
_STANDING = 2
"""A run of words that so many documents have is a term, and no accident of one title."""
_LEAST = 0.4
"""What is less of a term (by weight) is another matter: 市场 of 房地产市场."""
_LONGEST = 6
"""Words of a term at the most."""
_PASSED = words("template") | words("weak") | frozenset("建议 对策 路径 举措 重点 调研 开展调研 课题 问题 现状 思路 意见 围绕 样例 示例".split())
"""Words that part terms and are none: those of every need and every abstract, and those of every study."""
_CLOSED = ("m", "q", "f", "r", "p", "c", "u", "t")
"""Parts of speech (as rjieba tags them) that are no topic: numbers, measures, positions, pronouns, prepositions, conjunctions, particles, times."""
_NOMINAL = ("n", "vn", "j", "l", "eng")
"""Parts of speech that a word must be of to be told as one that nobody has: an unknown verb is an ordinary one."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a demand.

    Attributes:
        name: the term.
        weight: its share of the demand (0–1, all topics sum to 1).
        forms: the term and its parts that tell enough of it, each with its share of the term's weight (0–1), the greatest first.
        declared: whether it was named as a keyword, product or discipline.
    """

    name: str
    weight: float
    forms: tuple[tuple[str, float], ...]
    declared: bool = False


def topics_of(text: str, declared: Sequence[str], holders: Holders) -> list[Topic]:
    """Cut a demand into topics, the heaviest first.

    Args:
        text: what is asked.
        declared: terms that stand for themselves (keywords, products, disciplines).
        holders: which documents have a phrase.
    """
    wording = Wording.of(text)
    counts = Counter(chunk for run in _segments(wording) for chunk in _chunks(run, holders) if _is_topic(chunk, holders))
    counts.update(wording.words)
    named = {chunk for term in map(Wording.of, declared) for chunk in _declared(term, holders)}
    counts.update(named - counts.keys())
    return _weighed({name: weight * (1 + math.log(counts[name])) for name in counts if (weight := holders.weight(name)) > 0}, named, holders)


def _declared(term: Wording, holders: Holders) -> list[str]:
    """A declared term whole, where somebody has it or nobody any of it; else the terms within it that somebody has."""
    if term.text.isascii():
        return list(term.words)
    within = [chunk for run in _segments(term) for chunk in _chunks(run, holders) if holders.standing(chunk, 1)]
    return [term.text] if not within or holders.standing(term.text, 1) else within


def _is_topic(chunk: str, holders: Holders) -> bool:
    """Whether a term of running text can be a topic, by the parts of speech of its words."""
    tags = [tag for _, tag in rjieba.tag(chunk)]
    if holders.standing(chunk, 1):
        return len(tags) > 1 or tags[0] not in _CLOSED
    return tags[-1].startswith(_NOMINAL) and not any(tag in _CLOSED for tag in tags)


def _weighed(found: dict[str, float], declared: Container[str], holders: Holders) -> list[Topic]:
    """Topics from terms and their weights: those within another go into it; weights are made to sum to 1."""
    within: dict[str, list[str]] = {}
    for name in sorted(found, key=lambda n: (-len(n), n)):
        around = [other for other in within if not name.isascii() and name in other]
        if around:
            within[max(around, key=lambda o: (found[o], o))].append(name)
        else:
            within[name] = []
    kept = sorted(within, key=lambda n: (-found[n], n))[:MOST]
    total = sum(found[n] for n in kept)
    topics = []
    for name in kept:
        whole = holders.weight(name)
        parts = {part: share for part in dict.fromkeys((*_parts(name), *within[name])) if (share := min(holders.weight(part) / whole, 1.0)) >= _LEAST}
        forms = sorted({**parts, name: 1.0}.items(), key=lambda f: (-f[1], f[0] != name, f[0]))
        topics.append(Topic(name, found[name] / total, tuple(forms), name in declared))
    return topics


def _segments(wording: Wording) -> Iterator[list[str]]:
    """Runs of words between template words and weak characters."""
    for run in wording.tokens:
        segment: list[str] = []
        for _, token in run:
            if token in _PASSED:
                yield segment
                segment = []
            else:
                segment.append(token)
        yield segment


def _chunks(run: Sequence[str], holders: Holders) -> Iterator[str]:
    """A run of words cut into terms: the longest that stands, else the word.

    A single character is none; it goes with the next word where somebody has both as one, or nobody the word.
    """
    start = 0
    while start < len(run):
        ends = range(min(start + _LONGEST, len(run)), start + 1, -1)
        end = next((e for e in ends if holders.standing("".join(run[start:e]), _STANDING)), start + 1)
        if end == start + 1 < len(run) and len(run[start]) == 1:
            end += holders.standing(run[start] + run[end], 1) or not holders.standing(run[end], 1)
        if end - start > 1 or len(run[start]) > 1:
            yield "".join(run[start:end])
        start = end


def _parts(term: str) -> Iterator[str]:
    """The runs of whole words within a term, of two characters and more, that are not template words alone."""
    for run in Wording.of(term).tokens:
        tokens = [token for _, token in run]
        for start in range(len(tokens)):
            for end in range(start + 1, len(tokens) + 1):
                part = tokens[start:end]
                if len("".join(part)) > 1 and not all(t in _PASSED or len(t) == 1 for t in part) and not {part[0], part[-1]} & words("weak"):
                    yield "".join(part)
