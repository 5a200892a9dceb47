"""The page of a need: its facts, the ranked experts with their evidence, who was kept out, the evidence as a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from graph.snapshot import Snapshot
from queries.confidence import LEVELS
from queries.results import Evidence, Exclusion, Match, MatchResult
from queries.rules import RULES
from views.facts import Facts, Node
from views.network import Drawn, Graph, Line, column, network_data
from views.pages import asset, file_name, inline_policy, render, write_page
from views.text import marked, shortened
from views.words import Words

_DRAWN_EXPERTS = 8
_DRAWN_WORKS = 2
_ROW, _BETWEEN = 54, 18
_COLUMNS = {"need": 0, "institution": 230, "expert": 440, "work": 680, "product": 930}
_OWN_PRODUCTS = -210
"""Where each kind stands, px from the need."""
_TITLE = 70
_LEVELS = {level.name: level for level in LEVELS}
_REFERENCES = (("demands", "enterprise"), ("locations", "region"), ("concerns", "products"), ("sectors", "industry"), ("subjects", "disciplines"))
"""Edges that lead from a need, with the column of the needs table that each came from (its label is the page's)."""


@dataclass(frozen=True, slots=True)
class NeedPage:
    """A written page of a need, for the contents."""

    file: str
    demand_id: str
    title: str
    html: str
    enterprise: str
    matches: tuple[Match, ...]


def need_page(facts: Facts, words: Words, need_id: str, matches: Sequence[Match], excluded: Sequence[Exclusion],
              frame: dict[str, object], contacts: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> NeedPage:
    """The page of one need that has matches.

    Args:
        need_id: as in the results; `text` or anything else that the graph does not have gets a page without facts.
        frame: what every page of the report shares (language, revision …).
        contacts: contact fields that were unmasked for a purpose: person → property → value.
    """
    need = facts.node(need_id)
    known = facts.place(need_id) is not None
    title = _title(facts, need) if known else (matches[0].demand_title if matches else "") or words("text_need")
    graph = _graph(facts, replace(need, name=title, kind="need"), matches, words)
    rows = [{"match": m, "institution": facts.names(facts.targets("affiliations", m.supplier_id)),
             "contacts": [pair for _, fields in facts.contacts({m.supplier_id: contacts.get(m.supplier_id, {})}) for pair in fields],
             "evidence": [(e, marked(e.title, e.terms), marked(e.passage, e.terms)) for e in m.evidence],
             "confidence": words.of(_LEVELS[m.confidence].label, _LEVELS[m.confidence].label_en)} for m in matches]
    kept_out = [(facts.name(e.supplier_id), words.of(RULES[e.rule].label, RULES[e.rule].label_en), e.note) for e in excluded]
    html = render("need.html", words, **frame, title=title, need=need, known=known, references=_references(facts, need, words), rows=rows,
                  excluded=kept_out, legend=graph.legend(words), data=network_data(graph, words), drawn=_DRAWN_EXPERTS)
    enterprise = facts.names(facts.targets("demands", need.id))
    return NeedPage(file_name("need", need_id), need_id, title, html, enterprise, tuple(matches))


def write_need(out: Path, snapshot: Snapshot, need_id: str, result: MatchResult, *, language: str = "zh") -> Path:
    """Write one need with its experts as a page that holds all it needs.

    Args:
        need_id: whose matches of the result are shown; `text` for a need in words.

    Raises:
        UsageError: there is no such language.
    """
    words = Words(language)
    scripts, styles = (asset("vis-network.min.js"), asset("page.js"), asset("graph.js")), (asset("zhulian.css"),)
    frame: dict[str, object] = {"policy": inline_policy(scripts, styles), "scripts": scripts, "styles": styles, "report": False,
                                "revision": snapshot.revision}
    page = need_page(Facts(snapshot, words), words, need_id, [m for m in result.matches if m.demand_id == need_id],
                     [e for e in result.excluded if e.demand_id == need_id], frame)
    return write_page(out, page.html)


def _title(facts: Facts, need: Node) -> str:
    """A need's title, else the beginning of its text."""
    pool, entity = facts.snapshot.find(need.id)
    row = facts.snapshot.row(pool, entity)
    return str(row.get("title") or "") or shortened(str(row.get("text") or need.name), _TITLE)


def _references(facts: Facts, need: Node, words: Words) -> list[tuple[str, str]]:
    """(label, names) of what the need refers to."""
    found = ((kind, facts.names(facts.targets(kind, need.id))) for kind, _ in _REFERENCES)
    labels = {kind: words.column("needs", name) for kind, name in _REFERENCES}
    return [(labels[kind], names) for kind, names in found if names]


def _graph(facts: Facts, need: Node, matches: Sequence[Match], words: Words) -> Graph:
    """The need's products, need, institutions, experts, works, their products: columns from left to right."""
    graph = Graph(boxes=True)
    heights: dict[str, list[int]] = {}
    y = 0
    for match in matches[:_DRAWN_EXPERTS]:
        works = [e for e in match.evidence if e.id != match.supplier_id][:_DRAWN_WORKS]
        rows = max(1, len(works))
        middle = y + (rows - 1) * _ROW // 2
        _add(graph, facts, match.supplier_id, _COLUMNS["expert"], middle, name=match.supplier_name)
        graph.lines.append(Line(need.id, match.supplier_id, f"{words('edge_match')} {match.score:.2f}", match.score))
        for work, at in zip(works, column(len(works), middle, _ROW), strict=True):
            _work(graph, facts, match, work, at, words, heights)
        for institution in facts.targets("affiliations", match.supplier_id):
            heights.setdefault(institution, []).append(middle + _ROW // 2)
            graph.lines.append(Line(match.supplier_id, institution, words.edge("affiliations")))
        y += rows * _ROW + _BETWEEN
    centre = max(0, (y - _ROW - _BETWEEN) // 2)
    graph.nodes.insert(0, Drawn(_cut(need), _COLUMNS["need"], centre))
    products = facts.targets("concerns", need.id)
    for product, at in zip(products, column(len(products), centre, _ROW), strict=True):
        _add(graph, facts, product, _OWN_PRODUCTS, at)
        graph.lines.append(Line(need.id, product, words.edge("concerns")))
    _at_means(graph, facts, heights)
    return graph


def _cut(node: Node) -> Node:
    """A node with its long texts cut for the side panel."""
    return replace(node, facts=tuple((label, value if len(value) <= 400 else value[:399] + "…") for label, value in node.facts))


def _work(graph: Graph, facts: Facts, match: Match, work: Evidence, y: int, words: Words, heights: dict[str, list[int]]) -> None:
    """A work at the right of its expert; one that two experts share stands once."""
    _add(graph, facts, work.id, _COLUMNS["work"], y, name=work.title)
    graph.lines.append(Line(match.supplier_id, work.id, words.edge("authorships")))
    for product in facts.targets("concerns", work.id):
        line = Line(work.id, product, words.edge("concerns"))
        if line not in graph.lines:
            graph.lines.append(line)
            heights.setdefault(product, []).append(y)


def _at_means(graph: Graph, facts: Facts, heights: dict[str, list[int]]) -> None:
    """Institutions and products at the mean height of those they belong to, none on another."""
    taken: dict[int, int] = {}
    there = {drawn.node.id for drawn in graph.nodes}
    for id_, ys in sorted(heights.items(), key=lambda h: (sum(h[1]) / len(h[1]), h[0])):
        if id_ in there:
            continue
        x = _COLUMNS["product" if facts.node(id_).kind == "product" else "institution"]
        y = max(round(sum(ys) / len(ys)), taken.get(x, -(10**6)) + _ROW)
        taken[x] = y
        _add(graph, facts, id_, x, y)


def _add(graph: Graph, facts: Facts, id_: str, x: int, y: int, name: str = "") -> None:
    if all(drawn.node.id != id_ for drawn in graph.nodes):
        node = facts.node(id_, longest=400)
        graph.nodes.append(Drawn(replace(node, name=name) if name else node, x, y))
