"""Ways through the graph: which things are reached from which by a path of edge kinds, and by way of what.

A path is a tuple of steps: the name of an edge kind walks from its source to its target, `<kind` the other way. Where the kind joins several pools
on the far side, `kind:pool` names one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.schema import EDGES
from graph.snapshot import Snapshot

Path = tuple[str, ...]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing on a way: its pool and row, and the step that led there ('' at the start)."""

    pool: str
    row: int
    step: str = ""


class Paths:
    """Walks the edges of one snapshot; what was once asked for is kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._steps: dict[tuple[str, str], sparse.csr_array] = {}

    def end(self, pool: str, path: Path) -> str:
        """The pool in which a path from a pool ends."""
        for step in path:
            pool = _beyond(pool, step)
        return pool

    def step(self, pool: str, step: str) -> sparse.csr_array:
        """One step from a pool as a matrix of ones: its rows by the rows of the pool beyond."""
        if (pool, step) not in self._steps:
            beyond, kind = _beyond(pool, step), kind_of(step)
            ends = (beyond, pool) if step.startswith("<") else (pool, beyond)
            sources, targets, _ = self._snapshot.ends(kind, *ends)
            here, there = (targets, sources) if step.startswith("<") else (sources, targets)
            shape = (self._snapshot.nodes(pool).num_rows, self._snapshot.nodes(beyond).num_rows)
            matrix = sparse.csr_array((np.ones(len(here), np.float32), (here, there)), shape=shape)
            matrix.data[:] = 1.0  # two edges between the same ends, with different properties, lead there once
            matrix.sort_indices()
            self._steps[pool, step] = matrix
        return self._steps[pool, step]

    def matrix(self, pool: str, path: Path) -> sparse.csr_array:
        """Which rows of a pool reach which rows of the pool at the end of a path (ones; not kept)."""
        if not path:
            return sparse.eye_array(self._snapshot.nodes(pool).num_rows, dtype=np.float32, format="csr")
        found = self.step(pool, path[0])
        for at, step in enumerate(path[1:], 1):
            found = found @ self.step(self.end(pool, path[:at]), step)
            found.data[:] = 1.0
        found.sort_indices()
        return found

    def reached(self, pool: str, rows: Iterable[int], path: Path) -> Rows:
        """The rows that a path reaches from some rows of a pool, ascending."""
        found = np.unique(np.fromiter(rows, np.int64))
        for step in path:
            found = _beyond_rows(self.step(pool, step), found)
            pool = _beyond(pool, step)
        return found

    def way(self, pool: str, row: int, path: Path, wanted: Iterable[int]) -> tuple[Stop, ...] | None:
        """A way by a path from a row to one of the wanted rows, both ends with it; the one of the lowest rows, None where there is none."""
        levels: list[tuple[str, dict[int, int]]] = [(pool, {row: -1})]
        for step in path:
            here, known = levels[-1]
            matrix = self.step(here, step)
            found: dict[int, int] = {}
            for at in sorted(known):
                for beyond in matrix.indices[matrix.indptr[at]:matrix.indptr[at + 1]].tolist():
                    found.setdefault(beyond, at)
            levels.append((_beyond(here, step), found))
        last = min((w for w in wanted if w in levels[-1][1]), default=None)
        if last is None:
            return None
        stops = []
        for (beyond_pool, came_from), step in zip(reversed(levels), [*reversed(path), ""], strict=True):
            stops.append(Stop(beyond_pool, last, step))
            last = came_from[last]
        return tuple(reversed(stops))


def kind_of(step: str) -> str:
    """The edge kind of a step."""
    return step.removeprefix("<").partition(":")[0]


def _beyond(pool: str, step: str) -> str:
    """The pool to which a step leads: the one that it names, the only one on its other side, else the pool itself where it is on both."""
    kind, named = EDGES[kind_of(step)], step.partition(":")[2]
    pools = kind.sources if step.startswith("<") else kind.targets
    beyond = named or (pools[0] if len(pools) == 1 else pool)
    if beyond not in pools:
        raise ValueError(f"{step} leads from {pool} to one of {', '.join(pools)}: name it")
    return beyond


def _beyond_rows(matrix: sparse.csr_array, rows: Rows) -> Rows:
    """The columns in which some rows of a matrix have entries, ascending."""
    found = [matrix.indices[matrix.indptr[r]:matrix.indptr[r + 1]] for r in rows]
    return np.unique(np.concatenate(found)).astype(np.int64) if found else np.zeros(0, np.int64)
