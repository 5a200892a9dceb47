"""Names as keys: the form in which two spellings of one name are equal, and what an organisation's name says of it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

_IGNORED = re.compile(r"[\s·•・‧.,，。、:：;；\-‐-―_'\"“”‘’()（）\[\]【】<>《》]+")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_LEGAL_FORMS = re.compile(r"(股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|总公司|公司)$")
_BRANCH = re.compile(r"(分公司|分院|分校|分所|分会|分中心|附属|实验室|研究中心|工程中心|校区|院区|工厂|分厂|办事处)")

_KIND_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("association", re.compile(r"(科学技术协会|科协|人才协会|女科技工作者协会|科技工作者协会|科技人才联合会)")),
    ("society", re.compile(r"(学会|研究会|协会|联合会|促进会)(\(.*\))?$")),
    ("enterprise", re.compile(r"(公司|集团|厂|企业|合作社|\bco\b|\bltd\b|\binc\b|\bcorp)", re.IGNORECASE)),
    ("institution", re.compile(
        r"(大学|学院|学校|中学|小学|医院|研究院|研究所|科学院|工程院|实验室|研究中心|推广站|农技站|推广中心|保护站|监测站|"
        r"卫生院|疾病预防控制中心|疾控中心|设计院|党校|博物馆|科技馆|"
        r"university|institute|college|hospital|academy|school|laboratory)", re.IGNORECASE)),
)
_TYPE_KINDS = {
    **dict.fromkeys(("enterprise", "company", "企业", "公司", "民企", "国企"), "enterprise"),
    **dict.fromkeys(("society", "学会", "协会", "社会团体", "社团"), "society"),
    **dict.fromkeys(("association", "科协", "科协组织"), "association"),
    **dict.fromkeys(("institution", "university", "institute", "hospital", "school", "station", "高校", "大学", "院所", "科研院所", "医院",
                     "研究院", "研究所", "学校"), "institution"),
}


@cache
def _simplified() -> dict[int, str]:
    """Traditional character → simplified, one for one (OpenCC's table; the first of several is the usual one)."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(old): new.split(" ")[0] for old, new in pairs if len(old) == 1}


def simplified(text: str) -> str:
    """NFKC, and traditional characters as simplified ones."""
    return unicodedata.normalize("NFKC", text).translate(_simplified())


def name_key(text: str) -> str:
    """The form in which spellings of a name are compared: simplified, lower case, without spaces and punctuation.

    A name of punctuation alone is its own key.
    """
    plain = simplified(text).casefold()
    return _IGNORED.sub("", plain) or plain.strip()


def organisation_kind(name: str, type_: str | None = None) -> str:
    """The kind (`enterprise`, `institution`, `society`, `association`, `organisation`) that a type, else a name, says."""
    if type_ and (kind := _TYPE_KINDS.get(simplified(type_).strip().casefold())):
        return kind
    plain = simplified(name)
    return next((kind for kind, rule in _KIND_RULES if rule.search(plain)), "organisation")


def organisation_core(name: str) -> str:
    """A name without brackets and legal form: what two spellings of one body share."""
    return name_key(_LEGAL_FORMS.sub("", _BRACKETED.sub("", simplified(name)).strip()))


def organisation_names_agree(left: str, right: str) -> bool:
    """Whether two names can be one body: the cores are equal, or one holds the other and neither is a branch."""
    a, b = organisation_core(left), organisation_core(right)
    if a == b:
        return bool(a) or name_key(left) == name_key(right)
    if bool(_BRANCH.search(simplified(left))) != bool(_BRANCH.search(simplified(right))):
        return False
    return min(len(a), len(b)) >= 2 and (a in b or b in a)


def person_names_agree(left: str, right: str) -> bool:
    """Whether two names can be one person: equal keys, one with a title behind it (王磊教授), or in different scripts (where a spelling
    cannot contradict).
    """
    a, b = name_key(left), name_key(right)
    if a.isascii() or b.isascii():
        return a == b or a.isascii() != b.isascii()
    return min(len(a), len(b)) >= 2 and (a.startswith(b) or b.startswith(a))
