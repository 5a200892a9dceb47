"""The same commands on the served graph: the same bytes, from a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.graph.served import emptied
from tests.neo4j_server.server import Neo4jAddress
from tests.zhulian.running import Ran, run

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
QUESTIONS = (
    ("match", "--all", "--top", "5"), ("match", "--text", "动力电池热管理", "--top", "0"), ("gaps", "--region", "50", "--top", "0"),
    ("gaps", "--chain", "新能源汽车与动力电池", "--region", "重庆市"), ("assign",), ("team", "--study", "ZK01", "--across"),
)


def credentials(server: Neo4jAddress) -> dict[str, str]:
    return {"NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, neo4j_server: Neo4jAddress) -> Path:
    """A folder with the sample's workspace, published."""
    with emptied(neo4j_server):
        pass
    folder = tmp_path_factory.mktemp("served")
    assert run(folder, "load", str(SAMPLE)).status == 0
    ran = run(folder, "publish", neo4j_server.uri, **credentials(neo4j_server))
    assert ran.status == 0, ran.err
    assert "created" in ran.out
    return folder


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_the_server_gives_the_same_bytes(published: Path, neo4j_server: Neo4jAddress, question: tuple[str, ...]) -> None:
    assert run(published, *question, "--out", "here.csv").status == 0
    # Another workspace name: nothing that the local store cached can answer.
    asked = (*question, "--out", "there.csv", "--store", neo4j_server.uri, "--workspace", "elsewhere.duckdb")
    served = run(published, *asked, **credentials(neo4j_server))
    assert served.status == 0, served.err
    assert (published / "there.csv").read_bytes() == (published / "here.csv").read_bytes()
    assert (published / "here.csv").stat().st_size > 500


def test_verify_says_equal_and_publishing_again_writes_nothing(published: Path, neo4j_server: Neo4jAddress) -> None:
    verified = run(published, "verify", neo4j_server.uri, **credentials(neo4j_server))
    assert verified.status == 0, verified.err
    assert verified.out.startswith("equal")
    assert "nothing to write" in run(published, "publish", neo4j_server.uri, **credentials(neo4j_server)).out


def test_status_counts_alike(published: Path, neo4j_server: Neo4jAddress) -> None:
    here = run(published, "status").out
    there = run(published, "status", "--store", neo4j_server.uri, **credentials(neo4j_server)).out
    assert there.splitlines()[1:] == here.splitlines()[1:len(there.splitlines())]


def one_line(ran: Ran, word: str) -> None:
    assert ran.status == 1, ran.out
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1
    assert word in ran.err


def test_a_wrong_password_and_a_server_that_is_down(published: Path, neo4j_server: Neo4jAddress) -> None:
    one_line(run(published, "verify", neo4j_server.uri, NEO4J_USERNAME="neo4j", NEO4J_PASSWORD="wrong-password"), "password")
    down = "bolt://127.0.0.1:9"
    for command in (("publish", down), ("match", "--text", "电池", "--store", down)):
        one_line(run(published, *command, **credentials(neo4j_server)), down)
    missing = run(published, "status", "--store", neo4j_server.uri)
    assert missing.status == 2
    assert "NEO4J_PASSWORD" in missing.err


def test_a_difference_is_found_and_told(published: Path, neo4j_server: Neo4jAddress, tmp_path: Path) -> None:
    assert run(tmp_path, "load", str(SAMPLE / "qiye")).status == 0
    ran = run(tmp_path, "verify", neo4j_server.uri, **credentials(neo4j_server))
    assert ran.status == 1
    assert "publish again" in ran.err
    assert "scientists" in ran.out
