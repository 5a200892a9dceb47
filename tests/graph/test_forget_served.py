"""At the next publish a forgotten person leaves Neo4j, with whatever others tied to them; others' own nodes stay. All people are invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.forget import find_target, forget
from graph.publish import publish
from graph.verify import verify
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.served import Server, emptied
from tests.neo4j_server.server import Neo4jAddress
from tests.worlds import Rows, load_world, snapshot_of, write_source

MARK = "记号"
WORLD: dict[str, Rows] = {
    "scientists": [{"id": f"{MARK}1", "name": f"{MARK}甲", "bio": f"{MARK}简介" * 200, "keywords": f"{MARK}词一；{MARK}词二", "works": "w1",
                    "institution": "i1", "email": "jihao@example.org"}, {"id": "2", "name": "留下的人", "institution": "i1"}],
    "institutions": [{"id": "i1", "name": "渝江大学"}], "works": [{"id": "w1", "title": "论文"}],
    "memberships": [{"society": "x1", "scientist": f"{MARK}1", "role": f"{MARK}职务"}], "societies": [{"id": "x1", "name": "学会"}],
}


@pytest.fixture
def server(neo4j_server: Neo4jAddress) -> Iterator[Server]:
    with emptied(neo4j_server) as server:
        yield server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return load_world(tmp_path, WORLD)


def gone(path: Path, wanted: str) -> None:
    with Workspace(path, read_only=True) as workspace:
        target = find_target(workspace, snapshot_of(path), wanted)
    forget(path, [target])


def everything(server: Server) -> str:
    """All properties of all nodes and relationships."""
    return str(server.ask("MATCH (n) RETURN labels(n), properties(n)") + server.ask("MATCH ()-[r]->() RETURN type(r), properties(r)"))


def test_a_person_is_deleted_with_what_others_tied_to_them(server: Server, path: Path) -> None:
    publish(path, server.uri, **server.credentials)
    server.ask("MATCH (n:Scientist {name: $name}) CREATE (f:Foreign {note: 'theirs'})-[:NOTES]->(n), (n)-[:CITES]->(f)", name=f"{MARK}甲")
    assert MARK in everything(server)
    gone(path, f"{MARK}甲")
    report = publish(path, server.uri, **server.credentials)
    assert (report.forgotten, report.untied, report.withdrawn, report.nodes_deleted) == (1, ("CITES", "NOTES"), (), 1)
    assert MARK not in everything(server)
    assert server.ask("MATCH (f:Foreign) RETURN f.note") == [["theirs"]]
    assert verify(path, server.uri, **server.credentials).equal
    assert publish(path, server.uri, **server.credentials).unchanged


def test_who_was_withdrawn_before_being_forgotten_is_deleted_too(server: Server, path: Path, tmp_path: Path) -> None:
    publish(path, server.uri, **server.credentials)
    server.ask("MATCH (n:Scientist {name: $name}) CREATE (:Foreign)-[:NOTES]->(n)", name=f"{MARK}甲")
    left: dict[str, Rows] = {"scientists": WORLD["scientists"][1:], "memberships": [{"society": "x1", "scientist": "2"}]}
    with Workspace(path) as workspace:
        load(workspace, [write_source(tmp_path / "s", left)])
    assert publish(path, server.uri, **server.credentials).withdrawn == (f"s/scientists/{MARK}1",)
    gone(path, f"s/scientists/{MARK}1")
    report = publish(path, server.uri, **server.credentials)
    assert (report.forgotten, report.untied, report.unchanged) == (1, ("NOTES",), False)
    assert MARK not in everything(server)
    assert publish(path, server.uri, **server.credentials).unchanged


def test_who_only_left_a_list_keeps_what_others_tied_to_them(server: Server, path: Path, tmp_path: Path) -> None:
    publish(path, server.uri, **server.credentials)
    server.ask("MATCH (n:Scientist {name: '留下的人'}) CREATE (:Foreign)-[:NOTES]->(n)")
    gone(path, f"{MARK}甲")
    with Workspace(path) as workspace:
        load(workspace, [write_source(tmp_path / "s", {"scientists": [{"id": "3", "name": "新来的人"}]})])
    report = publish(path, server.uri, **server.credentials)
    assert (report.forgotten, report.withdrawn) == (1, ("s/scientists/2",))
