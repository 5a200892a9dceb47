"""What the tests of the served graph share: a server that is theirs, asked and changed as its other users would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypedDict

import neo4j

from graph.neo4j_store import Neo4jStore
from tests.neo4j_server.server import Neo4jAddress


class Credentials(TypedDict):
    """What goes to publish, verify and Neo4jStore after the address."""

    username: str
    password: str


class Server:
    """The server of the tests: `ask` is a user who knows nothing of this program."""

    def __init__(self, address: Neo4jAddress, driver: neo4j.Driver) -> None:
        self.uri = address.uri
        self.credentials = Credentials(username=address.username, password=address.password)
        self._driver = driver

    def ask(self, query: str, **parameters: Any) -> list[list[Any]]:
        """The rows of a statement, in a transaction of its own."""
        with self._driver.session() as session:
            return [list(record) for record in session.run(query, parameters)]

    def one(self, query: str, **parameters: Any) -> Any:
        """The single value that a statement returns."""
        [[value]] = self.ask(query, **parameters)
        return value

    def store(self) -> Neo4jStore:
        return Neo4jStore(self.uri, **self.credentials)

    def last_transaction(self) -> frozenset[str]:
        """What names the last transaction that changed the database: the bookmark of a read."""
        with self._driver.session() as session:
            session.execute_read(lambda transaction: transaction.run("RETURN 1").consume())
            return session.last_bookmarks().raw_values

    def empty(self) -> None:
        """Delete everything, in batches, with the constraints and indexes of the program."""
        self.ask("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")
        for [name] in self.ask("SHOW CONSTRAINTS YIELD name WHERE name STARTS WITH 'zhulian'"):
            self.ask(f"DROP CONSTRAINT `{name}`")
        for [name] in self.ask("SHOW INDEXES YIELD name WHERE name STARTS WITH 'zhulian'"):
            self.ask(f"DROP INDEX `{name}`")


@contextmanager
def emptied(address: Neo4jAddress) -> Iterator[Server]:
    """The server, empty."""
    with neo4j.GraphDatabase.driver(address.uri, auth=(address.username, address.password), notifications_min_severity="OFF") as driver:
        server = Server(address, driver)
        server.empty()
        yield server
