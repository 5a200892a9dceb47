"""What an organisation's name says: its place, its core, whether it is a branch or a part, in Chinese, English or pinyin.

    parse_organisation_name("重庆市潼南区疾控中心科研处")  # place 50 500152, core 疾病预防控制中心, unit 科研处

Names are rewritten by two tables beside this file: `terms.tsv` (words of the trade with their short and English forms) and
`institutions.tsv` (well-known institutions with short forms, acronyms, English and former names).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pypinyin import lazy_pinyin

from graph.names import name_key, simplified
from graph.regions import RegionRow
from graph.resolution.vocabulary import english_terms, institutions, short_terms, terms

_NOISE = re.compile(r"[(（](?:盖章|公章|章|筹|本部|总部|原|新|[A-Za-z]区|.{1,3}校区|.{1,4}院区)[)）]|[。；;*＊]|等$")
_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
_LEGAL = re.compile(r"(?:集团)?(?:股份集团|集团股份|股份|控股|实业)?(?:集团)?(?:有限)?(?:责任)?(?:总公司|公司|企业)$|集团$")
_BRANCH = re.compile(r"(?:(?<=公司)|(?<=厂)|(?<=集团)|(?<=院)|(?<=行)|(?<=所))([^公司]{1,8}?)"
                     r"(分公司|分院|分校|分所|分会|分部|分厂|分中心|分行|办事处)$")
_BARE_BRANCH = re.compile(r"^(.{4,})(?:分公司|办事处)$")
BODY = r"(?:大学|公司|医院|学院|研究院|科学院|研究所|保健院|中心|集团|协会|学会|院|局|站|所)"
_DEPARTMENT = re.compile(
    rf"^(.*{BODY})((?:科研处|科技处|科研部|人事处|组织部|研究生院|教务处|[^院所局站]{{2,12}}(?:学院|研究室|教研室|系|学部|专业|科室|课题组)))$")
_OWN_PART = re.compile(rf"^(.*{BODY})([^院所局站]{{2,20}}(?:实验室|工程中心|技术中心|研究中心|工作站|产业技术研究院))$")
_PART = re.compile(r"附|第|分|.*(?:实验室|学院|系|处|部|中心|院)$")
_LABORATORY = re.compile(r"实验室$|研究室$|工程中心$|技术中心$|工作站$")
_NUMBER = re.compile(r"(?:第)?([一二三四五六七八九十百〇零○\d]{1,4})(?=(?:研究)?所)")
_ADMINISTRATIVE = re.compile(r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|省|市|地区|盟|州|区|县)$")
_LATIN_LEGAL = re.compile(r"\b(?:co|ltd|limited|inc|corp|corporation|company|llc|plc|incorporated|the|of|for|and|in)\b\.?|[&.,]", re.IGNORECASE)
_SPACED = re.compile(r"(?<=[㐀-鿿(（)）])\s+|\s+(?=[㐀-鿿(（)）])")
_HAN = re.compile(r"[㐀-鿿]")
_MUNICIPALITIES = frozenset(("11", "12", "31", "50"))
_LATIN_LEVELS = frozenset(("district", "county", "city", "province", "provincial", "municipal"))
_MISREAD = tuple((re.compile(wrong), right) for wrong, right in (
    ("重厌", "重庆"), ("有[隈眼]", "有限"), ("囯", "国"), ("料学(?=技术|院)", "科学"), ("料技", "科技"), ("料协", "科协"),
    ("太学", "大学"), ("枝术", "技术"), ("有限公?司$", "有限公司")))
"""Characters that scanning takes for one another, in words where the right one is beyond doubt."""
_DIGITS: Mapping[str, int | str] = {**dict(zip("一二三四五六七八九", range(1, 10), strict=True)), "〇": 0, "零": 0, "○": 0}


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """A name taken apart.

    place: codes of the regions that the name itself gives, without what lies around them. core: what is left of the name when place and
    legal form are taken off. branch: of a branch office its place, of a laboratory its name. unit: a department named behind
    the body. key: place, core and branch in one text, alike for spellings of one name. sound: the letters of the core's pinyin, sorted,
    alike for Chinese, pinyin and translated English whatever the order of their words. latin: the name came in Latin letters.
    """

    key: str
    place: tuple[str, ...]
    core: str
    branch: str
    unit: str
    sound: str
    latin: bool

    @property
    def public(self) -> bool:
        """Whether the core is a usual public body's (人民医院, 疾病预防控制中心): the city's and the district's are two."""
        return self.core in terms()

    @property
    def formal(self) -> bool:
        """Whether the name says in full what the body is (大学, 研究院): then it is short for no longer one."""
        return not self.latin and re.search(BODY + "$", self.core) is not None

    @property
    def body(self) -> str:
        """The key of the body itself, whatever branch or laboratory of it the name means."""
        return self.key.rpartition("|")[0]


