"""Demands: what is asked, read from the graph as a pairing declares it, or from outside, and what hangs on each."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from graph.errors import UnknownId
from graph.schema import NODES, OTHER_NAMES, POOLS, pool_properties
from graph.snapshot import Snapshot
from queries.days import is_past
from queries.documents import Reader
from queries.needs import asked
from queries.pairings import Asking, Pairing
from queries.paths import Path, Paths

DEADLINE = "deadline"
"""How the reason begins for which a demand whose day is past is not open."""
_TITLE, _NAME = 40, 3
_LEVELS = 2
"""Above a county lie a city and a province."""
ORGANISATION_NAMES = ("name", *(c for c in OTHER_NAMES if c in {p.name for p in pool_properties("organisations")}))
"""Columns that hold the names of an organisation."""
_REGION_NAMES = ("name", "aliases")


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked.

    Attributes:
        id: of the demand, as in results.
        text: what it says.
        nodes: full ids of what it is in the graph: itself, the enterprises of a park; () where it is not there.
        title: what it is called.
        links: for what is not in the graph: edge kind → full ids of what it would be tied to (its enterprise, its region, its products).
    """

    id: str
    text: str
    nodes: tuple[str, ...] = ()
    title: str = ""
    links: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


def not_open(asking: Asking, status: object, deadline: object, today: str) -> str:
    """Why a demand of a status and deadline is not open; '' where it is."""
    if asking.open and status not in asking.open:
        return f"status {status}"
    return f"{DEADLINE} {deadline}" if isinstance(deadline, str) and is_past(deadline, today) else ""


