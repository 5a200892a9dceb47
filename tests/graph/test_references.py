"""What the value of a reference column means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.references import Outcome, ReferenceIndex
from graph.schema import LINKS, NODES
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, edges, new_workspace, nodes, source

INSTITUTION = next(p.refers for p in NODES["scientists"].properties if p.name == "institution")
ENTERPRISE = LINKS["makes"].source.refers
PARTY = LINKS["participations"].target.refers


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Two sources that share ids and names, and one with code tables of its own."""
    folder = tmp_path_factory.mktemp("references")
    one = source(folder, "one", {
        "institutions.csv": csv_text([["id", "name", "aliases"], ["1", "重庆大学", "重大"], ["2", "西南大学", ""], ["甲/乙", "斜杠学院", ""],
        ["3", "同名研究所", ""],
                                      ["4", "同名研究所", ""], ["重大", "以别名为号的学院", ""]]),
        "enterprises.csv": csv_text([["id", "name", "short_name", "former_names"], ["1", "渝甲股份有限公司", "渝甲", ""],
        ["9", "乙公司", "", "旧乙公司"]]),
        "organisations.csv": csv_text([["id", "name"], ["1", "某处"]]),
        "scientists.csv": csv_text([["id", "name", "name_en"], ["1", "张三", "Zhang San"], ["2", "李四", ""], ["p", "——", ""]])})
    two = source(folder, "two", {
        "institutions.csv": csv_text([["id", "name"], ["7", "重庆大学"], ["8", "川大"]]),
        "scientists.csv": csv_text([["id", "name"], ["5", "李四"]])})
    codes = source(folder, "codes", {
        "regions.csv": csv_text([["id", "name", "parent"], ["K1", "高新区", "50"], ["50", "我的重庆", ""]]),
        "industries.csv": csv_text([["id", "name", "parent"], ["C391", "计算机制造", "39"], ["39", "我的电子", ""]]),
        "disciplines.csv": csv_text([["id", "name", "parent"], ["F0601", "机器人学", "F06"]])})
    with new_workspace(folder) as made:
        load(made, [one, two, codes])
        yield made


@pytest.fixture(scope="module")
def index(workspace: Workspace) -> ReferenceIndex:
    return ReferenceIndex(workspace.connection)


@pytest.mark.parametrize(("source_name", "refers", "value", "entity"), [
    ("one", INSTITUTION, "1", "one/institutions/1"), ("one", ENTERPRISE, "1", "one/enterprises/1"), ("one", INSTITUTION, "9", "one/enterprises/9"),
    ("one", PARTY, "1", "one/scientists/1"), ("one", INSTITUTION, "甲/乙", "one/institutions/甲/乙"),
    ("two", INSTITUTION, "one/institutions/1", "one/institutions/1"), ("two", INSTITUTION, "one/institutions/甲/乙", "one/institutions/甲/乙"),
    ("two", ENTERPRISE, "one/enterprises/1", "one/enterprises/1"),
    ("one", INSTITUTION, "重庆大学", "one/institutions/1"), ("two", INSTITUTION, "重庆大学", "two/institutions/7"),
    ("two", INSTITUTION, "西南大学", "one/institutions/2"), ("one", INSTITUTION, "川大", "two/institutions/8"),
    ("two", INSTITUTION, "重 大", "one/institutions/1"),
    ("one", INSTITUTION, "重大", "one/institutions/重大"),
    ("two", ENTERPRISE, "渝甲", "one/enterprises/1"), ("two", ENTERPRISE, "旧乙公司", "one/enterprises/9"),
    ("two", INSTITUTION, "重慶大學", "two/institutions/7"),
    ("two", ("scientists",), "zhang san", "one/scientists/1"), ("one", ("scientists",), "李四", "one/scientists/2"),
    ("two", ("scientists",), "李四", "two/scientists/5"),
])
def test_own_id_then_full_id_then_own_name_then_any_name(index: ReferenceIndex, source_name: str, refers: tuple[str, ...], value: str,
        entity: str) -> None:
    found = index.resolve(source_name, refers, value)
    assert (found.outcome, found.entity) == (Outcome.RESOLVED, entity)


