"""Needs that are in no graph yet: a folder or workbook of them, read as any list is, and tied to what the graph knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from graph.errors import AmbiguousId, SourceError, UnknownId, UsageError
from graph.privacy import without_contacts
from graph.records import RecordTable, RowIssue
from graph.schema import EDGES, TABLES, columns
from graph.snapshot import Snapshot
from loaders.encodings import decode
from loaders.files import suffix_of
from loaders.sources import read_sources
from queries.demands import Demand
from queries.regions import RegionTree

TEXTS = (".txt", ".md")
"""Files that hold one need each."""
_TITLE = 60
_NEEDS = "needs"


@dataclass(slots=True)
class Batch:
    """What was read.

    Attributes:
        demands: the needs. issues: broken or doubtful rows. left_alone: (file, why).
        unknown: names that nothing in the graph bears: (need, column, name).
    """

    demands: list[Demand] = field(default_factory=list)
    issues: list[RowIssue] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str, str]] = field(default_factory=list)


def read_batch(path: Path, snapshot: Snapshot, *, since: date | None = None) -> Batch:
    """Read needs from a folder or file: tables of needs, and text files of one need each.

    Args:
        since: files that were changed on that day or later; all when None.

    Raises:
        SourceError: the path is not there, a file is broken, or nothing in it is a need.
    """
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder")
    files = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith((".", "~$"))) if path.is_dir() else [path]
    files = [f for f in files if since is None or date.fromtimestamp(f.stat().st_mtime) >= since]
    batch = Batch()
    texts = [f for f in files if f.suffix.lower() in TEXTS]
    for file in texts:
        text = decode(file, file.read_bytes())[0].strip()
        if text:
            batch.demands.append(Demand(file.stem, text, title=without_contacts(text.splitlines()[0])[:_TITLE]))
        else:
            batch.left_alone.append((file.name, "empty"))
    tables = [f for f in files if f not in texts and suffix_of(f)]
    batch.left_alone += [(f.name, "no table and no .txt or .md") for f in files if f not in texts and f not in tables]
    graph = _Graph(snapshot)
    for file in tables:
        _read_table(file, graph, batch)
    twice = sorted(id_ for id_ in {d.id for d in batch.demands} if sum(d.id == id_ for d in batch.demands) > 1)
    if twice:
        raise SourceError(f"{path}: several needs have the id {', '.join(twice[:5])}: give each its own")
    if not batch.demands and since is None:
        reasons = "; ".join(f"{file}: {why}" for file, why in batch.left_alone)
        raise SourceError(f"{path}: no need was found ({reasons or 'the folder is empty'})")
    return batch


def _read_table(file: Path, graph: _Graph, batch: Batch) -> None:
    """The needs of one workbook or table; what fits no other kind clearly is read as needs."""
    found = False
    for source in read_sources([file]):
        for table in source.tables:
            if table.table == _NEEDS:
                found = True
                _take(table, graph, batch)
            else:
                batch.left_alone.append((", ".join(table.files), f"holds {TABLES[table.table].label}, no needs"))
        batch.left_alone += source.left_alone
    if not found:
        batch.left_alone = [(name, why) for name, why in batch.left_alone if not name.startswith(file.name)]
        for source in read_sources([file], as_table=_NEEDS):
            batch.left_alone += source.left_alone
            for table in source.tables:
                _take(table, graph, batch)


def _take(table: RecordTable, graph: _Graph, batch: Batch) -> None:
    batch.issues += table.issues
    for row in table.rows.to_pylist():
        links: dict[str, list[str]] = {}
        named: list[str] = []
        for p in columns(TABLES[_NEEDS]):
            for value in _values(row[p.name]) if p.edge else ():
                if (entity := graph.meant(value, EDGES[p.edge].targets)) is not None:
                    links.setdefault(p.edge, []).append(entity)
                else:
                    batch.unknown.append((row["id"], p.label, value))
                if p.edge in ("concerns", "subjects"):
                    named.append(value)
        words = " ; ".join([*_values(row["keywords"]), *named])
        text = "\n".join([row["title"] or "", row["text"] or "", words]).strip()
        title = row["title"] or (row["text"] or "")[:_TITLE]
        batch.demands.append(Demand(row["id"], text, title=without_contacts(title), links=MappingProxyType({k: tuple(v) for k, v in links.items()})))


def _values(cell: object) -> Iterator[str]:
    if isinstance(cell, list):
        yield from (str(v) for v in cell)
    elif cell:
        yield str(cell)


class _Graph:
    """What the references of a need mean in a graph."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self._regions = snapshot, RegionTree(snapshot)

    def meant(self, value: str, pools: Sequence[str]) -> str | None:
        """The entity that a reference means, None where none or several could be meant."""
        try:
            if "regions" in pools:
                scope = self._regions.scope(value)
                return next((id_ for id_ in scope.members if id_.endswith(f"/{scope.code}")), None)
            return self._snapshot.find(value, tuple(pools))[1]
        except (UnknownId, AmbiguousId):
            return None


def day(text: str) -> date:
    """A day of the command line.

    Raises:
        UsageError: it is none.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise UsageError(f"--since is a day such as 2026-11-01, not {text!r}") from error
