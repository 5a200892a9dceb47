"""What people write for a region, and the code that it means."""

from __future__ import annotations

import csv
import gzip
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.regions import RegionIndex, RegionMatch, RegionRow
from loaders.reference import bundled_tables

PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# The statistics bureau numbers development zones from 71 within a prefecture; GB/T 2260 has no such codes.
DEVELOPMENT_ZONE = re.compile(r"\d{4}7\d")
# Prefectures without districts: the six-digit code means the prefecture itself.
WITHOUT_DISTRICTS = {"441900": "4419", "442000": "4420", "460400": "4604"}

BUNDLED = RegionIndex(
    RegionRow(row["id"], row["name"], row["parent"], tuple(filter(None, row["aliases"].split(";"))))
    for row in bundled_tables()["regions"]
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # codes
        ("50", "50"),
        ("5000", "50"),
        ("500000", "50"),
        ("5101", "5101"),
        ("510100", "5101"),
        ("500101", "500101"),
        ("５００１０１", "500101"),
        (" 500101\n", "500101"),
        ("5001", "5001"),
        ("500100", "5001"),
        ("441900", "4419"),
        # full names
        ("重庆市", "50"),
        ("内蒙古自治区", "15"),
        ("香港特别行政区", "81"),
        ("恩施土家族苗族自治州", "4228"),
        ("恩施市", "422801"),
        ("吉林市", "2202"),
        ("长沙县", "430121"),
        ("石柱土家族自治县", "500240"),
        ("忠县", "500233"),
        ("仙桃市", "429004"),
        # short names
        ("重庆", "50"),
        ("四川", "51"),
        ("广西", "45"),
        ("台湾", "71"),
        ("成都", "5101"),
        ("万州", "500101"),
        ("石柱", "500240"),
        ("石柱县", "500240"),
        ("浦东", "310115"),
        ("海南州", "6325"),
        # one short name, several regions: the one that holds the others, the province, or the prefecture
        ("恩施", "4228"),
        ("淮安", "3208"),
        ("和田", "6532"),
        ("吉林", "22"),
        ("海南", "46"),
        ("河南", "41"),
        ("西安", "6101"),
        ("大同", "1402"),
        ("甘南", "6230"),
        # joined names
        ("四川省成都市", "5101"),
        ("四川成都", "5101"),
        ("重庆市万州区", "500101"),
        ("重庆万州", "500101"),
        ("四川省成都市武侯区", "510107"),
        ("四川省武侯区", "510107"),
        ("成都武侯", "510107"),
        ("北京市东城区", "110101"),
        ("长春市朝阳区", "220104"),
        ("北京朝阳", "110105"),
        ("辽宁朝阳", "2113"),
        ("朝阳双塔", "211302"),
        ("朝阳朝阳", "211321"),
        ("吉林省吉林市", "2202"),
        ("吉林吉林", "2202"),
        ("青海海南", "6325"),
        ("湖南长沙县", "430121"),
        ("河南济源", "419001"),
        # separators, the country in front, placeholder levels, repeated names
        ("四川 成都", "5101"),
        ("四川·成都·武侯", "510107"),
        ("四川-成都", "5101"),
        ("重庆 > 万州", "500101"),
        ("重庆市　万州区", "500101"),
        ("中国重庆", "50"),
        ("中国·重庆市·万州区", "500101"),
        ("中华人民共和国四川省", "51"),
        ("重庆市市辖区", "50"),
        ("重庆市市辖区万州区", "500101"),
        ("重庆市县石柱土家族自治县", "500240"),
        ("四川省成都市市辖区武侯区", "510107"),
        ("湖北省省直辖县级行政区划仙桃市", "429004"),
        ("北京市北京市朝阳区", "110105"),
        ("广东省东莞市东莞市", "4419"),
    ],
)
def test_one_region_is_meant(text: str, code: str) -> None:
    assert BUNDLED.resolve(text) == RegionMatch(code, (code,))


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("朝阳", ("110105", "2113", "211321", "220104")),
        ("朝阳区", ("110105", "220104")),
        ("鼓楼区", ("320106", "320302", "350102", "410204")),
        ("江苏鼓楼", ("320106", "320302")),
        ("江北区", ("330205", "500105")),
        ("新疆和田和田", ("653201", "653221")),
    ],
)
def test_a_text_that_fits_several_regions_stays_open(text: str, candidates: tuple[str, ...]) -> None:
    assert BUNDLED.resolve(text) == RegionMatch(None, candidates)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "中国",
        "市辖区",
        "县",
        "重庆市县",
        "99",
        "500199",
        "5",
        "50010",
        "四川省不存在县",
        "四川省朝阳区",
        "四川重庆",
        "成都四川",
        "吉林市朝阳区",
        "重庆市渝北区某某路1号",
        "重庆大学",
        "东京",
        "重庆" * 60,
    ],
)
def test_a_text_with_anything_left_over_is_no_region(text: str) -> None:
    assert BUNDLED.resolve(text) == RegionMatch(None, ())


def test_ancestors_run_up_to_the_province() -> None:
    assert BUNDLED.ancestors("510107") == ("510107", "5101", "51")
    assert BUNDLED.ancestors("500101") == ("500101", "5001", "50")
    assert BUNDLED.ancestors("50") == ("50",)
    assert BUNDLED.province("429004") == "42"
    assert BUNDLED.province("81") == "81"
    assert "5101" in BUNDLED
    assert "9999" not in BUNDLED
    with pytest.raises(KeyError):
        BUNDLED.ancestors("9999")
    with pytest.raises(KeyError):
        BUNDLED.province("9999")


