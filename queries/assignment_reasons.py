"""Why a need gets fewer experts than it wants, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from queries.results import Exclusion, Match
from queries.rules import RULES


@dataclass(frozen=True, slots=True)
class Candidates:
    """For whom anything speaks at a need: all of them, or all that score above `bound` (millionths).

    Attributes:
        matches: those who may be proposed, best first.
        excluded: those whom a rule keeps out.
        bound: -1 where nobody is missing.
        below: whether others scored, but less than the least score asked for.
    """

    matches: tuple[Match, ...]
    excluded: tuple[Exclusion, ...]
    bound: int = -1
    below: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A need that an expert serves, and their score there."""

    title: str
    score: float


def expired(deadline: str) -> str:
    """A need whose last day is past."""
    return f"截止日期{deadline}已过"


def nobody_wanted() -> str:
    """A need that says that it wants no experts."""
    return "需要专家数为0"


def shortage(found: Candidates, got: Iterable[str], without_room: Iterable[str], held: Mapping[str, Sequence[Held]]) -> str:
    """Why a need gets no more.

    Args:
        found: its candidates.
        got: ids of the experts that it gets.
        without_room: ids of candidates whose capacity is 0.
        held: for each expert whose capacity is used up, what they serve.
    """
    mine, none = set(got), set(without_room)
    others = [m for m in found.matches if m.supplier_id not in mine and m.supplier_id not in none]
    barred = Counter(e.rule for e in found.excluded)
    rules = "、".join(f"{RULES[rule].label}{count}位" for rule, count in sorted(barred.items()))
    if others:
        best = min(others, key=lambda m: (-m.score, m.supplier_name, m.institution))
        least = min(held[best.supplier_id], key=lambda h: (h.score, h.title))
        said = "得分更高的" if least.score > best.score else "得分相同的" if least.score == best.score else "否则无人的"
        return (f"候选专家的名额已用于{said}需求：如{best.supplier_name}（对本需求{best.score:.3f}）"
                f"用于《{least.title}》（{least.score:.3f}）")
    if found.bound >= 0:
        return "其余候选专家的名额已用于得分更高的需求"
    parts = []
    if found.below:
        parts.append(f"达到所设最低得分的专家只有{len(found.matches)}位" if found.matches else "没有专家达到所设最低得分")
    elif mine:
        parts.append(f"有依据的专家只有{len(mine)}位")
    if none:
        parts.append(f"{len(none)}位有依据的专家名额为0")
    if rules:
        parts.append(f"有依据的专家{'另有' if parts else '都被规则排除，共'}{barred.total()}位{'被规则排除' if parts else ''}：{rules}")
    return "；".join(parts) or "没有专家有相关依据"
