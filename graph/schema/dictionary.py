"""The data dictionary (docs/DATA.md), made from the schema: `python -m graph.schema.dictionary FILE` writes it."""

from __future__ import annotations

import sys
from pathlib import Path

from graph.schema import EDGES, LINKS, NODES, SENSITIVE_HEADERS, NodeTable, Privacy, Property, Table, columns

_HEAD = """# 数据字典 · The data dictionary

Made from `graph/schema/` by `make docs`; a test keeps it in step. A column is known by its name, by its Chinese label, and
by its other headers; case, spaces, a unit in brackets and full-width forms do not matter. Bold: required. Lists are parted by
`;` `；` `、` `|` (and `,` `，` where the value is no title or name). 联系信息 (contact) is masked in the graph and in every output.

Columns whose header holds one of these words are refused at load, and kept nowhere: {refused}.
"""


def data_dictionary() -> str:
    """The whole dictionary as Markdown."""
    parts = [_HEAD.format(refused="、".join(SENSITIVE_HEADERS)), "\n## 节点表 · Node tables\n"]
    parts += [_table(t) for t in NODES.values()]
    parts.append("\n## 关系表 · Link tables\n")
    parts += [_table(t) for t in LINKS.values()]
    parts.append("\n## 图中的关系 · Edges of the graph\n\n| DuckDB `graph.…` | Neo4j | 中文 | from | to | properties |\n|---|---|---|---|---|---|\n")
    for e in EDGES.values():
        own = ", ".join(p.name for p in e.properties)
        parts.append(f"| {e.name} | {e.type} | {e.label} | {', '.join(e.sources)} | {', '.join(e.targets)} | {own} |\n")
    return "".join(parts)


def _table(table: Table) -> str:
    facts = [f"别名: {'、'.join(table.aliases)}"] if table.aliases else []
    if isinstance(table, NodeTable):
        facts.append(f"Neo4j label `{table.node_label}`, pool `{table.pool}`")
        if table.any_of:
            facts.append(f"at least one of {', '.join(table.any_of)}")
        if table.keeps_indicators:
            facts.append("unknown columns are kept as indicators")
    if table.note:
        facts.append(table.note)
    head = f"\n### {table.name} {table.label}\n\n{'; '.join(facts)}\n\n| column | 中文 | type | other headers | notes |\n|---|---|---|---|---|\n"
    return head + "".join(_row(p) for p in columns(table))


def _row(p: Property) -> str:
    notes = [p.note] if p.note else []
    if p.refers:
        notes.append(f"→ {', '.join(p.refers)}" + (f" (`{p.edge}`)" if p.edge else ""))
    if p.choices:
        notes.append("; ".join(f"{value} {'/'.join(forms)}".strip() for value, forms in p.choices.items()))
    if p.privacy is Privacy.CONTACT:
        notes.append("联系信息 masked")
    if p.minimum is not None or p.maximum is not None:
        notes.append(f"{'' if p.minimum is None else f'{p.minimum:g}'}…{'' if p.maximum is None else f'{p.maximum:g}'}")
    name = f"**{p.name}**" if p.required else p.name
    return f"| {name} | {p.label} | {p.type} | {'、'.join(p.aliases)} | {'; '.join(notes)} |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(data_dictionary(), encoding="utf-8")
