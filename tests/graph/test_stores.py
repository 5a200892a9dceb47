"""One suite over both stores: the workspace's graph, and the same graph served by a real Neo4j."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from graph.duckdb_store import DuckDBStore
from graph.errors import StoreDenied, StoreError, StoreUnfinished, StoreUnreachable, UsageError
from graph.layout import edge_schema, node_schema
from graph.neo4j_store import Neo4jStore
from graph.publish import publish
from graph.schema import EDGES, POOLS
from graph.snapshot import load_snapshot
from graph.store import GRAPH_TABLES, GraphStore
from graph.workspace import Workspace
from tests.graph.served import Server, emptied
from tests.graph.small_world import BIG, EMPTY_POOL, FLOATS, HARD_TEXT, build_world, world
from tests.neo4j_server.server import Neo4jAddress


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_world(tmp_path_factory.mktemp("world"), world())


@pytest.fixture(scope="module")
def server(neo4j_server: Neo4jAddress, workspace: Path) -> Iterator[Server]:
    """A server to which the small world was published."""
    with emptied(neo4j_server) as server:
        publish(workspace, server.uri, **server.credentials)
        yield server


@pytest.fixture(params=["workspace", "server"])
def store(request: pytest.FixtureRequest, workspace: Path) -> Iterator[GraphStore]:
    opened: GraphStore = DuckDBStore(workspace) if request.param == "workspace" else request.getfixturevalue("server").store()
    with opened as store:
        yield store


def read(store: GraphStore, name: str) -> pa.Table:
    return store.nodes(name) if name in POOLS else store.edges(name)


def row(table: pa.Table, column: str, value: str) -> dict[str, object]:
    [found] = [r for r in table.to_pylist() if r[column] == value]
    return dict(found)


def test_the_revision_is_the_workspaces(store: GraphStore, workspace: Path) -> None:
    with Workspace(workspace, read_only=True) as opened:
        assert store.revision() == opened.meta("revision")


def test_tables_have_the_schemas_of_the_layout(store: GraphStore) -> None:
    for pool in POOLS:
        assert store.nodes(pool).schema == node_schema(pool), pool
    for kind in EDGES:
        assert store.edges(kind).schema == edge_schema(kind), kind


def test_every_kind_has_something_but_one(store: GraphStore) -> None:
    assert [name for name in GRAPH_TABLES if read(store, name).num_rows == 0] == [EMPTY_POOL]


def test_nodes_carry_texts_lists_numbers_and_nulls(store: GraphStore) -> None:
    scientist = row(store.nodes("scientists"), "name", "甲一")
    assert scientist["id"] == "xiaotian/scientists/s1"
    assert scientist["node_kind"] == "scientist"
    assert scientist["aliases"] == ["甲壹", "阿甲"]
    assert scientist["bio"] == HARD_TEXT
    assert scientist["capacity"] == BIG == 1_099_511_627_776
    assert (scientist["do_not_contact"], scientist["retired"], scientist["overseas"]) == (True, False, None)
    assert (scientist["title"], scientist["honours"], scientist["records"]) == (None, None, None)
    assert row(store.nodes("scientists"), "id", "xiaotian/scientists/s3")["name"] == "丙三 O'Brien \\"


def test_contact_fields_are_masked(store: GraphStore) -> None:
    scientist = row(store.nodes("scientists"), "name", "甲一")
    assert (scientist["phone"], scientist["email"], scientist["birth_date"]) == ("138****00", "j***@example.org", "1960")


def test_numbers_are_the_same_to_the_last_digit(store: GraphStore) -> None:
    one, two = (row(store.nodes("organisations"), "id", f"xiaotian/enterprises/{e}") for e in ("e1", "e2"))
    assert (one["employees"], one["revenue"], one["rd_spend"], two["revenue"]) == (BIG + 1, FLOATS[1], FLOATS[3], FLOATS[4])
    assert row(store.nodes("works"), "id", "xiaotian/works/w2")["amount"] == FLOATS[5]


def test_kinds_of_one_pool_are_told_apart(store: GraphStore) -> None:
    kinds = {r["id"].removeprefix("xiaotian/"): (r["node_kind"], r["stub"]) for r in store.nodes("organisations").to_pylist()}
    assert kinds == {
        "associations/a1": ("association", False), "associations/a2": ("association", False), "enterprises/e1": ("enterprise", False),
        "enterprises/e2": ("enterprise", False), "institutions/i1": ("institution", False), "institutions/没有登记的研究所": ("institution", True),
        "organisations/o1": ("enterprise", False), "organisations/o2": ("organisation", False), "societies/xh1": ("society", False)}


def test_a_node_of_several_records_names_them(store: GraphStore) -> None:
    assert row(store.nodes("regions"), "id", "bundled/regions/500101")["records"] == ["bundled/regions/500101", "xiaotian/regions/500101"]


def test_edges_carry_self_loops_and_several_between_the_same_ends(store: GraphStore) -> None:
    inputs = [tuple(r.values()) for r in store.edges("product_inputs").to_pylist()]
    assert inputs == [
        ("xiaotian/products/c1", "xiaotian/products/c2", FLOATS[1], "xiaotian/product_inputs/1"),
        ("xiaotian/products/c2", "xiaotian/products/c2", None, "xiaotian/product_inputs/2")]
    makes = [tuple(r.values()) for r in store.edges("makes").to_pylist()]
    assert makes == [
        ("xiaotian/enterprises/e1", "xiaotian/products/c1", 0.1, "2022", None, "xiaotian/makes/1"),
        ("xiaotian/enterprises/e1", "xiaotian/products/c1", 0.25, "2023", None, "xiaotian/makes/2")]


def test_nodes_are_sorted_by_the_bytes_of_their_ids(store: GraphStore) -> None:
    for pool in POOLS:
        ids = [id_.encode() for id_ in store.nodes(pool).column("id").to_pylist()]
        assert ids == sorted(ids), pool


def test_a_snapshot_is_read_once_and_then_mapped(store: GraphStore, tmp_path: Path) -> None:
    first = load_snapshot(store, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [store.revision()]
    written = {p: p.stat().st_mtime_ns for p in tmp_path.glob("*/*.arrow")}
    again = load_snapshot(store, tmp_path)
    assert len(written) == len(GRAPH_TABLES)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.glob("*/*.arrow")} == written
    assert all(again.nodes(p).equals(first.nodes(p)) and first.nodes(p).equals(store.nodes(p)) for p in POOLS)
    assert all(again.edges(e).equals(first.edges(e)) and first.edges(e).equals(store.edges(e)) for e in EDGES)


def test_both_stores_hold_the_same_tables_and_files(workspace: Path, server: Server, tmp_path: Path) -> None:
    with DuckDBStore(workspace) as own, server.store() as served:
        for name in GRAPH_TABLES:
            assert read(served, name).equals(read(own, name), check_metadata=True), name
        left, right = load_snapshot(own, tmp_path / "own"), load_snapshot(served, tmp_path / "served")
    assert left.revision == right.revision
    for name in GRAPH_TABLES:
        one, two = (left.nodes(name), right.nodes(name)) if name in POOLS else (left.edges(name), right.edges(name))
        assert one.equals(two), name


def test_more_rows_than_a_page(server: Server) -> None:
    """3,232 bundled regions and the links between them come in several pages."""
    with pytest.MonkeyPatch.context() as patch, server.store() as store:
        whole = store.nodes("regions"), store.edges("parts")
        patch.setattr("graph.neo4j_store.PAGE", 1000)
        assert (store.nodes("regions"), store.edges("parts")) == whole
        assert whole[0].num_rows > 3000


def test_nobody_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        uri = f"bolt://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(StoreUnreachable, match=uri) as caught:
        Neo4jStore(uri, username="neo4j", password="any")
    assert "\n" not in str(caught.value)


def test_wrong_password(server: Server) -> None:
    with pytest.raises(StoreDenied, match="NEO4J_PASSWORD"):
        Neo4jStore(server.uri, username=server.credentials["username"], password="wrong")


def test_credentials_come_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_USERNAME", server.credentials["username"])
    monkeypatch.setenv("NEO4J_PASSWORD", server.credentials["password"])
    with Neo4jStore(server.uri) as store:
        assert store.address == server.uri
        assert store.revision()
    monkeypatch.delenv("NEO4J_PASSWORD")
    with pytest.raises(UsageError, match="set NEO4J_PASSWORD"):
        Neo4jStore(server.uri)


@pytest.mark.parametrize("uri", ["zhulian.duckdb", "http://127.0.0.1:7474", "bolt://127.0.0.1:port", "bolt+s://127.0.0.1:7687?policy=x"])
def test_no_address(uri: str) -> None:
    with pytest.raises(UsageError, match="not the address"):
        Neo4jStore(uri, username="neo4j", password="any")


@pytest.fixture
def meta(server: Server) -> Iterator[dict[str, object]]:
    """What the meta node says, put back after the test has changed it."""
    properties = server.one("MATCH (m:ZhulianMeta) RETURN properties(m)")
    yield properties
    server.ask("MERGE (m:ZhulianMeta {id: 'zhulian'}) SET m = $properties", properties=properties)


@pytest.mark.usefixtures("meta")
def test_nothing_published(server: Server) -> None:
    server.ask("MATCH (m:ZhulianMeta) DELETE m")
    with server.store() as store, pytest.raises(StoreError, match=r"nothing was published there \(zhulian publish bolt://"):
        load_snapshot(store)


@pytest.mark.usefixtures("meta")
def test_half_published(server: Server) -> None:
    server.ask("MATCH (m:ZhulianMeta) SET m.state = 'publishing'")
    with server.store() as store, pytest.raises(StoreUnfinished, match="half-published"):
        store.nodes("works")


@pytest.mark.usefixtures("meta")
def test_published_by_another_version(server: Server) -> None:
    server.ask("MATCH (m:ZhulianMeta) SET m.schema = '0'")
    with server.store() as store, pytest.raises(StoreError, match="version 0 of the schema"):
        store.revision()


@pytest.mark.usefixtures("meta")
def test_a_publish_that_begins_between_two_tables_is_noticed(server: Server, tmp_path: Path) -> None:
    """Even one that has ended, and ended with the same revision: tables may have been read while it was at work."""
    with server.store() as store:
        store.revision()
        assert store.nodes("works").num_rows == 2
        server.ask("MATCH (m:ZhulianMeta) SET m.serial = m.serial + 1")
        with pytest.raises(StoreUnfinished, match="while it was being read"):
            store.edges("makes")
        assert store.edges("makes").num_rows == 2, "a new look is at the new publish"


def test_a_value_of_a_foreign_type_is_an_error_not_a_guess(server: Server) -> None:
    server.ask("MATCH (n:Zhulian {id: 'xiaotian/enterprises/e1'}) SET n.employees = '很多'")
    try:
        with server.store() as store, pytest.raises(StoreError, match="enterprises/e1 has a property of the wrong type"):
            store.nodes("organisations")
    finally:
        server.ask("MATCH (n:Zhulian {id: 'xiaotian/enterprises/e1'}) SET n.employees = $was", was=BIG + 1)
