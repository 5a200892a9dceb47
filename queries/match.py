"""Who can meet this need: supply ranked for demand by what speaks for it, with hard rules first.

A scientist's score is the discounted sum of their best documents (1, 1/2, 1/4, 1/8, 1/16), over what an ideal
scientist would have: between 0 and 1, and comparable across needs. Max, mean and plain sums rank worse on real papers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.errors import UsageError
from graph.ids import split_id
from graph.snapshot import Snapshot
from queries.corpus import Corpus
from queries.features import INSTITUTION, Institutions
from queries.needs import Needs
from queries.phrases import Wording, shared_phrases
from queries.results import Evidence, Exclusion, Match, MatchResult
from queries.rules import Rules

DISCOUNTS: NDArray[np.float64] = np.asarray([0.5**k for k in range(5)])
_BLOCK = 64
_SHOWN = 5
_KEPT = 20_000
_TITLE = 40
_COMMON, _FEW = 0.1, 10
"""A phrase whose rarest part stands in more than a tenth of the documents (of few: in more than ten) is no reason."""
_DIGITS = 6
_NO_WORD = "没有共同的词语，只有零散的字相近"
OPEN_STATUSES = (None, "open", "matched")


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked: an id, the text of it, and the need in the graph where it is one."""

    id: str
    text: str
    need: str | None = None
    title: str = ""


class Matcher:
    """Ranks the scientists of one snapshot; make it once for many needs.

    Args:
        snapshot: the graph.
        today: the day on which jobs count as held (ISO); the clock's when None.

    Raises:
        UsageError: the graph has no scientist with works or a profile.
    """

    def __init__(self, snapshot: Snapshot, *, today: str | None = None) -> None:
        self.snapshot = snapshot
        self.corpus = Corpus.of(snapshot)
        if not len(self.corpus.person):
            raise UsageError("no scientist has works, keywords, disciplines or a bio: load works and authorships, or a list with 研究方向")
        self._rules = Rules(snapshot, today or date.today().isoformat())
        self._wordings: dict[int, Wording] = {}
        self._weights: dict[str, float] = {}
        self._people = snapshot.ids("scientists")
        self._names = snapshot.names("scientists")
        bodies = snapshot.names_by_id("organisations")
        affiliations = snapshot.targets("affiliations")
        self._institutions = {s: "；".join(bodies[o] for o in found if o in bodies) for s, found in affiliations.items()}
        people, at = snapshot.positions("scientists"), snapshot.positions("organisations")
        self._at = Institutions([(people[s], at[o]) for s, found in affiliations.items() for o in found if o in at])
        self._needs = Needs(snapshot)
        documents = self.corpus.index.size
        self._telling = math.log1p(max(documents - _COMMON * documents, 0.0) / max(_COMMON * documents, _FEW))
        first = np.flatnonzero(np.diff(self.corpus.person, prepend=-1))
        self._place = np.arange(len(self.corpus.person)) - np.repeat(first, np.diff(np.append(first, len(self.corpus.person))))
        self._rank_weight = np.where(self._place < len(DISCOUNTS), DISCOUNTS[np.minimum(self._place, len(DISCOUNTS) - 1)], 0.0)

    def demands(self, needs: Sequence[str] | None = None) -> tuple[list[Demand], list[tuple[str, str]]]:
        """The needs to match, and those that are left out with the reason.

        Args:
            needs: ids, or ends of them; all open needs when None.

        Raises:
            UnknownId: an id names no need.
        """
        wanted = [self.snapshot.find(n, ("needs",))[1] for n in needs] if needs is not None else self.snapshot.ids("needs")
        status = dict(zip(self.snapshot.ids("needs"), self.snapshot.column("needs", "status"), strict=True))
        left_out = [(n, f"status {status[n]}") for n in wanted if needs is None and status[n] not in OPEN_STATUSES]
        skipped = {n for n, _ in left_out}
        texts = self._needs.texts()
        titles = dict(zip(self.snapshot.ids("needs"), self.snapshot.column("needs", "title"), strict=True))
        return [Demand(n, texts[n], n, str(titles[n] or texts[n][:_TITLE])) for n in dict.fromkeys(wanted) if n not in skipped], left_out

    def match(self, demands: Sequence[Demand], *, top: int = 10, progress: Callable[[int], None] | None = None) -> MatchResult:
        """Rank scientists for each demand.

        Args:
            demands: what is asked.
            top: how many for each; 0 gives everybody for whom anything speaks.
            progress: told after each demand how many are done.
        """
        if top < 0:
            raise UsageError(f"--top is 0 (all) or more, not {top}")
        result = MatchResult()
        for done, (demand, asked, scores) in enumerate(self._scored(demands), 1):
            self._rank(demand, asked, scores, top, result)
            if progress is not None:
                progress(done)
        return result

    def _scored(self, demands: Sequence[Demand]) -> Iterator[tuple[Demand, str, NDArray[np.float64]]]:
        """Each demand with what it asks, and the share of the ideal that each document reaches."""
        for start in range(0, len(demands), _BLOCK):
            block = demands[start:start + _BLOCK]
            texts = [self.asked(d) for d in block]
            queries = self.corpus.index.queries(texts)
            for demand, asked, scores, best in zip(block, texts, self.corpus.index.scores(queries), queries.ideal, strict=True):
                yield demand, asked, scores / best if best > 0 else scores

    def _rank(self, demand: Demand, asked: str, documents: NDArray[np.float64], top: int, result: MatchResult) -> None:
        corpus = self.corpus
        reached = documents[corpus.document]
        order = np.lexsort((-reached, corpus.person))
        summed = np.bincount(corpus.person, weights=reached[order] * self._rank_weight, minlength=len(self._people))
        people: NDArray[np.float64] = summed / DISCOUNTS.sum()
        people = np.round(people * INSTITUTION.factor(self._at.best(people)), _DIGITS)
        best = np.argsort(-people, kind="stable")
        best = best[people[best] > 0]
        barred = self._rules.barred(demand.need)
        explain = _Explainer(self, asked, documents)
        rank = 0
        for person in best:
            if (rule := barred.get(int(person))) is not None:
                result.excluded.append(Exclusion(demand.id, self._people[person], *rule))
                continue
            rank += 1
            evidence = explain.evidence(int(person))
            result.matches.append(Match(demand.id, rank, self._people[person], self._names[person], float(people[person]), evidence,
                                        explain.reasons(evidence), demand.title, self._institutions.get(self._people[person], "")))
            if rank == top:
                break

    def asked(self, demand: Demand) -> str:
        """What a demand asks, without names, places and standing phrases."""
        return self._needs.asked(demand.text, demand.need)

    def documents_of(self, person: int) -> NDArray[np.int64]:
        """The documents that speak for a scientist (row of the scientists' table)."""
        low, high = np.searchsorted(self.corpus.person, [person, person + 1])
        found: NDArray[np.int64] = self.corpus.document[low:high]
        return found

    def wording(self, document: int) -> Wording:
        """A document made ready for comparison; those met often are kept."""
        if document not in self._wordings:
            if len(self._wordings) >= _KEPT:
                self._wordings.clear()
            self._wordings[document] = Wording.of(self.corpus.text(document))
        return self._wordings[document]

    def phrase_weight(self, phrase: str) -> float:
        """What a phrase tells: the summed idf of its terms; 0 for what stands in too many documents to be a reason."""
        if phrase not in self._weights:
            idf = self.corpus.index.queries([phrase]).vectors.data
            self._weights[phrase] = float(idf.sum()) if idf.max(initial=0.0) >= self._telling else 0.0
        return self._weights[phrase]


