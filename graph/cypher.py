"""The schema as Cypher: labels, constraints, indexes, and every statement that reads or writes the served graph. Pure text.

How the graph stands in Neo4j:

- a node of ours has the label `Zhulian`, its pool's label and its kind's (`:Zhulian:Organisation:Enterprise`); its properties are `id`, `stub`,
  `records` and those of the schema; `zhulian_hash` is the hash of its content when it was written. The kind is what the labels say;
- an edge of ours has the type of its kind, the properties of the schema, `origin`, and `zhulian_hash`, which marks it as ours;
- `(:ZhulianMeta {id: 'zhulian'})` says what is published; `(:ZhulianLock {id: 'zhulian'})` is held by a running publish;
- a node that left the graph while others' relationships hang on it stays as `:Withdrawn` (see `withdraw_nodes`);
- `(:ZhulianFiller)` are there while free records are written over (`graph.overwriting`).

Whatever lacks the label `Zhulian`, or (a relationship) the text `zhulian_hash`, is not ours.
"""

from __future__ import annotations

from graph.layout import edge_columns, node_columns, node_properties
from graph.schema import EDGES, KINDS, NODES, POOLS

OWNED, META, LOCK, WITHDRAWN, FILLER = "Zhulian", "ZhulianMeta", "ZhulianLock", "Withdrawn", "ZhulianFiller"
HASH = "zhulian_hash"
WITHDRAWN_MARK = "withdrawn"
"""In place of the content hash of a withdrawn node: it is ours to take back, and nobody's else `:Withdrawn` is."""

MAX_ID_BYTES = 8_000
MAX_NAME_BYTES = 32_000
"""What Neo4j's range index (under the uniqueness of ids) and text index (names) can hold, in bytes of UTF-8."""

_ANALYZER = "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"


def quoted(name: str) -> str:
    """A name as a Cypher identifier."""
    return "`" + name.replace("`", "``") + "`"


def pool_label(pool: str) -> str:
    """The label that all nodes of a pool share."""
    return POOLS[pool][0].node_label


def kind_labels(kind: str) -> tuple[str, ...]:
    """The labels of a kind of node, without `Zhulian`: the pool's, then its own where that is another."""
    table = KINDS[kind]
    return tuple(dict.fromkeys((pool_label(table.pool), table.node_label)))


KIND_LABELS: tuple[str, ...] = tuple(dict.fromkeys(t.node_label for t in NODES.values()))
"""Every label that says what a node is; on a node of ours they are ours to set."""

POOL_LABELS: tuple[str, ...] = tuple(pool_label(pool) for pool in POOLS)


def constraint_name(label: str) -> str:
    """What the constraint on the ids of a label is called."""
    return f"{label.lower()}_id"


def constraints() -> dict[str, str]:
    """Constraint name → statement: what must stand before anything is written."""
    return {constraint_name(label): f"CREATE CONSTRAINT {quoted(constraint_name(label))} IF NOT EXISTS FOR (n:{quoted(label)}) REQUIRE n.id IS UNIQUE"
            for label in (OWNED, META, LOCK)}


def indexes() -> dict[str, str]:
    """Index name → statement: names and titles by label (text), and one full-text index a pool over the properties marked so."""
    found = {}
    for table in NODES.values():
        if table.title != "id":
            name = f"zhulian_{table.kind}_{table.title}"
            found[name] = (f"CREATE TEXT INDEX {quoted(name)} IF NOT EXISTS FOR (n:{quoted(table.node_label)}) ON (n.{quoted(table.title)})")
    for pool in POOLS:
        searched = ", ".join(f"n.{quoted(p.name)}" for p in node_properties(pool) if p.fulltext)
        if searched:
            name = f"zhulian_{pool}_fulltext"
            found[name] = f"CREATE FULLTEXT INDEX {quoted(name)} IF NOT EXISTS FOR (n:{quoted(pool_label(pool))}) ON EACH [{searched}] {_ANALYZER}"
    return found


def _paged(pattern: str, item: str, values: list[str]) -> str:
    """Rows in pages of `$page`, each row a list of values: references are gathered first, contents are read as the pages are pulled."""
    return (f"{pattern} WITH collect({item}) AS found UNWIND range(0, size(found) - 1, $page) AS start "
            f"WITH found[start..start + $page] AS page WHERE size(page) > 0 RETURN [x IN page | [{', '.join(values)}]] AS rows")


