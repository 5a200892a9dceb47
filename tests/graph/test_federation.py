"""Two sources side by side: counts, who is only in one, disagreements and their age, and what to send, against values worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.build import build
from graph.errors import UsageError
from graph.federation.overlap import Overlap
from graph.federation.run import Federation, federate
from graph.federation.sending import FILL, NEW, Handover
from graph.federation.sides import FIRST, SECOND
from graph.resolve import judge
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.two_sources import HEADERS, SCRIPT, call_columns, load_on, two_sources
from tests.loaders.making import new_workspace
from tests.worlds import Rows, write_source


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_sources(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def made(workspace: Path) -> Federation:
    with Workspace(workspace, read_only=True) as opened:
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


def test_rows_for_the_other_side_stand_in_its_own_columns_and_language(made: Federation) -> None:
    people = next(t for t in made.for_second if t.table == "scientists")
    assert people.columns == [*HEADERS, "学历学位", "处理", "来源记录"]
    assert people.header["学历学位"] == "degree"
    assert (len(people.rows), people.new) == (2, 1)
    assert row_of(people, "甲/scientists/3") == {"大名": "样例丙", "级别": "=1+1", "方向": "遥感", "处理": "新增", "来源记录": "甲/scientists/3"}
    assert row_of(people, "甲/scientists/1") == {
        "工号": "x", "大名": "样例 甲", "性别": "女", "学历学位": "博士", "处理": "补充", "来源记录": "甲/scientists/1"}
    universities = next(t for t in made.for_second if t.table == "institutions")
    assert universities.columns == ["编号", "院所名称", "处理", "来源记录"]


def test_a_source_whose_columns_are_not_known_gets_our_names(made: Federation) -> None:
    people, bodies, universities = made.for_first
    assert people.columns == ["id", "name", "orcid", "zhulian_action", "zhulian_record"]
    assert people.rows == [["1", "样例甲", "0000-0000-0000-0001", FILL, "乙/scientists/x"]]
    assert (bodies.table, bodies.rows) == ("organisations", [["", "样例科技有限公司", NEW, "乙/organisations/e"]])
    assert (universities.table, universities.rows) == ("institutions", [["u1", "渝样大学", "12500000000000000X", FILL, "乙/organisations/q"]])
    assert {t.table: [row[-2] for row in t.rows] for t in made.for_second} == {
        "scientists": ["新增", "补充"], "organisations": ["补充"], "institutions": ["新增"]}


def test_what_may_be_a_record_of_the_other_side_waits_for_the_review(made: Federation) -> None:
    """甲/2 and 乙/y are in doubt: sent as new, the one person would be there twice."""
    assert [x.record for x in made.waiting_for_second] == ["甲/scientists/2"]
    assert [(x.record, x.could_be) for x in made.waiting_for_first] == [("乙/scientists/y", ("甲/scientists/2",))]
    assert [row for t in (*made.for_first, *made.for_second) for row in t.rows if row[-1] in ("甲/scientists/2", "乙/scientists/y")] == []


def test_no_raw_contact_leaves(made: Federation) -> None:
    assert [raw for raw in ("13812345678", "13987654321", "yi@example.org", "1960-05") if raw in repr(made)] == []
    assert [cell for t in (*made.for_first, *made.for_second) for row in t.rows for cell in row if "*" in cell] == []


def test_a_review_lies_between_two_sources_by_what_its_records_are_one_with(tmp_path: Path) -> None:
    """The doubtful pair names a record of 丙 that is one with one of 甲; a review between 丙 alone and 乙 is none of theirs."""
    tables: dict[str, Rows] = {"products": [{"id": "1", "name": "样例电池"}, {"id": "2", "name": "样例电极"}]}
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / n, tables) for n in ("甲", "乙", "丙")])
        judge(opened, "甲/products/1", "丙/products/1", "same", who="样例复核员")
        for number in "12":
            judge(opened, f"丙/products/{number}", f"乙/products/{number}", "unsure", who="样例复核员")
        with opened.transaction():
            build(opened)
        made = federate(opened, "甲", "乙")
    assert made.overview == [Overlap("products", 2, 2, 0, 1)]
    assert [(d.first_record, d.second_record) for d in made.doubts] == [("甲/products/1", "乙/products/1")]
    assert [(x.name, x.also_in, x.could_be) for x in made.only_first] == [("样例电极", (), ()), ("样例电池", ("丙",), ("乙/products/1",))]


def test_sources_that_cannot_be_compared(workspace: Path) -> None:
    with Workspace(workspace, read_only=True) as opened:
        for names, words in ((("甲", "丙"), "there is no source '丙': there is 乙, 甲"),
                             (("甲", "甲"), "'甲' twice: name two sources; there is 乙, 甲"),
                             (("bundled", "甲"), "there is no source 'bundled': there is 乙, 甲")):
            with pytest.raises(UsageError, match=words):
                federate(opened, *names)


def test_a_source_without_things_and_an_empty_workspace(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", {"products": [{"name": "样例电池"}]}),
                      write_source(tmp_path / "乙", {"makes": [{"enterprise": "样例厂", "product": "样例电池"}]})])
        with pytest.raises(UsageError, match="the source '乙' has no record of a thing"):
            federate(opened, "甲", "乙")
    with Workspace(tmp_path / "empty.duckdb") as opened, pytest.raises(UsageError, match="nothing is loaded yet"):
        federate(opened, "甲", "乙")


def day(number: int) -> datetime:
    return datetime(2024, 1, number)


def people(titles: dict[str, str], **cells: dict[str, str]) -> dict[str, Rows]:
    """A title a person, and other columns: header → person → cell."""
    return {"scientists": [{"id": who, "name": f"样例{who}", "title": title} | {header: cell[who] for header, cell in cells.items() if who in cell}
                           for who, title in titles.items()]}


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """甲 loaded on days 1 and 2, 乙 on days 1 and 5, 丙 on day 9; people of one id are one, and have another title everywhere."""
    folder = tmp_path_factory.mktemp("aged")
    stated = dict.fromkeys(("later", "earlier", "alike", "once", "month"), "教授")
    days = {"later": "2023-05-06 10:00", "alike": "2023-05-06", "once": "2023-05-06", "month": "2023-05"}
    first = {"changed": "讲师", "untouched": "教授", "both": "讲师", "added": "教授", **stated}
    second = {"changed": "副教授", "untouched": "副教授", "both": "助教", **dict.fromkeys(stated, "副教授")}
    here = {"更新时间": days, "last_updated": {"earlier": "20230507"}}
    there = {"更新时间": {"earlier": "2023年5月6日", "alike": "2023-05-06", "month": "2022-01-01"}, "最后修改日期": {"later": "2023/5/7"},
             "备注": {"once": "2024-01-01"}}
    with new_workspace(folder) as opened:
        load_on(opened, folder, "甲", day(1), people(first, **here))
        load_on(opened, folder, "乙", day(1), people(second, **there))
        load_on(opened, folder, "甲", day(2), people(first | {"changed": "教授", "both": "教授"}, bio={"untouched": "新"}, **here))
        load_on(opened, folder, "乙", day(5), people(second | {"both": "副教授", "added": "副教授"}, **there))
        load_on(opened, folder, "丙", day(9), people({"changed": "研究员", "untouched": "研究员"}))
        for who in (*first, "added"):
            judge(opened, f"甲/scientists/{who}", f"乙/scientists/{who}", "same", who="样例复核员")
        for who in ("changed", "untouched"):
            judge(opened, f"甲/scientists/{who}", f"丙/scientists/{who}", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
        yield opened


@pytest.mark.parametrize(("sources", "who", "expected"), [
    (("甲", "乙"), "changed", (FIRST, "load", day(2), None)),
    (("乙", "甲"), "changed", (SECOND, "load", None, day(2))),
    (("甲", "乙"), "untouched", (None, "", None, None)),
    (("甲", "乙"), "both", (SECOND, "load", day(2), day(5))),
    (("甲", "乙"), "added", (SECOND, "load", None, day(5))),
    (("甲", "丙"), "changed", (None, "", day(2), None)),
    (("乙", "丙"), "untouched", (None, "", None, None)),
    (("甲", "乙"), "later", (SECOND, "stated date", None, None)),
    (("甲", "乙"), "earlier", (FIRST, "stated date", None, None)),
    (("甲", "乙"), "alike", (None, "", None, None)),
    (("甲", "乙"), "once", (None, "", None, None)),
    (("甲", "乙"), "month", (None, "", None, None))])
def test_which_side_is_newer(aged: Workspace, sources: tuple[str, str], who: str, expected: tuple[object, ...]) -> None:
    """A load that changed a value tells where the other was there before it; the order of first loads tells nothing; then days that both state."""
    [found] = [d for d in federate(aged, *sources).differences if d.property == "title" and d.name == f"样例{who}"]
    assert (found.newer, found.newer_by, found.first_changed, found.second_changed) == expected


def aged_twice(folder: Path, later: Rows, same: list[tuple[str, str]]) -> Federation:
    """甲 has 1 as 教授 on day 1, and what is given on day 3; 乙 has 样例甲 as 副教授 since day 2. (id, id) of 甲 and 乙 are one, or of 甲 alone."""
    with new_workspace(folder) as opened:
        load_on(opened, folder, "甲", day(1), {"scientists": [{"id": "1", "name": "样例甲", "title": "教授"}, {"id": "9", "name": "样例九"}]})
        load_on(opened, folder, "乙", day(2), {"scientists": [{"id": "a", "name": "样例甲", "title": "副教授"}]})
        load_on(opened, folder, "甲", day(3), {"scientists": [*later, {"id": "9", "name": "样例九"}]})
        for left, right in same:
            judge(opened, left, right, "same", who="样例复核员")
        with opened.transaction():
            build(opened)
        return federate(opened, "甲", "乙")


@pytest.mark.parametrize(("later", "same", "newer", "changed"), [
    ([{"id": "0", "name": "样例甲", "title": "教授"}], [("甲/scientists/0", "乙/scientists/a")], None, None),
    ([{"id": "0", "name": "样例甲", "title": "教授"}, {"id": "1", "name": "样例甲", "title": "教授"}],
     [("甲/scientists/0", "乙/scientists/a"), ("甲/scientists/1", "乙/scientists/a")], None, None),
    ([{"id": "0", "name": "样例甲", "title": "研究员"}, {"id": "1", "name": "样例甲", "title": "教授"}],
     [("甲/scientists/0", "乙/scientists/a"), ("甲/scientists/1", "乙/scientists/a")], FIRST, day(3))],
    ids=["renumbered", "repeated under another id", "added with another value"])
def test_another_id_for_the_same_values_makes_nothing_newer(tmp_path: Path, later: Rows, same: list[tuple[str, str]], newer: int | None,
                                                            changed: datetime | None) -> None:
    [found] = [d for d in aged_twice(tmp_path, later, same).differences if d.property == "title"]
    assert (found.first_record, found.newer, found.first_changed) == ("甲/scientists/0", newer, changed)


def test_short_names_of_one_enterprise_and_one_title_in_two_words_are_no_disagreement(tmp_path: Path) -> None:
    """The enterprise is judged one; a name that is not short for the other (样例动力) is a disagreement still."""
    firms = [("1", "样例汽车", "重庆样例汽车股份有限公司"), ("2", "渝样重工有限公司", "样例动力有限公司")]
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / name, {
            "enterprises": [{"id": firm[0], "name": firm[side]} for firm in firms],
            "scientists": [{"id": "1", "name": "样例甲", "title": title, "institution": firms[0][side]}]})
            for name, side, title in (("甲", 1, "高工"), ("乙", 2, "高级工程师"))])
        for record in ("enterprises/1", "enterprises/2", "scientists/1"):
            judge(opened, f"甲/{record}", f"乙/{record}", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
        made = federate(opened, "甲", "乙")
    assert [(d.table, d.property, d.first_value, d.second_value) for d in made.differences] == [
        ("enterprises", "name", "渝样重工有限公司", "样例动力有限公司")]


def test_a_header_that_means_something_else_to_the_taker_is_not_used_twice(tmp_path: Path) -> None:
    """One platform calls the works of a person `title`; the other's 职称 stands behind under its label."""
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", people({"1": "教授"}, works={"1": "样例论文"})),
                      write_source(tmp_path / "乙", people({"2": "教授"}))])
        call_columns(opened, "乙", "scientists", {"author": "name", "title": "works", "=cmd": "bio"})
        [table] = federate(opened, "甲", "乙").for_second
    assert table.header == {"author": "name", "title": "works", "id": "id", "职称": "title"}
    assert row_of(table, "甲/scientists/1") == {
        "author": "样例1", "title": "样例论文", "职称": "教授", "zhulian_action": NEW, "zhulian_record": "甲/scientists/1"}


