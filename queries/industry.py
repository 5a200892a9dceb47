"""Who makes what where, and what goes into what: the industry of a snapshot as matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.snapshot import Snapshot
from queries.indicators import Matrix, proximity, relatedness_density
from queries.regions import RegionTree, Scope

HOPS = 3
"""How far upstream a closure goes: supply links have cycles, and beyond three hops everything is near to everything."""


@dataclass(slots=True)
class Step:
    """One product of a closure: how far upstream it lies and which product takes it as input."""

    hops: int
    taken_by: int


class Industry:
    """The industry of one snapshot. Products are rows of the products' table; makers are counted as enterprises, each once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.regions = RegionTree(snapshot)
        self.products = snapshot.ids("products")
        self.names = snapshot.names("products")
        makes = snapshot.adjacency("makes")
        makes.data[:] = 1.0
        self.makes = makes
        self.usable = np.asarray([kind != "junk" for kind in snapshot.column("products", "kind")], np.bool_)
        self.inputs = self._inputs()
        self.broader = snapshot.adjacency("product_kinds")
        self._places = snapshot.targets("locations")
        self._organisations = snapshot.ids("organisations")
        self.national = self._count(np.ones(len(self._organisations)))

    def _inputs(self) -> sparse.csr_array:
        """Products x inputs, 1 where the input goes into the product; no self loops, nothing that is marked as junk."""
        links = self.snapshot.adjacency("product_inputs")
        rows, columns = links.nonzero()
        kept = (rows != columns) & self.usable[rows] & self.usable[columns]
        return sparse.csr_array((np.ones(int(kept.sum())), (rows[kept], columns[kept])), shape=links.shape)

    def _count(self, weights: NDArray[np.float64]) -> Matrix:
        found: Matrix = np.asarray(self.makes.T @ weights)
        return found

    def inside(self, scope: Scope) -> NDArray[np.bool_]:
        """Which organisations stand in a region or group."""
        return np.asarray([any(place in scope.members for place in self._places.get(o, ())) for o in self._organisations], np.bool_)

    def makers(self, scope: Scope) -> Matrix:
        """Makers of each product in a region or group."""
        return self._count(self.inside(scope).astype(np.float64))

    def by_province(self) -> tuple[list[Scope], Matrix]:
        """The provinces, and makers by province and product (provinces x products)."""
        provinces = self.regions.provinces()
        at = {f"bundled/regions/{p.code}": i for i, p in enumerate(provinces)}
        rows, columns = [], []
        for column, organisation in enumerate(self._organisations):
            for row in {at[top] for place in self._places.get(organisation, ()) if (top := self.regions.province(place)) in at}:
                rows.append(row)
                columns.append(column)
        seat = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(provinces), len(self._organisations)))
        return provinces, (seat @ self.makes).toarray()

    def upstream(self, made: NDArray[np.bool_], hops: int = HOPS) -> dict[int, Step]:
        """What goes into the products of `made`, directly or through inputs of inputs, nearest first; breadth-first, bounded."""
        found: dict[int, Step] = {}
        front = np.flatnonzero(made & self.usable)
        for hop in range(1, hops + 1):
            reached: dict[int, int] = {}
            for product in front:
                for item in self.inputs.indices[self.inputs.indptr[product]:self.inputs.indptr[product + 1]]:
                    if int(item) not in found:
                        reached.setdefault(int(item), int(product))
            found.update({item: Step(hop, by) for item, by in reached.items()})
            front = np.asarray(sorted(reached), np.int64)
        return found

    def covered(self, made: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """What is made, or of which a kind is made (is-a, one hop)."""
        kinds: NDArray[np.bool_] = np.asarray(self.broader.T @ made.astype(np.float64)) > 0
        return made | kinds


@dataclass(slots=True)
class Relatedness:
    """The product space of products that at least two regions make.

    Attributes:
        basis: the products (rows of the products' table).
        near: proximity of basis products (B x B).
        made: regions x basis.
    """

    basis: NDArray[np.int64]
    near: Matrix
    made: NDArray[np.bool_]

    @classmethod
    def of(cls, makers: Matrix) -> Relatedness:
        """From makers by region and product (regions x products)."""
        basis = np.flatnonzero((makers > 0).sum(axis=0) >= 2)
        made = makers[:, basis] > 0
        return cls(basis, proximity(made), made)

    def density(self, made: NDArray[np.bool_], outside: NDArray[np.bool_]) -> Matrix:
        """Relatedness density of all products for one region (products; 0 outside the basis).

        A product that the region makes is scored as if it were not made there: its own presence is left out of its
        proximities, so that what is there and what is not compare.

        Args:
            made: what the region makes (products).
            outside: which rows of the space are not of the region (regions).
        """
        here = made[self.basis]
        found = np.zeros(len(made))
        found[self.basis] = relatedness_density(here[None, :], self.near)[0]
        own = np.flatnonzero(here)
        elsewhere = self.made[outside].astype(np.float64)
        ubiquity = np.maximum(elsewhere[:, own].sum(axis=0)[:, None], self.made.sum(axis=0)[None, :])
        near = elsewhere[:, own].T @ elsewhere / np.maximum(ubiquity, 1.0)
        near[np.arange(len(own)), own] = 0.0
        total = near.sum(axis=1)
        found[self.basis[own]] = np.divide(near @ here.astype(np.float64), total, out=np.zeros(len(own)), where=total > 0)
        return found

    def nearest(self, product: int, made: NDArray[np.bool_], most: int = 3) -> list[int]:
        """The products of a region that are nearest to a product, nearest first."""
        at = int(np.searchsorted(self.basis, product))
        if at >= len(self.basis) or self.basis[at] != product:
            return []
        closeness = np.where(made[self.basis], self.near[at], 0.0)
        order = np.argsort(-closeness, kind="stable")[:most]
        return [int(self.basis[i]) for i in order if closeness[i] > 0]
