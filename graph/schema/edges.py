"""Every kind of edge: one for each link table, and those that reference columns become."""

from __future__ import annotations

from graph.schema.declare import EdgeKind
from graph.schema.links import LINK_TABLES
from graph.schema.nodes import NODE_TABLES

_POOL = {table.name: table.pool for table in NODE_TABLES}

LINK_TYPES = {
    "authorships": "AUTHORED_BY", "memberships": "HAS_MEMBER", "mentorships": "MENTORS", "makes": "MAKES",
    "product_inputs": "TAKES_INPUT", "product_kinds": "IS_A", "industry_inputs": "TAKES_INDUSTRY_INPUT",
    "chain_products": "HAS_PRODUCT", "participations": "HAS_PARTICIPANT", "community_roles": "HAS_ROLE",
    "investments": "INVESTS_IN", "association_members": "ASSOCIATES", "employments": "EMPLOYED_BY",
    "outcomes": "HAS_OUTCOME",
}

# Reference columns: edge kind, Neo4j type, label. Which columns become which kind stands in the tables themselves.
REFERENCE_TYPES = (
    ("affiliations", "AFFILIATED_WITH", "任职于"), ("locations", "LOCATED_IN", "位于"), ("subjects", "IN_DISCIPLINE", "学科"),
    ("sectors", "IN_INDUSTRY", "行业"), ("conflicts", "CONFLICTS_WITH", "利益冲突"), ("hosts", "HOSTED_BY", "依托于"),
    ("parts", "PART_OF", "隶属"), ("leads", "LED_BY", "领衔"), ("concerns", "CONCERNS", "涉及产品"), ("demands", "RAISED_BY", "提出于"),
    ("group_regions", "COVERS", "包含"), ("group_partly", "PARTLY_COVERS", "部分包含"), ("organisers", "ORGANISED_BY", "主办"),
    ("issuers", "ISSUED_BY", "发布"), ("served_chains", "SERVES", "服务产业链"), ("resource_authors", "CREATED_BY", "创作"),
    ("team_members", "HAS_TEAM_MEMBER", "队员"), ("adoptions", "ADOPTED_BY", "采纳"),
)


def _pools(tables: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_POOL[t] for t in tables))


def _reference_kind(name: str, type_: str, label: str) -> EdgeKind:
    """An edge kind whose ends are gathered from the columns that become it."""
    sources: dict[str, None] = {}
    targets: dict[str, None] = {}
    for table in NODE_TABLES:
        for p in table.properties:
            if p.edge == name:
                here, there = (targets, sources) if p.inverse else (sources, targets)
                here[table.pool] = None
                there.update(dict.fromkeys(_pools(p.refers)))
    return EdgeKind(name, type_, label, tuple(sources), tuple(targets))


EDGE_KINDS: tuple[EdgeKind, ...] = (
    *(EdgeKind(t.name, LINK_TYPES[t.name], t.label, _pools(t.source.refers), _pools(t.target.refers), t.properties, t.key)
      for t in LINK_TABLES),
    *(_reference_kind(*row) for row in REFERENCE_TYPES),
)
