"""The schema as Cypher: what stands in the statements. That they run is shown by the tests of publish."""

from __future__ import annotations

import re

import pytest

from graph import cypher
from graph.schema import EDGES, KINDS, POOLS


def test_a_node_is_labelled_by_pool_and_kind() -> None:
    assert cypher.kind_labels("enterprise") == ("Organisation", "Enterprise")
    assert cypher.kind_labels("organisation") == ("Organisation",)
    assert cypher.kind_labels("scientist") == ("Scientist",)
    assert cypher.kind_labels("region_group") == ("RegionGroup",)


def test_labels_and_types_tell_kinds_apart() -> None:
    assert len({frozenset(cypher.kind_labels(kind)) for kind in KINDS}) == len(KINDS)
    assert len(set(cypher.POOL_LABELS)) == len(POOLS)
    assert len({kind.type for kind in EDGES.values()}) == len(EDGES)
    assert not {cypher.OWNED, cypher.META, cypher.LOCK, cypher.WITHDRAWN} & set(cypher.KIND_LABELS)


@pytest.mark.parametrize(("name", "quoted"), [
    ("name", "`name`"), ("所在 地区", "`所在 地区`"), ("a`b", "`a``b`"), ("x`) DETACH DELETE (n", "`x``) DETACH DELETE (n`")])
def test_names_are_quoted(name: str, quoted: str) -> None:
    assert cypher.quoted(name) == quoted


def test_ids_are_unique_among_our_nodes() -> None:
    assert cypher.constraints()["zhulian_id"] == "CREATE CONSTRAINT `zhulian_id` IF NOT EXISTS FOR (n:`Zhulian`) REQUIRE n.id IS UNIQUE"


def test_names_and_titles_are_indexed_by_label() -> None:
    indexes = cypher.indexes()
    assert indexes["zhulian_enterprise_name"] == "CREATE TEXT INDEX `zhulian_enterprise_name` IF NOT EXISTS FOR (n:`Enterprise`) ON (n.`name`)"
    assert indexes["zhulian_work_title"].endswith("FOR (n:`Work`) ON (n.`title`)")
    assert not any("survey" in name for name in indexes), "a survey has no name"


def test_full_text_is_one_index_a_pool_with_the_cjk_analyzer() -> None:
    indexes = cypher.indexes()
    assert indexes["zhulian_works_fulltext"] == (
        "CREATE FULLTEXT INDEX `zhulian_works_fulltext` IF NOT EXISTS FOR (n:`Work`) ON EACH [n.`title`, n.`abstract`, n.`keywords`] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}")
    assert [name for name in indexes if name.startswith("zhulian_organisations")] == ["zhulian_organisations_fulltext"]


def test_reading_carries_every_column_in_order() -> None:
    read = cypher.read_edges("makes")
    assert "[r:`MAKES`]" in read
    assert re.findall(r"x\[1\]\.`?(\w+)`?", read) == ["share", "period", "basis", "origin", "zhulian_hash"]
    assert re.findall(r"x\.`?(\w+)`?", cypher.read_nodes("surveys")) == [
        "id", "stub", "records", "audience", "year", "respondents", "literate", "weight", "zhulian_hash"]


def test_writing_sets_the_labels_of_the_kind_and_takes_off_all_others() -> None:
    write = cypher.write_nodes("enterprise")
    [(set_, remove)] = re.findall(r".*SET n((?::`\w+`)+), .* REMOVE n((?::`\w+`)+) RETURN .*", write)
    assert set_ == ":`Organisation`:`Enterprise`"
    assert set(re.findall(r"`(\w+)`", remove)) == set(cypher.KIND_LABELS) - {"Organisation", "Enterprise"}


def test_a_withdrawn_person_loses_the_name_and_a_withdrawn_work_keeps_its_title() -> None:
    assert {"name", "bio", "email", "stub", "records"} <= set(cypher.withdrawn_nulls("scientists"))
    assert "title" not in cypher.withdrawn_nulls("works")
    assert {"abstract", "year", "stub", "records"} <= set(cypher.withdrawn_nulls("works"))
    assert {"name", "title", "abstract"} <= set(cypher.withdrawn_nulls("")), "what it was is unknown, so nothing but the id stays"
    assert all("id" not in cypher.withdrawn_nulls(pool) for pool in ("", *POOLS))
