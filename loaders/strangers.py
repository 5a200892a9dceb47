"""Two folders of one name: a table that has hardly anything in common with the one it would replace is another source's."""

from __future__ import annotations

from collections.abc import Sequence

from graph.errors import ShrinkRefused
from graph.records import RecordTable
from graph.schema import TABLES, LinkTable
from graph.sql import lent, quoted, scalar
from graph.workspace import Workspace

_FEWEST = 5
"""Tables of fewer rows are not judged: all of them may well have been corrected."""
_SHARED_IDS, _SHARED_NAMES = 0.1, 0.5


def refuse_strangers(workspace: Workspace, tables: Sequence[RecordTable]) -> None:
    """Refuse a table that shares under a tenth of its ids and under half of its names (of links: of their ends) with what it would replace.

    Shares are of the smaller of the two tables. Ids alone would not do: those made from key columns change with a column that is understood now
    and was not before.

    Raises:
        ShrinkRefused: there is such a table.
    """
    for table in tables:
        before = workspace.count(table.source, table.table)
        smaller = min(before, table.accepted)
        if smaller < _FEWEST:
            continue
        if _shared(workspace, table, "id") < _SHARED_IDS * smaller and all(
                _shared(workspace, table, name) < _SHARED_NAMES * smaller for name in _names(table.table)):
            raise ShrinkRefused(
                f"{table.source}/{table.table}: hardly one of these {table.accepted} rows ({', '.join(table.files)}) is among the {before} that a "
                f"source of this name has; nothing was loaded. If they are another source's, say --source NAME; if they are to replace those, "
                f"--source {table.source} or --allow-shrink")


def _names(table: str) -> list[str]:
    declared = TABLES[table]
    if isinstance(declared, LinkTable):
        return [declared.source.name, declared.target.name]
    return [declared.title] if declared.title != "id" else list(declared.key)


def _shared(workspace: Workspace, table: RecordTable, column: str) -> int:
    """How many of the new rows have a value of a column that an old row has."""
    with lent(workspace.connection, "strangers", table.rows.select([column])):
        return int(scalar(workspace.connection, f"SELECT count(*) FROM strangers n WHERE n.{quoted(column)} IN (SELECT o.{quoted(column)} "
                                                f"FROM records.{quoted(table.table)} o WHERE o.source = ?)", [table.source]))
