"""One publisher at a time, and one that dies is finished by the next.

- A publisher holds the lock node by an open transaction, never committed. When its process ends, however, the server undoes that
  transaction and the lock is free; no clock is involved.
- Before its first write it commits, on the meta node, the state `publishing`, the next serial number and its own token (`begin`); after its last,
  the state `published` and the revision. Readers refuse the first state, and notice the serial number (`Neo4jStore`).
- Every write transaction first takes the meta node's write lock and looks for its own token there (`owned`). So a publisher that lost its lock
  (the server may end any transaction) cannot write beside another, and the last transaction of a dead one is over before another begins.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from graph import cypher
from graph.errors import StoreUnfinished
from graph.neo4j_connection import Neo4jConnection, run

_PATIENCE = 2.0
"""Seconds to wait for another publisher's lock before refusing."""

_LOCKED = ("LockClientStopped", "LockAcquisitionTimeout", "TransactionTimedOut", "TransactionTimedOutClientConfiguration", "Terminated")

Rows = list[dict[str, Any]]


@contextmanager
def publish_lock(connection: Neo4jConnection) -> Iterator[None]:
    """Hold the lock node for the time inside.

    Raises:
        StoreUnfinished: another publisher holds it.
    """
    with connection.session() as session:
        with connection.errors():
            # A first transaction with little patience tells whether the lock is free; the one that holds it must bear any time.
            probe = session.begin_transaction(timeout=_PATIENCE)
            try:
                run(probe, cypher.TAKE_LOCK)
            except Neo4jError as error:
                if (error.code or "").rpartition(".")[2] in _LOCKED:
                    raise StoreUnfinished(f"{connection.uri}: another publish is writing there; wait for it to end") from error
                raise
            finally:
                probe.close()
            held = session.begin_transaction(timeout=0)
            run(held, cypher.TAKE_LOCK)
        try:
            yield
        finally:
            # If the server has ended the transaction already, the lock is free, which is all that is wanted here.
            with suppress(Neo4jError, DriverError):
                held.close()


def begin(connection: Neo4jConnection, serial: int) -> str:
    """Say that a publish is running. Returns the token under which it may write.

    Raises:
        StoreUnfinished: another publish began since `serial` was read.
    """
    owner = uuid.uuid4().hex

    def work(transaction: neo4j.ManagedTransaction) -> bool:
        run(transaction, cypher.LOCK_META)
        return bool(run(transaction, cypher.BEGIN, serial=serial, owner=owner))

    if not connection.write(work):
        raise StoreUnfinished(taken_over(connection.uri))
    return owner


def taken_over(uri: str) -> str:
    return f"{uri}: another publish began there meanwhile; wait for it to end, then publish again (zhulian publish {uri})"


def owned(connection: Neo4jConnection, owner: str, work: Callable[[neo4j.ManagedTransaction], Rows]) -> Rows:
    """One write transaction of the publisher that has the token `owner`; `work` may run more than once.

    Raises:
        StoreUnfinished: another publisher took over; nothing is written.
    """
    def checked(transaction: neo4j.ManagedTransaction) -> Rows:
        if run(transaction, cypher.OWNER_OF_META) != [{"owner": owner}]:
            raise StoreUnfinished(taken_over(connection.uri))
        return work(transaction)

    return connection.write(checked)
