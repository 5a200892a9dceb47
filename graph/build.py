"""Records and judgements → the graph's tables, by set operations, whatever the order in which the records came."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from graph.build_edges import build_edges, reference_key, reference_values
from graph.layout import INDICATORS, hash_expression, masked, node_columns, node_properties, revision_of, table_digest
from graph.names import organisation_kind
from graph.references import Outcome, ReferenceIndex
from graph.resolve import clusters, current_judgements
from graph.schema import CODE_POOLS, EDGES, LINKS, NODES, POOLS, Merge, Property, Type
from graph.sql import count, lent, quoted, strings
from graph.stubs import Stub, representatives, stub_table
from graph.workspace import Workspace

_INDICATORS = r"""CASE WHEN r.extra IS NOT NULL THEN nullif(to_json(map_from_entries(list_filter(
    map_entries(CAST(CAST(r.extra AS JSON) AS MAP(VARCHAR, VARCHAR))),
    lambda e: NOT regexp_matches(lower(e.key), '电话|手机|座机|传真|联系|邮箱|邮件|微信|住址|phone|mobile|mail|tel|fax|qq')
              AND regexp_full_match(trim(e.value), '[-+]?([0-9]{1,7}|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]+)?%?|是|否|有|无|√|×'))))::VARCHAR, '{}') END"""
"""Columns beyond the schema that hold numbers, or yes and no, as indicators. Nothing else is: the graph is published."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made: the revision, and rows by graph table."""

    revision: str
    nodes: dict[str, int]
    edges: dict[str, int]


def build(workspace: Workspace) -> BuildReport:
    """Make the graph anew from all records and judgements. The caller holds the transaction."""
    con = workspace.connection
    con.execute("DROP SCHEMA graph CASCADE; CREATE SCHEMA graph")
    _members(workspace)
    _resolve_references(con)
    for pool in POOLS:
        _build_nodes(con, pool)
    for kind in EDGES:
        build_edges(con, kind)
    _unresolved(con)
    con.execute("DROP TABLE graph.stubs; DROP TABLE graph.kinds")
    names = [*POOLS, *EDGES]
    revision = revision_of({name: table_digest(con, f"graph.{quoted(name)}") for name in names})
    workspace.set_meta("revision", revision)
    counts = {name: count(con, f"graph.{quoted(name)}") for name in names}
    return BuildReport(revision, {p: counts[p] for p in POOLS}, {e: counts[e] for e in EDGES})


def _members(workspace: Workspace) -> None:
    """`graph.members`: every node record, its entity, and its place in the order of trust (`ord`, 1 first)."""
    con = workspace.connection
    union = " UNION ALL ".join(f"SELECT source, '{t.name}' AS tbl, id, '{t.pool}' AS pool FROM records.{quoted(t.name)}" for t in NODES.values())
    con.execute(f"""
        CREATE TEMP TABLE ranked AS
        SELECT r.source || '/' || r.tbl || '/' || r.id AS record, r.source, r.tbl, r.id, r.pool,
               row_number() OVER (ORDER BY coalesce(s.rank, 100), r.source, r.id, r.tbl) AS ord
        FROM ({union}) r LEFT JOIN sources s ON s.name = r.source""")
    judgements = current_judgements(workspace)
    named = sorted({record for j in judgements for record in (j.left, j.right)})
    with lent(con, "named", strings(record=named)):
        known = dict(con.execute("SELECT record, ord FROM ranked JOIN named USING (record)").fetchall())
    pairs = [(record, min(cluster, key=known.__getitem__)) for cluster in clusters(judgements, known) for record in cluster]
    with lent(con, "joined", strings(record=[p[0] for p in pairs], entity=[p[1] for p in pairs])):
        con.execute("""
            CREATE TABLE graph.members AS
            SELECT r.*, coalesce(j.entity, r.record) AS entity FROM ranked r LEFT JOIN joined j USING (record) ORDER BY ord""")
    con.execute("DROP TABLE ranked")
    judged = strings(
        judgement_id=[j.judgement_id for j in judgements], left_record=[j.left for j in judgements], right_record=[j.right for j in judgements],
        verdict=[j.verdict for j in judgements], method=[j.method for j in judgements], evidence=[j.evidence for j in judgements],
        who=[j.who for j in judgements]).append_column("score", pa.array([j.score for j in judgements], pa.float64()))
    with lent(con, "judged", judged):
        con.execute("CREATE TABLE graph.judgements AS SELECT * FROM judged ORDER BY left_record, right_record")


