"""What to send to the other side, in its own columns: what it has not, and the fields that it lacks."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import duckdb

from graph.federation.agreement import Value
from graph.federation.differences import choice_forms, value_text
from graph.federation.sides import FIRST, SECOND, Meaning, meanings, pool_columns
from graph.ids import split_id
from graph.layout import masked
from graph.privacy import without_contacts
from graph.schema import BUNDLED_SOURCE, CODE_POOLS, NODES, POOLS, NodeTable, Property, columns
from graph.sql import quoted, scalar

NEW, FILL = "new", "fill"
"""A row for what the other side has not, and one that completes a record of its own."""
ACTION, RECORD = "zhulian_action", "zhulian_record"
"""Two columns behind the others: NEW or FILL, and the full id of the record that the row is from."""
_RUNS = ("=", "+", "-", "@", "'")
"""A header that begins so is not used: a spreadsheet would run it."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A table to send: `header` maps their header to our property, in the order of the columns; each row has a cell for each, as text."""

    table: str
    header: Mapping[str, str]
    rows: list[list[str]]

    @property
    def new(self) -> int:
        """How many rows are for what the other side has not."""
        return sum(row[-2] == NEW for row in self.rows)

    @property
    def columns(self) -> list[str]:
        return [*self.header, ACTION, RECORD]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row before its columns are known: property → value, `id` among them; `own` are the taker's values, which name its record."""

    action: str
    record: str
    values: dict[str, Value | None]
    own: frozenset[str] = frozenset()


def handovers(con: duckdb.DuckDBPyConnection, pool: str, side: int, giver: str, taker: str) -> Iterator[Handover]:
    """The tables of a pool that one source has for the other. (`sides` must be there.)

    A row for something new stands in the giver's table of it and has no id, but where the id is an official code: ids are the taker's to give. A row
    that completes a record has the taker's id and what the table requires. References are written as the taker calls what they mean.
    """
    rows: dict[str, list[_Row]] = defaultdict(list)
    for name, row in (*_new(con, pool, side), *_fills(con, pool, side)):
        rows[name].append(row)
    for table in POOLS[pool]:
        if table.name in rows:
            yield _written(con, table, sorted(rows[table.name], key=lambda r: (r.action == FILL, r.record)), giver, taker)


def _new(con: duckdb.DuckDBPyConnection, pool: str, side: int) -> Iterator[tuple[str, _Row]]:
    properties = pool_columns(pool)
    shown = ", ".join(_raw_reference(p) for p in properties.values())
    for table, own_id, record, *cells in con.execute(f"SELECT tbl, own_id, record, {shown} FROM side_{side} WHERE NOT shared").fetchall():
        values = dict(zip(properties, cells, strict=True))
        yield table, _Row(NEW, record, values | {"id": own_id} if NODES[table].needs_id else values)


def _fills(con: duckdb.DuckDBPyConnection, pool: str, side: int) -> Iterator[tuple[str, _Row]]:
    """What the taker lacks, and of its own record what names it."""
    properties = pool_columns(pool)
    cells = ", ".join(f"{_raw_reference(p)} AS {quoted(p.name)}" for p in properties.values())
    given, own = (", ".join(f"{alias}.{quoted(name)}" for name in properties) for alias in ("g", "t"))
    rows = con.execute(f"SELECT t.tbl, t.own_id, g.record, {given}, {own} FROM (SELECT entity, record, {cells} FROM side_{side} WHERE shared) g "
                       f"JOIN (SELECT entity, tbl, own_id, {cells} FROM side_{_other(side)} WHERE shared) t ON t.entity = g.entity").fetchall()
    for table, own_id, record, *both in rows:
        theirs = dict(zip(properties, both[len(properties):], strict=True))
        mine = dict(zip(properties, both, strict=False))
        lacking = {p.name: mine[p.name] for p in columns(NODES[table]) if mine[p.name] is not None and theirs[p.name] is None}
        if lacking:
            naming = {name: theirs[name] for name in _naming(table) if theirs[name] is not None}
            yield table, _Row(FILL, record, {"id": own_id} | naming | lacking, frozenset(naming))


@cache
def _naming(table: str) -> tuple[str, ...]:
    """What a row must have to be understood."""
    declared = NODES[table]
    return tuple(p.name for p in columns(declared) if p.required or p.name in (*declared.any_of, declared.title))


def _raw_reference(p: Property) -> str:
    """SQL for a value as it may be sent; a reference as it stands, since what it means is looked up first."""
    return quoted(p.name) if p.refers else masked(p)


def _other(side: int) -> int:
    return SECOND if side == FIRST else FIRST


def _written(con: duckdb.DuckDBPyConnection, table: NodeTable, rows: list[_Row], giver: str, taker: str) -> Handover:
    """Rows under the taker's header; what it has no column for stands behind, under our names."""
    own = own_header(con, taker, table.name)
    declared = {p.name: p for p in columns(table)}
    filled = {name for row in rows for name, value in row.values.items() if value is not None}
    header = {theirs: name for theirs, name in own.items() if name == "id" or name in declared}
    for name in ("id", *declared):
        if name not in header.values() and (name in filled or name == "id"):
            header[_free_name(name, declared.get(name), header)] = name
    writers = {name: _Writer(con, table, p, theirs, giver, taker) for theirs, name in header.items() if (p := declared.get(name)) is not None}
    cells = [[*(_cell(row, name, writers) for name in header.values()), row.action, row.record] for row in rows]
    return Handover(table.name, header, cells)


