"""The schema says all that the outer contract promises, and says nothing twice."""

from __future__ import annotations

from collections import defaultdict

import pytest

from graph.errors import UnknownTable
from graph.records import record_schema
from graph.schema import (
    CODE_POOLS,
    EDGES,
    KINDS,
    LINKS,
    NODES,
    POOLS,
    TABLES,
    LinkTable,
    NodeTable,
    Privacy,
    Type,
    columns,
    pool_properties,
    table_named,
)
from loaders.headers import header_key, recognise_table

CONTRACT_NODES = """
scientists 科技工作者: *name id name_en aliases title degree honours institution societies disciplines keywords works bio region email phone orcid birth_date gender languages capacity do_not_contact conflicts retired overseas
organisations 机构: *name id aliases former_names type uscc legal_rep industry address region phone website founded
institutions 高校院所: *name id aliases type uscc region
enterprises 企业: *name id short_name aliases uscc region park industry honours founded employees revenue rd_spend listed stock_code
societies 学会: *name id level disciplines region
associations 科协组织: *name id type host parent region members
platforms 平台: *name id type host lead region functions founded
works 成果: *title id type abstract keywords year disciplines clc products trl doi url programme amount
needs 需求: title text id enterprise region industry products disciplines keywords budget deadline status experts_wanted
products 产品: *name id aliases industry critical kind domain
chains 产业链: *name id products region
regions 区划: *id *name parent level name_en aliases
industries 行业: *id *name parent level name_en aliases
disciplines 学科: *id *name parent level name_en aliases
region_groups 区域组: *id *name regions partly parent
events 活动: *name id type series society region date disciplines attendance
policies 政策: *name id text issuer region industries type amount valid_from valid_to
funds 基金: *name id text issuer region industries type amount valid_from valid_to
communities 创新共同体: *name id region chain
resources 科普资源: *name id type topics audiences society authors region year
venues 科普设施: *name id type region capacity visitors
surveys 素质测评: *region *audience *year id respondents literate weight
teams 专家服务队: *name id type members region disciplines
studies 智库课题: *title id text disciplines region lead year adopted_by
"""  # noqa: E501

CONTRACT_LINKS = """
authorships: work scientist position
memberships: society scientist role since
mentorships: mentor mentee since
makes: enterprise product share period basis
product_inputs: product input weight
product_kinds: product broader
industry_inputs: industry input weight
chain_products: chain product stage critical
participations: event party role
community_roles: community party role
investments: fund enterprise amount year follow_on
association_members: association party
employments: scientist enterprise from to
outcomes: need scientist result rating date
"""

CHOICES = {
    ("institutions", "type"): "university institute hospital school station agency financier service other",
    ("societies", "level"): "national municipal district",
    ("associations", "type"): "regional enterprise campus park talent",
    ("platforms", "type"): "academician_station overseas_station offshore_base young_scientist_studio trade_centre lab other",
    ("platforms", "functions"): "transfer conversion research sharing incubation",
    ("works", "type"): "paper patent project standard achievement",
    ("products", "kind"): "product service junk",
    ("resources", "audiences"): "youth farmers workers elderly officials",
    ("teams", "type"): "service popularisation think_tank",
    ("chain_products", "stage"): "up mid down",
    ("community_roles", "role"): "政 产 学 研 金 服 用",
    ("outcomes", "result"): "declined contacted signed done failed",
}

LISTS = {
    "scientists": "aliases honours societies disciplines keywords works languages conflicts", "organisations": "aliases former_names industry",
    "enterprises": "aliases industry honours", "societies": "disciplines", "platforms": "functions", "works": "keywords disciplines products",
    "needs": "products disciplines keywords", "products": "aliases", "chains": "products", "region_groups": "regions partly",
    "policies": "industries", "resources": "topics audiences authors", "teams": "members disciplines", "studies": "disciplines adopted_by",
}

PARTIES = {"scientists", "organisations", "institutions", "enterprises", "societies", "associations"}


def test_every_node_table_and_column_of_the_contract_is_declared() -> None:
    declared = [line.split(": ") for line in CONTRACT_NODES.strip().splitlines()]
    assert list(NODES) == [head.split()[0] for head, _ in declared]
    for head, listed in declared:
        name, label = head.split()
        table = NODES[name]
        assert table.label == label
        own = {p.name: p for p in table.properties}
        wanted = listed.split()
        assert {w.lstrip("*") for w in wanted} - {"id"} <= set(own), name
        assert {p.name for p in table.properties if p.required} == {w[1:] for w in wanted if w[0] == "*"} - {"id"}, name
        assert table.needs_id == ("*id" in wanted), name
    assert NODES["needs"].any_of == ("title", "text")


def test_every_link_table_and_column_of_the_contract_is_declared() -> None:
    declared = [line.split(": ") for line in CONTRACT_LINKS.strip().splitlines()]
    assert list(LINKS) == [name for name, _ in declared]
    for name, listed in declared:
        assert [p.name for p in LINKS[name].columns] == listed.split()
        assert LINKS[name].source.required
        assert LINKS[name].target.required


