"""Sources whose day has come: their personal records go, when somebody asks for it, and never by themselves.

What goes is all that the source says of people: its records of scientists, its links to people, its references to people in other records, their
history and the judgements on them. What other sources say of the same people is theirs and stays. Nobody is kept as a hash: a list that
comes anew, with a new day, may come in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from graph.admission import without_items
from graph.audit import write_event
from graph.build import build
from graph.build_edges import reference_key
from graph.forgotten import PEOPLE
from graph.learned_names import drop_unused_names
from graph.names import name_key
from graph.rewrite import rewritten
from graph.schema import NODES, TABLES, LinkTable, Property
from graph.screening import PEOPLE_LINKS, people_columns
from graph.sql import lent, quoted, strings
from graph.workspace import Workspace


@dataclass(slots=True)
class ExpiryReport:
    """What was removed: the sources, and rows or (of tables that stay) changed rows by `source/table`; the revision of the graph without them."""

    sources: list[str]
    rows: Counter[str] = field(default_factory=Counter)
    revision: str = ""


def expired_sources(workspace: Workspace, today: str | None = None) -> list[tuple[str, str]]:
    """(source, its day) of the sources whose day is past and that still have personal records, by name.

    Args:
        today: 2027-12-31; the clock's when None.
    """
    rows = workspace.connection.execute(
        f"SELECT s.name, s.expires FROM sources s WHERE coalesce(s.expires, '') <> '' AND s.expires < ? "
        f"AND EXISTS (SELECT 1 FROM records.{PEOPLE} r WHERE r.source = s.name) ORDER BY s.name", [today or date.today().isoformat()]).fetchall()
    return [(name, expires) for name, expires in rows]


def forget_expired(path: Path | str, today: str | None = None) -> ExpiryReport:
    """Remove the personal records of the sources whose day is past, in one transaction, and write the workspace's file anew.

    Args:
        path: the workspace file; nobody else may have it open.
        today: 2027-12-31; the clock's when None.

    Raises:
        WorkspaceBusy, WorkspaceError: the file cannot be written.
    """
    def change(workspace: Workspace) -> ExpiryReport:
        report = ExpiryReport([name for name, _ in expired_sources(workspace, today)])
        for source in report.sources:
            _remove(workspace, source, report)
        drop_unused_names(workspace.connection)
        report.revision = build(workspace).revision
        write_event(workspace, "forget --expired", "", {"sources": report.sources, "records": sum(report.rows.values())})
        workspace.log_run("forget --expired", {"sources": report.sources}, f"{sum(report.rows.values())} rows")
        return report

    return rewritten(path, change)


def _remove(workspace: Workspace, source: str, report: ExpiryReport) -> None:
    con = workspace.connection
    for table, declared in TABLES.items():
        if isinstance(declared, LinkTable):
            found = _remove_links(workspace, source, declared) if table in PEOPLE_LINKS else 0
        elif table == PEOPLE:
            found = 0
        else:
            found = sum(_remove_references(workspace, source, table, p) for p, means_people in people_columns(table) if means_people)
        report.rows.update({f"{source}/{table}": found} if found else {})
    # Links are asked whom they mean before the people are gone.
    gone = con.execute(f"DELETE FROM records.{PEOPLE} WHERE source = ? RETURNING 1", [source]).fetchall()
    report.rows[f"{source}/{PEOPLE}"] = len(gone)
    con.execute(f"DELETE FROM changes WHERE source = ? AND tbl IN {(PEOPLE, *sorted(PEOPLE_LINKS))}", [source])
    con.execute("DELETE FROM judgements WHERE starts_with(left_record, $prefix) OR starts_with(right_record, $prefix)",
                {"prefix": f"{source}/{PEOPLE}/"})
    con.execute("UPDATE loads SET digest = NULL WHERE source = ?", [source])


def _remove_links(workspace: Workspace, source: str, link: LinkTable) -> int:
    """The rows of a link table one end of which can only be a person, or is not known to be an organisation."""
    ends = [p for p in (link.source, link.target) if PEOPLE in p.refers]
    bodies = tuple(sorted({NODES[t].pool for p in ends for t in p.refers} - {PEOPLE}))
    meant = " AND ".join(
        f"EXISTS (SELECT 1 FROM graph.resolved x JOIN graph.members m ON m.entity = x.entity WHERE x.outcome = 'resolved' AND m.pool = '{pool}' "
        f"AND x.reference = {reference_key(p.refers, f'r.{quoted(p.name)}', 'r.source')})" for p in ends for pool in bodies) or "false"
    return len(workspace.connection.execute(f"DELETE FROM records.{quoted(link.name)} r WHERE r.source = ? AND NOT ({meant}) RETURNING 1",
                                            [source]).fetchall())


def _remove_references(workspace: Workspace, source: str, table: str, p: Property) -> int:
    """A column that refers to people: emptied, also in the cells as they came, and in the history."""
    con = workspace.connection
    rows = con.execute(f"SELECT id, {quoted(p.name)}, raw FROM records.{quoted(table)} WHERE source = ? AND {quoted(p.name)} IS NOT NULL",
                       [source]).fetchall()
    keys = {name_key(item) for _, cell, _ in rows for item in (cell if isinstance(cell, list) else [cell])}
    made = [(id_, without_items(raw, lambda item: name_key(item) in keys)) for id_, _, raw in rows]
    with lent(con, "made", strings(id=[m[0] for m in made], raw=[m[1] for m in made])):
        con.execute(f"UPDATE records.{quoted(table)} AS r SET {quoted(p.name)} = NULL, raw = m.raw FROM made m WHERE r.source = ? AND r.id = m.id",
                    [source])
    con.execute("UPDATE changes SET before = NULL, after = NULL WHERE source = ? AND tbl = ? AND property = ?", [source, table, p.name])
    return len(rows)
