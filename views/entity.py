"""The page of one thing: its facts and where each comes from, its neighbourhood, its relations; a single file that holds everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from graph.errors import UsageError
from graph.provenance import Account
from graph.schema import EDGES
from graph.snapshot import Snapshot
from views.account import Origins, Where, origins, stated_in
from views.facts import Facts
from views.neighbourhood import Neighbourhood, neighbourhood, touching
from views.network import FIRST_RING, Drawn, Graph, Line, network_data, radial
from views.pages import asset, inline_policy, render, write_page
from views.words import Words

_SHOWN_AT_FIRST = FIRST_RING
"""Where there are more nodes than this, the nearest so many are shown and the others wait for a click."""
_MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class Row:
    """A relation as the table shows it: the other end, its properties in words, the record that states it and where it stands."""

    id: str
    name: str
    kind: str
    details: str
    origin: Where
    drawn: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The relations of one kind and direction; `total` counts those that are not listed, too."""

    label: str
    rows: tuple[Row, ...]
    total: int


def write_entity(out: Path, snapshot: Snapshot, entity: str, *, hops: int = 2, language: str = "zh", account: Account | None = None,
                 contacts: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> Path:
    """Write the page of one entity: one HTML file with everything in it.

    Args:
        out: the file to write.
        entity: a full id, a member's, or an unambiguous end of one.
        hops: how many steps of the neighbourhood to draw, 0 or more.
        language: zh or en.
        account: where the entity comes from (`graph.provenance.account`, with its edges); without it the page names the records alone.

        contacts: contact fields that were unmasked for a purpose: person → property → value. Without them no page has any.

    Returns:
        The file.

    Raises:
        UnknownId: nothing, or more than one thing, has that id.
        UsageError: there is no such language, or the steps are negative.
    """
    if hops < 0:
        raise UsageError(f"--hops must be 0 or more, not {hops}")
    words = Words(language)
    facts = Facts(snapshot, words)
    _, id_ = snapshot.find(entity)
    around = neighbourhood(snapshot, id_, hops)
    graph = _graph(facts, around, words)
    scripts, styles = (asset("vis-network.min.js"), asset("page.js"), asset("graph.js")), (asset("zhulian.css"),)
    told = None if account is None else origins(account, facts, words)
    html = render(
        "entity.html", words, title=facts.name(id_), policy=inline_policy(scripts, styles), scripts=scripts, styles=styles, report=False,
        revision=snapshot.revision, node=facts.node(id_), origins=told,
        groups=_groups(facts, id_, around, words, told), legend=graph.legend(words),
        data=network_data(graph, words), hops=hops, around=around, contacts=facts.contacts(contacts), waiting=any(d.hidden for d in graph.nodes))
    return write_page(out, html)


def _graph(facts: Facts, around: Neighbourhood, words: Words) -> Graph:
    places = radial(around.hops, around.parents)
    near = [id_ for id_, hop in around.hops.items() if hop <= 1][: _SHOWN_AT_FIRST + 1]
    shown = set(near if len(around.hops) > _SHOWN_AT_FIRST + 1 else around.hops)
    graph = Graph()
    for id_, hop in around.hops.items():
        node = facts.node(id_, longest=400)
        graph.nodes.append(Drawn(node, *places[id_], size=26 if hop == 0 else 14 if hop == 1 else 9, hidden=id_ not in shown))
    graph.lines = [Line(r.source, r.target, words.edge(r.kind)) for r in around.relations]
    return graph


def _groups(facts: Facts, id_: str, around: Neighbourhood, words: Words, told: Origins | None) -> list[Group]:
    """All relations of the entity, by kind and direction."""
    groups = []
    for kind in EDGES:
        for end, other in (("source", "target"), ("target", "source")):
            relations, total = touching(facts.snapshot, id_, kind, end, _MOST_ROWS)
            if not relations:
                continue
            rows = []
            for r in relations:
                there: str = getattr(r, other)
                node = facts.node(there)
                rows.append(Row(there, node.name, words.kind(node.kind), _details(kind, r.properties, words), stated_in(told, r.origin),
                                there in around.hops))
            groups.append(Group(words("relation_to" if end == "source" else "relation_from", kind=words.edge(kind)), tuple(rows), total))
    return groups


def _details(kind: str, properties: tuple[tuple[str, object], ...], words: Words) -> str:
    """An edge's properties in words: `职务 理事；入会时间 2020`."""
    declared = {p.name: p for p in EDGES[kind].properties}
    return words("sentence_separator").join(f"{words.property(declared[name])} {words.value(declared[name], value)}" for name, value in properties)


