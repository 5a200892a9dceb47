"""The links that two sources state: counted, listed, and sent with the ends as the taker calls them, against values worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.build import build
from graph.federation.overlap import Overlap
from graph.federation.run import Federation, federate
from graph.resolve import judge
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.test_federation_sending import compared, rows_of
from tests.graph.two_sources import call_columns
from tests.loaders.making import new_workspace
from tests.worlds import Rows, write_source

FIRST: dict[str, Rows] = {
    "scientists": [{"id": f"s{i}", "name": f"样例{n}"} for i, n in enumerate("甲乙丙", 1)],
    "societies": [{"id": "k1", "name": "样例学会"}, {"id": "k2", "name": "仅甲学会"}],
    "memberships": [
        {"society": "k1", "scientist": "s1", "role": "理事", "since": "2020-05"}, {"society": "k1", "scientist": "s1", "role": "会 员"},
        {"society": "k1", "scientist": "s2"}, {"society": "k1", "scientist": "s3", "role": "会员，电话 13812345678"},
        {"society": "k2", "scientist": "s1", "role": "会长"}, {"society": "k1", "scientist": "样例某"}]}
SECOND: dict[str, Rows] = {
    "scientists": [{"id": "a", "name": "样例甲"}, {"id": "b", "name": "样例乙"}], "societies": [{"id": "m", "name": "样例學會"}],
    "memberships": [{"society": "样例學會", "scientist": "样例甲", "role": "会员"}, {"society": "样例學會", "scientist": "样例乙", "role": "秘书长"}]}
SAME = [("scientists/s1", "scientists/a"), ("scientists/s2", "scientists/b"), ("societies/k1", "societies/m")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    folder = tmp_path_factory.mktemp("links")
    with new_workspace(folder) as opened:
        load(opened, [write_source(folder / "甲", FIRST), write_source(folder / "乙", SECOND)])
        for left, right in SAME:
            judge(opened, f"甲/{left}", f"乙/{right}", "same", who="样例复核员")
        call_columns(opened, "乙", "memberships", {"学会": "society", "姓名": "scientist", "职务": "role"})
        with opened.transaction():
            build(opened)
        return federate(opened, "甲", "乙")


def test_links_between_what_both_have_are_counted(made: Federation) -> None:
    """甲 has three of them (理事 and 会员 of 样例甲, 样例乙 without a role), 乙 two; 会 员 and 会员 are one. The rest has an end that 乙 has not."""
    assert made.overview[-1] == Overlap("memberships", 3, 2, 1)


def test_links_that_one_side_alone_states_are_listed(made: Federation) -> None:
    assert [(x.name, x.records) for x in made.only_first if x.table == "memberships"] == [("样例學會 → 样例乙", 1), ("样例學會 → 样例甲 (理事)", 1)]
    assert [x.name for x in made.only_second if x.table == "memberships"] == ["样例學會 → 样例乙 (秘书长)"]
    assert [x.record.rpartition("/")[0] for x in made.only_second if x.table == "memberships"] == ["乙/memberships"]


def test_they_are_sent_in_the_columns_of_the_taker_with_the_ends_as_it_calls_them(made: Federation) -> None:
    """With those of what is new to it, but not the membership of 样例乙 without a role: 乙 knows more. A number beside a role stays here."""
    assert sorted(rows_of(made.for_second, "memberships"), key=str) == sorted([
        {"学会": "样例學會", "姓名": "样例甲", "职务": "理事", "入会时间": "2020-05", "处理": "新增"},
        {"学会": "样例學會", "姓名": "样例丙", "职务": "会员，电话", "处理": "新增"},
        {"学会": "仅甲学会", "姓名": "样例甲", "职务": "会长", "处理": "新增"}], key=str)
    [table] = [t for t in made.for_second if t.table == "memberships"]
    assert (table.new, list(table.header)) == (3, ["学会", "姓名", "职务", "入会时间"])
    assert all(row[-1].startswith("甲/memberships/") for row in table.rows)


def test_a_side_that_refers_by_ids_gets_ids(made: Federation) -> None:
    assert rows_of(made.for_first, "memberships") == [{"society": "k1", "scientist": "s2", "role": "秘书长", "zhulian_action": "new"}]


def test_a_new_thing_whose_name_could_mean_another_is_named_by_its_record(tmp_path: Path) -> None:
    """样例乙 of 甲 is another than 样例乙 of 乙: by the name alone the link would be made to the wrong one."""
    society: Rows = [{"id": "k", "name": "样例学会"}]
    made = compared(tmp_path, {"scientists": [{"id": "s", "name": "样例乙"}], "societies": society,
                               "memberships": [{"society": "k", "scientist": "s"}]},
                    {"scientists": [{"id": "b", "name": "样例乙"}], "societies": society}, [("societies/k", "societies/k")])
    assert rows_of(made.for_second, "memberships") == [{"society": "样例学会", "scientist": "甲/scientists/s", "zhulian_action": "new"}]
    assert [row.get("id") for row in rows_of(made.for_second, "scientists")] == ["甲/scientists/s"]


def test_a_link_to_what_waits_for_a_review_waits_too(tmp_path: Path) -> None:
    society: Rows = [{"id": "k", "name": "样例学会"}]
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", {"scientists": [{"id": "s", "name": "样例甲"}, {"id": "t", "name": "样例乙"}],
                                                     "societies": society, "memberships": [{"society": "k", "scientist": who} for who in "st"]}),
                      write_source(tmp_path / "乙", {"scientists": [{"id": "a", "name": "样例甲", "degree": "博士"}], "societies": society})])
        judge(opened, "甲/societies/k", "乙/societies/k", "same", who="样例复核员")
        judge(opened, "甲/scientists/s", "乙/scientists/a", "unsure", who="样例复核员")
        with opened.transaction():
            build(opened)
        made = federate(opened, "甲", "乙")
    assert [row["scientist"] for row in rows_of(made.for_second, "memberships")] == ["样例乙"]


def test_a_link_to_what_neither_lists_is_not_sent(tmp_path: Path) -> None:
    """Only 丙 lists the person of 甲's membership: no row that names the person goes to 乙."""
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "丙", {"scientists": [{"id": "p", "name": "样例甲"}]}),
                      write_source(tmp_path / "甲", {"societies": [{"id": "k", "name": "样例学会"}],
                                                     "memberships": [{"society": "k", "scientist": "样例甲"}]}),
                      write_source(tmp_path / "乙", {"societies": [{"id": "m", "name": "别样学会"}]})])
        made = federate(opened, "甲", "乙")
    assert [t.table for t in made.for_second] == ["societies"]
    assert [o.table for o in made.overview] == ["societies"]


