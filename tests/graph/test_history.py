"""What changed between two loads of a source, by hand, and so that the new state follows from the old one and the changes."""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import UnknownTable, UsageError
from graph.history import Change, changes
from graph.records import RecordTable, record_schema
from graph.schema import NODES, TABLES, Privacy, columns
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, new_workspace, source

HEADER = ["id", "name", "title", "keywords", "phone", "retired", "capacity", "备注"]
FIRST = [HEADER, ["1", "样例甲", "副教授", "电池;储能", "13812345678", "", "1", "旧话"], ["2", "样例乙", "教授", "", "", "", "", ""],
         ["3", "样例丙", "教授", "柑橘", "", "", "", ""], ["4", "样例丁", "", "", "", "", "", ""]]
SECOND = [HEADER, ["5", "样例戊", "讲师", "", "13900000000", "", "", ""], ["3", "样例丙", "教授", "柑橘", "", "", "", ""],
          ["4", "样例丁", "", "", "", "", "", ""], ["1", "样例甲", "教授", "储能;热管理", "13812345699", "是", "2", "新话"]]
LINKS = "work,scientist,position\nw,1,1\nw,2,2\n"
LINKS_LATER = "work,scientist,position\nw,1,3\nw,3,2\n"


@pytest.fixture
def twice(tmp_path: Path) -> Workspace:
    """A source that was loaded, loaded again as it was, and loaded when it had changed."""
    workspace = new_workspace(tmp_path)
    folder = source(tmp_path, "s", {"scientists.csv": csv_text(FIRST), "authorships.csv": LINKS, "works.csv": "id,title\nw,论电池\n"})
    for _ in range(2):
        load(workspace, [folder])
    assert workspace.connection.execute("SELECT * FROM changes").fetchall() == []
    source(tmp_path, "s", {"scientists.csv": csv_text(SECOND), "authorships.csv": LINKS_LATER})
    load(workspace, [folder])
    return workspace


def said(found: list[Change]) -> list[tuple[object, ...]]:
    return [(c.table, c.id, c.change, c.property, c.before, c.after) for c in found]


def test_rows_and_cells_that_changed(twice: Workspace) -> None:
    found = changes(twice, "s", table="scientists")
    assert said(found) == [
        ("scientists", "1", "changed", "title", "副教授", "教授"), ("scientists", "1", "changed", "keywords", "电池; 储能", "储能; 热管理"),
        ("scientists", "1", "changed", "phone", "138****78", "138****99"), ("scientists", "1", "changed", "capacity", "1", "2"),
        ("scientists", "1", "changed", "retired", None, "true"), ("scientists", "1", "changed", "extra", None, None),
        ("scientists", "2", "removed", "name", "样例乙", None), ("scientists", "5", "added", "name", None, "样例戊")]
    assert {(c.load, c.source) for c in found} == {(2, "s")}
    [(at,)] = twice.connection.execute("SELECT max(loaded_at) FROM loads WHERE source = 's' AND tbl = 'scientists'").fetchall()
    assert {c.loaded_at for c in found} == {at}


def test_a_link_is_named_by_its_ends(twice: Workspace) -> None:
    found = said(changes(twice, "s", table="署名"))
    assert sorted(row[2:] for row in found) == [
        ("added", "work+scientist", None, "w → 3"), ("changed", "position", "1", "3"), ("removed", "work+scientist", "w → 2", None)]
    assert len({row[1] for row in found}) == 3


def test_all_tables_of_a_source_and_one_load_alone(tmp_path: Path, twice: Workspace) -> None:
    everything = changes(twice, "s")
    assert everything == sorted(everything, key=lambda c: c.loaded_at)
    assert {c.table for c in everything} == {"scientists", "authorships"}
    source(tmp_path, "s", {"scientists.csv": csv_text([SECOND[0], *SECOND[2:]])})
    load(twice, [tmp_path / "s" / "scientists.csv"])
    assert said(changes(twice, "s", load=3)) == [("scientists", "5", "removed", "name", "样例戊", None)]
    assert changes(twice, "s", load=2) == everything
    assert changes(twice, "s", load=1) == []
    last = changes(twice, "s", last=True)
    assert {(c.table, c.load) for c in last} == {("scientists", 3), ("authorships", 2)}
    assert changes(twice, "s") == sorted([*everything, *changes(twice, "s", load=3)], key=lambda c: c.loaded_at)


def test_what_cannot_be_asked_for(twice: Workspace) -> None:
    with pytest.raises(UsageError, match="'nobody'.*bundled, s"):
        changes(twice, "nobody")
    with pytest.raises(UnknownTable, match="people"):
        changes(twice, "s", table="people")
    for number in (0, 4, -1):
        with pytest.raises(UsageError, match=f"no load {number}; 2 were made"):
            changes(twice, "s", load=number)
    with pytest.raises(UsageError, match="s/products: there is no load 1; none were made"):
        changes(twice, "s", table="products", load=1)


