"""What loaders hand over: tables of records as they came, row issues, and the report of a load."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from graph.schema import TABLES, Type, columns

ARROW_TYPES: dict[Type, pa.DataType] = {
    Type.TEXT: pa.string(), Type.LIST: pa.list_(pa.string()), Type.INTEGER: pa.int64(), Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(), Type.DATE: pa.string(), Type.YEAR: pa.int64(),
}

RECORD_FIELDS: tuple[tuple[str, pa.DataType], ...] = (
    ("id", pa.string()), ("file", pa.string()), ("row", pa.int64()), ("raw", pa.string()), ("extra", pa.string()))
"""Beside its properties a record carries its id, the file and row it came from, its cells as they came, and those of
columns that the schema does not know (both JSON objects, header → cell)."""


def record_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table's records."""
    return pa.schema([*RECORD_FIELDS, *((p.name, ARROW_TYPES[p.type]) for p in columns(TABLES[table]))])


@dataclass(frozen=True, slots=True)
class RowIssue:
    """Something wrong or doubtful in one row. `row` counts as a spreadsheet does; 0 speaks of the whole table."""

    source: str
    file: str
    row: int
    column: str
    value: str
    code: str
    message: str
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What `source.toml` says of a source. A lower rank wins: 1 is trusted most, 100 is the default."""

    name: str
    title: str = ""
    licence: str = ""
    url: str = ""
    rank: int = 100
    purpose: str = ""
    basis: str = ""
    expires: str = ""
    """The day (2027-12-31) after which its personal data should not be kept."""


@dataclass(slots=True)
class RecordTable:
    """All rows of one table of one source, understood: `rows` has `record_schema(table)`."""

    source: str
    table: str
    rows: pa.Table
    files: tuple[str, ...] = ()
    read: int = 0
    issues: list[RowIssue] = field(default_factory=list)
    unknown_columns: tuple[str, ...] = ()
    refused_columns: tuple[str, ...] = ()
    recognised: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    """Header → property, as the source calls its columns."""

    @property
    def accepted(self) -> int:
        return int(self.rows.num_rows)

    @property
    def rejected(self) -> int:
        return self.read - self.accepted


@dataclass(slots=True)
class TableReport:
    """One line of a load report: read = accepted + rejected; `waiting` link rows are among the accepted."""

    source: str
    table: str
    files: tuple[str, ...]
    read: int
    accepted: int
    rejected: int
    waiting: int = 0
    stubs: int = 0
    unchanged: bool = False
    before: int = 0
    unknown_columns: tuple[str, ...] = ()
    refused_columns: tuple[str, ...] = ()
    recognised: tuple[str, ...] = ()


@dataclass(slots=True)
class LoadReport:
    """What a load did: a line a table, the row issues, and the files that were left alone (file, why)."""

    tables: list[TableReport] = field(default_factory=list)
    issues: list[RowIssue] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    revision: str = ""
    written: bool = True
    waiting: int = 0
    ambiguous: int = 0
    """Link rows of the whole workspace that wait, and those among them whose end could be several things."""
    notes: list[str] = field(default_factory=list)
    """What is to be said of a source as a whole."""

    @property
    def rejected(self) -> int:
        return sum(t.rejected for t in self.tables)
