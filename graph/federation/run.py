"""Two sources side by side: how much of each is in the other, who is only in one, where they disagree, and what to send to the other side."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.federation.differences import Difference, differences
from graph.federation.handover import Handover, handovers
from graph.federation.overlap import Doubt, Lone, Overlap, doubts, lone, overlaps
from graph.federation.sides import FIRST, SECOND, check_sources, paired, sides
from graph.records import SourceInfo
from graph.schema import POOLS
from graph.sql import first_row
from graph.workspace import Workspace


@dataclass(slots=True)
class Federation:
    """What two sources have of each other, by what is one entity in the graph now.

    Attributes:
        only_first, only_second: what the other has not.
        for_first, for_second: what to send to that side.
        doubts: open reviews between the two; their answers would change the rest.
    """

    first: SourceInfo
    second: SourceInfo
    revision: str
    overview: list[Overlap] = field(default_factory=list)
    only_first: list[Lone] = field(default_factory=list)
    only_second: list[Lone] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    for_first: list[Handover] = field(default_factory=list)
    for_second: list[Handover] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def federate(workspace: Workspace, first: str, second: str) -> Federation:
    """Compare two sources of a workspace. Nothing is written to it; it may be open for reading alone.

    Args:
        first, second: names of sources.

    Raises:
        UsageError: a source is not there or has no record of a thing, or the two are one.
    """
    check_sources(workspace, first, second)
    con = workspace.connection
    made = Federation(_said_of(workspace, first), _said_of(workspace, second), workspace.meta("revision") or "")
    with paired(con, first, second):
        made.doubts = doubts(workspace)
        made.overview = overlaps(con, made.doubts)
        for pool in POOLS:
            with sides(con, pool) as there:
                if not there:
                    continue
                made.only_first += lone(con, pool, FIRST, first, made.doubts)
                made.only_second += lone(con, pool, SECOND, second, made.doubts)
                made.differences += differences(con, pool, first, second)
                made.for_second += handovers(con, pool, FIRST, first, second)
                made.for_first += handovers(con, pool, SECOND, second, first)
    return made


def _said_of(workspace: Workspace, name: str) -> SourceInfo:
    """What a source says of itself."""
    row = first_row(workspace.connection, "SELECT title, licence, url, rank, purpose, basis, expires FROM sources WHERE name = ?", [name])
    if row is None:
        return SourceInfo(name)
    title, licence, url, rank, *terms = row
    return SourceInfo(name, title or "", licence or "", url or "", rank, *(said or "" for said in terms))