def test_a_small_table_of_a_source_without_parents() -> None:
    """Only code and name are required: the digits say what lies in what."""
    index = RegionIndex([RegionRow("50", "重庆市"), RegionRow("5001", "市辖区"), RegionRow("500101", "万州区")])
    assert index.ancestors("500101") == ("500101", "5001", "50")
    assert index.resolve("重庆市万州区").code == "500101"
    assert index.resolve("重庆市市辖区万州区").code == "500101"
    assert index.resolve("重庆").code is None  # no alias was given


def test_ids_of_a_source_may_be_any_text() -> None:
    index = RegionIndex(
        [RegionRow("50", "重庆市", "", ("重庆", "Chongqing")), RegionRow("LJ-01", "两江 (直管区)", "50", ("两江",))]
    )
    assert index.resolve("LJ-01").code == "LJ-01"
    assert index.resolve("重庆两江").code == "LJ-01"
    assert index.resolve("两江（直管区）").code == "LJ-01"
    assert index.resolve("CHONGQING").code == "50"
    assert index.ancestors("LJ-01") == ("LJ-01", "50")


def test_a_placeholder_may_be_longer_than_every_name() -> None:
    index = RegionIndex(
        [RegionRow("42", "湖北省"), RegionRow("4290", "省直辖县级行政区划"), RegionRow("429004", "仙桃市")]
    )
    assert index.resolve("湖北省省直辖县级行政区划仙桃市").code == "429004"


def test_below_the_county_too_the_region_that_holds_the_others_is_meant() -> None:
    index = RegionIndex(
        [
            RegionRow("50", "重庆市"),
            RegionRow("500101", "万州区", "50", ("万州",)),
            RegionRow("500101001", "万州街道", "500101", ("万州",)),
            RegionRow("510", "东城"),
            RegionRow("510a", "西城", "510"),
            RegionRow("510a1", "新城镇", "510a", ("新城",)),
            RegionRow("510a1x", "新城村", "510a1", ("新城",)),
        ]
    )
    assert index.resolve("万州").code == "500101"
    assert index.resolve("新城").code == "510a1"


def test_a_circle_of_parents_ends() -> None:
    index = RegionIndex([RegionRow("a1", "甲地", "b1"), RegionRow("b1", "乙地", "a1")])
    assert index.ancestors("a1") == ("a1", "b1")
    assert index.resolve("甲地乙地").code == "b1"


def test_no_regions() -> None:
    assert RegionIndex([]).resolve("重庆市") == RegionMatch(None, ())
    assert RegionIndex([]).resolve("50") == RegionMatch(None, ())


def test_an_index_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(BUNDLED)).resolve("成都").code == "5101"


def test_every_bundled_region_is_found_by_its_code_and_its_path() -> None:
    names = {row["id"]: row["name"] for row in bundled_tables()["regions"]}
    for code, name in names.items():
        assert BUNDLED.resolve(code).code == code
        if name not in PLACEHOLDERS:
            path = "".join(names[above] for above in reversed(BUNDLED.ancestors(code)))
            assert BUNDLED.resolve(path).code == code, path


def test_every_region_of_the_national_table_is_found(shared_data: Path) -> None:
    """By code, by path with and without placeholder levels, by province and own name, and by the bare name."""
    with gzip.open(shared_data / "reference" / "regions.csv.gz", "rt", encoding="utf-8") as lines:
        table = {row["id"]: row for row in csv.DictReader(lines)}
    checked = 0
    for code, row in table.items():
        if row["name"] in PLACEHOLDERS or DEVELOPMENT_ZONE.fullmatch(code):
            continue
        checked += 1
        expected = WITHOUT_DISTRICTS.get(code, code)
        path = [row["name"]]
        above = row["parent"]
        while above:
            path.insert(0, table[above]["name"])
            above = table[above]["parent"]
        assert BUNDLED.resolve(code).code == expected
        assert BUNDLED.resolve("".join(path)).code == expected
        assert BUNDLED.resolve(" ".join(name for name in path if name not in PLACEHOLDERS)).code == expected
        for text in (row["name"], path[0] + row["name"]):
            match = BUNDLED.resolve(text)
            # 嘉峪关市 is the city, not the county-level code of the same name in it.
            assert (match.code or expected) in BUNDLED.ancestors(expected), (text, match)
            assert match.code or expected in match.candidates, (text, match)
    assert checked > 3000


PIECES = st.sampled_from(
    [
        "中国",
        "重庆",
        "市",
        "区",
        "县",
        "市辖区",
        "吉林",
        "朝阳",
        "四川省",
        "成都",
        "50",
        "00",
        "０",
        " ",
        "·",
        "-",
        "路1号",
    ]
)


@given(st.text() | st.lists(PIECES, max_size=12).map("".join))
def test_any_text_gives_a_consistent_answer(text: str) -> None:
    match = BUNDLED.resolve(text)
    assert list(match.candidates) == sorted(set(match.candidates))
    assert all(code in BUNDLED for code in match.candidates)
    if match.code is None:
        assert len(match.candidates) != 1
    else:
        assert match.candidates == (match.code,)
    assert BUNDLED.resolve(f" {text}\n" if len(text) < 90 else text) == match
