"""Needs that are in no graph yet: a folder or workbook of them, read as any list is, and tied to what the graph knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from graph.errors import AmbiguousId, SourceError, UnknownId, UsageError
from graph.ids import digest
from graph.lookup import is_full_id
from graph.names import name_key, organisation_core
from graph.privacy import without_contacts
from graph.records import RecordTable, RowIssue
from graph.schema import BUNDLED_SOURCE, CODE_POOLS, EDGES, TABLES, columns
from graph.snapshot import Snapshot
from loaders.encodings import decode
from loaders.files import suffix_of
from loaders.sources import read_sources
from queries.demands import Demand, not_open
from queries.pairings import EXPERTS
from queries.regions import RegionTree

TEXTS = (".txt", ".md")
"""Files that hold one need each."""
_TITLE = 60
_NEEDS = "needs"
_OWNER = "demands"
"""The edge from a need to whom it comes from: there a rule that cannot tell must hold, so all who are meant are tied."""


@dataclass(slots=True)
class Batch:
    """What was read. No text of it holds a contact value.

    Attributes:
        demands: the needs. skipped: those that are not open, with the reason. issues: broken or doubtful rows. left_alone: (file, why).
        unknown: names that nothing in the graph bears: (title of the need, column, name). ambiguous: those that several do.
    """

    demands: list[Demand] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    issues: list[RowIssue] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str, str]] = field(default_factory=list)
    ambiguous: list[tuple[str, str, str]] = field(default_factory=list)


def read_batch(path: Path, snapshot: Snapshot, today: str, *, since: datetime | None = None) -> Batch:
    """Read needs from a folder or file: tables of needs, and text files of one need each.

    Args:
        today: the day (ISO) after which deadlines are past.
        since: files that were changed then or later; all when None.

    Raises:
        SourceError: the path is not there, a file is broken, nothing in it is a need, or two needs have one id.
    """
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder")
    files = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith((".", "~$"))) if path.is_dir() else [path]
    files = [f for f in files if since is None or f.stat().st_mtime >= since.timestamp()]
    batch, graph = Batch(), _Graph(snapshot)
    for file in files:
        if file.suffix.lower() in TEXTS:
            _read_text(file, batch)
        elif suffix_of(file):
            _read_table(file, graph, today, batch, alone=path.is_file())
        else:
            batch.left_alone.append((without_contacts(file.name), "no table and no .txt or .md"))
    _refuse_clashes(path, batch)
    if not batch.demands and not batch.skipped and since is None:
        reasons = "; ".join(f"{file}: {why}" for file, why in batch.left_alone)
        raise SourceError(f"{path}: no need was found ({reasons or 'the folder is empty'})")
    return batch


def _read_text(file: Path, batch: Batch) -> None:
    text = decode(file, file.read_bytes())[0].strip()
    if not text:
        batch.left_alone.append((without_contacts(file.name), "empty"))
        return
    batch.demands.append(Demand(_safe_id(file.stem), text, title=without_contacts(text.splitlines()[0])[:_TITLE]))


def _refuse_clashes(path: Path, batch: Batch) -> None:
    """The same need in two files is one; two needs of one id are refused.

    Raises:
        SourceError: two needs have one id.
    """
    by_id: dict[str, Demand] = {}
    for demand in batch.demands:
        other = by_id.setdefault(demand.id, demand)
        if (other.text, dict(other.links)) != (demand.text, dict(demand.links)):
            raise SourceError(f"{path}: several needs have the id {demand.id}: {other.title!r} and {demand.title!r}; give each its own")
    if len(by_id) < len(batch.demands):
        batch.left_alone.append((path.name, f"{len(batch.demands) - len(by_id)} needs stand in it twice"))
    batch.demands = list(by_id.values())


def _read_table(file: Path, graph: _Graph, today: str, batch: Batch, *, alone: bool) -> None:
    """The needs of one workbook or table; what is not known as a table of any kind is read as needs."""
    sources = read_sources([file])
    if not any(source.tables for source in sources):
        try:
            sources = read_sources([file], as_table=_NEEDS)
        except SourceError as error:
            if alone:
                raise
            batch.left_alone.append((without_contacts(file.name), str(error)))
            return
    for source in sources:
        batch.left_alone += [(without_contacts(name), why) for name, why in source.left_alone]
        for table in source.tables:
            if table.table == _NEEDS:
                _take(table, graph, today, batch)
            else:
                batch.left_alone.append((without_contacts(", ".join(table.files)), f"holds {TABLES[table.table].label}, no needs"))


def _take(table: RecordTable, graph: _Graph, today: str, batch: Batch) -> None:
    batch.issues += table.issues
    for row in table.rows.to_pylist():
        id_ = _safe_id(row["id"])
        if reason := not_open(EXPERTS.asking, row["status"], row["deadline"], today):
            batch.skipped.append((id_, reason))
            continue
        title = without_contacts(row["title"] or (row["text"] or "").partition("\n")[0])[:_TITLE]
        links: dict[str, list[str]] = {}
        named: list[str] = []
        for p in columns(TABLES[_NEEDS]):
            for value in _values(row[p.name]) if p.edge else ():
                meant = graph.meant(value, EDGES[p.edge].targets)
                if not meant or (len(meant) > 1 and p.edge != _OWNER):
                    (batch.ambiguous if meant else batch.unknown).append((title or id_, p.label, without_contacts(value)))
                else:
                    links.setdefault(p.edge, []).extend(meant)
                if p.edge in ("concerns", "subjects"):
                    named.append(value)
        words = " ; ".join([*_values(row["keywords"]), *named])
        text = "\n".join([row["title"] or "", row["text"] or "", words]).strip()
        batch.demands.append(Demand(id_, text, title=title, links=MappingProxyType({k: tuple(v) for k, v in links.items()})))


def _safe_id(id_: str) -> str:
    """An id without contact values, told apart from others that would read alike."""
    safe = without_contacts(id_)
    return id_ if safe == id_ else f"{safe}-{digest(id_, length=6)}"


def _values(cell: object) -> Iterator[str]:
    if isinstance(cell, list):
        yield from (str(v) for v in cell)
    elif cell:
        yield str(cell)


class _Graph:
    """What the references of a need mean in a graph: a full id, else a name. An id of the batch's own lists is nobody's here."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self._regions = snapshot, RegionTree(snapshot)
        self._cores = cache(self._cores_of)

    def meant(self, value: str, pools: Sequence[str]) -> tuple[str, ...]:
        """The entities that a reference could mean: none, one, or several."""
        if "regions" in pools:
            return self._region(value)
        if is_full_id(value) and (known := self._snapshot.every_id.get(value)) and known[0] in pools:
            return (known[1],)
        for pool in pools:
            if found := self._snapshot.bearers(pool).get(name_key(value)):
                return tuple(sorted(found))
            if pool == "organisations" and (found := self._cores(pool).get(organisation_core(value))):
                return tuple(sorted(found))
            if pool in CODE_POOLS and (known := self._snapshot.every_id.get(f"{BUNDLED_SOURCE}/{pool}/{value}")):
                return (known[1],)
        return ()

    def _region(self, value: str) -> tuple[str, ...]:
        try:
            scope = self._regions.scope(value)
        except (UnknownId, AmbiguousId):
            return ()
        return tuple(id_ for id_ in scope.members if id_.endswith(f"/{scope.code}"))

    def _cores_of(self, pool: str) -> dict[str, set[str]]:
        """Name without legal form and brackets → who bears it."""
        found: dict[str, set[str]] = {}
        for id_, name in zip(self._snapshot.ids(pool), self._snapshot.names(pool), strict=True):
            if core := organisation_core(name):
                found.setdefault(core, set()).add(id_)
        return found


def day(text: str) -> datetime:
    """The beginning of a day of the command line, on this machine's clock.

    Raises:
        UsageError: it is none.
    """
    try:
        return datetime.strptime(text.replace("/", "-"), "%Y-%m-%d").astimezone()
    except ValueError as error:
        raise UsageError(f"--since is a day such as 2026-11-01, not {text!r}") from error