def _resolve_references(con: duckdb.DuckDBPyConnection) -> None:
    """`graph.resolved`: what each value of each reference column means; `graph.stubs`: nodes for what nothing lists."""
    wanted: dict[tuple[str, ...], list[str]] = {}
    for table in NODES.values():
        for p in table.properties:
            if p.refers:
                wanted.setdefault(p.refers, []).append(f"SELECT source, value, true AS stub FROM ({reference_values(table, p)})")
    for link in LINKS.values():
        for p in (link.source, link.target):
            wanted.setdefault(p.refers, []).append(f"SELECT source, {quoted(p.name)} AS value, false AS stub FROM records.{quoted(link.name)}")
    con.execute("CREATE TABLE graph.resolved (refers VARCHAR, source VARCHAR, value VARCHAR, outcome VARCHAR, entity VARCHAR, candidates VARCHAR[])")
    for refers, queries in wanted.items():
        _own_ids(con, refers, " UNION ALL ".join(queries))
    index = ReferenceIndex(con)
    _stubs(con, [stub for refers in wanted for stub in _names(con, index, refers)], index.learned)
    con.execute("ALTER TABLE graph.resolved ADD COLUMN reference VARCHAR; "
                "UPDATE graph.resolved SET reference = refers || chr(31) || source || chr(31) || value")


def _own_ids(con: duckdb.DuckDBPyConnection, refers: tuple[str, ...], values: str) -> None:
    """The quick and usual case: an id of the same source. What is left stands with outcome NULL (its `entity`: stub or wait)."""
    key, order = ",".join(refers), "[" + ", ".join(f"'{t}'" for t in refers) + "]"
    con.execute(f"""
        INSERT INTO graph.resolved
        SELECT '{key}', v.source, v.value, CASE WHEN m.entity IS NOT NULL THEN 'resolved' END,
               coalesce(m.entity, CASE WHEN v.stub THEN 'stub' ELSE 'wait' END), NULL
        FROM (SELECT source, value, bool_or(stub) AS stub FROM ({values}) GROUP BY ALL) v
        LEFT JOIN (SELECT source, id, arg_min(entity, list_position({order}, tbl)) AS entity FROM graph.members
                   WHERE list_contains({order}, tbl) GROUP BY source, id) m ON m.source = v.source AND m.id = v.value""")


def _names(con: duckdb.DuckDBPyConnection, index: ReferenceIndex, refers: tuple[str, ...]) -> list[Stub]:
    """Full ids, codes and names: what the quick case left. Returns what nothing lists."""
    key = ",".join(refers)
    left = con.execute("SELECT source, value, entity = 'stub' FROM graph.resolved WHERE refers = ? AND outcome IS NULL ORDER BY ALL",
                       [key]).fetchall()
    rows: list[tuple[str, str, str, str | None, list[str] | None]] = []
    stubs: list[Stub] = []
    for source, value, may_stub in left:
        found = index.resolve(source, refers, value)
        ambiguous = found.outcome is Outcome.AMBIGUOUS
        if may_stub and (found.outcome is Outcome.UNKNOWN or (ambiguous and NODES[refers[0]].pool not in CODE_POOLS)):
            stubs.append(Stub(source, stub_table(refers, value), value, ambiguous))
            rows.append((source, value, "stub", stubs[-1].id, list(found.candidates) or None))
        else:
            rows.append((source, value, str(found.outcome), found.entity, list(found.candidates) or None))
    con.execute("DELETE FROM graph.resolved WHERE refers = ? AND outcome IS NULL", [key])
    made = strings(refers=[key] * len(rows), source=[r[0] for r in rows], value=[r[1] for r in rows], outcome=[r[2] for r in rows],
                   entity=[r[3] for r in rows]).append_column("candidates", pa.array([r[4] for r in rows], pa.list_(pa.string())))
    with lent(con, "made", made):
        con.execute("INSERT INTO graph.resolved BY NAME SELECT * FROM made")
    return stubs


