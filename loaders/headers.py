"""Which column is which property, and which table a header belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graph.names import simplified
from graph.schema import SENSITIVE_HEADERS, TABLES, NodeTable, Table, columns
from loaders.raw import PART_OF

_UNIT = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]\s*$")
_NOISE = re.compile(r"[\s_\-:：*＊/、·.]+")
_SERIAL = frozenset({"序号", "序", "no", "顺序号", "行号", "项次"})
_SOMEBODY = re.compile(r"(人|者|师|士|家|员|代表|配偶|领队|秘书|主任|院长|法人)$")
"""A group of columns of such a name (`联系人`, `导师`) tells of somebody beside the one whom the row is about."""
_BESIDE = frozenset({"备注", "联系人", "照片", "签名", "传真", "邮编"})
"""Columns of many lists that no table has."""
_LONGEST_HEADER, _LONGEST_SENSITIVE = 40, 8
_ID_HEADERS = ("id", "编号", "编码", "代码", "标识", "唯一标识", "序列号")


def header_key(header: str) -> str:
    """The form in which headers are compared: simplified, lower case, without unit, star, space and punctuation."""
    plain = simplified(header).strip().casefold()
    return _NOISE.sub("", _UNIT.sub("", plain)) or _NOISE.sub("", plain)


@cache
def aliases(table: str) -> Mapping[str, str]:
    """Every header by which a table's properties are known: key → property. The first to claim a key has it."""
    declared = TABLES[table]
    found: dict[str, str] = {}
    for p in columns(declared):
        found.setdefault(header_key(p.name), p.name)
    for p in columns(declared):
        for alias in (p.label, *p.aliases):
            found.setdefault(header_key(alias), p.name)
    for alias in (*_ID_HEADERS, *(f"{name}{word}" for name in (declared.label, *declared.aliases) for word in ("编号", "id", "代码"))):
        found.setdefault(header_key(alias), "id")
    found["id"] = "id"
    return found


def leaf_of(header: str) -> str:
    """A column's own header, without the groups of columns over it: `联系方式 › 电话` is `电话`."""
    return header.rpartition(PART_OF)[2]


def unit_of(header: str) -> str:
    """What a header says in brackets at its end: its unit (`预算（元）`), or anything else."""
    found = _UNIT.search(simplified(header).strip())
    return re.sub(r"^单位[::]?", "", found.group(1).strip()) if found else ""


def is_serial(header: str) -> bool:
    """Whether a header (`序号`) names the numbers of the rows of a list."""
    return header_key(header) in _SERIAL


@cache
def _words() -> frozenset[str]:
    return frozenset(key for table in TABLES for key in aliases(table)) | _SERIAL | _BESIDE


def is_header_word(text: str, told: frozenset[str] = frozenset()) -> bool:
    """Whether a cell reads as a header of any table, or as one of `told` (header keys)."""
    if len(text) > _LONGEST_HEADER:
        return False
    key = header_key(text)
    return key in _words() or key in told or (0 < len(key) <= _LONGEST_SENSITIVE and is_sensitive(text))


@dataclass(frozen=True, slots=True)
class Mapped:
    """What each column of a header is: a property (or `id`), unknown (None), or refused as sensitive."""

    properties: tuple[str | None, ...]
    unknown: tuple[str, ...]
    refused: tuple[str, ...]
    doubled: tuple[str, ...]


def is_sensitive(header: str) -> bool:
    """Whether a header names data that is refused, however it is spaced (`政治 面貌`, `ID_card`)."""
    key = _NOISE.sub("", simplified(header).casefold())
    return any(_NOISE.sub("", word) in key for word in SENSITIVE_HEADERS)


def map_header(table: Table, header: tuple[str, ...], told: Mapping[str, str]) -> Mapped:
    """Recognise a header. `told` (from source.toml: their header → our property) goes first; a property is taken once.

    A column under a group (`联系方式 › 电话`) is known by its whole header, else by its own; unless the group names somebody else
    (`联系人 › 电话`) and the table can do without it.
    """
    required = {p.name for p in columns(table) if p.required}
    own = {header_key(name) for name in (table.label, *table.aliases)}
    known, told_keys = aliases(table.name), {header_key(k): v for k, v in told.items()}
    taken: set[str] = set()
    result: list[str | None] = [None] * len(header)
    refused = [h for h in header if h and is_sensitive(h)]
    doubled: set[int] = set()

    def by_leaf(header: str) -> str | None:
        group, _, leaf = header.rpartition(PART_OF)
        prop = told_keys.get(header_key(leaf)) or known.get(header_key(leaf)) if group else None
        of_another = _SOMEBODY.search(header_key(group)) and header_key(group) not in own
        return prop if prop in required or not of_another else None

    by_exactness = (lambda h: told.get(h), lambda h: told_keys.get(header_key(h)),
                    lambda h: h if h in known.values() else None, lambda h: known.get(header_key(h)), by_leaf)
    for rule in by_exactness:
        for i, column in enumerate(header):
            if result[i] is None and column and column not in refused and (prop := rule(column)) is not None:
                if prop in taken:
                    doubled.add(i)
                else:
                    taken.add(prop)
                    result[i] = prop
    unknown = tuple(h for i, h in enumerate(header) if result[i] is None and h and h not in refused)
    return Mapped(tuple(result), unknown, tuple(refused), tuple(header[i] for i in sorted(doubled) if result[i] is None))


def recognise_table(header: tuple[str, ...]) -> str | None:
    """The one table that a header clearly fits: all that it requires is there, and more is recognised than by any other.

    A header that few tables know (姓名, 企业名称) counts for more than one that many know (地区).
    """
    every = _words()
    keys = {key if (key := header_key(h)) in every else header_key(leaf_of(h)) for h in header if h and not is_sensitive(h)}
    spread = Counter(key for table in TABLES for key in aliases(table))
    scores: dict[str, float] = {}
    for name, table in TABLES.items():
        known = aliases(name)
        props = {known[k] for k in keys if k in known}
        required = {p.name for p in columns(table) if p.required}
        if isinstance(table, NodeTable) and table.needs_id:
            required.add("id")
        any_of = set(table.any_of) if isinstance(table, NodeTable) else set()
        if required <= props and (not any_of or props & any_of) and (len(props) >= 2 or len(keys) == 1):
            scores[name] = sum(1 / spread[k] for k in keys if k in known)
    ranked = sorted(scores, key=lambda n: (-scores[n], n))
    if not ranked or (len(ranked) > 1 and scores[ranked[0]] < 1.2 * scores[ranked[1]]):
        return None
    return ranked[0]
