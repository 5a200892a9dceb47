"""What a person works on, as a direction in a space of subjects learned from the records themselves.

Words that stand together in the records of people beyond doubt (a title here, a discipline there, a learned society in a third list) are
near in that space, so that 输电线路覆冰 speaks for 电气工程 and against 护理学 without any dictionary.

Source of the method: positive pointwise mutual information with smoothed contexts, factored by singular values (Levy, Goldberg and Dagan,
Improving Distributional Similarity with Lessons Learned from Word Embeddings, TACL 2015); a record is the sum of its words by their
inverse document frequency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import svds

_DIMENSIONS = 64
_LEAST_RECORDS = 3
_LARGEST_SHARE = 0.03
"""A word in more of the records than this is a phrase of the genre (关键技术研究), no subject."""
_SMOOTHING = 0.75
_LEAST_WORDS = 200
"""Fewer different words than this are too few to learn from."""
_MOST_DOCUMENTS = 100_000
_MOST_WORDS = 10_000
_LONGEST_DOCUMENT = 300

Matrix = npt.NDArray[np.float32]


def subject_vectors(words: Sequence[Sequence[str]], people: Sequence[Sequence[int]]) -> list[list[float] | None]:
    """The subject of each record, a unit vector; None where it says nothing that can be placed.

    Args:
        words: of each record, the words of its titles, disciplines and societies.
        people: the records (their numbers) of each person beyond doubt, single records among them.
    """
    frequency = Counter(word for record in words for word in set(record))
    most = max(_LEAST_RECORDS, _LARGEST_SHARE * sum(bool(w) for w in words))
    usable = sorted((w for w, n in frequency.items() if _LEAST_RECORDS <= n <= most), key=lambda w: (-frequency[w], w))[:_MOST_WORDS]
    vocabulary = {w: i for i, w in enumerate(sorted(usable))}
    if len(vocabulary) < _LEAST_WORDS:
        return [None] * len(words)
    placed = _word_vectors(vocabulary, words, people)
    weight = np.log(len(words) / np.array([frequency[w] for w in vocabulary], dtype=np.float32)).astype(np.float32)
    rows = [[vocabulary[w] for w in sorted(set(record)) if w in vocabulary] for record in words]
    vectors = _incidence(rows, len(vocabulary)) @ sparse.diags(weight) @ placed
    length = np.linalg.norm(vectors, axis=1)
    return [[float(x) for x in v / n] if n > 0 else None for v, n in zip(vectors, length, strict=True)]


def _incidence(rows: Sequence[Sequence[int]], width: int) -> sparse.csr_matrix:
    """A 0-1 matrix: row by row the columns that are 1."""
    columns = np.fromiter((c for row in rows for c in row), dtype=np.int32)
    bounds = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    return sparse.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, bounds), shape=(len(rows), width))


def _word_vectors(vocabulary: dict[str, int], words: Sequence[Sequence[str]], people: Sequence[Sequence[int]]) -> Matrix:
    """Unit vectors of the words, shape (words, dimensions)."""
    documents = [sorted({vocabulary[w] for i in person for w in words[i] if w in vocabulary})[:_LONGEST_DOCUMENT] for person in people]
    documents = sorted((d for d in documents if len(d) > 1), key=len, reverse=True)[:_MOST_DOCUMENTS]
    incidence = _incidence(documents, len(vocabulary))
    together = (incidence.T @ incidence).tocoo()
    apart = together.row != together.col
    row, column, count = together.row[apart], together.col[apart], together.data[apart]
    size = len(vocabulary)
    share = np.bincount(row, count, size) / count.sum()
    context = np.bincount(column, count, size) ** _SMOOTHING
    information = np.log(count / count.sum() / (share[row] * (context / context.sum())[column]))
    positive = information > 0
    matrix = sparse.csr_matrix((information[positive].astype(np.float32), (row[positive], column[positive])), shape=(size, size))
    left, singular, _ = svds(matrix, k=min(_DIMENSIONS, size - 2), random_state=0)
    vectors = (left * np.sqrt(singular)).astype(np.float32)
    unit: Matrix = vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1))[:, None]
    return unit
