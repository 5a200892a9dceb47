"""Names of organisations that resolution found to be one organisation's, kept for the references of lists that have no record of it.

`graph.resolution` learns that 重大 is 重庆大学 and CQUPT is 重庆邮电大学 from how people are written (`resolution.aliases`); the workspace keeps
that in `learned_names` (name → the key of the organisation), and a build reads references by it.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from graph.layout import each_value
from graph.names import name_key
from graph.schema import NODES, POOLS
from graph.sql import lent, quoted, strings

_POOL = "organisations"


def names_in_records(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Every name by which records call or mention an organisation, in order."""
    tables = {t.name for t in POOLS[_POOL]}
    parts = [f"SELECT {each_value(p)} AS name FROM records.{quoted(t.name)}" for t in NODES.values() for p in t.properties
             if p.refers and not tables.isdisjoint(p.refers)]
    parts += [f"SELECT {each_value(p)} FROM records.{quoted(t.name)}" for t in POOLS[_POOL] for p in t.properties
              if p.name in ("name", "aliases")]
    return [name for name, in con.execute(f"SELECT DISTINCT name FROM ({' UNION ALL '.join(parts)}) WHERE name IS NOT NULL ORDER BY name").fetchall()]


def learned_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The key of a name (`graph.names.name_key`) → the key of the organisation."""
    rows = con.execute("SELECT name, organisation FROM learned_names ORDER BY ALL").fetchall()
    return {name_key(name): organisation for name, organisation in rows}


def keep_names(con: duckdb.DuckDBPyConnection, found: Mapping[str, str]) -> bool:
    """Keep what was learned (name → key of the organisation) in place of what was known. Returns whether that is something else."""
    if dict(con.execute("SELECT name, organisation FROM learned_names").fetchall()) == found:
        return False
    con.execute("DELETE FROM learned_names")
    with lent(con, "found", strings(name=list(found), organisation=list(found.values()))):
        con.execute("INSERT INTO learned_names SELECT * FROM found ORDER BY name")
    return True


def drop_unused_names(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the names that no record holds any more."""
    with lent(con, "used", strings(name=names_in_records(con))):
        con.execute("DELETE FROM learned_names WHERE name NOT IN (SELECT name FROM used)")
