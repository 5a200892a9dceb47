"""What was tried on top of the frozen text-only ranking of scientists (benchmarks.match_methods), each as one function of the works' scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from queries.demands import Demand
from queries.feature_measures import Institutions

Vector = NDArray[np.float64]
_TEXT = tuple(0.5**k for k in range(5))


@dataclass
class World:
    """Who wrote what: rows of scientists and of works, pair by pair, sorted by scientist; the works; where the scientists are."""

    person: NDArray[np.int64]
    document: NDArray[np.int64]
    people: int
    works: Sequence[dict[str, str]]
    institutions: Sequence[str]

    def places(self, discounts: Sequence[float]) -> Vector:
        """The discount of each pair, if a scientist's works stand in order, best first."""
        first = np.flatnonzero(np.diff(self.person, prepend=-1))
        place = np.arange(len(self.person)) - np.repeat(first, np.diff(np.append(first, len(self.person))))
        return np.where(place < len(discounts), np.asarray(discounts)[np.minimum(place, len(discounts) - 1)], 0.0)

    def summed(self, shares: Vector, places: Vector) -> Vector:
        """The discounted sum of each scientist's works."""
        reached = shares[self.document]
        summed = np.bincount(self.person, weights=reached[np.lexsort((-reached, self.person))] * places, minlength=self.people)
        return summed.astype(np.float64)

    @cached_property
    def text_places(self) -> Vector:
        return self.places(_TEXT)

    @cached_property
    def ages(self) -> Vector:
        """Years since the newest work; 0 where the year is unknown."""
        years = np.asarray([int(w["year"] or 0) for w in self.works])
        return np.where(years > 0, years.max() - years, 0).astype(np.float64)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        return np.bincount(self.person, minlength=self.people)

    @cached_property
    def at(self) -> Institutions:
        numbers = {name: i for i, name in enumerate(sorted(set(self.institutions)))}
        known = [(i, numbers[name]) for i, name in enumerate(self.institutions) if name]
        return Institutions(np.asarray([i for i, _ in known], np.int64), np.asarray([number for _, number in known], np.int64))

    @cached_property
    def coauthors(self) -> sparse.csr_array:
        """Row-normalised: 1 / number of co-authors."""
        wrote = sparse.csr_array((np.ones(len(self.person)), (self.person, self.document)), shape=(self.people, len(self.works)))
        together = sparse.csr_array(wrote @ wrote.T)
        together.setdiag(0)
        together.eliminate_zeros()
        together.data[:] = 1
        return sparse.csr_array(sparse.diags_array(1 / np.maximum(together.sum(axis=1), 1)) @ together)

    def classes(self, length: int) -> tuple[sparse.csr_array, Vector]:
        """(works × classes, scientists × classes in shares) by the beginning of the classification."""
        codes = [w["clc"][:length] for w in self.works]
        numbers = {code: i for i, code in enumerate(sorted(set(codes) - {""}))}
        known = [i for i, code in enumerate(codes) if code]
        of_works = sparse.csr_array((np.ones(len(known)), (known, [numbers[codes[i]] for i in known])), shape=(len(codes), len(numbers)))
        wrote = sparse.csr_array((np.ones(len(self.person)), (self.person, self.document)), shape=(self.people, len(codes)))
        of_people = (wrote @ of_works).toarray()
        return of_works, of_people / np.maximum(of_people.sum(axis=1, keepdims=True), 1)

    @cached_property
    def second_level(self) -> tuple[sparse.csr_array, Vector]:
        return self.classes(2)


@dataclass(frozen=True, slots=True)
class Tried:
    """A change to the ranking."""

    name: str
    formula: str
    rank: Callable[[World, Vector], Vector]


def _discounts(discounts: Sequence[float], world: World, shares: Vector) -> Vector:
    return world.summed(shares, world.places(discounts))


def _power(power: float, world: World, shares: Vector) -> Vector:
    return world.summed(shares**power, world.text_places)


_NONE = Demand("", "")


def _freshness(weight: float, half_life: float, world: World, shares: Vector) -> Vector:
    return world.summed(shares * (1 - weight + weight * 0.5 ** (world.ages / half_life)), world.text_places)


def _many_works(weight: float, world: World, shares: Vector) -> Vector:
    return world.summed(shares, world.text_places) * (1 + weight * np.log1p(world.counts))


def _institution(weight: float, world: World, shares: Vector) -> Vector:
    found = world.summed(shares, world.text_places)
    found *= 1 + weight * world.at.values(_NONE, found)
    return found


def _coauthors(weight: float, world: World, shares: Vector) -> Vector:
    found = world.summed(shares, world.text_places)
    return found + weight * np.asarray(world.coauthors @ found)


def _classes(weight: float, world: World, shares: Vector) -> Vector:
    of_works, of_people = world.second_level
    best = np.argpartition(-shares, 20)[:20]
    asked = np.asarray(shares[best] @ of_works[best])
    alike: Vector = of_people @ (asked / max(asked.sum(), 1e-9))
    return world.summed(shares, world.text_places) * (1 + weight * alike)


TRIED = (
    Tried("discount 1/k", "1, 1/2, 1/3, 1/4, 1/5", partial(_discounts, tuple(1 / k for k in range(1, 6)))),
    Tried("discount .4", ".4 to the rank", partial(_discounts, tuple(0.4**k for k in range(5)))),
    Tried("discount .6", ".6 to the rank, six works", partial(_discounts, tuple(0.6**k for k in range(6)))),
    Tried("discount .7", ".7 to the rank, eight works", partial(_discounts, tuple(0.7**k for k in range(8)))),
    Tried("best work alone", "one work", partial(_discounts, (1.0,))),
    Tried("power 1.5", "works' scores to the power 1.5", partial(_power, 1.5)),
    Tried("power 2", "works' scores to the power 2", partial(_power, 2.0)),
    Tried("freshness .1", "a tenth of a work's score falls by half in ten years", partial(_freshness, 0.1, 10.0)),
    Tried("freshness .2", "a fifth of a work's score falls by half in ten years", partial(_freshness, 0.2, 10.0)),
    Tried("many works", "1 + .05 ln(1 + works)", partial(_many_works, 0.05)),
    Tried("few works", "1 - .05 ln(1 + works)", partial(_many_works, -0.05)),
    Tried("co-authors .1", "plus .1 of the mean of the co-authors", partial(_coauthors, 0.1)),
    Tried("co-authors .3", "plus .3 of the mean of the co-authors", partial(_coauthors, 0.3)),
    Tried("classes .2", "1 + .2 share of the scientist's works in the classes of the 20 best works", partial(_classes, 0.2)),
    Tried("classes .5", "1 + .5 share of the scientist's works in the classes of the 20 best works", partial(_classes, 0.5)),
    Tried("institution .5", "1 + .5 best of the institution over the best of all", partial(_institution, 0.5)),
    Tried("institution 1 (kept)", "1 + best of the institution over the best of all", partial(_institution, 1.0)),
)
