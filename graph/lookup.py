"""What to say of an id that names nothing, or several things: one line, with what could have been meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from graph.errors import AmbiguousId, UnknownId
from graph.layout import masked
from graph.names import name_key
from graph.schema import NODES, OTHER_NAMES, POOLS, Merge
from graph.sql import quoted

if TYPE_CHECKING:
    from graph.snapshot import Snapshot
    from graph.workspace import Workspace

_CANDIDATES, _NEAR = 5, 3
_LIKE_ENOUGH = 65
"""Of 100 (rapidfuzz's ratio: two of three characters): from there on a name is worth asking about."""


def unknown_id(snapshot: Snapshot, wanted: str, pools: Collection[str] | None) -> UnknownId:
    """The error for what has no such id or name among some pools (all when None), with the names that are near to it."""
    kinds = " or ".join(t.label for pool in pools for t in POOLS[pool]) if pools else "thing"
    near = _near(snapshot, wanted, pools or POOLS)
    hint = f"near to it: {', '.join(near)}" if near else "give an id (source/table/id, or the end of one) or a whole name"
    return UnknownId(f"no {kinds} has the id or name {wanted!r}; {hint}")


def ambiguous_id(snapshot: Snapshot, wanted: str, found: Collection[tuple[str, str]]) -> AmbiguousId:
    """The error for what could be several (pool, entity): the first of them with their names, people with their institutions too."""
    first = sorted(found, key=lambda f: f[1])[:_CANDIDATES]
    names = {pool: snapshot.names_by_id(pool) for pool, _ in first}
    more = f" or others, {len(found)} in all" if len(found) > len(first) else ""
    told = (f"{names[pool][entity]}{_institution(snapshot, entity) if pool == 'scientists' else ''} ({entity})" for pool, entity in first)
    return AmbiguousId(f"{wanted!r} could be {' or '.join(told)}{more}: give more of the id")


def is_full_id(text: str) -> bool:
    """Whether a text has the form source/table/id, which no name has."""
    parts = text.split("/", 2)
    return len(parts) == 3 and parts[1] in NODES


def called_in_records(workspace: Workspace, wanted: str) -> list[tuple[str, str]]:
    """(pool, entity) of each entity of several records one of which bears a name that the graph need not show: of the records' names and other
    single names one alone is kept there (lists of names are all kept)."""
    con, key = workspace.connection, name_key(wanted)
    found: list[tuple[str, str]] = []
    for table in NODES.values():
        for p in table.properties:
            if p.name == table.title or (p.name in OTHER_NAMES and p.merge is not Merge.UNION):
                rows = con.execute(f"""
                    SELECT DISTINCT m.pool, m.entity, r.called
                    FROM (SELECT source || '/{table.name}/' || id AS record, {masked(p)} AS called FROM records.{quoted(table.name)}) r
                    JOIN graph.members m ON m.record = r.record
                    WHERE m.entity IN (SELECT entity FROM graph.members GROUP BY entity HAVING count(*) > 1) AND r.called IS NOT NULL
                    ORDER BY ALL""").fetchall()
                found += [(pool, entity) for pool, entity, name in rows if name_key(name) == key]
    return found


def short_ids(snapshot: Snapshot, ids: Iterable[str]) -> dict[str, str]:
    """Each full id with the shortest end of it that names nothing else (`Snapshot.find`): KJ0024 for keji/scientists/KJ0024."""
    ends = {id_: _ends(id_) for id_ in ids}
    named: dict[str, set[str]] = {end: set() for found in ends.values() for end in found}
    for id_, (_, entity) in snapshot.every_id.items():
        for end in _ends(id_):
            if end in named:
                named[end].add(entity)
    return {id_: next((end for end in found if len(named[end]) == 1), id_) for id_, found in ends.items()}


def _ends(id_: str) -> list[str]:
    """The ends of a full id at its slashes, the shortest first."""
    parts = id_.split("/")
    return ["/".join(parts[at:]) for at in range(len(parts) - 1, -1, -1)]


def _institution(snapshot: Snapshot, person: str) -> str:
    bodies = snapshot.names_by_id("organisations")
    return "".join(f" of {bodies[body]}" for body in snapshot.targets("affiliations").get(person, [])[:1])


def _near(snapshot: Snapshot, wanted: str, pools: Collection[str]) -> list[str]:
    """Names that hold the wanted words, or read alike, with their ids; none for a full id, which is no name."""
    if not wanted or is_full_id(wanted):
        return []
    from rapidfuzz import fuzz, process  # needed only where nothing was found

    names = {name: id_ for pool in pools for id_, name in snapshot.names_by_id(pool).items()}
    holding = sorted((name for name in names if wanted in name), key=lambda name: (len(name), name))[:_NEAR]
    alike = [name for name, _, _ in process.extract(wanted, names.keys(), scorer=fuzz.ratio, limit=_NEAR, score_cutoff=_LIKE_ENOUGH)]
    return [f"{name} ({names[name]})" for name in list(dict.fromkeys([*holding, *alike]))[:_NEAR]]
