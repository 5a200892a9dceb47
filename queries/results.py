"""What queries answer: typed rows with their evidence, and the tables of the contract made from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


_SAID = {"facts": "facts", "against": "cautions", "route": "route"}
"""Columns of prose in the table of matches, and the attributes they are made from."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a pair: the work (or the scientist's own profile), its part of the score, the terms in common, the sentence of it in
    which most of them stand, and how near it is in meaning (0…1; 0 without a model).
    """

    id: str
    title: str
    score: float
    terms: tuple[str, ...] = ()
    year: int | None = None
    passage: str = ""
    alike: float = 0.0


@dataclass(frozen=True, slots=True)
class Match:
    """A supplier ranked for a demand: a scientist for a need, or the two sides of another pairing.

    Attributes:
        score: between 0 and 1; compares across needs.
        evidence: the documents that speak for the pair, best first.
        reasons: why, in words.
        confidence: name of the level (`queries.confidence`).
        facts: what the graph knows of the two beside the texts: the ways on which they meet.
        cautions: what speaks against the pair.
        route: through whom to reach the scientist, the best first.
    """

    demand_id: str
    rank: int
    supplier_id: str
    supplier_name: str
    score: float
    evidence: tuple[Evidence, ...] = ()
    reasons: str = ""
    demand_title: str = ""
    institution: str = ""
    confidence: str = "low"
    facts: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    route: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A supplier who would have been ranked, but for a rule."""

    demand_id: str
    supplier_id: str
    rule: str
    note: str


@dataclass(slots=True)
class MatchResult:
    """Ranked suppliers for one or many demands, and whom the rules kept out.

    Attributes:
        skipped: demands that were not matched, and why.
        supplier, demand: what the two sides are called in the table (`scientist_id`, `need_id`).
    """

    matches: list[Match] = field(default_factory=list)
    excluded: list[Exclusion] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    supplier: str = "scientist"
    demand: str = "need"

    def excluded_by_rule(self) -> dict[str, int]:
        """How many pairs each rule kept out, the most first."""
        return dict(Counter(e.rule for e in self.excluded).most_common())

    def frame(self) -> pd.DataFrame:
        """need_id, rank, scientist_id, scientist_name, score, evidence, reasons (the contract's columns; another pairing names its own sides),
        need_title, institution, confidence, facts, against, route.
        """
        return frame_of({
            f"{self.demand}_id": [m.demand_id for m in self.matches], "rank": [m.rank for m in self.matches],
            f"{self.supplier}_id": [m.supplier_id for m in self.matches], f"{self.supplier}_name": [m.supplier_name for m in self.matches],
            "score": [m.score for m in self.matches], "evidence": [joined(e.id for e in m.evidence) for m in self.matches],
            "reasons": [m.reasons for m in self.matches], f"{self.demand}_title": [m.demand_title for m in self.matches],
            "institution": [m.institution for m in self.matches], "confidence": [m.confidence for m in self.matches],
            **{column: [said(getattr(m, name)) for m in self.matches] for column, name in _SAID.items()}})


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


def said(texts: Iterable[str]) -> str:
    """Texts as one cell of prose."""
    return "；".join(texts)


def joined(ids: Iterable[str]) -> str:
    """Ids as one cell, parted by ';'."""
    return ";".join(ids)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A supplier assigned to a demand, or a demand that gets nobody: then the supplier and the score are None and `note` says why."""

    demand_id: str
    supplier_id: str | None
    score: float | None
    note: str
    demand_title: str = ""
    supplier_name: str = ""
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
        supplier, demand: what the two sides are called in the table (`scientist_id`, `need_id`).
    """

    rows: list[Assignment] = field(default_factory=list)
    total: float = 0.0
    settled: bool = True
    complete: int = 0
    partly: int = 0
    unmet: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    supplier: str = "scientist"
    demand: str = "need"

    def frame(self) -> pd.DataFrame:
        """need_id, scientist_id, score, note (the contract's columns), need_title, scientist_name, institution."""
        names = {f"{self.demand}_id": "demand_id", f"{self.supplier}_id": "supplier_id", "score": "score", "note": "note",
                 f"{self.demand}_title": "demand_title", f"{self.supplier}_name": "supplier_name", "institution": "institution"}
        columns: dict[str, list[object]] = {column: [getattr(r, name) for r in self.rows] for column, name in names.items()}
        return frame_of(columns).astype({"score": "float64"})


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member of a team for a need or study.

    Attributes:
        score: the share of the demand's topics (by weight) that this member covers best, 0–1; the members' scores sum to the team's.
        part: the topics that this member brings, the heaviest first, in the form that their work has.
        note: the best work, what else they know, ties to other members.
    """

    demand_id: str
    supplier_id: str
    supplier_name: str
    score: float
    part: tuple[str, ...]
    note: str
    institution: str = ""
    demand_title: str = ""


@dataclass(slots=True)
class TeamResult:
    """A team, the best of which the data know, or nobody and the reason.

    Attributes:
        members: in the order of their scores; a lead goes first.
        topics: what is asked, each with its share of the demand, the heaviest first.
        covered: the share of the demand that the team covers (0–1).
        gap: how far the team may be from the best, as a share of what no team can exceed (coverage less the cost of seats); 0 where it is proven.
        settled: whether the choice among the teams that cover as much was made to the end.
        uncovered: topics that nobody in the graph has.
        elsewhere: short words that stand only where nothing else of the demand does: in another field, as likely as not.
        closed: topics that only people have whom a rule keeps out.
        parted: topics that nobody in the team has whole → the part of it that is had.
        excluded: whom the rules kept out, of those who would have been ranked.
        notes: what else is to be known.
        refused: why there is no team of the kind that was asked for, '' where there is one.
    """

    members: list[TeamMember] = field(default_factory=list)
    topics: list[tuple[str, float]] = field(default_factory=list)
    covered: float = 0.0
    gap: float = 0.0
    settled: bool = True
    uncovered: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    parted: dict[str, str] = field(default_factory=dict)
    excluded: list[Exclusion] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: str = ""

    def frame(self) -> pd.DataFrame:
        """need_id, scientist_id, scientist_name, score, part, note, institution, need_title."""
        names = {"need_id": "demand_id", "scientist_id": "supplier_id", "scientist_name": "supplier_name", "score": "score", "part": "part",
                 "note": "note", "institution": "institution", "need_title": "demand_title"}
        columns: dict[str, list[object]] = {column: [getattr(m, name) for m in self.members] for column, name in names.items()}
        columns["part"] = [joined(m.part) for m in self.members]
        return frame_of(columns).astype({"score": "float64"})
