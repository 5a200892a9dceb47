"""Rows → records and issues: nothing is lost, nothing counted twice."""

from __future__ import annotations

import json
import random

import pytest

from graph.errors import SourceError
from graph.records import RecordTable
from graph.schema import TABLES
from loaders.raw import Cell, RawTable
from loaders.understand import Understanding
from tests.loaders.making import codes, rows_of, values


def understand(table: str, header: str, *rows: str, file: str = "t.csv", told: dict[str, str] | None = None) -> RecordTable:
    """A table from text: cells parted by blanks, `_` for an empty one."""
    cells: list[list[Cell]] = [[("" if c == "_" else c) for c in row.split(" ")] for row in rows]
    understanding = Understanding("s", TABLES[table])
    understanding.add(RawTable(file, "", tuple(header.split(" ")), cells, list(range(2, len(rows) + 2))), told)
    made = understanding.finish()
    assert made.read == made.accepted + made.rejected == len(rows)
    assert len({i.row for i in made.issues if i.rejected}) == made.rejected
    return made


def test_a_record_holds_its_values_its_place_and_its_cells() -> None:
    made = understand("products", "id 产品名称 别名 颜色", "p1 电池 锂电;电芯 红", "p2 电机 _ _")
    assert rows_of(made) == [
        {"id": "p1", "file": "t.csv", "row": 2, "raw": '{"id": "p1", "产品名称": "电池", "别名": "锂电;电芯", "颜色": "红"}',
        "extra": '{"颜色": "红"}',
         "name": "电池", "aliases": ["锂电", "电芯"]},
        {"id": "p2", "file": "t.csv", "row": 3, "raw": '{"id": "p2", "产品名称": "电机"}', "name": "电机"}]
    assert made.unknown_columns == ("颜色",)
    assert made.recognised == ("产品名称 → name", "别名 → aliases")


@pytest.mark.parametrize(("table", "header", "wanted"), [
    ("scientists", "编号 单位", "name"), ("works", "id year", "title"), ("needs", "id budget", "title .*text"),
    ("authorships", "work position", "scientist"),
    ("surveys", "地区 年份", "audience"), ("community_roles", "community party", "role"), ("regions", "name level", "id"),
])
def test_a_required_column_that_is_missing(table: str, header: str, wanted: str) -> None:
    with pytest.raises(SourceError, match=rf"^t\.csv: {table} needs the column {wanted}.*{header.split()[0]}"):
        understand(table, header, "a b")


def test_a_required_value_that_is_missing() -> None:
    made = understand("scientists", "id name", "1 张三", "2 _", "3 无")
    assert values(made, "id") == ["1"]
    assert codes(made.issues) == [(3, "name", "missing_value"), (4, "name", "missing_value")]


def test_one_of_several_is_required() -> None:
    made = understand("needs", "id title text", "1 甲 _", "2 _ 乙", "3 _ _")
    assert values(made, "id") == ["1", "2"]
    assert codes(made.issues) == [(4, "title", "missing_value")]


def test_an_official_code_is_required() -> None:
    made = understand("industries", "id name", "C39 电子", "_ 无码", "- 横线")
    assert values(made, "id") == ["C39"]
    assert codes(made.issues) == [(3, "id", "missing_value"), (4, "id", "missing_value")]


def test_a_required_choice_that_is_none_is_rejected() -> None:
    made = understand("community_roles", "community party role", "c p 政", "c p 军", "c p _")
    assert made.rejected == 2
    assert codes(made.issues) == [(3, "role", "unknown_value"), (4, "role", "missing_value")]


def test_a_broken_cell_is_an_issue_and_the_row_stays() -> None:
    made = understand("scientists", "id name gender capacity birth_date", "1 张三 保密 很多 1960-13")
    assert rows_of(made) == [{"id": "1", "file": "t.csv", "row": 2, "name": "张三", "raw": json.dumps(
        {"id": "1", "name": "张三", "gender": "保密", "capacity": "很多", "birth_date": "1960-13"}, ensure_ascii=False)}]
    assert {(i.row, i.column, i.value, i.code, i.rejected) for i in made.issues} == {
        (2, "capacity", "很多", "not_a_number", False), (2, "birth_date", "", "not_a_date", False),
        (2, "gender", "保密", "unknown_value", False)}


def test_more_cells_than_columns_are_rejected_and_fewer_are_empty() -> None:
    made = understand("products", "id name domain", "1 a b c", "2 d", "3 e f _")
    assert values(made, "id") == ["2", "3"]
    assert codes(made.issues) == [(2, "", "more_cells_than_columns")]


def test_sensitive_columns_leave_no_trace() -> None:
    made = understand("scientists", "姓名 政治面貌 身份证号", "张三 群众 500101196005170011")
    assert made.refused_columns == ("政治面貌", "身份证号")
    assert made.unknown_columns == ()
    assert codes(made.issues) == [(0, "政治面貌", "sensitive_column"), (0, "身份证号", "sensitive_column")]
    assert "群众" not in repr(made)
    assert "500101196005170011" not in repr(made)
    assert "500101196005170011" not in str(made.rows.to_pylist())


def test_identical_rows_are_one_record() -> None:
    made = understand("scientists", "id name", "1 a", "1 a", "1 a")
    assert values(made, "id") == ["1"]
    assert codes(made.issues) == [(3, "id", "duplicate_row"), (4, "id", "duplicate_row")]


