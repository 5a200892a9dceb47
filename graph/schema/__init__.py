"""What things are: every node table, link table and edge kind, declared once.

Header recognition, validation, DuckDB tables, Neo4j constraints, the data dictionary (docs/DATA.md) and the labels and
colours of the pages all come from here. To add a kind: one entry in `nodes.py` (or `links.py`, and its type in
`edges.py`), and `make docs`.
"""

from __future__ import annotations

from graph.errors import UnknownTable
from graph.schema.declare import EdgeKind, LinkTable, Merge, NodeTable, Privacy, Property, Table, Type, columns
from graph.schema.edges import EDGE_KINDS
from graph.schema.links import LINK_TABLES
from graph.schema.nodes import AUDIENCES, NODE_TABLES

VERSION = "1"
"""Goes into every revision and cache key: raise it when the graph's form changes."""

NODES: dict[str, NodeTable] = {t.name: t for t in NODE_TABLES}
LINKS: dict[str, LinkTable] = {t.name: t for t in LINK_TABLES}
TABLES: dict[str, Table] = {**NODES, **LINKS}
EDGES: dict[str, EdgeKind] = {e.name: e for e in EDGE_KINDS}
KINDS: dict[str, NodeTable] = {t.kind: t for t in NODE_TABLES}
POOLS: dict[str, tuple[NodeTable, ...]] = {
    pool: tuple(t for t in NODE_TABLES if t.pool == pool) for pool in dict.fromkeys(t.pool for t in NODE_TABLES)
}
OTHER_NAMES = ("name_en", "short_name", "aliases", "former_names")
"""Properties that hold names of a thing, beside its name or title."""

BUNDLED_SOURCE = "bundled"
"""The source of the code tables that come with the program."""

CODE_POOLS = ("regions", "industries", "disciplines", "region_groups")
"""Pools whose bundled records are known by official code: equal codes are the same thing."""

SENSITIVE_HEADERS = (
    "身份证", "证件号", "护照号", "宗教", "民族", "政治面貌", "党派", "党员", "入党", "健康状况", "病史", "血型", "婚姻", "家庭成员", "配偶",
    "子女", "公民身份", "身份号", "信仰", "家属", "父母", "残疾", "党籍", "id card", "id number", "id no",
    "identity no", "identity number", "passport", "religion", "ethnic", "political", "party member", "health", "marital",
    "健康情况", "健康档案", "身体状况", "病历", "疾病史", "患病", "婚否", "政治身份", "家庭情况", "家庭关系", "亲属", "银行卡", "银行账",
    "identity card", "national id", "religious", "communist", "medical record", "blood type", "blood group", "disab", "spouse", "marriage",
    "family member", "bank card", "bank account", "credit card",
)
"""A column whose header holds one of these is refused at load: no such data is kept anywhere."""

SENSITIVE_WHOLE_HEADERS = ("健康", "疾病", "身体", "婚", "婚育", "家庭", "群众", "党", "ssn")
"""A column that the schema does not know is refused, too, where this is its whole header: as a part, the word stands in many that are harmless."""


def pool_properties(pool: str) -> tuple[Property, ...]:
    """The properties of a pool's nodes: those of all its tables that are values, not references, each name once."""
    found: dict[str, Property] = {}
    for table in POOLS[pool]:
        for p in table.properties:
            if not p.refers:
                found.setdefault(p.name, p)
    return tuple(found.values())


def table_named(name: str) -> Table:
    """The table of an English stem or of a Chinese name.

    Raises:
        UnknownTable: the schema has no such table.
    """
    wanted = name.strip().casefold()
    for table in TABLES.values():
        if wanted in (table.name, table.label, *table.aliases):
            return table
    raise UnknownTable(f"no table is called {name!r}: use one of {', '.join(TABLES)}")


__all__ = [
    "AUDIENCES", "BUNDLED_SOURCE", "CODE_POOLS", "EDGES", "EDGE_KINDS", "KINDS", "LINKS", "LINK_TABLES", "NODES", "NODE_TABLES", "OTHER_NAMES",
    "POOLS",
    "SENSITIVE_HEADERS", "SENSITIVE_WHOLE_HEADERS", "TABLES", "VERSION",
    "EdgeKind", "LinkTable", "Merge", "NodeTable", "Privacy", "Property", "Table",
    "Type", "columns", "pool_properties", "table_named",
]
