"""Where a thing's texts stand: declared by kind, and read from the graph as documents of a title, a body and keywords."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.schema import POOLS
from graph.snapshot import Snapshot
from queries.paths import Path, Paths

_BLOCK = 10_000


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that speak for a thing: its own, or those of what a path leads to.

    Attributes:
        pool: whose texts these are.
        path: from the thing to them; () where they are its own.
        title, body: columns; '' where there is none.
        keywords: columns of lists (or of one word).
        named: paths whose ends' names count among the keywords.
        captions: what a document is called where it has no title: with a body, and without one; after the name of what it belongs to.
    """

    pool: str
    path: Path = ()
    title: str = ""
    body: str = ""
    keywords: tuple[str, ...] = ()
    named: tuple[Path, ...] = ()
    captions: tuple[str, str] = ("", "")


class Column(Sequence[str]):
    """Texts made when they are asked for, so that a million abstracts need not stand in memory twice.

    Args:
        length: how many.
        made: the texts of the rows from one number up to another.
    """

    def __init__(self, length: int, made: Callable[[int, int], list[str]]) -> None:
        self._length, self._made = length, made

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            start, stop, step = at.indices(self._length)
            return self._made(start, max(start, stop))[::step] if step > 0 else [self[i] for i in range(start, stop, step)]
        if not -self._length <= at < self._length:
            raise IndexError(at)
        at %= self._length
        return self._made(at, at + 1)[0]

    def __iter__(self) -> Iterator[str]:
        for start in range(0, self._length, _BLOCK):
            yield from self._made(start, min(start + _BLOCK, self._length))


class Reader:
    """Reads the texts of nodes of one pool, as `Texts` declares them.

    Attributes:
        rows: the rows of the pool that have any text, ascending.
        title, body, keywords: their fields, one text a row.
    """

    def __init__(self, snapshot: Snapshot, paths: Paths, texts: Texts, rows: NDArray[np.int64]) -> None:
        self._snapshot, self._texts = snapshot, texts
        self._nodes = snapshot.nodes(texts.pool)
        ends = [paths.end(texts.pool, path) for path in texts.named]
        self._named = [(paths.matrix(texts.pool, path), snapshot.nodes(end), POOLS[end][0].title)
                       for path, end in zip(texts.named, ends, strict=True)]
        self.rows = rows
        said = np.zeros(len(rows), np.bool_)
        if texts.title:
            said[:] = True
        else:
            said |= self._filled(texts.body) if texts.body else False
            for column in texts.keywords:
                said |= self._filled(column)
            for matrix, _, _ in self._named:
                said |= np.diff(matrix.indptr)[rows] > 0
        self.rows = rows[said]
        self.title = Column(len(self.rows), lambda low, high: self._texts_of(texts.title, low, high))
        self.body = Column(len(self.rows), lambda low, high: self._texts_of(texts.body, low, high))
        self.keywords = Column(len(self.rows), self._keywords)

    def id(self, at: int) -> str:
        """The id of what a text belongs to."""
        return str(self._nodes.column("id")[int(self.rows[at])].as_py())

    def caption(self, at: int) -> str:
        """What a document is called."""
        name = str(self._nodes.column(POOLS[self._texts.pool][0].title)[int(self.rows[at])].as_py() or self.id(at).split("/", 2)[-1])
        said = self._texts.captions[0 if self._texts.body and self.body[at] else 1]
        return f"{name}（{said}）" if said else name

    def year(self, at: int) -> int | None:
        """The year of what a text belongs to, where it has one."""
        if "year" not in self._nodes.column_names:
            return None
        value = self._nodes.column("year")[int(self.rows[at])].as_py()
        return value if isinstance(value, int) else None

    def _filled(self, column: str) -> NDArray[np.bool_]:
        values = self._nodes.column(column).take(pa.array(self.rows)).to_pylist()
        return np.asarray([bool(v) for v in values], np.bool_)

    def _values(self, column: str, low: int, high: int) -> list[object]:
        rows = self.rows[low:high]
        if len(rows) and rows[-1] - rows[0] == len(rows) - 1:  # without gaps
            values: list[object] = self._nodes.column(column).slice(int(rows[0]), len(rows)).to_pylist()
        else:
            values = self._nodes.column(column).take(pa.array(rows)).to_pylist()
        return values

    def _texts_of(self, column: str, low: int, high: int) -> list[str]:
        return [str(v or "") for v in self._values(column, low, high)] if column else [""] * (high - low)

    def _keywords(self, low: int, high: int) -> list[str]:
        """Lists of words as one text; a separator that is no letter keeps their ends apart."""
        found: list[list[str]] = [[] for _ in range(high - low)]
        for column in self._texts.keywords:
            for words, value in zip(found, self._values(column, low, high), strict=True):
                words += [str(v) for v in value] if isinstance(value, list) else [str(value)] if value else []
        for matrix, nodes, name in self._named:
            starts, ends = matrix.indptr[self.rows[low:high]].tolist(), matrix.indptr[self.rows[low:high] + 1].tolist()
            if starts == ends:
                continue
            spans = [matrix.indices[a:b] for a, b in zip(starts, ends, strict=True)]
            names = iter(nodes.column(name).take(pa.array(np.concatenate(spans))).to_pylist())
            for words, span in zip(found, spans, strict=True):
                words += [str(n) for n in islice(names, len(span)) if n]
        return [" ; ".join(words) for words in found]