def _stubs(con: duckdb.DuckDBPyConnection, stubs: list[Stub], learned: dict[str, str]) -> None:
    """`graph.stubs`: one for each thing that is only mentioned; all that mean it lead to it."""
    first = representatives(stubs, dict(con.execute("SELECT name, rank FROM sources").fetchall()), learned)
    kept = sorted(set(first.values()), key=lambda s: s.id)
    with lent(con, "kept", strings(id=[s.id for s in kept], tbl=[s.table for s in kept], name=[s.name for s in kept])):
        con.execute("CREATE TABLE graph.stubs AS SELECT * FROM kept")
    moved = {id_: s.id for id_, s in first.items() if id_ != s.id}
    with lent(con, "moved", strings(old=list(moved), new=list(moved.values()))):
        con.execute("UPDATE graph.resolved SET entity = m.new FROM moved m WHERE outcome = 'stub' AND entity = m.old")


def _build_nodes(con: duckdb.DuckDBPyConnection, pool: str) -> None:
    """`graph.<pool>`: one row an entity, each property by its merge rule, then the stubs."""
    properties = node_properties(pool)
    _kinds(con, pool)
    values = ", ".join(f"{merged(p)} AS {quoted(p.name)}" for p in properties)
    title = POOLS[pool][0].title
    con.execute(f"""
        CREATE TABLE graph.{quoted(pool)} AS
        WITH records AS (SELECT r.*, k.kind AS node_kind FROM ({pool_records(pool)}) r JOIN graph.kinds k ON k.record = r.record),
        entities AS (
            SELECT entity AS id, arg_min(node_kind, CASE WHEN node_kind = 'organisation' THEN ord + 1e12 ELSE ord END) AS node_kind, false AS stub,
                   CASE WHEN count(*) > 1 THEN list(record ORDER BY record) END AS records, {values}
            FROM records GROUP BY entity),
        stubs AS (
            SELECT DISTINCT s.id, k.kind AS node_kind, true AS stub, s.name AS {quoted(title)}
            FROM graph.stubs s JOIN graph.kinds k ON k.record = s.id WHERE s.id NOT IN (SELECT id FROM entities)),
        nodes AS (SELECT * FROM entities UNION ALL BY NAME SELECT * FROM stubs),
        shown AS (SELECT id, node_kind, stub, records, {', '.join(f'{_shown(p)} AS {quoted(p.name)}' for p in properties)} FROM nodes)
        SELECT *, {hash_expression(node_columns(pool))} AS hash FROM shown ORDER BY id""")


def _shown(p: Property) -> str:
    """SQL for a property as the graph may hold it; a list stays a set when items are hidden."""
    return f"list_sort(list_distinct({masked(p)}))" if p.type is Type.LIST else masked(p)


def pool_records(pool: str) -> str:
    """SQL for the records of a pool as the merge sees them: entity, record, ord, and the properties of its nodes, unmasked."""
    parts = []
    for table in POOLS[pool]:
        own = {p.name for p in table.properties}
        columns = []
        for p in node_properties(pool):
            if p == INDICATORS:
                columns.append(f"{_INDICATORS} AS indicators" if table.keeps_indicators else "CAST(NULL AS VARCHAR) AS indicators")
            else:
                columns.append(f"r.{quoted(p.name)}" if p.name in own else f"CAST(NULL AS {p.duckdb_type}) AS {quoted(p.name)}")
        parts.append(f"SELECT m.entity, m.record, m.ord, {', '.join(columns)} FROM records.{quoted(table.name)} r "
                     f"JOIN graph.members m ON m.record = r.source || '/{table.name}/' || r.id")
    return " UNION ALL ".join(parts)


