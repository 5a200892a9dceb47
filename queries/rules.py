"""Hard rules, before any score: which suppliers may not be proposed for a demand, and by which rule. A pairing names those that hold for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.names import name_key, organisation_core
from graph.snapshot import Snapshot
from queries.days import is_past, years_before
from queries.demands import ORGANISATION_NAMES, Demand, Demands
from queries.pairings import Pairing
from queries.paths import Paths

_CORE = 4
"""Characters of an enterprise's core from which a longer name that holds it is taken for the same house."""
LATELY = 2
"""Years after its end for which a job still counts as a conflict of interest."""

Barred = Iterator[tuple[int, str]]
"""(row of the supplier, what is said of it), for each that a rule keeps out."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, its words (zh, en), and whom it keeps out of a demand."""

    name: str
    label: str
    label_en: str
    barred: Callable[[Ground, Demand], Barred]


class Ground:
    """What the rules look at. Organisations of one name count as one here: a rule that cannot tell them apart must hold.

    Args:
        today: an ISO date; a job that ends on it or later is still held.
    """

    def __init__(self, snapshot: Snapshot, paths: Paths, pairing: Pairing, demands: Demands, today: str) -> None:
        self.snapshot, self.paths, self.pairing, self.demands, self.today = snapshot, paths, pairing, demands, today
        self.pool = pairing.supply.pool
        self._same: dict[int, list[int]] = {}

    def owners(self, demand: Demand) -> list[tuple[str, list[int]]]:
        """The organisations that a demand comes from: the name of each, with its row and those of its namesakes."""
        if self.pairing.asking.owner is None:
            return []
        return [(self._names[row], self._namesakes(row)) for row in self.demands.reach(demand, self.pairing.asking.owner).tolist()]

    def linked(self, kind: str, organisation: int) -> list[int]:
        """Scientists that edges of a kind tie to an organisation (the target)."""
        found: list[int] = self.paths.reached("organisations", [organisation], (f"<{kind}",)).tolist()
        return found

    @cached_property
    def jobs(self) -> dict[int, list[tuple[int, str | None]]]:
        """(scientist, end of the job) of each organisation."""
        found: dict[int, list[tuple[int, str | None]]] = {}
        for person, body, until in self.snapshot.linked("employments", "to"):
            found.setdefault(body, []).append((person, until))
        return found

    @cached_property
    def declined(self) -> dict[int, list[int]]:
        """Scientists who declined each need."""
        found: dict[int, list[int]] = {}
        for need, person, result in self.snapshot.linked("outcomes", "result"):
            if result == "declined":
                found.setdefault(need, []).append(person)
        return found

    @cached_property
    def silent(self) -> list[int]:
        """Scientists who want no contact."""
        return [i for i, flag in enumerate(self.snapshot.column("scientists", "do_not_contact")) if flag]

    @cached_property
    def _names(self) -> list[str]:
        return self.snapshot.names("organisations")

    def _namesakes(self, row: int) -> list[int]:
        """An organisation, and all that could be it by name: that share a spelling but for legal form and brackets, or hold its name's core."""
        if row not in self._same:
            found = {row}.union(*(self._bearers[key] for key in self._keys[row]))
            for core in self._cores[row]:
                found |= {other for other, name in self._houses if core in name}
            self._same[row] = sorted(found)
        return self._same[row]

    @cached_property
    def _keys(self) -> list[set[str]]:
        """The spellings of each organisation, compared without legal form and brackets, too."""
        return [{key for name in names for key in (name_key(name), organisation_core(name)) if key} for names in self._spellings]

    @cached_property
    def _cores(self) -> list[set[str]]:
        """The cores by which an enterprise is known inside longer names (a branch, a centre, the name with its place)."""
        kinds = self.snapshot.column("organisations", "node_kind")
        return [{core for name in names if len(core := organisation_core(name)) >= _CORE} if kind == "enterprise" else set()
                for names, kind in zip(self._spellings, kinds, strict=True)]

    @cached_property
    def _bearers(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for row, keys in enumerate(self._keys):
            for key in keys:
                found.setdefault(key, set()).add(row)
        return found

    @cached_property
    def _spellings(self) -> list[list[str]]:
        columns = [self.snapshot.column("organisations", c) for c in ORGANISATION_NAMES]
        return [[str(n) for cell in cells for n in (cell if isinstance(cell, list) else [cell]) if n] for cells in zip(*columns, strict=True)]

    @cached_property
    def _houses(self) -> list[tuple[int, str]]:
        """Organisations that could be a part of an enterprise, with their names: societies and associations are bodies of their own."""
        kinds = self.snapshot.column("organisations", "node_kind")
        return [(row, name_key(name)) for row, (name, kind) in enumerate(zip(self._names, kinds, strict=True))
                if kind not in ("society", "association")]


def _do_not_contact(ground: Ground, demand: Demand) -> Barred:
    for person in ground.silent:
        yield person, "请勿联系"


def _employed(ground: Ground, demand: Demand) -> Barred:
    for name, same in ground.owners(demand):
        for body in same:
            for person in ground.linked("affiliations", body):
                yield person, f"所在单位就是{name}"
            for person, until in ground.jobs.get(body, ()):
                if until is None or not is_past(until, ground.today):
                    yield person, f"在{name}任职"


def _employed_lately(ground: Ground, demand: Demand) -> Barred:
    since = years_before(ground.today, LATELY)
    for name, same in ground.owners(demand):
        for body in same:
            for person, until in ground.jobs.get(body, ()):
                if until is not None and is_past(until, ground.today) and not is_past(until, since):
                    yield person, f"{until}前在{name}任职，离任不满{LATELY}年"


def _conflict(ground: Ground, demand: Demand) -> Barred:
    for name, same in ground.owners(demand):
        for body in same:
            for person in ground.linked("conflicts", body):
                yield person, f"列有与{name}的利益冲突"


def _declined(ground: Ground, demand: Demand) -> Barred:
    if ground.pairing.asking.pool == "needs":
        for need in ground.demands.reach(demand, ()).tolist():
            for person in ground.declined.get(need, ()):
                yield person, "拒绝过这个需求"


def _oneself(ground: Ground, demand: Demand) -> Barred:
    for row in ground.demands.reach(demand, ()).tolist():
        yield row, "本人"


def _mentors_already(ground: Ground, demand: Demand) -> Barred:
    for row in ground.demands.reach(demand, ("<mentorships",)).tolist():
        yield row, "已经是其导师"


def _out_of_force(ground: Ground, demand: Demand) -> Barred:
    nodes = ground.snapshot.nodes(ground.pool)
    dates = zip(nodes.column("valid_from").to_pylist(), nodes.column("valid_to").to_pylist(), strict=True)
    for row, (start, end) in enumerate(dates):
        if end is not None and is_past(end, ground.today):
            yield row, f"{end}已失效"
        elif start is not None and start > ground.today[: len(start)]:
            yield row, f"{start}才生效"


def _elsewhere(ground: Ground, demand: Demand) -> Barred:
    """Whose region is known and does not hold the demand's, where that is known too."""
    here = _with_those_above(ground, ground.demands.reach(demand, ("locations",)))
    if here:
        names = ground.snapshot.names("regions")
        matrix = ground.paths.step(ground.pool, "locations")
        for row in np.flatnonzero(np.diff(matrix.indptr)).tolist():
            regions = set(matrix.indices[matrix.indptr[row]:matrix.indptr[row + 1]].tolist())
            if not regions & here:
                yield row, f"只适用于{'、'.join(names[r] for r in sorted(regions))}"


def _with_those_above(ground: Ground, regions: NDArray[np.int64]) -> set[int]:
    found: set[int] = set()
    level = set(regions.tolist())
    while level - found:
        found |= level
        level = set(ground.paths.reached("regions", sorted(level), ("parts",)).tolist())
    return found


RULES: Mapping[str, Rule] = {r.name: r for r in (
    Rule("do_not_contact", "请勿联系", "does not want to be contacted", _do_not_contact),
    Rule("employed", "在该企业任职", "works at the enterprise", _employed),
    Rule("conflict", "与该企业有利益冲突", "listed conflict of interest", _conflict),
    Rule("employed_lately", f"离任不满{LATELY}年", f"worked at the enterprise within {LATELY} years", _employed_lately),
    Rule("declined", "拒绝过这个需求", "declined this need before", _declined),
    Rule("oneself", "本人", "is the one who asks", _oneself),
    Rule("mentors_already", "已经是其导师", "mentors them already", _mentors_already),
    Rule("out_of_force", "不在有效期", "not in force", _out_of_force),
    Rule("elsewhere", "不适用于所在地区", "holds for other places", _elsewhere),
)}
"""In the order in which they are told where several hold."""


def barred(ground: Ground, demand: Demand) -> dict[int, tuple[str, str]]:
    """Row of the supplier → (rule, note) for all who may not be proposed for a demand."""
    found: dict[int, tuple[str, str]] = {}
    for rule in RULES.values():
        if rule.name in ground.pairing.rules:
            for row, note in rule.barred(ground, demand):
                found.setdefault(row, (rule.name, note))
    return found
