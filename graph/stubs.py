"""Nodes for what records mention and nothing lists: one for each thing, whatever the sources call it.

A name that several sources mention is one thing, as it would be if one of them listed it; so are names of an organisation that resolution learned
to be one (`graph.learned_names`). People are not: the same name in two lists may be two people. Nor is a name that could mean several records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.ids import full_id
from graph.names import name_key, organisation_kind
from graph.schema import KINDS, NODES

_TOLD_APART = ("scientists",)
"""Pools in which a name alone is nobody."""


@dataclass(frozen=True, slots=True)
class Stub:
    """A cell's text in a source that stands for something of a table."""

    source: str
    table: str
    name: str
    ambiguous: bool

    @property
    def id(self) -> str:
        """The id that the record will have if the source lists it."""
        return full_id(self.source, self.table, self.name)


def stub_table(refers: tuple[str, ...], value: str) -> str:
    """The table that a stub stands in: what an organisation's name says, else the preferred table."""
    if NODES[refers[0]].pool != "organisations":
        return refers[0]
    kind = organisation_kind(value)
    return KINDS[kind].name if kind != "organisation" else refers[0]


def representatives(stubs: Iterable[Stub], ranks: Mapping[str, int], learned: Mapping[str, str]) -> dict[str, Stub]:
    """The id of each stub → the one that stands for all that mean the same.

    That is one whose name tells its kind (重庆大学 before 重大), then that of the most trusted source (rank, name), then by name.

    Args:
        ranks: source → rank.
        learned: key of a name → key of the organisation.
    """
    groups: dict[tuple[str, ...], list[Stub]] = defaultdict(list)
    for stub in dict.fromkeys(stubs):
        groups[_meaning(stub, learned)].append(stub)
    found: dict[str, Stub] = {}
    for group in groups.values():
        first = min(group, key=lambda s: (organisation_kind(s.name) == "organisation", ranks.get(s.source, 100), s.source, s.name, s.table))
        found.update((stub.id, first) for stub in group)
    return found


def _meaning(stub: Stub, learned: Mapping[str, str]) -> tuple[str, ...]:
    pool, key = NODES[stub.table].pool, name_key(stub.name)
    if stub.ambiguous or pool in _TOLD_APART or not key:
        return ("alone", stub.id)
    if pool == "organisations":
        return (pool, "learned", learned[key]) if key in learned else (pool, "named", key)
    return (stub.table, "named", key)
