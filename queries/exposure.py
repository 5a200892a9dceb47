"""Who is never shown: suppliers who stand on no demand's list, and why, so that the same names do not serve every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from queries.demands import Demand
from queries.match import Matcher
from queries.results import frame_of
from queries.rules import RULES

if TYPE_CHECKING:
    import pandas as pd

REASONS = {
    "no_documents": "没有成果、研究方向或简介，无从匹配",
    "no_evidence": "与各需求都没有共同内容",
    "rule": "凡有依据的需求都被规则排除",
    "ranked_below": "有依据，但都排在名单之外",
}
"""In the order in which they are looked for."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A supplier on nobody's list.

    Attributes:
        reason: one of REASONS. note: the reason in words, with its figures.
        best_rank, best_demand, score: where they came nearest to a list; None and '' where no rank was theirs.
    """

    supplier_id: str
    supplier_name: str
    institution: str
    reason: str
    note: str
    best_rank: int | None = None
    best_demand: str = ""
    score: float | None = None


@dataclass(slots=True)
class Exposure:
    """How the lists of all demands fall on suppliers.

    Attributes:
        shown: suppliers on at least one list; unseen: the others, with the reason.
        counts: on how many lists the ten most shown stand, the first first: (name, lists).
    """

    shown: int = 0
    unseen: list[Unseen] = field(default_factory=list)
    counts: list[tuple[str, int]] = field(default_factory=list)

    def frame(self, supplier: str) -> pd.DataFrame:
        """supplier_id, supplier_name (named after the kind of supplier), institution, reason, note, best_rank, best_demand, score."""
        columns: dict[str, list[object]] = {
            f"{supplier}_id": [u.supplier_id for u in self.unseen], f"{supplier}_name": [u.supplier_name for u in self.unseen],
            "institution": [u.institution for u in self.unseen], "reason": [u.reason for u in self.unseen], "note": [u.note for u in self.unseen],
            "best_rank": [u.best_rank for u in self.unseen], "best_demand": [u.best_demand for u in self.unseen],
            "score": [u.score for u in self.unseen]}
        return frame_of(columns).astype({"best_rank": "Int64", "score": "float64"})


def exposure(matcher: Matcher, demands: Sequence[Demand], *, top: int = 10, progress: Callable[[int], None] | None = None) -> Exposure:
    """Who stands on the list of no demand.

    Args:
        demands: whose lists.
        top: how many stand on each.
        progress: told after each demand how many are done.
    """
    count = len(matcher.supplier_ids)
    lists, best_rank = np.zeros(count, np.int64), np.full(count, np.iinfo(np.int64).max)
    best_demand, best_score = np.full(count, -1), np.zeros(count)
    rules: dict[int, Counter[str]] = {}
    for number, (_, scores, barred) in enumerate(matcher.scores(demands)):
        order = np.argsort(-scores, kind="stable")
        order = order[scores[order] > 0]
        for row in (r for r in barred if scores[r] > 0):
            rules.setdefault(row, Counter())[barred[row][0]] += 1
        order = order[~np.isin(order, np.fromiter(barred, np.int64))]
        rank = np.arange(1, len(order) + 1)
        lists[order[:top]] += 1
        better = order[rank < best_rank[order]]
        best_demand[better], best_score[better] = number, scores[better]
        best_rank[order] = np.minimum(best_rank[order], rank)
        if progress is not None:
            progress(number + 1)
    eligible = matcher.eligible
    documented = np.zeros(count, np.bool_)
    documented[matcher.corpus.supplier] = True
    result = Exposure(int((lists > 0).sum()))
    for row in np.flatnonzero((lists == 0) & eligible).tolist():
        reason, note = _why(bool(documented[row]), rules.get(row), int(best_rank[row]) if best_demand[row] >= 0 else None, top)
        met = demands[best_demand[row]] if best_demand[row] >= 0 else None
        result.unseen.append(Unseen(matcher.supplier_ids[row], matcher.supplier_name(row), matcher.institutions(row), reason, note,
                                    int(best_rank[row]) if met else None, met.title if met else "", float(best_score[row]) if met else None))
    for row in np.argsort(-lists, kind="stable")[:10].tolist():
        if lists[row]:
            result.counts.append((matcher.supplier_name(row), int(lists[row])))
    return result


def _why(documented: bool, barred: Counter[str] | None, best_rank: int | None, top: int) -> tuple[str, str]:
    if not documented:
        return "no_documents", REASONS["no_documents"]
    if best_rank is not None:
        return "ranked_below", f"{REASONS['ranked_below']}：最好第{best_rank}名，名单取前{top}名"
    if barred:
        rules = "、".join(f"{RULES[rule].label}{count}次" for rule, count in sorted(barred.items()))
        return "rule", f"{REASONS['rule']}：{rules}"
    return "no_evidence", REASONS["no_evidence"]
