"""What the commands that can show contact fields share: --unmask --purpose, and the one way to the values."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph.errors import UsageError
from graph.store import is_server
from graph.workspace import Workspace

if TYPE_CHECKING:
    from graph.audit import Contact

UnmaskOption = Annotated[bool, typer.Option("--unmask", help="Show contact fields as they came; say --purpose, which is logged.")]
PurposeOption = Annotated[str | None, typer.Option("--purpose", help="With --unmask: why (zhulian audit lists it).")]


def check_unmask(unmask: bool, purpose: str | None, store: str | None) -> None:
    """Refuse, before the work is done, what cannot be shown.

    Raises:
        UsageError: a purpose is missing, or given without --unmask; a server holds masked fields only.
    """
    if not unmask:
        if purpose is not None:
            raise UsageError("--purpose goes with --unmask: without it contact fields stay masked")
        return
    if purpose is None or not purpose.strip():
        raise UsageError("--unmask shows contact fields for a purpose only: add --purpose TEXT (it is logged)")
    if store is not None and is_server(store):
        raise UsageError(f"{store}: the server holds masked contact fields only; --unmask reads a workspace (leave --store out)")


def contact_fields(found: Iterable[Contact]) -> dict[str, dict[str, str]]:
    """Entity → property → the value that the graph shows masked."""
    fields: dict[str, dict[str, str]] = {}
    for c in found:
        if c.chosen:
            fields.setdefault(c.entity, {})[c.property] = c.value
    return fields


def contacts_of(workspace: Path, store: str | None, ids: Iterable[str], purpose: str | None, command: str,
                fields: tuple[str, ...] | None = None) -> list[Contact]:
    """The raw contact fields of some entities; written down in the workspace's audit first (`graph.audit.contacts`).

    Raises:
        WorkspaceError: the workspace cannot be written to: what cannot be logged is not shown.
    """
    from graph.audit import contacts  # with the graph's builder, which few commands need

    with Workspace(workspace if store is None else Path(store)) as opened:
        return contacts(opened, ids, purpose or "", command, fields=fields)
