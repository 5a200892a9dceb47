"""A person is removed: from records, links, lists of names, history, judgements, runs, the audit's ids, graph and caches; the file is written anew.

What goes from the records is what a load would refuse from then on (`graph.admission.look`), so that both agree. What stays is prose that mentions
the name (a biography of somebody else, an abstract): it is counted and reported, since no program can tell whom it means. At the next publish
the person leaves Neo4j (`graph.publish`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from graph.admission import IDENTIFYING, Barred, SourceNames, look
from graph.audit import write_event
from graph.build import build
from graph.errors import AmbiguousId, UnknownId, UsageError, WorkspaceError
from graph.forgotten import PEOPLE, TOKEN, Forgotten, Person, keep, keys_of, take_back, token_of
from graph.identity import Target, alike, identity, known, take_in_certain
from graph.ids import full_id, split_id
from graph.learned_names import drop_unused_names
from graph.lookup import unknown_id
from graph.rewrite import rewritten
from graph.schema import BUNDLED_SOURCE, LINKS, TABLES
from graph.screening import people_columns
from graph.snapshot import Snapshot
from graph.sql import lent, quoted, strings
from graph.traces import mentions, sweep
from graph.workspace import Workspace


@dataclass(slots=True)
class ForgetReport:
    """What was removed.

    Attributes:
        records: full ids of the people's records; those found beside the asked ones (the same ORCID, or name and number …) too.
        links: link rows that pointed to them, by `source/table`.
        mentions: records from whose lists of names they were taken, by `source/table`.
        remaining: records that still hold one of the names or numbers in their text, by `source/table`; they may mean namesakes.
        alike: records that stay and look alike (same name and institution): forget them too if they are the same person.
        tokens: by which each forgetting can be taken back (`lift`).
        revision: of the graph built without them.
    """

    records: list[str] = field(default_factory=list)
    links: Counter[str] = field(default_factory=Counter)
    mentions: Counter[str] = field(default_factory=Counter)
    remaining: Counter[str] = field(default_factory=Counter)
    alike: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    revision: str = ""


def find_target(workspace: Workspace, snapshot: Snapshot, wanted: str, *, one_record: bool = False) -> Target:
    """Whom an id means.

    Args:
        snapshot: of the workspace's graph.
        wanted: a full id, an unambiguous end of one, or a unique name; of somebody who left the source's lists, the id in its history.
        one_record: that one record alone, not the person's others; `wanted` is its id, or the name of somebody who has one record.

    Raises:
        UnknownId: nobody has it.
        AmbiguousId: several have.
        UsageError: it is not a person.
    """
    con = workspace.connection
    if one_record:
        record = _one_record(workspace, snapshot, wanted)
        return Target(record, (record,), one_record=True)
    try:
        pool, entity = snapshot.find(wanted)
    except AmbiguousId:
        pool, entity = snapshot.find(wanted, (PEOPLE,))
    except UnknownId:
        gone = con.execute(f"SELECT DISTINCT source || '/{PEOPLE}/' || id AS record FROM changes WHERE tbl = '{PEOPLE}' "
                           "AND (record = ? OR ends_with(record, '/' || ?)) ORDER BY 1", [wanted, wanted]).fetchall()
        return Target(_only(snapshot, [r for r, in gone], wanted), ())
    if pool != PEOPLE:
        raise UsageError(f"{entity} is no person: only people are forgotten; take it out of its source and load that again")
    return Target(entity, _records(workspace, entity))


def _records(workspace: Workspace, entity: str) -> tuple[str, ...]:
    """The records of a person, the most trusted first."""
    return tuple(r for r, in workspace.connection.execute("SELECT record FROM graph.members WHERE entity = ? ORDER BY ord", [entity]).fetchall())


def _one_record(workspace: Workspace, snapshot: Snapshot, wanted: str) -> str:
    """The person's record that an id, or the name of somebody who has one record, means."""
    ends = [r for r, in workspace.connection.execute(
        "SELECT record FROM graph.members WHERE pool = ? AND (record = ? OR ends_with(record, '/' || ?)) ORDER BY 1",
        [PEOPLE, wanted, wanted]).fetchall()]
    if ends:
        return wanted if wanted in ends else _only(snapshot, ends, wanted)
    try:
        _, entity = snapshot.find(wanted, (PEOPLE,))
    except UnknownId as error:
        raise UnknownId(f"--record wants the id of a record: {error}") from error
    except AmbiguousId as error:
        raise AmbiguousId(f"--record wants the id of a record: {error}") from error
    records = _records(workspace, entity)
    if not records:
        raise UsageError(f"--record wants the id of a record, and {wanted} has none: {entity} is mentioned only")
    if len(records) > 1:
        raise AmbiguousId(f"--record wants the id of a record, and {wanted} has {len(records)}: give one of {', '.join(records)}")
    return records[0]


def _only(snapshot: Snapshot, found: Sequence[str], wanted: str) -> str:
    if not found:
        raise unknown_id(snapshot, wanted, (PEOPLE,))
    if len(found) > 1:
        raise AmbiguousId(f"{wanted!r} could be {' or '.join(found[:5])}: give more of the id")
    return found[0]


