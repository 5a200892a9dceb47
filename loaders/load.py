"""Files into the workspace: one transaction a load, then the graph made anew."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from graph.admission import admit
from graph.build import build
from graph.errors import ShrinkRefused, SourceError
from graph.federation.sending import MARKS
from graph.privacy import without_contacts
from graph.records import LoadReport, RecordTable, RowIssue, SourceInfo, TableReport
from graph.schema import BUNDLED_SOURCE, LINKS, NODES, TABLES, columns
from graph.sql import quoted, scalar
from graph.workspace import Workspace
from loaders.raw import RawTable
from loaders.reference import bundled_tables, bundled_version
from loaders.sources import Source, read_sources
from loaders.strangers import refuse_strangers
from loaders.understand import Understanding

_WAITING = "waiting_reference"


def load(workspace: Workspace, paths: list[Path], *, source: str | None = None, as_table: str | None = None,
         allow_shrink: bool = False, check: bool = False, strict: bool = False) -> LoadReport:
    """Load folders and files, build the graph, and say what came of every row.

    Args:
        source: the source's name, in place of the folder's.
        as_table: the table that the files hold.
        allow_shrink: let a table lose more than half of its rows.
        check: do all but write.
        strict: do all but write if a row is rejected.

    Raises:
        SourceError: a file is broken, or nothing could be loaded.
        ShrinkRefused: a table came with under half of its rows, or (unless `source` is given) with hardly one of them; or it is what another
            source sent of it, and would take the place of the whole list.
    """
    sources = read_sources(paths, name=source, as_table=as_table)
    notes = [note for s in sources for note in admit(workspace, s.info, s.tables)]
    refused = strict and any(t.rejected for s in sources for t in s.tables)
    report = LoadReport(left_alone=[(file, without_contacts(why)) for s in sources for file, why in s.left_alone],
                        written=not (check or refused), notes=notes)
    if not any(s.tables for s in sources):
        reasons = "; ".join(f"{file}: {why}" for file, why in report.left_alone)
        raise SourceError(f"nothing to load: {reasons or 'no table was found'}")
    with workspace.transaction(commit=report.written):
        if source is None and not allow_shrink:
            refuse_strangers(workspace, [t for s in sources for t in s.tables])
        if not allow_shrink:
            _refuse_handovers(workspace, [t for s in sources for t in s.tables])
        _write(workspace, sources, report, allow_shrink)
        if not allow_shrink and not any(t.read or t.before for t in report.tables):
            raise SourceError(f"nothing to load: no row stands under the header of {', '.join(f for t in report.tables for f in t.files)}")
        report.revision = workspace.meta("revision") or ""
    return report


def _refuse_handovers(workspace: Workspace, tables: Iterable[RecordTable]) -> None:
    """Refuse a table of which every row was written by `graph.federation`, where the source has it otherwise: it is no full list.

    Raises:
        ShrinkRefused: there is such a table.
    """
    told = " AND ".join(f"NOT json_exists(extra, '$.\"{record}\"')" for _, record in MARKS)
    for table in tables:
        marks = next((set(pair) for pair in MARKS if set(pair) <= set(table.unknown_columns)), None)
        if marks is None or not all(marks <= json.loads(cells or "{}").keys() for cells in table.rows["extra"].to_pylist()):
            continue
        there = scalar(workspace.connection, f"SELECT count(*) FROM records.{quoted(table.table)} WHERE source = ? AND (extra IS NULL OR {told})",
                       [table.source])
        if there:
            raise ShrinkRefused(
                f"{table.source}/{table.table}: {', '.join(table.files)} holds only what is new and what is lacking (columns "
                f"{', '.join(sorted(marks))}), and would take the place of the {there} rows that are there; nothing was loaded. Load it as a source "
                "of its own (--source NAME), add its rows to the list, or load with --allow-shrink")


def _write(workspace: Workspace, sources: list[Source], report: LoadReport, allow_shrink: bool) -> None:
    changed = load_bundled(workspace)
    for s in sources:
        changed |= workspace.put_source(s.info)
        for table in s.tables:
            before = workspace.count(table.source, table.table)
            written = workspace.replace_table(table, allow_shrink=allow_shrink)
            changed |= written
            report.tables.append(TableReport(
                table.source, table.table, table.files, table.read, table.accepted, table.rejected, before=before, unchanged=not written,
                unknown_columns=table.unknown_columns, refused_columns=table.refused_columns, recognised=table.recognised))
            report.issues += table.issues
    if changed or workspace.meta("revision") is None:
        build(workspace)
    for line in report.tables:
        _add_references(workspace, line, report.issues)
    report.waiting, report.ambiguous = (scalar(workspace.connection, "SELECT count(DISTINCT (source, tbl, id)) FROM graph.unresolved "
                                               f"WHERE outcome = 'waiting' {more}") for more in ("", "AND candidates IS NOT NULL"))
    rows = sum(t.accepted for t in report.tables)
    workspace.log_run("load", {"sources": [s.info.name for s in sources]}, f"{rows} rows in {len(report.tables)} tables")


def load_bundled(workspace: Workspace) -> bool:
    """Put the program's own code tables into the workspace where it has none or older ones. Returns whether it did."""
    if workspace.meta("bundled") == bundled_version():
        return False
    workspace.put_source(SourceInfo(BUNDLED_SOURCE, title="code tables of the program", rank=0))
    for name, rows in bundled_tables().items():
        header = tuple(dict.fromkeys(key for row in rows for key in row))
        understanding = Understanding(BUNDLED_SOURCE, TABLES[name])
        understanding.add(RawTable(f"{name}.csv", "", header, [[row.get(h, "") for h in header] for row in rows], list(range(2, len(rows) + 2))))
        workspace.replace_table(understanding.finish(), allow_shrink=True)
    workspace.set_meta("bundled", bundled_version())
    return True


