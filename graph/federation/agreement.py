"""Whether two values of one property say the same thing: what differs in form alone is no disagreement."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache

from graph.ids import split_id
from graph.names import name_key, simplified
from graph.schema import NODES, Privacy, Property, Type

Value = str | int | float | bool | list[str]

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[x×•●]+(?=\d)")
_MASK = re.compile(r"[*＊]|(?<=\d)[xX×•●]{2,}(?=\d)")
"""One letter between digits is an extension (023-68000001x2)."""
_COUNTRY = re.compile(r"^\+86|^86(?=1[3-9]\d{9}$|1[3-9]\d*\*)")
_FORM = re.compile(r"[\s()\-]+")
_ADDRESS = re.compile(r"^(https?://[^/]+/|doi:\s*)", re.IGNORECASE)
_WITH_ADDRESS = frozenset({"doi", "orcid"})
"""Identifiers that some write as the address of a page about the thing."""
_ACADEMIC_TITLE, _PERSON_NAME = (next(p for p in NODES["scientists"].properties if p.name == name) for name in ("title", "name"))
_key = lru_cache(maxsize=200_000)(name_key)


def agree(p: Property, left: Value, right: Value, forms: Mapping[str, frozenset[str]]) -> bool:
    """Whether two values of a property fit each other.

    Names and other texts are compared by `graph.names.name_key`, lists as sets of such keys, numbers to nine digits. A date fits a more precise
    one that begins with it (1960 and 1960-05), an ORCID its address, a masked contact any that it may stand for (`138****5678` and 13812345678).
    Academic titles and names of people are compared as resolution understands them: 高工 and 高级工程师, 余晓国 and Yu Xiaoguo, a title behind.

    Args:
        forms: what is said for an allowed value (高校) → the values (`university`) that it may mean, where a table without a list of them says it.
    """
    if isinstance(left, list) or isinstance(right, list):
        return _items(left) == _items(right)
    if isinstance(left, str) and isinstance(right, str):
        if p.type is Type.DATE:
            return left.startswith(right) or right.startswith(left)
        if p.privacy is Privacy.CONTACT:
            return contacts_fit(left, right)
        if p.name in _WITH_ADDRESS:
            left, right = (_ADDRESS.sub("", value.strip()) for value in (left, right))
        if p == _PERSON_NAME and _one_name(left, right):
            return True
        if p == _ACADEMIC_TITLE:
            return _title_key(left) == _title_key(right)
        return not _keys(left, forms).isdisjoint(_keys(right, forms))
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-9)
    return left == right


def regions_fit(left: str, right: str) -> bool:
    """Whether one region (full ids) is the other or holds it, by their codes (GB/T 2260): 50 holds 500101. Other ids fit themselves alone."""
    one, other = split_id(left)[2], split_id(right)[2]
    if one.isdigit() and other.isdigit():
        return one.startswith(other) or other.startswith(one)
    return left == right


def contacts_fit(left: str, right: str) -> bool:
    """Whether two telephone numbers or addresses may be one: equal but for spaces, hyphens and +86, or alike as far as they are not masked."""
    a, b = _contact(left), _contact(right)
    if "*" not in a and "*" not in b:
        return a == b
    (head_a, tail_a), (head_b, tail_b) = _ends(a), _ends(b)
    return (head_a.startswith(head_b) or head_b.startswith(head_a)) and (tail_a.endswith(tail_b) or tail_b.endswith(tail_a))


def is_masked(value: str) -> bool:
    """Whether a part of a contact value is hidden already, as it came (`138****5678`, 138xxxx5678)."""
    return _MASK.search(simplified(value)) is not None


@lru_cache(maxsize=10_000)
def _title_key(value: str) -> str:
    from graph.resolution.people import academic_title  # slow to import, and few commands compare titles

    return _key(academic_title(value))


def _one_name(left: str, right: str) -> bool:
    """Whether two spellings can be one person's name: the same Chinese characters without what stands behind them, or the same pinyin."""
    from graph.resolution.person_names import parse_person_name  # slow to import, and few commands compare names

    a, b = parse_person_name(left), parse_person_name(right)
    return a.chinese == b.chinese if a.chinese and b.chinese else not set(a.keys).isdisjoint(b.keys)


def _keys(value: str, forms: Mapping[str, frozenset[str]]) -> set[str]:
    return {_key(value), *map(_key, forms.get(value, ()))}


def _items(value: Value) -> set[str]:
    return {_key(str(item)) for item in (value if isinstance(value, list) else [value])}


def _contact(value: str) -> str:
    plain = _BETWEEN_DIGITS.sub("*", simplified(value).strip().casefold())
    if "@" not in plain:
        plain = _COUNTRY.sub("", _FORM.sub("", plain))
    return re.sub(r"\*+", "*", plain)


def _ends(value: str) -> tuple[str, str]:
    """What stands before the first asterisk and after the last; the whole value twice where there is none."""
    return (value.partition("*")[0], value.rpartition("*")[2]) if "*" in value else (value, value)
