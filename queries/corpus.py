"""What speaks for suppliers: their works, their own profiles and whatever else is declared, as documents, and who stands behind each."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.names import name_key
from graph.snapshot import Snapshot
from queries import text
from queries.documents import Column, Reader, Texts
from queries.paths import Paths
from queries.text import Field, TextIndex

_FORM = "1"
"""Goes up when the terms of one text would come out otherwise than before, or the index is kept in another form."""
WEIGHTS = {"title": 3.0, "body": 1.0, "keywords": 2.0}
"""What a word in each field counts."""


@dataclass(frozen=True, slots=True)
class Supply:
    """A side that can serve demands, and where the texts stand that speak for it.

    Attributes:
        name: of its index.
        pool: where the suppliers are; kind: the only kind of node in it that counts, '' for all.
        texts: each text is a document of its own.
    """

    name: str
    pool: str
    texts: tuple[Texts, ...]
    kind: str = ""


class Corpus:
    """Documents of suppliers, and the index over them.

    Attributes:
        supplier, document: the two sides of "this document speaks for this supplier" (rows of the suppliers' pool, rows of the documents),
            sorted by supplier.
        index: the text index over the documents.
    """

    def __init__(self, snapshot: Snapshot, paths: Paths, supply: Supply) -> None:
        self._readers, links, start = [], [], 0
        eligible = snapshot.kind_mask(supply.kind) if supply.kind else None
        for texts in supply.texts:
            reach = paths.matrix(supply.pool, texts.path).tocoo()
            who, what = reach.row.astype(np.int64), reach.col.astype(np.int64)
            if eligible is not None:
                who, what = who[eligible[who]], what[eligible[who]]
            reader = Reader(snapshot, paths, texts, np.unique(what))
            at = np.searchsorted(reader.rows, what)
            there = at < len(reader.rows)
            there[there] = reader.rows[at[there]] == what[there]
            links.append((who[there], at[there] + start))
            self._readers.append(reader)
            start += len(reader.rows)
        self._starts = np.cumsum([0, *(len(r.rows) for r in self._readers)])
        self.fields = [Field(name, weight, self._field(name)) for name, weight in WEIGHTS.items()]
        supplier, document = (np.concatenate(side) for side in zip(*links, strict=True))
        self.supplier, self.document = self._once(supplier, document)
        self.index = _index(snapshot, supply, self.fields)

    @property
    def size(self) -> int:
        """How many documents there are."""
        return int(self._starts[-1])

    def id(self, document: int) -> str:
        """What a document is: a work, the supplier whose profile it is …"""
        reader, at = self._reader(document)
        return reader.id(at)

    def caption(self, document: int) -> str:
        """What a document is called."""
        reader, at = self._reader(document)
        return reader.caption(at)

    def year(self, document: int) -> int | None:
        """The year of a document, where it has one."""
        reader, at = self._reader(document)
        return reader.year(at)

    def body(self, document: int) -> str:
        """The abstract, bio or text of a document."""
        reader, at = self._reader(document)
        return reader.body[at]

    def whole(self, document: int) -> str:
        """All that a document says, as one text."""
        reader, at = self._reader(document)
        return "\n".join((reader.title[at], reader.body[at], reader.keywords[at]))

    @property
    def texts(self) -> Column:
        """All that each document says."""
        return Column(self.size, lambda low, high: [self.whole(d) for d in range(low, high)])

    def _reader(self, document: int) -> tuple[Reader, int]:
        part = int(np.searchsorted(self._starts, document, side="right")) - 1
        return self._readers[part], document - int(self._starts[part])

    def _field(self, name: str) -> Column:
        """One field of all documents, reader after reader."""
        columns: list[Column] = [getattr(reader, name) for reader in self._readers]

        def made(low: int, high: int) -> list[str]:
            found: list[str] = []
            for column, start in zip(columns, self._starts.tolist(), strict=False):
                found += column[max(low - start, 0):max(high - start, 0)]
            return found

        return Column(self.size, made)

    def _once(self, supplier: NDArray[np.int64], document: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of a supplier's documents of one title, which several lists may have, the one that says most."""
        said = np.fromiter((len(body) for body in self.fields[1].texts), np.int64, self.size)
        titles: dict[str, int] = {}
        title = np.empty(self.size, np.int64)
        for d, called in enumerate(self.fields[0].texts):
            key = name_key(called) or f"\n{d}"
            title[d] = titles.setdefault(key, d)
        order = np.lexsort((document, -said[document], title[document], supplier))
        supplier, document = supplier[order], document[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = (np.diff(supplier) != 0) | (np.diff(title[document]) != 0)
        supplier, document = supplier[first], document[first]
        order = np.lexsort((document, supplier))
        return supplier[order], document[order]


def _index(snapshot: Snapshot, supply: Supply, fields: list[Field]) -> TextIndex:
    """The text index, from the snapshot's folder where one of this declaration is there, else made and kept."""
    if snapshot.folder is None:
        return TextIndex.build(fields)
    declared = hashlib.sha256(repr((_FORM, supply, WEIGHTS, text.K1, text.B)).encode()).hexdigest()[:12]
    kept = snapshot.folder / f"text-{supply.name}-{declared}"
    if not kept.is_dir():
        partial = kept.with_name(f"{kept.name}.{os.getpid()}.partial")
        TextIndex.build(fields).save(partial)
        try:
            partial.rename(kept)
        except OSError:  # another process was first
            shutil.rmtree(partial)
    return TextIndex.load(kept)
