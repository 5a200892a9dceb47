"""The words in which the schema is written: properties, node tables, link tables and edge kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Type(StrEnum):
    """What a cell is understood as. DATE keeps the precision it came with: `1960`, `1960-05` or `1960-05-17`."""

    TEXT = "text"
    LIST = "list"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    YEAR = "year"


DUCKDB_TYPES: Mapping[Type, str] = {
    Type.TEXT: "VARCHAR",
    Type.LIST: "VARCHAR[]",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.DATE: "VARCHAR",
    Type.YEAR: "BIGINT",
}


class Privacy(StrEnum):
    """PUBLIC is shown; CONTACT is masked in every output (the graph holds the masked form only)."""

    PUBLIC = "public"
    CONTACT = "contact"


class Merge(StrEnum):
    """Which value an entity shows when several of its records have one.

    FIRST: the record of the highest-ranked source; of sources of one rank the first by name, then the first id. UNMASKED: as FIRST, but a value
    that came masked (138****01) gives way to one that did not. LONGEST: the longest text, ties as for FIRST.
    UNION: all items of all lists, sorted. ANY: true if one record says so.
    """

    FIRST = "first"
    UNMASKED = "unmasked"
    LONGEST = "longest"
    UNION = "union"
    ANY = "any"

    @property
    def takes_one(self) -> bool:
        """Whether the value is one record's."""
        return self in (Merge.FIRST, Merge.UNMASKED, Merge.LONGEST)


@dataclass(frozen=True, slots=True)
class Property:
    """One column of a table.

    `refers` names the tables whose records the value may mean, the preferred one first; such a property becomes an
    edge of the kind `edge` in the graph (from the referred to the referring side where `inverse`). `choices` maps each
    allowed value to its Chinese forms. `titles` marks lists of titles or names, in which a comma parts nothing.
    """

    name: str
    label: str
    type: Type = Type.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    refers: tuple[str, ...] = ()
    edge: str = ""
    inverse: bool = False
    privacy: Privacy = Privacy.PUBLIC
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    titles: bool = False
    fulltext: bool = False
    longest: bool = False
    note: str = ""

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES[self.type]

    @property
    def merge(self) -> Merge:
        """The rule by which an entity's value is chosen among its records."""
        if self.type is Type.LIST:
            return Merge.UNION
        if self.type is Type.BOOLEAN:
            return Merge.ANY
        if self.privacy is Privacy.CONTACT:
            return Merge.UNMASKED
        return Merge.LONGEST if self.longest else Merge.FIRST


@dataclass(frozen=True, slots=True)
class NodeTable:
    """A kind of thing: its records, and the nodes made from them.

    `pool` is the graph table that holds its entities: the five kinds of organisation share one, so that a record of one
    kind can be the same body as a record of another. `key` are the properties from which an id is derived where a
    row has none; without a key every row needs an id. At least one of `any_of` must be given. `keeps_indicators`: unknown numeric
    columns become the node's `indicators` (JSON).
    """

    name: str
    label: str
    kind: str
    node_label: str
    pool: str
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    colour: str
    aliases: tuple[str, ...] = ()
    keeps_indicators: bool = False
    any_of: tuple[str, ...] = ()
    note: str = ""

    @property
    def title(self) -> str:
        """The property that names a node: `title` where there is one, else `name`."""
        names = {p.name for p in self.properties}
        return next((n for n in ("name", "title") if n in names), "id")


    @property
    def needs_id(self) -> bool:
        """Whether a row must bring its id: it is an official code."""
        return not self.key


@dataclass(frozen=True, slots=True)
class LinkTable:
    """A table whose rows join two records; each built row is an edge of the kind of the same name."""

    name: str
    label: str
    source: Property
    target: Property
    properties: tuple[Property, ...] = ()
    key: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    note: str = ""

    @property
    def columns(self) -> tuple[Property, ...]:
        return (self.source, self.target, *self.properties)


Table = NodeTable | LinkTable


@dataclass(frozen=True, slots=True)
class EdgeKind:
    """A kind of edge: the DuckDB table `graph.<name>` (source, target, properties) and the Neo4j type.

    `sources` and `targets` are pools. `key` are the properties that tell two edges between the same ends apart.
    """

    name: str
    type: str
    label: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    properties: tuple[Property, ...] = ()
    key: tuple[str, ...] = ()


def columns(table: Table) -> tuple[Property, ...]:
    """Every property that a row of the table may have, without `id`."""
    return table.columns if isinstance(table, LinkTable) else table.properties
