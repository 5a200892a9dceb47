"""The few things that every query here needs: quoted names, single values, and Arrow tables lent to a statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def first_row(con: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
    """The first row of a query, or None; the result is read to its end, so that the connection is free again."""
    rows = con.execute(query, list(parameters)).fetchall()
    return rows[0] if rows else None


def scalar(con: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()) -> Any:
    """The first value of the first row, or None."""
    row = first_row(con, query, parameters)
    return None if row is None else row[0]


def count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    """How many rows a relation has."""
    return int(scalar(con, f"SELECT count(*) FROM {relation}"))


@contextmanager
def lent(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> Iterator[None]:
    """An Arrow table under a name, for the statements inside. (A bare variable would lose to a table of the same name.)"""
    con.register(name, table)
    try:
        yield
    finally:
        con.unregister(name)


def strings(**columns: Sequence[str | None]) -> pa.Table:
    """An Arrow table of text columns."""
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
