"""Which words of a query a document has: the longest runs of whole words that both share, the telling ones first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import rjieba

from queries.need_words import words
from queries.ngrams import normalised, stem

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]+")
_WEAK_ENDS, _TEMPLATES = words("weak"), words("template")
_WORD = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text made ready for comparison.

    text: its normal form. tokens: its Chinese words, run by run, each with the place where it begins. ends: the places between words. words:
    what is written in letters; stems: their stems.
    """

    text: str
    tokens: tuple[tuple[tuple[int, str], ...], ...]
    ends: frozenset[int]
    words: tuple[str, ...]
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Wording:
        plain = normalised(text)
        runs = tuple(tuple(_placed(run.start(), rjieba.cut(run.group()))) for run in _CHINESE.finditer(plain))
        ends = frozenset(end for run in runs for at, token in run for end in (at, at + len(token)))
        words = tuple(dict.fromkeys(w for w in _WORD.findall(plain) if len(w) > 1 and not w.isdigit()))
        return cls(plain, runs, ends, words, frozenset(s for w in words if (s := stem(w)) is not None))

    def has(self, phrase: str) -> bool:
        """Whether a Chinese phrase stands in the text as whole words."""
        at = self.text.find(phrase)
        while at >= 0:
            if at in self.ends and at + len(phrase) in self.ends:
                return True
            at = self.text.find(phrase, at + 1)
        return False


def _placed(start: int, tokens: list[str]) -> Iterator[tuple[int, str]]:
    for token in tokens:
        yield start, token
        start += len(token)


def shared_phrases(query: Wording, document: Wording, weight: Callable[[str], float], most: int = 5) -> tuple[str, ...]:
    """Runs of whole words of the query that the document has word for word, by weight; none within another.

    Args:
        query, document: the two texts.
        weight: what a phrase tells; 0 where it stands in too many documents to be a reason.
        most: how many at the most.
    """
    found = dict.fromkeys(phrase for run in query.tokens for phrase in _shared_runs([token for _, token in run], document))
    found.update(dict.fromkeys(w for w in query.words if stem(w) in document.stems))
    weights = {phrase: weight(phrase) for phrase in found}
    kept: list[str] = []
    for phrase in sorted((p for p in found if weights[p] > 0), key=lambda p: -weights[p]):
        if not any(phrase in other for other in kept):
            kept.append(phrase)
        if len(kept) == most:
            break
    return tuple(kept)


def _shared_runs(tokens: list[str], document: Wording) -> Iterator[str]:
    """The longest runs of words that a document has, without weak ends; runs of single characters and templates are none."""
    start = 0
    while start < len(tokens):
        end = start
        while end < len(tokens) and tokens[end] not in _TEMPLATES and document.has("".join(tokens[start:end + 1])):
            end += 1
        words = tokens[start:end]
        while words and words[0] in _WEAK_ENDS:
            words = words[1:]
        while words and words[-1] in _WEAK_ENDS:
            words = words[:-1]
        if any(len(word) > 1 for word in words):
            yield "".join(words)
        start = max(end, start + 1)
