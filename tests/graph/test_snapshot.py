"""What queries see: tables, positions, adjacency, ids; and the cache beside the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from graph.duckdb_store import DuckDBStore
from graph.errors import AmbiguousId, UnknownId, WorkspaceError
from graph.layout import edge_schema, node_schema
from graph.resolve import judge
from graph.schema import EDGES, POOLS
from graph.snapshot import Snapshot, load_snapshot
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import new_workspace, rebuilt, source
from tests.worlds import world


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snapshot")
    with new_workspace(folder) as workspace:
        load(workspace, [
            source(folder, "s", {
                "enterprises.csv": "id,name\n1,渝甲公司\n2,渝乙公司\n", "products.csv": "id,name\np,电池\nq,电机\nr/x,电控\n",
                "makes.csv": "enterprise,product,share,period\n1,p,0.25,2022\n1,p,0.5,2023\n1,q,,\n2,q,0.125,\n",
                "needs.csv": "id,title,text\n1,求电池,\n2,,只有内容\n", "scientists.csv": "id,name\n1,张三\n",
                "institutions.csv": "id,name\n7,甲大学\n"}),
            source(folder, "t", {"enterprises.csv": "id,name\n9,渝甲公司\n", "products.csv": "id,name\np,泵\n"})])
        judge(workspace, "s/enterprises/1", "t/enterprises/9", "same", who="me")
        rebuilt(workspace)
        return workspace.path


@pytest.fixture(scope="module")
def snapshot(path: Path) -> Iterator[Snapshot]:
    with DuckDBStore(path) as store:
        yield load_snapshot(store)


def test_tables_are_sorted_and_of_the_declared_form(snapshot: Snapshot) -> None:
    for pool in POOLS:
        assert snapshot.nodes(pool).schema == node_schema(pool)
        assert snapshot.ids(pool) == sorted(snapshot.ids(pool))
        assert snapshot.positions(pool) == {id_: i for i, id_ in enumerate(snapshot.ids(pool))}
    for kind in EDGES:
        assert snapshot.edges(kind).schema == edge_schema(kind)
        assert list(snapshot.pairs(kind)) == sorted(snapshot.pairs(kind))


def test_names_and_columns(snapshot: Snapshot) -> None:
    assert snapshot.names("products") == ["电池", "电机", "电控", "泵"]
    assert snapshot.names("needs") == ["求电池", "2"]
    assert snapshot.column("needs", "text") == [None, "只有内容"]
    assert snapshot.row("organisations", "s/enterprises/1")["records"] == ["s/enterprises/1", "t/enterprises/9"]
    with pytest.raises(UnknownId, match="no organisations with the id 't/enterprises/9'"):
        snapshot.row("organisations", "t/enterprises/9")


def test_adjacency(snapshot: Snapshot) -> None:
    assert snapshot.ids("organisations") == ["s/enterprises/1", "s/enterprises/2", "s/institutions/7"]
    assert snapshot.adjacency("makes").toarray().tolist() == [[2.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0] * 4]
    assert snapshot.adjacency("makes", weight="share").toarray().tolist() == [[0.75, 0.0, 0.0, 0.0], [0.0, 0.125, 0.0, 0.0], [0.0] * 4]
    assert snapshot.adjacency("participations", target="organisations").shape == (0, 3)
    assert snapshot.targets("makes") == {"s/enterprises/1": ["s/products/p", "s/products/p", "s/products/q"], "s/enterprises/2": ["s/products/q"]}
    assert snapshot.sources("makes")["s/products/q"] == ["s/enterprises/1", "s/enterprises/2"]


def test_kinds(snapshot: Snapshot) -> None:
    assert np.array_equal(snapshot.kind_mask("enterprise"), [True, True, False])
    assert np.array_equal(snapshot.kind_mask("institution"), [False, False, True])


@pytest.mark.parametrize(("wanted", "pools", "found"), [
    ("s/enterprises/1", None, ("organisations", "s/enterprises/1")), ("t/enterprises/9", None, ("organisations", "s/enterprises/1")),
    ("9", None, ("organisations", "s/enterprises/1")), ("enterprises/2", None, ("organisations", "s/enterprises/2")),
    ("7", None, ("organisations", "s/institutions/7")),
    ("1", ("scientists",), ("scientists", "s/scientists/1")), ("1", ("needs",), ("needs", "s/needs/1")),
    ("r/x", None, ("products", "s/products/r/x")),
    ("x", None, ("products", "s/products/r/x")), ("t/products/p", None, ("products", "t/products/p")),
])
def test_a_full_id_a_member_s_or_an_end_that_names_one_thing(snapshot: Snapshot, wanted: str, pools: tuple[str, ...] | None,
        found: tuple[str, str]) -> None:
    assert snapshot.find(wanted, pools) == found


@pytest.mark.parametrize("wanted", ["", "/", "nothing", "terprises/1", "s/enterprises/", "s/enterprises", "1 "])
def test_what_no_id_ends_in(snapshot: Snapshot, wanted: str) -> None:
    with pytest.raises(UnknownId, match="no thing has the id or name"):
        snapshot.find(wanted)


def test_an_end_of_several(snapshot: Snapshot) -> None:
    with pytest.raises(AmbiguousId, match=r"'p' could be 电池 \(s/products/p\) or 泵 \(t/products/p\): give more of the id"):
        snapshot.find("p")
    with pytest.raises(UnknownId, match="no 科技工作者 or 需求 has the id or name 'p'"):
        snapshot.find("p", ("scientists", "needs"))


def test_the_cache_gives_the_same(path: Path, tmp_path: Path) -> None:
    with DuckDBStore(path) as store:
        direct, first, second = load_snapshot(store), load_snapshot(store, tmp_path / "c"), load_snapshot(store, tmp_path / "c")
    assert direct.folder is None
    assert first.folder == second.folder == tmp_path / "c" / direct.revision
    for name in (*POOLS, *EDGES):
        tables = [s.nodes(name) if name in POOLS else s.edges(name) for s in (direct, first, second)]
        assert tables[0].equals(tables[1])
        assert tables[0].equals(tables[2])


def test_a_new_revision_keeps_three_snapshots(tmp_path: Path) -> None:
    cache, seen = tmp_path / "c", []
    with new_workspace(tmp_path) as workspace:
        file = workspace.path
    for i in range(4):
        with Workspace(file) as workspace:
            load(workspace, [source(tmp_path, "s", {"products.csv": f"id,name\n1,p{i}\n"})])
        with DuckDBStore(file) as store:
            seen.append(load_snapshot(store, cache).revision)
    assert len(set(seen)) == 4
    assert {p.name for p in cache.iterdir()} == set(seen[1:])


def test_an_empty_workspace_says_so(tmp_path: Path) -> None:
    Workspace(tmp_path / "w.duckdb").close()
    with DuckDBStore(tmp_path / "w.duckdb") as store, pytest.raises(WorkspaceError, match="the workspace is empty; load something first"):
        load_snapshot(store)


def test_a_unique_name_finds_what_it_names_and_a_shared_one_says_what_it_could_be(tmp_path: Path) -> None:
    snapshot = world(tmp_path, {"scientists": [{"id": "a", "name": "甲一"}, {"id": "b", "name": "乙二"}, {"id": "c", "name": "乙二"}],
                                "needs": [{"id": "n", "title": "甲一"}]})
    assert snapshot.find("甲一", ("scientists",)) == ("scientists", "s/scientists/a")
    with pytest.raises(AmbiguousId, match=r"乙二 \(s/scientists/b\) or 乙二 \(s/scientists/c\)"):
        snapshot.find("乙二")
    with pytest.raises(AmbiguousId, match="s/needs/n"):
        snapshot.find("甲一")
    with pytest.raises(UnknownId, match="丙三"):
        snapshot.find("丙三")
