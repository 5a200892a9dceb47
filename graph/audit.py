"""Who saw or removed personal data, when and why; and the one way to raw contact values, which writes that down first."""

from __future__ import annotations

import getpass
import json
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from graph.build import merged, pool_records
from graph.errors import UsageError, WorkspaceError
from graph.layout import node_properties
from graph.schema import POOLS, Privacy, Property
from graph.sql import lent, quoted, strings
from graph.workspace import Workspace, now


def user_name() -> str:
    """Who is at work: the operating system's name for the user, else the number (a container may have no name for it)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit. `detail` is a JSON object: of an unmasking, the entities and fields (ids and names of columns, never values)."""

    event_id: str
    happened_at: datetime
    who: str
    command: str
    purpose: str
    detail: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A raw contact value of an entity; `chosen` is the one that the graph shows masked."""

    entity: str
    record: str
    property: str
    value: str
    chosen: bool


def write_event(workspace: Workspace, command: str, purpose: str, detail: dict[str, object]) -> None:
    """Append to the audit: now, by the user of the operating system. The caller holds the transaction."""
    workspace.connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", [
        uuid.uuid4().hex, command, now(), user_name(), purpose, json.dumps(detail, ensure_ascii=False)])


def events(workspace: Workspace) -> list[Event]:
    """The whole audit, the oldest first."""
    rows = workspace.connection.execute(
        "SELECT event_id, happened_at, who, command, purpose, detail FROM audit ORDER BY happened_at, rowid").fetchall()
    return [Event(*row) for row in rows]


def contacts(workspace: Workspace, ids: Iterable[str], purpose: str, command: str, *, fields: Sequence[str] | None = None) -> list[Contact]:
    """The raw contact fields of some entities, from their records; that they were asked for is in the audit before they are read.

    Args:
        workspace: open for writing: what cannot be logged is not shown.
        ids: entities (ids of the graph).
        purpose: why; it is logged.
        command: which command asks.
        fields: properties (`email`, `phone`, `birth_date`); all contact fields when None.

    Returns:
        By entity, property, then the most trusted record first. Nothing, and no event, where `ids` is empty.

    Raises:
        UsageError: no purpose is given.
        WorkspaceError: the workspace is open for reading only.
    """
    if not purpose.strip():
        raise UsageError("contact fields are shown for a purpose only: say --purpose TEXT (it is logged)")
    wanted = sorted(set(ids))
    if not wanted:
        return []
    asked = {pool: [p for p in node_properties(pool) if p.privacy is Privacy.CONTACT and (fields is None or p.name in fields)] for pool in POOLS}
    named = sorted({p.name for own in asked.values() for p in own})
    with workspace.transaction():
        try:
            write_event(workspace, command, purpose.strip(), {"entities": wanted, "fields": named})
        except duckdb.InvalidInputException as error:
            raise WorkspaceError(f"{workspace.path}: cannot be written to; contact fields are shown only where the audit can be kept") from error
        with lent(workspace.connection, "wanted", strings(id=wanted)):
            found = [c for pool, properties in asked.items() if properties for c in _read(workspace, pool, properties)]
    return sorted(found, key=lambda c: (c.entity, c.property, not c.chosen))


def _read(workspace: Workspace, pool: str, properties: list[Property]) -> list[Contact]:
    con = workspace.connection
    mine = f"(SELECT * FROM ({pool_records(pool)}) WHERE entity IN (SELECT id FROM wanted))"
    best = {row[0]: row[1:] for row in con.execute(
        f"SELECT entity, {', '.join(merged(p, of='record') for p in properties)} FROM {mine} GROUP BY entity").fetchall()}
    rows = con.execute(f"SELECT entity, record, {', '.join(quoted(p.name) for p in properties)} FROM {mine} ORDER BY ord").fetchall()
    return [Contact(entity, record, p.name, str(value), best[entity][i] == record)
            for entity, record, *values in rows for i, (p, value) in enumerate(zip(properties, values, strict=True)) if value is not None]
