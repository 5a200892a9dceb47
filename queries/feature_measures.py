"""How the features of a score are computed: each measure gives a value in 0…1 for every supplier, and says what it rests on for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.schema import EDGES
from graph.snapshot import Snapshot
from queries.corpus import Corpus
from queries.demands import Demand, Demands
from queries.pairings import Pairing
from queries.paths import Path, Paths, Stop, kind_of

Values = NDArray[np.float64]
_NAMELESS = frozenset(("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"))
"""Levels of GB/T 2260 that are no places."""
UNKNOWN = 0.5
"""The value of what the data cannot tell, where no answer is no evidence."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What measures look at: the graph, the pairing and its demands, the documents of its suppliers, the day (ISO)."""

    snapshot: Snapshot
    paths: Paths
    pairing: Pairing
    demands: Demands
    corpus: Corpus
    today: str

    @property
    def pool(self) -> str:
        return self.pairing.supply.pool

    @property
    def suppliers(self) -> int:
        return int(self.snapshot.nodes(self.pool).num_rows)


class Measure(Protocol):
    """One feature over a snapshot."""

    def values(self, demand: Demand, scores: Values) -> Values:
        """The value of each supplier for a demand (suppliers, 0…1); `scores` are their text scores."""

    def said(self, demand: Demand, supplier: int) -> str:
        """What the value of one supplier rests on, in words; '' where there is nothing to say."""


class Institutions:
    """Of a supplier: the text score of the best at their institutions (themselves among them), over the best of all.

    Args:
        supplier, body: rows of both ends of each affiliation.
    """

    def __init__(self, supplier: NDArray[np.int64], body: NDArray[np.int64]) -> None:
        self._supplier, self._body = supplier, body
        self._bodies = int(body.max(initial=-1)) + 1

    @classmethod
    def of(cls, sight: Sight) -> Institutions:
        people, bodies, _ = sight.snapshot.ends("affiliations")
        return cls(people, bodies)

    def values(self, demand: Demand, scores: Values) -> Values:
        best_there = np.zeros(self._bodies)
        np.maximum.at(best_there, self._body, scores[self._supplier])
        found = scores.copy()
        np.maximum.at(found, self._supplier, best_there[self._body])
        highest = found.max(initial=0.0)
        return found / highest if highest > 0 else found

    def said(self, demand: Demand, supplier: int) -> str:
        return ""  # what colleagues did is told by their own rows


class Meeting:
    """1 where what a demand is tied to and what a supplier is tied to are the same thing, 0 elsewhere.

    Args:
        asks: paths from the demand; has: paths from the supplier. They meet in one pool.
    """

    def __init__(self, sight: Sight, asks: tuple[Path, ...], has: tuple[Path, ...]) -> None:
        self._sight, self._asks, self._has = sight, asks, has

    @cached_property
    def _matrices(self) -> list[sparse.csc_array]:
        return [self._sight.paths.matrix(self._sight.pool, path).tocsc() for path in self._has]

    def values(self, demand: Demand, scores: Values) -> Values:
        wanted = self._wanted(demand)
        found = np.zeros(self._sight.suppliers)
        for matrix in self._matrices:
            found[matrix[:, wanted].indices] = 1.0
        return found

    def said(self, demand: Demand, supplier: int) -> str:
        wanted = self._wanted(demand)
        for path in self._has:
            met = np.intersect1d(self._sight.paths.reached(self._sight.pool, [supplier], path), wanted)
            if len(met) and (way := self._sight.paths.way(self._sight.pool, supplier, path, met.tolist())):
                return told(self._sight.snapshot, way)
        return ""

    def _wanted(self, demand: Demand) -> NDArray[np.int64]:
        found = [self._sight.demands.reach(demand, path) for path in self._asks]
        return np.unique(np.concatenate(found))