def _add_references(workspace: Workspace, line: TableReport, issues: list[RowIssue]) -> None:
    """Waiting rows, stubs and open references of a table, as the build found them."""
    con = workspace.connection
    if line.table in LINKS:
        line.waiting = scalar(con, "SELECT count(DISTINCT id) FROM graph.unresolved WHERE source = ? AND tbl = ?", [line.source, line.table])
    else:
        line.stubs = scalar(con, "SELECT count(DISTINCT (col, value)) FROM graph.unresolved WHERE source = ? AND tbl = ? AND outcome = 'stub'",
                            [line.source, line.table])
    labels = {p.name: p for p in columns(TABLES[line.table])}
    query = (f"SELECT u.col, u.value, u.outcome, u.candidates, r.file, r.row FROM graph.unresolved u JOIN records.{quoted(line.table)} r "
             "ON r.source = u.source AND r.id = u.id WHERE u.source = ? AND u.tbl = ? ORDER BY r.file, r.row, u.col, u.value")
    lists = {refers: _lists_any(workspace, line.source, refers) for refers in {p.refers for p in labels.values() if p.refers}}
    for col, value, outcome, candidates, file, number in con.execute(query, [line.source, line.table]).fetchall():
        p = labels[col]
        code, message = _reference_words(p.label, p.refers, outcome, candidates)
        if outcome == "stub" and not candidates and p.refers[0] != "regions" and not lists[p.refers]:
            continue
        issues.append(RowIssue(line.source, file, number, col, value[:200], code, message))


def _lists_any(workspace: Workspace, source: str, refers: tuple[str, ...]) -> bool:
    """Whether a source lists things of the kind itself: then a reference to what it does not list is worth a word."""
    return any(workspace.count(source, t) for t in refers if t in NODES)


def _reference_words(label: str, refers: tuple[str, ...], outcome: str, candidates: list[str] | None) -> tuple[str, str]:
    could = f"it could be {', '.join(candidates[:5])}" if candidates else ""
    if outcome == "waiting":
        return _WAITING, f"{label}: {could or 'nothing is called that yet'}; the row waits and is built when that is settled"
    if could:
        return "ambiguous_reference", f"{label}: {could}; left open" + ("" if outcome == "ambiguous" else ", a stub stands for it")
    kind = NODES[refers[0]].label
    return ("unknown_region" if refers[0] == "regions" else "unresolved_reference"), f"{label}: no {kind} is called that; a stub stands for it"
