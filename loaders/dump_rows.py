"""Objects of a dump → rows of our tables: what was taken from them is cleaned like any other cell, and they are kept as they came."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from graph.schema import TABLES, columns
from loaders.dumps import Object
from loaders.headers import Mapped, is_sensitive
from loaders.raw import PART_OF, Cell, RawTable
from loaders.rows import RowReader
from loaders.sensitive import looks_nested, without_sensitive
from loaders.understand import Understanding

_SMALL = 200
"""Characters at most of a field that no property is for and that is kept in `extra`; a larger one is in `raw` alone."""
_REMEMBERED = 10_000
"""Rows after which what was understood of their cells is forgotten."""
_SPACE = re.compile(r"\s+")
_is_sensitive = lru_cache(maxsize=10_000)(is_sensitive)


@dataclass(slots=True)
class Understandings:
    """The tables of one source as they are gathered, from all its files."""

    source: str
    tables: dict[str, Understanding] = field(default_factory=dict)

    def of(self, table: str) -> Understanding:
        if table not in self.tables:
            self.tables[table] = Understanding(self.source, TABLES[table])
        return self.tables[table]


class DumpRows:
    """The rows that one file gives one table.

    Args:
        gathered: where they go.
        table: the table.
        place: the file.
        fields: property (or `id`) → the field of the dump that it is taken from (`topics › field`: a part of it).
        used: other fields that cells are taken from.
    """

    def __init__(self, gathered: Understandings, table: str, place: str, fields: Mapping[str, str], *,
                 used: Iterable[str] = ()) -> None:
        declared = TABLES[table]
        self._understanding, self._place = gathered.of(table), place
        self._properties = [p.name for p in columns(declared) if p.name in fields]
        self._declared, self._header = declared, ("id", *(fields[name] for name in self._properties))
        self._reader, self._read = self._new_reader(), 0
        self._understanding.begin(place, {source: name for name, source in fields.items() if source != name and name in self._properties})
        self._taken = frozenset((*used, *(source.partition(PART_OF)[0] for source in fields.values())))
        self._unknown: dict[str, None] = {}

    def _new_reader(self) -> RowReader:
        mapped = Mapped(("id", *self._properties), (), (), ())
        return RowReader(self._declared, RawTable(self._place, "", self._header, [], []), mapped, frozenset(),
                         partial(self._understanding.issue, self._place))

    def add(self, number: int, id_: str, cells: Mapping[str, Cell], raw: Mapping[str, object], *, extra: Mapping[str, Cell] | None = None,
            unknown: bool = True) -> bool:
        """Take in an object.

        Args:
            number: its line.
            id_: its id; nothing for one that is made of the key.
            cells: property → cell.
            raw: the object as it came.
            extra: what is to be kept beside the properties.
            unknown: keep small fields that no property is for in `extra`, too.

        Returns:
            Whether it became a row; else an issue says why.
        """
        self._read += 1
        if self._read % _REMEMBERED == 0:
            # A reader remembers the cells that it has understood: of a file without end that would be too much.
            self._reader = self._new_reader()
        row = self._reader.read(number, [id_, *(cells.get(name, "") for name in self._properties)])
        if row is None:
            self._understanding.take(self._place, number, None)
            return False
        kept = self._without_sensitive(raw)
        beside = {key: cell for key, cell in (extra or {}).items() if cell}
        if unknown:
            self._unknown |= dict.fromkeys(key for key in kept if key not in self._taken and key not in beside)
            beside |= {key: cell for key, value in kept.items() if key not in self._taken and key not in beside and (cell := _small(value))}
        self._understanding.take(self._place, number, replace(row, extra=beside), raw=json_text(kept))
        return True

    def reject(self, number: int, value: str, code: str, message: str) -> None:
        """Count an object that became no row."""
        self._understanding.issue(self._place, number, "", value, code, message, True)
        self._understanding.take(self._place, number, None)

    def note(self, number: int, column: str, value: str, code: str, message: str) -> None:
        """Say something of a row that was taken in."""
        self._understanding.issue(self._place, number, column, value, code, message, False)

    def finish(self) -> None:
        """Tell the report which fields no property is for."""
        self._understanding.say(unknown=self._unknown)

    def _without_sensitive(self, raw: Mapping[str, object]) -> Mapping[str, object]:
        if not any(_is_sensitive(key) or _is_suspect(value) for key, value in raw.items()):
            return raw
        removed: set[str] = set()
        kept = {}
        for key, value in raw.items():
            if _is_sensitive(key):
                removed.add(key)
            else:
                kept[key] = without_sensitive(value, key, removed)
        self._understanding.say(refused=sorted(removed))
        return kept


def _is_suspect(value: object) -> bool:
    """Whether sensitive data may be in a nested value: quick, since of millions of objects hardly one holds any."""
    if isinstance(value, dict):
        return any(_is_sensitive(key) or _is_suspect(inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(map(_is_suspect, value))
    return isinstance(value, str) and (looks_nested(value) if value[:1] in "[{" else len(value) == 18 and value[:17].isdigit())


def _small(value: object) -> Cell:
    """A field as a cell, if it is one value, or a list of them, and short; else nothing."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str() if len(value) <= _SMALL:
            return value.strip()
        case list() if all(isinstance(v, str | int | float) for v in value) and sum(len(str(v)) for v in value) <= _SMALL:
            return [str(v) for v in value]
        case _:
            return ""


def json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def text_of(value: object) -> str:
    """A text, or a number as text, on one line; nothing for anything else."""
    return _SPACE.sub(" ", value).strip() if isinstance(value, str) else str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def objects_in(value: object) -> list[Object]:
    """The objects in a list; an object alone as a list of one."""
    return [value] if isinstance(value, dict) else [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def object_in(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def distinct(items: Iterable[str]) -> list[str]:
    """Items that are not empty, each once, in their order."""
    return list(dict.fromkeys(item for item in items if item))