def _cell(row: _Row, name: str, writers: Mapping[str, _Writer]) -> str:
    value = row.values.get(name)
    if value is None:
        return ""
    return writers[name].text(value, own=name in row.own) if name in writers else str(value)


def own_header(con: duckdb.DuckDBPyConnection, source: str, table: str) -> dict[str, str]:
    """Header → property, as a source calls the columns of a table it loaded; each property once, empty where that is not known."""
    known = scalar(con, "SELECT headers FROM loads WHERE source = ? AND tbl = ? ORDER BY rowid DESC LIMIT 1", [source, table])
    once: dict[str, str] = {}
    for header, name in json.loads(known or "{}").items():
        if not header.startswith(_RUNS) and header.isprintable():
            once.setdefault(name, header)
    return {header: name for name, header in once.items()}


def _free_name(name: str, p: Property | None, taken: Mapping[str, str]) -> str:
    """Our name for a column; where the taker means something else by that word, the label, or both."""
    label = p.label if p is not None else "编号"
    return next(free for free in (name, label, f"{name} {label}", f"zhulian {name}") if free not in taken)


class _Writer:
    """How the values of one property are written for the taker."""

    def __init__(self, con: duckdb.DuckDBPyConnection, table: NodeTable, p: Property, header: str, giver: str, taker: str) -> None:
        self._property = p
        self._chinese = not header.isascii()
        self._values = choice_forms(table.pool, p.name)
        self._labels: dict[str, str] = {}
        for q in (p, *(q for t in POOLS[table.pool] for q in t.properties if q.name == p.name)):
            for value, forms in q.choices.items():
                self._labels.setdefault(value, forms[0] if forms else value)
        self._known: dict[str, Meaning] = meanings(con, giver, p.refers) if p.refers else {}
        self._theirs = _called_by(con, taker, p.refers) if p.refers else {}

    def text(self, value: Value, *, own: bool = False) -> str:
        """A value as one cell: references as the taker calls them (its own as it has them), allowed values in the language of the header."""
        if self._property.refers:
            cells = [str(cell) for cell in (value if isinstance(value, list) else [value])]
            return value_text([without_contacts(cell) if own else self._reference(cell) for cell in cells])
        if isinstance(value, bool):
            return ("是" if value else "否") if self._chinese else value_text(value)
        if isinstance(value, list):
            return value_text([self._choice(str(item)) for item in value])
        return self._choice(value) if isinstance(value, str) else value_text(value)

    def _choice(self, said: str) -> str:
        allowed = self._property.choices
        value = said if said in allowed or not allowed else next((v for v in sorted(self._values.get(said, ())) if v in allowed), None)
        # A word that the taker's table does not allow would come to nothing there.
        return "" if value is None else self._labels.get(value, value) if self._chinese else value

    def _reference(self, cell: str) -> str:
        meaning = self._known.get(cell)
        if meaning is None or meaning.entity is None or meaning.title is None:
            return without_contacts(cell)
        if meaning.entity in self._theirs:
            return without_contacts(self._theirs[meaning.entity])
        source, table, _ = split_id(meaning.entity)
        # A code that comes with the program is known everywhere, and says more than the name of a district.
        bundled = NODES[table].pool in CODE_POOLS and source == BUNDLED_SOURCE
        return without_contacts(cell if bundled else meaning.title)


def _called_by(con: duckdb.DuckDBPyConnection, source: str, refers: tuple[str, ...]) -> dict[str, str]:
    """Entity → how a source refers to it: by its own record's id where it refers by ids, else by that record's name, else as it does elsewhere."""
    tables = [NODES[name] for name in refers]
    records = " UNION ALL ".join(f"SELECT source || '/{t.name}/' || id AS record, {quoted(t.title)} AS title FROM records.{quoted(t.name)} "
                                 "WHERE source = $source" for t in tables)
    own = con.execute(f"""
        SELECT m.entity, arg_min(m.id, m.ord), arg_min(r.title, m.ord) FROM graph.members m JOIN ({records}) r ON r.record = m.record
        GROUP BY m.entity""", {"source": source}).fetchall()
    ids = dict(con.execute("SELECT id, true FROM graph.members WHERE source = ? AND tbl IN (SELECT unnest(?))", [source, list(refers)]).fetchall())
    used = con.execute("SELECT value, entity FROM graph.resolved WHERE refers = ? AND source = ? AND outcome = 'resolved' ORDER BY value DESC",
                       [",".join(refers), source]).fetchall()
    by_id = sum(value in ids for value, _ in used) * 2 > len(used)
    return {entity: value for value, entity in used} | {entity: id_ if by_id else title or id_ for entity, id_, title in own}
