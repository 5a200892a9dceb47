"""Two sources side by side: how much of each is in the other, who is only in one, where they disagree, and what to send to the other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from graph.audit import contacts
from graph.federation.contact_values import sendable_contact
from graph.federation.differences import Difference, differences
from graph.federation.handover import Contacts, contact_entities, handovers
from graph.federation.links import known_ends, link_handover, link_overlap, lone_links, stated
from graph.federation.overlap import Doubt, Lone, Overlap, doubts, lone, overlaps
from graph.federation.sending import Handover
from graph.federation.sides import FIRST, SECOND, check_sources, paired, sides
from graph.ids import split_id
from graph.records import SourceInfo
from graph.schema import LINKS, POOLS
from graph.sql import first_row
from graph.workspace import Workspace


@dataclass(slots=True)
class Federation:
    """What two sources have of each other, by what is one entity in the graph now.

    Attributes:
        overview: a line a kind that either has; then a line a link table that joins things that both have, of those links.
        only_first, only_second: what the other has not, and links between what both have that the other does not state.
        for_first, for_second: what to send to that side.
        doubts: open reviews between the two; their answers would change the rest.
        waiting_for_first, waiting_for_second: what would be new to that side, and is not sent to it while such a review is open.
        unmasked: contact values stand in what is to be sent, as they came; else those fields are empty there.
    """

    first: SourceInfo
    second: SourceInfo
    revision: str
    unmasked: bool = False
    overview: list[Overlap] = field(default_factory=list)
    only_first: list[Lone] = field(default_factory=list)
    only_second: list[Lone] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    for_first: list[Handover] = field(default_factory=list)
    for_second: list[Handover] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def waiting_for_first(self) -> list[Lone]:
        return [x for x in self.only_second if x.could_be]

    @property
    def waiting_for_second(self) -> list[Lone]:
        return [x for x in self.only_first if x.could_be]


def federate(workspace: Workspace, first: str, second: str, *, purpose: str | None = None) -> Federation:
    """Compare two sources of a workspace. Nothing is written to it, and it may be open for reading alone, unless there is a `purpose`.

    Args:
        first, second: names of sources.
        purpose: why contact values are to be sent as they came; it is in the audit before they are read. None: contact fields are sent empty.

    Raises:
        UsageError: a source is not there or has no record of a thing, or the two are one; or the purpose is empty.
        WorkspaceError: there is a purpose, and the workspace is open for reading alone.
    """
    check_sources(workspace, first, second)
    con = workspace.connection
    made = Federation(_said_of(workspace, first), _said_of(workspace, second), workspace.meta("revision") or "", purpose is not None)
    with paired(con, first, second):
        made.doubts = doubts(workspace)
        known = {entity for entity, in con.execute("SELECT entity FROM paired WHERE shared").fetchall()}
        waiting = {FIRST: frozenset(d.first_entity for d in made.doubts) - known, SECOND: frozenset(d.second_entity for d in made.doubts) - known}
        raw: Mapping[str, Contacts] = {} if purpose is None else _raw_contacts(workspace, first, second, purpose, waiting)
        made.overview = overlaps(con, made.doubts)
        for pool in POOLS:
            with sides(con, pool) as there:
                if not there:
                    continue
                made.only_first += lone(con, pool, FIRST, first, made.doubts)
                made.only_second += lone(con, pool, SECOND, second, made.doubts)
                made.differences += differences(con, pool, first, second)
                made.for_second += handovers(con, pool, FIRST, first, second, waiting[FIRST], raw.get(first, {}))
                made.for_first += handovers(con, pool, SECOND, second, first, waiting[SECOND], raw.get(second, {}))
    _add_links(con, made, waiting)
    return made


def _raw_contacts(workspace: Workspace, first: str, second: str, purpose: str, waiting: Mapping[int, frozenset[str]]) -> Mapping[str, Contacts]:
    """Source → the contact values of what it could send, by its most trusted record that has one fit to be sent."""
    con = workspace.connection
    wanted: set[str] = set()
    for pool in POOLS:
        with sides(con, pool) as there:
            if there:
                wanted |= contact_entities(con, pool, FIRST, waiting[FIRST]) | contact_entities(con, pool, SECOND, waiting[SECOND])
    found: dict[str, dict[str, dict[str, str]]] = {first: {}, second: {}}
    for c in contacts(workspace, wanted, purpose, "federate"):
        source = split_id(c.record)[0]
        if source in found and (value := sendable_contact(c.property, c.value)):
            found[source].setdefault(c.entity, {}).setdefault(c.property, value)
    return found


def _add_links(con: duckdb.DuckDBPyConnection, made: Federation, waiting: Mapping[int, frozenset[str]]) -> None:
    first, second = made.first.name, made.second.name
    with known_ends(con, first, second):
        for link in LINKS.values():
            with stated(con, link, first, second) as there:
                if not there:
                    continue
                # Of links to what one side alone has there is nothing to compare: a line of zeros would read as if there were none.
                if (counted := link_overlap(con, link)).in_first or counted.in_second:
                    made.overview.append(counted)
                made.only_first += lone_links(con, link, FIRST)
                made.only_second += lone_links(con, link, SECOND)
                for tables, side, giver, taker in ((made.for_second, FIRST, first, second), (made.for_first, SECOND, second, first)):
                    if (table := link_handover(con, link, side, giver, taker, waiting[side])) is not None:
                        tables.append(table)


def _said_of(workspace: Workspace, name: str) -> SourceInfo:
    """What a source says of itself."""
    row = first_row(workspace.connection, "SELECT title, licence, url, rank, purpose, basis, expires FROM sources WHERE name = ?", [name])
    if row is None:
        return SourceInfo(name)
    title, licence, url, rank, *terms = row
    return SourceInfo(name, title or "", licence or "", url or "", rank, *(said or "" for said in terms))