def forget(path: Path | str, targets: Sequence[Target]) -> ForgetReport:
    """Forget people, in one transaction, and write the workspace's file anew.

    Args:
        path: the workspace file; nobody else may have it open.
        targets: from `find_target`.

    Raises:
        UnknownId: a target is not there any more.
        WorkspaceBusy, WorkspaceError: the file cannot be written.
    """
    def change(workspace: Workspace) -> ForgetReport:
        report = ForgetReport()
        for target in targets:
            _forget(workspace, target, report)
        drop_unused_names(workspace.connection)
        report.revision = build(workspace).revision
        write_event(workspace, "forget", "", {"tokens": report.tokens, "records": len(report.records)})
        workspace.log_run("forget", {}, f"{len(report.records)} records of {len(targets)} people, {sum(report.links.values())} links")
        return report

    return rewritten(path, change)


def lift(path: Path | str, wanted: str) -> int:
    """Let somebody who was forgotten come back with the next load of a source that lists them.

    Args:
        path: the workspace file.
        wanted: the token of the forgetting, or the full id of a record that was forgotten.

    Returns:
        How many keyed hashes were deleted.

    Raises:
        UnknownId: nobody was forgotten under it.
    """
    if not Path(path).exists():
        raise WorkspaceError(f"{path}: there is no workspace")
    with Workspace(path) as workspace, workspace.transaction():
        token = wanted if len(wanted) == TOKEN else token_of(workspace, wanted)
        deleted = take_back(workspace, wanted)
        if not deleted:
            raise UnknownId(f"nobody was forgotten under {wanted!r}: give the token that forget printed, or the whole id source/scientists/id")
        write_event(workspace, "forget --lift", "", {"tokens": [token]})
        workspace.log_run("forget --lift", {}, "1 forgetting taken back")
    return deleted


def _forget(workspace: Workspace, target: Target, report: ForgetReport) -> None:
    person = known(workspace, target)
    keys = keys_of(workspace)
    scope = split_id(target.entity)[0] if target.one_record else ""
    if target.records and not target.one_record:
        take_in_certain(workspace, keys, person)
    stays = alike(workspace, keys, person, scope)
    kept = identity(workspace, keys, person, target, scope)
    for other in stays.values():
        kept -= {*keys.certain(other, scope), *keys.asked_at_institution(other, scope)}
    keep(workspace, kept)
    report.alike += sorted(stays)
    report.tokens.append(token_of(workspace, target.entity))
    touched = _clear_records(workspace, person, report)
    sweep(workspace, person, touched, whole=not target.one_record)
    if not target.one_record:
        report.remaining += mentions(workspace, person)


def _clear_records(workspace: Workspace, person: Person, report: ForgetReport) -> dict[tuple[str, str], set[str]]:
    """Take out of the records what a load would refuse now. Returns the ids of the rows that went or were changed, by source and table."""
    forgotten = Forgotten(workspace)
    touched: dict[tuple[str, str], set[str]] = {}
    sources = [s for s, in workspace.connection.execute("SELECT DISTINCT source FROM loads ORDER BY source").fetchall() if s != BUNDLED_SOURCE]
    for source in sources:
        names = SourceNames(workspace, source, {})
        for table in sorted(TABLES, key=lambda t: t != PEOPLE):
            found = look(forgotten, names, source, table, _rows(workspace, source, table))
            if not (found.edits.dropped or found.edits.changed):
                continue
            touched[source, table] = _apply(workspace, source, table, found)
            gone = [found.edits.rows.column("id")[i].as_py() for i in sorted(found.edits.dropped)]
            if table == PEOPLE:
                report.records += [full_id(source, table, id_) for id_ in gone]
            elif table in LINKS:
                report.links[f"{source}/{table}"] += len(gone)
            if stripped := len(found.edits.changed.keys() - found.edits.dropped):
                report.mentions[f"{source}/{table}"] += stripped
    return touched


def _rows(workspace: Workspace, source: str, table: str) -> pa.Table:
    """The columns of a source's table that can name a person."""
    own = [p.name for p, _ in people_columns(table)]
    listed = dict.fromkeys(["id", "raw", "extra", *own, *(IDENTIFYING if table == PEOPLE else ())])
    return workspace.connection.sql(f"SELECT {', '.join(map(quoted, listed))} FROM records.{quoted(table)} WHERE source = ?",
                                    params=[source]).to_arrow_table()


def _apply(workspace: Workspace, source: str, table: str, found: Barred) -> set[str]:
    con, edits = workspace.connection, found.edits
    ids = edits.rows.column("id").to_pylist()
    with lent(con, "gone", strings(id=[ids[i] for i in edits.dropped])):
        con.execute(f"DELETE FROM records.{quoted(table)} WHERE source = ? AND id IN (SELECT id FROM gone)", [source])
    altered = [row for i, row in edits.changed.items() if i not in edits.dropped]
    columns = [c for c in edits.rows.column_names if c != "id"]
    with lent(con, "altered", pa.Table.from_pylist(altered, schema=edits.rows.schema)):
        con.execute(f"UPDATE records.{quoted(table)} AS r SET {', '.join(f'{quoted(c)} = a.{quoted(c)}' for c in columns)} FROM altered a "
                    "WHERE r.source = ? AND r.id = a.id", [source])
    return {ids[i] for i in (*edits.dropped, *edits.changed)}
