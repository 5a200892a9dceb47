"""The records behind an entity: where each stands in its file, the judgements that join them, and what is around the entity."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph import privacy
from graph.errors import UnknownId
from graph.ids import split_id
from graph.layout import masked
from graph.schema import EDGES, NODES, POOLS, TABLES, Privacy, Property, columns
from graph.sql import first_row, lent, quoted, strings
from graph.workspace import Workspace

_CONTACT_NAMES = frozenset(p.name for t in TABLES.values() for p in columns(t) if p.privacy is Privacy.CONTACT)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: `row` counts as a spreadsheet does, `loaded_at` is UTC; `headers` maps a property to the source's own header."""

    source: str
    file: str
    row: int
    loaded_at: datetime | None
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """A record of an entity. `rank` is its source's (1 is trusted most); `title` what the record calls the thing."""

    record: str
    table: str
    title: str
    rank: int
    place: Place


@dataclass(frozen=True, slots=True)
class Joining:
    """A judgement in force that touches a record of an entity. `evidence` holds no contact value."""

    judgement_id: str
    left: str
    right: str
    verdict: str
    method: str
    score: float
    evidence: str
    who: str


@dataclass(frozen=True, slots=True)
class Around:
    """How many neighbours of a kind an entity has by one kind of edge; `outward` where the edge begins at the entity."""

    edge: str
    outward: bool
    kind: str
    count: int


def entity_of(workspace: Workspace, id_: str) -> tuple[str, str]:
    """(pool, entity) of an entity's full id, of a member record's, or of a stub's.

    Raises:
        UnknownId: nothing has that full id.
    """
    con = workspace.connection
    row = first_row(con, "SELECT pool, entity FROM graph.members WHERE record = ?", [id_])
    if row is not None:
        return str(row[0]), str(row[1])
    parts = id_.split("/", 2)
    table = NODES.get(parts[1]) if len(parts) == 3 else None
    if table is not None and first_row(con, f"SELECT 1 FROM graph.{quoted(table.pool)} WHERE id = ?", [id_]):
        return table.pool, id_
    raise UnknownId(f"nothing in the graph has the full id {id_!r}")


def places(workspace: Workspace, records: Iterable[str]) -> dict[str, Place]:
    """Full record id → where it stands; node and link rows alike, those that are not there are left out."""
    con = workspace.connection
    by_table: dict[str, list[str]] = defaultdict(list)
    for record in dict.fromkeys(records):
        by_table[split_id(record)[1]].append(record)
    found: dict[str, Place] = {}
    loads = {load_id: (at, _own_headers(headers))
             for load_id, at, headers in con.execute("SELECT load_id, loaded_at, headers FROM loads").fetchall()}
    for table, wanted in by_table.items():
        with lent(con, "wanted", strings(record=wanted)):
            rows = con.execute(f"SELECT w.record, r.source, r.file, r.row, r.load_id FROM records.{quoted(table)} r "
                               f"JOIN wanted w ON w.record = r.source || '/{table}/' || r.id").fetchall()
        for record, source, file, row, load_id in rows:
            at, headers = loads.get(load_id, (None, {}))
            found[record] = Place(source, file, row, at, headers)
    return found


def _own_headers(headers: str | None) -> dict[str, str]:
    """property → header, from the header → property of a load."""
    own: dict[str, str] = {}
    for header, name in json.loads(headers or "{}").items():
        own.setdefault(str(name), str(header))
    return own


def members(workspace: Workspace, entity: str) -> list[Member]:
    """The records of an entity, the most trusted first; none for a stub."""
    con = workspace.connection
    rows = con.execute("SELECT m.record, m.tbl, coalesce(s.rank, 100) FROM graph.members m LEFT JOIN sources s ON s.name = m.source "
                       "WHERE m.entity = ? ORDER BY m.ord", [entity]).fetchall()
    where = places(workspace, [record for record, _, _ in rows])
    titles: dict[str, str] = {}
    for table in dict.fromkeys(tbl for _, tbl, _ in rows):
        title = next((masked(p) for p in NODES[table].properties if p.name == NODES[table].title), "id")
        titles |= dict(con.execute(f"SELECT m.record, r.shown FROM (SELECT source || '/{table}/' || id AS record, {title} AS shown "
                                   f"FROM records.{quoted(table)}) r JOIN graph.members m ON m.record = r.record WHERE m.entity = ?",
                                   [entity]).fetchall())
    return [Member(record, table, titles.get(record) or "", rank, where[record]) for record, table, rank in rows]


def joinings(workspace: Workspace, entity: str) -> list[Joining]:
    """The judgements in force on the records of an entity: those that join them first, then those that keep others apart."""
    rows = workspace.connection.execute("""
        SELECT DISTINCT j.judgement_id, j.left_record, j.right_record, j.verdict, j.method, j.score, j.evidence, j.who
        FROM graph.judgements j JOIN graph.members m ON m.record IN (j.left_record, j.right_record)
        WHERE m.entity = ? ORDER BY j.verdict <> 'same', j.score DESC, j.left_record, j.right_record""", [entity]).fetchall()
    return [Joining(id_, left, right, verdict, method, score, without_contacts(evidence or ""), who)
            for id_, left, right, verdict, method, score, evidence, who in rows]


def without_contacts(evidence: str) -> str:
    """Evidence (JSON, or words) without contact values: of a contact property nothing is kept, elsewhere addresses and numbers go."""
    try:
        said = json.loads(evidence)
    except ValueError:
        return privacy.without_contacts(evidence)
    if isinstance(said, dict):
        said = {key: privacy.HIDDEN if key in _CONTACT_NAMES else value for key, value in said.items()}
    return privacy.without_contacts(json.dumps(said, ensure_ascii=False))


def evidence_object(evidence: str) -> dict[str, Any] | None:
    """The JSON object that evidence is; None where it is something else, as a person's note."""
    try:
        said = json.loads(evidence)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def model_words(evidence: str) -> str | None:
    """What the model said of two records, in its own words; None for other evidence."""
    said = evidence_object(evidence)
    if said is None or not isinstance(said.get("evidence"), list):
        return None
    conflict = (f"矛盾：{said['conflict']}",) if said.get("conflict") else ()
    return "；".join((*map(str, said["evidence"]), *conflict))


def around(workspace: Workspace, entity: str) -> list[Around]:
    """The neighbours of an entity, counted by kind of edge, direction and kind of neighbour, in the order of the schema."""
    edges = " UNION ALL ".join(
        f"SELECT '{name}' AS edge, {outward} AS outward, {there} AS other FROM graph.{quoted(name)} WHERE {here} = $entity"
        for name in EDGES for here, there, outward in (("source", "target", "true"), ("target", "source", "false")))
    nodes = " UNION ALL ".join(f"SELECT id, node_kind FROM graph.{quoted(pool)}" for pool in POOLS)
    rows = workspace.connection.execute(
        f"SELECT e.edge, e.outward, n.node_kind, count(DISTINCT e.other) FROM ({edges}) e JOIN ({nodes}) n ON n.id = e.other GROUP BY ALL",
        {"entity": entity}).fetchall()
    order = {name: i for i, name in enumerate(EDGES)}
    return sorted((Around(*row) for row in rows), key=lambda a: (order[a.edge], not a.outward, -a.count, a.kind))


def property_named(table: str, name: str) -> Property:
    """A column of a table by its property name."""
    return next(p for p in columns(TABLES[table]) if p.name == name)
