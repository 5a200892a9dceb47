"""The code tables that come with the program."""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from loaders.reference import bundled_tables, bundled_version, region_aliases

ROOT = Path(__file__).parents[2]

COLUMNS = {
    "regions": ["id", "name", "parent", "level", "name_en", "aliases"],
    "industries": ["id", "name", "parent", "level"],
    "disciplines": ["id", "name", "name_en", "parent", "level"],
    "region_groups": ["id", "name", "parent", "regions", "partly"],
}


def by_id(table: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in bundled_tables()[table]}


def shared_rows(shared_data: Path, table: str) -> dict[str, dict[str, str]]:
    with gzip.open(shared_data / "reference" / f"{table}.csv.gz", "rt", encoding="utf-8") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def codes(text: str) -> set[str]:
    return {code for code in text.split(";") if code}


def test_tables_and_their_columns() -> None:
    assert list(bundled_tables()) == list(COLUMNS)
    for table, rows in bundled_tables().items():
        assert all(list(row) == COLUMNS[table] for row in rows), table
        assert all(isinstance(value, str) for row in rows for value in row.values()), table
        ids = [row["id"] for row in rows]
        assert ids == sorted(set(ids)), table
        assert all(row["id"] and row["name"] for row in rows), table
        assert {row["parent"] for row in rows} <= {"", *ids}, table


def test_the_version_is_the_same_in_another_process() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", bundled_version())
    program = "from loaders.reference import bundled_version; print(bundled_version())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == bundled_version()


def test_regions_are_provinces_cities_and_counties_by_their_digits() -> None:
    regions = by_id("regions")
    levels = {2: "province", 4: "city", 6: "county"}
    for code, row in regions.items():
        assert re.fullmatch(r"\d{2}|\d{4}|\d{6}", code)
        assert row["level"] == levels[len(code)]
        assert row["parent"] == code[:-2], code
    provinces = [row for row in regions.values() if row["level"] == "province"]
    assert len(provinces) == 34
    assert all(row["name_en"] for row in provinces)
    assert regions["50"] == {
        "id": "50",
        "name": "重庆市",
        "parent": "",
        "level": "province",
        "name_en": "Chongqing",
        "aliases": "重庆",
    }
    assert regions["71"]["name"] == "台湾省"
    assert regions["500240"]["aliases"] == "石柱;石柱县"


def test_chongqing_has_its_districts_and_counties_and_the_district_that_joined_two_of_them() -> None:
    counties = {code for code in by_id("regions") if len(code) == 6 and code.startswith("50")}
    assert len(counties) == 38 + 1
    assert {"500105", "500112", "500157"} <= counties


@pytest.mark.parametrize(
    ("name", "aliases"),
    [
        ("重庆市", ("重庆",)),
        ("四川省", ("四川",)),
        ("内蒙古自治区", ("内蒙古",)),
        ("西藏自治区", ("西藏",)),
        ("广西壮族自治区", ("广西", "广西自治区")),
        ("新疆维吾尔自治区", ("新疆", "新疆自治区")),
        ("香港特别行政区", ("香港",)),
        ("恩施土家族苗族自治州", ("恩施", "恩施州")),
        ("克孜勒苏柯尔克孜自治州", ("克孜勒苏", "克孜勒苏州")),
        ("大兴安岭地区", ("大兴安岭",)),
        ("锡林郭勒盟", ("锡林郭勒",)),
        ("万州区", ("万州",)),
        ("城口县", ("城口",)),
        ("忠县", ()),
        ("城区", ()),
        ("津市市", ("津市",)),
        ("互助土族自治县", ("互助", "互助县")),
        ("龙胜各族自治县", ("龙胜", "龙胜县")),
        ("东乡族自治县", ("东乡", "东乡县")),
        ("鄂温克族自治旗", ("鄂温克", "鄂温克旗")),
        ("阿荣旗", ("阿荣",)),
        ("管城回族区", ("管城",)),
        ("梅里斯达斡尔族区", ("梅里斯",)),
        ("科尔沁左翼中旗", ()),
        ("浦东新区", ("浦东",)),
        ("清新区", ("清新",)),
        ("神农架林区", ("神农架",)),
        ("万柏林区", ("万柏林",)),
        ("六枝特区", ("六枝",)),
        ("井陉矿区", ()),
        ("市辖区", ()),
        ("省直辖县级行政区划", ()),
    ],
)
def test_short_names_of_regions(name: str, aliases: tuple[str, ...]) -> None:
    assert region_aliases(name) == aliases


