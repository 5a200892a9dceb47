"""Where every value of an entity comes from: source, file, row and load, the rule that chose it, and what else was said.

The values are read from the same rows, and the choice is made by the same SQL, as when the graph was built (`graph.build.pool_records`
and `merged`), so that the two cannot part. Values are masked by `graph.layout.masked`, as the graph's are, in `_said_by_records` and `_cells` alone.

There is no rule NEWEST. The graph is a function of records and judgements, whatever the order of loading, so the time of a load cannot choose
a value: loading the older of two lists again would change what a person's title is. A date that a source states of itself would be
order-free, but it would be a second order of trust beside the rank, which the contract lets decide which source wins; few
sources have one, and a list that is newer as a whole is not newer in each cell. Whoever wants the newest list to win gives it the better rank.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from graph.build import merged, pool_records
from graph.build_edges import reference_key
from graph.ids import split_id
from graph.layout import INDICATORS, each_value, masked, node_properties
from graph.member_records import Around, Joining, Member, Place, around, entity_of, joinings, members, places, property_named
from graph.schema import EDGES, LINKS, NODES, POOLS, Merge, NodeTable, Property, Type
from graph.sql import quoted, scalar
from graph.workspace import Workspace

REFERENCE, LINK, MENTION = "reference", "link", "mention"
"""Rules beside those of `Merge`: a reference column or a link row states an edge; a stub has the name by which it is mentioned."""

_BEYOND = f"{INDICATORS.name}."
_NOWHERE = Place("", "", 0, None, {})


@dataclass(frozen=True, slots=True)
class Provenance:
    """One value of one property of an entity, and the record that says it.

    Attributes:
        property: the property's name; `indicators.<header>`; for what others say of the entity, the kind of edge.
        value: as the graph may hold it (contact fields masked), one item of a list; for an edge, what the other end is called.
        record: the full id of the record that says it; `source`, `file`, `row`, `loaded_at` (UTC) and `header` say where it does.
        rule: first, longest, union, any (`graph.schema.Merge`), reference, link, or mention.
        chosen: the graph has this value, and has it from this record. A record that says the same and ranks lower is not chosen.
        means: the entity that a reference means, or the other end of an edge.
        outcome: for references: resolved, stub, ambiguous or unknown.
        origin: the record that the edge in the graph is taken from; another than `record` where that one speaks first.
    """

    property: str
    value: str | int | float | bool
    record: str
    source: str
    file: str
    row: int
    header: str
    loaded_at: datetime | None
    rule: str
    chosen: bool
    means: str = ""
    outcome: str = ""
    candidates: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """All that can be said of where an entity comes from."""

    entity: str
    pool: str
    kind: str
    title: str
    stub: bool
    provenance: list[Provenance]
    members: list[Member]
    joinings: list[Joining]
    around: list[Around] = field(default_factory=list)
    stated: list[Provenance] = field(default_factory=list)
    """The edges that others state (`edge_provenance`), where they were asked for."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A value before its place is known."""

    property: str
    value: str | int | float | bool
    record: str
    rule: str
    chosen: bool
    column: str = ""
    means: str = ""
    outcome: str = ""
    candidates: tuple[str, ...] = ()
    origin: str = ""


def provenance(workspace: Workspace, id_: str) -> list[Provenance]:
    """Every value that the records of an entity give, in the order of the schema, the chosen first, then the most trusted.

    Args:
        id_: the full id of an entity, of one of its records, or of a stub (then: the cells that mention it).

    Raises:
        UnknownId: nothing in the graph has that full id.
    """
    pool, entity = entity_of(workspace, id_)
    values = [*_said_by_records(workspace, pool, entity), *_references(workspace, pool, entity)]
    return _placed(workspace, values or list(_mentions(workspace, pool, entity)))


