"""A graph as queries see it: typed tables and sparse adjacency, the same from every store; cached on disk by revision."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from graph.errors import UnknownId
from graph.lookup import ambiguous_id, is_full_id, unknown_id
from graph.names import name_key
from graph.schema import EDGES, KINDS, OTHER_NAMES, POOLS
from graph.store import GraphStore

_KEPT = 3
"""Snapshots that stay in a cache folder; older ones are deleted."""


class Snapshot:
    """All nodes and edges of one revision.

    Attributes:
        revision: the graph's content digest.
        folder: where indexes made from this snapshot may be kept, or None.
        called_in_records: of a name, the (pool, entity) whose records bear it (`graph.lookup.called_in_records`); None where the records
            are out of reach: the graph itself keeps one name and the aliases of an entity.
    """

    def __init__(self, revision: str, nodes: dict[str, pa.Table], edges: dict[str, pa.Table], folder: Path | None = None) -> None:
        self.revision, self.folder = revision, folder
        self._nodes, self._edges = nodes, edges
        self._positions: dict[str, dict[str, int]] = {}
        self._bearers: dict[str, dict[str, set[str]]] = {}
        self.called_in_records: Callable[[str], Iterable[tuple[str, str]]] | None = None

    def nodes(self, pool: str) -> pa.Table:
        """The nodes of a pool, sorted by id (`graph.layout.node_schema`)."""
        return self._nodes[pool]

    def edges(self, kind: str) -> pa.Table:
        """The edges of a kind, sorted by source and target (`graph.layout.edge_schema`)."""
        return self._edges[kind]

    def ids(self, pool: str) -> list[str]:
        """The ids of a pool, in row order."""
        found: list[str] = self._nodes[pool].column("id").to_pylist()
        return found

    def column(self, pool: str, name: str) -> list[object]:
        """One property of all nodes of a pool, in row order."""
        found: list[object] = self._nodes[pool].column(name).to_pylist()
        return found

    def positions(self, pool: str) -> dict[str, int]:
        """id → row of a pool."""
        if pool not in self._positions:
            self._positions[pool] = {id_: i for i, id_ in enumerate(self.ids(pool))}
        return self._positions[pool]

    def names(self, pool: str) -> list[str]:
        """What each node of a pool is called: its name or title, else the end of its id."""
        title = POOLS[pool][0].title
        if title == "id":
            return [id_.split("/", 2)[-1] for id_ in self.ids(pool)]
        shown = self.column(pool, title)
        return [str(name) if name else id_.split("/", 2)[-1] for name, id_ in zip(shown, self.ids(pool), strict=True)]

    def name(self, pool: str, row: int) -> str:
        """What one node of a pool is called (see `names`)."""
        nodes, title = self._nodes[pool], POOLS[pool][0].title
        return str((title != "id" and nodes.column(title)[row].as_py()) or nodes.column("id")[row].as_py().split("/", 2)[-1])

    def names_by_id(self, pool: str) -> dict[str, str]:
        """id → what each node of a pool is called."""
        return dict(zip(self.ids(pool), self.names(pool), strict=True))

    def ends(self, kind: str, source: str | None = None, target: str | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The edges of a kind between two pools: (row of the source, row of the target, row of the edge), in the order of the edges.

        Args:
            kind: the edge kind.
            source, target: pools of the two sides; needed where the kind joins several.
        """
        declared, table = EDGES[kind], self._edges[kind]
        sides = []
        for column, pool in (("source", source or declared.sources[0]), ("target", target or declared.targets[0])):
            found = pc.index_in(table.column(column), value_set=self._nodes[pool].column("id")).combine_chunks()
            sides.append(found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64))
        edges = np.flatnonzero((sides[0] >= 0) & (sides[1] >= 0))
        return sides[0][edges], sides[1][edges], edges

    def linked(self, kind: str, *properties: str) -> Iterator[tuple[Any, ...]]:
        """(row of the source, row of the target, each of the properties) of every edge of a kind that joins two pools alone."""
        sources, targets, edges = self.ends(kind)
        taken = self._edges[kind].take(pa.array(edges))
        yield from zip(sources.tolist(), targets.tolist(), *(taken.column(p).to_pylist() for p in properties), strict=True)

    def adjacency(self, kind: str, source: str | None = None, target: str | None = None, weight: str | None = None) -> sparse.csr_array:
        """The edges of a kind as a sparse matrix, source rows by target columns (float64).

        Args:
            kind: the edge kind.
            source, target: pools of the two sides; needed where the kind joins several.
            weight: a numeric property to sum; 1 an edge where it is None. Edges without the property are left out.
        """
        rows, columns, edges = self.ends(kind, source, target)
        values = np.ones(len(edges))
        if weight:
            given = self._edges[kind].column(weight).take(pa.array(edges))
            values = given.cast(pa.float64()).to_numpy(zero_copy_only=False)
            known = ~np.isnan(values)
            rows, columns, values = rows[known], columns[known], values[known]
        shape = (self._nodes[source or EDGES[kind].sources[0]].num_rows, self._nodes[target or EDGES[kind].targets[0]].num_rows)
        return sparse.csr_array((values, (rows, columns)), shape=shape)

    def pairs(self, kind: str) -> Iterator[tuple[str, str]]:
        """(source, target) of every edge of a kind."""
        table = self._edges[kind]
        yield from zip(table.column("source").to_pylist(), table.column("target").to_pylist(), strict=True)

    def targets(self, kind: str) -> dict[str, list[str]]:
        """source id → target ids, for an edge kind."""
        found: dict[str, list[str]] = {}
        for s, t in self.pairs(kind):
            found.setdefault(s, []).append(t)
        return found

    def sources(self, kind: str) -> dict[str, list[str]]:
        """target id → source ids, for an edge kind."""
        found: dict[str, list[str]] = {}
        for s, t in self.pairs(kind):
            found.setdefault(t, []).append(s)
        return found

    @cached_property
    def every_id(self) -> dict[str, tuple[str, str]]:
        """Full id of every node and member record → (pool, entity)."""
        found: dict[str, tuple[str, str]] = {}
        for pool, table in self._nodes.items():
            for id_, records in zip(table.column("id").to_pylist(), table.column("records").to_pylist(), strict=True):
                for record in (id_, *(records or ())):
                    found[record] = (pool, id_)
        return found

    def find(self, wanted: str, pools: tuple[str, ...] | None = None) -> tuple[str, str]:
        """(pool, entity id) of a full id, of a member's, of an unambiguous end of one, or of a unique name.

        The end of an id goes before a name, and what has a record of its own before what is mentioned only: a stub's id ends in its name.

        Args:
            wanted: `source/table/id`, `table/id`, `id`, or a name, alias or title, of the entity or of one of its records.
            pools: where to look; everywhere when None.

        Raises:
            UnknownId: nothing has that id or name (names near to it are told).
            AmbiguousId: several things have (they are told).
        """
        exact = self.every_id.get(wanted)
        if exact is not None and (pools is None or exact[0] in pools):
            return exact
        ends = {found for id_, found in self.every_id.items()
                if id_.endswith(wanted) and id_[: -len(wanted)].endswith("/") and (pools is None or found[0] in pools)}
        listed = ends - self._stubs
        named = set() if listed else self._called(wanted, pools or tuple(POOLS))
        found = listed or named - self._stubs or ends | named
        if len(found) == 1:
            return found.pop()
        if found:
            raise ambiguous_id(self, wanted, found)
        raise unknown_id(self, wanted, pools)

    @cached_property
    def _stubs(self) -> set[tuple[str, str]]:
        """(pool, entity) of all that are mentioned only."""
        return {(pool, id_) for pool in POOLS for id_, stub in zip(self.ids(pool), self.column(pool, "stub"), strict=True) if stub}

    def _called(self, wanted: str, pools: tuple[str, ...]) -> set[tuple[str, str]]:
        """(pool, entity) of all that bear a name: the one that is shown, another that the graph has, or that of a record."""
        key = name_key(wanted)
        found = {(pool, id_) for pool in pools for id_ in self.bearers(pool).get(key, ())}
        if self.called_in_records is not None and not is_full_id(wanted):
            found |= {(pool, id_) for pool, id_ in self.called_in_records(wanted) if pool in pools and id_ in self.positions(pool)}
        return found

    def bearers(self, pool: str) -> Mapping[str, set[str]]:
        """Name, compared (`graph.names.name_key`) → the ids of a pool that bear it: as the name that is shown, or as another that the graph has."""
        if pool not in self._bearers:
            found: dict[str, set[str]] = {}
            others = (self.column(pool, c) for c in self._nodes[pool].column_names if c in OTHER_NAMES)
            columns: list[Sequence[object]] = [self.names(pool), *others]
            for column in columns:
                for id_, cell in zip(self.ids(pool), column, strict=True):
                    for name in _texts(cell) if cell else ():
                        found.setdefault(name_key(name), set()).add(id_)
            self._bearers[pool] = found
        return self._bearers[pool]

    def row(self, pool: str, id_: str) -> dict[str, object]:
        """All properties of one node.

        Raises:
            UnknownId: the pool has no such node.
        """
        at = self.positions(pool).get(id_)
        if at is None:
            raise UnknownId(f"there is no {pool} with the id {id_!r}")
        found: dict[str, object] = self._nodes[pool].slice(at, 1).to_pylist()[0]
        return found

    def kind_mask(self, kind: str) -> NDArray[np.bool_]:
        """Which rows of its pool are of a kind (`enterprise` among the organisations)."""
        pool = KINDS[kind].pool
        mask: NDArray[np.bool_] = pc.equal(self._nodes[pool].column("node_kind"), kind).to_numpy(zero_copy_only=False).astype(bool)
        return mask


