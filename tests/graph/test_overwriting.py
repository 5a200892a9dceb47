"""After a publish Neo4j's own files hold nothing of a forgotten person, searched for by bytes. All people are invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.expiry import forget_expired
from graph.forget import find_target, forget
from graph.publish import publish
from graph.verify import verify
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.served import Credentials
from tests.neo4j_server.server import Neo4jServer, provision
from tests.worlds import Rows, snapshot_of, write_source

SETTINGS = {"db.tx_log.rotation.retention_policy": "keep_none", "db.tx_log.rotation.size": "128k"}


def world(han: str, latin: str, others: int) -> dict[str, Rows]:
    """A person with marks in every field, among others who stay."""
    marked = {"id": f"{latin}1", "name": f"{han}甲", "name_en": f"{latin} Jia", "aliases": f"{han}号；{han}乙", "bio": f"{han}{latin}简介" * 900,
              "keywords": "；".join(f"{han}{latin}词{i}" for i in range(300)), "title": f"{han}{latin}研究员" * 3, "works": "w1",
              "institution": "i1", "email": f"{latin.lower()}@example.org", "degree": f"{han}学位"}
    rest = [{"id": f"p{i}", "name": f"某人{i}", "bio": f"简介{i}" * 100, "keywords": f"词{i}；语{i}", "works": "w1", "institution": "i1"}
            for i in range(others)]
    return {"scientists": [marked, *rest], "institutions": [{"id": "i1", "name": "渝江大学"}], "works": [{"id": "w1", "title": "论文"}],
            "societies": [{"id": "x1", "name": "学会"}], "memberships": [{"society": "x1", "scientist": f"{latin}1", "role": f"{han}职务"}]}


def traces(home: Path, *marks: str) -> list[str]:
    """The files below a server's home that hold a mark."""
    wanted = [text.encode(coding) for text in marks for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    return sorted(f.name for f in home.rglob("*") if f.is_file() and any(w in f.read_bytes() for w in wanted))


@pytest.fixture
def server() -> Iterator[Neo4jServer]:
    """A server of its own, whose log is pruned when it stops."""
    with Neo4jServer(provision(), SETTINGS) as server:
        yield server


def loaded(tmp_path: Path) -> Path:
    """A workspace with a person who will be forgotten, and a source that will expire."""
    ends = write_source(tmp_path / "ends", world("印记", "WVSEAL", 3))
    (ends / "source.toml").write_text('expires = "2026-01-01"\n', encoding="utf-8")
    with Workspace(tmp_path / "w.duckdb") as workspace:
        load(workspace, [write_source(tmp_path / "stays", world("记号", "ZHMARK", 100)), ends])
    return tmp_path / "w.duckdb"


def test_no_file_of_the_server_keeps_who_was_forgotten_or_expired(server: Neo4jServer, tmp_path: Path) -> None:
    path = loaded(tmp_path)
    credentials = Credentials(username=server.username, password=server.password)
    assert not publish(path, server.uri, **credentials).overwritten
    assert all(traces(server.home, mark) for mark in ("记号", "ZHMARK", "印记", "WVSEAL"))

    with Workspace(path, read_only=True) as workspace:
        target = find_target(workspace, snapshot_of(path), "记号甲")
    forget(path, [target])
    forget_expired(path, "2026-02-01")

    def dies(what: str, done: int, total: int) -> None:
        if what == "overwriting" and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(path, server.uri, **credentials, progress=dies)
    # A publisher that dies while it writes over leaves that to the next, which finds all the rest done.
    report = publish(path, server.uri, **credentials)
    assert (report.overwritten, report.log_retention, report.nodes_deleted, report.unchanged) == (True, "keep_none", 0, False)
    assert publish(path, server.uri, **credentials).unchanged
    assert verify(path, server.uri, **credentials).equal
    server.stop()
    assert traces(server.home, "记号", "ZHMARK", "印记", "WVSEAL") == []
    server.start()
    assert verify(path, server.uri, **credentials).equal
