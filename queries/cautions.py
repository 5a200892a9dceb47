"""What speaks against a match that no rule forbids: each doubt a function, told in words beside the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from graph.ids import split_id
from queries.demands import Demand
from queries.feature_measures import Sight
from queries.regions import RegionTree
from queries.results import Evidence

OLD = 10
"""Years after which a work says little of what somebody does now."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposed pair: the demand, the row of the supplier and their properties, the evidence."""

    demand: Demand
    supplier: int
    row: dict[str, object]
    evidence: tuple[Evidence, ...]


class Cautions:
    """The doubts about the suppliers of a pairing."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._regions = RegionTree(sight.snapshot)
        self._outcomes: dict[int, list[tuple[int, str]]] = {}
        for need, person, result in sight.snapshot.linked("outcomes", "result"):
            self._outcomes.setdefault(person, []).append((need, result))
        self._of_person: tuple[Callable[[Pair], str], ...] = (self._retired, self._overseas, self._full, self._elsewhere, self._refused)

    def of(self, pair: Pair) -> tuple[str, ...]:
        """What speaks against a pair, in words."""
        asked: Iterable[Callable[[Pair], str]] = (_nothing_shared, self._old, self._profile_alone)
        if self._sight.pool == "scientists":
            asked = (*asked, _single, *self._of_person)
        return tuple(said for doubt in asked if (said := doubt(pair)))

    def _old(self, pair: Pair) -> str:
        years = [e.year for e in pair.evidence if e.terms]
        latest = max((y for y in years if y is not None), default=None)
        return f"相关成果最近的是{latest}年" if latest is not None and None not in years and int(self._sight.today[:4]) - latest > OLD else ""

    def _profile_alone(self, pair: Pair) -> str:
        own = self._sight.pool
        return "只凭登记的研究方向或简介，没有成果佐证" if own == "scientists" and all(split_id(e.id)[1] == own for e in pair.evidence) else ""

    def _retired(self, pair: Pair) -> str:
        return "已退休" if pair.row.get("retired") else ""

    def _overseas(self, pair: Pair) -> str:
        return "在海外" if pair.row.get("overseas") else ""

    def _full(self, pair: Pair) -> str:
        return "本人可承接数为0" if pair.row.get("capacity") == 0 else ""

    def _elsewhere(self, pair: Pair) -> str:
        """Another province, where both are known."""
        asks: tuple[tuple[str, ...], ...] = (("locations",), *((("demands", "locations"),) if self._sight.pairing.asking.pool == "needs" else ()))
        there = self._provinces(np.concatenate([self._sight.demands.reach(pair.demand, path) for path in asks]).tolist())
        for path in (("locations",), ("affiliations", "locations")):
            if here := self._provinces(self._sight.paths.reached("scientists", [pair.supplier], path).tolist()):
                return f"在外地（{'、'.join(self._regions.name(p) for p in sorted(here))}）" if there and not here & there else ""
        return ""

    def _provinces(self, rows: Iterable[int]) -> set[str]:
        ids = self._sight.snapshot.nodes("regions").column("id")
        return {self._regions.province(ids[row].as_py()) for row in rows}

    def _refused(self, pair: Pair) -> str:
        if self._sight.pairing.asking.pool != "needs":
            return ""
        asked = set(self._sight.demands.reach(pair.demand, ()).tolist())
        others = [(n, r) for n, r in self._outcomes.get(pair.supplier, []) if n not in asked]
        owners = set(self._sight.demands.reach(pair.demand, ("demands",)).tolist())
        same = [r for n, r in others if owners & set(self._sight.paths.reached("needs", [n], ("demands",)).tolist())]
        if "declined" in same:
            return "拒绝过该企业的另一需求"
        return "与该企业的对接未成" if "failed" in same else ""


def _nothing_shared(pair: Pair) -> str:
    return "" if any(e.terms for e in pair.evidence) else "与需求没有能区分的共同词语"


def _single(pair: Pair) -> str:
    return "只有一项与需求有共同词语" if sum(bool(e.terms) for e in pair.evidence) == 1 else ""
