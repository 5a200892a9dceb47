"""How near documents are to a need in meaning, by a sentence model of the user's: vectors kept beside the snapshot, fused with the text's score.

Off by default: without a model nothing here is touched. What it brings was measured by benchmarks.match_embedding; docs/MATCH.md has the table.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graph.errors import UsageError
from queries.sentence_models import Encode, LocalModel, SentenceEncoder

WEIGHT = 0.1
"""How much of a document's score is its likeness in meaning. A text's share of its ideal is small (.07 for the best document of a typical need), so
that a tenth is not little."""
BACKGROUND = 2.326
"""How many standard deviations above the middle of a need's cosines the background ends: normally 99 of 100 unrelated documents lie below."""
_SCALE = 1.4826
"""Standard deviations in a median absolute deviation, for normal values."""
_FOLDER = "embeddings"
_FORM = "1"
"""Goes up when the vectors of one model and one text would come out otherwise than before."""
_BLOCK = 256
_COMPARED = 1 << 16
Vectors = NDArray[np.float16]
Keys = NDArray[np.uint64]


def fused(text_share: NDArray[np.float64], similarity: NDArray[np.floating], weight: float = WEIGHT) -> NDArray[np.float64]:
    """The score of each document: (1 - weight) x text + weight x meaning, between 0 and 1 as both are.

    Args:
        text_share: the share of the need's ideal that each document reaches (documents, 0…1).
        similarity: the likeness in meaning, as `Embeddings.similarity` has it (documents, 0…1).
        weight: of the meaning, 0…1; 0 leaves the text's share as it is.

    Raises:
        UsageError: the weight is not between 0 and 1.
    """
    if not 0 <= weight <= 1:
        raise UsageError(f"the weight of the model is between 0 and 1, not {weight}")
    if weight == 0:
        return text_share
    found: NDArray[np.float64] = (1 - weight) * text_share + weight * similarity.astype(np.float64)
    return found


