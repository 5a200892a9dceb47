"""Places in China as GeoNames writes them (`Chengdu`, `Sichuan`, `CN`) → codes of GB/T 2260."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from pypinyin import lazy_pinyin

from loaders.reference import bundled_tables

_ABROAD_CODES = {"HK": "81", "MO": "82", "TW": "71"}
"""Country codes (ISO 3166) of what GB/T 2260 counts among its provinces."""
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
_RANK = re.compile(
    r"\b(sheng|shi|shiqu|diqu|qu|xian|zizhi(?:qu|zhou|xian)|city|province|municipality|district|county|prefecture|region|sar|autonomous|special|"
    r"administrative|zhuang|zhuangzu|hui|huizu|uygur|uyghur|weiwuer)\b")
_OTHER_NAMES = {
    "neimongol": "15", "innermongol": "15", "tibet": "54", "macau": "82", "haerbin": "2301", "harbin": "2301", "qiqihar": "2302", "hohhot": "1501",
    "huhehaote": "1501", "ordos": "1506", "hulunbuir": "1507", "lhasa": "5401", "shigatse": "5402", "urumqi": "6501", "karamay": "6502",
    "turpan": "6504", "hami": "6505", "kashgar": "6531", "hotan": "6532", "xian": "6101", "canton": "4401", "amoy": "3502",
}
"""Names in use beside the pinyin."""
_READ = {"长治": "changzhi", "朝阳": "chaoyang", "漯河": "luohe", "昌都": "changdu"}
"""Names that pypinyin reads as other words."""


def region_code(country: str, subdivision: str, city: str) -> str:
    """The code of a place in China.

    Args:
        country: ISO 3166-1 code of two letters.
        subdivision: name of the province; nothing where it is not known.
        city: name of the city, district or county; nothing where it is not known.

    Returns:
        A code of 2, 4 or 6 digits: of the prefecture where one alone is called that (in the province, where that is known), else of the one county
        of that name in the province, else of the province; nothing for a place abroad, and for a city that could be several (Suzhou) in a
        province that is not told.
    """
    country = country.upper()
    if country != "CN":
        return _ABROAD_CODES.get(country, "")
    province = _province(subdivision)
    found = _cities().get(_key(city), frozenset()) if city else {}
    for digits in (4, 6) if province else (4,):
        inside = sorted(code for code in found if len(code) == digits and code.startswith(province))
        if len(inside) == 1:
            return inside[0]
        if inside:
            return province
    whole = _province(city)
    return province or (whole if whole in _MUNICIPALITIES else "")


def _key(name: str) -> str:
    """A name in small letters without accents, rank and peoples: `Ürümqi Shi` → `urumqi`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    bare = re.sub(r"[^a-z]", "", _RANK.sub(" ", plain.replace("'", "")))
    return bare or re.sub(r"[^a-z]", "", plain)


def _pinyin(name: str) -> str:
    """As `_key` makes it of GeoNames' spelling, which has ü or u for ü."""
    return _READ.get(name) or re.sub(r"[^a-z]", "", "".join(lazy_pinyin(name)).replace("v", "u"))


@cache
def _provinces() -> Mapping[str, str]:
    rows = [row for row in bundled_tables()["regions"] if row["level"] == "province"]
    return {_key(row["name_en"]): row["id"] for row in rows} | {k: code for k, code in _OTHER_NAMES.items() if len(code) == 2}


def _province(name: str) -> str:
    return _provinces().get(_key(name), "") if name else ""


@cache
def _cities() -> Mapping[str, frozenset[str]]:
    """Key → codes of cities and counties of that name in pinyin."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in bundled_tables()["regions"]:
        # The short name is the shortest alias: 延边朝鲜族自治州 has 延边 and 延边州.
        short = min((a for a in row["aliases"].split(";") if a), key=len, default="")
        if row["level"] != "province" and short:
            found[_pinyin(short)].add(row["id"])
    for key, code in _OTHER_NAMES.items():
        if len(code) == 4:
            found[key].add(code)
    return {key: frozenset(codes) for key, codes in found.items()}
