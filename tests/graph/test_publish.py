"""Publishing to a real Neo4j: only the difference is written, nothing foreign is touched, and one publisher writes at a time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph import cypher
from graph.duckdb_store import DuckDBStore
from graph.errors import StoreError, StoreUnfinished, WorkspaceError
from graph.publish import PublishReport, publish
from graph.schema import EDGES, POOLS
from graph.verify import TableDifference, verify
from graph.workspace import Workspace
from tests.graph.served import Server, emptied
from tests.graph.small_world import Tables, build_world, world
from tests.neo4j_server.server import Neo4jAddress

Change = Callable[[Tables], object]

S, E, W = "xiaotian/scientists/", "xiaotian/enterprises/", "xiaotian/works/"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world as it is."""
    return build_world(tmp_path_factory.mktemp("world"), world())


@pytest.fixture(scope="module")
def server(neo4j_server: Neo4jAddress) -> Iterator[Server]:
    with emptied(neo4j_server) as server:
        yield server


@pytest.fixture
def published(server: Server, base: Path) -> Server:
    """The server, holding the small world and nothing else."""
    server.ask("MATCH (n) WHERE NOT n:Zhulian AND NOT n:ZhulianMeta AND NOT n:ZhulianLock DETACH DELETE n")
    send(base, server)
    return server


