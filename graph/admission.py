"""Who and what is let into a workspace: the one look that a load takes at its tables before they replace what is there.

The same look at the records that are there is how a person leaves them (`graph.forget`): what a load would refuse is what goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import pyarrow as pa

from graph.forgotten import PEOPLE, Forgotten, Person
from graph.names import name_key
from graph.privacy import without_contact_words
from graph.records import RecordTable, RowIssue, SourceInfo
from graph.schema import OTHER_NAMES, POOLS, TABLES, Property
from graph.screening import RowEdits, people_columns, screen
from graph.sql import first_row, quoted
from graph.workspace import Workspace

FORGOTTEN = "forgotten"
"""The code of row issues that speak of somebody who was forgotten."""
_PARTS = re.compile(r"([;；、|,，\n]+)")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_BODIES = tuple(t.name for t in POOLS["organisations"])
IDENTIFYING = ("id", "name", "name_en", "aliases", "orcid", "email", "phone", "birth_date", "institution")
_LONGEST_NAME = 60


@dataclass(slots=True)
class Barred:
    """What a look found in one table: the rows with their edits, and for each finding its row, column, token, and whether the row goes."""

    edits: RowEdits
    findings: list[tuple[int, str, str, bool]] = field(default_factory=list)

    def drop(self, i: int, column: str, token: str) -> None:
        self.edits.dropped.add(i)
        self.findings.append((i, column, token, True))


def admit(workspace: Workspace, info: SourceInfo, tables: list[RecordTable]) -> list[str]:
    """Take out of a source's tables, in place, what must not come in; row issues say so without showing a value.

    Out go identity numbers, contact values in names and references (`graph.screening`), and rows and mentions of people who were forgotten.

    Args:
        workspace: only read.
        info: what the source says of itself in this load.
        tables: all of the source in this load.

    Returns:
        A note where the source lists people without stating purpose and basis.
    """
    for made in tables:
        screen(workspace.connection, made)
    forgotten = Forgotten(workspace)
    if forgotten:
        names = SourceNames(workspace, info.name, {t.table: t.rows for t in tables})
        for made in sorted(tables, key=lambda t: t.table != PEOPLE):
            found = look(forgotten, names, info.name, made.table, made.rows)
            made.issues += [_issue(made, row, finding) for finding in found.findings for row in made.rows.slice(finding[0], 1).to_pylist()]
            made.rows = names.tables[made.table] = found.edits.made()
    missing = missing_grounds(workspace, info) if any(t.table == PEOPLE and t.accepted for t in tables) else []
    return [f"{info.name}: people are listed, and source.toml does not say {' and '.join(missing)}: write there why the data is held and what "
            "permits it"] if missing else []


def missing_grounds(workspace: Workspace, info: SourceInfo) -> list[str]:
    """Which of purpose and basis a source states neither now nor before."""
    stored = first_row(workspace.connection, "SELECT purpose, basis FROM sources WHERE name = ?", [info.name]) or ("", "")
    stated = (info.purpose, info.basis) if info != SourceInfo(info.name) else stored
    return [name for name, text in zip(("purpose", "basis"), stated, strict=True) if not text]


def _issue(made: RecordTable, row: dict[str, Any], finding: tuple[int, str, str, bool]) -> RowIssue:
    _, column, token, dropped = finding
    what = "somebody who was forgotten on request: the row was left out" if dropped else "somebody who was forgotten on request is named: left out"
    return RowIssue(made.source, row["file"], row["row"], column, "", FORGOTTEN, f"{what} (zhulian forget --lift {token} lets them come back)",
                    dropped)


class SourceNames:
    """What names mean in one source, from the tables of a load where it has them, else from the workspace.

    Args:
        source: the source's name.
        tables: the rows of the load, by table; may be replaced as they are cleared.
    """

    def __init__(self, workspace: Workspace, source: str, tables: dict[str, pa.Table]) -> None:
        self._workspace, self._source, self.tables = workspace, source, tables

    @cached_property
    def people(self) -> set[str]:
        """Keys of the names of the people whom the source lists itself. To be asked when the table of people is cleared."""
        return self._keys(PEOPLE)

    @cached_property
    def bodies(self) -> set[str]:
        """Keys of the names of all organisations of all sources: a person's name that is also one of these means the organisation."""
        return set().union(*(self._keys(table, everywhere=True) for table in _BODIES))

    @cached_property
    def _by_id(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for table in _BODIES:
            for id_, names in self._names(table):
                found.setdefault(id_, set()).update(names)
        return found

    def institutions(self, cell: str | None) -> set[str]:
        """What an institution cell can mean: the names of what has it for an id, else itself."""
        return self._by_id.get(cell) or {cell} if cell else set()

    def _keys(self, table: str, *, everywhere: bool = False) -> set[str]:
        return {name_key(name) for _, names in self._names(table, everywhere) for name in names}

    def _names(self, table: str, everywhere: bool = False) -> Iterable[tuple[str, list[str]]]:
        """(id, names) of each row of a table."""
        own = [p for p in TABLES[table].properties if p.name in ("name", *OTHER_NAMES)]
        found: list[tuple[str, list[str]]] = []
        if table in self.tables:
            columns = [self.tables[table].column(p.name).to_pylist() for p in own]
            found += [(id_, _flat(cells)) for id_, *cells in zip(self.tables[table].column("id").to_pylist(), *columns, strict=True)]
        if everywhere or table not in self.tables:
            rows = self._workspace.connection.execute(f"SELECT id, {', '.join(quoted(p.name) for p in own)} FROM records.{quoted(table)} "
                                                      "WHERE source = $source OR $everywhere",
                                                      {"source": self._source, "everywhere": everywhere}).fetchall()
            found += [(id_, _flat(cells)) for id_, *cells in rows]
        return found


def _flat(cells: Iterable[str | list[str] | None]) -> list[str]:
    return [item for cell in cells if cell for item in (cell if isinstance(cell, list) else [cell])]


def look(forgotten: Forgotten, names: SourceNames, source: str, table: str, rows: pa.Table) -> Barred:
    """What of a table's rows those who were forgotten bar: their own rows, links to them, and mentions of them.

    Args:
        names: of people that come with it, this clears the table; so the table of people comes first.
        rows: has the columns of `graph.records.record_schema(table)`, and may have more.
    """
    found = Barred(RowEdits(rows))
    if table == PEOPLE:
        for i, row in enumerate(rows.select(list(IDENTIFYING)).to_pylist()):
            token = forgotten.row(source, Person.of_row(source, row, names.institutions(row["institution"])))
            if token is not None:
                found.drop(i, "", token)
        names.tables[PEOPLE] = found.edits.made()
        names.__dict__.pop("people", None)

    @cache
    def mentioned(name: str, could_be_body: bool) -> str | None:
        spellings = dict.fromkeys((name, without_contact_words(name), _BRACKETED.sub("", name).strip()))
        token = next(filter(None, (forgotten.mention(source, spelling, names.people) for spelling in spellings if spelling)), None)
        return None if token and could_be_body and name_key(name) in names.bodies else token

    for p, means_people in people_columns(table):
        could_be_body = any(t in _BODIES for t in p.refers)
        for i, cell in enumerate(rows.column(p.name).to_pylist()):
            items = [cell] if isinstance(cell, str) else cell or []
            gone = {item: token for item in items
                    if (token := (forgotten.reference(source, item) if means_people else None) or mentioned(item, could_be_body))}
            if gone and i not in found.edits.dropped:
                _strip(found, i, p, gone)
    for i, extra in enumerate(rows.column("extra").to_pylist()):
        if extra is not None and i not in found.edits.dropped:
            _strip_unknown(found, i, lambda name: mentioned(name, False))
    return found


def _strip(found: Barred, i: int, p: Property, gone: dict[str, str]) -> None:
    """Take items out of a reference and out of the cells as they came; a row that needs the reference goes."""
    token = next(iter(gone.values()))
    if p.required:
        found.drop(i, p.name, token)
        return
    row = found.edits.row(i)
    cell = row[p.name]
    left = [item for item in cell if item not in gone] if isinstance(cell, list) else []
    keys = {name_key(item) for item in gone}
    found.edits.set(i, **{p.name: left or None}, raw=without_items(str(row["raw"]), lambda item: name_key(without_contact_words(item)) in keys))
    found.findings.append((i, p.name, token, False))


def _strip_unknown(found: Barred, i: int, mentioned: Callable[[str], str | None]) -> None:
    """Take a forgotten person out of lists of names in columns that the schema does not know. (Prose is left as it is.)"""
    row = found.edits.row(i)
    tokens: list[str] = []

    def gone(item: str) -> bool:
        token = mentioned(item) if 1 < len(item) <= _LONGEST_NAME and not item.isdigit() else None
        tokens.extend([token] if token else [])
        return token is not None

    extra = without_items(str(row["extra"]), gone)
    if tokens:
        unknown = json.loads(str(row["extra"])).keys()
        found.edits.set(i, extra=extra, raw=without_items(str(row["raw"]), gone, unknown))
        found.findings.append((i, "", tokens[0], False))


def without_items(cells: str, gone: Callable[[str], bool], headers: Collection[str] | None = None) -> str:
    """Cells (a JSON object: header → text or list) without the items of lists that are `gone`; of some headers alone, where given."""
    said = json.loads(cells)
    return json.dumps({header: _without(cell, gone) if headers is None or header in headers else cell for header, cell in said.items()},
                      ensure_ascii=False)


def _without(cell: object, gone: Callable[[str], bool]) -> object:
    if isinstance(cell, list):
        return [item for item in cell if not (isinstance(item, str) and gone(item.strip()))]
    if not isinstance(cell, str):
        return cell
    parts = _PARTS.split(cell)
    kept = [part + (parts[i + 1] if i + 1 < len(parts) else "") for i, part in enumerate(parts) if i % 2 == 0 and not gone(part.strip())]
    return cell if 2 * len(kept) > len(parts) else "".join(kept).rstrip(";；、|,，\n")