class _Explainer:
    """Evidence and reasons for one demand; what two people share (a paper of both) is worked out once."""

    def __init__(self, matcher: Matcher, asked: str, documents: NDArray[np.float64]) -> None:
        self._matcher, self._wording, self._scores = matcher, Wording.of(asked), documents
        self._known: dict[int, Evidence] = {}

    def evidence(self, person: int) -> tuple[Evidence, ...]:
        """The best documents of a scientist, best first."""
        documents = self._matcher.documents_of(person)
        scores = self._scores[documents]
        order = np.lexsort((documents, -scores))[:_SHOWN]
        return tuple(self._of(int(documents[i])) for i in order if scores[i] > 0)

    def _of(self, document: int) -> Evidence:
        if document not in self._known:
            corpus = self._matcher.corpus
            terms = shared_phrases(self._wording, self._matcher.wording(document), self._matcher.phrase_weight)
            self._known[document] = Evidence(corpus.ids[document], corpus.titles[document], round(float(self._scores[document]), _DIGITS), terms,
                                             corpus.years[document])
        return self._known[document]

    def reasons(self, evidence: tuple[Evidence, ...]) -> str:
        """Why, in words."""
        best = evidence[0]
        terms = list(dict.fromkeys(t for e in evidence[:3] for t in e.terms))[:6]
        year = f"（{best.year}）" if best.year else ""
        named = f"{best.title}{year}" if split_id(best.id)[1] == "scientists" else f"《{best.title}》{year}"
        parts = [f"最相关：{named}"]
        if len(evidence) > 1:
            parts.append(f"另有{len(evidence) - 1}项相关")
        parts.append(f"共同内容：{'、'.join(terms)}" if terms else _NO_WORD)
        return "；".join(parts)