@pytest.fixture
def changed(base: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """A copy of the small world's workspace, loaded again after a change to its tables."""
    def make(change: Change) -> Path:
        folder = tmp_path / "changed"
        shutil.copytree(base.parent, folder)
        tables = world()
        change(tables)
        return build_world(folder, tables)
    return make


def send(workspace: Path, server: Server, **options: object) -> PublishReport:
    return publish(workspace, server.uri, **server.credentials, **options)  # type: ignore[arg-type]


def assert_equal(workspace: Path, server: Server) -> None:
    report = verify(workspace, server.uri, **server.credentials)
    assert report.equal, report
    assert report.differences == ()
    assert report.workspace_revision == report.said_revision == report.served_revision


def another_year_and_nothing_made(tables: Tables) -> None:
    tables["works"][0]["year"] = 1999
    tables["makes"].clear()


def test_first_and_again(server: Server, base: Path) -> None:
    server.empty()
    with DuckDBStore(base) as own:
        nodes, edges = sum(own.nodes(p).num_rows for p in POOLS), sum(own.edges(e).num_rows for e in EDGES)
        revision = own.revision()
    assert send(base, server) == PublishReport(revision, nodes_created=nodes, edges_created=edges)
    assert server.one("MATCH (n:Zhulian) RETURN count(n)") == nodes
    assert server.one("MATCH (:Zhulian)-[r]->(:Zhulian) RETURN count(r)") == edges
    assert_equal(base, server)
    before = server.last_transaction()
    assert send(base, server) == PublishReport(revision, unchanged=True)
    assert server.last_transaction() == before, "not one transaction wrote"
    server.ask("CREATE (n:Canary) DELETE n")
    assert server.last_transaction() != before, "and the one before would have shown"


def test_cypher_users_find_what_the_schema_names(published: Server) -> None:
    assert published.ask("MATCH (e:Zhulian:Organisation:Enterprise)-[m:MAKES]->(p:Product) RETURN e.name, m.share, p.name ORDER BY m.share") == [
        ["小田电池有限公司", 0.1, "电池"], ["小田电池有限公司", 0.25, "电池"]]
    assert published.one("MATCH (s:Scientist {name: '甲一'}) RETURN [s.phone, s.email]") == ["138****00", "j***@example.org"]
    names = {name for [name] in published.ask("SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name")}
    assert {*cypher.indexes(), *cypher.constraints()} <= names
    found = published.ask("CALL db.index.fulltext.queryNodes('zhulian_works_fulltext', '锂电池正极') YIELD node RETURN node.id")
    assert found == [[f"{W}w1"]]
    with pytest.raises(Exception, match="already exists"):
        published.ask("CREATE (:Zhulian {id: $id})", id=f"{S}s1")


def test_only_the_difference_is_written(published: Server, changed: Callable[[Change], Path]) -> None:
    def change(tables: Tables) -> None:
        tables["scientists"][1]["title"] = "教授"
        tables["scientists"].append({"id": "s4", "name": "丁四", "region": "500102"})
        del tables["works"][1]
        tables["authorships"].clear()
        tables["makes"][0]["share"] = 0.2

    workspace = changed(change)
    with Workspace(workspace, read_only=True) as opened:
        revision = opened.meta("revision")
    # Gone: work w2 and its two authorships; the changed share is an edge that goes and one that comes, beside s4's place.
    assert send(workspace, published) == PublishReport(
        str(revision), nodes_created=1, nodes_updated=1, nodes_deleted=1, edges_created=2, edges_deleted=3)
    assert published.ask("MATCH (n:Scientist {id: $id})-[r]->(p) RETURN n.name, type(r), p.name", id=f"{S}s4") == [["丁四", "LOCATED_IN", "涪陵区"]]
    assert published.one("MATCH (n:Scientist {id: $id}) RETURN n.title", id=f"{S}s2") == "教授"
    assert_equal(workspace, published)


def test_a_changed_kind_changes_the_labels(published: Server, changed: Callable[[Change], Path]) -> None:
    labels = "MATCH (n:Zhulian {id: 'xiaotian/organisations/o2'}) RETURN labels(n)"
    published.ask("MATCH (n:Zhulian {id: 'xiaotian/organisations/o2'}) SET n:重点")
    assert set(published.one(labels)) == {"Zhulian", "Organisation", "重点"}
    workspace = changed(lambda tables: tables["organisations"][1].update(type="学会"))
    assert send(workspace, published).nodes_updated == 1
    assert set(published.one(labels)) == {"Zhulian", "Organisation", "Society", "重点"}
    assert_equal(workspace, published)


def test_what_others_made_survives(published: Server, changed: Callable[[Change], Path]) -> None:
    published.ask("""
        MATCH (a:Zhulian {id: $a}), (b:Zhulian {id: $b})
        SET a:我的标签, a.我的备注 = '重要', a.note = 'mine'
        CREATE (a)-[:MAKES {share: 9.0}]->(b), (a)-[:认识 {since: 2020}]->(b), (b)-[:MENTORS]->(:Scientist {id: $a, name: '外人', stub: false})
        CREATE (:Enterprise:Organisation {id: 'xiaotian/enterprises/e9', name: '别人的企业'})-[:LOCATED_IN]->(:Region {id: '500101'})
        CREATE (:Withdrawn {id: $new, name: '别人的'}), (:Zhulian {note: 'no id'})""", a=f"{E}e1", b=f"{E}e2", new=f"{S}s4")

    def change(tables: Tables) -> None:
        tables["enterprises"][0]["park"] = "小田园区"
        tables["scientists"].append({"id": "s4", "name": "丁四"})

    workspace = changed(change)
    report = send(workspace, published)
    assert (report.nodes_created, report.nodes_updated, report.nodes_deleted, report.edges_deleted) == (1, 1, 0, 0)
    assert published.ask("MATCH (n:Zhulian {id: $a}) RETURN n.park, n.我的备注, n.note, n:我的标签", a=f"{E}e1") == [
        ["小田园区", "重要", "mine", True]]
    between = "MATCH (:Zhulian {id: $a})-[r]->(:Zhulian {id: $b}) RETURN type(r), properties(r) ORDER BY type(r)"
    assert published.ask(between, a=f"{E}e1", b=f"{E}e2") == [
        ["MAKES", {"share": 9.0}], ["认识", {"since": 2020}]]
    foreign = "MATCH (n:!ZhulianMeta&!ZhulianLock) WHERE NOT n:Zhulian OR n.id IS NULL RETURN coalesce(n.name, n.note)"
    assert sorted(str(x) for [x] in published.ask(foreign)) == ["None", "no id", "别人的", "别人的企业", "外人"]
    assert published.one("MATCH (n:Withdrawn {id: $new}) RETURN labels(n)", new=f"{S}s4") == ["Withdrawn"]
    assert_equal(workspace, published)
    published.ask("MATCH (n:Zhulian) WHERE n.id IS NULL DELETE n")


def test_a_node_that_goes_leaves_what_others_hung_on_it(published: Server, base: Path, changed: Callable[[Change], Path]) -> None:
    published.ask("""
        MATCH (w:Zhulian {id: $w}), (s:Zhulian {id: $s}), (f:Zhulian {id: 'xiaotian/funds/f1'})
        CREATE (:读书笔记 {text: '好'})-[:关于]->(w), (s)-[:认识]->(f)
        SET w.我的备注 = '重要'""", w=f"{W}w2", s=f"{S}s2")

    def change(tables: Tables) -> None:
        del tables["works"][1], tables["scientists"][1]
        for name in ("authorships", "memberships", "mentorships", "employments", "teams"):
            tables[name].clear()

    workspace = changed(change)
    report = send(workspace, published)
    assert report.withdrawn == (f"{S}s2", f"{W}w2")
    assert report.nodes_deleted == 2, "the team, and the institution that only s2 named"
    assert published.ask("MATCH (:读书笔记)-[:关于]->(w) RETURN labels(w), properties(w)") == [
        [["Withdrawn"], {"id": f"{W}w2", "title": "another work, with a comma", "我的备注": "重要", "zhulian_hash": "withdrawn"}]]
    assert published.ask("MATCH (s)-[:认识]->(f:Fund) RETURN labels(s), properties(s), f.name") == [
        [["Withdrawn"], {"id": f"{S}s2", "zhulian_hash": "withdrawn"}, "小田基金"]], "a person keeps no name"
    assert_equal(workspace, published)
    assert send(workspace, published).unchanged

    send(base, published)
    assert published.ask("MATCH (:读书笔记)-[:关于]->(w:Zhulian&Work&!Withdrawn) RETURN w.id, w.trl, w.我的备注") == [[f"{W}w2", 5, "重要"]]
    assert published.one("MATCH (s:Scientist)-[:认识]->(:Fund) RETURN s.name") == "乙二"
    assert published.one("MATCH (n:Withdrawn) RETURN count(n)") == 0
    assert_equal(base, published)


def test_a_withdrawn_node_goes_when_nothing_holds_it(published: Server, base: Path, changed: Callable[[Change], Path]) -> None:
    published.ask("CREATE (:读书笔记)-[:关于]->(:Withdrawn {id: 'x', zhulian_hash: 'withdrawn'}), (:Withdrawn {id: 'y', zhulian_hash: 'withdrawn'})")
    send(changed(lambda tables: tables["works"][1].update(trl=6)), published)
    assert published.ask("MATCH (n:Withdrawn) RETURN n.id") == [["x"]]


TAMPERING = {
    "a property": ("MATCH (n:Zhulian {id: 'xiaotian/enterprises/e1'}) SET n.revenue = 1.0", ("organisations", 0, 0, 1)),
    "a property's type": ("MATCH (n:Zhulian {id: 'xiaotian/enterprises/e1'}) SET n.revenue = ['x']", ("organisations", 0, 0, 1)),
    "a property that was null": ("MATCH (n:Zhulian {id: 'xiaotian/enterprises/e1'}) SET n.level = 'x'", ("organisations", 0, 0, 1)),
    "a node": ("MATCH (n:Zhulian {id: 'xiaotian/scientists/s3'}) DELETE n", ("scientists", 1, 0, 0)),
    "a node more": ("CREATE (:Zhulian:Work {id: 'x', title: 'x', stub: false})", ("works", 0, 1, 0)),
    "a node of no kind": ("CREATE (:Zhulian {id: 'x'})", ("", 0, 1, 0)),
    "the kind's label": ("MATCH (n:Zhulian {id: 'xiaotian/enterprises/e1'}) REMOVE n:Enterprise", ("organisations", 0, 0, 1)),
    "another kind's label": ("MATCH (n:Zhulian {id: 'xiaotian/enterprises/e1'}) SET n:Society", ("organisations", 0, 0, 1)),
    "our label": ("MATCH (n:Zhulian {id: 'xiaotian/scientists/s3'}) REMOVE n:Zhulian", ("scientists", 1, 0, 0)),
    "an edge": ("MATCH (:Enterprise)-[r:MAKES {share: 0.1}]->() DELETE r", ("makes", 1, 0, 0)),
    "an edge's property": ("MATCH (:Enterprise)-[r:MAKES {share: 0.1}]->() SET r.share = 0.2", ("makes", 1, 1, 0)),
    "an edge twice": ("MATCH (a)-[r:MAKES {share: 0.1}]->(b) CREATE (a)-[s:MAKES]->(b) SET s = properties(r)", ("makes", 0, 1, 0)),
    "an edge again, changed": ("MATCH (a)-[r:MAKES {share: 0.1}]->(b) CREATE (a)-[s:MAKES]->(b) SET s = properties(r), s.share = 7.0",
                               ("makes", 0, 1, 0)),
    "an edge to a stranger": ("MATCH (a:Enterprise)-[r:MAKES {share: 0.1}]->() CREATE (a)-[s:MAKES]->(:Product {id: 'x'}) SET s = properties(r)",
                              ("makes", 0, 1, 0)),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_what_others_changed_is_seen_and_mended(published: Server, base: Path, what: str) -> None:
    statement, (table, missing, extra, different) = TAMPERING[what]
    published.ask(statement)
    report = verify(base, published.uri, **published.credentials)
    assert not report.equal
    assert report.said_revision == report.workspace_revision != report.served_revision
    [found] = report.differences
    assert found == TableDifference(table, missing, extra, different, found.ids)
    assert found.ids
    assert not send(base, published).unchanged
    assert_equal(base, published)
    assert send(base, published).unchanged


def test_a_changed_hash_is_mended_though_the_content_is_right(published: Server, base: Path) -> None:
    published.ask("MATCH (n:Scientist {id: $id}) SET n.zhulian_hash = 'x'", id=f"{S}s1")
    published.ask("MATCH (:Enterprise)-[r:MAKES {share: 0.1}]->() SET r.zhulian_hash = 'y'")
    assert verify(base, published.uri, **published.credentials).equal
    report = send(base, published)
    assert (report.nodes_updated, report.edges_created, report.edges_deleted) == (1, 1, 1)


def test_a_graph_of_another_version_is_replaced(published: Server, base: Path) -> None:
    published.ask("MATCH (m:ZhulianMeta) SET m.schema = '0'")
    published.ask("MATCH (a:Scientist {id: $a}), (b:Work {id: $b}) "
                  "CREATE (a)-[:OLD_TYPE {zhulian_hash: 'x'}]->(b), (a)-[:OLD_TYPE {mine: true}]->(b)", a=f"{S}s1", b=f"{W}w1")
    assert send(base, published).edges_deleted == 1
    assert published.ask("MATCH ()-[r:OLD_TYPE]->() RETURN properties(r)") == [[{"mine": True}]]
    assert_equal(base, published)
    published.ask("MATCH ()-[r:OLD_TYPE]->() DELETE r")


class Stopped(Exception):
    """What the tests stop a publish with."""


def test_a_publish_that_stops_half_way_is_told_and_finished(published: Server, base: Path, changed: Callable[[Change], Path]) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if what == "writing":
            raise Stopped(f"{done} of {total}")

    workspace = changed(another_year_and_nothing_made)
    with pytest.raises(Stopped):
        send(workspace, published, progress=stop)
    with published.store() as store, pytest.raises(StoreUnfinished, match="half-published"):
        store.revision()
    with pytest.raises(StoreUnfinished, match="half-published"):
        verify(workspace, published.uri, **published.credentials)
    send(base, published)
    assert_equal(base, published)


def test_two_at_once(published: Server, base: Path, changed: Callable[[Change], Path]) -> None:
    refused: list[str] = []

    def other(what: str, done: int, total: int) -> None:
        if not refused:
            with pytest.raises(StoreUnfinished, match="another publish is writing there") as caught:
                send(base, published)
            refused.append(str(caught.value))

    workspace = changed(lambda tables: tables["works"][0].update(year=1999))
    send(workspace, published, progress=other)
    assert len(refused) == 1
    assert_equal(workspace, published)


@pytest.mark.parametrize("moment", ["comparing", "writing"])
def test_a_publisher_that_lost_its_lock_writes_no_more(published: Server, base: Path, changed: Callable[[Change], Path], moment: str) -> None:
    """The server may end the transaction that holds the lock; then another publishes, and the first must not write into that."""
    other = changed(another_year_and_nothing_made)
    taken: list[PublishReport] = []

    def lose_lock(what: str, done: int, total: int) -> None:
        if what == moment and not taken:
            others = published.ask("SHOW TRANSACTIONS YIELD transactionId, currentQuery "
                                   "WHERE NOT currentQuery STARTS WITH 'SHOW' RETURN transactionId")
            for [transaction] in others:
                published.ask(f"TERMINATE TRANSACTION '{transaction}'")
            taken.append(send(other, published, progress=lambda *_: None))

    published.ask("MATCH (:Enterprise)-[r:MAKES]->() DELETE r")
    with pytest.raises(StoreUnfinished, match="another publish began there meanwhile"):
        send(base, published, progress=lose_lock, batch=1)
    assert len(taken) == 1
    assert_equal(other, published)


def test_an_empty_workspace_is_refused(published: Server, tmp_path: Path, base: Path) -> None:
    Workspace(tmp_path / "empty.duckdb").close()
    with pytest.raises(WorkspaceError, match="the workspace is empty"):
        send(tmp_path / "empty.duckdb", published)
    with pytest.raises(WorkspaceError, match="there is no workspace"):
        send(tmp_path / "absent.duckdb", published)
    assert_equal(base, published)


def test_a_name_too_long_for_neo4j_is_refused_before_anything_is_written(published: Server, base: Path, changed: Callable[[Change], Path]) -> None:
    before = published.last_transaction()
    with pytest.raises(WorkspaceError, match=f"the title of {W}w1 is too long"):
        send(changed(lambda tables: tables["works"][0].update(title="长" * 10_667)), published)
    assert published.last_transaction() == before


def test_the_longest_name_that_is_let_through_can_be_written(published: Server, changed: Callable[[Change], Path]) -> None:
    workspace = changed(lambda tables: tables["works"][0].update(title="长" * 10_666))
    send(workspace, published)
    assert_equal(workspace, published)


def test_verify_where_nothing_was_published(server: Server, base: Path) -> None:
    server.ask("MATCH (m:ZhulianMeta) DELETE m")
    with pytest.raises(StoreError, match="nothing was published"):
        verify(base, server.uri, **server.credentials)
