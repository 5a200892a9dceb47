"""Which suppliers and demands of a pairing count at all, and how many demands a supplier may serve: over the rows of a pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from graph.snapshot import Snapshot

Eligible = Callable[[Snapshot, str], NDArray[np.bool_]]
"""(snapshot, today) → which rows of the pool count."""
Capacity = Callable[[Snapshot], Sequence[int | None]]
"""snapshot → how many demands each supplier serves at the most, None for those who do not say."""

_LEADING = ("院士", "首席", "领军", "杰出", "长江学者", "万人计划", "百千万", "国务院特殊津贴", "突出贡献")
_SENIOR = ("教授", "研究员", "正高", "主任医师")
_NOT_SENIOR = ("副", "助理")
_YOUNG_HONOURS = ("青年", "优青", "青托")
_YOUNG_TITLES = ("讲师", "助理", "助教", "博士后", "工程师", "住院医师", "主治医师")
STATIONS, STATIONS_RETIRED = 1, 3
"""Stations that an academician leads at the most: in office, and retired."""
YOUNG = 40
"""Years of age up to which the association's programmes for the young take people (青年人才托举工程 up to 32 or 35, 青年科技奖 up to 40)."""


def mentors(snapshot: Snapshot, today: str) -> NDArray[np.bool_]:
    """Who mentors already, or has an honour that leads a field, or a full professor's title."""
    known = np.zeros(snapshot.nodes("scientists").num_rows, np.bool_)
    known[snapshot.ends("mentorships")[0]] = True
    full = [any(s in str(t or "") for s in _SENIOR) and not any(n in str(t) for n in _NOT_SENIOR) for t in snapshot.column("scientists", "title")]
    known |= _honoured(snapshot, _LEADING)
    known |= np.asarray(full, np.bool_)
    return known


def young_without_mentor(snapshot: Snapshot, today: str) -> NDArray[np.bool_]:
    """Who is young by year of birth (where it is known), else by honour or title, and has no mentor."""
    born = [int(str(b)[:4]) if b and str(b)[:4].isdigit() else None for b in snapshot.column("scientists", "birth_date")]
    titles = [str(t or "") for t in snapshot.column("scientists", "title")]
    honoured = _honoured(snapshot, _YOUNG_HONOURS)
    junior = [any(j in t for j in _YOUNG_TITLES) and "高级" not in t for t in titles]
    young = np.asarray([int(today[:4]) - b <= YOUNG if b is not None else bool(h) or j
                        for b, h, j in zip(born, honoured, junior, strict=True)], np.bool_)
    young[snapshot.ends("mentorships")[1]] = False
    return young


def academicians(snapshot: Snapshot, today: str) -> NDArray[np.bool_]:
    """Who is a member of an academy (院士) by the honours."""
    return _honoured(snapshot, ("院士",))


def stations_without_lead(snapshot: Snapshot, today: str) -> NDArray[np.bool_]:
    """Academicians' stations that nobody leads."""
    found = np.asarray([t == "academician_station" for t in snapshot.column("platforms", "type")], np.bool_)
    found[snapshot.ends("leads", "platforms")[0]] = False
    return found


def own_capacity(snapshot: Snapshot) -> Sequence[int | None]:
    """What scientists say themselves."""
    return [c if isinstance(c, int) else None for c in snapshot.column("scientists", "capacity")]


def station_places(snapshot: Snapshot) -> Sequence[int | None]:
    """Stations that an academician may lead (1, retired 3), without those that they lead already."""
    leading = np.zeros(snapshot.nodes("scientists").num_rows, np.int64)
    platforms, people, _ = snapshot.ends("leads", "platforms")
    station = np.asarray([t == "academician_station" for t in snapshot.column("platforms", "type")], np.bool_)
    np.add.at(leading, people[station[platforms]], 1)
    limits = (STATIONS_RETIRED if retired else STATIONS for retired in snapshot.column("scientists", "retired"))
    return [max(0, limit - led) for limit, led in zip(limits, leading.tolist(), strict=True)]


def _honoured(snapshot: Snapshot, words: tuple[str, ...]) -> NDArray[np.bool_]:
    held = snapshot.column("scientists", "honours")
    return np.asarray([isinstance(h, list) and any(w in str(item) for item in h for w in words) for h in held], np.bool_)
