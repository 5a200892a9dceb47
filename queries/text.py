"""BM25F over character and word n-grams: which documents speak of what a query asks, and with which words.

Robertson, Zaragoza & Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004: term frequencies are
normalised by each field's length and weighted before they saturate, so that a word in the title counts as several in
the abstract.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from queries.ngrams import Encoder
from queries.postings import ARRAYS, MOST_DOCUMENTS, MOST_FIELDS, Postings, weighted_frequencies

K1 = 1.2
"""Saturation of a term's frequency."""
B = 0.6
"""How far a field's length counts."""
_PART = 1 << 22
"""Characters that are indexed at a time: more would take more memory."""
_READ = 1 << 10
"""Documents that are read at a time."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of all documents: its texts ('' where a document has none; read in slices, in order) and its weight."""

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
        postings: what a term counts in a document, without its idf; part by part of the documents.
    """

    encoder: Encoder
    vocabulary: NDArray[np.uint64]
    idf: NDArray[np.float64]
    postings: list[Postings]

    @classmethod
    def build(cls, fields: Sequence[Field]) -> TextIndex:
        """Index documents by their fields (all of the same number of texts). The texts are read twice: their lengths count before their terms do.

        Raises:
            ValueError: there are more fields than postings have room for.
        """
        if len(fields) > MOST_FIELDS:
            raise ValueError(f"{len(fields)} fields; an index has room for {MOST_FIELDS}")
        encoder = Encoder()
        lengths = [np.concatenate(found) for found in zip(*_lengths(fields, encoder), strict=True)]
        scales = [_scale(field.weight, length) for field, length in zip(fields, lengths, strict=True)]
        codes, postings = [], []
        size = 0
        for part in _parts(fields):
            here = slice(size, size + len(part[0]))
            found, made = weighted_frequencies([encoder.encode(texts, grow=False) for texts in part], [scale[here] for scale in scales])
            made.impact[:] = made.impact * (K1 + 1) / (K1 + made.impact)
            codes.append(found)
            postings.append(made)
            size = here.stop
        vocabulary = np.unique(np.concatenate(codes))
        frequency = np.zeros(len(vocabulary), np.int64)
        for i, found in enumerate(codes):
            terms = np.searchsorted(vocabulary, found)
            frequency[terms] += np.diff(postings[i].starts)
            postings[i] = replace(postings[i], terms=terms.astype(np.int32))
        idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5))
        return cls(encoder, vocabulary, idf, postings)

    @property
    def size(self) -> int:
        """How many documents there are."""
        return sum(part.size for part in self.postings)

    def queries(self, texts: Sequence[str]) -> Queries:
        """Query vectors: the logarithmic frequency of each term times its idf."""
        terms = self.encoder.encode(texts, grow=False)
        order = np.lexsort((terms.code, terms.text))
        text, code = terms.text[order], terms.code[order]
        first = np.flatnonzero((np.diff(text, prepend=-1) != 0) | (code != np.roll(code, 1)))
        weight = 1 + np.log(np.diff(first, append=len(text)))
        text, code = text[first], code[first]
        at = np.searchsorted(self.vocabulary, code)
        known = np.zeros(len(at), np.bool_)
        inside = at < len(self.vocabulary)
        known[inside] = self.vocabulary[at[inside]] == code[inside]
        never = math.log1p((self.size + 0.5) / 0.5)
        weight[known] *= self.idf[at[known]]
        weight[~known] *= never
        vectors = sparse.csr_array((weight[known], (text[known], at[known])), shape=(len(texts), len(self.vocabulary)))
        ideal: NDArray[np.float64] = np.bincount(text, weights=weight, minlength=len(texts)).astype(np.float64) * (K1 + 1)
        return Queries(vectors, ideal)

    def scores(self, queries: Queries) -> NDArray[np.float32]:
        """BM25F of each query (rows) with each document (columns), dense: call it with a block of queries at a time.

        Terms that several queries ask are read once for all of them; 64 queries at a time cost least. Which queries stand beside changes no score.
        """
        asked = np.unique(queries.vectors.indices)
        weights = np.zeros((len(asked), queries.vectors.shape[0]), np.float32)
        entries = queries.vectors.tocoo()
        weights[np.searchsorted(asked, entries.col), entries.row] = entries.data
        found = np.empty((weights.shape[1], self.size), np.float32)
        first = 0
        for part in self.postings:
            found[:, first:first + part.size] = part.scores(asked, weights).T
            first += part.size
        return found

    def save(self, folder: Path) -> None:
        """Write the index into a folder, to be memory-mapped."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "vocabulary.npy", self.vocabulary)
        np.save(folder / "idf.npy", self.idf)
        for name, kind in ARRAYS.items():
            arrays = [getattr(part, name) for part in self.postings]
            # Part after part into the file: one array of them all would take a gigabyte more.
            with (folder / f"{name}.npy").open("wb") as file:
                header = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": (sum(map(len, arrays)),)}
                np.lib.format.write_array_header_1_0(file, header)
                for array in arrays:
                    array.tofile(file)
        kept = {"words": list(self.encoder.words), "parts": [(part.size, len(part.terms), len(part.documents)) for part in self.postings]}
        (folder / "words.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TextIndex:
        """Read an index that `save` wrote."""
        kept = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        arrays = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in ("vocabulary", "idf", *ARRAYS)}
        postings, term, entry = [], 0, 0
        for number, (size, terms, entries) in enumerate(kept["parts"]):
            starts = arrays["starts"][term + number:term + number + terms + 1]
            postings.append(Postings(size, arrays["terms"][term:term + terms], starts, arrays["documents"][entry:entry + entries],
                                     arrays["impact"][entry:entry + entries]))
            term, entry = term + terms, entry + entries
        return cls(Encoder(kept["words"]), arrays["vocabulary"], arrays["idf"], postings)


def _parts(fields: Sequence[Field]) -> Iterator[list[list[str]]]:
    """The fields of all documents, those of some documents in a row at a time; of no document, one part of none."""
    size = len(fields[0].texts)
    part: list[list[str]] = [[] for _ in fields]
    characters = 0
    for start in range(0, size, _READ):
        for texts, field in zip(part, fields, strict=True):
            read = field.texts[start:start + _READ]
            texts.extend(read)
            characters += sum(map(len, read))
        if characters >= _PART or len(part[0]) + _READ > MOST_DOCUMENTS:
            yield part
            part, characters = [[] for _ in fields], 0
    if part[0] or not size:
        yield part


def _lengths(fields: Sequence[Field], encoder: Encoder) -> Iterator[list[NDArray[np.int64]]]:
    """For each part of the documents, how many terms each has in each field. The encoder learns all words."""
    for part in _parts(fields):
        yield [np.bincount(encoder.encode(texts, grow=True).text, minlength=len(texts)) for texts in part]


def _scale(weight: float, lengths: NDArray[np.int64]) -> NDArray[np.float32]:
    """What one occurrence in a field counts in each document: the field's weight over its length there, as B has it."""
    average = lengths[lengths > 0].mean() if lengths.any() else 1.0
    found: NDArray[np.float32] = (weight / (1 - B + B * lengths / average)).astype(np.float32)
    return found
