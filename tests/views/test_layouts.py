"""Layers, columns, rings and neighbourhoods, against values worked out by hand."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from graph.snapshot import Snapshot
from views.contents import kind_counts, source_counts
from views.drawing import MOST_DRAWN, Product, by_layer, by_stage
from views.facts import Facts
from views.layering import chosen, layers, ordered, squeezed, without_cycles
from views.neighbourhood import neighbourhood
from views.network import FIRST_RING, radial
from views.words import Words

EDGES = st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")))


def test_layers_follow_the_longest_way() -> None:
    edges = [("ore", "steel"), ("steel", "car"), ("ore", "car"), ("paint", "car")]
    assert layers({"ore", "steel", "car", "paint"}, edges) == {"ore": 0, "steel": 1, "car": 2, "paint": 1}


def test_cycles_are_cut_at_one_edge() -> None:
    kept, cut = without_cycles("abc", [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b"), ("a", "elsewhere")])
    assert kept == [("a", "b"), ("b", "c")]
    assert cut == [("b", "b"), ("c", "a")]


@given(EDGES)
def test_layers_run_upstream_to_downstream_whatever_the_edges(edges: list[tuple[str, str]]) -> None:
    kept, cut = without_cycles("abcdefg", edges)
    assert sorted(kept + cut) == sorted(set(edges))
    found = layers("abcdefg", kept)
    assert all(found[a] < found[b] for a, b in kept)
    assert min(found.values()) == 0


def test_squeezed_layers_stay_in_order() -> None:
    found = squeezed({str(i): i for i in range(20)}, 8)
    assert set(found.values()) == set(range(8))
    assert all(found[str(a)] <= found[str(b)] for a, b in pairwise(range(20)))
    assert squeezed({"a": 0, "b": 1}, 8) == {"a": 0, "b": 1}


def test_columns_are_ordered_without_needless_crossings() -> None:
    assert ordered([["a", "b"], ["x", "y"]], [("a", "y"), ("b", "x")]) in ([["a", "b"], ["y", "x"]], [["b", "a"], ["x", "y"]])


def test_products_with_links_are_chosen_first() -> None:
    assert chosen(["p", "q", "r", "s"], [("r", "s")], 3) == ["p", "r", "s"]
    assert chosen(["p", "q"], [], 3) == ["p", "q"]


def test_a_drawing_runs_from_left_to_right() -> None:
    supply = [("ore", "steel"), ("steel", "car"), ("car", "ore")]
    drawing = by_layer([Product(i, i, 1) for i in ("car", "steel", "ore", "alone")], supply, Words("zh"))
    x = {box.product.id: box.x for box in drawing.boxes}
    assert len(x) == 4
    assert max(x, key=x.__getitem__) == "alone"
    assert sum(is_cut for _, is_cut in drawing.paths) == 1
    assert [head for _, _, head in drawing.heads] == ["上游", "", "下游", "无上下游记录"]


def test_bars_grow_with_the_root_of_the_makers() -> None:
    drawing = by_layer([Product("a", "a", 100), Product("b", "b", 25), Product("c", "c", 0)], [], Words("zh"))
    bars = {box.product.id: box.bar for box in drawing.boxes}
    assert bars["b"] * 2 == bars["a"]
    assert bars["c"] == 0


def test_stages_are_columns() -> None:
    drawing = by_stage([Product(i, i, 0) for i in "abcd"], {"a": "down", "b": "up", "c": "mid", "d": ""}, [], Words("en"))
    assert [box.product.id for box in sorted(drawing.boxes, key=lambda b: b.x)] == ["b", "c", "a", "d"]
    assert [head for _, _, head in drawing.heads] == ["Upstream", "Midstream", "Downstream", "No stage given"]


def test_two_thousand_products_are_summarised_and_no_box_lies_on_another() -> None:
    products = [Product(f"p{i}", f"产品{i}", i) for i in range(2000)]
    drawing = by_layer(products, [(f"p{i}", f"p{i + 1}") for i in range(0, 300, 2)], Words("zh"))
    assert len(drawing.boxes) <= MOST_DRAWN
    assert drawing.left_out == 2000 - len(drawing.boxes)
    assert len({(b.x, b.y) for b in drawing.boxes}) == len(drawing.boxes)
    assert all(0 <= b.x <= drawing.width - drawing.box_width and 0 <= b.y <= drawing.height - drawing.box_height for b in drawing.boxes)
    assert len(by_stage(products, {}, [], Words("zh")).boxes) == MOST_DRAWN


def test_an_empty_drawing_is_empty() -> None:
    assert by_layer([], [], Words("zh")).boxes == []


@given(st.integers(0, 120), st.integers(0, 60))
def test_rings_give_every_node_a_place_of_its_own(first: int, second: int) -> None:
    hops = {"root": 0} | {f"a{i}": 1 for i in range(first)} | ({f"b{i}": 2 for i in range(second)} if first else {})
    parents = {f"a{i}": "root" for i in range(first)} | ({f"b{i}": f"a{i % first}" for i in range(second)} if first else {})
    places = radial(hops, parents)
    assert places["root"] == (0, 0)
    assert len(set(places.values())) == len(hops)


def test_a_crowded_first_step_stands_on_several_rings() -> None:
    places = radial({"root": 0} | {f"a{i}": 1 for i in range(FIRST_RING * 2)}, {f"a{i}": "root" for i in range(FIRST_RING * 2)})
    inner, outer = (max(abs(y) for n, (_, y) in places.items() if n in {f"a{i}" for i in part})
                    for part in (range(FIRST_RING), range(FIRST_RING, FIRST_RING * 2)))
    assert outer > inner


def test_the_neighbourhood_is_nearest_first(small: Snapshot) -> None:
    around = neighbourhood(small, "s/scientists/s1", 2)
    assert around.hops["s/works/w1"] == 1
    assert around.hops["s/institutions/i1"] == 1
    assert around.hops["s/scientists/s2"] == 2
    assert around.hops["s/products/p2"] == 2
    assert "s/products/p1" not in around.hops
    assert around.parents["s/scientists/s2"] == "s/institutions/i1"
    assert list(around.hops.values()) == sorted(around.hops.values())
    assert around.found == {1: (2, 2), 2: (3, 3)}
    assert set(neighbourhood(small, "s/scientists/s1", 0).hops) == {"s/scientists/s1"}


def test_code_nodes_are_reached_and_not_walked_through(small: Snapshot) -> None:
    around = neighbourhood(small, "s/enterprises/e2", 2)
    assert "bundled/regions/51" in around.hops
    assert "s/enterprises/e3" in around.hops
    assert around.parents["s/enterprises/e3"] == "s/products/p2"
    assert around.stopped_at_codes
    assert not any(id_.startswith("bundled/regions/51") and id_ != "bundled/regions/51" for id_ in around.hops)


def test_a_bounded_neighbourhood_says_what_was_left_out(small: Snapshot) -> None:
    around = neighbourhood(small, "bundled/regions/51", 2, most=4)
    assert len(around.hops) == 4
    found, taken = around.found[1]
    assert taken == 3
    assert found > taken
    assert around.cut_at == 2
    assert "s/enterprises/e2" in around.hops


def test_counts_keep_stubs_and_bundled_codes_apart(small: Snapshot) -> None:
    counts = {c.kind: c for c in kind_counts(small)}
    assert (counts["scientist"].loaded, counts["scientist"].stubs, counts["scientist"].bundled) == (3, 0, 0)
    assert (counts["institution"].loaded, counts["institution"].stubs) == (1, 1)
    assert counts["region"].loaded == 0
    assert counts["region"].bundled > 3000
    sources = {source: (total, dict(kinds)) for source, total, kinds in source_counts(small)}
    assert sources["s"] == (17, {"product": 4, "scientist": 3, "enterprise": 3, "work": 2, "need": 2, "chain": 2, "institution": 1})


def test_facts_leave_contact_fields_out_and_say_choices(small: Snapshot) -> None:
    facts = Facts(small, Words("zh"))
    assert dict(facts.node("s/needs/n1").facts)["状态"] == "开放"
    assert dict(facts.node("s/needs/n1").facts)["预算"] == "300 万元"
    assert {label for label, _ in facts.node("s/scientists/s1").facts} == {"关键词", "简介"}
    assert dict(Facts(small, Words("en")).node("s/needs/n1").facts)["budget"] == "300 10,000 CNY"
    assert facts.node("s/works/gone").name == "s/works/gone"
    assert facts.name("text") == "text"
