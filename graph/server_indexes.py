"""The constraints and indexes of the served graph: those that are not there are made."""

from __future__ import annotations

from collections.abc import Mapping

from graph import cypher
from graph.neo4j_connection import Neo4jConnection


def make_constraints(connection: Neo4jConnection) -> bool:
    """Returns whether any was missing."""
    return _make_missing(connection, "SHOW CONSTRAINTS YIELD name", cypher.constraints())


def make_indexes(connection: Neo4jConnection) -> bool:
    """Make what is missing and wait until it is filled. Returns whether any was."""
    made = _make_missing(connection, "SHOW INDEXES YIELD name", cypher.indexes())
    if made:
        connection.change_schema("CALL db.awaitIndexes(3600)")
    return made


def _make_missing(connection: Neo4jConnection, listing: str, statements: Mapping[str, str]) -> bool:
    there = {row["name"] for row in connection.read(listing)}
    missing = [statement for name, statement in statements.items() if name not in there]
    for statement in missing:
        connection.change_schema(statement)
    return bool(missing)
