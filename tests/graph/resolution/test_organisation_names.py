"""Names of organisations taken apart, over the regions that come with the program."""

from __future__ import annotations

import pytest

from graph.regions import RegionRow
from graph.resolution.organisation_names import OrganisationName, OrganisationNames
from loaders.reference import bundled_tables


@pytest.fixture(scope="module")
def names() -> OrganisationNames:
    rows = [RegionRow(str(r["id"]), str(r["name"]), str(r.get("parent") or ""), tuple(str(r.get("aliases") or "").split("|")))
            for r in bundled_tables()["regions"]]
    return OrganisationNames([r._replace(aliases=tuple(a for a in r.aliases if a)) for r in rows], home="50")


@pytest.mark.parametrize("group", [
    ("重庆市潼南区疾病预防控制中心", "潼南疾控中心", "重庆潼南CDC",
     "Tongnan Center for Disease Control and Prevention, Chongqing"),
    ("重庆医科大学附属第一医院", "重医附一院", "重医大附一院", "The First Affiliated Hospital of Chongqing Medical University"),
    ("重庆大学", "重大", "CQU", "Chongqing University", "重庆大学（A区）", "重庆大学(盖章)"),
    ("中国电子科技集团公司第二十四研究所", "电科24所", "The 24th Research Institute of CETC"),
    ("成都三和顺软件有限公司", "三和顺软件（成都）有限责任公司", "成都市三和顺软件股份有限公司"),
    ("陆军军医大学第一附属医院", "西南医院", "第三军医大学西南医院", "Southwest Hospital, Army Medical University"),
])
def test_spellings_of_one_body_share_a_key(names: OrganisationNames, group: tuple[str, ...]) -> None:
    assert len({names.parse(spelling).key for spelling in group}) == 1, [names.parse(s).key for s in group]


@pytest.mark.parametrize(("left", "right"), [
    ("重庆市人民医院", "重庆市潼南区人民医院"), ("重庆医科大学附属第一医院", "重庆医科大学附属第二医院"),
    ("重庆医科大学", "重庆医科大学附属第一医院"),
    ("重庆龟山科技有限公司", "重庆龟山科技有限公司万州分公司"), ("华中科技大学", "华中科技大学大规模MIMO重点实验室"),
    ("电科24所", "电科26所"),
    ("重庆光有文化传播有限公司", "宜宾光有文化传播有限公司"), ("北京大学", "重庆大学"),
])
def test_two_bodies_have_two_keys(names: OrganisationNames, left: str, right: str) -> None:
    assert names.parse(left).key != names.parse(right).key


@pytest.mark.parametrize(("text", "number"), [
    ("中国兵器工业第二0三研究所", "203"), ("中船重工第七一二研究所", "712"), ("中船重工第七二二研究所", "722"), ("第七〇三研究所", "703"),
    ("第一百零二研究所", "102"), ("第二十四研究所", "24"),
])
def test_numbered_institutes_are_told_apart(names: OrganisationNames, text: str, number: str) -> None:
    assert number in names.parse(text).core


def test_a_department_stands_apart_from_the_body(names: OrganisationNames) -> None:
    for text, unit in (("重大科研处", "科研处"), ("西南大学中医学学院", "中医学学院")):
        assert names.parse(text).unit == unit
    assert names.parse("西南大学中医学学院").key == names.parse("西南大学").key


def test_a_branch_keeps_its_body(names: OrganisationNames) -> None:
    branch, bare = names.parse("绵阳拉蒙娜医疗器械有限公司涪陵分公司"), names.parse("绵阳拉蒙娜医疗器械涪陵分公司")
    assert branch.key == bare.key
    assert branch.branch == "涪陵"
    assert branch.body == names.parse("绵阳拉蒙娜医疗器械有限公司").body
    laboratory = names.parse("大规模MIMO重庆市重点实验室(华中科技大学)")
    assert laboratory.key == names.parse("华中科技大学大规模MIMO重庆市重点实验室").key
    assert laboratory.body == names.parse("华科").body


def test_a_brand_that_is_also_a_county_is_a_brand(names: OrganisationNames) -> None:
    assert names.parse("重庆长安汽车股份有限公司").place == ("50",)
    assert names.parse("东方电气有限公司").place == ()
    assert names.parse("黔江疾控中心").place == ("500114",)


def test_the_near_one_of_two_places_is_meant(names: OrganisationNames) -> None:
    assert names.parse("江北人民医院").place == ("500105",)
    assert names.parse("江北人民医院", near="3302").place == ("330205",)
    assert names.parse("市人民医院").key == names.parse("重庆市人民医院").key


def test_pinyin_and_chinese_sound_the_same(names: OrganisationNames) -> None:
    english, chinese = names.parse("Chongqing Chongya Qichelingbujian Co., Ltd."), names.parse("重庆市崇雅汽车零部件有限责任公司")
    assert english.latin
    assert not chinese.latin
    assert (english.sound, english.place) == (chinese.sound, chinese.place)


@pytest.mark.parametrize("text", ["", "　", "公司", "有限公司", "重庆", "市", "()", "（盖章）", "Co., Ltd.", "。", "集团", "第一",
                                  "A" * 300, "分公司", "万州分公司"])
def test_a_name_that_says_little_is_no_error(names: OrganisationNames, text: str) -> None:
    assert isinstance(names.parse(text), OrganisationName)
