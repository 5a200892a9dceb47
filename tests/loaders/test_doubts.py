"""Cells that were understood with a doubt: the value seen and the value understood are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.records import RecordTable, RowIssue
from graph.schema import Property, Type
from loaders.cleaning import Doubt, Problem, clean, name_and_english
from tests.loaders.making import book, csv_text, rows_of, source, understood, values


def table(folder: Path, name: str, *rows: list[object]) -> RecordTable:
    return understood(source(folder, "s", {f"{name}.csv": csv_text(rows)}))


def doubts(made: RecordTable) -> list[RowIssue]:
    return [i for i in made.issues if i.code == "doubtful_value"]


def test_the_value_seen_and_the_value_understood_are_said(tmp_path: Path) -> None:
    made = table(tmp_path, "enterprises", ["企业名称", "成立日期"], ["甲公司", "60.5"], ["乙公司", "1960年5月"])
    assert values(made, "founded") == ["1960-05", "1960-05"]
    (issue,) = doubts(made)
    assert (issue.row, issue.column, issue.value, issue.rejected) == (2, "成立日期", "60.5", False)
    assert issue.message == "成立日期: '60.5' understood as 1960-05: a year of two digits is one of 1930 to 2029"


def test_of_a_contact_nothing_is_shown(tmp_path: Path) -> None:
    made = table(tmp_path, "scientists", ["姓名", "出生日期", "手机"], ["张三", "60.5", "138****5678"], ["李四", "", "1.38E+10"])
    assert values(made, "birth_date") == ["1960-05", None]
    assert values(made, "phone") == ["138****5678", "1.38E+10"]
    assert [(i.row, i.column, i.value, i.message) for i in doubts(made)] == [
        (2, "出生日期", "", "出生日期: a year of two digits is one of 1930 to 2029"),
        (3, "手机", "", "手机: a spreadsheet seems to have cut a number short: type it anew, as text")]


def test_ranges_of_years(tmp_path: Path) -> None:
    made = table(tmp_path, "works", ["题名", "年份"], ["甲", "2019-2023"], ["乙", "2019年"])
    assert values(made, "year") == [2019, 2019]
    assert [i.message for i in doubts(made)] == ["年份: '2019-2023' understood as 2019: of a range its beginning was taken"]
    jobs = table(tmp_path / "j", "employments", ["专家", "企业", "起始时间", "终止时间"],
                 ["张三", "甲", "2019-2023", "2019-2023"], ["李四", "甲", "2020", "至今"])
    assert [values(jobs, c) for c in ("from", "to")] == [["2019", "2020"], ["2023", None]]
    assert [i.row for i in jobs.issues] == [2, 2]


@pytest.mark.parametrize(("header", "cell", "value"), [
    ("预算", "500", 500), ("预算（元）", "500000", 50), ("预算（元）", "3万", 3), ("预算(亿元)", "1.2", 12000),
    ("预算（单位：千元）", "80", 8), ("预算（必填）", "5", 5),
    ("预算（万元）", "1,200", 1200), ("预算（万元）", "1.2亿", 12000),
])
def test_the_unit_of_a_header_holds_for_bare_numbers(tmp_path: Path, header: str, cell: str, value: float) -> None:
    assert values(table(tmp_path, "needs", ["需求名称", header], ["甲", cell]), "budget") == [value]


def test_a_unit_that_is_not_known_is_no_ten_thousand_yuan(tmp_path: Path) -> None:
    made = table(tmp_path, "needs", ["需求名称", "预算（万美元）"], ["甲", "5"])
    assert (values(made, "budget"), [i.code for i in made.issues]) == ([None], ["not_a_number"])


def test_units_under_the_header_hold(tmp_path: Path) -> None:
    made = understood(book(tmp_path / "企业名录.xlsx", {"Sheet1": [
        ["企业名称", "营业收入", "员工数", "注册地址"], [None, "亿元", "万人", None],
        ["甲公司", 1.5, 0.3, "某路"], ["乙公司", "200万元", "50人", None]]}))
    assert values(made, "revenue") == [15000, 200]
    assert values(made, "employees") == [3000, 50]


def test_per_cents_of_a_column(tmp_path: Path) -> None:
    made = table(tmp_path, "makes", ["企业", "产品", "收入占比（%）"], ["甲", "乙", "57"], ["甲", "丙", "5.5%"])
    assert values(made, "share") == [0.57, 0.055]


@pytest.mark.parametrize(("cell", "value"), [
    ("1.2亿", 120_000_000), ("300万", 3_000_000), ("1.5万人次", 15_000), ("12人", 12), ("1，200", 1200), ("４５", 45)])
def test_counts_with_units(cell: str, value: int) -> None:
    assert clean(Property("p", "数", Type.INTEGER), cell) == value


def test_a_number_that_is_no_count_takes_no_thousands() -> None:
    assert isinstance(clean(Property("p", "数", Type.NUMBER), "300万"), Problem)
    assert clean(Property("p", "数", Type.NUMBER, note="万元"), "3千元") == 0.3
    assert clean(Property("p", "日期", Type.DATE), "45292") == Doubt("2024-01-01", "a number of five digits is Excel's for a day")


@pytest.mark.parametrize(("cell", "value"), [("√", True), ("✔", True), ("☑", True), ("□", False), ("×", False)])
def test_ticks(cell: str, value: bool) -> None:
    assert clean(Property("p", "否", Type.BOOLEAN), cell) is value


@pytest.mark.parametrize(("text", "parts"), [
    ("Wang Lei（王磊）", ("王磊", "Wang Lei")), ("王磊(Wang Lei)", ("王磊", "Wang Lei")),
    ("买买提·吐尔逊 （Memet Tursun）", ("买买提·吐尔逊", "Memet Tursun")),
    ("王磊（男）", None), ("王磊（重庆大学）", None), ("王磊(2)", None), ("Wang (Lei)", None), ("王磊", None), ("王磊（Wang Lei）教授", None),
])
def test_names_in_two_scripts(text: str, parts: tuple[str, str] | None) -> None:
    assert name_and_english(text) == parts


def test_a_name_in_two_scripts_is_a_name_and_an_english_one(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {
        "scientists.csv": "姓名,英文名\nWang Lei（王磊）,\n王芳（Wang Fang）,F. Wang\n李四（男）,\n",
        "teams.csv": "服务队名称,成员\n甲队,王磊（Wang Lei）；李四（男）\n",
        "organisations.csv": "name\n微软（Microsoft）\n"})
    people = understood(folder, "scientists")
    assert [(r["name"], r.get("name_en")) for r in rows_of(people)] == [("王磊", "Wang Lei"), ("王芳", "F. Wang"), ("李四(男)", None)]
    assert "scientists.csv: rows with name and name_en in one cell: 2" in people.recognised
    assert '"姓名": "Wang Lei（王磊）"' in str(rows_of(people)[0]["raw"])
    assert values(understood(folder, "teams"), "members") == [["王磊", "李四(男)"]]
    assert values(understood(folder, "organisations"), "name") == ["微软(Microsoft)"]


def test_a_reference_to_a_person_or_an_organisation_stays_as_it_is(tmp_path: Path) -> None:
    made = table(tmp_path, "participations", ["活动", "参与方"], ["甲会", "微软（Microsoft）"])
    assert values(made, "party") == ["微软(Microsoft)"]
