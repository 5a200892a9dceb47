"""A publish that is killed at any moment: readers see a whole revision or are told, and the next publish finishes the job."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from graph.errors import StoreUnfinished
from graph.layout import edge_columns, hash_expression, node_columns, revision_of, table_digest
from graph.publish import publish
from graph.schema import POOLS
from graph.snapshot import Snapshot, load_snapshot
from graph.sql import lent
from graph.store import GRAPH_TABLES
from graph.verify import verify
from graph.workspace import Workspace
from tests.graph.served import Server, emptied
from tests.graph.small_world import Tables, build_world, world
from tests.neo4j_server.server import Neo4jAddress

KILLS = 10
SEED = 20240229
BATCH = 10
"""Rows a transaction: so small that a publish of the difference below takes some forty of them."""

# Waits for a line from its parent wherever a publish tells its progress, so that the parent can kill it at a moment of its choice.
PUBLISHER = f"""
import sys
from graph.publish import publish

def wait(what, done, total):
    if what == "writing" or done == total:
        print(what, done, flush=True)
        sys.stdin.readline()

publish(sys.argv[1], sys.argv[2], progress=wait, batch={BATCH})
"""


def many(tables: Tables, title: str, first: int) -> Tables:
    """Eighty people more, numbered from `first`, with an employer each."""
    people = [{"id": f"k{i}", "name": f"某人{i}", "title": title, "region": "500101"} for i in range(first, first + 80)]
    tables["scientists"] += people
    tables["employments"] += [{"id": f"k{p['id']}", "scientist": p["id"], "enterprise": "e1", "from": title} for p in people]
    return tables


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two graphs that differ in nodes that come, go and change, and in edges."""
    folder = tmp_path_factory.mktemp("worlds")
    return build_world(folder / "one", many(world(), "2001", 0)), build_world(folder / "two", many(world(), "2002", 40))


@pytest.fixture(scope="module")
def server(neo4j_server: Neo4jAddress, workspaces: tuple[Path, Path]) -> Iterator[Server]:
    with emptied(neo4j_server) as server:
        publish(workspaces[0], server.uri, **server.credentials)
        yield server


def publisher(workspace: Path, server: Server) -> subprocess.Popen[str]:
    environment = {**os.environ, "NEO4J_USERNAME": server.credentials["username"], "NEO4J_PASSWORD": server.credentials["password"]}
    return subprocess.Popen([sys.executable, "-c", PUBLISHER, str(workspace), server.uri], env=environment, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def step(process: subprocess.Popen[str]) -> str:
    """Wait until the publisher waits; '' when it has ended."""
    assert process.stdout is not None
    return process.stdout.readline()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def kill_after(workspace: Path, server: Server, steps: int, delay: float) -> None:
    """Let a publish take some steps, then kill it `delay` seconds into the next one."""
    with publisher(workspace, server) as process:
        for _ in range(steps):
            assert step(process), process.communicate()[1]
            go(process)
        assert step(process), process.communicate()[1]
        go(process)
        time.sleep(delay)
        process.kill()


def steps_of(workspace: Path, server: Server) -> int:
    """How often a whole publish tells its progress; the first time before the first write, the last before its end."""
    steps = 0
    with publisher(workspace, server) as process:
        while step(process):
            steps += 1
            go(process)
        _, errors = process.communicate()
    assert process.returncode == 0, errors
    return steps


def revision_of_content(snapshot: Snapshot) -> str:
    """The revision of what a reader was given, whatever the store said."""
    digests = {}
    with duckdb.connect() as con:
        for name in GRAPH_TABLES:
            table, columns = (snapshot.nodes(name), node_columns(name)) if name in POOLS else (snapshot.edges(name), edge_columns(name))
            with lent(con, "given", table):
                digests[name] = table_digest(con, f"(SELECT {hash_expression(columns)} AS hash FROM given)")
    return revision_of(digests)


def revision(workspace: Path) -> str:
    with Workspace(workspace, read_only=True) as opened:
        return str(opened.meta("revision"))


def test_killed_at_any_moment(server: Server, workspaces: tuple[Path, Path]) -> None:
    dice = random.Random(SEED)
    steps = steps_of(workspaces[1], server)
    assert steps > 3 * KILLS
    whole = {revision(w) for w in workspaces}
    assert len(whole) == 2
    told = []
    for kill in range(KILLS):
        target = workspaces[kill % 2]
        # One kill in each tenth of the publish: in the first before anything is written, in the last after the last row.
        at = 0 if kill == 0 else steps - 1 if kill == KILLS - 1 else int(steps * (kill + dice.random()) / KILLS)
        kill_after(target, server, at, dice.random() * 0.02)
        try:
            with server.store() as store:
                snapshot = load_snapshot(store)
        except StoreUnfinished:
            told.append(kill)
        else:
            assert snapshot.revision == revision_of_content(snapshot)
            assert snapshot.revision in whole
        report = publish(target, server.uri, **server.credentials)
        assert report.revision == revision(target)
        assert verify(target, server.uri, **server.credentials).equal
    assert set(range(1, KILLS - 1)) <= set(told), "killed between its first and its last row, each left a half-published graph"
