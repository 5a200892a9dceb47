"""What every graph store offers to readers, and how a place is named."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa

from graph.schema import EDGES, POOLS

SERVER_SCHEMES = ("bolt://", "bolt+s://", "bolt+ssc://", "neo4j://", "neo4j+s://", "neo4j+ssc://")


class GraphStore(Protocol):
    """A graph that can be read: the workspace's own, or one served by Neo4j. Both give the same tables for the same revision."""

    @property
    def address(self) -> str:
        """The file or URI, for messages."""
        ...

    def revision(self) -> str:
        """The revision that the store says it holds.

        Raises:
            StoreUnfinished: a publish died half-way or is running.
            StoreError: nothing was ever published, or the store cannot be used.
        """
        ...

    def nodes(self, pool: str) -> pa.Table:
        """The nodes of a pool, by id: `graph.layout.node_schema(pool)`."""
        ...

    def edges(self, kind: str) -> pa.Table:
        """The edges of a kind, by source, target and the rest: `graph.layout.edge_schema(kind)`."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


def is_server(place: str) -> bool:
    """Whether a place is a Neo4j address rather than a workspace file."""
    return place.lower().startswith(SERVER_SCHEMES)


GRAPH_TABLES: tuple[str, ...] = (*POOLS, *EDGES)
"""The tables of a graph, nodes first."""
