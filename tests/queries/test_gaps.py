"""Gaps on a small industry whose breaks are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import AmbiguousId, UnknownId, UsageError
from queries.gaps import find_gaps
from queries.industry import HOPS, Industry
from queries.results import Gap
from tests.worlds import Rows, world

# car ← battery ← cathode ← precursor ← ore ← acid (five deep); battery ← separator; a loop ore → car; junk under car.
PRODUCTS: Rows = tuple({"id": p, "name": p, "kind": "junk" if p == "junk" else ""} for p in
                       ("car", "battery", "cathode", "precursor", "ore", "acid", "separator", "film", "juice", "junk", "pcb"))
INPUTS: Rows = tuple({"product": a, "input": b} for a, b in (
    ("car", "battery"), ("battery", "cathode"), ("cathode", "precursor"), ("precursor", "ore"), ("ore", "acid"), ("battery", "separator"),
    ("ore", "car"), ("car", "car"), ("car", "junk")))
PLACES = {"q1": "重庆市万州区", "q2": "渝北区", "s1": "四川省成都市", "s2": "51", "j1": "江苏", "j2": "南京市", "g1": "440300", "nowhere": ""}
MAKES = {"q1": "car battery", "q2": "car pcb", "s1": "car separator cathode juice", "s2": "separator", "j1": "car separator precursor juice",
         "j2": "cathode", "g1": "car battery pcb film", "nowhere": "separator"}
TABLES: Mapping[str, Rows] = {
    "products": PRODUCTS, "product_inputs": INPUTS, "product_kinds": ({"product": "film", "broader": "separator"},),
    "enterprises": tuple({"id": e, "name": f"样例{e}公司", "region": place} for e, place in PLACES.items()),
    "makes": tuple({"enterprise": e, "product": p} for e, made in MAKES.items() for p in made.split()),
    "chains": ({"id": "ev", "name": "新能源汽车", "products": "car;battery;cathode"},),
}


def gaps_of(folder: Path, tables: Mapping[str, Rows] = TABLES, regions: Sequence[str] = ("50",), **options: object) -> dict[str, Gap]:
    found = find_gaps(world(folder, tables), regions=regions, top=0, **options)  # type: ignore[arg-type]
    return {g.product_name: g for g in found.gaps}


def test_missing_inputs_are_found_with_their_path(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path)
    missing = {name: [p.split("/")[-1] for p in g.path] for name, g in gaps.items() if g.kind == "missing"}
    # acid lies four hops up: beyond the bound. junk is no input. car is made here, whatever the loop says.
    assert missing == {"cathode": ["battery", "cathode"], "precursor": ["battery", "cathode", "precursor"],
                       "ore": ["battery", "cathode", "precursor", "ore"], "separator": ["battery", "separator"]}


def test_makers_are_counted_here_and_elsewhere(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path)
    assert (gaps["separator"].local_makers, gaps["separator"].other_makers) == (0, 4)
    assert (gaps["battery"].local_makers, gaps["battery"].other_makers) == (1, 1)
    assert "外地4家" in gaps["separator"].reasons
    assert "四川省2家" in gaps["separator"].reasons


def test_weak_is_one_maker_here_with_something_here_that_takes_it(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path)
    assert {n for n, g in gaps.items() if g.kind == "weak"} == {"battery"}  # pcb has one maker too, but nothing takes it
    assert [p.split("/")[-1] for p in gaps["battery"].path] == ["car", "battery"]


def test_extension_is_made_in_two_other_provinces_and_not_here(tmp_path: Path) -> None:
    assert {n for n, g in gaps_of(tmp_path).items() if g.kind == "extension"} == {"juice"}


def test_what_nobody_makes_is_unknown_never_a_zero(tmp_path: Path) -> None:
    ore = gaps_of(tmp_path)["ore"]
    assert (ore.score, ore.status, ore.other_makers) == (None, "unknown", 0)
    assert gaps_of(tmp_path / "again")["separator"].status == "gap"


def test_a_kind_of_it_made_here_covers_an_input(tmp_path: Path) -> None:
    makes = [*TABLES["makes"], {"enterprise": "q2", "product": "film"}]
    assert "separator" not in {n for n, g in gaps_of(tmp_path, {**TABLES, "makes": makes}).items() if g.kind == "missing"}


def test_ranks_and_scores_fall_together_and_unknown_stands_last(tmp_path: Path) -> None:
    found = find_gaps(world(tmp_path, TABLES), regions=["50"], top=0).gaps
    assert [g.rank for g in found] == list(range(1, len(found) + 1))
    scores = [g.score for g in found]
    known = [s for s in scores if s is not None]
    assert known == sorted(known, reverse=True)
    assert scores[len(known):] == [None] * (len(scores) - len(known))
    assert all(0 <= s <= 1 for s in known)


def test_a_district_and_a_group_are_regions_too(tmp_path: Path) -> None:
    snapshot = world(tmp_path, TABLES)
    district = find_gaps(snapshot, regions=["万州"], top=0).gaps
    assert {g.region for g in district} == {"500101"}
    group = {g.product_name: g for g in find_gaps(snapshot, regions=["CHUANYU"], top=0).gaps}
    assert group["separator"].kind != "missing" if "separator" in group else True
    assert group["precursor"].kind == "missing"
    assert {g.region for g in find_gaps(snapshot, top=3).gaps} == {"50", "51", "32", "44"}


def test_a_chain_bounds_the_answer_and_names_its_own_missing_products(tmp_path: Path) -> None:
    gaps = gaps_of(tmp_path, regions=["江苏"], chains=["新能源汽车"])
    assert gaps["battery"].kind == "missing"
    assert "juice" not in gaps
    assert set(gaps) <= {"car", "battery", "cathode", "precursor", "ore", "acid", "separator"}


def test_one_kind_is_given_when_asked_for(tmp_path: Path) -> None:
    kinds = {g.kind for g in gaps_of(tmp_path, kinds=["extension"]).values()}
    assert kinds == {"extension"}
    assert "separator" in gaps_of(tmp_path / "again", kinds=["extension"])  # missing by principal kind, but within reach too


@pytest.mark.parametrize(("options", "error"), [
    ({"kinds": ["gone"]}, UsageError), ({"kinds": ["bottleneck"]}, UsageError), ({"top": -1}, UsageError), ({"regions": ["亚特兰蒂斯"]}, UnknownId),
    ({"regions": ["朝阳"]}, AmbiguousId), ({"chains": ["nope"]}, UnknownId)])
def test_a_request_that_makes_no_sense_is_refused(tmp_path: Path, options: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        find_gaps(world(tmp_path, TABLES), **options)  # type: ignore[arg-type]


def test_a_region_of_which_nothing_is_known_has_no_gaps_and_says_why(tmp_path: Path) -> None:
    found = find_gaps(world(tmp_path, TABLES), regions=["海南"], kinds=["补链", "强链"])
    assert found.gaps == []
    assert any("海南省" in note for note in found.notes)


def test_a_source_with_regions_of_six_digits_changes_nothing(tmp_path: Path) -> None:
    own: Rows = ({"id": "500000", "name": "重庆市"}, {"id": "500101", "name": "万州区", "parent": "500000"})
    assert gaps_of(tmp_path / "own", {**TABLES, "regions": own}) == gaps_of(tmp_path / "plain")


def test_a_city_does_not_count_its_own_province_among_the_others(tmp_path: Path) -> None:
    makes: Rows = ({"enterprise": "s2", "product": "juice"}, {"enterprise": "j1", "product": "juice"}, {"enterprise": "s1", "product": "car"})
    assert "juice" not in gaps_of(tmp_path, {**TABLES, "makes": makes}, regions=["成都"])


def test_nothing_is_scored_where_nothing_is_known(tmp_path: Path) -> None:
    found = find_gaps(world(tmp_path, TABLES), regions=["西藏"], top=0).gaps
    assert {(g.score, g.status) for g in found} == {(None, "unknown")}


def test_a_single_supplier_without_another_anywhere_is_not_the_least(tmp_path: Path) -> None:
    makes = [m for m in TABLES["makes"] if not (m["product"] == "battery" and m["enterprise"] != "q1")]
    battery = gaps_of(tmp_path, {**TABLES, "makes": makes})["battery"]
    assert battery.kind == "weak"
    assert battery.score is None or battery.score > 0


def test_notes_say_what_the_data_does_not_tell(tmp_path: Path) -> None:
    notes = find_gaps(world(tmp_path, TABLES), regions=["50"]).notes
    assert any("8 家企业有产品数据" in n for n in notes)
    assert any("1 条产品记录的企业没有所在地区" in n for n in notes)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16), st.sets(st.integers(0, 7), min_size=1, max_size=3))
def test_the_closure_equals_a_plain_breadth_first_search(tmp_path_factory: pytest.TempPathFactory, links: list[tuple[int, int]],
                                                         made: set[int]) -> None:
    tables = {"products": [{"id": f"p{i}", "name": f"p{i}"} for i in range(8)],
              "product_inputs": [{"product": f"p{a}", "input": f"p{b}"} for a, b in sorted(set(links))]}
    industry = Industry(world(tmp_path_factory.mktemp("closure"), tables))
    mask = np.zeros(8, bool)
    mask[list(made)] = True
    reached: dict[int, int] = {}
    front = set(made)
    for hop in range(1, HOPS + 1):
        front = {b for a, b in links if a in front and a != b} - set(reached)
        reached.update(dict.fromkeys(front, hop))
    assert {p: s.hops for p, s in industry.upstream(mask).items()} == reached
