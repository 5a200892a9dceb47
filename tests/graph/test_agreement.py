"""What differs in form alone is no disagreement, and what differs in substance is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.federation.age import is_date_header
from graph.federation.agreement import Value, agree, contacts_fit, regions_fit
from graph.federation.differences import choice_forms
from graph.federation.sides import pool_columns

PEOPLE, BODIES = pool_columns("scientists"), pool_columns("organisations")


@pytest.mark.parametrize(("name", "left", "right", "same"), [
    ("name", "余晓国", "余 曉國", True), ("name", "Liu, Wei", "liu wei", True), ("name", "余晓国", "余晓", False),
    ("name", "余晓国", "Yu Xiaoguo", True), ("name", "冯立岚", "冯立岚 教授", True), ("name", "冯立岚", "冯立兰", False),
    ("title", "教授", "副教授", False), ("title", "高工", "高级工程师", True), ("title", "正高级工程师", "高级工程师", False),
    ("birth_date", "1960", "1960-05-17", True), ("birth_date", "1960-05", "1960-06", False),
    ("keywords", ["电池", "储能"], ["储能", "電池"], True), ("keywords", ["电池"], ["电池", "储能"], False),
    ("orcid", "https://orcid.org/0000-0000-0000-0001", "0000-0000-0000-0001", True), ("orcid", "0000-0000-0000-0001", "0000-0000-0000-001X", False),
    ("retired", True, False, False), ("capacity", 3, 4, False), ("phone", "138 1234 5678", "+86-13812345678", True)])
def test_values_of_people(name: str, left: Value, right: Value, same: bool) -> None:
    assert agree(PEOPLE[name], left, right, {}) is same
    assert agree(PEOPLE[name], right, left, {}) is same


@pytest.mark.parametrize(("name", "left", "right", "same"), [
    ("revenue", 15000.0, 1.5 * 1e4 * (1 + 1e-15), True), ("revenue", 15000.0, 15001.0, False), ("type", "university", "高校", True),
    ("type", "campus", "高校", True), ("type", "hospital", "高校", False), ("founded", "1960", "1960-01", True)])
def test_values_of_organisations(name: str, left: Value, right: Value, same: bool) -> None:
    assert agree(BODIES[name], left, right, choice_forms("organisations", name)) is same


@pytest.mark.parametrize(("left", "right", "fit"), [
    ("138****5678", "13812345678", True), ("138****78", "138*****678", True), ("138xxxx5678", "13812345678", True), ("****", "13812345678", True),
    ("138****5678", "13912345678", False), ("138****5678", "13812345679", False), ("13812345678", "1381234567", False),
    ("z***@example.org", "zhang@example.org", True), ("z***@example.org", "zhang@example.com", False),
    ("Zhang@Example.org", "zhang@example.org", True),
    ("023-67585504", "（023）67585504", True), ("023-67585504", "023-67585505", False), ("8612345678", "12345678", False)])
def test_contacts_that_may_be_one(left: str, right: str, fit: bool) -> None:
    assert contacts_fit(left, right) is fit
    assert contacts_fit(right, left) is fit


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.integers(0, 11), st.integers(0, 11))
def test_a_number_fits_itself_however_it_is_masked(number: str, begin: int, end: int) -> None:
    begin, end = sorted((begin, end))
    assert contacts_fit(number, number[:begin] + "*" * (end - begin) + number[end:])


@given(st.text(min_size=1), st.sampled_from(["name", "title", "phone", "birth_date", "orcid"]))
def test_every_text_agrees_with_itself(value: str, name: str) -> None:
    assert agree(PEOPLE[name], value, value, {})


def test_a_region_fits_one_that_it_holds() -> None:
    assert regions_fit("bundled/regions/50", "bundled/regions/500101")
    assert regions_fit("甲/regions/500101001", "bundled/regions/50")
    assert not regions_fit("bundled/regions/500101", "bundled/regions/500102")
    assert regions_fit("甲/regions/R1", "甲/regions/R1")
    assert not regions_fit("甲/regions/R1", "乙/regions/R1")
    assert not regions_fit("甲/regions/R1", "甲/regions/R")


@pytest.mark.parametrize(("header", "is_date"), [
    ("更新时间", True), ("数据 更新日期", True), ("最后修改时间", True), ("last_updated", True), ("updated_at", True), ("Last Modified", True),
    ("出生日期", False), ("更新内容", False), ("date", False), ("时间", False)])
def test_headers_that_say_when_a_row_was_changed(header: str, is_date: bool) -> None:
    assert is_date_header(header) is is_date
