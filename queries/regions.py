"""Regions as queries see them: what stands below a region or in a group, and its code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from graph.errors import AmbiguousId, UnknownId
from graph.names import name_key, simplified
from graph.regions import RegionIndex, RegionRow
from graph.schema import BUNDLED_SOURCE
from graph.snapshot import Snapshot

_PREFIX = f"{BUNDLED_SOURCE}/regions/"


@dataclass(frozen=True, slots=True)
class Scope:
    """A region or group of regions: its code and name, and the ids of all regions in it, itself among them."""

    code: str
    name: str
    members: frozenset[str]


class RegionTree:
    """The regions of a snapshot and what lies below each."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._ids = snapshot.ids("regions")
        self._names = snapshot.names_by_id("regions")
        # A source's own table may name another parent beside the bundled one, which then goes before.
        above = sorted((pair for pair in snapshot.pairs("parts") if pair[0] in self._names and pair[1] in self._names),
                       key=lambda pair: (pair[0], pair[1].startswith(_PREFIX), pair[1]))
        self._parent = dict(above)
        self._below: dict[str, list[str]] = {}
        for child, parent in self._parent.items():
            self._below.setdefault(parent, []).append(child)

    def province(self, region: str) -> str:
        """The region at the top above one (cycles in a source's own table are cut)."""
        seen = {region}
        while (above := self._parent.get(region)) is not None and above not in seen:
            seen.add(above)
            region = above
        return region

    def provinces(self) -> list[Scope]:
        """The bundled provinces, by code."""
        return [self._scope(id_) for id_ in self._ids if id_.startswith(_PREFIX) and len(id_) == len(_PREFIX) + 2]

    def name(self, region: str) -> str:
        return self._names.get(region, region)

    def scope(self, wanted: str) -> Scope:
        """The region or group of a code, a name or an id.

        Raises:
            UnknownId: no region or group is called that.
            AmbiguousId: several are.
        """
        match = self._index.resolve(simplified(wanted))
        if match.code is not None:
            return self._scope(_PREFIX + match.code)
        groups = {g: name for g, name in zip(self._snapshot.ids("region_groups"), self._snapshot.names("region_groups"), strict=True)
                  if _code(g) == wanted or name_key(name) == name_key(wanted)}
        if len(groups) == 1:
            (group, name), = groups.items()
            below = frozenset().union(*(self._members(r) for r in self._snapshot.targets("group_regions").get(group, [])))
            return Scope(_code(group), name, below)
        if match.candidates:
            could = ", ".join(f"{c} {self._names[_PREFIX + c]}" for c in match.candidates[:6])
            raise AmbiguousId(f"{wanted!r} could be {could}: give the code, or the city with it")
        try:
            return self._scope(self._snapshot.find(wanted, ("regions",))[1])
        except UnknownId as error:
            raise UnknownId(f"there is no region {wanted!r}: give a code (50), a name (重庆市) or a region group (CHUANYU)") from error

    @cached_property
    def _index(self) -> RegionIndex:
        """The bundled regions by code and name."""
        rows = zip(self._ids, self._snapshot.column("regions", "aliases"), strict=True)
        return RegionIndex(RegionRow(_code(i), self._names[i], _code(self._parent.get(i, "")), _texts(aliases))
                           for i, aliases in rows if i.startswith(_PREFIX))

    def _scope(self, region: str) -> Scope:
        return Scope(_code(region), self._names[region], self._members(region))

    def _members(self, region: str) -> frozenset[str]:
        found, rest = {region}, [region]
        while rest:
            for child in self._below.get(rest.pop(), []):
                if child not in found:
                    found.add(child)
                    rest.append(child)
        return frozenset(found)


def _code(region: str) -> str:
    return region.split("/", 2)[-1]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list) else ()
