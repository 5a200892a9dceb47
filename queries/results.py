"""What queries answer: typed rows with their evidence, and the tables of the contract made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a pair: the work (or the scientist's own profile), its part of the score, the terms in common."""

    id: str
    title: str
    score: float
    terms: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A scientist ranked for a need. `score` lies between 0 and 1 and compares across needs."""

    need_id: str
    rank: int
    scientist_id: str
    scientist_name: str
    score: float
    evidence: tuple[Evidence, ...]
    reasons: str
    need_title: str = ""
    institution: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A scientist who would have been ranked, but for a rule."""

    need_id: str
    scientist_id: str
    rule: str
    note: str


@dataclass(slots=True)
class MatchResult:
    """Ranked scientists for one or many needs, and whom the rules kept out."""

    matches: list[Match] = field(default_factory=list)
    excluded: list[Exclusion] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """Needs that were not matched, and why."""

    def frame(self) -> pd.DataFrame:
        """need_id, rank, scientist_id, scientist_name, score, evidence, reasons (the contract's columns), need_title, institution."""
        return frame_of({
            "need_id": [m.need_id for m in self.matches], "rank": [m.rank for m in self.matches],
            "scientist_id": [m.scientist_id for m in self.matches], "scientist_name": [m.scientist_name for m in self.matches],
            "score": [m.score for m in self.matches], "evidence": [joined(e.id for e in m.evidence) for m in self.matches],
            "reasons": [m.reasons for m in self.matches], "need_title": [m.need_title for m in self.matches],
            "institution": [m.institution for m in self.matches]})


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap of a region's (or chain's) industry. `region` is the bundled code; the makers are counts; `path` are product ids.

    `score` is None, and `status` unknown, where the data cannot tell.
    """

    region: str
    rank: int
    product_id: str
    product_name: str
    kind: str
    score: float | None
    reasons: str
    local_makers: int
    other_makers: int
    path: tuple[str, ...]
    status: str


@dataclass(slots=True)
class GapResult:
    """Ranked gaps of one or many regions; `notes` says what the data cannot tell."""

    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def frame(self) -> pd.DataFrame:
        """region, rank, product_id, product_name, kind, score, reasons, local_makers, other_makers, path, status."""
        names = ("region", "rank", "product_id", "product_name", "kind", "score", "reasons", "local_makers", "other_makers", "path", "status")
        columns: dict[str, list[object]] = {n: [getattr(g, n) for g in self.gaps] for n in names}
        columns["path"] = [joined(g.path) for g in self.gaps]
        return frame_of(columns)


def frame_of(columns: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """A table of columns. pandas is imported here, when a table is asked for: it takes a third of a command's start."""
    import pandas as pd

    return pd.DataFrame(dict(columns))


def joined(ids: Iterable[str]) -> str:
    """Ids as one cell, parted by ';'."""
    return ";".join(ids)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A scientist assigned to a need, or a need that gets nobody: then the scientist and the score are None and `note` says why."""

    need_id: str
    scientist_id: str | None
    score: float | None
    note: str
    need_title: str = ""
    scientist_name: str = ""
    institution: str = ""


@dataclass(slots=True)
class AssignmentResult:
    """One assignment of scientists to all needs, need by need.

    Attributes:
        rows: every assigned pair, and every need that gets nobody.
        total: the sum of all scores; proven to be the greatest (under `fair`, of those that serve most needs, as well as can be).
        settled: whether the choice among the optimal assignments was made to the end; False where a group of ties was too large.
        complete, partly, unmet: how many needs get all the experts that they want, some, nobody.
        skipped: needs that are not open, and their status.
    """

    rows: list[Assignment] = field(default_factory=list)
    total: float = 0.0
    settled: bool = True
    complete: int = 0
    partly: int = 0
    unmet: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def frame(self) -> pd.DataFrame:
        """need_id, scientist_id, score, note (the contract's columns), need_title, scientist_name, institution."""
        names = ("need_id", "scientist_id", "score", "note", "need_title", "scientist_name", "institution")
        columns: dict[str, list[object]] = {n: [getattr(r, n) for r in self.rows] for n in names}
        return frame_of(columns).astype({"score": "float64"})