class Demands:
    """The demands of a snapshot, as a pairing declares them.

    Args:
        today: the day (ISO) after which deadlines are past.
    """

    def __init__(self, snapshot: Snapshot, paths: Paths, pairing: Pairing, today: str) -> None:
        self._snapshot, self._paths, self._pairing, self._today = snapshot, paths, pairing, today
        self._asking: Asking = pairing.asking
        self._ids = snapshot.ids(self._asking.pool)
        self._named_in: tuple[str, list[int]] = "", []

    def open(self) -> tuple[list[Demand], list[tuple[str, str]]]:
        """All demands that are open, and those that are not with the reason (a status, a deadline that is past)."""
        asking = self._asking
        rows = np.arange(len(self._ids))
        if asking.kind:
            rows = np.flatnonzero(self._snapshot.kind_mask(asking.kind))
        if self._pairing.demands is not None:
            rows = rows[self._pairing.demands(self._snapshot, self._today)[rows]]
        if asking.group:
            return [self._grouped(key, members) for key, members in self._groups(rows).items()], []
        closed = {row: reason for row in rows.tolist() if (reason := self._closed(row))}
        return [self._single(r) for r in rows.tolist() if r not in closed], [(self._ids[r], reason) for r, reason in closed.items()]

    def named(self, wanted: Sequence[str]) -> list[Demand]:
        """Demands by id, any unambiguous end of one, name or title; each once.

        Raises:
            UnknownId: one names no demand.
            AmbiguousId: one names several.
        """
        asking = self._asking
        if asking.group:
            groups = self._groups(np.arange(len(self._ids)))
            found = {**{self._group_id(key): key for key in groups}, **{self._group_title(key): key for key in groups}}
            for one in wanted:
                if one not in found:
                    near = "、".join([title for title in map(self._group_title, groups) if one in title][:5])
                    raise UnknownId(f"there is no {self._pairing.demand} {one!r}" + (f"; near to it: {near}" if near else ""))
            return [self._grouped(key, groups[key]) for key in dict.fromkeys(found[one] for one in wanted)]
        ids = dict.fromkeys(self._snapshot.find(one, (asking.pool,))[1] for one in wanted)
        positions = self._snapshot.positions(asking.pool)
        return [self._single(positions[id_]) for id_ in ids]

    def asked(self, demand: Demand) -> str:
        """What a demand asks (see `needs.asked`), without the names of whom it comes from and of the places of both."""
        asking = self._asking
        if asking.owner is None or not (demand.nodes or demand.links):
            return asked(demand.text)
        owners = self.reach(demand, asking.owner)
        places = {*self.reach(demand, ("locations",)), *self._paths.reached("organisations", owners, ("locations",))}
        for _ in range(_LEVELS):
            places |= {*self._paths.reached("regions", places, ("parts",))}
        called = [n for row in sorted(owners) for n in self._called("organisations", row)]
        return asked(demand.text, called + [n for row in sorted(places) for n in self._called("regions", row)])

    def reach(self, demand: Demand, path: Path) -> NDArray[np.int64]:
        """The rows that a path reaches from a demand, ascending."""
        pool = self._asking.pool
        positions = self._snapshot.positions(pool)
        found = self._paths.reached(pool, (positions[n] for n in demand.nodes), path)
        if path and path[0] == "concerns":
            named = self._products_named(demand.text)
            found = np.union1d(found, self._paths.reached("products", named, path[1:]))
        if path and (tied := demand.links.get(path[0])):
            beyond = self._paths.end(pool, path[:1])
            there = self._snapshot.positions(beyond)
            found = np.union1d(found, self._paths.reached(beyond, (there[t] for t in tied), path[1:]))
        return found

    def _products_named(self, text: str) -> list[int]:
        """The products whose names stand in a text; what is shorter than three characters, or junk, is not looked for."""
        if text != self._named_in[0]:
            self._named_in = text, [row for name, row in self._product_names if name in text]
        return self._named_in[1]

    @cached_property
    def _product_names(self) -> list[tuple[str, int]]:
        kinds = self._snapshot.column("products", "kind")
        return [(name, row) for row, (name, kind) in enumerate(zip(self._snapshot.names("products"), kinds, strict=True))
                if len(name) >= _NAME and kind != "junk"]

    def _closed(self, row: int) -> str:
        """Why a demand is not open; '' where it is."""
        nodes = self._snapshot.nodes(self._asking.pool)
        status, deadline = (nodes.column(c)[row].as_py() if c in nodes.column_names else None for c in ("status", "deadline"))
        return not_open(self._asking, status, deadline, self._today)

    def _single(self, row: int) -> Demand:
        text = self._text([row])
        title = self._snapshot.nodes(self._asking.pool).column(self._asking.title)[row].as_py()
        return Demand(self._ids[row], text, (self._ids[row],), str(title or text.partition("\n")[0][:_TITLE]))

    def _grouped(self, key: tuple[str, ...], members: list[int]) -> Demand:
        said = key[1:] if len(key) > 1 else ()
        text = "\n".join([*said, self._text(members)])
        return Demand(self._group_id(key), text, tuple(self._ids[r] for r in members), self._group_title(key))

    def _text(self, rows: Sequence[int]) -> str:
        """What some things say, each line once."""
        wanted = np.asarray(sorted(rows), np.int64)
        lines: list[str] = []
        for texts in self._asking.texts:
            reached = self._paths.reached(self._asking.pool, wanted.tolist(), texts.path)
            reader = Reader(self._snapshot, self._paths, texts, reached)
            for at in range(len(reader.rows)):
                lines += [reader.title[at], reader.body[at], reader.keywords[at]]
        return "\n".join(dict.fromkeys(lines) if len(wanted) > 1 else lines).strip()

    def _groups(self, rows: NDArray[np.int64]) -> dict[tuple[str, ...], list[int]]:
        """The rows of each group; a thing of several values is in several."""
        columns = [self._snapshot.column(self._asking.pool, name) for name in self._asking.group]
        found: dict[tuple[str, ...], list[int]] = {}
        for row in rows.tolist():
            cells = [c[row] if isinstance(c[row], list) else [c[row]] for c in columns]
            for key in itertools.product(*([str(v) for v in cell if v] for cell in cells if isinstance(cell, list))):
                if len(key) == len(columns):
                    found.setdefault(key, []).append(row)
        return dict(sorted(found.items()))

    @staticmethod
    def _group_id(key: tuple[str, ...]) -> str:
        return ":".join(key)

    def _group_title(self, key: tuple[str, ...]) -> str:
        """The Chinese words for a group's values."""
        [table, *_] = POOLS[self._asking.pool]
        choices = {p.name: p.choices for p in NODES[table.name].properties}
        words = (next(iter(choices.get(column, {}).get(value) or ()), value) for column, value in zip(self._asking.group, key, strict=True))
        return "·".join(words)

    def _called(self, pool: str, row: int) -> tuple[str, ...]:
        """The names of one thing of a pool."""
        nodes = self._snapshot.nodes(pool)
        cells = (nodes.column(c)[row].as_py() for c in (ORGANISATION_NAMES if pool == "organisations" else _REGION_NAMES))
        return tuple(str(n) for cell in cells for n in (cell if isinstance(cell, list) else [cell]) if n)