def test_a_reference_column_states_a_link_too(tmp_path: Path) -> None:
    """甲 lists works beside the person, 乙 in a link table: 乙 lacks one of the two, and 甲 none."""
    works: Rows = [{"id": "1", "title": "样例论文一"}, {"id": "2", "title": "样例论文二"}]
    made = compared(tmp_path, {"works": works, "scientists": [{"id": "s", "name": "样例甲", "works": "样例论文一;样例论文二"}]},
                    {"works": works, "scientists": [{"id": "s", "name": "样例甲"}], "authorships": [{"work": "1", "scientist": "s", "position": 1}]},
                    [("works/1", "works/1"), ("works/2", "works/2"), ("scientists/s", "scientists/s")])
    assert made.overview[-1] == Overlap("authorships", 2, 1, 1)
    assert [x.name for x in made.only_first] == ["样例论文二 → 样例甲"]
    assert rows_of(made.for_second, "authorships") == [{"work": "2", "scientist": "s", "zhulian_action": "new"}]
    assert rows_of(made.for_first, "authorships") == []


def test_links_between_codes_of_the_program(tmp_path: Path) -> None:
    """C39 and 39 are one industry, and both know it; the weight does not tell links apart. 甲 calls it C39."""
    made = compared(tmp_path, {"products": [{"name": "样例电池"}], "industry_inputs": [{"industry": "C39", "input": "26", "weight": 0.5}]},
                    {"products": [{"name": "样例电极"}],
                     "industry_inputs": [{"industry": "39", "input": "C26"}, {"industry": "39", "input": "33"}]}, [])
    assert made.overview[-1] == Overlap("industry_inputs", 1, 2, 1)
    assert rows_of(made.for_first, "industry_inputs") == [{"industry": "C39", "input": "33", "zhulian_action": "new"}]


def test_sources_without_link_tables_have_no_such_line(tmp_path: Path) -> None:
    made = compared(tmp_path, {"works": [{"id": "1", "title": "样例论文"}], "scientists": [{"name": "样例甲", "works": "样例论文"}]},
                    {"works": [{"id": "2", "title": "样例论文"}]}, [])
    assert [o.table for o in made.overview] == ["scientists", "works"]


@pytest.fixture(scope="module")
def products(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Three products in both sources, joined."""
    folder = tmp_path_factory.mktemp("products")
    with new_workspace(folder) as opened:
        load(opened, [write_source(folder / n, {"products": [{"id": i, "name": f"样例{i}"} for i in range(3)]}) for n in "甲乙"])
        for i in range(3):
            judge(opened, f"甲/products/{i}", f"乙/products/{i}", "same", who="样例复核员")
        yield opened


PAIRS = st.sets(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=6)


@settings(max_examples=6, deadline=None)
@given(PAIRS, PAIRS)
def test_links_are_compared_as_sets(products: Workspace, first: set[tuple[int, int]], second: set[tuple[int, int]]) -> None:
    products.connection.execute("DELETE FROM records.product_inputs")
    for source, pairs in (("甲", first), ("乙", second)):
        for i, j in sorted(pairs):
            products.connection.execute("INSERT INTO records.product_inputs BY NAME SELECT ? AS source, ? AS id, ? AS product, ? AS input",
                                        [source, f"{i}-{j}", str(i), str(j)])
    with products.transaction():
        build(products)
    made = federate(products, "甲", "乙")
    lines = [o for o in made.overview if o.table == "product_inputs"]
    assert lines == ([Overlap("product_inputs", len(first), len(second), len(first & second))] if first | second else [])
    assert {x.record for x in made.only_first} == {f"甲/product_inputs/{i}-{j}" for i, j in first - second}
    assert {x.record for x in made.only_second} == {f"乙/product_inputs/{i}-{j}" for i, j in second - first}
    assert {(row["product"], row["input"]) for row in rows_of(made.for_second, "product_inputs")} == {
        (str(i), str(j)) if second else (f"样例{i}", f"样例{j}") for i, j in first - second}
