"""What ties two scientists together: a work of both, an institution, a region; the strongest counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot

WORK, INSTITUTION, REGION = 3, 2, 1
"""What a tie counts: who wrote together before is likelier to work together than who shares a house, or a town."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie of two scientists: what it counts, and the title or name of what they share."""

    value: int
    shared: str

    def told(self, other: str) -> str:
        """The tie in words, from the side of the one to the other of this name."""
        return f"与{other}合作过《{self.shared}》" if self.value == WORK else f"与{other}同在{self.shared}"


def ties_between(snapshot: Snapshot, scientists: Sequence[str]) -> dict[tuple[int, int], Tie]:
    """The ties between some scientists.

    Args:
        scientists: ids.

    Returns:
        (place, later place) in the sequence → the strongest tie; of several alike that with the first title or name. A scientist without a
        region is where their institutions are.
    """
    at = {id_: i for i, id_ in enumerate(scientists)}
    authors: dict[str, list[int]] = {}
    for work, scientist in snapshot.pairs("authorships"):
        if scientist in at:
            authors.setdefault(work, []).append(at[scientist])
    affiliations, locations = snapshot.targets("affiliations"), snapshot.targets("locations")
    houses: dict[str, list[int]] = {}
    places: dict[str, list[int]] = {}
    for scientist, i in at.items():
        mine = affiliations.get(scientist, [])
        for house in mine:
            houses.setdefault(house, []).append(i)
        for place in locations.get(scientist) or [p for house in mine for p in locations.get(house, ())]:
            places.setdefault(place, []).append(i)
    found: dict[tuple[int, int], Tie] = {}
    for value, shared, pool in ((WORK, authors, "works"), (INSTITUTION, houses, "organisations"), (REGION, places, "regions")):
        names = snapshot.names_by_id(pool)
        for thing in sorted(shared, key=lambda t: (names.get(t, t), t)):
            for pair in combinations(sorted(set(shared[thing])), 2):
                found.setdefault(pair, Tie(value, names.get(thing, thing)))
    return found


def content_ranks(keys: Sequence[tuple[object, ...]], ids: Sequence[str], ties: dict[tuple[int, int], Tie]) -> NDArray[np.int64]:
    """Ranks from 0 by content: by the keys, then by the ties to others of which key; who is alike in all of it by id.

    Args:
        keys: one a scientist; all comparable.
        ids: of the scientists.
        ties: between them.
    """
    around: list[list[tuple[object, ...]]] = [[] for _ in keys]
    for (one, other), tie in ties.items():
        around[one].append((tie.value, tie.shared, *keys[other]))
        around[other].append((tie.value, tie.shared, *keys[one]))
    order = sorted(range(len(keys)), key=lambda i: (keys[i], sorted(around[i], key=repr), ids[i]))
    ranks = np.empty(len(keys), np.int64)
    ranks[order] = np.arange(len(keys))
    return ranks