def edge_provenance(workspace: Workspace, id_: str) -> list[Provenance]:
    """The edges of an entity that others state: link rows, and the reference columns of other records.

    Raises:
        UnknownId: nothing in the graph has that full id.
    """
    con = workspace.connection
    _, entity = entity_of(workspace, id_)
    own = {m for m, in con.execute("SELECT record FROM graph.members WHERE entity = ?", [entity]).fetchall()}
    edges = " UNION ALL ".join(
        f"SELECT {i} AS place, '{name}' AS edge, CASE WHEN source = $entity THEN target ELSE source END AS other, origin "
        f"FROM graph.{quoted(name)} WHERE $entity IN (source, target)" for i, name in enumerate(EDGES))
    nodes = " UNION ALL ".join(f"SELECT id, {quoted(tables[0].title)} AS title FROM graph.{quoted(pool)}" for pool, tables in POOLS.items())
    rows = con.execute(f"SELECT e.edge, coalesce(n.title, e.other), e.other, e.origin FROM ({edges}) e JOIN ({nodes}) n ON n.id = e.other "
                       "ORDER BY e.place, e.other, e.origin", {"entity": entity}).fetchall()
    return _placed(workspace, [
        _Value(edge, title, origin, LINK if split_id(origin)[1] in LINKS else REFERENCE, True, means=other, outcome="resolved", origin=origin)
        for edge, title, other, origin in rows if origin not in own])


def account(workspace: Workspace, id_: str, *, edges: bool = False) -> Account:
    """Where an entity comes from: its values with their places, its records and why they are one, its neighbours counted.

    Args:
        id_: as for `provenance`.
        edges: also the edges that others state.

    Raises:
        UnknownId: nothing in the graph has that full id.
    """
    pool, entity = entity_of(workspace, id_)
    title = POOLS[pool][0].title
    [(kind, name, stub)] = workspace.connection.execute(
        f"SELECT node_kind, {quoted(title)}, stub FROM graph.{quoted(pool)} WHERE id = ?", [entity]).fetchall()
    return Account(entity, pool, kind, name or split_id(entity)[2], stub, provenance(workspace, entity), members(workspace, entity),
                   joinings(workspace, entity), around(workspace, entity), edge_provenance(workspace, entity) if edges else [])


def _said_by_records(workspace: Workspace, pool: str, entity: str) -> Iterator[_Value]:
    """The values of the properties, record by record, and which the merge chose. (Contact fields are masked here.)"""
    con = workspace.connection
    properties = node_properties(pool)
    mine = f"(SELECT * FROM ({pool_records(pool)}) WHERE entity = $entity)"
    rows = con.execute(f"SELECT record, {', '.join(f'{masked(p)} AS {quoted(p.name)}' for p in properties)} FROM {mine} ORDER BY ord",
                       {"entity": entity}).fetchall()
    single = [p for p in properties if p.merge.takes_one and p != INDICATORS]
    if not rows:
        return
    [winners] = con.execute(f"SELECT {', '.join(merged(p, of='record') for p in single)} FROM {mine}", {"entity": entity}).fetchall()
    chosen = dict(zip((p.name for p in single), winners, strict=True))
    for at, p in enumerate(properties, 1):
        said = [(row[0], row[at]) for row in rows if row[at] is not None]
        if p == INDICATORS:
            yield from _indicators(said)
        elif p.merge is Merge.UNION:
            yield from (_Value(p.name, item, record, p.merge.value, True, p.name) for record, items in said for item in dict.fromkeys(items))
        elif p.merge is Merge.ANY:
            yes = any(value for _, value in said)
            yield from sorted((_Value(p.name, value, record, p.merge.value, value is yes, p.name) for record, value in said), key=_chosen_first)
        else:
            yield from sorted((_Value(p.name, value, record, p.merge.value, record == chosen[p.name], p.name) for record, value in said),
                              key=_chosen_first)


def _chosen_first(value: _Value) -> bool:
    return not value.chosen


def _indicators(said: list[tuple[str, str]]) -> Iterator[_Value]:
    """Each cell of a column beyond the schema; of several records the most trusted speaks, header by header."""
    cells: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record, sheet in said:
        for header, cell in json.loads(sheet).items():
            cells[header].append((record, str(cell)))
    for header in sorted(cells):
        yield from (_Value(f"{_BEYOND}{header}", cell, record, Merge.FIRST.value, i == 0) for i, (record, cell) in enumerate(cells[header]))


