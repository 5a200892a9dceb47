"""Names of institutions that mean one, by what they say and by the people under both."""

from __future__ import annotations

import pytest

from graph.regions import RegionRow
from graph.resolution.aliases import institution_names, places_agree, slip
from graph.resolution.organisation_names import OrganisationName, OrganisationNames

NAMES = OrganisationNames([
    RegionRow("50", "重庆市", "", ("重庆",)), RegionRow("51", "四川省", "", ("四川",)), RegionRow("5101", "成都市", "51", ("成都",))], "50")


def named(*texts: str) -> dict[str, OrganisationName]:
    parsed = [NAMES.parse(t) for t in texts]
    return {n.body: n for n in parsed}


def one(left: str, right: str, people: list[list[str]] | None = None, also: tuple[str, ...] = ()) -> bool:
    names = named(left, right, *also, *(t for person in people or [] for t in person))
    found = institution_names(names, [[NAMES.parse(t).body for t in person] for person in people or []])
    return found[NAMES.parse(left).body] == found[NAMES.parse(right).body]


def test_pinyin_and_a_slip_of_the_pen_are_seen_without_people() -> None:
    assert one("重庆崇雅汽车零部件有限公司", "Chongqing Chongya Qichelingbujian Co., Ltd.")
    assert one("重庆市江北区农业技术推广服务中心", "重庆市江北区农业技术推广服中心")
    assert one("龙帛环保科技有限公司", "重庆龙帛环保科技有限公司")


def test_another_brand_or_place_or_number_is_another_body() -> None:
    assert not one("双睿新能源科技有限公司", "强睿新能源科技有限公司")
    assert not one("重庆光有文化传播有限公司", "成都光有文化传播有限公司")
    assert not one("第三人民医院", "第四人民医院")
    assert not one("龙帛环保科技有限公司", "重庆龙帛环保科技有限公司", also=("成都龙帛环保科技有限公司",))


def test_people_under_both_names_make_them_one() -> None:
    assert not one("山城理工大学", "山理工")
    assert one("山城理工大学", "山理工", [["山城理工大学", "山理工"]])  # short for it, and one person is enough
    assert not one("山城理工大学", "SCLG", [["山城理工大学", "SCLG"]] * 2)
    assert one("山城理工大学", "SCLG", [["山城理工大学", "SCLG"]] * 3)


def test_people_who_moved_do_not_make_two_employers_one() -> None:
    stayed = [["山城理工大学", "山城理工大学"]] * 30
    assert not one("山城理工大学", "江北师范学院", [*stayed, *[["山城理工大学", "江北师范学院"]] * 4])


@pytest.mark.parametrize(("left", "right", "one_slip"), [
    ("农业技术推广中心", "农业技术推中心", True), ("第一附属医院", "第二附属医院", False), ("24研究所", "26研究所", False),
    ("abcdefghijklm", "abcdefghijkl", True),
    ("甲乙丙丁", "甲乙丙丁", True), ("甲乙丙丁", "甲乙戊己", False), ("东方电气", "西方电气", False),
])
def test_what_counts_as_a_slip(left: str, right: str, one_slip: bool) -> None:
    assert slip(left, right) is slip(right, left) is one_slip


@pytest.mark.parametrize(("left", "right", "agree"), [
    ((), ("50",), True), (("50",), ("500152",), True), (("50",), ("51",), False), (("5101",), ("5107",), False),
])
def test_places(left: tuple[str, ...], right: tuple[str, ...], agree: bool) -> None:
    assert places_agree(left, right) is places_agree(right, left) is agree