def test_a_load_that_is_only_checked_leaves_no_history(tmp_path: Path, twice: Workspace) -> None:
    before = changes(twice, "s")
    source(tmp_path, "s", {"scientists.csv": csv_text(FIRST)})
    load(twice, [tmp_path / "s"], check=True)
    assert changes(twice, "s") == before


def test_the_order_of_rows_and_columns_is_no_change(tmp_path: Path, twice: Workspace) -> None:
    before = changes(twice, "s")
    turned = [row[::-1] for row in (SECOND[0], *SECOND[:0:-1])]
    source(tmp_path, "s", {"scientists.csv": csv_text(turned)})
    load(twice, [tmp_path / "s"])
    assert changes(twice, "s") == before


def test_a_table_that_comes_back_empty_is_all_removed(tmp_path: Path, twice: Workspace) -> None:
    with twice.transaction():
        twice.replace_table(RecordTable("s", "works", record_schema("works").empty_table()), allow_shrink=True)
        twice.replace_table(RecordTable("s", "works", table("works", [{"id": "w", "title": "论电池"}])))
    assert said(changes(twice, "s", table="works")) == [("works", "w", "removed", "title", "论电池", None)]


def table(name: str, rows: list[dict[str, object]]) -> pa.Table:
    full = [{"file": "f.csv", "row": i + 2, "raw": "{}", **row} for i, row in enumerate(rows)]
    return pa.Table.from_pylist(full, schema=record_schema(name))


def replaced(workspace: Workspace, name: str, *states: list[dict[str, object]]) -> None:
    for state in states:
        with workspace.transaction():
            workspace.replace_table(RecordTable("s", name, table(name, state), ("f.csv",), len(state)), allow_shrink=True)


def test_no_contact_value_of_any_table_is_kept_in_the_history(tmp_path: Path) -> None:
    phones, days = ("13812345678", "13987654321"), ("1960-05-17", "1961-06-18")
    with new_workspace(tmp_path) as workspace:
        for name, declared in NODES.items():
            contacts = [p for p in columns(declared) if p.privacy is Privacy.CONTACT]
            for i in range(2):
                if contacts:
                    cells: dict[str, object] = {p.name: days[i] if p.type == "date" else phones[i] for p in contacts}
                    replaced(workspace, name, [{"id": "1", **cells, "extra": json.dumps({"备用电话": phones[i]})}])
            if contacts:
                replaced(workspace, name, [{"id": "1"}], [])
        kept = str(workspace.connection.execute("SELECT * FROM changes").fetchall())
    assert "138****78" in kept
    assert "'1960'" in kept
    assert not any(value in kept for value in (*phones, *days))


def test_a_row_of_a_table_without_a_title_is_named_by_its_id(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        replaced(workspace, "surveys", [{"id": "a", "year": 2020}], [{"id": "b", "year": 2020}])
        assert said(changes(workspace, "s")) == [("surveys", "a", "removed", "id", "a", None), ("surveys", "b", "added", "id", None, "b")]


CELLS = {"name": st.sampled_from(["甲", "乙", "'; x"]), "domain": st.none() | st.sampled_from(["", "材料"]),
         "aliases": st.none() | st.just(["a"]) | st.just(["a", "b"]), "critical": st.none() | st.booleans()}
STATES = st.dictionaries(st.sampled_from(["1", "2", "3", "甲/乙"]), st.fixed_dictionaries(CELLS), max_size=4)


def as_text(row: dict[str, object]) -> dict[str, str | None]:
    """A row's cells as the history writes them."""
    shown = {k: "; ".join(v) if isinstance(v, list) else str(v).lower() if isinstance(v, bool) else v for k, v in row.items()}
    return {k: None if v is None else str(v) for k, v in shown.items()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(states=st.lists(STATES, min_size=2, max_size=3))
def test_the_old_state_and_the_changes_make_the_new_one(states: list[dict[str, dict[str, object]]]) -> None:
    """But for the cells of rows that came: of those the history keeps the name alone."""
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder) / "w.duckdb") as workspace:
        replaced(workspace, "products", *([{"id": id_, **row} for id_, row in state.items()] for state in states))
        found = changes(workspace, "s") if any(states) else []
        numbers = sorted({c.load for c in found})
        distinct = [state for i, state in enumerate(states) if i == 0 or state != states[i - 1]]
        for old, new in pairwise(distinct):
            if not old:
                continue
            mine = [c for c in found if c.load == numbers[0]]
            numbers.pop(0)
            made = {id_: as_text(row) for id_, row in old.items()}
            for c in mine:
                match c.change:
                    case "removed":
                        assert made.pop(c.id)["name"] == c.before
                    case "added":
                        assert c.id not in made
                        made[c.id] = as_text(new[c.id]) | {"name": c.after}
                    case _:
                        assert made[c.id][c.property] == c.before
                        made[c.id][c.property] = c.after
            assert made == {id_: as_text(row) for id_, row in new.items()}
        assert numbers == []


def test_every_table_can_be_compared(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        for name in TABLES:
            replaced(workspace, name, [{"id": "1"}], [{"id": "1", "extra": '{"x": "1"}'}])
        assert said(changes(workspace, "s")) == [(name, "1", "changed", "extra", None, None) for name in TABLES]