def read_nodes(pool: str) -> str:
    """Pages of a pool's nodes: id, the labels that say what it is, stub, records, the properties, hash. Parameters: page, labels."""
    values = ["x.id", "[l IN labels(x) WHERE l IN $labels]", *(f"x.{quoted(c)}" for c in node_columns(pool)[2:]), f"x.{HASH}"]
    return _paged(f"MATCH (n:{quoted(pool_label(pool))}) WHERE n:{OWNED} AND n.id IS :: STRING NOT NULL", "n", values)


def read_edges(kind: str) -> str:
    """Pages of the edges of a kind: source, target (null where an end is no node of ours), the properties, origin, hash. Parameter: page."""
    ends = [f"CASE WHEN x[{i}]:{OWNED} THEN x[{i}].id END" for i in (0, 2)]
    values = [*ends, *(f"x[1].{quoted(c)}" for c in edge_columns(kind)[2:]), f"x[1].{HASH}"]
    return _paged(f"MATCH (a)-[r:{quoted(EDGES[kind].type)}]->(b) WHERE r.{HASH} IS :: STRING NOT NULL", "[a, r, b]", values)


def read_strays() -> str:
    """The ids of nodes of ours that have lost the label that says what they are."""
    known = " OR ".join(f"n:{quoted(label)}" for label in POOL_LABELS)
    return f"MATCH (n:{OWNED}) WHERE n.id IS :: STRING NOT NULL AND NOT ({known}) RETURN n.id AS id"


def read_withdrawn() -> str:
    return f"MATCH (n:{WITHDRAWN} {{{HASH}: $mark}}) RETURN n.id AS id"


def write_nodes(kind: str) -> str:
    """Make nodes of a kind, or make them equal. Parameter: rows of {id, values}, where values holds every property of the pool (null removes)."""
    own = kind_labels(kind)
    others = "".join(f":{quoted(label)}" for label in KIND_LABELS if label not in own)
    labels = "".join(f":{quoted(label)}" for label in own)
    return f"UNWIND $rows AS row MERGE (n:{OWNED} {{id: row.id}}) SET n{labels}, n += row.values REMOVE n{others} RETURN count(n) AS done"


def write_edges(kind: str) -> str:
    """Make edges of a kind; one that is there is not made twice. Parameter: rows of {source, target, hash, values}."""
    return (f"UNWIND $rows AS row MATCH (a:{OWNED} {{id: row.source}}) MATCH (b:{OWNED} {{id: row.target}}) "
            f"MERGE (a)-[r:{quoted(EDGES[kind].type)} {{{HASH}: row.hash}}]->(b) SET r += row.values RETURN count(r) AS done")


def delete_edges(kind: str) -> str:
    """Parameter: rows of {source, target, hash} as they stand there."""
    return (f"UNWIND $rows AS row MATCH (:{OWNED} {{id: row.source}})-[r:{quoted(EDGES[kind].type)} {{{HASH}: row.hash}}]->"
            f"(:{OWNED} {{id: row.target}}) DELETE r RETURN count(r) AS done")


def delete_stray_edges(kind: str) -> str:
    """Delete edges of ours that no longer join nodes of ours."""
    return (f"MATCH (a)-[r:{quoted(EDGES[kind].type)}]->(b) WHERE r.{HASH} IS :: STRING NOT NULL AND NOT (a:{OWNED} AND b:{OWNED}) "
            "DELETE r RETURN count(r) AS done")


def delete_foreign_types() -> str:
    """Delete edges of ours whose type another version of the schema knew. Parameter: types, those of this one."""
    return f"MATCH ()-[r]->() WHERE r.{HASH} IS :: STRING NOT NULL AND NOT type(r) IN $types DELETE r RETURN count(r) AS done"


def delete_nodes() -> str:
    """Delete nodes of ours on which no relationship hangs. Parameter: rows of {id}."""
    return f"UNWIND $rows AS row MATCH (n:{OWNED} {{id: row.id}}) WHERE NOT EXISTS {{ (n)--() }} DELETE n RETURN count(n) AS done"


def withdraw_nodes() -> str:
    """Take our labels and properties off nodes that others' relationships hold; what stays is `:Withdrawn` with the id and (but for people) the name.

    Parameters: rows of {id}; nulls, which maps every property to take away to null; mark. Returns their ids.
    """
    labels = "".join(f":{quoted(label)}" for label in (OWNED, *KIND_LABELS))
    return (f"UNWIND $rows AS row MATCH (n:{OWNED} {{id: row.id}}) SET n:{WITHDRAWN}, n += $nulls, n.{HASH} = $mark REMOVE n{labels} "
            "RETURN n.id AS id")


