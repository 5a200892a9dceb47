"""publish and verify: the served graph."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.errors import UsageError, WorkError
from graph.publish import publish as publish_graph
from graph.store import is_server
from graph.verify import verify as verify_graph
from zhulian.commands.common import DEFAULT_WORKSPACE, WorkspaceOption, console

AddressArgument = Annotated[str, typer.Argument(metavar="URI", help="bolt://host:7687; user and password from NEO4J_USERNAME, NEO4J_PASSWORD.")]


def _checked(uri: str) -> str:
    if not is_server(uri):
        raise UsageError(f"{uri}: a server's address is expected, such as bolt://127.0.0.1:7687")
    return uri


def publish(uri: AddressArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Make Neo4j equal to the workspace's graph, by the difference alone."""
    report = publish_graph(workspace, _checked(uri))
    console().print(str(report), markup=False)


def verify(uri: AddressArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Compare Neo4j with the workspace in full."""
    report = verify_graph(workspace, _checked(uri))
    console().print(str(report), markup=False)
    if not report.equal:
        raise WorkError("the two differ: publish again")


def register(app: typer.Typer) -> None:
    app.command()(publish)
    app.command()(verify)
