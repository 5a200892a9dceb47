"""All open needs at once: who is to serve which, so that the scores add up to the most and no rule is broken.

Goals, each held before the next one counts:

- as a rule: the greatest total score; then the choices of `assignment_ties`: most needs with somebody, the worst-off of them (by its sum) as well
  off as can be, with `even` the most even loads.
- with `fair`: most needs with somebody; then the least of their best experts' scores as great as can be; then the total, and so on as above. A
  need that has one good expert is served: three weak ones add up to a sum, and help less.

What is still open is settled by content, never by ids or the order of rows: needs by their best score, title and text each take the experts of
the highest score, then those first by name, institution, and by their scores for all needs. Of two experts who are alike in all of that the one
whose id sorts first is taken: to every need they are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from graph.errors import UsageError
from queries.assignment_network import Integers, Network, Problem, Service, best_service
from queries.assignment_ranks import content_ranks
from queries.assignment_reasons import Candidates, Held, expired, nobody_wanted, shortage
from queries.assignment_ties import settle
from queries.days import is_past
from queries.demands import DEADLINE, Demand
from queries.match import Matcher
from queries.results import Assignment, AssignmentResult, Exclusion, Match

UNIT = 1_000_000
"""Scores are compared in millionths, as `Matcher` rounds them."""
_FIRST, _WIDER = 64, 4
"""How many candidates a need has at first, and how many times as many where the optimum could need more."""


def assign(matcher: Matcher, needs: Sequence[str] | None = None, *, capacity: int = 3, per_need: int = 2, least: float = 0.0, fair: bool = False,
           even: bool = False, progress: Callable[[int], None] | None = None) -> AssignmentResult:
    """Assign suppliers to demands: scientists to needs, or the two sides of another pairing.

    Args:
        matcher: ranks the suppliers, and knows the rules and the day after which deadlines are past.
        needs: ids; all open demands, and those whose deadline is past as unmet, when None.
        capacity: how many demands a supplier serves at the most where the pairing or the supplier does not say so.
        per_need: how many suppliers a demand wants that does not say so (`experts_wanted`).
        least: the lowest score at which anybody is assigned; whoever scores below it leaves the place empty.
        fair: serve most demands before the total counts.
        even: prefer even loads among assignments that are as good.
        progress: told how many demands have been matched.

    Raises:
        UsageError: capacity below 0, per_need below 1, least outside 0…1.
        UnknownId: an id names no demand.
    """
    if capacity < 0:
        raise UsageError(f"--capacity is 0 or more, not {capacity}")
    if per_need < 1:
        raise UsageError(f"--per-need is 1 or more, not {per_need}")
    if not 0 <= least <= 1:
        raise UsageError(f"--least is a score, from 0 to 1, not {least}")
    demands, skipped = matcher.demands(needs)
    if late := [id_ for id_, reason in skipped if reason.startswith(DEADLINE)]:
        demands = sorted(demands + matcher.demands(late)[0], key=lambda d: d.id)
        skipped = [(id_, reason) for id_, reason in skipped if not reason.startswith(DEADLINE)]
    wanted = {d.id: _wanted(matcher, d, per_need) for d in demands}
    closed = {d.id: reason for d in demands if (reason := _closed(matcher, d, wanted[d.id]))}
    asked = [d for d in demands if d.id not in closed]
    search = _Search(matcher, asked, np.asarray([wanted[d.id] for d in asked], np.int64), _room(matcher, capacity), least, progress)
    search.run(fair=fair, even=even)
    return _told(demands, closed, search, AssignmentResult(
        settled=search.settled, skipped=skipped, supplier=matcher.pairing.supplier, demand=matcher.pairing.demand))


def _wanted(matcher: Matcher, demand: Demand, per_need: int) -> int:
    """How many suppliers a demand wants."""
    asking = matcher.pairing.asking
    if asking.wanted and len(demand.nodes) == 1 and isinstance(said := matcher.snapshot.row(asking.pool, demand.nodes[0])[asking.wanted], int):
        return said
    return per_need


def _room(matcher: Matcher, capacity: int) -> dict[str, int]:
    """How many demands each supplier may serve."""
    ids = matcher.snapshot.ids(matcher.pairing.supply.pool)
    said = matcher.pairing.capacity(matcher.snapshot) if matcher.pairing.capacity is not None else [None] * len(ids)
    return {id_: capacity if own is None else own for id_, own in zip(ids, said, strict=True)}


def _closed(matcher: Matcher, demand: Demand, wanted: int) -> str | None:
    """Why a demand is not to be assigned at all."""
    row = matcher.snapshot.row(matcher.pairing.asking.pool, demand.nodes[0]) if demand.nodes else {}
    deadline = row.get("deadline")
    if isinstance(deadline, str) and is_past(deadline, matcher.today):
        return expired(deadline)
    return nobody_wanted() if wanted == 0 else None


class _Search:
    """The assignment over the best candidates of each need, widened until those left out provably could change nothing."""

    def __init__(self, matcher: Matcher, demands: Sequence[Demand], wanted: Integers, room: dict[str, int], least: float,
                 progress: Callable[[int], None] | None) -> None:
        self._matcher, self.demands, self.wanted, self._room, self._least = matcher, demands, wanted, room, least
        self._limit = dict.fromkeys(range(len(demands)), _FIRST)
        self.found: list[Candidates] = [Candidates((), ()) for _ in demands]
        self.chosen: list[list[Match]] = [[] for _ in demands]
        self.settled = True
        self._fetch(range(len(demands)), progress)

    def run(self, *, fair: bool, even: bool) -> None:
        """Set what is chosen for each need, best first."""
        while True:
            pairs = [(n, m) for n, found in enumerate(self.found) for m in found.matches if self._room[m.supplier_id] > 0]
            if not pairs:
                if not self._widen([n for n, found in enumerate(self.found) if found.bound >= 0]):
                    return
                continue
            experts = list(dict.fromkeys(m.supplier_id for _, m in pairs))
            row = {e: i for i, e in enumerate(experts)}
            problem = Problem(np.asarray([n for n, _ in pairs]), np.asarray([row[m.supplier_id] for _, m in pairs]),
                              np.asarray([round(m.score * UNIT) for _, m in pairs]), self.wanted, np.asarray([self._room[e] for e in experts]))
            service = best_service(problem) if fair else None
            short = self._unproven_service(service) if service else []
            if not short:
                network = Network.served_first(problem, service.threshold) if service else Network.total(problem)
                network.solve()
                short = self._unproven(network, experts, service.threshold if service else 0)
            if not self._widen(short):
                break
        called = {m.supplier_id: (m.supplier_name, m.institution) for _, m in pairs}
        ranks = content_ranks(problem, [(d.title, d.text) for d in self.demands], [called[e] for e in experts],
                              ([d.id for d in self.demands], experts))
        taken, self.settled = settle(problem, network, ranks, even=even)
        for at in sorted(np.flatnonzero(taken), key=lambda i: (-problem.score[i], ranks[1][problem.expert[i]])):
            need, match = pairs[at]
            self.chosen[need].append(match)
        told = iter(self._matcher.explained(self.demands, [m for chosen in self.chosen for m in chosen]))
        self.chosen = [[next(told) for _ in chosen] for chosen in self.chosen]

    def _widen(self, needs: Sequence[int]) -> bool:
        """Fetch more candidates of some needs; False where there are none to widen."""
        for need in needs:
            self._limit[need] *= _WIDER
        self._fetch(needs)
        return bool(needs)

    def without_room(self, need: int) -> list[str]:
        """Candidates of a need whose capacity is 0."""
        return [m.supplier_id for m in self.found[need].matches if self._room[m.supplier_id] == 0]

    def _fetch(self, needs: Sequence[int], progress: Callable[[int], None] | None = None) -> None:
        """The candidates of some needs, as many as their limits say."""
        for limit in sorted({self._limit[n] for n in needs}):
            these = {self.demands[n].id: n for n in needs if self._limit[n] == limit}
            result = self._matcher.match([self.demands[n] for n in these.values()], top=limit, explain=False, progress=progress)
            matches: dict[str, list[Match]] = {id_: [] for id_ in these}
            excluded: dict[str, list[Exclusion]] = {id_: [] for id_ in these}
            for match in result.matches:
                matches[match.demand_id].append(match)
            for exclusion in result.excluded:
                excluded[exclusion.demand_id].append(exclusion)
            for id_, need in these.items():
                self.found[need] = _whole(matches[id_], excluded[id_], limit, self._least)

    def _unproven(self, network: Network, experts: Sequence[str], threshold: int) -> list[int]:
        """Needs for which somebody left out could be part of an optimum: at the prices of the solution they would cost nothing or less.

        Nobody left out scores above the bound of the need, so bound < price of the need + price of the cheapest expert left out suffices.
        """
        price = {e: -int(p) for e, p in zip(experts, network.price[1:], strict=False)}
        cheapest = sorted((max(price.get(e, 0), 0), e) for e, room in self._room.items() if room > 0)
        unproven = []
        for need, found in enumerate(self.found):
            if found.bound < 0:
                continue
            kept = {m.supplier_id for m in found.matches}
            least = next((p for p, e in cheapest if e not in kept), None)
            entry = int(network.price[network.entry[need]])
            if found.bound >= threshold:
                entry = min(entry, int(network.price[network.first[need]]))
            if least is not None and found.bound >= entry + least:
                unproven.append(need)
        return unproven

    def _unproven_service(self, service: Service) -> list[int]:
        """Needs for which somebody left out could serve more needs, or serve as many better."""
        return [n for n, found in enumerate(self.found)
                if found.bound >= 0 and (service.rivals[n] or (service.strained[n] and found.bound > service.threshold))]


def _whole(matches: list[Match], excluded: list[Exclusion], limit: int, least: float) -> Candidates:
    """Candidates of the least score and above, without those who score as the last one does, where the list was cut: others who do may be missing."""
    good = [m for m in matches if m.score >= least]
    below = len(matches) > len(good)
    if len(matches) < limit or below:
        return Candidates(tuple(good), tuple(excluded), below=below)
    bound = matches[-1].score
    return Candidates(tuple(m for m in matches if m.score > bound), tuple(excluded), round(bound * UNIT))


def _told(demands: Sequence[Demand], closed: dict[str, str], search: _Search, result: AssignmentResult) -> AssignmentResult:
    """Rows with their notes, need by need, and the counts."""
    at = {d.id: n for n, d in enumerate(search.demands)}
    held: dict[str, list[Held]] = {}
    for demand, matches in zip(search.demands, search.chosen, strict=True):
        for match in matches:
            held.setdefault(match.supplier_id, []).append(Held(demand.title, match.score))
    for demand in demands:
        if demand.id in closed:
            result.rows.append(Assignment(demand.id, None, None, closed[demand.id], demand.title))
            result.unmet += 1
            continue
        need = at[demand.id]
        chosen = search.chosen[need]
        missing = int(search.wanted[need]) - len(chosen)
        reason = shortage(search.found[need], (m.supplier_id for m in chosen), search.without_room(need), held) if missing else ""
        if not chosen:
            result.rows.append(Assignment(demand.id, None, None, reason, demand.title))
        for place, match in enumerate(chosen, 1):
            note = f"{match.reasons}；还缺{missing}位：{reason}" if missing and place == len(chosen) else match.reasons
            result.rows.append(Assignment(demand.id, match.supplier_id, match.score, note, demand.title, match.supplier_name, match.institution))
        result.complete += not missing
        result.partly += bool(missing and chosen)
        result.unmet += not chosen
    result.total = sum(round(r.score * UNIT) for r in result.rows if r.score is not None) / UNIT
    return result
