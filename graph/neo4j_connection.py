"""A connection to a Neo4j server whose errors are this program's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from graph.errors import StoreDenied, StoreError, StoreUnreachable, UsageError
from graph.store import is_server

Result = TypeVar("Result")

_FETCH = 4
"""Records that the server sends ahead. A record is a page of rows here, so a few are plenty."""


class Neo4jConnection:
    """An open connection; use as a context manager, or `close()` it.

    Args:
        uri: bolt://… or neo4j://…
        username, password: from NEO4J_USERNAME (else `neo4j`) and NEO4J_PASSWORD where None.

    Raises:
        UsageError: no password, or the address is none.
        StoreUnreachable: no server answers.
        StoreDenied: wrong user or password.
    """

    def __init__(self, uri: str, *, username: str | None = None, password: str | None = None) -> None:
        if not is_server(uri):
            raise UsageError(f"{uri}: not the address of a Neo4j server; write bolt://HOST:7687 or neo4j://HOST:7687")
        name = username or os.environ.get("NEO4J_USERNAME") or "neo4j"
        secret = password if password is not None else os.environ.get("NEO4J_PASSWORD")
        if secret is None:
            raise UsageError(f"{uri}: no password; set NEO4J_PASSWORD (and NEO4J_USERNAME where the user is not neo4j)")
        self.uri = uri
        try:
            self._driver = neo4j.GraphDatabase.driver(uri, auth=(name, secret), notifications_min_severity="OFF")
        except (ConfigurationError, ValueError) as error:
            raise UsageError(f"{uri}: not the address of a Neo4j server ({_first_line(error)})") from error
        try:
            with self.errors():
                self._driver.verify_connectivity()
                self._session = self._driver.session(fetch_size=_FETCH)
        except ValueError as error:
            # So the driver reports a port that is no number.
            self._driver.close()
            raise UsageError(f"{uri}: not the address of a Neo4j server ({_first_line(error)})") from error
        except BaseException:
            self._driver.close()
            raise

    @contextmanager
    def errors(self) -> Iterator[None]:
        """The driver's errors as ours, in one line.

        Raises:
            StoreUnreachable, StoreDenied, StoreError: what the driver met inside.
        """
        try:
            yield
        except (ServiceUnavailable, SessionExpired) as error:
            raise StoreUnreachable(f"{self.uri}: no Neo4j server answers there ({_first_line(error)}); start it, or check the address") from error
        except Neo4jError as error:
            if isinstance(error, AuthError) or (error.code or "").startswith("Neo.ClientError.Security."):
                raise StoreDenied(f"{self.uri}: the server refused the user or the password; check NEO4J_USERNAME and NEO4J_PASSWORD") from error
            raise StoreError(f"{self.uri}: {error.code}: {_first_line(error.message)}") from error
        except DriverError as error:
            raise StoreError(f"{self.uri}: {_first_line(error)}") from error

    def read(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """The records of a query; read again where the server asks for it."""
        return self.pages(query, dict, **parameters)

    def pages(self, query: str, convert: Callable[[neo4j.Record], Result], **parameters: Any) -> list[Result]:
        """Each record of a query, converted as it comes, so that pages need not be held as they came."""
        def work(transaction: neo4j.ManagedTransaction) -> list[Result]:
            return [convert(record) for record in transaction.run(query, parameters)]

        with self.errors():
            return self._session.execute_read(work)

    def write(self, work: Callable[[neo4j.ManagedTransaction], Result]) -> Result:
        """One write transaction; run again where the server asks for it, so `work` must bear that.

        An error of ours raised inside undoes the transaction.
        """
        with self.errors():
            return self._session.execute_write(work)

    def change_schema(self, statement: str) -> None:
        """Run a schema statement, in a transaction of its own as Neo4j wants it."""
        with self.errors():
            self._session.run(statement).consume()

    @contextmanager
    def session(self) -> Iterator[neo4j.Session]:
        """A session beside the connection's own."""
        with self._driver.session() as session:
            yield session

    def close(self) -> None:
        self._session.close()
        self._driver.close()

    def __enter__(self) -> Neo4jConnection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def run(transaction: neo4j.Transaction | neo4j.ManagedTransaction, query: str, **parameters: Any) -> list[dict[str, Any]]:
    """The records of a statement in a transaction, read to the end."""
    return [dict(record) for record in transaction.run(query, parameters)]


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
