"""The served graph, read.

What is read is the content, never a stored hash. A table is read in one transaction; Neo4j reads what is committed at the time, so a store
also holds every table to one publish: see `Neo4jStore`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any

import duckdb
import neo4j
import pyarrow as pa

from graph import cypher
from graph.errors import StoreError, StoreUnfinished
from graph.layout import edge_columns, edge_schema, node_columns, node_schema
from graph.neo4j_connection import Neo4jConnection
from graph.schema import KINDS, VERSION
from graph.sql import lent, quoted

PAGE = 5_000
"""Rows a page: with abstracts and biographies some 10 MB in the server's memory."""

MARK, BROKEN = "zhulian_hash", "zhulian_broken"
"""Columns of a table as it was read, beside its own: the stored hash, and whether a value had a type that the schema does not allow."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What the meta node says; `serial` counts the publishes that changed something, 0 before the first."""

    state: str | None
    revision: str | None
    schema: str | None
    serial: int


def read_meta(connection: Neo4jConnection) -> Meta:
    return Meta(**connection.read(cypher.READ_META)[0])


def read_nodes(connection: Neo4jConnection, pool: str) -> pa.Table:
    """All nodes of ours in a pool, in no order: `node_schema(pool)`, then the stored hash and whether it is broken.

    The kind is what the labels say; null where they fit no kind of the pool.
    """
    kinds = {frozenset(cypher.kind_labels(kind)): kind for kind, table in KINDS.items() if table.pool == pool}
    schema = node_schema(pool)

    def convert(record: neo4j.Record) -> pa.Table:
        rows = record["rows"]
        for row in rows:
            row[1] = kinds.get(frozenset(row[1]))
        return _table(rows, schema)

    return _joined(connection.pages(cypher.read_nodes(pool), convert, page=PAGE, labels=list(cypher.KIND_LABELS)), schema)


def read_edges(connection: Neo4jConnection, kind: str) -> pa.Table:
    """All edges of ours of a kind, in no order: `edge_schema(kind)`, then the stored hash and whether it is broken.

    An end is null where it is no node of ours.
    """
    schema = edge_schema(kind)
    return _joined(connection.pages(cypher.read_edges(kind), lambda record: _table(record["rows"], schema), page=PAGE), schema)


def _with_marks(schema: pa.Schema) -> pa.Schema:
    return schema.append(pa.field(MARK, pa.string())).append(pa.field(BROKEN, pa.bool_()))


def _joined(pages: list[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables(pages) if pages else _with_marks(schema).empty_table()


def _table(rows: list[list[Any]], schema: pa.Schema) -> pa.Table:
    """A page of rows of values (the last one is the stored hash) as a table."""
    broken = [False] * len(rows)
    fields = [*schema, pa.field(MARK, pa.string())]
    columns = [_column(list(values), field.type, broken) for values, field in zip(zip(*rows, strict=True), fields, strict=True)]
    return pa.table([*columns, pa.array(broken, pa.bool_())], schema=_with_marks(schema))


def _column(values: list[Any], type_: pa.DataType, broken: list[bool]) -> pa.Array:
    """Values as a typed column. One of another type, which only another program can have written, becomes null and its row broken."""
    try:
        return pa.array(values, type_)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        fitting = []
        for i, value in enumerate(values):
            try:
                fitting.append(pa.scalar(value, type_).as_py())
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
                fitting.append(None)
                broken[i] = True
        return pa.array(fitting, type_)


class Neo4jStore:
    """A `GraphStore` over a Neo4j server to which a graph was published.

    All tables that a store gives are of the publish that `revision()` last saw: after each table is read, the meta node is read again, and
    the table is refused if a publish has begun since (it says so there, under a new serial number, before its first write). So a snapshot
    whose tables were all given is of one revision, whatever ran beside it.

    Args:
        uri: bolt://… or neo4j://…
        username, password: from NEO4J_USERNAME (else `neo4j`) and NEO4J_PASSWORD where None.

    Raises:
        UsageError: no password, or the address is none.
        StoreUnreachable: no server answers.
        StoreDenied: wrong user or password.
    """

    def __init__(self, uri: str, *, username: str | None = None, password: str | None = None) -> None:
        self.connection = Neo4jConnection(uri, username=username, password=password)
        self._meta: Meta | None = None
        self._duckdb = duckdb.connect()

    @property
    def address(self) -> str:
        return self.connection.uri

    def revision(self) -> str:
        """The revision that was published.

        Raises:
            StoreUnfinished: a publish died half-way or is running.
            StoreError: nothing was published there, or by another version of the program.
        """
        meta = read_meta(self.connection)
        if meta.state is None:
            raise StoreError(f"{self.address}: nothing was published there (zhulian publish {self.address})")
        if meta.state != "published" or meta.revision is None:
            raise StoreUnfinished(f"{self.address}: the graph there is half-published; wait for the running publish, or finish one that "
                                  f"died (zhulian publish {self.address})")
        if meta.schema != VERSION:
            raise StoreError(f"{self.address}: published in version {meta.schema} of the schema, this program reads {VERSION}; "
                             f"publish again (zhulian publish {self.address})")
        self._meta = meta
        return meta.revision

    def nodes(self, pool: str) -> pa.Table:
        """The nodes of a pool, by id: `graph.layout.node_schema(pool)`.

        Raises:
            StoreUnfinished: a publish began since `revision()` was asked.
            StoreError: someone else changed the type of a property of ours.
        """
        self._begin()
        return self._checked(read_nodes(self.connection, pool), pool, node_columns(pool), "id")

    def edges(self, kind: str) -> pa.Table:
        """The edges of a kind, by all columns: `graph.layout.edge_schema(kind)`. Raises as `nodes` does."""
        self._begin()
        return self._checked(read_edges(self.connection, kind), kind, edge_columns(kind), "ALL")

    def _begin(self) -> None:
        if self._meta is None:
            self.revision()

    def _checked(self, served: pa.Table, name: str, columns: tuple[str, ...], order: str) -> pa.Table:
        """A table as every store gives it: sorted as DuckDB sorts, of the publish that `revision()` saw."""
        if read_meta(self.connection) != self._meta:
            self._meta = None
            raise StoreUnfinished(f"{self.address}: the graph was published anew while it was being read; run this again")
        if served.num_rows == 0:
            return served.select(list(columns))
        listed = ", ".join(quoted(c) for c in columns)
        with lent(self._duckdb, "served", served):
            if broken := self._duckdb.execute(f"SELECT {quoted(columns[0])} FROM served WHERE {BROKEN} LIMIT 1").fetchall():
                raise StoreError(f"{self.address}: {name}: {broken[0][0]} has a property of the wrong type, changed by someone else; "
                                 f"publish again (zhulian publish {self.address})")
            return self._duckdb.sql(f"SELECT {listed} FROM served ORDER BY {order}").to_arrow_table().cast(
                pa.schema([served.schema.field(c) for c in columns]))

    def close(self) -> None:
        self._duckdb.close()
        self.connection.close()

    def __enter__(self) -> Neo4jStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
