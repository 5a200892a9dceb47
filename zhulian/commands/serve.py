"""publish and verify: the served graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from graph.errors import WorkError
from zhulian.commands.common import DEFAULT_WORKSPACE, WorkspaceOption, console, progress

AddressArgument = Annotated[str, typer.Argument(metavar="URI", help="bolt://host:7687; user and password from NEO4J_USERNAME, NEO4J_PASSWORD.")]


def publish(uri: AddressArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Make Neo4j equal to the workspace's graph, by the difference alone."""
    from graph.publish import publish as publish_graph  # the driver is slow to import, and few commands need it

    with _telling() as tell:
        report = publish_graph(workspace, uri, progress=tell)
    out = console()
    out.print(f"{uri}: revision {report.revision}" + (": nothing to write" if report.unchanged else ""), markup=False)
    if not report.unchanged:
        out.print(f"nodes: {report.nodes_created} created, {report.nodes_updated} updated, {report.nodes_deleted} deleted; "
                  f"edges: {report.edges_created} created, {report.edges_deleted} deleted", markup=False)
    if report.forgotten:
        out.print(f"forgotten: {report.forgotten} people left the server" + (
            f"; relationships of others went with them: {', '.join(report.untied)}" if report.untied else ""), markup=False)
    if report.overwritten:
        out.print("what its files kept of forgotten people was written over, but for the transaction log "
                  f"(db.tx_log.rotation.retention_policy = {report.log_retention or 'unknown'}; docs/PRIVACY.md)", markup=False)
    for node in report.withdrawn:
        out.print(f"withdrawn, but kept for what others tied to it: {node}", markup=False)


def verify(uri: AddressArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Compare Neo4j with the workspace in full."""
    from graph.verify import verify as verify_graph

    with _telling() as tell:
        report = verify_graph(workspace, uri, progress=tell)
    if not report.equal:
        for d in report.differences:
            console().print(f"{d.table}: {d.missing} missing there, {d.extra} too many, {d.different} different: {', '.join(d.ids)}", markup=False)
        raise WorkError(f"not equal: the workspace is at {report.workspace_revision}, {uri} at {report.served_revision}: publish again")
    console().print(f"equal: {uri} and {workspace} hold revision {report.workspace_revision}", markup=False)


@contextmanager
def _telling() -> Iterator[Callable[[str, int, int], None]]:
    """A bar over the phases of a publish."""
    with progress("comparing") as tell:
        yield lambda phase, done, total: tell(done)


def register(app: typer.Typer) -> None:
    app.command()(publish)
    app.command()(verify)
