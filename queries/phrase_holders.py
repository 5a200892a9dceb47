"""Which documents have a phrase as whole words, those that fit a demand best before the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from queries.match import Matcher
from queries.text import K1, Queries, TextIndex

_LOOKED = 400
"""Documents of a phrase that are looked at, those that fit the demand best (and all that fit as well as the last)."""
_DIGITS, _SLACK = 6, 1e-9


class Holders:
    """Which documents have a phrase, for one demand.

    Args:
        matcher: knows the documents.
        text: what is asked; documents are ordered by how well they fit it.
    """

    def __init__(self, matcher: Matcher, text: str) -> None:
        self._matcher, self._index = matcher, matcher.corpus.index
        queries = self._index.queries([text])
        best = float(queries.ideal[0])
        scores = self._index.scores(queries)[0].astype(np.float64)
        self.fit: NDArray[np.float64] = np.round(scores / best if best > 0 else scores, _DIGITS)
        self._found: dict[str, tuple[int, ...]] = {}

    def weight(self, phrase: str) -> float:
        """What a phrase tells (the summed idf of its terms, those that no document has among them); 0 for what is too common to tell."""
        queries = self._index.queries([phrase])
        return float(queries.ideal[0]) / (K1 + 1) if not _known(queries) or self._matcher.phrase_weight(phrase) > 0 else 0.0

    def standing(self, phrase: str, least: int) -> bool:
        """Whether at least so many documents have a phrase as whole words."""
        return sum(1 for _, _ in zip(range(least), self._having(phrase), strict=False)) == least

    def documents(self, phrase: str) -> tuple[int, ...]:
        """The best-fitting documents that have a phrase as whole words, best first."""
        if phrase not in self._found:
            self._found[phrase] = tuple(self._having(phrase))
        return self._found[phrase]

    def _having(self, phrase: str) -> Iterator[int]:
        queries = self._index.queries([phrase])
        if not _known(queries):
            return
        inside = _with_all(self._index, queries.vectors.indices)
        inside = inside[np.argsort(-self.fit[inside], kind="stable")]
        last = self.fit[inside[_LOOKED - 1]] if len(inside) > _LOOKED else 0.0
        for document in inside[self.fit[inside] >= last].tolist():
            if phrase.isascii() or self._matcher.wording(document).has(phrase):
                yield document


def _known(queries: Queries) -> bool:
    """Whether documents have every term of a query, each in some document."""
    return len(queries.vectors.data) > 0 and float(queries.ideal[0]) / (K1 + 1) <= float(queries.vectors.data.sum()) + _SLACK


def _with_all(index: TextIndex, terms: NDArray[np.int32]) -> NDArray[np.int64]:
    """The documents that have all of some terms, ascending."""
    found, first = [], 0
    for part in index.postings:
        at = np.searchsorted(part.terms, terms)
        if (at < len(part.terms)).all() and (part.terms[at] == terms).all():
            lists = sorted((part.documents[low:high] for low, high in zip(part.starts[at], part.starts[at + 1], strict=True)), key=len)
            inside = lists[0]
            for other in lists[1:]:
                inside = inside[np.isin(inside, other, assume_unique=True)]
            found.append(inside.astype(np.int64) + first)
        first += part.size
    return np.concatenate([np.empty(0, np.int64), *found])
