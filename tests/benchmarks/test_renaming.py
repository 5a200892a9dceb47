"""Other names for people and enterprises: what every spelling of one name becomes."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.renaming import BrandNames, Brands, PersonNames, clean_name, rotated
from graph.regions import RegionRow
from graph.resolution.organisation_names import OrganisationNames

NAMED = PersonNames({"杨": "郑", "刘": "宋", "吕": "单", "李": "刘", "郑": "政"},
                    {"琼": "海", "雪": "国", "锋": "城", "城": "锋", "成": "雪", "海": "琼", "国": "成"})
BRANDS = Brands.found(
    OrganisationNames([RegionRow("50", "重庆市", "", ("重庆",))], "50"), ["软件", "新材料"],
    ["重庆双睿软件有限公司", "重庆兰梦莎新材料有限公司", "重庆兰芝新材料有限公司", "重庆蓝枝软件有限公司"])
BODIES = BrandNames(BRANDS, {"双": "舒", "睿": "凯", "舒": "润", "凯": "己", "兰": "晨", "芝": "赫", "蓝": "辰", "枝": "锐"})


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 50), min_size=8), st.integers(4, 8), st.integers())
def test_every_key_moves_and_none_becomes_the_same_twice(counts: dict[str, int], band: int, seed: int) -> None:
    images = [rotated(counts, random.Random(seed), step, band) for step in range(4)]
    assert images[0] == {key: key for key in counts}
    assert all(Counter(i.values()) == Counter(counts.keys()) for i in images)
    assert all(len({i[key] for i in images}) == 4 for key in counts)


def test_common_characters_stay_common() -> None:
    images = rotated({"建": 90, "华": 80, "懿": 2, "翀": 1}, random.Random(1), 1, 2)
    assert images == {"建": "华", "华": "建", "懿": "翀", "翀": "懿"}


@pytest.mark.parametrize(("written", "changed"), [
    ("杨琼雪", "郑海国"), ("楊瓊雪", "鄭海國"), ("杨  琼雪", "郑  海国"), ("杨琼雪教授", "郑海国教授"), (" 杨琼雪(女)\u200b", " 郑海国(女)\u200b"),
    ("琼雪杨", "海国郑"), ("杨?雪", "郑?国"), ("???", "???"),
    ("Yang Qiongxue", "Zheng Haiguo"), ("YANG Qiong-Xue", "ZHENG Hai-Guo"), ("Qiong-xue Yang", "Hai-guo Zheng"), ("Yang Qiong Xue", "Zheng Hai Guo"),
    ("Yang, Qiongxue", "Zheng, Haiguo"), ("Q.X. Yang", "H.G. Zheng"), ("Yang QX", "Zheng HG"), ("Yang Q", "Zheng H"),
])
def test_every_spelling_of_one_person_changes_alike_and_keeps_its_form(written: str, changed: str) -> None:
    assert NAMED.renamed(written, "杨琼雪") == changed


def test_traditional_characters_stay_traditional_where_the_new_ones_are() -> None:
    assert PersonNames({"李": "杨"}, {"强": "国"}).renamed("李強", "李强") == "楊國"


def test_a_slip_for_a_character_of_the_same_sound_stays_one() -> None:
    assert NAMED.renamed("刘丰", "刘锋") == "宋成"  # 锋 is 城 here, of which 成 has the sound


@pytest.mark.parametrize("written", ["王芳", "Wang Fang", "刘太", "Yang Zhonghua"])
def test_a_spelling_that_is_not_the_persons_is_refused(written: str) -> None:
    assert NAMED.renamed(written, "杨琼雪") is None


def test_surnames_of_two_characters_are_kept() -> None:
    assert NAMED.renamed("Ouyang Qiong", "欧阳琼") == "Ouyang Hai"
    assert NAMED.renamed("欧阳琼", "欧阳琼") == "欧阳海"


def test_surnames_are_read_as_surnames_in_every_spelling() -> None:
    assert [NAMED.renamed(f"{u} Xue", "吕雪") for u in ("Lu", "Lv", "LYU")] == ["Shan Guo", "Shan Guo", "SHAN Guo"]


def test_the_clean_name_is_what_most_spellings_give() -> None:
    assert clean_name(["杨琼雪教授", "楊瓊雪", "杨琼血", "杨?雪", "Yang QX"]) == "杨琼雪"
    assert clean_name(["志勇刘", "刘志勇"]) == "刘志勇"
    assert clean_name(["Yang QX", "杨?雪"]) == ""


@pytest.mark.parametrize(("written", "changed"), [
    ("重庆双睿软件有限公司", "重庆舒凯软件有限公司"), ("双睿(重庆)软件有限责任公司", "舒凯(重庆)软件有限责任公司"), ("重庆双睿", "重庆舒凯"),
    ("重慶雙睿軟件", "重慶舒凱軟件"), ("重 庆双睿软件(盖章)", "重 庆舒凯软件(盖章)"),
    ("Chongqing Shuangrui Software Co., Ltd.", "Chongqing Shukai Software Co., Ltd."),
    ("Ｓｈｕａｎｇｒｕｉ Ｃｏ．， Ｌｔｄ．", "Ｓｈｕｋａｉ Ｃｏ．， Ｌｔｄ．"),
])
def test_a_brand_changes_wherever_it_stands(written: str, changed: str) -> None:
    assert BODIES.renamed(written) == changed


@pytest.mark.parametrize("written", ["重庆大学", "重庆市人民医院", "Chongqing University", "CISDI Group Co., Ltd.", "川大"])
def test_public_bodies_stay_as_they_are(written: str) -> None:
    assert BODIES.renamed(written) == written


def test_pinyin_that_several_brands_share_is_refused_unless_the_brand_is_known() -> None:
    written = "Chongqing Lanzhi New Materials Co., Ltd."  # 兰芝 or 蓝枝: 晨赫 (chenhe) or 辰锐 (chenrui)
    assert BODIES.renamed(written) is None
    assert BODIES.renamed(written, ["兰芝"]) == "Chongqing Chenhe New Materials Co., Ltd."
    assert BODIES.renamed("Chongqing Nobody Software Co., Ltd.") is None
