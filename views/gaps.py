"""The pages of regions and of chains: the gaps as a table, the chain as a drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from graph.errors import UnknownId
from queries.regions import RegionTree, Scope
from queries.results import Gap, GapResult
from views.drawing import Drawing, Product, by_layer, by_stage
from views.facts import Facts
from views.layering import Edge
from views.network import node_info
from views.pages import file_name, render
from views.words import Words

GAP_KINDS = ("missing", "weak", "bottleneck", "extension", "build")


@dataclass(frozen=True, slots=True)
class GapPage:
    """A written page of a region or chain, for the contents: `counts` of gap kinds, `products` that it lists."""

    file: str
    id: str
    title: str
    html: str
    counts: dict[str, int]
    products: tuple[tuple[str, str], ...]
    region: str = ""


class Makers:
    """Who makes what where, counted from the graph."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._tree = RegionTree(facts.snapshot)
        self._scopes: dict[str, Scope] = {}

    def scope(self, region: str) -> Scope:
        """A region of the results with all below it; one that the graph does not have is named by its code and empty."""
        if region not in self._scopes:
            try:
                self._scopes[region] = self._tree.scope(region)
            except UnknownId:
                self._scopes[region] = Scope(region, region, frozenset())
        return self._scopes[region]

    def count(self, product: str, region: str = "") -> tuple[int, int]:
        """Makers of a product in a region (all below it count) and elsewhere; without a region all are elsewhere."""
        makers = dict.fromkeys(self._facts.sources("makes", product))
        inside = self.scope(region).members if region else frozenset()
        local = sum(1 for m in makers if not inside.isdisjoint(self._facts.targets("locations", m)))
        return local, len(makers) - local


class GapPages:
    """Makes the pages of one result."""

    def __init__(self, facts: Facts, words: Words, gaps: GapResult, frame: Mapping[str, object]) -> None:
        self._facts, self._words, self._frame = facts, words, frame
        self._makers = Makers(facts)
        self._by_region: dict[str, list[Gap]] = {}
        for gap in gaps.gaps:
            self._by_region.setdefault(gap.region, []).append(gap)
        self._full = max([1.0, *(g.score for g in gaps.gaps if g.score is not None)])

    def regions(self) -> list[GapPage]:
        """A page for each region with gaps, in the order of the result."""
        return [self._region(code, gaps) for code, gaps in self._by_region.items()]

    def chains(self) -> list[GapPage]:
        """A page for each chain that has products, by id."""
        rows: dict[str, list[dict[str, object]]] = {}
        for row in self._facts.snapshot.edges("chain_products").to_pylist():
            rows.setdefault(row["source"], []).append(row)
        return [self._chain(chain, rows[chain]) for chain in sorted(rows)]

    def region_name(self, code: str) -> str:
        """The name of a region of the results; the code itself where the graph does not have it."""
        return self._makers.scope(code).name

    def _region(self, code: str, gaps: list[Gap]) -> GapPage:
        title = self.region_name(code)
        by_product: dict[str, Gap] = {}
        for gap in gaps:
            by_product.setdefault(gap.product_id, gap)
        ids = dict.fromkeys(p for gap in gaps for p in (gap.product_id, *gap.path))
        products = []
        for id_ in ids:
            mine = by_product.get(id_)
            local, other = (mine.local_makers, mine.other_makers) if mine else self._makers.count(id_, code)
            name = mine.product_name if mine else self._facts.name(id_)
            products.append(Product(id_, name, local + other, local, mine.kind if mine else ""))
        drawing = by_layer(products, [*self._supply(ids), *self._steps(gaps)], self._words)
        return self._page("region", code, title, gaps, drawing, code, [self.region_name(code)])

    def _chain(self, chain: str, rows: list[dict[str, object]]) -> GapPage:
        stages = {str(r["target"]): str(r["stage"] or "") for r in rows}
        critical = {r["target"] for r in rows if r["critical"]}
        region = self._chain_region(chain)
        every = self._by_region[region] if region else [g for gaps in self._by_region.values() for g in gaps]
        gaps = [g for g in every if g.product_id in stages]
        leading: dict[str, Gap] = {}
        for gap in sorted(gaps, key=lambda g: (g.score is None, -(g.score or 0.0), g.rank, g.region)):
            leading.setdefault(gap.product_id, gap)
        products = []
        for id_ in stages:
            local, other = self._makers.count(id_, region)
            gap_kind = leading[id_].kind if id_ in leading else ""
            products.append(Product(id_, self._facts.name(id_), local + other, local if region else None, gap_kind, id_ in critical))
        products.sort(key=lambda p: (not p.gap, not p.critical, -p.makers, p.id))
        edges = self._supply(stages)
        drawing = by_stage(products, stages, edges, self._words) if any(stages.values()) else by_layer(products, edges, self._words)
        places = [self._facts.name(r) for r in self._facts.targets("locations", chain)]
        return self._page("chain", chain, self._facts.name(chain), gaps, drawing, region, places, products, stages)

    def _chain_region(self, chain: str) -> str:
        """The code of the first region in the results that the chain lies in; "" where there is none."""
        places = self._facts.targets("locations", chain)
        return next((code for code in self._by_region if not self._makers.scope(code).members.isdisjoint(places)), "")

    def _supply(self, ids: Iterable[str]) -> list[Edge]:
        """(input, product) of the supply among some products."""
        wanted = set(ids)
        return [(i, p) for p in sorted(wanted) for i in self._facts.targets("product_inputs", p) if i in wanted]

    def _steps(self, gaps: list[Gap]) -> list[Edge]:
        """Steps of paths that the supply does not know: a path runs from a product to its input, each taking the next."""
        known = {frozenset((i, p)) for i, p in self._supply(dict.fromkeys(p for g in gaps for p in g.path))}
        return [(i, p) for gap in gaps for p, i in pairwise(gap.path) if frozenset((i, p)) not in known]

    def _page(self, prefix: str, id_: str, title: str, gaps: Sequence[Gap], drawing: Drawing, region: str, places: list[str],
              products: Sequence[Product] = (), stages: dict[str, str] | None = None) -> GapPage:
        """One page, of a region or a chain."""
        counts = Counter(g.kind for g in gaps)
        html = render(
            "gaps.html", self._words, **self._frame, title=title, prefix=prefix, gaps=gaps, counts={k: counts[k] for k in GAP_KINDS if counts[k]},
            kinds=GAP_KINDS, drawing=drawing, region=region, places=places, full=self._full, region_name=self.region_name,
            name=self._facts.name, products=products, stages=stages or {}, data=self._data(drawing))
        listed = dict.fromkeys([*((g.product_id, g.product_name) for g in gaps), *((p.id, p.name) for p in products)])
        return GapPage(file_name(prefix, id_), id_, title, html, dict(counts), tuple(listed), self._words("list_separator").join(places))

    def _data(self, drawing: Drawing) -> dict[str, object]:
        """What the side panel shows for each drawn product."""
        found: dict[str, object] = {}
        for box in drawing.boxes:
            product = box.product
            node = self._facts.node(product.id, longest=400)
            said = (self._words("makers_short", n=product.makers) if product.local is None
                    else self._words("makers_here", local=product.local, other=product.makers - product.local))
            gap = [(self._words("gap"), self._words.known(f"gap_{product.gap}", product.gap))] if product.gap else []
            shown = replace(node, name=product.name, kind="product", facts=(*gap, (self._words("makers"), said), *node.facts))
            found[product.id] = node_info(shown, self._words)
        return {"info": found, "words": self._words.scripts()}