def test_no_short_name_has_one_character_or_keeps_a_people_in_it() -> None:
    for row in bundled_tables()["regions"]:
        for alias in filter(None, row["aliases"].split(";")):
            assert len(alias) >= 2
            assert "族" not in alias
            assert "自治州" not in alias
            assert alias != row["name"]


def test_regions_agree_with_the_national_table(shared_data: Path) -> None:
    ours, theirs = by_id("regions"), shared_rows(shared_data, "regions")
    for code in ours.keys() & theirs.keys():
        assert [ours[code][column] for column in ("name", "level", "parent")] == [
            theirs[code][column] for column in ("name", "level", "parent")
        ]
    absent = theirs.keys() - ours.keys()
    # Development zones have statistical codes from 71 on; three prefectures have no county level.
    assert {code for code in absent if not re.fullmatch(r"\d{4}7\d", code)} == {"441900", "442000", "460400"}
    # Since then: two districts of 三沙, 两江新区 in 重庆, two counties in 和田.
    assert ours.keys() - theirs.keys() == {"460302", "460303", "500157", "653228", "653229"}


def test_industries_are_the_sections_and_divisions_of_the_standard(shared_data: Path) -> None:
    ours = by_id("industries")
    assert sum(row["level"] == "1" for row in ours.values()) == 20
    assert sum(row["level"] == "2" for row in ours.values()) == 97
    theirs = {code: row for code, row in shared_rows(shared_data, "industries").items() if row["level"] in ("1", "2")}
    assert ours.keys() == theirs.keys()
    for code, row in theirs.items():
        assert (ours[code]["parent"], ours[code]["level"]) == (row["parent"], row["level"])
        if code == "37":  # the shared table cuts the name at 18 characters
            assert ours[code]["name"] == "铁路、船舶、航空航天和其他运输设备制造业"
        else:
            assert ours[code]["name"] == row["name"]


def test_disciplines_have_the_departments_and_first_level_codes_of_the_nsfc(shared_data: Path) -> None:
    ours = by_id("disciplines")
    assert [code for code in ours if len(code) == 1] == list("ABCDEFGH")
    assert all(row["name_en"].isascii() and row["name_en"] for row in ours.values())
    theirs = {code: row for code, row in shared_rows(shared_data, "disciplines").items() if row["level"] in ("0", "1")}
    for code, row in theirs.items():
        assert [ours[code][column] for column in ("name", "parent", "level")] == [
            row[column] for column in ("name", "parent", "level")
        ]
    # Codes that later application guides added.
    assert ours.keys() - theirs.keys() == {"D07", "E10", "E11", "E12", "E13", "F06", "F07", "G04"}


def test_region_groups_name_regions_that_exist() -> None:
    regions = by_id("regions")
    for row in bundled_tables()["region_groups"]:
        listed = row["regions"].split(";")
        assert listed, row["id"]
        assert len(set(listed)) == len(listed), row["id"]
        assert set(listed) <= regions.keys(), row["id"]
        assert codes(row["partly"]) <= set(listed), row["id"]


def test_one_area_and_two_clusters_part_chongqing() -> None:
    groups = by_id("region_groups")
    parts = ["CQ-MAIN-CORE", "CQ-MAIN-NEW", "CQ-NE", "CQ-SE"]
    listed = [code for part in parts for code in codes(groups[part]["regions"])]
    assert len(listed) == len(set(listed))
    assert set(listed) == {code for code in by_id("regions") if len(code) == 6 and code.startswith("50")}
    assert set(listed) == codes(groups["CQ-1Q2Q"]["regions"])
    assert [groups[part]["parent"] for part in parts] == ["CQ-MAIN", "CQ-MAIN", "CQ-1Q2Q", "CQ-1Q2Q"]


def test_groups_across_provinces() -> None:
    groups = by_id("region_groups")
    assert groups["CHUANYU"]["name"] == "川渝"
    assert codes(groups["CHUANYU"]["regions"]) == {"50", "51"}
    assert len(codes(groups["BRI"]["regions"])) == 18
    assert len(codes(groups["YREB"]["regions"])) == 11
    assert codes(groups["GBA"]["regions"]) == {"81", "82", *(f"44{n:02d}" for n in (1, 3, 4, 6, 7, 12, 13, 19, 20))}


def test_region_groups_agree_with_the_shared_table(shared_data: Path) -> None:
    ours = by_id("region_groups")
    for group, row in shared_rows(shared_data, "region_groups").items():
        # 500157 两江新区 took the place of 500105 and 500112, which stay for older data.
        assert codes(ours[group]["regions"]) - {"500157"} == codes(row["regions"]), group
        assert codes(ours[group]["partly"]) == codes(row["partly"]), group
        assert ours[group]["parent"] == row["parent"], group
