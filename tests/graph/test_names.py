"""Names as keys, and what an organisation's name says of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.names import name_key, organisation_core, organisation_kind, organisation_names_agree, person_names_agree, simplified


@pytest.mark.parametrize(("left", "right"), [
    ("重慶大學", "重庆大学"), ("Ｚｈａｎｇ San", "zhang san"), ("阿依古丽·买买提", "阿依古丽买买提"), ("甲公司（重庆）", "甲公司(重庆)"),
    ("Wang, Wei", "wang wei"),
    ("O’Brien", "O'Brien"), ("A-B", "AB"), (" 张 三 ", "张三"),
])
def test_spellings_of_one_name_have_one_key(left: str, right: str) -> None:
    assert name_key(left) == name_key(right)


@pytest.mark.parametrize(("left", "right"), [("张三", "张珊"), ("第一研究所", "第二研究所"), ("C++", "C"), ("甲公司(重庆)", "甲公司"), ("--", "..")])
def test_different_names_have_different_keys(left: str, right: str) -> None:
    assert name_key(left) != name_key(right)


@given(st.text())
def test_a_key_is_its_own_key_and_only_of_nothing_empty(text: str) -> None:
    key = name_key(text)
    assert bool(key) == bool(simplified(text).casefold().strip())


@pytest.mark.parametrize(("name", "kind"), [
    ("重庆大学", "institution"), ("中国科学院重庆绿色智能技术研究院", "institution"), ("西南医院", "institution"), ("巴南区农技站", "institution"),
    ("重庆市机械工程学会", "society"), ("重庆市营养学会(筹)", "society"), ("重庆市科学技术协会", "association"), ("渝北区科协", "association"),
    ("重庆长安汽车股份有限公司", "enterprise"), ("Acme Co., Ltd.", "enterprise"), ("重庆医药集团", "enterprise"),
    ("University of Leeds", "institution"),
    ("重慶大學", "institution"), ("重庆市人民政府", "organisation"), ("某处", "organisation"),
])
def test_the_kind_that_a_name_says(name: str, kind: str) -> None:
    assert organisation_kind(name) == kind


@pytest.mark.parametrize(("type_", "kind"), [("企业", "enterprise"), ("University", "institution"), ("学会", "society"), ("科协", "association"),
                                            ("不知道", "institution"), (None, "institution")])
def test_a_type_that_is_known_goes_before_the_name(type_: str | None, kind: str) -> None:
    assert organisation_kind("甲大学", type_) == kind


def test_the_core_of_a_name() -> None:
    assert organisation_core("重庆长安汽车股份有限公司") == organisation_core("重庆长安汽车（集团）有限公司") == "重庆长安汽车"


@pytest.mark.parametrize(("left", "right", "agree"), [
    ("长安汽车", "重庆长安汽车股份有限公司", True), ("重庆长安汽车有限公司", "重庆長安汽車股份有限公司", True), ("重庆大学", "西南大学", False),
    ("重庆大学", "重庆大学附属医院", False), ("甲集团有限公司", "甲集团有限公司重庆分公司", False), ("甲", "甲乙丙有限公司", False),
    ("有限公司", "集团有限公司", False), ("公司", "公司", True),
])
def test_whether_two_names_can_be_one_body(left: str, right: str, agree: bool) -> None:
    assert organisation_names_agree(left, right) is agree
    assert organisation_names_agree(right, left) is agree


@pytest.mark.parametrize(("left", "right", "agree"), [
    ("张三", "张 三", True), ("张三", "Zhang San", True), ("张三", "李四", False), ("Zhang San", "Li Si", False), ("Zhang San", "zhang  san", True),
])
def test_whether_two_names_can_be_one_person(left: str, right: str, agree: bool) -> None:
    assert person_names_agree(left, right) is agree
