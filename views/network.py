"""A graph for a page: nodes and edges with positions worked out here, held by pyvis's Network, given to vis-network as data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.schema import KINDS
from views.facts import Node
from views.text import shortened, wrapped
from views.words import Words

_SHAPES = {"scientist": "dot", "need": "star", "work": "square", "product": "diamond", "chain": "triangle"}
_ORGANISATION_SHAPE = "hexagon"
_FONT = '"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif'
_STRETCH, _STAGGER, _ALONG, _ALONG_FIRST = 1.5, 55, 34, 62
"""Of rings: width to height, px between the three radii, px along it for each node (of the first ring: more)."""
FIRST_RING = 36
"""How many nodes a ring around the root takes before the next begins."""
_LEGIBLE_EDGE_LABELS = 40
"""With more edges than this, their labels would cover the graph."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A node with its place (px) and size (radius, px). `hidden` nodes wait for a click; `page` is a link."""

    node: Node
    x: int
    y: int
    size: int = 12
    hidden: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An edge between two drawn nodes, by id. `label` says what it is."""

    source: str
    target: str
    label: str
    weight: float = 0.0


@dataclass(slots=True)
class Graph:
    """What a page draws. `boxes`: the names stand in boxes (for columns), not below signs."""

    nodes: list[Drawn] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    boxes: bool = False

    def legend(self, words: Words) -> list[tuple[str, str, str, int]]:
        """(kind, label, colour, count) of the kinds that are there, the most frequent first."""
        counts: dict[str, int] = {}
        for drawn in self.nodes:
            counts[drawn.node.kind] = counts.get(drawn.node.kind, 0) + 1
        return [(kind, words.kind(kind) or words("unknown"), colour(kind), n) for kind, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]


def colour(kind: str) -> str:
    """The colour of a node kind."""
    return KINDS[kind].colour if kind in KINDS else "#6b7280"


def network_data(graph: Graph, words: Words) -> dict[str, object]:
    """What graph.js takes: vis-network's nodes and edges, and for each node its facts as text.

    Nothing is given to vis-network as a title, which it would read as HTML.
    """
    from pyvis.network import Network  # imports IPython: half a second that only pages with a graph should cost

    network = Network(directed=True)
    numbers: dict[str, int] = {}
    info: dict[int, dict[str, object]] = {}
    for number, drawn in enumerate(graph.nodes):
        node = drawn.node
        numbers[node.id] = number
        network.add_node(number, x=drawn.x, y=drawn.y, physics=False, hidden=drawn.hidden,
                         shapeProperties={"borderDashes": [4, 3] if node.stub else False}, **(_box(node) if graph.boxes else _sign(node, drawn.size)))
        info[number] = node_info(node, words, drawn.page)
    labelled = not graph.boxes and len(graph.lines) <= _LEGIBLE_EDGE_LABELS
    for line in graph.lines:
        options: dict[str, object] = {"width": round(1 + 3 * line.weight, 2), "color": {"color": "#b8c2cc", "highlight": "#1d4ed8"}}
        if labelled:
            options |= {"label": shortened(line.label, 16), "font": {"size": 11, "face": _FONT, "color": "#52606d", "strokeWidth": 3}}
        network.add_edge(numbers[line.source], numbers[line.target], arrows={"to": {"enabled": True, "scaleFactor": 0.4}}, smooth=False, **options)
    return {"columns": graph.boxes, "nodes": network.nodes, "edges": network.edges, "info": info, "words": words.scripts()}


def node_info(node: Node, words: Words, page: str = "") -> dict[str, object]:
    """A node for the side panel: text only."""
    return {"id": node.id, "name": node.name, "kind": node.kind, "kindLabel": words.kind(node.kind), "colour": colour(node.kind),
            "facts": [list(f) for f in node.facts], "sources": list(node.sources), "page": page}


def _sign(node: Node, size: int) -> dict[str, object]:
    """A node as a sign in the colour of its kind, its name below."""
    is_organisation = node.kind in KINDS and KINDS[node.kind].pool == "organisations"
    return {"label": wrapped(node.name, 18) or "—", "shape": _ORGANISATION_SHAPE if is_organisation else _SHAPES.get(node.kind, "dot"),
            "color": colour(node.kind), "size": size, "borderWidth": 1,
            "font": {"size": 13, "face": _FONT, "color": "#1f2933", "strokeWidth": 4, "strokeColor": "#ffffff"}}


def _box(node: Node) -> dict[str, object]:
    """A node as a white box with a border in the colour of its kind, its name within."""
    own = colour(node.kind)
    return {"label": wrapped(node.name, 26) or "—", "shape": "box", "margin": 6,
            "color": {"border": own, "background": "#ffffff", "highlight": {"border": own, "background": "#eef3f8"},
                      "hover": {"border": own, "background": "#eef3f8"}},
            "font": {"size": 13, "face": _FONT, "color": "#1f2933"}, "borderWidth": 2}


def column(count: int, centre: int, step: int) -> list[int]:
    """The heights of so many nodes one below the other, around a centre."""
    top = centre - (count - 1) * step // 2
    return [top + i * step for i in range(count)]


def radial(hops: Mapping[str, int], parents: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Places for a tree of shortest ways: the root in the middle, a ring for each step, each branch in its own sector.

    A sector is as wide as the square root of the leaves in it, so that a branch with hundreds leaves room for the others.
    Rings are ellipses, since labels are wide; nodes of a ring stand on three radii in turn, so that labels do not meet.

    Args:
        hops: node → steps from the root (the root: 0), in the order in which the nodes shall stand.
        parents: node → the node before it on the way from the root.
    """
    children: dict[str, list[str]] = {node: [] for node in hops}
    for node, parent in parents.items():
        children[parent].append(node)
    ring = _rings(hops)
    leaves: dict[str, int] = {}
    for node in sorted(hops, key=lambda n: -hops[n]):
        leaves[node] = sum(leaves[c] for c in children[node]) or 1
    radii = _radii(ring)
    places: dict[str, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    sectors = {node: (0.0, 2 * math.pi) for node in hops if hops[node] == 0}
    for number, node in enumerate(sorted(hops, key=lambda n: ring[n])):
        start, share = sectors[node]
        angle = start + share / 2
        radius = radii[ring[node]] + (_STAGGER * (number % 3) if hops[node] else 0)
        # Rings of the same step share angles: where two nodes would meet, the later one moves out.
        while (place := (round(_STRETCH * radius * math.sin(angle)), round(-radius * math.cos(angle)))) in taken:
            radius += _STAGGER
        taken.add(place)
        places[node] = place
        for there in sorted({ring[child] for child in children[node]}):
            alike = [child for child in children[node] if ring[child] == there]
            total, position = sum(math.sqrt(leaves[child]) for child in alike), start
            for child in alike:
                part = share * math.sqrt(leaves[child]) / total
                sectors[child] = (position, part)
                position += part
    return places


def _rings(hops: Mapping[str, int]) -> dict[str, int]:
    """The ring of each node: one for each step, but the first step in several where it has many nodes."""
    found: dict[str, int] = {}
    ring, left = 1, FIRST_RING
    for node in (n for n in hops if hops[n] == 1):
        if not left:
            ring += 1
            left = FIRST_RING * ring
        found[node] = ring
        left -= 1
    return {node: found[node] if hop == 1 else hop and ring + hop - 1 for node, hop in hops.items()}


def _radii(rings: Mapping[str, int]) -> list[int]:
    """The radius of each ring: room for its nodes, and for the three radii of the ring within."""
    radii = [0]
    for ring in range(1, max(rings.values(), default=0) + 1):
        n = sum(1 for r in rings.values() if r == ring)
        radii.append(max(radii[-1] + 3 * _STAGGER, round(n * (_ALONG if ring > 1 else _ALONG_FIRST) / (2 * math.pi))))
    return radii
