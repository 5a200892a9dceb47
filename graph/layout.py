"""The columns of the graph's tables, alike in every store, and the digests over them."""

from __future__ import annotations

import hashlib

import duckdb
import pyarrow as pa

from graph.privacy import hidden_in_text
from graph.records import ARROW_TYPES
from graph.schema import EDGES, POOLS, VERSION, Privacy, Property, Type, pool_properties
from graph.sql import quoted, scalar

INDICATORS = Property("indicators", "指标", note="JSON object: header → cell, of columns beyond the schema")


def node_properties(pool: str) -> tuple[Property, ...]:
    """The value properties of a pool's nodes, in column order."""
    extra = (INDICATORS,) if any(t.keeps_indicators for t in POOLS[pool]) else ()
    return (*pool_properties(pool), *extra)


def node_columns(pool: str) -> tuple[str, ...]:
    """id, node_kind (scientist, enterprise …), stub, records (the member records where there are several), then the properties."""
    return ("id", "node_kind", "stub", "records", *(p.name for p in node_properties(pool)))


def edge_columns(kind: str) -> tuple[str, ...]:
    """source, target, the properties, then origin (the record that says so)."""
    return ("source", "target", *(p.name for p in EDGES[kind].properties), "origin")


def node_schema(pool: str) -> pa.Schema:
    return pa.schema([("id", pa.string()), ("node_kind", pa.string()), ("stub", pa.bool_()), ("records", pa.list_(pa.string())),
                      *((p.name, ARROW_TYPES[p.type]) for p in node_properties(pool))])


def edge_schema(kind: str) -> pa.Schema:
    return pa.schema([("source", pa.string()), ("target", pa.string()),
                      *((p.name, ARROW_TYPES[p.type]) for p in EDGES[kind].properties), ("origin", pa.string())])


def hash_expression(columns: tuple[str, ...]) -> str:
    """SQL for the content hash of a row: half of the SHA-256 of its JSON, null fields and all."""
    fields = ", ".join(f"{quoted(c)} := {quoted(c)}" for c in columns)
    return f"left(sha256(to_json(struct_pack({fields}))::VARCHAR), 32)"


def table_digest(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """The digest of a table with a `hash` column: of its hashes in order."""
    return str(scalar(connection, f"SELECT sha256(coalesce(string_agg(hash, '' ORDER BY hash), '')) FROM {relation}"))


def revision_of(digests: dict[str, str]) -> str:
    """The revision of a graph from the digests of its tables: the same in every store that holds the same graph."""
    text = "\n".join([VERSION, *(f"{name} {digest}" for name, digest in sorted(digests.items()))])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def each_value(p: Property) -> str:
    """SQL for the values of a property, one a row: the items of a list."""
    return f"unnest({quoted(p.name)})" if p.type is Type.LIST else quoted(p.name)


def masked(p: Property) -> str:
    """SQL for a property as the graph may hold it: contact fields masked (`z***@example.org`, `138****01`), a birth date cut to its year,
    contact values and identity numbers in any other text hidden.

    A contact cell that is not just one address or one number keeps nothing.
    """
    column = quoted(p.name)
    if p.privacy is not Privacy.CONTACT:
        return hidden_in_text(p)
    if p.type is Type.DATE:
        return f"left({column}, 4)"
    return (f"CASE WHEN {column} IS NULL THEN NULL "
            f"WHEN regexp_full_match({column}, '[^@\\s]+@([A-Za-z][A-Za-z0-9-]*[.])+[A-Za-z]+') "
            f"THEN left({column}, 1) || '***' || regexp_extract({column}, '@.*$') "
            f"WHEN regexp_full_match({column}, '[-+0-9 ()]{{10,20}}') THEN left({column}, 3) || '****' || right({column}, 2) ELSE '****' END")