def _kinds(con: duckdb.DuckDBPyConnection, pool: str) -> None:
    """`graph.kinds`: the kind of each record and stub of a pool; for a mixed organisation, what its type or name says."""
    con.execute("CREATE OR REPLACE TABLE graph.kinds (record VARCHAR, kind VARCHAR)")
    for table in POOLS[pool]:
        con.execute("INSERT INTO graph.kinds SELECT id, ? FROM (SELECT DISTINCT id FROM graph.stubs WHERE tbl = ?)", [table.kind, table.name])
        if table.name != "organisations":
            con.execute("INSERT INTO graph.kinds SELECT record, ? FROM graph.members WHERE tbl = ?", [table.kind, table.name])
            continue
        rows = con.execute("SELECT source || '/organisations/' || id, name, type FROM records.organisations").fetchall()
        with lent(con, "inferred", strings(record=[r[0] for r in rows], kind=[organisation_kind(r[1], r[2]) for r in rows])):
            con.execute("INSERT INTO graph.kinds SELECT * FROM inferred")


def merged(p: Property, of: str | None = None) -> str:
    """SQL for a property's value among an entity's records (rows of `pool_records`), by its merge rule.

    Args:
        of: for FIRST, UNMASKED and LONGEST, another column of the record that is chosen (`record`: where the value comes from).
    """
    column = quoted(p.name)
    if p == INDICATORS:
        sheets = f"list(CAST({column} AS JSON) ORDER BY ord DESC) FILTER (WHERE {column} IS NOT NULL)"
        return f"CASE WHEN count({column}) > 0 THEN CAST(list_reduce({sheets}, lambda a, b: json_merge_patch(a, b)) AS VARCHAR) END"
    match p.merge:
        case Merge.UNION:
            items = f"list_sort(list_distinct(flatten(list({column}) FILTER (WHERE {column} IS NOT NULL))))"
            return f"CASE WHEN len({items}) > 0 THEN {items} END"
        case Merge.ANY:
            return f"bool_or({column})"
        case Merge.LONGEST:
            return f"arg_min({of or column}, ord - 1e9 * length({column})) FILTER (WHERE {column} IS NOT NULL)"
        case Merge.FIRST:
            return f"arg_min({of or column}, ord) FILTER (WHERE {column} IS NOT NULL)"
        case Merge.UNMASKED:
            order = f"ord + CASE WHEN regexp_matches({column}, '[*＊]') THEN 1e12 ELSE 0 END"
            return f"arg_min({of or column}, {order}) FILTER (WHERE {column} IS NOT NULL)"


def _unresolved(con: duckdb.DuckDBPyConnection) -> None:
    """`graph.unresolved`: each cell that became a stub, stays open, or keeps its link row waiting."""
    parts = []
    for table in NODES.values():
        for p in (p for p in table.properties if p.refers):
            parts.append(f"SELECT v.source, '{table.name}' AS tbl, v.id, '{p.name}' AS col, v.value, x.outcome, x.candidates "
                         f"FROM ({reference_values(table, p)}) v JOIN graph.resolved x ON x.reference = "
                         f"{reference_key(p.refers, 'v.value', 'v.source')} WHERE x.outcome <> 'resolved'")
    for link in LINKS.values():
        for p in (link.source, link.target):
            parts.append(f"SELECT r.source, '{link.name}', r.id, '{p.name}', r.{quoted(p.name)}, 'waiting', x.candidates "
                         f"FROM records.{quoted(link.name)} r JOIN graph.resolved x ON x.reference = "
                         f"{reference_key(p.refers, f'r.{quoted(p.name)}', 'r.source')} WHERE x.outcome IN ('unknown', 'ambiguous', 'stub')")
    con.execute(f"CREATE TABLE graph.unresolved AS SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL")