def test_a_name_of_several_is_left_open(index: ReferenceIndex) -> None:
    found = index.resolve("one", INSTITUTION, "同名研究所")
    assert (found.outcome, found.candidates) == (Outcome.AMBIGUOUS, ("one/institutions/3", "one/institutions/4"))
    assert index.resolve("codes", INSTITUTION, "重庆大学").candidates == ("one/institutions/1", "two/institutions/7")
    assert index.resolve("codes", INSTITUTION, "重大").entity == "one/institutions/1"


@pytest.mark.parametrize("value", ["7", "没有的大学", "one/institutions/77", "——!", "", "%", "'; DROP TABLE meta; --"])
def test_what_nothing_is_called(index: ReferenceIndex, value: str) -> None:
    assert index.resolve("one", INSTITUTION, value).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("source_name", "table", "value", "entity"), [
    ("one", "regions", "50", "bundled/regions/50"), ("one", "regions", "500000", "bundled/regions/50"),
    ("one", "regions", "重庆", "bundled/regions/50"),
    ("one", "regions", "重慶市", "bundled/regions/50"), ("one", "regions", "万州", "bundled/regions/500101"),
    ("one", "regions", "500101", "bundled/regions/500101"),
    ("one", "regions", "石柱", "bundled/regions/500240"), ("one", "regions", "四川省成都市", "bundled/regions/5101"),
    ("one", "regions", "510100", "bundled/regions/5101"),
    ("one", "regions", "5101", "bundled/regions/5101"), ("one", "regions", "南京市鼓楼区", "bundled/regions/320106"),
    ("one", "regions", "K1", "codes/regions/K1"),
    ("codes", "regions", "K1", "codes/regions/K1"), ("codes", "regions", "高新区", "codes/regions/K1"),
    ("codes", "regions", "50", "codes/regions/50"),
    ("codes", "regions", "重庆", "bundled/regions/50"), ("codes", "regions", "bundled/regions/50", "bundled/regions/50"),
    ("one", "industries", "39", "bundled/industries/39"), ("one", "industries", "C39", "bundled/industries/39"),
    ("one", "industries", "c", "bundled/industries/C"),
    ("codes", "industries", "39", "codes/industries/39"), ("one", "industries", "制造业", "bundled/industries/C"),
    ("one", "industries", "C391", "codes/industries/C391"),
    ("one", "disciplines", "F06", "bundled/disciplines/F06"), ("one", "disciplines", "f06", "bundled/disciplines/F06"),
    ("one", "disciplines", "机器人学", "codes/disciplines/F0601"),
])
def test_codes_and_spellings_of_code_tables(index: ReferenceIndex, source_name: str, table: str, value: str, entity: str) -> None:
    found = index.resolve(source_name, (table,), value)
    assert (found.outcome, found.entity) == (Outcome.RESOLVED, entity)


def test_an_ambiguous_district_is_left_open(index: ReferenceIndex) -> None:
    found = index.resolve("one", ("regions",), "鼓楼区")
    assert found.outcome is Outcome.AMBIGUOUS
    assert set(found.candidates) == {f"bundled/regions/{code}" for code in ("320106", "320302", "350102", "410204")}
    assert index.resolve("one", ("regions",), "月球").outcome is Outcome.UNKNOWN


def test_an_ambiguous_district_makes_no_edge_and_is_reported(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"venues.csv": "id,name,region\n1,甲馆,鼓楼区\n2,乙馆,江苏省徐州市鼓楼区\n3,丙馆,火星\n"})
    with new_workspace(tmp_path) as workspace:
        report = load(workspace, [folder])
        assert [(i.row, i.column, i.value, i.code) for i in report.issues] == [
            (2, "region", "鼓楼区", "ambiguous_reference"), (4, "region", "火星", "unknown_region")]
        assert edges(workspace, "locations") == [("s/venues/2", "bundled/regions/320302"), ("s/venues/3", "s/regions/火星")]
        found = workspace.connection.execute("SELECT id, stub FROM graph.regions WHERE starts_with(id, 's/')").fetchall()
        assert found == [("s/regions/火星", True)]


def test_sources_that_say_the_same_code_their_own_way_meet_in_one_node(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"regions.csv": "id,name\n50,重庆市\n", "venues.csv": "id,name,region\n1,甲馆,50\n2,乙馆,重庆\n"})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        assert {target for _, target in edges(workspace, "locations")} == {"bundled/regions/50"}
        assert nodes(workspace, "venues").keys() == {"s/venues/1", "s/venues/2"}
