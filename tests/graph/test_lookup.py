"""Ids for people: the shortest that name one thing, and what is said of those that name none or several."""

from __future__ import annotations

import pytest

from graph.errors import AmbiguousId, UnknownId
from graph.lookup import short_ids
from graph.snapshot import Snapshot
from tests.worlds import world


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
