"""The server that the tests provision: what the other tests rely on it for."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import neo4j
import pytest
from neo4j.exceptions import AuthError, ClientError

from tests.neo4j_server.server import (
    CACHE,
    Neo4jAddress,
    Neo4jServer,
    Neo4jServerError,
    find_java,
    java_version,
    provision,
)

ROOT = Path(__file__).parents[2]


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def runs(pid: str) -> bool:
    """Whether a process is there and is more than an entry that nobody has collected yet."""
    try:
        state = Path("/proc", pid, "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.fixture(scope="module")
def server() -> Iterator[Neo4jServer]:
    """A server whose database came from neo4j-admin, started once for this module."""
    prepared = Neo4jServer(provision())
    people = prepared.home / "people.csv"
    people.write_text("id:ID,name\n1,陈明远（虚构）\n2,Li Wei (invented)\n", encoding="utf-8")
    knows = prepared.home / "knows.csv"
    knows.write_text(":START_ID,:END_ID\n1,2\n", encoding="utf-8")
    tables = [f"--nodes=Person={people}", f"--relationships=KNOWS={knows}"]
    prepared.admin("database", "import", "full", "neo4j", *tables, "--overwrite-destination")
    with prepared:
        yield prepared


@pytest.fixture
def driver(server: Neo4jServer) -> Iterator[neo4j.Driver]:
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as opened:
        yield opened


def test_cjk_full_text_index_finds_words_inside_a_title(neo4j_server: Neo4jAddress) -> None:
    uri, *login = neo4j_server
    with neo4j.GraphDatabase.driver(uri, auth=(login[0], login[1])) as driver:
        try:
            driver.execute_query(
                "CREATE FULLTEXT INDEX server_test_title FOR (n:ServerTest) ON EACH [n.title] "
                "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
            )
            titles = ["新能源汽车动力电池热管理", "页岩气开采", "力电耦合"]
            driver.execute_query("UNWIND $titles AS title CREATE (:ServerTest {title: title})", titles=titles)
            driver.execute_query("CALL db.awaitIndexes(60)")
            found = driver.execute_query(
                "CALL db.index.fulltext.queryNodes('server_test_title', $words) YIELD node RETURN node.title AS title",
                words='"动力电池"',
            )
            assert [record["title"] for record in found.records] == ["新能源汽车动力电池热管理"]
        finally:
            driver.execute_query("DROP INDEX server_test_title IF EXISTS")
            driver.execute_query("MATCH (n:ServerTest) DETACH DELETE n")


def test_what_neo4j_admin_imported_is_served(driver: neo4j.Driver) -> None:
    found = driver.execute_query("MATCH (a:Person)-[:KNOWS]->(b:Person) RETURN a.name AS a, b.name AS b")
    assert [record.data() for record in found.records] == [{"a": "陈明远（虚构）", "b": "Li Wei (invented)"}]


def test_data_and_password_survive_a_restart(server: Neo4jServer, driver: neo4j.Driver) -> None:
    driver.execute_query("MERGE (:Kept {value: 1})")
    server.stop()
    assert server.pid is None
    server.start()
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as again:
        assert again.execute_query("MATCH (n:Kept) RETURN n.value AS value").records[0]["value"] == 1


def test_load_csv_reads_the_import_folder_and_nothing_else(
    server: Neo4jServer, driver: neo4j.Driver, tmp_path: Path
) -> None:
    inside, outside = server.home / "import" / "inside.csv", tmp_path / "outside.csv"
    for file in (inside, outside):
        file.write_text("a\n", encoding="utf-8")
    query = "LOAD CSV FROM $url AS line RETURN count(line) AS lines"
    assert driver.execute_query(query, url="file:///inside.csv").records[0]["lines"] == 1
    climb = "../" * len(server.home.parts)
    for url in (outside.as_uri(), f"file:///{climb}{outside.relative_to('/')}", f"file:///{climb}etc/passwd"):
        with pytest.raises(ClientError, match=r"ExternalResourceFailed|load the external resource"):
            driver.execute_query(query, url=url)


def test_settings_keep_the_server_to_itself(driver: neo4j.Driver) -> None:
    found = driver.execute_query("SHOW SETTINGS YIELD name, value RETURN name, value").records
    settings = {record["name"]: record["value"] for record in found}
    assert settings["server.bolt.listen_address"].startswith("127.0.0.1:")
    off = ["server.http.enabled", "server.https.enabled", "dbms.usage_report.enabled"]
    assert [settings[name] for name in off] == ["false"] * 3


def test_a_wrong_password_is_refused(server: Neo4jServer) -> None:
    stranger = neo4j.GraphDatabase.driver(server.uri, auth=(server.username, "wrong password"))
    with stranger, pytest.raises(AuthError):
        stranger.execute_query("RETURN 1")


def test_a_failed_neo4j_admin_says_what_it_printed(server: Neo4jServer) -> None:
    with pytest.raises(Neo4jServerError, match=r"neo4j-admin database check failed[\s\S]*absent"):
        server.admin("database", "check", "absent")


def test_a_server_that_cannot_start_shows_its_log() -> None:
    broken = Neo4jServer(provision(), {"server.bolt.listen_address": "192.0.2.1:7687"})
    with pytest.raises(Neo4jServerError, match=r"ended with status 1;[\s\S]*192\.0\.2\.1"), broken:
        pytest.fail("it must not start")
    assert not broken.home.exists()


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    """Wait up to twenty seconds for something to hold."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


def test_the_server_ends_with_a_killed_parent() -> None:
    script = (
        "import time; from tests.neo4j_server.server import Neo4jServer, provision\n"
        "server = Neo4jServer(provision()); server.launch(); print(server.pid, server.home, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pid, home = parent.stdout.readline().split()
        assert runs(pid)
        # From here on setpriv has done its part; before, the kernel does not know whom to end.
        wait_until(lambda: Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() == "java", "the server did not start")
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not runs(pid), "the server outlived its parent")
    shutil.rmtree(home)


def test_provisioning_again_needs_no_maven(monkeypatch: pytest.MonkeyPatch) -> None:
    jars = provision(CACHE)
    monkeypatch.setenv("PATH", "")
    assert provision(CACHE) == jars
    assert any(jars.glob("neo4j-server-5.26.*.jar"))


def test_provisioning_without_maven_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Neo4jServerError, match="install Debian's package maven"):
        provision(tmp_path / "cache")


def test_a_failed_download_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    half = 'for word in "$@"; do case $word in -DoutputDirectory=*) mkdir "${word#*=}";; esac; done'
    program(tmp_path / "mvn", f"{half}; echo no route; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(Neo4jServerError, match="no route"):
        provision(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(("text", "version"), [("17.0.15", 17), ("1.8.0_402", 8), ("21", 21), ("11.0.2", 11)])
def test_java_versions_are_read_as_java_prints_them(tmp_path: Path, text: str, version: int) -> None:
    assert java_version(program(tmp_path / "java", f"echo 'openjdk version \"{text}\" 2025-04-15' >&2")) == version


def test_an_unsuitable_java_is_passed_over_and_named(tmp_path: Path) -> None:
    old = program(tmp_path / "old", "echo 'openjdk version \"11.0.2\"' >&2")
    new = program(tmp_path / "new", "echo 'openjdk version \"21.0.1\"' >&2")
    absent = tmp_path / "absent"
    assert find_java([absent, old, new]) == new
    with pytest.raises(Neo4jServerError, match=r"absent is no Java, .*old is 11.*openjdk-17-jre-headless"):
        find_java([absent, old])
