"""How rows are written for the other side: in its own columns and words, its own names for things, and with nothing masked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from graph.federation.agreement import Value
from graph.federation.differences import choice_forms, value_text
from graph.federation.naming import Calling, is_bundled, own_things, unmasked
from graph.federation.sides import Meaning, meanings
from graph.names import name_key
from graph.privacy import HIDDEN, hidden_in_text
from graph.schema import POOLS, NodeTable, Privacy, Property, Table, Type, columns
from graph.sql import first_row, quoted

NEW, FILL = "new", "fill"
"""A row for what the other side has not, and one that completes a record of its own."""
ACTION, RECORD = "zhulian_action", "zhulian_record"
"""Two columns behind the others: NEW or FILL, and the full id of the record that the row is from."""
CHINESE_MARKS = ("处理", "来源记录")
MARKS = ((ACTION, RECORD), CHINESE_MARKS)
CHINESE_ACTIONS = {NEW: "新增", FILL: "补充"}
"""What the two columns, and the words in the first, are called where the other side's headers are Chinese; `MARKS` has both pairs."""
_RUNS = ("=", "+", "-", "@", "'")
"""A header that begins so is not used: a spreadsheet would run it."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A table to send.

    Attributes:
        header: their header → our property, in the order of the columns.
        rows: each has a cell for each column of the header, as text, then those of `marks`.
        new: how many rows are for what the other side has not.
        marks: what the two columns behind are called.
    """

    table: str
    header: Mapping[str, str]
    rows: list[list[str]]
    new: int
    marks: tuple[str, str] = (ACTION, RECORD)

    @property
    def columns(self) -> list[str]:
        return [*self.header, *self.marks]


@dataclass(frozen=True, slots=True)
class Row:
    """A row before its columns are known: property → value, `id` among them; `own` are in the taker's words already: they name what it is about."""

    action: str
    record: str
    values: Mapping[str, Value | None]
    own: frozenset[str] = field(default_factory=frozenset)


def sendable(p: Property) -> str:
    """SQL for a value as it may be sent without being asked for: never a mask, which would overwrite the real value on the other side.

    Contact fields are empty, a birth date is its year (a date may be a year alone), contact values in other texts are cut out, and list items
    that hold one are left out.
    """
    column = quoted(p.name)
    if p.privacy is Privacy.CONTACT:
        return f"left({column}, 4)" if p.type is Type.DATE else f"CAST(NULL AS {p.duckdb_type})"
    hidden = hidden_in_text(p)
    if p.refers or hidden == column:
        return column
    if p.type is Type.LIST:
        kept = f"list_filter({hidden}, lambda item: list_contains({column}, item))"
        return f"CASE WHEN len({kept}) > 0 THEN {kept} END"
    return (f"CASE WHEN {hidden} = {column} THEN {column} WHEN NOT contains({column}, '{HIDDEN}') "
            f"THEN nullif(trim(replace({hidden}, '{HIDDEN}', '')), '') END")


def written(con: duckdb.DuckDBPyConnection, table: Table, rows: list[Row], giver: str, taker: str) -> Handover | None:
    """Rows under the taker's header; what it has no column for stands behind, under our names, or our labels where its headers are Chinese.

    None where no row is left: one that completes a record is dropped where nothing that it could say can be written.
    """
    own = own_header(con, taker, table.name)
    chinese = _is_chinese(own) if own else _is_chinese(_every_header(con, taker))
    declared = {p.name: p for p in columns(table)}
    filled = {name for row in rows for name, value in row.values.items() if value is not None}
    header = {theirs: name for theirs, name in own.items() if name == "id" or name in declared}
    if isinstance(table, NodeTable):
        filled.add("id")
    for name in ("id", *declared):
        if name not in header.values() and name in filled:
            header[_free_name(name, declared.get(name), header, chinese)] = name
    writers = {name: _Writer(con, table, p, theirs, giver, taker) for theirs, name in header.items() if (p := declared.get(name)) is not None}
    texts = [{name: _cell(row, name, writers) for name in header.values()} for row in rows]
    kept = [(row, said) for row, said in zip(rows, texts, strict=True)
            if row.action == NEW or any(text for name, text in said.items() if name != "id" and name not in row.own)]
    if isinstance(table, NodeTable):
        _tell_apart(con, table, kept, taker)
    else:
        # Links without ids that say the same are one: loading would take the others for repetitions.
        kept = list({tuple(said.values()): (row, said) for row, said in reversed(kept)}.values())[::-1]
    if not kept:
        return None
    cells = [[*said.values(), CHINESE_ACTIONS[row.action] if chinese else row.action, row.record] for row, said in kept]
    marks = CHINESE_MARKS if chinese and not set(CHINESE_MARKS) & set(header) else (ACTION, RECORD)
    return Handover(table.name, header, cells, sum(row.action == NEW for row, _ in kept), marks)