class Embeddings:
    """The vectors of all documents under one model.

    Args:
        encoder: the model (`queries.sentence_models.open_model`, or any object with `encode`).
        texts: what each document says.
        folder: where vectors are kept (a snapshot's folder); None keeps nothing. Nor are the vectors of an encoder without `identity` kept. A text
            that another snapshot in the same cache has already is not encoded again.
        progress: told after each block how many texts are encoded, and of how many.

    Raises:
        UsageError: the encoder fails, or gives no finite numbers in the shape (texts, dimensions).

    Attributes:
        vectors: (documents, dimensions), of length 1; 0 for an empty text and for one of which the model knows nothing. Half precision, in
            memory or in a file alike, so that both give the same answers; cosines are right to about .0005.
    """

    def __init__(self, encoder: SentenceEncoder, texts: Sequence[str], folder: Path | None = None, *,
                 progress: Callable[[int, int], None] | None = None) -> None:
        self.model = LocalModel.of(encoder)
        keys = _keys(texts)
        if folder is None or self.model.identity is None:
            self.vectors = _encoded(self.model, texts, keys, (), progress)
            return
        name = hashlib.sha256(f"{_FORM} {self.model.identity}".encode()).hexdigest()[:16]
        kept = folder / _FOLDER / f"{name}-{hashlib.sha256(keys.tobytes()).hexdigest()[:16]}"
        if not kept.is_dir():
            known = [f for f in sorted(folder.parent.glob(f"*/{_FOLDER}/{name}-*")) if not f.suffix]
            _keep(kept, keys, _encoded(self.model, texts, keys, known, progress))
        self.vectors = np.load(kept / "vectors.npy", mmap_mode="r")

    def cosines(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """The cosine of each query with each document (queries, documents); 0 where either has no vector."""
        found = np.zeros((len(queries), len(self.vectors)), np.float32)
        asked = [i for i, text in enumerate(queries) if text.strip()]
        if not asked or not self.vectors.shape[1]:
            return found
        vectors = _block(self.model, self.model.encode_query, [queries[i] for i in asked], self.vectors.shape[1])
        for start in range(0, len(self.vectors), _COMPARED):
            found[asked, start:start + _COMPARED] = vectors @ self.vectors[start:start + _COMPARED].astype(np.float32).T
        return found

    def similarity(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """The likeness in meaning of each query with each document (queries, documents; 0…1): call it with a block of queries at a time.

        A cosine means nothing by itself: models put any two texts at .1 or at .7, and short texts elsewhere than long ones. So it is measured
        from the query's own background b, the median of its cosines plus `BACKGROUND` of their standard deviations (by the median absolute
        deviation, which the few related documents do not move): max(0, (cosine - b) / (1 - b)). What is as near as chance has it gets 0, a
        text of the same meaning 1, whichever the query: likenesses compare across needs.
        """
        cosines = self.cosines(queries)
        if not cosines.shape[1]:
            return cosines
        middle = np.median(cosines, axis=1, keepdims=True)
        spread = _SCALE * np.median(np.abs(cosines - middle), axis=1, keepdims=True)
        background = np.maximum(middle + BACKGROUND * spread, 0)
        found: NDArray[np.float32] = np.clip((cosines - background) / np.maximum(1 - background, 1e-6), 0, 1)
        return found


def _keys(texts: Sequence[str]) -> Keys:
    """64 bits of each text's digest; 0 for one that says nothing."""
    digests = (hashlib.blake2b(t.encode(), digest_size=8).digest() if t.strip() else bytes(8) for t in texts)
    return np.frombuffer(b"".join(digests), np.uint64)


def _encoded(model: LocalModel, texts: Sequence[str], keys: Keys, known: Sequence[Path], progress: Callable[[int, int], None] | None) -> Vectors:
    """The vectors of texts: those that stand in a folder of known ones, and the others by the model, each text once."""
    distinct, first, at = np.unique(keys, return_index=True, return_inverse=True)
    missing = distinct != 0
    vectors = np.zeros((len(distinct), 0), np.float16)
    for folder in known:
        theirs, kept = np.load(folder / "keys.npy"), np.load(folder / "vectors.npy", mmap_mode="r")
        order = np.argsort(theirs)
        found = np.minimum(np.searchsorted(theirs, distinct, sorter=order), len(theirs) - 1)
        here = np.flatnonzero(missing & (theirs[order[found]] == distinct))
        if len(here):
            vectors = vectors if vectors.shape[1] else np.zeros((len(distinct), kept.shape[1]), np.float16)
            vectors[here] = kept[order[found[here]]]
            missing[here] = False
    wanted = np.flatnonzero(missing)
    wanted = wanted[np.argsort(first[wanted])]
    for start in range(0, len(wanted), _BLOCK):
        rows = wanted[start:start + _BLOCK]
        block = _block(model, model.encode_document, [texts[i] for i in first[rows]], vectors.shape[1])
        vectors = vectors if vectors.shape[1] else np.zeros((len(distinct), block.shape[1]), np.float16)
        vectors[rows] = block
        if progress is not None:
            progress(start + len(rows), len(wanted))
    return vectors[at]


def _block(model: LocalModel, encode: Encode, texts: list[str], dimensions: int) -> NDArray[np.float32]:
    """Vectors of length 1 of some texts, checked; of any number of dimensions where `dimensions` is 0."""
    try:
        found = np.asarray(encode(texts))
    except Exception as failed:  # a user's model may raise anything
        raise UsageError(f"the model {model.name} failed on {len(texts)} texts: {type(failed).__name__}: {' '.join(str(failed).split())}") from failed
    if found.ndim != 2 or len(found) != len(texts) or not found.shape[1]:
        raise UsageError(f"the model {model.name} gave an array of shape {found.shape} for {len(texts)} texts: a row of numbers for each is needed")
    if dimensions and found.shape[1] != dimensions:
        raise UsageError(f"the model {model.name} gave vectors of {found.shape[1]} dimensions after such of {dimensions}")
    if found.dtype.kind not in "fiu":
        raise UsageError(f"the model {model.name} gave {found.dtype} where numbers are needed")
    vectors = found.astype(np.float64)
    if not np.isfinite(vectors).all():
        raise UsageError(f"the model {model.name} gave NaN or infinity for {int((~np.isfinite(vectors)).any(axis=1).sum())} of {len(texts)} texts")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0).astype(np.float32)
    return unit


def _keep(kept: Path, keys: Keys, vectors: Vectors) -> None:
    """Write vectors into a folder that appears only when whole."""
    partial = kept.with_name(f"{kept.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        np.save(partial / "keys.npy", keys)
        np.save(partial / "vectors.npy", vectors)
        if not kept.is_dir():
            partial.rename(kept)
    except OSError:  # another process was first, or the disk is full
        if not kept.is_dir():
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
