"""Which column is which property, and which table a header belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graph.names import simplified
from graph.schema import SENSITIVE_HEADERS, TABLES, NodeTable, Table, columns

_UNIT = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]\s*$")
_NOISE = re.compile(r"[\s_\-:：*＊/、·.]+")
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
    """Recognise a header. `told` (from source.toml: their header → our property) goes first; a property is taken once."""
    known, told_keys = aliases(table.name), {header_key(k): v for k, v in told.items()}
    taken: set[str] = set()
    result: list[str | None] = [None] * len(header)
    refused = [h for h in header if h and is_sensitive(h)]
    doubled: set[int] = set()
    by_exactness = (lambda h: told.get(h), lambda h: told_keys.get(header_key(h)),
                    lambda h: h if h in known.values() else None, lambda h: known.get(header_key(h)))
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
    keys = {header_key(h) for h in header if h and not is_sensitive(h)}
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