@lru_cache(maxsize=50_000)
def letters(text: str) -> str:
    """Chinese as pinyin without tones, ü as u, lower-case letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(text, v_to_u=False)).casefold().replace("ü", "u"))


class OrganisationNames:
    """Takes names apart; knows the regions that a name may begin with.

    Args:
        regions: the bundled regions (code, name, parent, aliases).
        home: the code of the province that most records are of.
    """

    def __init__(self, regions: list[RegionRow], home: str = "") -> None:
        self._places: dict[str, tuple[str, ...]] = {}
        for row in regions:
            for name in {row.name, *row.aliases, _ADMINISTRATIVE.sub("", row.name)}:
                if len(name) >= 2:
                    self._places[name] = (*self._places.get(name, ()), row.code)
        self._longest = max(map(len, self._places), default=0)
        self._home = home
        self._parsed: dict[tuple[str, str], OrganisationName] = {}

    @cached_property
    def _spelled_places(self) -> Mapping[str, tuple[str, ...]]:
        """Pinyin of a place's short name → the places that are called so."""
        spelled: dict[str, list[str]] = {}
        for name in self._places:
            if not _ADMINISTRATIVE.search(name) or len(name) == 2:
                spelled.setdefault(letters(name), []).append(name)
        return {sound: tuple(sorted(names)) for sound, names in spelled.items()}

    def _consistent(self, spelled: list[tuple[str, ...]], near: str) -> list[str]:
        """One place for each spelling, the widest first: inside the wider ones where it can be."""
        places: list[str] = []
        above: list[str] = []
        for names in sorted(spelled, key=lambda names: min(len(c) for n in names for c in self._places[n])):
            options = [(not any(c.startswith(p) for p in above), not _near(c, near), len(c), c, n) for n in names for c in self._places[n]]
            *_, code, name = min(options)
            places.append(name)
            above.append(code)
        return places

    def without_places(self, text: str) -> str:
        """A text (an address) without the names of regions in front."""
        while (end := next((n for n in range(min(self._longest, len(text) - 2), 1, -1) if text[:n] in self._places), 0)):
            text = text[end:]
        return text

    def parse(self, text: str, near: str = "") -> OrganisationName:
        """Take a name apart. Remembers what it was asked.

        Args:
            near: the code of a region: of several places of one name the one there is meant, and 市人民医院 is that city's.
        """
        near = near or self._home
        found = self._parsed.get((text, near))
        if found is None:
            found = self._parsed[text, near] = self._parse(text, near)
        return found

    def _parse(self, text: str, near: str) -> OrganisationName:
        for pattern, right in _MISREAD:
            text = pattern.sub(right, text)
        plain = _SPACED.sub("", _NOISE.sub("", simplified(text).strip())).strip()
        known = institutions().get(name_key(plain))
        if known is not None:
            plain = simplified(known)
        latin = not _HAN.search(plain)
        if latin:
            plain = self._translated(plain, near)
            known = institutions().get(name_key(plain))
            plain = simplified(known) if known is not None else plain
        return self._chinese(plain, latin and known is None, near)

    def _translated(self, text: str, near: str) -> str:
        """An English name with its terms and places in Chinese, in the order place, rest, term; what is left stays as it is."""
        rest = re.sub(r"\s+", " ", text.replace("’", "'").replace("＇", "'"))
        words_known: list[str] = []
        for pattern, term in english_terms():
            rest, count = pattern.subn(" ", rest)
            if count:
                words_known.append(term)
        words = _LATIN_LEGAL.sub(" ", rest).split()
        spelled = [names for w in words if (names := self._spelled_places.get(w.casefold()))]
        others = [w for w in words if w.casefold() not in self._spelled_places and w.casefold() not in _LATIN_LEVELS]
        places = self._consistent(spelled, near)
        return "".join(places) + "".join(w.casefold() for w in others) + "".join(reversed(words_known))

    def _chinese(self, text: str, latin: bool, near: str) -> OrganisationName:
        place: list[str] = []
        text = self._known_front(self._open_brackets(text, place, near))
        text, unit = _department(text)
        text = _expanded(text)
        if not unit:
            text, unit = _department(text)
        text, branch = self._branch(text)
        text = self._take_places(text, place, near, company=_LEGAL.search(text) is not None)
        core = name_key(_LEGAL.sub("", text)) or name_key(text)
        core = _NUMBER.sub(lambda m: _number(m[1]), core)
        places = tuple(sorted({p for p in place if not any(other != p and other.startswith(p) for other in place)}))
        key = f"{' '.join(places)}|{core}|{branch}"
        return OrganisationName(key, places, core, branch, unit, "".join(sorted(letters(core))), latin)

    def _open_brackets(self, text: str, place: list[str], near: str) -> str:
        """A place in brackets goes to `place`, a body in brackets (of which this is a part) to the front."""
        def opened(match: re.Match[str]) -> str:
            inside = match[1].strip()
            if (codes := self._region(inside, near)) is not None:
                place.append(codes)
                return ""
            if inside != "集团" and re.search(BODY + "$", inside):
                front.append(inside)
            return ""

        front: list[str] = []
        rest = _BRACKETS.sub(opened, text)
        return "".join(front) + rest

    def _region(self, text: str, near: str) -> str | None:
        """The code of the region of that name: the widest of several."""
        codes = self._places.get(text)
        return min(codes, key=lambda c: (not _near(c, near), len(c), c)) if codes else None

    @staticmethod
    def _known_front(text: str) -> str:
        """A short name of a well-known institution at the front written out, where a part of it follows: 重医附一院, 川大科研处."""
        for end in range(len(text), 1, -1):
            known = institutions().get(name_key(text[:end]))
            if known is not None and (end == len(text) or _PART.match(text[end:])):
                return simplified(known) + text[end:]
        return text

    def _branch(self, text: str) -> tuple[str, str]:
        if (match := _BRANCH.search(text)) is not None:
            return text[:match.start()], self._short_place(match[1]) or match[2]
        if (match := _BARE_BRANCH.match(text)) is not None:
            cut = next((n for n in range(min(5, len(match[1]) - 2), 1, -1) if match[1][-n:] in self._places), 2)
            return match[1][:-cut], self._short_place(match[1][-cut:])
        match = _OWN_PART.match(text)
        return (match[1], name_key(match[2])) if match is not None else (text, "")

    @staticmethod
    def _short_place(text: str) -> str:
        return _ADMINISTRATIVE.sub("", text) if len(text) > 2 else text

    def _take_places(self, text: str, place: list[str], near: str, company: bool) -> str:
        """Take the regions off the front, as long as two characters are left."""
        if near and (match := re.match(r"市(?=.{3})|省(?=.{3})", text)) is not None:
            if match[0] == "市" or near[:2] not in _MUNICIPALITIES:
                place.append(near[:2] if match[0] == "省" or near[:2] in _MUNICIPALITIES else near[:4])
            return text[1:]
        while True:
            for end in range(min(self._longest, len(text) - 2), 1, -1):
                if (code := self._place_in_front(text[:end], text[end:], place, near, company)) is not None:
                    place.append(code)
                    text = text[end:]
                    break
            else:
                return text

    def _place_in_front(self, name: str, rest: str, place: list[str], near: str, company: bool) -> str | None:
        """The code of a region at the front. A county's short name (长安, 东方) is one only inside a place that was named,
        or before a public body's usual name (黔江 疾病预防控制中心): else it is a brand.
        """
        codes = self._places.get(name)
        if not codes:
            return None
        inside = [c for c in codes if any(c.startswith(p) for p in place)]
        full = bool(_ADMINISTRATIVE.search(name)) and len(name) > 2
        if inside:
            return min(inside, key=lambda c: (len(c), c))
        codes = tuple(c for c in codes if _near(c, near)) or codes
        if place and not full:
            return None
        if full or any(len(c) <= 4 for c in codes):
            return min(codes, key=lambda c: (len(c), c))
        return min(codes) if not company and rest.startswith(terms()) else None


def _department(text: str) -> tuple[str, str]:
    """The body, and the department named behind it."""
    match = _DEPARTMENT.match(text)
    if match is None or _LABORATORY.search(text) or re.search(r"附属|独立学院", match[2]):
        return text, ""
    return match[1], match[2]


def _near(code: str, near: str) -> bool:
    """Whether two regions lie in one province."""
    return bool(near) and code[:2] == near[:2]


def _expanded(text: str) -> str:
    """Short forms of terms written out, each where the full form does not stand already; then the institution it may be."""
    for pattern, term in short_terms():
        if term not in text:
            text = pattern.sub(term, text, count=1)
    known = institutions().get(name_key(text))
    return simplified(known) if known is not None else text


def _number(text: str) -> str:
    """二十四 → 24, 七一二 and 七1二 → 712."""
    digits = [_DIGITS.get(character, character) for character in text]
    if not set(text) & set("十百"):
        return "".join(map(str, digits))
    total, unit = 0, 0
    for digit in digits:
        if digit == "百":
            total, unit = total + (unit or 1) * 100, 0
        elif digit == "十":
            total, unit = total + (unit or 1) * 10, 0
        else:
            unit = int(digit)
    return str(total + unit)
