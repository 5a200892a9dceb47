"""Hashes, digests, revisions and masks: alike wherever they are computed."""

from __future__ import annotations

import hashlib
import json

import duckdb
import pytest

from graph.layout import edge_columns, edge_schema, hash_expression, masked, node_columns, node_schema, revision_of, table_digest
from graph.schema import EDGES, POOLS, Privacy, Property, Type


def test_columns_and_schemas_say_the_same() -> None:
    for pool in POOLS:
        assert tuple(node_schema(pool).names) == node_columns(pool)
        assert node_columns(pool)[:4] == ("id", "node_kind", "stub", "records")
    for kind in EDGES:
        assert tuple(edge_schema(kind).names) == edge_columns(kind)
        assert (edge_columns(kind)[:2], edge_columns(kind)[-1]) == (("source", "target"), "origin")
    assert [pool for pool in POOLS if "indicators" in node_columns(pool)] == ["organisations", "platforms"]


def test_a_hash_is_half_of_the_sha_256_of_the_row_as_json() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE t AS SELECT '甲' AS id, NULL::VARCHAR AS name, ['a', 'b'] AS items, 1.5 AS \"from\", true AS stub")
        made = con.execute(f"SELECT {hash_expression(('id', 'name', 'items', 'from', 'stub'))} FROM t").fetchall()[0][0]
    text = json.dumps({"id": "甲", "name": None, "items": ["a", "b"], "from": 1.5, "stub": True}, ensure_ascii=False, separators=(",", ":"))
    assert made == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_a_table_s_digest_does_not_depend_on_the_order_of_rows() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE a AS SELECT unnest(['x', 'y', 'z']) AS hash")
        con.execute("CREATE TABLE b AS SELECT unnest(['z', 'x', 'y']) AS hash")
        con.execute("CREATE TABLE none AS SELECT hash FROM a WHERE false")
        assert table_digest(con, "a") == table_digest(con, "b") == hashlib.sha256(b"xyz").hexdigest()
        assert table_digest(con, "none") == hashlib.sha256(b"").hexdigest()


def test_a_revision_is_of_all_tables_whatever_their_order() -> None:
    assert revision_of({"a": "1", "b": "2"}) == revision_of({"b": "2", "a": "1"})
    assert len({revision_of({"a": "1", "b": "2"}), revision_of({"a": "2", "b": "1"}), revision_of({"a": "1"})}) == 3


@pytest.mark.parametrize(("type_", "value", "shown"), [
    (Type.TEXT, "13812345678", "138****78"), (Type.TEXT, "023-67891234", "023****34"), (Type.TEXT, "67891234", "****"), (Type.TEXT, "1", "****"),
    (Type.TEXT, "zhang.san@example.org", "z***@example.org"), (Type.TEXT, "a@x.cn;secret@y.cn", "****"), (Type.TEXT, "@", "****"),
    (Type.TEXT, "zhang@cqu.edu.cn 13812345678", "****"), (Type.TEXT, "a@b.cn13812345678", "****"), (Type.TEXT, "13812345678 张", "****"),
    (Type.TEXT, None, None), (Type.DATE, "1960-05-17", "1960"), (Type.DATE, "1960", "1960"), (Type.DATE, None, None),
])
def test_contact_fields_are_masked(type_: Type, value: str | None, shown: str | None) -> None:
    p = Property("o'k \"x\"", "联系", type_, privacy=Privacy.CONTACT)
    with duckdb.connect() as con:
        con.execute('CREATE TABLE t ("o\'k ""x""" VARCHAR)')
        con.execute("INSERT INTO t VALUES (?)", [value])
        assert con.execute(f"SELECT {masked(p)} FROM t").fetchall() == [(shown,)]


def test_public_fields_are_shown() -> None:
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {masked(Property('name', '姓名'))} FROM (SELECT '王磊 2021' AS name)").fetchall() == [("王磊 2021",)]


@pytest.mark.parametrize(("said", "shown"), [
    ("师从某某，电话13812345678或zhang.san@example.org。", "师从某某，电话****或****。"),
    ("023-68251234、(023)68251234", "****、****"),
    ("证件 11010519491231002X", "证件 ****"),
    ("1987—2021年，第138届，编号20151138001380", "1987—2021年，第138届，编号20151138001380"),
])
def test_what_looks_like_a_contact_is_hidden_in_any_text(said: str, shown: str) -> None:
    with duckdb.connect() as con:
        for p, value in ((Property("bio", "简介"), said), (Property("keywords", "关键词", Type.LIST), [said])):
            [(found,)] = con.execute(f"SELECT {masked(p)} FROM (SELECT $value AS {p.name})", {"value": value}).fetchall()
            assert found == (shown if p.type is Type.TEXT else [shown])


def test_codes_and_an_offices_landline_are_no_contacts() -> None:
    with duckdb.connect() as con:
        for name, value in (("doi", "10.1000/13812345678"), ("uscc", "915001012003051318"), ("address", "重庆市 023-68251234")):
            assert con.execute(f"SELECT {masked(Property(name, ''))} FROM (SELECT $value AS {name})", {"value": value}).fetchall() == [(value,)]
        [(found,)] = con.execute(f"SELECT {masked(Property('address', ''))} FROM (SELECT '王工 13812345678' AS address)").fetchall()
        assert found == "王工 ****"