def _tell_apart(con: duckdb.DuckDBPyConnection, table: NodeTable, rows: list[tuple[Row, dict[str, str]]], taker: str) -> None:
    """Give the giver's full id to each new row whose key a record of the taker, or another new row, has too.

    Loading makes the id of a row without one from its key: there it would be the same, and one of the two would be lost.
    """
    def key(values: Iterable[Value | None]) -> tuple[str, ...]:
        return tuple(name_key(value_text(value)) if value is not None else "" for value in values)

    refers = {p.name for p in columns(table) if p.refers}
    new = [(said, key(said.get(name) or None if name in refers else row.values.get(name) for name in table.key), row.record)
           for row, said in rows if row.action == NEW and not said.get("id")]
    if not new:
        return
    own = con.execute(f"SELECT {', '.join(quoted(name) for name in table.key)} FROM records.{quoted(table.name)} WHERE source = ?", [taker])
    taken = Counter(made for _, made, _ in new) + Counter({key(values) for values in own.fetchall()})
    for said, made, record in new:
        if taken[made] > 1:
            said["id"] = record


def _cell(row: Row, name: str, writers: Mapping[str, _Writer]) -> str:
    value = row.values.get(name)
    if value is None:
        return ""
    return writers[name].text(value, own=name in row.own) if name in writers else str(value)


def own_header(con: duckdb.DuckDBPyConnection, source: str, table: str) -> dict[str, str]:
    """Header → property, as a source calls the columns of a table it loaded; each property once, empty where that is not known."""
    known = first_row(con, "SELECT headers FROM loads WHERE source = ? AND tbl = ? ORDER BY rowid DESC LIMIT 1", [source, table])
    once: dict[str, str] = {}
    for header, name in json.loads(known[0] or "{}").items() if known else ():
        if not header.startswith(_RUNS) and header.isprintable():
            once.setdefault(name, header)
    return {header: name for name, header in once.items()}


def _every_header(con: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    """The headers of all tables of a source: what language it writes."""
    tables = con.execute("SELECT DISTINCT tbl FROM loads WHERE source = ? ORDER BY tbl", [source]).fetchall()
    return {header: name for table, in tables for header, name in own_header(con, source, table).items()}


def _is_chinese(header: Mapping[str, str]) -> bool:
    """Whether most headers are in Chinese."""
    return sum(not h.isascii() for h in header) * 2 > len(header)


def _free_name(name: str, p: Property | None, taken: Mapping[str, str], chinese: bool) -> str:
    """Our name for a column, or its label; where the taker means something else by that word, the other one, or both."""
    label = p.label if p is not None else "编号"
    words = (label, name) if chinese else (name, label)
    return next(free for free in (*words, f"{name} {label}", f"zhulian {name}") if free not in taken)


class _Writer:
    """How the values of one property are written for the taker."""

    def __init__(self, con: duckdb.DuckDBPyConnection, table: Table, p: Property, header: str, giver: str, taker: str) -> None:
        self._property = p
        self._chinese = not header.isascii()
        pool = POOLS[table.pool] if isinstance(table, NodeTable) else ()
        self._values = choice_forms(table.pool, p.name) if isinstance(table, NodeTable) else {}
        self._labels: dict[str, str] = {}
        for q in (p, *(q for t in pool for q in t.properties if q.name == p.name)):
            for value, forms in q.choices.items():
                self._labels.setdefault(value, forms[0] if forms else value)
        self._known: dict[str, Meaning] = meanings(con, giver, p.refers) if p.refers else {}
        self._theirs = Calling(con, taker, p.refers) if p.refers else None
        self._mine = own_things(con, giver, p.refers) if p.refers else {}

    def text(self, value: Value, *, own: bool = False) -> str:
        """A value as one cell: references as the taker calls them (its own as it has them), allowed values in the language of the header."""
        if self._property.refers:
            cells = [str(cell) for cell in (value if isinstance(value, list) else [value])]
            return value_text([text for cell in cells if (text := unmasked(cell if own else self._reference(cell)))])
        if isinstance(value, bool):
            return ("是" if value else "否") if self._chinese else value_text(value)
        if isinstance(value, list):
            return value_text([text for item in value if (text := self._choice(str(item)))])
        return self._choice(value) if isinstance(value, str) else value_text(value)

    def _choice(self, said: str) -> str:
        allowed = self._property.choices
        value = said if said in allowed or not allowed else next((v for v in sorted(self._values.get(said, ())) if v in allowed), None)
        # A word that the taker's table does not allow would come to nothing there.
        return "" if value is None else self._labels.get(value, value) if self._chinese else value

    def _reference(self, cell: str) -> str:
        meaning = self._known.get(cell)
        if meaning is None or meaning.entity is None or meaning.title is None:
            return cell
        mine = self._mine.get(meaning.entity)
        title = mine.title if mine is not None else None
        if self._theirs is not None and (theirs := self._theirs.text(meaning.entity, cell, title)) is not None:
            return theirs
        # What only cells name stays as the row has it. So does a code that comes with the program: it says more than the name of a district.
        return cell if meaning.outcome == "stub" or is_bundled(meaning.entity) else title or meaning.title
