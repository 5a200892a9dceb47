"""Cells → values, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema import TABLES, Property, Type, columns
from loaders.cleaning import Problem, clean, is_empty, one_line

PROPERTIES = {(t.name, p.name): p for t in TABLES.values() for p in columns(t)}


def of(type_: Type, **more: object) -> Property:
    return Property("p", "性质", type_, **more)  # type: ignore[arg-type]


def code(result: object) -> str:
    assert isinstance(result, Problem)
    return result.code


@pytest.mark.parametrize(("cell", "value"), [
    ("1960", "1960"), ("1960年", "1960"), ("1960-5", "1960-05"), ("1960年5月", "1960-05"), ("1960.05", "1960-05"), ("196005", "1960-05"),
    ("1960-05-17", "1960-05-17"), ("1960/5/7", "1960-05-07"), ("1960年5月17日", "1960-05-17"), ("19600517", "1960-05-17"),
    ("2024-01-02 03:04:05", "2024-01-02"), ("2024-01-02T03:04:05.678Z", "2024-01-02"),
    ("2024-01-02T03:04:05+08:00", "2024-01-02"), ("１９６０年５月", "1960-05"),
])
def test_dates_keep_the_precision_they_came_with(cell: str, value: str) -> None:
    assert clean(of(Type.DATE), cell) == value


@pytest.mark.parametrize("cell", ["2023-02-29", "1960-13", "0000", "明年", "17/5/1960", "12-05-2020", "12/5", "2023-2020", "٢٠٢٤", "1960-05-17 late"])
def test_what_is_no_date(cell: str) -> None:
    assert code(clean(of(Type.DATE), cell)) == "not_a_date"


@pytest.mark.parametrize(("cell", "value"), [
    ("3", 3.0), ("-2.5", -2.5), ("1,234,567.5", 1234567.5), ("１２３", 123.0), ("1e3", 1000.0), ("57%", 0.57), (" 7 ", 7.0), ("+4", 4.0),
])
def test_numbers(cell: str, value: float) -> None:
    assert clean(of(Type.NUMBER), cell) == value


@pytest.mark.parametrize(("cell", "value"), [
    ("100", 100.0), ("100万", 100.0), ("100万元", 100.0), ("1.5亿", 15000.0), ("1.5亿元", 15000.0), ("5000元", 0.5), ("3千万元", 3000.0),
    ("2百万", 200.0), ("￥50万", 50.0), ("人民币50万元", 50.0), ("50万元人民币", 50.0), ("500元人民币", 0.05),
])
def test_money_is_in_ten_thousand_yuan(cell: str, value: float) -> None:
    assert clean(PROPERTIES["needs", "budget"], cell) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("cell", ["abc", "1.2.3", ".", "+", "1e999", "约100", "100-200", "面议", "万元", "1,23"])
def test_what_is_no_number(cell: str) -> None:
    assert code(clean(PROPERTIES["needs", "budget"], cell)) == "not_a_number"


def test_numbers_out_of_range() -> None:
    assert code(clean(PROPERTIES["makes", "share"], "1.01")) == "out_of_range"
    assert code(clean(PROPERTIES["needs", "budget"], "-1")) == "out_of_range"
    assert code(clean(PROPERTIES["outcomes", "rating"], "6")) == "out_of_range"
    assert code(clean(PROPERTIES["surveys", "year"], "0999")) == "out_of_range"
    assert clean(PROPERTIES["makes", "share"], "100%") == 1.0


@pytest.mark.parametrize(("cell", "value"), [("12", 12), ("12人", 12), ("1,200", 1200), ("5人次", 5), ("3.0", 3)])
def test_whole_numbers(cell: str, value: int) -> None:
    assert clean(of(Type.INTEGER), cell) == value


@pytest.mark.parametrize("cell", ["2.5", "1e30", "9007199254740993"])
def test_what_is_no_whole_number(cell: str) -> None:
    assert code(clean(of(Type.INTEGER), cell)) == "not_an_integer"


@pytest.mark.parametrize(("cell", "value"), [("2024", 2024), ("2024年", 2024), ("2024年度", 2024), ("2024-05-01", 2024), ("2024.5", 2024),
                                             ("2024年立项", 2024), ("二〇二四年", 2024)])
def test_years(cell: str, value: int) -> None:
    assert clean(of(Type.YEAR), cell) == value


@pytest.mark.parametrize("cell", ["24", "二〇二四", "20245", "今年"])
def test_what_is_no_year(cell: str) -> None:
    assert code(clean(of(Type.YEAR), cell)) == "not_a_year"


@pytest.mark.parametrize(("cell", "value"), [("是", True), ("√", True), ("1", True), ("TRUE", True), ("否", False), ("无", False), ("0", False),
                                             ("x", False), ("", None), ("-", None), ("null", None)])
def test_yes_and_no(cell: str, value: bool | None) -> None:
    assert clean(of(Type.BOOLEAN), cell) is value


def test_neither_yes_nor_no() -> None:
    assert code(clean(of(Type.BOOLEAN), "也许")) == "not_yes_or_no"


def test_lists_are_parted_and_say_nothing_twice() -> None:
    assert clean(of(Type.LIST), "甲;乙；丙、丁|戊,己，庚\n辛; 甲;;-") == ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"]


def test_titles_keep_their_commas() -> None:
    assert clean(of(Type.LIST, titles=True), "On A, B and C; 论甲，兼论乙|Na") == ["On A, B and C", "论甲，兼论乙", "Na"]
    assert [PROPERTIES["scientists", name].titles for name in ("works", "aliases", "keywords", "disciplines")] == [True, True, False, False]


def test_lists_that_came_as_lists_are_not_parted() -> None:
    assert clean(of(Type.LIST), ["a;b", " c ", "a;b", "无"]) == ["a;b", "c"]


@pytest.mark.parametrize(("key", "cell", "value"), [
    (("platforms", "type"), "院士专家工作站", "academician_station"), (("needs", "status"), "待对接", "open"),
    (("scientists", "gender"), "女", "female"),
    (("scientists", "gender"), "Male", "male"), (("chain_products", "stage"), "上游", "up"), (("surveys", "audience"), "老年人", "elderly"),
    (("outcomes", "result"), "已签约", "signed"), (("resources", "audiences"), "青少年、农民;干部", ["youth", "farmers", "officials"]),
    (("platforms", "functions"), "技术转移、孵化", ["transfer", "incubation"]), (("community_roles", "role"), "產", "产"),
])
def test_choices_in_chinese(key: tuple[str, str], cell: str, value: object) -> None:
    assert clean(PROPERTIES[key], cell) == value


def test_a_choice_that_is_none() -> None:
    assert code(clean(PROPERTIES["scientists", "gender"], "保密")) == "unknown_value"
    assert code(clean(PROPERTIES["resources", "audiences"], "青少年;宇航员")) == "unknown_value"


@pytest.mark.parametrize("cell",
    ['=HYPERLINK("http://example.org","x")', "<script>alert(1)</script>", "'; DROP TABLE meta; --", "+86 138", "@SUM(1)"])
def test_text_is_just_text(cell: str) -> None:
    assert clean(PROPERTIES["scientists", "name"], cell) == cell
    assert clean(PROPERTIES["scientists", "title"], cell) == cell


def test_names_lose_what_is_not_seen() -> None:
    assert clean(PROPERTIES["scientists", "name"], " 张\u200b三\x00\x07\ufeff\ud800 （Ａ）\n\tB\u202e ") == "张三 (A) B"
    assert clean(PROPERTIES["scientists", "bio"], "第一段\r\n\x0b第二段\x1b ") == "第一段\r\n第二段"


def test_a_megabyte_of_text_stays_whole() -> None:
    text = "超长" * 500_000
    assert clean(PROPERTIES["scientists", "bio"], text) == text


@pytest.mark.parametrize("cell", ["", " ", "-", "--", "—", "/", "无", "暂无", "不详", "N/A", "NULL", "nan", "#N/A"])
def test_words_for_nothing(cell: str) -> None:
    for p in (PROPERTIES["scientists", "name"], PROPERTIES["scientists", "title"], PROPERTIES["scientists", "bio"], of(Type.NUMBER), of(Type.DATE),
              of(Type.LIST)):
        assert clean(p, cell) is None


def test_na_may_be_a_name() -> None:
    assert clean(PROPERTIES["scientists", "name"], "Na") == "Na"
    assert is_empty("NA")
    assert not is_empty("NA", name=True)


@given(cell=st.text() | st.lists(st.text(), max_size=3), p=st.sampled_from(list(PROPERTIES.values())))
def test_any_cell_is_understood_or_a_problem(cell: str | list[str], p: Property) -> None:
    value = clean(p, cell)
    if isinstance(value, str):
        assert value == (value.strip() if p.longest else one_line(value))
        assert value.encode("utf-8").decode("utf-8") == value
    assert value is None or isinstance(value, Problem | str | int | float | list)