def _texts(value: object) -> list[str]:
    """The items of a list, or a text as the only one."""
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def load_snapshot(store: GraphStore, cache: Path | None = None) -> Snapshot:
    """The snapshot of a store's graph; from the cache where it holds the store's revision (memory-mapped), else read and cached.

    Args:
        store: where the graph is.
        cache: a folder for snapshots; None reads without caching.

    Raises:
        StoreError: the store cannot be read, or holds no whole revision.
    """
    revision = store.revision()
    if cache is None:
        return Snapshot(revision, {p: store.nodes(p) for p in POOLS}, {e: store.edges(e) for e in EDGES})
    folder = cache / revision
    if not folder.is_dir():
        if not _write(store, revision, folder):
            return load_snapshot(store, cache)
        _forget_old(cache, folder)
    os.utime(folder)
    return Snapshot(revision, {p: _mapped(folder / f"{p}.arrow") for p in POOLS}, {e: _mapped(folder / f"{e}.arrow") for e in EDGES}, folder)


def _write(store: GraphStore, revision: str, folder: Path) -> bool:
    """All tables into a folder that appears only when whole. False where the store moved on to another revision meanwhile."""
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        for name in (*POOLS, *EDGES):
            table = store.nodes(name) if name in POOLS else store.edges(name)
            with pa.OSFile(str(partial / f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)
        if store.revision() != revision:
            return False
        if not folder.is_dir():
            partial.rename(folder)
        return True
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _mapped(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _forget_old(cache: Path, keep: Path) -> None:
    """Delete all but the latest snapshots of a cache."""
    others = sorted((p for p in cache.iterdir() if p.is_dir() and p != keep), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in others[_KEPT - 1:]:
        shutil.rmtree(old, ignore_errors=True)