class Distance:
    """How near a supplier is: the depth of the smallest region that holds both, over that of the demand's own region; 0 where it is not known."""

    _ASKS: tuple[Path, ...] = (("locations",), ("demands", "locations"))
    _HAS: tuple[Path, ...] = (("locations",), ("affiliations", "locations"))

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._asks = self._ASKS if sight.pairing.asking.pool == "needs" else self._ASKS[:1]
        self._has = self._HAS if sight.pool == "scientists" else self._HAS[:1]

    @cached_property
    def _within(self) -> sparse.csr_array:
        """Regions by all that hold them, themselves among these (ones)."""
        count = self._sight.snapshot.nodes("regions").num_rows
        step, within = self._sight.paths.step("regions", "parts"), sparse.eye_array(count, dtype=np.float32, format="csr")
        while True:
            wider = ((within + within @ step) > 0).astype(np.float32)
            if wider.nnz == within.nnz:
                return within
            within = sparse.csr_array(wider)

    @cached_property
    def _suppliers(self) -> sparse.csc_array:
        """Suppliers by the regions that hold them."""
        at = self._sight.paths.matrix(self._sight.pool, self._has[0])
        for path in self._has[1:]:
            at = at + self._sight.paths.matrix(self._sight.pool, path)
        return sparse.csc_array(at @ self._within)

    def values(self, demand: Demand, scores: Values) -> Values:
        found = np.zeros(self._sight.suppliers)
        for region, near in self._holding(demand):
            column = self._suppliers[:, [region]]
            np.maximum.at(found, column.indices, near)
        return found

    def said(self, demand: Demand, supplier: int) -> str:
        shared = sorted(((near, region) for region, near in self._holding(demand) if self._suppliers[supplier, region]), reverse=True)
        names = (self._sight.snapshot.name("regions", region) for _, region in shared)
        return next((f"同在{name}" for name in names if name not in _NAMELESS), "")

    def _holding(self, demand: Demand) -> Iterable[tuple[int, float]]:
        """(region, how near somebody in it is) for all regions that hold the demand."""
        depth = np.diff(self._within.indptr)
        for path in self._asks:
            rows = self._sight.demands.reach(demand, path)
            if len(rows):
                for row in rows.tolist():
                    for region in self._within.indices[self._within.indptr[row]:self._within.indptr[row + 1]].tolist():
                        yield region, float(depth[region] / depth[row])
                return


class Outcomes:
    """How earlier matches of a supplier ended: the mean of their results, drawn towards ½ as by two matches of that value."""

    WORTH: ClassVar = {"done": 1.0, "signed": 0.8, "contacted": 0.5, "declined": 0.4, "failed": 0.2}
    _PRIOR = 2

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        known = list(sight.snapshot.linked("outcomes", "result", "rating"))
        self._need, self._person = (np.asarray([o[end] for o in known], np.int64) for end in (0, 1))
        self._result = [result for _, _, result, _ in known]
        self._worth = np.asarray([self.WORTH.get(str(result), UNKNOWN) if rating is None else (rating - 1) / 4 for _, _, result, rating in known],
                                 np.float64)

    def values(self, demand: Demand, scores: Values) -> Values:
        others = self._others(demand)
        total = np.bincount(self._person[others], weights=self._worth[others], minlength=self._sight.suppliers)
        count = np.bincount(self._person[others], minlength=self._sight.suppliers)
        found: Values = (total + self._PRIOR * UNKNOWN) / (count + self._PRIOR)
        return found

    def said(self, demand: Demand, supplier: int) -> str:
        mine = [self._result[i] for i in self._others(demand).tolist() if self._person[i] == supplier]
        if not mine:
            return ""
        served = sum(r in ("done", "signed") for r in mine)
        return f"{len(mine)}次，签约或完成{served}次"

    def _others(self, demand: Demand) -> NDArray[np.int64]:
        """Outcomes of other demands: those of this one are what is to be foretold."""
        return np.flatnonzero(~np.isin(self._need, self._sight.demands.reach(demand, ())))


class Freshness:
    """½ for every ten years since the latest work of a supplier; ½ where none has a year."""

    HALF = 10

    def __init__(self, sight: Sight) -> None:
        years = sight.snapshot.column("works", "year")
        this = int(sight.today[:4])
        known = np.asarray([y if isinstance(y, int) and y <= this else -1 for y in years], np.int64)  # a later year is a slip
        works, people, _ = sight.snapshot.ends("authorships")
        self._latest = np.full(sight.suppliers, -1, np.int64)
        np.maximum.at(self._latest, people, known[works])
        self._year = this

    def values(self, demand: Demand, scores: Values) -> Values:
        return np.where(self._latest < 0, UNKNOWN, 0.5 ** (np.maximum(self._year - self._latest, 0) / self.HALF))

    def said(self, demand: Demand, supplier: int) -> str:
        return f"最新{self._latest[supplier]}年" if self._latest[supplier] > 0 else ""


class Honours:
    """1 for who has an honour, 0 for who has none listed."""

    def __init__(self, sight: Sight) -> None:
        held = sight.snapshot.column("scientists", "honours")
        self._held = [[str(h) for h in found] if isinstance(found, list) else [] for found in held]

    def values(self, demand: Demand, scores: Values) -> Values:
        return np.asarray([float(bool(found)) for found in self._held])

    def said(self, demand: Demand, supplier: int) -> str:
        return "、".join(self._held[supplier])


def told(snapshot: Snapshot, way: tuple[Stop, ...]) -> str:
    """A way through the graph in words: what it passes after its start, with the labels of its edges."""
    parts: list[str] = []
    for stop in way[1:]:
        name = snapshot.name(stop.pool, stop.row)
        if parts:
            label = EDGES[kind_of(stop.step)].label
            parts.append(f"←{label}—" if stop.step.startswith("<") else f"—{label}→")
        parts.append(f"《{name}》" if stop.pool == "works" else name)
    return " ".join(parts)
