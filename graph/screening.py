"""What must not come in with a row, whatever its column is called: identity numbers anywhere, contact values in names, references and ids.

Names, references and ids are read by everybody (they are in the graph, in its ids, on pages), so that a number beside a name would be
published with it. The cells as they came (`raw`) keep contact values, which stay in the workspace; identity numbers are nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from graph.names import name_key
from graph.privacy import CODES, CONTACT, EMAIL, HIDDEN, IDENTITY, without_contact_words, without_contacts, without_identity_numbers
from graph.records import RecordTable, RowIssue
from graph.schema import LINKS, NODES, POOLS, SENSITIVE_WHOLE_HEADERS, TABLES, LinkTable, Privacy, Property, Type, columns
from graph.sql import lent, quoted

_EMAIL = re.compile(EMAIL, re.ASCII)
_NAMES = ("name", "name_en", "aliases", "former_names", "short_name")
_NAMED = ("scientists", *(t.name for t in POOLS["organisations"]))


class RowEdits:
    """Rows of a table with some taken out and some changed.

    Args:
        rows: any table; what is made keeps its schema.
    """

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows
        self.dropped: set[int] = set()
        self.changed: dict[int, dict[str, object]] = {}

    def row(self, i: int) -> dict[str, object]:
        """A row as it stands now."""
        found: dict[str, object] = self.changed[i] if i in self.changed else self.rows.slice(i, 1).to_pylist()[0]
        return found

    def set(self, i: int, **values: object) -> None:
        self.changed[i] = {**self.row(i), **values}

    def made(self) -> pa.Table:
        """The rows that stay; the changed ones last."""
        altered = [row for i, row in self.changed.items() if i not in self.dropped]
        if not (self.dropped or altered):
            return self.rows
        kept = pa.array([i for i in range(self.rows.num_rows) if i not in self.dropped and i not in self.changed], pa.int64())
        return pa.concat_tables([self.rows.take(kept), pa.Table.from_pylist(altered, schema=self.rows.schema)])


@dataclass(slots=True)
class _Found:
    """A row under examination: what it becomes, and what is said of it."""

    row: dict[str, object]
    said: list[tuple[str, str, str]] = field(default_factory=list)
    refused: bool = False


def screen(con: duckdb.DuckDBPyConnection, made: RecordTable) -> None:
    """Take out of a table, in place, what must not come in; each finding is a row issue that does not show the value."""
    _refuse_columns(made)
    edits = RowEdits(made.rows)
    for i in _suspects(con, made):
        found = _Found(dict(edits.row(i)))
        _examine(found, made.table)
        if found.said:
            file, number = str(found.row["file"]), int(str(found.row["row"]))
            made.issues += [RowIssue(made.source, file, number, column, "", code, message, found.refused) for column, code, message in found.said]
            if found.refused:
                edits.dropped.add(i)
            edits.changed[i] = found.row
    made.rows = edits.made()
    made.issues = [_quiet(issue) for issue in made.issues]
    made.unknown_columns, made.refused_columns, made.recognised = (
        tuple(map(without_contacts, words)) for words in (made.unknown_columns, made.refused_columns, made.recognised))


def _refuse_columns(made: RecordTable) -> None:
    """Leave out the unknown columns whose whole header is a sensitive word."""
    refused = [h for h in made.unknown_columns if name_key(h) in SENSITIVE_WHOLE_HEADERS]
    if not refused:
        return
    made.unknown_columns = tuple(h for h in made.unknown_columns if h not in refused)
    made.refused_columns += tuple(refused)
    made.issues += [RowIssue(made.source, made.files[0], 0, h, "", "sensitive_column", "sensitive data is not taken in: the column was left out")
                    for h in refused]
    for column in ("raw", "extra"):
        cells = [None if text is None else {h: cell for h, cell in json.loads(text).items() if h.split("#")[0] not in refused}
                 for text in made.rows.column(column).to_pylist()]
        texts = [json.dumps(c, ensure_ascii=False) if c or (c is not None and column == "raw") else None for c in cells]
        made.rows = made.rows.set_column(made.rows.schema.get_field_index(column), made.rows.schema.field(column), pa.array(texts, pa.string()))


def _quiet(issue: RowIssue) -> RowIssue:
    """An issue without contact values: issues are written to files that are passed on."""
    return replace(issue, column=without_contacts(issue.column), value=without_contacts(issue.value), message=without_contacts(issue.message))


def _suspects(con: duckdb.DuckDBPyConnection, made: RecordTable) -> list[int]:
    """The rows in which something looks so; found in SQL, since they are few among many."""
    texts = [p for p in columns(TABLES[made.table]) if p.type in (Type.TEXT, Type.LIST, Type.DATE)]
    named = [p for p in texts if is_read_by_all(made.table, p)]
    whole = f"concat_ws(chr(31), id, raw, extra, {', '.join(map(_text, texts))})"
    names = f"concat_ws(chr(31), id{''.join(', ' + _text(p) for p in named)})"
    with lent(con, "screened", made.rows.append_column("place", pa.array(range(made.rows.num_rows), pa.int64()))):
        return [i for i, in con.execute(f"SELECT place FROM screened WHERE regexp_matches({whole}, '{IDENTITY}') "
                                        f"OR regexp_matches({names}, '{CONTACT}') ORDER BY place").fetchall()]


def _text(p: Property) -> str:
    return f"array_to_string({quoted(p.name)}, chr(31))" if p.type is Type.LIST else quoted(p.name)


def is_read_by_all(table: str, p: Property) -> bool:
    """Whether a column holds references (what they name and nothing lists becomes an id of the graph) or names of people or organisations."""
    return bool(p.refers) or (table in _NAMED and p.name in _NAMES)


def _examine(found: _Found, table: str) -> None:
    row, id_ = found.row, str(found.row["id"])
    if without_identity_numbers(id_) != id_:
        _refuse(found, "id", "identity_number", "an identity number cannot be an id: the row was left out")
    elif _EMAIL.search(id_) or (id_.isdigit() and id_ == row.get("phone")):
        _refuse(found, "id", "contact_as_id", "ids are read by everybody, and this one is a contact value: give another, or leave the column out")
    for p in columns(TABLES[table]):
        if p.type in (Type.TEXT, Type.LIST, Type.DATE) and p.name not in CODES and row[p.name] is not None:
            _examine_cell(found, table, p)
    for cells in ("raw", "extra"):
        if row[cells] is not None and (rest := without_identity_numbers(str(row[cells]))) != row[cells]:
            row[cells] = rest
            if not any(code == "identity_number" for _, code, _ in found.said):
                found.said.append(("", "identity_number", "an identity number in a column that the schema does not know was left out"))


def _refuse(found: _Found, column: str, code: str, message: str) -> None:
    found.refused = True
    found.said.append((column, code, message))


def _examine_cell(found: _Found, table: str, p: Property) -> None:
    before = found.row[p.name]
    items = [str(item) for item in before] if isinstance(before, list) else [str(before)]
    plain = [without_identity_numbers(item) for item in items]
    if plain != items:
        _put(found, p, ["" if item == HIDDEN or (item != old and (p.required or p.privacy is Privacy.CONTACT)) else item
                        for item, old in zip(plain, items, strict=True)], "identity_number", "an identity number is not taken in: it was left out")
    if is_read_by_all(table, p):
        words = [without_contact_words(item) for item in plain]
        if words != plain:
            _put(found, p, words, "contact_in_name", "a contact value beside a name was left out (it stays with the row as it came)")


def _put(found: _Found, p: Property, items: list[str], code: str, message: str) -> None:
    """The cell with what is left of its items; a row whose required cell is empty then is refused."""
    left = list(dict.fromkeys(item for item in items if item))
    found.row[p.name] = (left or None) if p.type is Type.LIST else (left[0] if left else None)
    if p.required and not left:
        _refuse(found, p.name, code, f"{p.label}: nothing else stands there than what must not be taken in: the row was left out")
    else:
        found.said.append((p.name, code, message))


def people_columns(table: str) -> Iterator[tuple[Property, bool]]:
    """The columns of a table that can mention a person, and whether they mean people (else organisations, where a person's name is a stray)."""
    declared = TABLES[table]
    own = (declared.source, declared.target) if isinstance(declared, LinkTable) else declared.properties
    for p in own:
        if p.refers and NODES[p.refers[0]].pool in ("scientists", "organisations"):
            yield p, "scientists" in p.refers


PEOPLE_LINKS = frozenset(name for name in LINKS if any(means for _, means in people_columns(name)))
"""The link tables of which an end can be a person."""
