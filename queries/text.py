"""BM25F over character and word n-grams: which documents speak of what a query asks, and with which words.

Robertson, Zaragoza & Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004: term frequencies are
normalised by each field's length and weighted before they saturate, so that a word in the title counts as several in
the abstract.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from queries.ngrams import Encoder

K1 = 1.2
"""Saturation of a term's frequency."""
B = 0.6
"""How far a field's length counts."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of all documents: its texts ('' where a document has none) and its weight."""

    name: str
    weight: float
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Queries:
    """Query vectors (texts x terms), and the most that a document could score for each: every term of it saturated.

    A term that no document has counts in `ideal`: what nobody can do lowers every score, so that scores compare.
    """

    vectors: sparse.csr_array
    ideal: NDArray[np.float64]


@dataclass(slots=True)
class TextIndex:
    """An index over documents.

    Attributes:
        encoder: the words it knows.
        vocabulary: term codes, ascending (uint64, T).
        idf: inverse document frequency of each term (float64, T).
        impact: what a term in a document counts, without its idf (float32, documents x T, CSR).
    """

    encoder: Encoder
    vocabulary: NDArray[np.uint64]
    idf: NDArray[np.float64]
    impact: sparse.csr_array

    @property
    def size(self) -> int:
        """How many documents there are."""
        return int(self.impact.shape[0])

    @classmethod
    def build(cls, fields: Sequence[Field]) -> TextIndex:
        """Index documents by their fields (all of the same number of texts)."""
        encoder = Encoder()
        encoded = [encoder.encode(f.texts, grow=True) for f in fields]
        vocabulary = np.unique(np.concatenate([e.code for e in encoded]))
        documents = len(fields[0].texts)
        shape = (documents, len(vocabulary))
        weighted = sparse.csr_array(shape, dtype=np.float32)
        for f, e in zip(fields, encoded, strict=True):
            lengths = np.bincount(e.text, minlength=documents).astype(np.float64)
            average = lengths[lengths > 0].mean() if (lengths > 0).any() else 1.0
            scale = f.weight / (1 - B + B * lengths / average)
            terms = np.searchsorted(vocabulary, e.code)
            counts = sparse.csr_array((scale[e.text].astype(np.float32), (e.text, terms)), shape=shape)
            counts.sum_duplicates()
            weighted = weighted + counts
        weighted.data = weighted.data * (K1 + 1) / (K1 + weighted.data)
        frequency = np.bincount(weighted.indices, minlength=len(vocabulary)).astype(np.float64)
        idf = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
        return cls(encoder, vocabulary, idf, sparse.csr_array(weighted.astype(np.float32)))

    def queries(self, texts: Sequence[str]) -> Queries:
        """Query vectors: the logarithmic frequency of each term times its idf."""
        terms = self.encoder.encode(texts, grow=False)
        asked, counts = np.unique(np.stack([terms.text.astype(np.uint64), terms.code]), axis=1, return_counts=True)
        text, weight = asked[0].astype(np.int64), 1 + np.log(counts)
        at = np.searchsorted(self.vocabulary, asked[1])
        known = np.zeros(len(at), np.bool_)
        inside = at < len(self.vocabulary)
        known[inside] = self.vocabulary[at[inside]] == asked[1][inside]
        never = math.log1p((self.size + 0.5) / 0.5)
        weight[known] *= self.idf[at[known]]
        weight[~known] *= never
        vectors = sparse.csr_array((weight[known], (text[known], at[known])), shape=(len(texts), len(self.vocabulary)))
        ideal: NDArray[np.float64] = np.bincount(text, weights=weight, minlength=len(texts)).astype(np.float64) * (K1 + 1)
        return Queries(vectors, ideal)

    def scores(self, queries: Queries) -> NDArray[np.float64]:
        """BM25F of each query (rows) with each document (columns), dense: call it with a block of queries at a time."""
        found: NDArray[np.float64] = (queries.vectors @ self.impact.T).toarray()
        return found

    def save(self, folder: Path) -> None:
        """Write the index into a folder, to be memory-mapped."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "vocabulary.npy", self.vocabulary)
        np.save(folder / "idf.npy", self.idf)
        for part in ("data", "indices", "indptr"):
            np.save(folder / f"{part}.npy", getattr(self.impact, part))
        kept = {"words": list(self.encoder.words), "documents": self.size}
        (folder / "words.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TextIndex:
        """Read an index that `save` wrote."""
        kept = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("vocabulary", "idf", "data", "indices", "indptr")}
        impact = sparse.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=(kept["documents"], len(arrays["vocabulary"])))
        return cls(Encoder(kept["words"]), arrays["vocabulary"], arrays["idf"], impact)