def _references(workspace: Workspace, pool: str, entity: str) -> Iterator[_Value]:
    """The reference columns of the entity's records: what each value means, and which record the edge is taken from."""
    con = workspace.connection
    origins: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind in {p.edge for table in POOLS[pool] for p in table.properties if p.refers}:
        rows = con.execute(f"SELECT CASE WHEN source = $entity THEN target ELSE source END, origin FROM graph.{quoted(kind)} "
                           "WHERE $entity IN (source, target)", {"entity": entity}).fetchall()
        for other, origin in rows:
            origins[kind, other].add(origin)
    found: list[tuple[int, int, _Value]] = []
    columns = list(dict.fromkeys(p.name for table in POOLS[pool] for p in table.properties if p.refers))
    for table in POOLS[pool]:
        referring = [p for p in table.properties if p.refers]
        if not referring:
            continue
        mine = (f"SELECT r.*, m.record, m.ord FROM records.{quoted(table.name)} r JOIN graph.members m "
                f"ON m.record = r.source || '/{table.name}/' || r.id WHERE m.entity = $entity")
        cells = " UNION ALL ".join(_cells(table, p, i) for i, p in enumerate(referring))
        for at, order, record, value, outcome, means, candidates in con.execute(f"WITH mine AS ({mine}) {cells}", {"entity": entity}).fetchall():
            p = referring[at]
            stated = origins.get((p.edge, means), set())
            origin = record if record in stated else min(stated, default="")
            found.append((columns.index(p.name), order, _Value(p.name, value, record, REFERENCE, record in stated, p.name, means or "", outcome,
                                               tuple(candidates or ()), origin)))
    yield from (v for _, _, v in sorted(found, key=lambda f: (f[0], not f[2].chosen, f[1], str(f[2].value))))


def _cells(table: NodeTable, p: Property, place: int) -> str:
    """SQL for the values of one reference column of the records `mine`, with what they mean. (They are masked here, if the schema says so.)"""
    shown = masked(replace(p, name="value", type=Type.TEXT))
    cells = f"SELECT ord, record, source, {each_value(p)} AS value FROM mine WHERE {quoted(p.name)} IS NOT NULL"
    return (f"SELECT {place}, v.ord, v.record, v.shown, x.outcome, x.entity, x.candidates FROM (SELECT *, {shown} AS shown FROM ({cells})) v "
            f"JOIN graph.resolved x ON x.reference = {reference_key(p.refers, 'v.value', 'v.source')}")


def _mentions(workspace: Workspace, pool: str, stub: str) -> Iterator[_Value]:
    """The cells that mention what no table lists."""
    con = workspace.connection
    title = POOLS[pool][0].title
    name = scalar(con, f"SELECT {quoted(title)} FROM graph.{quoted(pool)} WHERE id = ?", [stub])
    meant = con.execute("SELECT refers, source, value FROM graph.resolved WHERE entity = ? AND outcome = 'stub'", [stub]).fetchall()
    for refers, source, value in sorted(meant):
        rows = con.execute("SELECT DISTINCT tbl, id, col, candidates FROM graph.unresolved WHERE source = ? AND value = ? AND outcome = 'stub' "
                           "ORDER BY ALL", [source, value]).fetchall()
        for table, id_, column, candidates in rows:
            if table in NODES and ",".join(property_named(table, column).refers) == refers:
                record = f"{source}/{table}/{id_}"
                yield _Value(title, name, record, MENTION, True, column, stub, "stub", tuple(candidates or ()), record)


def _placed(workspace: Workspace, values: list[_Value]) -> list[Provenance]:
    """Values with the places of the records that say them."""
    where = places(workspace, (v.record for v in values))
    found = []
    for v in values:
        at = where.get(v.record, _NOWHERE)
        header = v.property.removeprefix(_BEYOND) if v.property.startswith(_BEYOND) else at.headers.get(v.column, "")
        found.append(Provenance(v.property, v.value, v.record, at.source, at.file, at.row, header, at.loaded_at, v.rule, v.chosen, v.means,
                                v.outcome, v.candidates, v.origin))
    return found
