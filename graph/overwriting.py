"""What Neo4j's files keep of people who were forgotten, written over.

Neo4j marks the records of what is deleted as free and leaves their bytes where they are until something new is written there, at no known time; a
deleted key may stay in a page of the range index, and the full-text and text indexes keep a deleted name until their segments are merged. So after
people were forgotten (or a source expired), and their nodes deleted, `overwrite`

- drops the indexes of the program, with their files, and makes them again;
- writes nodes that say nothing (`ZhulianFiller`), as much as the whole graph takes, in the form that fills records to the last byte, and deletes
  them again: free records are used before a file grows, so that those of the deleted nodes are among them. (More can be free only where
  the graph was more than twice as large before.)

What is left then is the transaction log, which is the server's alone to prune (`log_retention`), and is pruned at a checkpoint: on stopping, or
after a quarter of an hour. The layout of the records (128 bytes, 120 of them data, for long strings and arrays; 4 blocks of 8 bytes for short
values) is that of the record formats `aligned` and `standard`, the only ones of the Community edition in Neo4j 5.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable, Iterator

from graph import cypher
from graph.compare import Progress
from graph.errors import StoreUnfinished
from graph.layout import edge_columns, node_columns, node_schema
from graph.neo4j_connection import Neo4jConnection, run
from graph.neo4j_store import read_meta
from graph.publish_lock import owned, publish_lock, taken_over
from graph.rewrite import ERASURE
from graph.schema import EDGES, POOLS
from graph.server_indexes import make_indexes
from graph.sql import first_row, quoted
from graph.workspace import Workspace

_RECORD, _RECORDS_A_NODE = 120, 100
_SHORT, _SHORTS_A_NODE = "ÿ" * 27, 10
"""A string that takes all four blocks of a property record (27 characters of Latin-1, which no denser encoding holds), ten to a node."""
_LONG = "x" * (_RECORD * _RECORDS_A_NODE)
_BYTES = b"\x55" * (_RECORD * _RECORDS_A_NODE - 3)
"""Three bytes say what kind of array it is."""
_INLINE = 24
"""Bytes from which on a text certainly has records of its own."""
_FEWEST, _NODES_A_TRANSACTION = 400, 100
_SETTLED = 5.0
"""Seconds after which Neo4j gives freed records out again: it looks every second, and waits for the transactions that are open then."""


def overwrite(workspace: Workspace, connection: Neo4jConnection, revision: str, progress: Progress) -> bool:
    """Write over what the server's files keep of people forgotten since it was done last. Returns whether anything was to do.

    Readers are not hindered. A publisher that dies in here leaves the work, and filler, to the next.

    Args:
        revision: what was published just now, its transactions closed: one that is open keeps freed records from being used again.

    Raises:
        StoreUnfinished: another publisher is at work.
        StoreError: the server refused.
    """
    erasure = workspace.meta(ERASURE)
    if erasure is None or connection.read(cypher.OVERWRITTEN) == [{"erasure": erasure}]:
        return False
    # No transaction of ours is open now: the lock that was let go would keep what was freed under it, and so would the next.
    time.sleep(_SETTLED)
    with publish_lock(connection):
        meta = read_meta(connection)
        if (meta.state, meta.revision) != ("published", revision):
            raise StoreUnfinished(taken_over(connection.uri))
        owner = uuid.uuid4().hex
        connection.write(lambda transaction: run(transaction, cypher.TAKE_OVER, owner=owner))

        def write(query: str, **parameters: object) -> int:
            return int(owned(connection, owner, lambda transaction: run(transaction, query, **parameters))[0]["done"])

        _delete_filler(write)
        _drop_indexes(connection)
        batches = list(_filler(workspace))
        for done, (count, values) in enumerate(batches):
            progress("overwriting", done, len(batches))
            write(cypher.WRITE_FILLER, count=count, values=values)
        _delete_filler(write)
        make_indexes(connection)
        write(cypher.SET_OVERWRITTEN, erasure=erasure)
    return True


def _delete_filler(write: Callable[..., int]) -> None:
    while write(cypher.DELETE_FILLER, most=_NODES_A_TRANSACTION):
        pass


def _drop_indexes(connection: Neo4jConnection) -> None:
    """Drop what holds names and ids, and make the constraint again at once. (That of the lock node waits for the lock that is held here.)"""
    for name in cypher.indexes():
        connection.change_schema(f"DROP INDEX {cypher.quoted(name)} IF EXISTS")
    name = cypher.constraint_name(cypher.OWNED)
    connection.change_schema(f"DROP CONSTRAINT {cypher.quoted(name)} IF EXISTS")
    connection.change_schema(cypher.constraints()[name])


def _filler(workspace: Workspace) -> Iterator[tuple[int, dict[str, object]]]:
    """(how many nodes, their properties) by transaction: as many records of each kind as the graph takes."""
    values, strings, arrays = _records(workspace)
    for properties, nodes in (({f"p{i}": _SHORT for i in range(_SHORTS_A_NODE)}, values / _SHORTS_A_NODE),
                              ({"s": _LONG}, strings / _RECORDS_A_NODE), ({"b": _BYTES}, arrays / _RECORDS_A_NODE)):
        left = max(_FEWEST, math.ceil(nodes))
        while left:
            yield min(left, _NODES_A_TRANSACTION), dict(properties)
            left -= min(left, _NODES_A_TRANSACTION)


def _records(workspace: Workspace) -> tuple[int, int, int]:
    """At most how many records the graph takes: of properties, of long strings, of arrays."""
    values = strings = arrays = 0
    for pool in POOLS:
        lists = {field.name for field in node_schema(pool) if str(field.type).startswith("list")}
        found = _counted(workspace, pool, (*node_columns(pool), "hash"), lists)
        values, strings, arrays = values + found[0], strings + found[1], arrays + found[2]
    for kind in EDGES:
        found = _counted(workspace, kind, (*edge_columns(kind), "hash"), set())
        values, strings = values + found[0], strings + found[1]
    return values, strings, arrays


def _counted(workspace: Workspace, table: str, columns: tuple[str, ...], lists: set[str]) -> tuple[int, int, int]:
    def records(column: str, is_list: bool) -> str:
        # An array of strings has four bytes before each of them.
        if is_list:
            size = f"list_sum(list_transform({quoted(column)}, lambda x: strlen(x) + 4)) + 20"
        else:
            size = f"strlen(CAST({quoted(column)} AS VARCHAR))"
        return f"coalesce(sum(ceil(CASE WHEN {size} > {0 if is_list else _INLINE} THEN {size} END / {_RECORD})), 0)"

    long = [records(c, False) for c in columns if c not in lists]
    listed = [records(c, True) for c in columns if c in lists]
    row = first_row(workspace.connection, f"SELECT {' + '.join(f'count({quoted(c)})' for c in columns)}, {' + '.join(long)}, "
                                          f"{' + '.join(listed) or '0'} FROM graph.{quoted(table)}")
    values, strings, arrays = row or (0, 0, 0)
    return int(values), int(strings), int(arrays)


def log_retention(connection: Neo4jConnection) -> str:
    """How long the server keeps its transaction log, as its setting says; empty where it may not be asked."""
    rows = connection.read(cypher.LOG_RETENTION)
    return str(rows[0]["value"]) if rows else ""
