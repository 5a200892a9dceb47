"""Which documents a term stands in, and what it counts there: the body of a text index, some documents at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from queries.ngrams import CODE_BITS, Terms

_DOCUMENT_BITS = 16
MOST_DOCUMENTS = 1 << _DOCUMENT_BITS
"""Postings number so many documents at most."""
MOST_FIELDS = 1 << (64 - CODE_BITS - _DOCUMENT_BITS)
ARRAYS = {"terms": np.int32, "starts": np.int32, "documents": np.uint16, "impact": np.float32}
"""What postings consist of."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of documents in a row, by term.

    Attributes:
        size: how many documents these are.
        terms: which terms stand in them, ascending: their places in the vocabulary.
        starts: where the postings of each term begin; one more for the end.
        documents: the documents of each term, ascending, numbered from the first of these.
        impact: what the term counts in the document.
    """

    size: int
    terms: NDArray[np.int32]
    starts: NDArray[np.int32]
    documents: NDArray[np.uint16]
    impact: NDArray[np.float32]

    def scores(self, asked: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """The sum over terms of weight times impact (documents x queries).

        Args:
            asked: some terms, ascending.
            weights: what each of them weighs in each query (terms x queries).
        """
        at = np.searchsorted(self.terms, asked)
        here = np.zeros(len(asked), np.bool_)
        inside = at < len(self.terms)
        here[inside] = self.terms[at[inside]] == asked[inside]
        at = at[here]
        spans = [slice(low, high) for low, high in zip(self.starts[at].tolist(), self.starts[at + 1].tolist(), strict=True)]
        starts = np.cumsum([0, *(span.stop - span.start for span in spans)], dtype=np.int32)
        documents = np.concatenate([np.empty(0, np.int32), *(self.documents[span] for span in spans)], dtype=np.int32)
        impact = np.concatenate([np.empty(0, np.float32), *(self.impact[span] for span in spans)])
        found: NDArray[np.float32] = sparse.csc_array((impact, documents, starts), shape=(self.size, len(at))) @ weights[here]
        return found


def weighted_frequencies(fields: Sequence[Terms], scales: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.uint64], Postings]:
    """The codes of all terms, ascending, and for each its documents with its weighted frequency for an impact; `terms` counts from 0.

    Args:
        fields: the terms of each field, of at most MOST_DOCUMENTS documents and MOST_FIELDS fields.
        scales: for each field what one occurrence counts in each document.
    """
    size = len(scales[0])
    field_bits = (len(fields) - 1).bit_length()
    keys = np.concatenate([_keys(terms, number, field_bits) for number, terms in enumerate(fields)])
    keys.sort()
    scale = np.zeros((size, 1 << field_bits), np.float32)
    scale[:, :len(fields)] = np.stack(scales, axis=1)
    counted = scale.reshape(-1)[keys & np.uint64((1 << (_DOCUMENT_BITS + field_bits)) - 1)]
    keys >>= np.uint64(field_bits)
    begins = _changes(keys)
    keys = keys[begins]
    impact = np.add.reduceat(counted, begins) if len(begins) else counted
    documents = (keys & np.uint64(MOST_DOCUMENTS - 1)).astype(np.uint16)
    keys >>= np.uint64(_DOCUMENT_BITS)
    begins = _changes(keys)
    starts = np.append(begins, len(keys)).astype(np.int32)
    return keys[begins], Postings(size, np.arange(len(begins), dtype=np.int32), starts, documents, impact)


def _keys(terms: Terms, field: int, field_bits: int) -> NDArray[np.uint64]:
    """Term, document and field as one number."""
    keys = terms.code << np.uint64(_DOCUMENT_BITS)
    keys |= terms.text.astype(np.uint64)
    keys <<= np.uint64(field_bits)
    keys |= np.uint64(field)
    return keys


def _changes(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where another value begins than stood before."""
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return np.flatnonzero(new)
