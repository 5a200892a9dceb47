"""Ids for people: the shortest that name one thing, and what is said of those that name none or several."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import AmbiguousId, UnknownId
from graph.lookup import called_in_records, short_ids
from graph.resolve import judge
from graph.snapshot import Snapshot
from graph.workspace import Workspace
from loaders.load import load
from tests.worlds import Rows, snapshot_of, world, write_source
from zhulian.places import open_snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world(tmp_path_factory.mktemp("lookup"), {
        "scientists": [{"id": "1", "name": "样例甲", "institution": "u"}, {"id": "2", "name": "样例甲"},
                       {"id": "a/b", "name": "样例乙"}, *({"id": f"n{i}", "name": "样例丙"} for i in range(7))],
        "institutions": [{"id": "u", "name": "样例大学"}], "products": [{"id": "1", "name": "样例泵"}]})


def test_the_shortest_end_that_names_one_thing_finds_it_again(snapshot: Snapshot) -> None:
    ids = ["s/scientists/1", "s/products/1", "s/scientists/2", "s/scientists/a/b"]
    short = short_ids(snapshot, ids)
    assert short == {"s/scientists/1": "scientists/1", "s/products/1": "products/1", "s/scientists/2": "2", "s/scientists/a/b": "b"}
    assert [snapshot.find(short[id_])[1] for id_ in ids] == ids


def test_several_things_of_one_name_are_told_apart_by_their_institutions(snapshot: Snapshot) -> None:
    with pytest.raises(AmbiguousId) as told:
        snapshot.find("样例甲")
    assert str(told.value) == "'样例甲' could be 样例甲 of 样例大学 (s/scientists/1) or 样例甲 (s/scientists/2): give more of the id"


def test_of_many_the_first_five_are_told(snapshot: Snapshot) -> None:
    with pytest.raises(AmbiguousId, match=r"样例丙 \(s/scientists/n4\) or others, 7 in all: give more") as told:
        snapshot.find("样例丙")
    assert "n5" not in str(told.value)


@pytest.mark.parametrize(("wanted", "hint"), [
    ("大学", "near to it: 样例大学 (s/institutions/u)"), ("样利大学", "near to it: 样例大学 (s/institutions/u)"),
    ("不相干", "give an id (source/table/id, or the end of one) or a whole name"),
    ("s/institutions/样例大", "give an id (source/table/id, or the end of one) or a whole name"),
    ("", "give an id (source/table/id, or the end of one) or a whole name")])
def test_what_nothing_is_called(snapshot: Snapshot, wanted: str, hint: str) -> None:
    with pytest.raises(UnknownId) as told:
        snapshot.find(wanted, ("organisations",))
    assert str(told.value).endswith(f"has the id or name {wanted!r}; {hint}")


LISTS: dict[str, dict[str, Rows]] = {
    "a": {"scientists": [{"id": "1", "name": "样例明博士", "institution": "样重"}, {"id": "2", "name": "样例红", "name_en": "Yang Lihong"}],
          "institutions": [{"id": "u", "name": "样例重庆大学", "aliases": "样重"}, {"id": "v", "name": "样例理工", "former_names": "样例工学院"}]},
    "b": {"scientists": [{"id": "1", "name": "样例明", "aliases": "样小明"}, {"id": "2", "name": "样例红老师", "name_en": "Yang L. H."},
                         {"id": "3", "name": "样例同名"}, {"id": "4", "name": "样例同名"}],
          "platforms": [{"id": "p", "name": "样例站", "lead": "样例同名", "host": "样重"}]}}
"""a/1 and b/1, and a/2 and b/2, are merged; the graph shows the names of a."""


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merged")
    with Workspace(folder / "w.duckdb") as workspace:
        for id_ in "12":
            judge(workspace, f"a/scientists/{id_}", f"b/scientists/{id_}", "same", who="me")
        for source, tables in LISTS.items():
            load(workspace, [write_source(folder / source, tables)])
    return folder / "w.duckdb"


@pytest.mark.parametrize(("wanted", "found"), [
    ("样例明博士", "a/scientists/1"), ("样例明", "a/scientists/1"), ("样 小明", "a/scientists/1"), ("样例红老师", "a/scientists/2"),
    ("Yang Lihong", "a/scientists/2"), ("Yang L. H.", "a/scientists/2"), ("样重", "a/institutions/u"), ("样例工学院", "a/institutions/v")])
def test_a_thing_is_found_by_all_names_of_its_records(merged: Path, wanted: str, found: str) -> None:
    assert open_snapshot(merged, None).find(wanted)[1] == open_snapshot(Path("elsewhere"), str(merged)).find(wanted)[1] == found


def test_without_the_records_a_thing_is_found_by_the_names_that_the_graph_has(merged: Path) -> None:
    snapshot = snapshot_of(merged)
    assert [snapshot.find(name)[1] for name in ("样例明博士", "样小明", "样重")] == ["a/scientists/1", "a/scientists/1", "a/institutions/u"]
    with pytest.raises(UnknownId):
        snapshot.find("样例明")
    with Workspace(merged, read_only=True) as workspace:
        assert called_in_records(workspace, "样例明") == [("scientists", "a/scientists/1")]
        assert called_in_records(workspace, "样例同名") == []


def test_a_record_goes_before_a_mention_and_a_name_of_several_is_nobody_s(tmp_path: Path) -> None:
    people: Rows = [{"id": "1", "name": "样例一"}, {"id": "2", "name": "样例二", "aliases": "样例一"}]
    snapshot = world(tmp_path, {"scientists": people, "enterprises": [{"id": "9", "name": "样例厂", "aliases": "样例三"}],
                                "platforms": [{"id": "p", "name": "样例站", "lead": "样例三"}, {"id": "q", "name": "样例台", "lead": "样例四"},
                                              {"id": "r", "name": "样例所", "lead": "样例一"}]})
    with pytest.raises(AmbiguousId, match=r"样例一 \(s/scientists/1\) or 样例二 \(s/scientists/2\)"):
        snapshot.find("样例一")
    assert "s/scientists/样例三" in snapshot.ids("scientists")
    assert snapshot.find("样例三") == ("organisations", "s/enterprises/9")
    assert snapshot.find("样例三", ("scientists",)) == ("scientists", "s/scientists/样例三")
    assert snapshot.find("样例四") == ("scientists", "s/scientists/样例四")