def withdrawn_nulls(pool: str) -> dict[str, None]:
    """The properties that a node loses when it is withdrawn. A person's name goes too: whoever is forgotten shall not stay here.

    The pool is '' for a node whose labels do not say what it is; it keeps its id only.
    """
    kept = "" if pool in ("", "scientists") else POOLS[pool][0].title
    return {column: None for p in ([pool] if pool else POOLS) for column in node_columns(p)[2:] if column != kept}


def forget_nodes(withdrawn: bool) -> str:
    """Delete nodes of people who were forgotten, ours or those withdrawn, and whatever others tied to them. Parameters: rows of {id}, mark.

    Returns, in a row each, the types of the relationships of others that went.
    """
    node = f"(n:{WITHDRAWN} {{id: row.id, {HASH}: $mark}})" if withdrawn else f"(n:{OWNED} {{id: row.id}})"
    return (f"UNWIND $rows AS row MATCH {node} OPTIONAL MATCH (n)-[r]-() WITH n, collect(DISTINCT r) AS ties "
            "WITH n, [r IN ties | type(r)] AS types DETACH DELETE n RETURN types")


def delete_withdrawn() -> str:
    """Delete withdrawn nodes that nothing holds any more. Parameter: mark."""
    return f"MATCH (n:{WITHDRAWN} {{{HASH}: $mark}}) WHERE NOT EXISTS {{ (n)--() }} DELETE n RETURN count(n) AS done"


def take_back_nodes() -> str:
    """Make withdrawn nodes ours again, to be written then. Parameters: rows of {id}, mark."""
    return f"UNWIND $rows AS row MATCH (n:{WITHDRAWN} {{id: row.id, {HASH}: $mark}}) SET n:{OWNED} REMOVE n:{WITHDRAWN} RETURN count(n) AS done"


READ_META = (f"OPTIONAL MATCH (m:{META} {{id: 'zhulian'}}) "
             "RETURN m.state AS state, m.revision AS revision, m.schema AS schema, coalesce(m.serial, 0) AS serial")

# Setting a property takes the node's write lock, whatever the value.
LOCK_META = f"MERGE (m:{META} {{id: 'zhulian'}}) SET m.id = 'zhulian'"
OWNER_OF_META = f"MATCH (m:{META} {{id: 'zhulian'}}) SET m.id = 'zhulian' WITH m RETURN m.owner AS owner"
BEGIN = (f"MATCH (m:{META} {{id: 'zhulian'}}) WHERE coalesce(m.serial, 0) = $serial OR m.owner = $owner "
         "SET m.state = 'publishing', m.serial = $serial + 1, m.owner = $owner, m.changed_at = datetime() RETURN m.serial AS serial")
FINISH = (f"MATCH (m:{META} {{id: 'zhulian'}}) SET m.state = 'published', m.revision = $revision, m.schema = $schema, m.changed_at = datetime() "
          "RETURN 1 AS done")
MAKE_LOCK = f"MERGE (l:{LOCK} {{id: 'zhulian'}}) RETURN 1 AS done"
HAS_LOCK = f"MATCH (l:{LOCK} {{id: 'zhulian'}}) RETURN l.id AS id"
TAKE_LOCK = f"MATCH (l:{LOCK} {{id: 'zhulian'}}) SET l.id = 'zhulian'"
TAKE_OVER = f"MATCH (m:{META} {{id: 'zhulian'}}) SET m.owner = $owner RETURN 1 AS done"
"""Take the token without barring readers: for a publisher that changes nothing of the graph."""

OVERWRITTEN = f"MATCH (m:{META} {{id: 'zhulian'}}) RETURN m.overwritten AS erasure"
SET_OVERWRITTEN = f"MATCH (m:{META} {{id: 'zhulian'}}) SET m.overwritten = $erasure RETURN 1 AS done"
WRITE_FILLER = f"UNWIND range(1, $count) AS i CREATE (n:{FILLER}) SET n = $values RETURN count(n) AS done"
DELETE_FILLER = f"MATCH (n:{FILLER}) WITH n LIMIT $most DELETE n RETURN count(n) AS done"
LOG_RETENTION = "SHOW SETTINGS 'db.tx_log.rotation.retention_policy' YIELD value RETURN value"
