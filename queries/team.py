"""A team for a need or a study: few people who together cover what it asks, each with their part.

What is asked is cut into topics (`team_topics`). Of all who have any of them, hard rules and a capacity of 0 apart, those are chosen who cover most
of the weight; then the fewest; then those with most ties among them, with the greatest sum of match scores, and the first by name (`team_cover`).
Who adds little is left out (`SEAT`), so that a team may be smaller than asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from graph.errors import UsageError
from graph.snapshot import Snapshot
from queries.demands import Demand
from queries.explain import named
from queries.match import Matcher
from queries.phrase_holders import Holders
from queries.results import TeamMember, TeamResult
from queries.sciences import Sciences, Side
from queries.team_cover import Chosen, Cover, Integers, best_cover, undominated
from queries.team_holdings import STEPS, Found, Holding, holdings
from queries.team_ties import Tie, content_ranks, ties_between
from queries.team_topics import topics_of

UNIT = 1_000_000
"""Match scores are compared in millionths, as `Matcher` rounds them."""
_GRAIN = 10_000
"""Weights of topics are compared in ten-thousandths."""
SEAT = 20
"""A member is to add a twentieth or more of what the best alone would cover: for less nobody calls one more person to the table."""
_ALSO = 3
LEAD, ACROSS = "课题负责人", "为跨学科入选"


def declared_terms(snapshot: Snapshot, demand: Demand) -> list[str]:
    """The keywords, products and disciplines that a need or study names, each once."""
    found: list[str] = []
    needs = snapshot.positions("needs")
    for node in demand.nodes:
        keywords = snapshot.nodes("needs").column("keywords")[needs[node]].as_py() if node in needs else None
        found += keywords or []
        for kind, pool in (("concerns", "products"), ("subjects", "disciplines")):
            names = snapshot.names_by_id(pool)
            found += [names[t] for t in snapshot.targets(kind).get(node, ()) if t in names]
    return list(dict.fromkeys(found))


def team(matcher: Matcher, demand: Demand, *, size: int = 5, across: bool = False, leads: Sequence[str] = ()) -> TeamResult:
    """Make a team.

    Args:
        matcher: ranks the scientists, and knows the rules.
        demand: what is asked: a need, a study, a text.
        size: members at the most.
        across: natural science and social science are both to be there, by two people.
        leads: scientists (ids) who are in the team whatever they bring, the rules allowing.

    Raises:
        UsageError: the size is below 1, or too small for the leads or for a team across.
    """
    if size < 1:
        raise UsageError(f"--size is 1 or more, not {size}")
    if across and size < 2:
        raise UsageError("--across takes two people: say --size 2 or more")
    return _Making(matcher, demand).run(size, across, list(dict.fromkeys(leads)))


class _Making:
    """One demand on its way to a team."""

    def __init__(self, matcher: Matcher, demand: Demand) -> None:
        self._matcher, self._demand = matcher, demand
        snapshot = self._snapshot = matcher.snapshot
        self._people = snapshot.ids("scientists")
        self._at = snapshot.positions("scientists")
        declared = declared_terms(snapshot, demand)
        asked = matcher.asked(demand)
        holders = Holders(matcher, asked)
        self._topics = topics_of(asked, declared, holders)
        ranked = matcher.match([demand], top=0, explain=False)
        self._matches = {self._at[m.supplier_id]: m for m in ranked.matches}
        self._barred = {self._at[e.supplier_id]: (e.rule, e.note) for e in ranked.excluded}
        capacities, silent = (snapshot.column("scientists", c) for c in ("capacity", "do_not_contact"))
        for row, (capacity, unwilling) in enumerate(zip(capacities, silent, strict=True)):
            if unwilling:
                self._barred.setdefault(row, ("do_not_contact", "请勿联系"))
            elif capacity == 0:
                self._barred.setdefault(row, ("capacity", "名额为0"))
        self._held, found = holdings(matcher, self._topics, holders, self._matches.keys() - self._barred.keys())
        self.result = TeamResult(topics=[(t.name, t.weight) for t in self._topics], excluded=ranked.excluded)
        told = {Found.NOWHERE: self.result.uncovered, Found.ELSEWHERE: self.result.elsewhere, Found.KEPT_OUT: self.result.closed}
        for topic, where in zip(self._topics, found, strict=True):
            if where in told:
                told[where].append(topic.name)

    def run(self, size: int, across: bool, leads: list[str]) -> TeamResult:
        """Choose, and tell."""
        matcher = self._matcher
        fixed = self._fixed(leads)
        if len(fixed) > size:
            raise UsageError(f"the study has {len(fixed)} leads: say --size {len(fixed)} or more")
        rows = sorted({p for held in self._held for p in held} | set(fixed))
        if not rows:
            return self.result
        degree = np.asarray([[held[p].degree if p in held else 0 for held in self._held] for p in rows], np.int64)
        degree = degree.reshape(len(rows), len(self._topics))
        sides = [self._sciences.of(self._people[p]) if across else frozenset() for p in rows]
        if across and (refused := _one_sided(sides)):
            self.result.refused = refused
            return self.result
        kept = undominated(degree, np.asarray([[side in found for side in Side] for found in sides], np.bool_).reshape(len(rows), len(Side)))
        kept |= np.isin(rows, fixed)
        rows, degree = [p for p, keep in zip(rows, kept, strict=True) if keep], degree[kept]
        sides = [found for found, keep in zip(sides, kept, strict=True) if keep]
        ids = [self._people[p] for p in rows]
        ties = ties_between(self._snapshot, ids)
        score = np.asarray([round(self._matches[p].score * UNIT) if p in self._matches else 0 for p in rows], np.int64)
        keys = [(matcher.supplier_name(p), matcher.institutions(p), *(-d).tolist(), -int(s))
                for p, d, s in zip(rows, degree, score, strict=True)]
        least = [([i for i, found in enumerate(sides) if side in found], 1) for side in Side]
        weight = np.asarray([round(t.weight * _GRAIN) for t in self._topics], np.int64)
        alone = int((degree * weight).sum(axis=1).max(initial=0))
        counted = {pair: tie.value for pair, tie in ties.items()}
        problem = Cover(weight, degree, size, -(-alone // SEAT), score, content_ranks(keys, ids, ties), counted, [rows.index(p) for p in fixed],
                        [*least, ([i for i, found in enumerate(sides) if found], 2)] if across else ())
        chosen = best_cover(problem)
        if chosen is None:
            self.result.refused = f"no team of {size} has the lead, natural science and social science in it: a greater --size may"
            return self.result
        self._tell(problem, chosen, rows, ties, across)
        return self.result

    @cached_property
    def _sciences(self) -> Sciences:
        return Sciences(self._snapshot)

    def _fixed(self, leads: list[str]) -> list[int]:
        """The rows of the leads whom the rules allow; the others are told."""
        fixed = []
        for row in (self._at[lead] for lead in leads):
            if (rule := self._barred.get(row)) is not None:
                said = f"the lead {self._matcher.supplier_name(row)} ({self._people[row]}) is not in the team"
                self.result.notes.append(f"{said}: {rule[0]}, {rule[1]}")
            else:
                fixed.append(row)
        return fixed

    def _tell(self, problem: Cover, chosen: Chosen, rows: list[int], ties: dict[tuple[int, int], Tie], across: bool) -> None:
        """The members with their parts and notes, and how good the team is."""
        result, whole = self.result, int(problem.weight.sum()) * STEPS
        result.covered = problem.covered(chosen.members) / whole if whole else 0.0
        result.gap, result.settled = (chosen.bound - chosen.worth) / max(chosen.bound, 1), chosen.settled
        bringers = _bringers(problem, chosen.members)
        parts = {i: [t for t, bringer in enumerate(bringers) if bringer == i] for i in chosen.members}
        brought = {i: sum(int(problem.weight[t] * problem.degree[i, t]) for t in parts[i]) for i in chosen.members}
        for t, bringer in enumerate(bringers):
            if bringer is not None and (form := self._held[t][rows[bringer]].form) != self._topics[t].name:
                result.parted[self._topics[t].name] = form
        shown = sorted(chosen.members, key=lambda i: (i not in problem.fixed, -brought[i], problem.rank[i]))
        for i in shown:
            person = rows[i]
            held = {t: held[person] for t, held in enumerate(self._held) if person in held}
            note = [LEAD] if i in problem.fixed else [ACROSS] if across and not parts[i] else []
            if across:
                note.append("、".join(sorted(side.value for side in self._sciences.of(self._people[person]))) or "学科不明")
            note += self._evidence(held, parts[i])
            for other in shown:
                if (tie := ties.get((min(i, other), max(i, other)))) is not None and other != i:
                    note.append(tie.told(self._matcher.supplier_name(rows[other])))
            result.members.append(TeamMember(
                self._demand.id, self._people[person], self._matcher.supplier_name(person), round(brought[i] / whole, 6) if whole else 0.0,
                tuple(dict.fromkeys(held[t].form for t in parts[i])), "；".join(note), self._matcher.institutions(person),
                self._demand.title))

    def _evidence(self, held: dict[int, Holding], part: list[int]) -> list[str]:
        """The work that brings most of a part (of all that is had, where the part is none), and what else is had."""
        corpus = self._matcher.corpus
        worth: dict[int, float] = {}
        for t in part or held:
            worth[held[t].document] = worth.get(held[t].document, 0.0) + self._topics[t].weight * held[t].degree
        told = []
        if worth:
            best = min(worth, key=lambda d: (-round(worth[d], 9), corpus.caption(d), corpus.id(d)))
            told.append(f"依据：{named(corpus.id(best), corpus.caption(best), corpus.year(best), 'scientists')}")
        also = list(dict.fromkeys(held[t].form for t in held if t not in part))[:_ALSO]
        if also:
            told.append(f"也做：{'、'.join(also)}")
        return told


def _one_sided(sides: Sequence[frozenset[Side]]) -> str:
    """Why there is no team across, '' where there may be one."""
    known = sum(bool(found) for found in sides)
    for side in Side:
        if not any(side in found for found in sides):
            return (f"nobody of the {len(sides)} who have a topic is known to be of {side.value} ({known} have a discipline that tells; "
                    "a person's disciplines, else those of their works count)")
    return "" if known > 1 else "only one person who has a topic has a discipline that tells, and a team across takes two"


def _bringers(problem: Cover, members: Sequence[int]) -> list[int | None]:
    """Who brings each topic: the best at it; of several alike a lead, then who knows more in all, matches better, is first in rank."""
    alone: Integers = (problem.degree * problem.weight).sum(axis=1)
    order = sorted(members, key=lambda i: (i not in problem.fixed, -alone[i], -problem.score[i], problem.rank[i]))
    best = [max(order, key=lambda i: int(problem.degree[i, t]), default=None) for t in range(len(problem.weight))]
    return [i if i is not None and problem.degree[i, t] > 0 else None for t, i in enumerate(best)]


def topic_count(result: TeamResult) -> int:
    """How many topics somebody in the team has, whole or in part."""
    missing = {*result.uncovered, *result.elsewhere, *result.closed}
    return sum(name not in missing for name, _ in result.topics)

