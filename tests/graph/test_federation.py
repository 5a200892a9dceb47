"""Two sources side by side: counts, who is only in one, disagreements and their age, and what to send, against values worked out by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.build import build
from graph.errors import UsageError
from graph.federation.handover import FILL, NEW, Handover
from graph.federation.overlap import Overlap
from graph.federation.run import Federation, federate
from graph.federation.sides import FIRST, SECOND
from graph.resolve import judge
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.two_sources import HEADERS, SCRIPT, call_columns, load_on, two_sources
from tests.loaders.making import new_workspace
from tests.worlds import Rows, write_source


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    with Workspace(two_sources(tmp_path_factory.mktemp("two")), read_only=True) as opened:
        return federate(opened, "甲", "乙")


def test_how_much_of_each_is_in_the_other(made: Federation) -> None:
    assert made.overview == [Overlap("scientists", 3, 2, 1, 1), Overlap("institutions", 2, 1, 1), Overlap("enterprises", 0, 1, 0)]
    people, _, enterprises = made.overview
    assert (people.share_of_first, people.share_of_second) == (1 / 3, 1 / 2)
    assert (enterprises.share_of_first, enterprises.share_of_second) == (None, 0.0)
    assert (made.first.title, made.first.rank, made.second.rank) == ("样例平台甲", 10, 20)


def test_who_is_only_here_or_only_there(made: Federation) -> None:
    assert [(x.table, x.record, x.name, x.at, x.records, x.could_be) for x in made.only_first] == [
        ("scientists", "甲/scientists/3", "样例丙", "", 2, ()),
        ("scientists", "甲/scientists/2", "样例乙", "渝样大学", 1, ("乙/scientists/y",)),
        ("institutions", "甲/institutions/u2", "仅甲研究院", "", 1, ())]
    assert [(x.table, x.record, x.name, x.at, x.could_be) for x in made.only_second] == [
        ("scientists", "乙/scientists/y", f"样例丁{SCRIPT}", "渝样大学", ("甲/scientists/2",)),
        ("enterprises", "乙/organisations/e", "样例科技有限公司", "", ())]


def test_other_sources_that_have_it_are_named(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / n, {"regions": [{"id": code, "name": "重庆市", "region": ""}]})
                      for n, code in (("甲", "500000"), ("丙", "50"))])
        load(opened, [write_source(tmp_path / "乙", {"products": [{"name": "样例电池"}]})])
        [lone] = federate(opened, "甲", "乙").only_first
    assert (lone.table, lone.also_in) == ("regions", ("bundled", "丙"))


def test_only_what_disagrees_is_a_difference(made: Federation) -> None:
    """Names, lists, masked and cut contacts, the university by id and by name, and 重庆市 beside 万州区 differ in form alone."""
    [title] = made.differences
    assert (title.table, title.property, title.name, title.first_value, title.second_value) == ("scientists", "title", "样例甲", "教授", "副教授")
    assert (title.first_record, title.second_record) == ("甲/scientists/1", "乙/scientists/x")
    assert (title.newer, title.newer_by, title.first_changed, title.second_changed) == (None, "", None, None)


def row_of(handover: Handover, record: str) -> dict[str, str]:
    [row] = [dict(zip(handover.columns, row, strict=True)) for row in handover.rows if row[-1] == record]
    return {header: cell for header, cell in row.items() if cell}


def test_rows_for_the_other_side_stand_in_its_own_columns(made: Federation) -> None:
    people = next(t for t in made.for_second if t.table == "scientists")
    assert people.columns == [*HEADERS, "degree", "email", "do_not_contact", "zhulian_action", "zhulian_record"]
    assert (len(people.rows), people.new) == (3, 2)
    assert row_of(people, "甲/scientists/2") == {
        "大名": "样例乙", "单位": "渝樣大學", "email": "y***@example.org", "do_not_contact": "yes", "zhulian_action": NEW, "zhulian_record": "甲/scientists/2"}
    assert row_of(people, "甲/scientists/3") == {
        "大名": "样例丙", "级别": "=1+1", "方向": "遥感", "zhulian_action": NEW, "zhulian_record": "甲/scientists/3"}
    assert row_of(people, "甲/scientists/1") == {
        "工号": "x", "大名": "样例 甲", "性别": "女", "degree": "博士", "zhulian_action": FILL, "zhulian_record": "甲/scientists/1"}


def test_a_source_whose_columns_are_not_known_gets_our_names(made: Federation) -> None:
    people, bodies, universities = made.for_first
    assert people.columns == ["id", "name", "institution", "phone", "orcid", "zhulian_action", "zhulian_record"]
    assert people.rows == [["", f"样例丁{SCRIPT}", "u1", "139****21", "", NEW, "乙/scientists/y"],
                           ["1", "样例甲", "", "", "0000-0000-0000-0001", FILL, "乙/scientists/x"]]
    assert (bodies.table, bodies.rows) == ("organisations", [["", "样例科技有限公司", NEW, "乙/organisations/e"]])
    assert (universities.table, universities.rows) == ("institutions", [["u1", "渝样大学", "12500000000000000X", FILL, "乙/organisations/q"]])
    assert {t.table: [row[-2] for row in t.rows] for t in made.for_second} == {
        "scientists": [NEW, NEW, FILL], "organisations": [FILL], "institutions": [NEW]}


def test_no_raw_contact_leaves(made: Federation) -> None:
    text = repr(made)
    assert [raw for raw in ("13812345678", "13987654321", "yi@example.org", "1960-05") if raw in text] == []
    assert "139****21" in text


@pytest.mark.parametrize(("names", "words"), [
    (("甲", "丙"), "there is no source '丙': there is 乙, 甲"), (("甲", "甲"), "'甲' twice: name two sources; there is 乙, 甲"),
    (("bundled", "甲"), "there is no source 'bundled'")])
def test_sources_that_cannot_be_compared(tmp_path: Path, names: tuple[str, str], words: str) -> None:
    with Workspace(two_sources(tmp_path), read_only=True) as opened, pytest.raises(UsageError, match=words):
        federate(opened, *names)


def test_a_source_without_things_and_an_empty_workspace(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", {"products": [{"name": "样例电池"}]}),
                      write_source(tmp_path / "乙", {"makes": [{"enterprise": "样例厂", "product": "样例电池"}]})])
        with pytest.raises(UsageError, match="the source '乙' has no record of a thing"):
            federate(opened, "甲", "乙")
    with Workspace(tmp_path / "empty.duckdb") as opened, pytest.raises(UsageError, match="nothing is loaded yet"):
        federate(opened, "甲", "乙")


PEOPLE = ("甲/scientists/1", "乙/scientists/1")


def person(title: str, **more: object) -> dict[str, Rows]:
    return {"scientists": [{"id": "1", "name": "样例甲", "title": title, **more}, {"id": "2", "name": "样例乙"}]}


@pytest.fixture
def aged(tmp_path: Path) -> Callable[..., tuple[int | None, str, datetime | None, datetime | None]]:
    """Loads in order, each (source, day of 2024, tables); then what is said of the age of the title that disagrees."""
    def compare(*loads: tuple[str, int, dict[str, Rows]]) -> tuple[int | None, str, datetime | None, datetime | None]:
        with new_workspace(tmp_path) as opened:
            for name, day, tables in loads:
                load_on(opened, tmp_path, name, datetime(2024, 1, day), tables)
            judge(opened, *PEOPLE, "same", who="样例复核员")
            with opened.transaction():
                build(opened)
            [found] = [d for d in federate(opened, "甲", "乙").differences if d.property == "title"]
            return found.newer, found.newer_by, found.first_changed, found.second_changed
    return compare


def test_the_order_of_first_loads_says_nothing(aged: Callable[..., object]) -> None:
    assert aged(("甲", 1, person("教授")), ("乙", 9, person("副教授"))) == (None, "", None, None)


def test_the_load_that_changed_a_value_after_the_other_was_there_is_newer(aged: Callable[..., object]) -> None:
    assert aged(("甲", 1, person("讲师")), ("乙", 2, person("副教授")), ("甲", 3, person("教授"))) == (FIRST, "load", datetime(2024, 1, 3), None)


def test_a_change_before_the_other_was_there_says_nothing(aged: Callable[..., object]) -> None:
    assert aged(("甲", 1, person("讲师")), ("甲", 2, person("教授")), ("乙", 3, person("副教授"))) == (None, "", datetime(2024, 1, 2), None)


def test_of_two_changes_the_later_is_newer(aged: Callable[..., object]) -> None:
    found = aged(("甲", 1, person("讲师")), ("乙", 1, person("助教")), ("甲", 2, person("教授")), ("乙", 5, person("副教授")))
    assert found == (SECOND, "load", datetime(2024, 1, 2), datetime(2024, 1, 5))


def test_a_change_of_another_property_says_nothing(aged: Callable[..., object]) -> None:
    assert aged(("甲", 1, person("教授")), ("乙", 1, person("副教授")), ("甲", 2, person("教授", bio="新"))) == (None, "", None, None)


def test_a_row_added_later_is_as_new_as_its_load(aged: Callable[..., object]) -> None:
    without: dict[str, Rows] = {"scientists": [{"id": "2", "name": "样例乙"}]}
    assert aged(("甲", 1, person("教授")), ("乙", 1, without), ("乙", 4, person("副教授"))) == (SECOND, "load", None, datetime(2024, 1, 4))


@pytest.mark.parametrize(("first", "second", "newer"), [
    ({"更新时间": "2023-05-06 10:00"}, {"最后修改日期": "2023/5/7"}, SECOND), ({"last_updated": "20230507"}, {"更新时间": "2023年5月6日"}, FIRST),
    ({"更新时间": "2023-05-06"}, {"更新时间": "2023-05-06"}, None), ({"更新时间": "2023-05-06"}, {"备注": "2024-01-01"}, None),
    ({"更新时间": "2023-05"}, {"更新时间": "2022-01-01"}, None)])
def test_days_that_both_records_state(aged: Callable[..., object], first: dict[str, str], second: dict[str, str], newer: int | None) -> None:
    found = aged(("甲", 1, person("教授", **first)), ("乙", 1, person("副教授", **second)))
    assert found == (newer, "stated date" if newer else "", None, None)


def test_a_header_that_means_something_else_to_the_taker_is_not_used_twice(tmp_path: Path) -> None:
    """One platform calls the works of a person `title`; the other's 职称 stands behind under its label."""
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", person("教授", works="样例论文")), write_source(tmp_path / "乙", person("教授"))])
        call_columns(opened, "乙", "scientists", {"author": "name", "title": "works", "=cmd": "bio"})
        [table] = federate(opened, "甲", "乙").for_second
    assert table.header == {"author": "name", "title": "works", "id": "id", "职称": "title"}
    assert row_of(table, "甲/scientists/1") == {
        "author": "样例甲", "title": "样例论文", "职称": "教授", "zhulian_action": NEW, "zhulian_record": "甲/scientists/1"}


