"""What a page says about one node: its name, its kind, its properties in words, and the records it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.errors import UnknownId
from graph.layout import node_properties
from graph.schema import KINDS, NODES, POOLS, Privacy
from graph.snapshot import Snapshot
from views.words import Words


@dataclass(frozen=True, slots=True)
class Node:
    """A node as a page shows it. `facts` are (label, value) pairs without contact fields; `sources` are full record ids."""

    id: str
    name: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    stub: bool = False


class Facts:
    """Reads nodes of a snapshot for pages, in one language."""

    def __init__(self, snapshot: Snapshot, words: Words) -> None:
        self.snapshot, self.words = snapshot, words
        self._names: dict[str, list[str]] = {}
        self._targets: dict[str, dict[str, list[str]]] = {}
        self._sources: dict[str, dict[str, list[str]]] = {}

    def place(self, id_: str) -> tuple[str, str] | None:
        """(pool, entity id) of a full id or a member's; None where the graph has no such node."""
        parts = id_.split("/", 2)
        table = NODES.get(parts[1]) if len(parts) == 3 else None
        if table is None:
            return None
        if id_ in self.snapshot.positions(table.pool):
            return table.pool, id_
        try:
            return self.snapshot.find(id_, (table.pool,))
        except UnknownId:
            return None

    def name(self, id_: str) -> str:
        """What a node is called; the id itself where the graph has no such node."""
        place = self.place(id_)
        if place is None:
            return id_
        pool, entity = place
        if pool not in self._names:
            self._names[pool] = self.snapshot.names(pool)
        return self._names[pool][self.snapshot.positions(pool)[entity]]

    def targets(self, kind: str, id_: str) -> list[str]:
        """Where the edges of a kind lead from a node."""
        if kind not in self._targets:
            self._targets[kind] = self.snapshot.targets(kind)
        return self._targets[kind].get(id_, [])

    def sources(self, kind: str, id_: str) -> list[str]:
        """Where the edges of a kind that lead to a node come from."""
        if kind not in self._sources:
            self._sources[kind] = self.snapshot.sources(kind)
        return self._sources[kind].get(id_, [])

    def names(self, ids: Iterable[str]) -> str:
        """The names of several nodes, joined."""
        return self.words("list_separator").join(dict.fromkeys(self.name(i) for i in ids))

    def contacts(self, unmasked: Mapping[str, Mapping[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
        """Contact fields in words: (name, (label, value) pairs) of each person, by name."""
        labels = {p.name: self.words.property(p) for pool in POOLS for p in node_properties(pool) if p.privacy is Privacy.CONTACT}
        return sorted((self.name(id_), [(labels[name], value) for name, value in sorted(values.items())]) for id_, values in unmasked.items())

    def node(self, id_: str, longest: int | None = None) -> Node:
        """A node in words. `longest` cuts long texts (characters); a node that the graph has not is named by its id.

        Contact fields (masked in the graph as they are) are left out: a page is passed on and printed.
        """
        place = self.place(id_)
        if place is None:
            return Node(id_, id_, "", (), (id_,))
        pool, entity = place
        row = self.snapshot.row(pool, entity)
        kind, stub = str(row["node_kind"]), bool(row["stub"])
        table = KINDS[kind]
        own = {p.name: p for p in table.properties}
        facts = []
        for p in node_properties(pool):
            if p.name == table.title or p.privacy is Privacy.CONTACT or row[p.name] is None:
                continue
            if p.name == "indicators":
                facts += [(str(k), _cut(str(v), longest)) for k, v in sorted(json.loads(str(row[p.name])).items())]
            else:
                facts.append((self.words.property(p), _cut(self.words.value(own.get(p.name, p), row[p.name]), longest)))
        if stub:
            facts.insert(0, (self.words("stub"), ""))
        records = row["records"]
        return Node(entity, self.name(entity), kind, tuple(facts), tuple(records) if isinstance(records, list) else (entity,), stub)


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"
