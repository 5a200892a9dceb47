"""The things around one node: to so many steps, nearest first, at most so many, and what had to be left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from graph.schema import CODE_POOLS, EDGES
from graph.snapshot import Snapshot

MOST_NODES = 300


@dataclass(frozen=True, slots=True)
class Relation:
    """An edge of the graph: `properties` are those that have a value, `origin` is the record that says so."""

    kind: str
    source: str
    target: str
    properties: tuple[tuple[str, object], ...]
    origin: str


@dataclass(slots=True)
class Neighbourhood:
    """Nodes by steps from the root (in order: nearest first), the node before each, and the edges among all of them.

    `found` says for each step how many nodes were found and how many of them were taken; `cut_at` is the step from which
    nothing was followed any more, since the most nodes were reached (None: nothing was cut there).
    """

    hops: dict[str, int]
    parents: dict[str, str] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    found: dict[int, tuple[int, int]] = field(default_factory=dict)
    cut_at: int | None = None
    stopped_at_codes: bool = False


def neighbourhood(snapshot: Snapshot, entity: str, hops: int, most: int = MOST_NODES) -> Neighbourhood:
    """The neighbourhood of a node, along edges in both directions.

    Where there are too many at a step, each neighbour and each kind of edge gives in turn, so that no kind crowds out another.
    Code nodes (regions, industries, disciplines) are reached but not walked through: they join everything with everything.
    """
    around = Neighbourhood({entity: 0})
    frontier = [entity]
    for step in range(1, hops + 1):
        if not frontier:
            break
        if len(around.hops) >= most:
            around.cut_at = step
            break
        groups = _beyond(snapshot, frontier, around.hops)
        ways = _in_turn(groups)
        taken = dict(list(ways.items())[: most - len(around.hops)])
        if ways:
            around.found[step] = (len(ways), len(taken))
        around.hops |= dict.fromkeys(taken, step)
        around.parents |= taken
        frontier = [node for node in taken if not _is_code(node)]
        around.stopped_at_codes |= step < hops and len(frontier) < len(taken)
    around.relations = among(snapshot, around.hops)
    return around


def among(snapshot: Snapshot, nodes: Iterable[str]) -> list[Relation]:
    """All edges that have both ends among some nodes."""
    wanted = pa.array(sorted(set(nodes)), pa.string())
    found: list[Relation] = []
    for kind in EDGES:
        table = snapshot.edges(kind)
        found += _relations(kind, table.filter(pc.and_(pc.is_in(table.column("source"), wanted), pc.is_in(table.column("target"), wanted))))
    return found


def touching(snapshot: Snapshot, entity: str, kind: str, end: str, most: int) -> tuple[list[Relation], int]:
    """The first edges of a kind that have a node at one end (`source` or `target`), and how many there are."""
    table = snapshot.edges(kind)
    found = table.filter(pc.equal(table.column(end), entity))
    return _relations(kind, found.slice(0, most)), int(found.num_rows)


def _relations(kind: str, rows: pa.Table) -> list[Relation]:
    properties = [p.name for p in EDGES[kind].properties]
    return [Relation(kind, row["source"], row["target"], tuple((p, row[p]) for p in properties if row[p] is not None), row["origin"])
            for row in rows.to_pylist()]


def _beyond(snapshot: Snapshot, frontier: list[str], seen: dict[str, int]) -> list[tuple[str, list[str]]]:
    """(node of the frontier, its new neighbours by one kind and direction of edge), in the order of frontier and kinds."""
    wanted = pa.array(frontier, pa.string())
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for kind in EDGES:
        table = snapshot.edges(kind).select(["source", "target"])
        for here, there in (("source", "target"), ("target", "source")):
            rows = table.filter(pc.is_in(table.column(here), wanted))
            for node, neighbour in zip(rows.column(here).to_pylist(), rows.column(there).to_pylist(), strict=True):
                if neighbour not in seen:
                    found[node, kind, here].append(neighbour)
    place = {node: i for i, node in enumerate(frontier)}
    kinds = {kind: i for i, kind in enumerate(EDGES)}
    ordered = sorted(found, key=lambda key: (place[key[0]], kinds[key[1]], key[2]))
    return [(key[0], sorted(set(found[key]))) for key in ordered]


def _in_turn(groups: list[tuple[str, list[str]]]) -> dict[str, str]:
    """New node → the node that led there: one from each group in turn."""
    ways: dict[str, str] = {}
    for at in range(max((len(neighbours) for _, neighbours in groups), default=0)):
        for node, neighbours in groups:
            if at < len(neighbours):
                ways.setdefault(neighbours[at], node)
    return ways


def _is_code(id_: str) -> bool:
    return id_.split("/", 2)[1] in CODE_POOLS
