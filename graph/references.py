"""What a reference column's value means: an id of the same source, a full id, or a unique name or alias; of an organisation also a name that
resolution learned to be one of its (`graph.learned_names`).

Works on all distinct values at once, over all sources together, when the graph is built.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

import duckdb

from graph.learned_names import learned_names
from graph.names import name_key, simplified
from graph.regions import RegionIndex, RegionRow
from graph.schema import BUNDLED_SOURCE, CODE_POOLS, NODES, OTHER_NAMES, POOLS
from graph.sql import quoted


class Outcome(StrEnum):
    """RESOLVED: one entity. AMBIGUOUS: several could be meant, left open. UNKNOWN: nothing is called that."""

    RESOLVED = "resolved"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one value means: the entity, or the entities that it could be."""

    outcome: Outcome
    entity: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(slots=True)
class _Pool:
    """The entities of one pool by id, by full id and by name."""

    by_source_id: dict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    by_id: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_record: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_source_name: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    by_organisation: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def bundled_regions(connection: duckdb.DuckDBPyConnection) -> list[RegionRow]:
    """The regions that come with the program, as the workspace holds them."""
    rows = connection.execute("SELECT id, name, parent, aliases FROM records.regions WHERE source = ? ORDER BY id", [BUNDLED_SOURCE]).fetchall()
    return [RegionRow(code, name, parent or "", tuple(aliases or ())) for code, name, parent, aliases in rows]


class ReferenceIndex:
    """All that references can mean. `graph.members` (record → entity) must stand in the connection's database."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._pools: dict[str, _Pool] = {}
        self._regions = RegionIndex(bundled_regions(connection))
        self.learned = learned_names(connection)

    def _pool(self, pool: str) -> _Pool:
        if pool not in self._pools:
            self._pools[pool] = self._read_pool(pool)
        return self._pools[pool]

    def _read_pool(self, pool: str) -> _Pool:
        found = _Pool()
        for table in POOLS[pool]:
            names = [p for p in table.properties if p.name in ("name", "title", *OTHER_NAMES)]
            listed = ", ".join(quoted(p.name) if p.type == "list" else f"[{quoted(p.name)}]" for p in names)
            query = (f"SELECT m.source, m.id, m.record, m.entity, list_concat({listed}, []) FROM graph.members m "
                     f"JOIN records.{quoted(table.name)} r ON r.source = m.source AND r.id = m.id WHERE m.tbl = ?")
            for source, id_, record, entity, spellings in self._connection.execute(query, [table.name]).fetchall():
                found.by_source_id[source, id_][table.name] = entity
                found.by_id[id_].add(entity)
                found.by_record[record] = entity
                for spelling in spellings:
                    if spelling and (key := name_key(spelling)):
                        found.by_name[key].add(entity)
                        found.by_source_name[source, key].add(entity)
                        if pool == "organisations" and key in self.learned:
                            found.by_organisation[self.learned[key]].add(entity)
        return found

    def resolve(self, source: str, refers: tuple[str, ...], value: str) -> Resolution:
        """What `value`, in a column of `source` that refers to the tables `refers`, means."""
        pools = list(dict.fromkeys(NODES[t].pool for t in refers))
        for pool in pools:
            here = self._pool(pool).by_source_id.get((source, value))
            if here:
                return Resolution(Outcome.RESOLVED, next((here[t] for t in refers if t in here), next(iter(here.values()))))
        for pool in pools:
            if (entity := self._pool(pool).by_record.get(value)) is not None:
                return Resolution(Outcome.RESOLVED, entity)
        if pools[0] in CODE_POOLS:
            return self._resolve_code(pools[0], source, value)
        return self._by_name(pools, source, value)

    def _by_name(self, pools: list[str], source: str, value: str) -> Resolution:
        """The one entity of that name in the source, else in all sources."""
        key = name_key(value)
        own = set().union(*(self._pool(p).by_source_name.get((source, key), ()) for p in pools))
        if len(own) == 1:
            return Resolution(Outcome.RESOLVED, own.pop())
        every = own or set().union(*(self._pool(p).by_name.get(key, ()) for p in pools))
        if not every and key in self.learned:
            every = set().union(*(self._pool(p).by_organisation.get(self.learned[key], ()) for p in pools))
        return _one_of(every)

    def _resolve_code(self, pool: str, source: str, value: str) -> Resolution:
        """A code or name of a code table: the source's own, else the bundled one's, else any that is loaded."""
        index, key = self._pool(pool), name_key(value)
        own = index.by_source_name.get((source, key), set())
        if len(own) == 1:
            return Resolution(Outcome.RESOLVED, next(iter(own)))
        if pool == "regions":
            match = self._regions.resolve(simplified(value))
            if match.code is not None:
                return Resolution(Outcome.RESOLVED, self._bundled(index, match.code))
            if match.candidates:
                return Resolution(Outcome.AMBIGUOUS, candidates=tuple(self._bundled(index, c) for c in match.candidates))
        else:
            for code in _code_spellings(pool, value):
                if (BUNDLED_SOURCE, code) in index.by_source_id:
                    return Resolution(Outcome.RESOLVED, self._bundled(index, code))
            named = index.by_source_name.get((BUNDLED_SOURCE, key), set())
            if len(named) == 1:
                return Resolution(Outcome.RESOLVED, next(iter(named)))
        return _one_of(index.by_id.get(value, set()) or index.by_name.get(key, set()))

    def _bundled(self, index: _Pool, code: str) -> str:
        return next(iter(index.by_source_id[BUNDLED_SOURCE, code].values()))


def _code_spellings(pool: str, value: str) -> tuple[str, ...]:
    """The forms in which a code is written: as it is, in capitals, and an industry's division with its section's letter (C39)."""
    plain = simplified(value).strip().upper()
    return (plain, plain[1:]) if pool == "industries" and len(plain) > 1 and plain[0].isalpha() and plain[1:].isdigit() else (plain,)


def _one_of(entities: set[str]) -> Resolution:
    if len(entities) == 1:
        return Resolution(Outcome.RESOLVED, next(iter(entities)))
    if entities:
        return Resolution(Outcome.AMBIGUOUS, candidates=tuple(sorted(entities)))
    return Resolution(Outcome.UNKNOWN)
