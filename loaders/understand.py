"""A raw table and what its columns mean → records, row issues, and what was recognised."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import pyarrow as pa

from graph.errors import SourceError
from graph.ids import digest
from graph.records import RecordTable, RowIssue, record_schema
from graph.schema import NodeTable, Table, columns
from loaders.cleaning import Value, one_line
from loaders.headers import Mapped, is_serial, map_header
from loaders.raw import Cell, RawTable
from loaders.rows import Row, RowReader
from loaders.sensitive import is_identity_number

_SHOWN = 200
"""Characters of a value that an issue shows."""


@dataclass(slots=True)
class _Rows:
    """The rows of one table, gathered over its files, column by column."""

    ids: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    extra: list[str | None] = field(default_factory=list)
    values: dict[str, list[Value]] = field(default_factory=dict)

    def content(self, i: int) -> str:
        """All that row `i` says, as one text."""
        return json.dumps([[v[i] for v in self.values.values()], self.extra[i]], ensure_ascii=False)

    def filled(self, i: int) -> int:
        return sum(v[i] is not None for v in self.values.values())


class Understanding:
    """Gathers the files of one table of one source into one RecordTable.

    Args:
        source: the source's name.
        table: the table that the files hold.
    """

    def __init__(self, source: str, table: Table) -> None:
        self.source, self.table = source, table
        self._rows = _Rows(values={p.name: [] for p in columns(table)})
        self._made = RecordTable(source, table.name, record_schema(table.name).empty_table())

    def add(self, raw: RawTable, told: Mapping[str, str] | None = None) -> None:
        """Take in one file or sheet.

        Args:
            raw: what the file holds.
            told: header → property, from the source.toml beside it.

        Raises:
            SourceError: a column that the table requires is missing.
        """
        mapped = _without_identity_numbers(raw, map_header(self.table, raw.header, told or {}))
        self._check_required(raw, mapped)
        serial = _serial_columns(raw, mapped)
        place = raw.place
        self._made.files += (place,)
        unknown = [h for h in mapped.unknown if h not in {raw.header[i] for i in serial}]
        self._made.unknown_columns += tuple(h for h in unknown if h not in self._made.unknown_columns)
        self._made.refused_columns += tuple(h for h in (*mapped.refused, *raw.refused) if h not in self._made.refused_columns)
        self._made.recognised += tuple(f"{place}: {remark}" for remark in raw.remarks)
        self._made.recognised += tuple(line for h, p in zip(raw.header, mapped.properties, strict=True)
                                       if p and p != h and (line := f"{h} → {p}") not in self._made.recognised)
        self._made.recognised += tuple(f"{raw.header[i]}: numbers of the rows" for i in sorted(serial))
        self._made.headers |= {h: p for h, p in zip(raw.header, mapped.properties, strict=True) if p}
        for n in raw.noticed:
            self.issue(place, n.row, "", n.text, n.code, n.message)
        for header in mapped.refused:
            self.issue(place, 0, header, "", "sensitive_column", "sensitive data is not taken in: the column was left out")
        for header in raw.refused:
            self.issue(place, 0, header, "", "sensitive_part", "sensitive data inside cells is not taken in: it was left out")
        for header in mapped.doubled:
            self.issue(place, 0, header, "", "doubled_column", "a second column of one property: it is kept with the record alone")
        self._made.read += len(raw.rows)
        self._take(raw, mapped, place, serial)

    def _check_required(self, raw: RawTable, mapped: Mapped) -> None:
        found = set(mapped.properties)
        missing = [p for p in columns(self.table) if p.required and p.name not in found]
        any_of = self.table.any_of if isinstance(self.table, NodeTable) else ()
        if any_of and not found & set(any_of):
            missing += [p for p in columns(self.table) if p.name in any_of]
        named = [f"{p.name} ({p.label})" for p in missing]
        if isinstance(self.table, NodeTable) and self.table.needs_id and "id" not in found:
            named.insert(0, "id (编号)")
        if named:
            names = " / ".join(named)
            seen = one_line(", ".join(h for h in raw.header if h)) or "none"
            raise SourceError(f"{raw.file}: {self.table.name} needs the column {names}; the columns are: {seen[:300]}. "
                              "Is the header in the first row? Rename a column, or map it in a source.toml beside the file")

    def issue(self, file: str, row: int, column: str, value: str, code: str, message: str, rejected: bool = False) -> None:
        self._made.issues.append(RowIssue(self.source, file, row, column, value[:_SHOWN], code, message, rejected))

    def _take(self, raw: RawTable, mapped: Mapped, place: str, serial: frozenset[int]) -> None:
        """Understand every row; a row without what the table requires is rejected."""
        reader = RowReader(self.table, raw, mapped, serial, partial(self.issue, place))
        for number, cells in zip(raw.numbers, raw.rows, strict=True):
            if (row := reader.read(number, cells)) is not None:
                self._append(place, number, row)
        if reader.names_split:
            self._made.recognised += (f"{place}: rows with name and name_en in one cell: {reader.names_split}",)

    def begin(self, place: str, headers: Mapping[str, str]) -> None:
        """Begin with a file of which the rows come one by one, to `take`. `headers`: what it calls a property → the property."""
        self._made.files += (place,) if place not in self._made.files else ()
        self._made.headers |= headers
        self.say(recognised=[f"{header} → {name}" for header, name in headers.items()])

    def say(self, *, recognised: Iterable[str] = (), unknown: Iterable[str] = (), refused: Iterable[str] = ()) -> None:
        """Add to what the report says of the table, each word once."""
        made = self._made
        made.recognised = tuple(dict.fromkeys((*made.recognised, *recognised)))
        made.unknown_columns = tuple(dict.fromkeys((*made.unknown_columns, *unknown)))
        made.refused_columns = tuple(dict.fromkeys((*made.refused_columns, *refused)))

    def take(self, place: str, number: int, row: Row | None, raw: str = "") -> None:
        """Count a row of a file that was begun, and keep it unless it is None (rejected: an issue says why). `raw`: its JSON as it came."""
        self._made.read += 1
        if row is not None:
            self._append(place, number, row, raw)

    def _append(self, place: str, number: int, row: Row, raw: str = "") -> None:
        rows = self._rows
        rows.ids.append(row.id)
        rows.files.append(place)
        rows.numbers.append(number)
        rows.raw.append(raw or _json(row.raw))
        rows.extra.append(_json(dict(sorted(row.extra.items()))) if row.extra else None)
        for name, value in row.values.items():
            rows.values[name].append(value)

    def finish(self) -> RecordTable:
        """The table, each id once."""
        rows, kept = self._rows, self._unique_ids()
        made: dict[str, list[object]] = {
            "id": [rows.ids[i] for i in kept], "file": [rows.files[i] for i in kept], "row": [rows.numbers[i] for i in kept],
            "raw": [rows.raw[i] for i in kept], "extra": [rows.extra[i] for i in kept]}
        made.update({name: [values[i] for i in kept] for name, values in rows.values.items()})
        self._made.rows = pa.table(made, schema=record_schema(self.table.name))
        return self._made

    def _unique_ids(self) -> list[int]:
        """The rows to keep. Which of two rows with one id that is does not depend on their order: the fuller, then by content."""
        rows = self._rows
        groups: dict[str, list[int]] = defaultdict(list)
        derived: set[int] = set()
        for i, id_ in enumerate(rows.ids):
            if not id_:
                rows.ids[i] = self._derived_id(i)
                derived.add(i)
            groups[rows.ids[i]].append(i)
        kept: list[int] = []
        for id_, same in groups.items():
            by_content: dict[str, list[int]] = defaultdict(list)
            for i in same:
                by_content[rows.content(i)].append(i)
            for repeats in by_content.values():
                # Cells that were not understood differ in raw alone: the same row stays whatever the order.
                repeats.sort(key=lambda i: rows.raw[i])
                for i in repeats[1:]:
                    self._duplicate(i, repeats[0], "duplicate_row", "says the same as")
            firsts = {content: repeats[0] for content, repeats in by_content.items()}
            if len(firsts) == 1:
                kept.append(next(iter(firsts.values())))
            elif all(i in derived for i in firsts.values()):
                for content, i in firsts.items():
                    rows.ids[i] = digest(id_, content)
                    kept.append(i)
            else:
                best = min(firsts, key=lambda c: (-rows.filled(firsts[c]), c))
                kept.append(firsts[best])
                for content, i in firsts.items():
                    if content != best:
                        self._duplicate(i, firsts[best], "duplicate_id", f"has the id {id_!r} of the fuller")
        return sorted(kept)

    def _duplicate(self, i: int, other: int, code: str, words: str) -> None:
        rows = self._rows
        self.issue(rows.files[i], rows.numbers[i], "id", rows.ids[i], code, f"{words} row {rows.numbers[other]} of {rows.files[other]}", True)

    def _derived_id(self, i: int) -> str:
        """An id from the key columns: stable over loads."""
        key = self.table.key if isinstance(self.table, NodeTable) else (self.table.source.name, self.table.target.name, *self.table.key)
        return digest(self.table.name, *(json.dumps(self._rows.values[name][i], ensure_ascii=False) for name in key))


def _without_identity_numbers(raw: RawTable, mapped: Mapped) -> Mapped:
    """Refuse unknown columns in which a resident's identity number stands, whatever they are called."""
    def holds_one(i: int) -> bool:
        return any(is_identity_number(row[i]) for row in raw.rows if i < len(row))

    found = tuple(raw.header[i] for i, p in enumerate(mapped.properties) if p is None and raw.header[i] in mapped.unknown and holds_one(i))
    return replace(mapped, unknown=tuple(h for h in mapped.unknown if h not in found), refused=(*mapped.refused, *found)) if found else mapped


def _serial_columns(raw: RawTable, mapped: Mapped) -> frozenset[int]:
    """Unknown columns that only number the rows: `序号` with whole numbers, or one without a header that counts up by one.

    They say nothing of what a row is about; kept as data, a row put in above would change all rows below it.
    """
    def numbers(i: int) -> list[int] | None:
        cells = [str(row[i]) for row in raw.rows if i < len(row) and row[i]]
        return [int(c) for c in cells] if all(c.isdecimal() and len(c) < 10 for c in cells) else None

    found = set()
    for i, (header, prop) in enumerate(zip(raw.header, mapped.properties, strict=True)):
        if prop is None and header in mapped.unknown and (is_serial(header) or header == f"({i + 1})"):
            counted = numbers(i)
            if counted and (is_serial(header) or counted == list(range(counted[0], counted[0] + len(raw.rows)))):
                found.add(i)
    return frozenset(found)


def _json(cells: Mapping[str, Cell]) -> str:
    return json.dumps(cells, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
