"""From what people write for a region (`重庆`, `四川省成都市`, `510100`) to its code.

    index = RegionIndex([RegionRow("50", "重庆市", "", ("重庆",)), …])
    index.resolve("重庆市万州区").code     # "500101"

Where a text fits several regions, one of them is meant without doubt only if
- all the others lie inside it (恩施 is 恩施州, not the city 恩施市 in it; 淮安 is the prefecture, not its 淮安区), or
- it is the only province among them (吉林 is the province 吉林省, 海南 is 海南省 rather than 海南州 in 青海), or
- it is a prefecture and the others are counties or districts of other prefectures (西安 is not 西安区 in 辽源).
  Districts of the four municipalities rank as prefectures and do not yield: 朝阳 may be 北京's or the city in 辽宁.
Anything else (朝阳, 鼓楼区) stays open, with the candidates named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Names in GB/T 2260 that only group what lies below. They name no place; joined names carry them in the middle."""

_SEPARATORS = re.compile(r"[\s·・•\-‐‑–—−>→/\\|_,，、;；.]+")
_COUNTRY = re.compile(r"^(?:中华人民共和国|中国)")
_CODE = re.compile(r"\d{2}(?:\d{2}){0,2}", re.ASCII)
_LONGEST_TEXT = 100
"""Longer texts are no region names; the longest joined name in GB/T 2260 has under 40 characters."""
_MOST_REMEMBERED = 100_000
"""How many texts an index remembers the answer of (a load repeats few texts many times)."""


class RegionRow(NamedTuple):
    """A region: code (digits, or any id of a source's own), name, parent's code ("" = not given), short names."""

    code: str
    name: str
    parent_code: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegionMatch:
    """What a text means: `code` if beyond doubt (then the only candidate), else None with the candidates, sorted."""

    code: str | None
    candidates: tuple[str, ...]


_NO_MATCH = RegionMatch(None, ())