def test_codes_keep_their_ids_and_references_to_bundled_codes_stay(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", {
            "disciplines": [{"id": "X9", "name": "样例学"}],
            "enterprises": [{"name": "样例厂", "region": "500101", "listed": "是", "revenue": "1.5亿"}],
            "surveys": [{"region": "500101", "audience": "青少年", "year": 2023, "respondents": 1200}]}),
            write_source(tmp_path / "乙", {"products": [{"name": "样例电池"}]})])
        made = federate(opened, "甲", "乙")
    tables = {t.table: t for t in made.for_second}
    assert row_of(tables["disciplines"], "甲/disciplines/X9")["id"] == "X9"
    [enterprise] = [dict(zip(tables["enterprises"].columns, row, strict=True)) for row in tables["enterprises"].rows]
    assert {k: enterprise[k] for k in ("id", "name", "region", "listed", "revenue")} == {
        "id": "", "name": "样例厂", "region": "500101", "listed": "yes", "revenue": "15000"}
    assert [x.name for x in made.only_first if x.table == "surveys"] == ["500101 youth 2023"]


def test_what_names_a_record_of_the_taker_stays_as_it_wrote_it(tmp_path: Path) -> None:
    """Both have a region R1, and mean another place by it."""
    survey = {"id": "1", "audience": "青少年", "year": 2023, "region": "R1"}
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", {"regions": [{"id": "R1", "name": "样例甲区"}], "surveys": [survey | {"respondents": 1200}]}),
                      write_source(tmp_path / "乙", {"regions": [{"id": "R1", "name": "样例乙区"}], "surveys": [survey]})])
        judge(opened, "甲/surveys/1", "乙/surveys/1", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
        made = federate(opened, "甲", "乙")
    [surveys] = [t for t in made.for_second if t.table == "surveys"]
    assert row_of(surveys, "甲/surveys/1") == {"id": "1", "region": "R1", "audience": "youth", "year": "2023", "respondents": "1200",
                                               "zhulian_action": FILL, "zhulian_record": "甲/surveys/1"}
    assert [(d.name, d.property, d.first_value, d.second_value) for d in made.differences] == [("R1 youth 2023", "region", "样例甲区", "样例乙区")]


@pytest.fixture(scope="module")
def products(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Four products on either side."""
    folder = tmp_path_factory.mktemp("products")
    with new_workspace(folder) as opened:
        load(opened, [write_source(folder / n, {"products": [{"id": i, "name": f"{n}{i}"} for i in range(4)]}) for n in "甲乙"])
        yield opened


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_entities_are_counted_as_sets(products: Workspace, same: list[tuple[int, int]]) -> None:
    """Joined as a reviewer says: in each, in both, and only in one, by the connected parts."""
    parts = {(side, i): {(side, i)} for side in "甲乙" for i in range(4)}
    for i, j in same:
        joined = parts["甲", i] | parts["乙", j]
        parts.update(dict.fromkeys(joined, joined))
    sides = [{side for side, _ in group} for group in {frozenset(part) for part in parts.values()}]
    products.connection.execute("DELETE FROM judgements")
    for i, j in same:
        judge(products, f"甲/products/{i}", f"乙/products/{j}", "same", who="样例复核员")
    with products.transaction():
        build(products)
    made = federate(products, "甲", "乙")
    both = sum(len(s) == 2 for s in sides)
    assert made.overview == [Overlap("products", sum("甲" in s for s in sides), sum("乙" in s for s in sides), both)]
    assert len(made.only_first) == sum(s == {"甲"} for s in sides)
    assert len(made.only_second) == sum(s == {"乙"} for s in sides)
    assert [d.property for d in made.differences] == ["name"] * both