def test_choices_and_lists_of_the_contract() -> None:
    props = {(t.name, p.name): p for t in TABLES.values() for p in columns(t)}
    assert {key: set(props[key].choices) for key in CHOICES} == {key: set(words.split()) for key, words in CHOICES.items()}
    for table, names in LISTS.items():
        assert [n for n in names.split() if props[table, n].type is not Type.LIST] == [], table
    assert (props["outcomes", "rating"].minimum, props["outcomes", "rating"].maximum) == (1, 5)
    assert (props["makes", "share"].minimum, props["makes", "share"].maximum) == (0, 1)


def test_a_party_is_a_person_or_an_organisation() -> None:
    for name in ("participations", "community_roles", "association_members"):
        assert set(LINKS[name].target.refers) == PARTIES


def test_the_five_kinds_of_organisation_share_a_pool() -> None:
    assert [t.name for t in POOLS["organisations"]] == ["organisations", "institutions", "enterprises", "societies", "associations"]
    assert len(POOLS) == len(NODES) - 4
    assert {p: len(POOLS[p]) for p in CODE_POOLS} == dict.fromkeys(CODE_POOLS, 1)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_no_header_means_two_properties(table: NodeTable | LinkTable) -> None:
    claims: dict[str, set[str]] = defaultdict(set)
    for p in columns(table):
        for header in (p.name, p.label, *p.aliases):
            claims[header_key(header)].add(p.name)
    for header in ("id", "编号", "编码", "代码", "标识"):
        claims[header_key(header)].add("id")
    assert {header: names for header, names in claims.items() if len(names) > 1} == {}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_each_table_is_recognised_by_its_chinese_labels(table: NodeTable | LinkTable) -> None:
    labels = [p.label for p in columns(table)]
    if isinstance(table, NodeTable) and table.needs_id:
        labels.insert(0, "编号")
    assert recognise_table(tuple(labels)) == table.name


@pytest.mark.parametrize("table",
    [t for t in TABLES.values() if t.name not in ("organisations", "institutions", "regions", "industries", "disciplines",
                                                                            "policies", "funds")], ids=lambda t: t.name)
def test_each_table_that_can_be_told_apart_is_recognised_by_its_english_names(table: NodeTable | LinkTable) -> None:
    needs_id = isinstance(table, NodeTable) and table.needs_id
    assert recognise_table((*(["id"] if needs_id else []), *(p.name for p in columns(table)))) == table.name


def test_tables_are_known_by_stem_and_by_chinese_name_and_no_name_means_two() -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for table in TABLES.values():
        assert table_named(table.name) is table_named(table.label) is table_named(f" {table.name.upper()} ") is table
        for name in (table.name, table.label, *table.aliases):
            names[name].add(table.name)
    assert {name: tables for name, tables in names.items() if len(tables) > 1} == {}
    with pytest.raises(UnknownTable, match="scientists, "):
        table_named("scientist")


def test_every_edge_kind_is_made_by_something_and_every_reference_makes_one() -> None:
    made = {p.edge for t in NODES.values() for p in t.properties if p.refers} | set(LINKS)
    assert made == set(EDGES)
    assert [(t.name, p.name) for t in NODES.values() for p in t.properties if bool(p.edge) != bool(p.refers)] == []
    assert len({e.type for e in EDGES.values()}) == len(EDGES)


def test_references_become_edges_between_the_pools_that_they_name() -> None:
    for table in NODES.values():
        for p in (p for p in table.properties if p.refers):
            here, there = (EDGES[p.edge].targets, EDGES[p.edge].sources) if p.inverse else (EDGES[p.edge].sources, EDGES[p.edge].targets)
            assert table.pool in here, (table.name, p.name)
            assert {NODES[r].pool for r in p.refers} <= set(there), (table.name, p.name)
    for link in LINKS.values():
        assert set(EDGES[link.name].sources) == {NODES[r].pool for r in link.source.refers}
        assert set(EDGES[link.name].targets) == {NODES[r].pool for r in link.target.refers}


def test_properties_that_share_a_name_in_a_pool_share_their_type() -> None:
    for pool, tables in POOLS.items():
        types: dict[str, set[Type]] = defaultdict(set)
        for table in tables:
            for p in table.properties:
                types[p.name].add(p.type)
        assert {name: found for name, found in types.items() if len(found) > 1} == {}, pool
        assert "id" not in types
        assert len(pool_properties(pool)) == len({p.name for p in pool_properties(pool)})


def test_keys_and_kinds_name_what_is_there() -> None:
    for table in NODES.values():
        assert set(table.key) | set(table.any_of) <= {p.name for p in table.properties}
        assert KINDS[table.kind] is table
    for link in LINKS.values():
        assert set(link.key) <= {p.name for p in link.properties}


def test_what_a_person_can_be_reached_by_is_marked() -> None:
    marked = {(t.name, p.name) for t in NODES.values() for p in t.properties if p.privacy is Privacy.CONTACT}
    assert {("scientists", n) for n in ("email", "phone", "birth_date")} | {(t.name, "phone") for t in POOLS["organisations"]} == marked


def test_records_hold_every_column() -> None:
    for name, table in TABLES.items():
        assert record_schema(name).names == ["id", "file", "row", "raw", "extra", *(p.name for p in columns(table))]