class RegionIndex:
    """Regions by code and by name. Built once from the region table; it does not change afterwards."""

    def __init__(self, rows: Iterable[tuple[str, str, str, tuple[str, ...]]]) -> None:
        """`rows`: see `RegionRow`. A parent that is not given is found by the code's digits."""
        table = {row.code: row for row in (RegionRow(*row) for row in rows)}
        parents = {code: _parent(row, table) for code, row in table.items()}
        self._ancestors = {code: _chain(code, parents) for code in table}
        self._rank = {
            code: sum(table[above].name not in _PLACEHOLDERS for above in chain)
            for code, chain in self._ancestors.items()
        }
        self._names: dict[str, tuple[str, ...]] = _names(table.values())
        self._longest_name = max(map(len, (*self._names, *_PLACEHOLDERS)))
        self._groupings = frozenset(
            (parents[code], row.name) for code, row in table.items() if row.name in _PLACEHOLDERS and parents[code]
        )
        self._resolved: dict[str, RegionMatch] = {}

    def __contains__(self, code: object) -> bool:
        """Whether the table has this code, exactly as written."""
        return code in self._ancestors

    def resolve(self, text: str) -> RegionMatch:
        """The region that a text names: a code (trailing zeros or not), or a full, short or joined name.

        中国 in front, full-width forms, spaces and separators are seen through; traditional characters are the caller's
        to convert. A text with anything left over (a street, a place that is not there) names no region. Never raises.
        """
        if len(text) > _LONGEST_TEXT:
            return _NO_MATCH
        match = self._resolved.get(text)
        if match is None:
            if len(self._resolved) >= _MOST_REMEMBERED:
                self._resolved.clear()
            match = self._resolved[text] = self._resolve(text)
        return match

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The code itself, then what it lies in, up to the province: 500101 → ("500101", "5001", "50").

        KeyError if the code is not in the table.
        """
        return self._ancestors[code]

    def province(self, code: str) -> str:
        """The code of the province that a region lies in (a province: itself). KeyError if not in the table."""
        return self._ancestors[code][-1]

    def _resolve(self, text: str) -> RegionMatch:
        plain = unicodedata.normalize("NFKC", text).strip()
        if plain in self._ancestors:
            return RegionMatch(plain, (plain,))
        if _CODE.fullmatch(plain):
            return self._resolve_code(plain)
        joined = _COUNTRY.sub("", _SEPARATORS.sub("", plain.casefold()))
        return self._decide(self._walk(joined, 0, "")) if joined else _NO_MATCH

    def _resolve_code(self, digits: str) -> RegionMatch:
        while digits.endswith("00"):
            digits = digits[:-2]
            if digits in self._ancestors:
                return RegionMatch(digits, (digits,))
        return _NO_MATCH

    def _walk(self, text: str, start: int, inside: str) -> set[str]:
        """The codes in which text[start:] can end, reading names one inside the other.

        `inside` is the region read last ("" = none).
        """
        found: set[str] = set()
        for end in range(start + 1, min(len(text), start + self._longest_name) + 1):
            part = text[start:end]
            steps = self._steps(part, inside)
            if end == len(text):
                found.update(steps)
            else:
                for code in steps:
                    found |= self._walk(text, end, code)
            if inside and self._is_grouping(part, inside, last=end == len(text)):
                found |= self._walk(text, end, inside) if end < len(text) else {inside}
        return found

    def _steps(self, part: str, inside: str) -> Sequence[str]:
        """The regions called `part` that lie in `inside`."""
        codes = self._names.get(part, ())
        if not inside or not codes:
            return codes
        below = [code for code in codes if inside in self._ancestors[code][1:]]
        # Tables with a column each for province and city repeat names: 北京市北京市朝阳区, 东莞市东莞市.
        return below or [code for code in codes if code == inside and len(self._ancestors[code]) <= 2]

    def _is_grouping(self, part: str, inside: str, *, last: bool) -> bool:
        """Whether `part` is a placeholder level that may be passed over after `inside`.

        市辖区 follows any city, in the middle or at the end. 县 alone also ends real names (长沙|县), so it needs a
        placeholder of that name in the table, and something after it.
        """
        if part not in _PLACEHOLDERS:
            return False
        return part != "县" or (not last and (inside, part) in self._groupings)

    def _decide(self, codes: set[str]) -> RegionMatch:
        candidates = tuple(sorted(codes))
        if len(candidates) <= 1:
            return RegionMatch(candidates[0], candidates) if candidates else _NO_MATCH
        around = [code for code in candidates if all(code in self._ancestors[other] for other in candidates)]
        provinces = [code for code in candidates if len(self._ancestors[code]) == 1]
        top = min(self._rank[code] for code in candidates)
        highest = [code for code in candidates if self._rank[code] == top]
        prefectures = highest if len(highest) == 1 and len(self._ancestors[highest[0]]) == 2 else []
        for certain in (around, provinces, prefectures):
            if len(certain) == 1:
                return RegionMatch(certain[0], (certain[0],))
        return RegionMatch(None, candidates)


def _parent(row: RegionRow, table: dict[str, RegionRow]) -> str:
    """The parent that the row names if it is in the table, else the region whose code begins this one's, else ""."""
    if row.parent_code in table:
        return row.parent_code
    if _CODE.fullmatch(row.code):
        return next(
            (row.code[:digits] for digits in (4, 2) if digits < len(row.code) and row.code[:digits] in table), ""
        )
    return ""


def _chain(code: str, parents: dict[str, str]) -> tuple[str, ...]:
    chain = [code]
    # A source's own table may run in a circle: stop where it closes.
    while (above := parents[chain[-1]]) and above not in chain:
        chain.append(above)
    return tuple(chain)


def _names(rows: Iterable[RegionRow]) -> dict[str, tuple[str, ...]]:
    """Name or alias (as `resolve` reads a text) → the codes that have it."""
    names: dict[str, list[str]] = {}
    for row in rows:
        if row.name in _PLACEHOLDERS:
            continue
        for name in (row.name, *row.aliases):
            key = _SEPARATORS.sub("", unicodedata.normalize("NFKC", name).casefold())
            codes = names.setdefault(key, [])
            if key and row.code not in codes:
                codes.append(row.code)
    return {name: tuple(codes) for name, codes in names.items() if codes}