def test_codes_keep_their_ids_and_references_to_bundled_codes_stay(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", {
            "disciplines": [{"id": "X9", "name": "样例学"}], "enterprises": [{"name": "样例厂", "region": "500101", "listed": "是", "revenue": "1.5亿"}],
            "surveys": [{"region": "500101", "audience": "青少年", "year": 2023, "respondents": 1200}]}),
            write_source(tmp_path / "乙", {"products": [{"name": "样例电池"}]})])
        made = federate(opened, "甲", "乙")
    tables = {t.table: t for t in made.for_second}
    assert row_of(tables["disciplines"], "甲/disciplines/X9")["id"] == "X9"
    [enterprise] = [dict(zip(tables["enterprises"].columns, row, strict=True)) for row in tables["enterprises"].rows]
    assert {k: enterprise[k] for k in ("id", "name", "region", "listed", "revenue")} == {
        "id": "", "name": "样例厂", "region": "500101", "listed": "yes", "revenue": "15000"}
    assert [x.name for x in made.only_first if x.table == "surveys"] == ["500101 youth 2023"]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_entities_are_counted_as_sets(same: list[tuple[int, int]]) -> None:
    """Four records on each side, joined as a reviewer says: in = both + only, on each side, by the connected parts."""
    parts = {(side, i): {(side, i)} for side in "甲乙" for i in range(4)}
    for i, j in same:
        joined = parts["甲", i] | parts["乙", j]
        parts.update(dict.fromkeys(joined, joined))
    groups = {frozenset(part) for part in parts.values()}
    sides = [{side for side, _ in group} for group in groups]
    with tempfile.TemporaryDirectory() as folder, new_workspace(Path(folder)) as opened:
        load(opened, [write_source(Path(folder) / n, {"products": [{"id": i, "name": f"{n}{i}"} for i in range(4)]}) for n in "甲乙"])
        for i, j in same:
            judge(opened, f"甲/products/{i}", f"乙/products/{j}", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
        made = federate(opened, "甲", "乙")
    assert made.overview == [Overlap("products", sum("甲" in s for s in sides), sum("乙" in s for s in sides), sum(len(s) == 2 for s in sides))]
    assert len(made.only_first) == sum(s == {"甲"} for s in sides)
    assert len(made.only_second) == sum(s == {"乙"} for s in sides)
    assert {d.property for d in made.differences} <= {"name"}
    assert len(made.differences) == sum(len(s) == 2 for s in sides)