def test_of_two_rows_of_one_id_the_fuller_stays() -> None:
    made = understand("scientists", "id name title degree", "1 a _ _", "1 a 教授 _", "1 b 教授 博士", "2 c _ _")
    assert [(r["id"], r["name"]) for r in rows_of(made)] == [("1", "b"), ("2", "c")]
    assert sorted(codes(made.issues)) == [(2, "id", "duplicate_id"), (3, "id", "duplicate_id")]


def test_the_outcome_does_not_depend_on_the_order_of_rows() -> None:
    rows = ["1 a _ 教授", "1 b _ 教授", "1 a _ 教授", "_ c x _", "_ c x _", "_ c x 院士", "_ c y _", "2 d _ _", "2 d _ 讲师", "3 e _ 教授",
        "3 e 何 _"]
    outcomes = set()
    for seed in range(20):
        shuffled = rows[:]
        random.Random(seed).shuffle(shuffled)
        made = understand("scientists", "id name institution title", *shuffled)
        outcomes.add(json.dumps(sorted(
            [(r["id"], r["name"], r.get("institution"), r.get("title"), r["raw"]) for r in rows_of(made)]), ensure_ascii=False))
        assert made.accepted == 6
    assert len(outcomes) == 1


def test_rows_that_differ_in_cells_that_were_not_understood_give_one_outcome() -> None:
    rows = ["1 a 很多", "1 a 不少", "1 a 若干"]
    kept = {understand("scientists", "id name capacity", *order).rows.column("raw")[0].as_py() for order in (rows, rows[::-1], rows[1:] + rows[:1])}
    assert len(kept) == 1


def test_derived_ids_are_stable_and_tell_records_apart() -> None:
    first = understand("scientists", "name institution title", "a x 教授", "a y 教授", "b x _")
    moved = understand("scientists", "title institution name", "_ x b", "讲师 y a", "教授 x a", file="other.csv")
    by_name = {(r["name"], r["institution"]): r["id"] for r in rows_of(first)}
    assert by_name == {(r["name"], r["institution"]): r["id"] for r in rows_of(moved)}
    assert len(set(by_name.values())) == 3


def test_two_people_without_id_who_differ_only_beyond_the_key_both_stay() -> None:
    made = understand("scientists", "name institution email", "a x 1@x.cn", "a x 2@x.cn")
    assert made.accepted == 2
    assert len(set(values(made, "id"))) == 2
    assert set(values(made, "id")) == set(values(understand("scientists", "name institution email", "a x 2@x.cn", "a x 1@x.cn"), "id"))


def test_derived_ids_of_links_come_from_their_ends_and_key() -> None:
    made = understand("memberships", "society scientist role since", "s 1 理事 2020", "s 1 会员 2020", "s 2 理事 2020")
    again = understand("memberships", "society scientist role since", "s 1 理事 2024")
    assert len(set(values(made, "id"))) == 3
    assert values(again, "id")[0] == values(made, "id")[0]


def test_files_of_one_table_may_have_different_headers() -> None:
    understanding = Understanding("s", TABLES["products"])
    understanding.add(RawTable("a.csv", "", ("id", "name"), [["1", "a"]], [2]))
    understanding.add(RawTable("b.xlsx", "第#1页", ("产品名称", "色", "编号"), [["b", "red", "2"], ["a", "", "1"]], [5, 6]))
    made = understanding.finish()
    assert [(r["id"], r["name"], r["file"], r["row"]) for r in rows_of(made)] == [("1", "a", "a.csv", 2), ("2", "b", "b.xlsx#第#1页", 5)]
    assert (made.read, made.accepted, made.rejected) == (3, 2, 1)
    assert made.files == ("a.csv", "b.xlsx#第#1页")
    assert [(i.file, i.row, i.code, i.message) for i in made.issues] == [("b.xlsx#第#1页", 6, "duplicate_row", "says the same as row 2 of a.csv")]


def test_columns_of_one_name_are_all_kept() -> None:
    understanding = Understanding("s", TABLES["products"])
    understanding.add(RawTable("a.csv", "", ("name", "x", "x", "name"), [["a", "1", "2", "b"]], [2]))
    assert json.loads(str(rows_of(understanding.finish())[0]["extra"])) == {"name#2": "b", "x": "1", "x#2": "2"}


@pytest.mark.parametrize("id_", ["a/b/c", "o'brien", 'say "x"', "甲;乙", "#1", "%s", "{}", "../..", "a,b", "a\\b", "'; DROP TABLE meta; --"])
def test_ids_hold_any_character(id_: str) -> None:
    understanding = Understanding("s", TABLES["products"])
    understanding.add(RawTable("a.csv", "", ("id", "name"), [[id_, "a"]], [2]))
    assert values(understanding.finish(), "id") == [id_]


def test_ids_are_one_line_as_references_to_them_are() -> None:
    understanding = Understanding("s", TABLES["scientists"])
    understanding.add(RawTable("a.csv", "", ("id", "name", "institution"), [["a\nb\ud800", "a", "a\nb\ud800"]], [2]))
    row = rows_of(understanding.finish())[0]
    assert row["id"] == row["institution"] == "a b"


def test_an_identity_number_is_refused_under_any_header() -> None:
    """11010519491231002X is the example of GB 11643; a code of eighteen digits that is none stays."""
    understanding = Understanding("s", TABLES["scientists"])
    understanding.add(RawTable("a.csv", "", ("姓名", "代号", "批号", "公民身份号码"), [["甲", "11010519491231002X", "123456789012345678", "x"]], [2]))
    made = understanding.finish()
    assert set(made.refused_columns) == {"代号", "公民身份号码"}
    assert made.unknown_columns == ("批号",)
    assert "1949" not in str(made.rows.to_pylist())
