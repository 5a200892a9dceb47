"""Who can meet this demand: supply ranked for demand by what speaks for it, with hard rules first. One engine for every pairing.

A supplier's score is the discounted sum of their best documents (1, 1/2, 1/4, 1/8, 1/16), over what an ideal supplier would have: between 0 and 1,
and comparable across demands. Max, mean and plain sums rank worse on real papers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.errors import UsageError
from graph.snapshot import Snapshot
from queries.cautions import Cautions, Pair
from queries.confidence import level
from queries.corpus import Corpus
from queries.demands import Demand, Demands
from queries.explain import DIGITS, Explainer, Wordings, reasons
from queries.feature_measures import Measure, Sight
from queries.features import FEATURES, factor, weights_of
from queries.pairings import EXPERTS, Pairing
from queries.paths import Paths
from queries.phrases import Wording
from queries.results import Exclusion, Match, MatchResult
from queries.routes import Routes
from queries.rules import Ground, barred

DISCOUNTS: NDArray[np.float64] = np.asarray([0.5**k for k in range(5)])
_BLOCK = 64


class Matcher:
    """Ranks the suppliers of one snapshot; make it once for many demands.

    Args:
        snapshot: the graph.
        pairing: what is matched with what.
        today: the day on which jobs, deadlines and dates count (ISO); the clock's when None.
        weights: of features, in place of those declared.

    Raises:
        UsageError: the graph has no supplier of whom any document speaks; a weight is of no feature of the pairing.
    """

    def __init__(self, snapshot: Snapshot, pairing: Pairing = EXPERTS, *, today: str | None = None,
                 weights: Mapping[str, float] | None = None) -> None:
        self.snapshot, self.pairing = snapshot, pairing
        self.paths = Paths(snapshot)
        self.corpus = Corpus(snapshot, self.paths, pairing.supply)
        if not len(self.corpus.supplier):
            raise UsageError("no scientist has works, keywords, disciplines or a bio: load works and authorships, or a list with 研究方向"
                             if pairing.supply.pool == "scientists" else f"nothing in the graph speaks for any {pairing.supplier}")
        self.today = today or date.today().isoformat()
        self._demands = Demands(snapshot, self.paths, pairing, self.today)
        self._ground = Ground(snapshot, self.paths, pairing, self._demands, self.today)
        self.weights = weights_of(pairing, weights)
        self._sight = Sight(snapshot, self.paths, pairing, self._demands, self.corpus, self.today)
        self._measures: dict[str, Measure] = {}
        self._cautions, self._routes = Cautions(self._sight), Routes(self._sight)
        self._wordings = Wordings(self.corpus)
        self._suppliers = snapshot.ids(pairing.supply.pool)
        self._eligible = pairing.suppliers(snapshot, self.today) if pairing.suppliers is not None else None
        first = np.flatnonzero(np.diff(self.corpus.supplier, prepend=-1))
        place = np.arange(len(self.corpus.supplier)) - np.repeat(first, np.diff(np.append(first, len(self.corpus.supplier))))
        self._rank_weight = np.where(place < len(DISCOUNTS), DISCOUNTS[np.minimum(place, len(DISCOUNTS) - 1)], 0.0)

    def demands(self, wanted: Sequence[str] | None = None) -> tuple[list[Demand], list[tuple[str, str]]]:
        """The demands to match, and those that are left out with the reason (a status, a deadline that is past).

        Args:
            wanted: ids, ends of them, names or titles: these are matched, open or not; all open demands when None.

        Raises:
            UnknownId: an id names no demand.
        """
        return self._demands.open() if wanted is None else (self._demands.named(wanted), [])

    def match(self, demands: Sequence[Demand], *, top: int = 10, explain: bool = True, progress: Callable[[int], None] | None = None) -> MatchResult:
        """Rank suppliers for each demand.

        Args:
            demands: what is asked.
            top: how many for each; 0 gives everybody for whom anything speaks.
            explain: whether to work out evidence and reasons (`explained` does it later for some).
            progress: told after each demand how many are done.
        """
        if top < 0:
            raise UsageError(f"--top is 0 (all) or more, not {top}")
        result = MatchResult()
        for done, (demand, asked, documents) in enumerate(self._scored(demands), 1):
            self._rank(demand, documents, top, Explainer(self._wordings, demand, asked, documents) if explain else None, result)
            if progress is not None:
                progress(done)
        return result

    def explained(self, demands: Sequence[Demand], matches: Sequence[Match]) -> list[Match]:
        """Matches with the evidence and reasons that `match(explain=False)` left out, in their order.

        Args:
            demands: those of the matches.
        """
        wanted: dict[str, list[int]] = {}
        for at, match in enumerate(matches):
            wanted.setdefault(match.need_id, []).append(at)
        found = list(matches)
        for demand, asked, documents in self._scored([d for d in demands if d.id in wanted]):
            explainer = Explainer(self._wordings, demand, asked, documents)
            for at in wanted[demand.id]:
                found[at] = self._with_evidence(explainer, matches[at])
        return found

    def asked(self, demand: Demand) -> str:
        """What a demand asks, without names, places and standing phrases."""
        return self._demands.asked(demand)

    def barred(self, demand: Demand) -> dict[int, tuple[str, str]]:
        """Row of the supplier → (rule, note) for all who may not be proposed for a demand."""
        return barred(self._ground, demand)

    def documents_of(self, supplier: int) -> NDArray[np.int64]:
        """The documents that speak for a supplier (row of their pool)."""
        low, high = np.searchsorted(self.corpus.supplier, [supplier, supplier + 1])
        found: NDArray[np.int64] = self.corpus.document[low:high]
        return found

    def wording(self, document: int) -> Wording:
        """A document made ready for comparison."""
        return self._wordings.of(document)

    def phrase_weight(self, phrase: str) -> float:
        """What a phrase tells (see `Wordings.weight`)."""
        return self._wordings.weight(phrase)

    def measure(self, name: str) -> Measure:
        """A feature over this snapshot."""
        if name not in self._measures:
            self._measures[name] = FEATURES[name].measure(self._sight)
        return self._measures[name]

    def text_scores(self, demands: Sequence[Demand]) -> Iterator[tuple[Demand, NDArray[np.float64]]]:
        """What the text alone says of every supplier for each demand (suppliers, 0…1)."""
        for demand, _, documents in self._scored(demands):
            yield demand, self._of_suppliers(documents)

    def _scored(self, demands: Sequence[Demand]) -> Iterator[tuple[Demand, str, NDArray[np.float64]]]:
        """Each demand with what it asks, and the share of the ideal that each document reaches."""
        for start in range(0, len(demands), _BLOCK):
            block = demands[start:start + _BLOCK]
            texts = [self.asked(d) for d in block]
            queries = self.corpus.index.queries(texts)
            for demand, asked, scores, best in zip(block, texts, self.corpus.index.scores(queries), queries.ideal, strict=True):
                yield demand, asked, scores / best if best > 0 else scores

    def _of_suppliers(self, documents: NDArray[np.float64]) -> NDArray[np.float64]:
        """The discounted sum of every supplier's best documents, over the ideal (suppliers, 0…1)."""
        reached = documents[self.corpus.document]
        order = np.lexsort((-reached, self.corpus.supplier))
        summed = np.bincount(self.corpus.supplier, weights=reached[order] * self._rank_weight, minlength=len(self._suppliers))
        found: NDArray[np.float64] = summed / DISCOUNTS.sum()
        return found

    def _rank(self, demand: Demand, documents: NDArray[np.float64], top: int, explainer: Explainer | None, result: MatchResult) -> None:
        text = self._of_suppliers(documents)
        if self._eligible is not None:
            text[~self._eligible] = 0.0
        scores = text
        for name, weight in self.weights.items():
            if weight > 0:
                scores = scores * factor(weight, self.measure(name).values(demand, text))
        scores = np.round(scores, DIGITS)
        best = np.argsort(-scores, kind="stable")
        best = best[scores[best] > 0]
        kept_out = self.barred(demand)
        rank = 0
        for row in best.tolist():
            if (rule := kept_out.get(row)) is not None:
                result.excluded.append(Exclusion(demand.id, self._suppliers[row], *rule))
                continue
            rank += 1
            match = Match(demand.id, rank, self._suppliers[row], self.snapshot.name(self.pairing.supply.pool, row), float(scores[row]),
                          need_title=demand.title, institution=self._institutions(row))
            result.matches.append(match if explainer is None else self._with_evidence(explainer, match))
            if rank == top:
                break

    def _institutions(self, row: int) -> str:
        """Where a supplier who is a person stands."""
        if self.pairing.supply.pool != "scientists":
            return ""
        bodies = self.paths.reached("scientists", [row], ("affiliations",))
        return "；".join(self.snapshot.name("organisations", body) for body in bodies.tolist())

    def _with_evidence(self, explainer: Explainer, match: Match) -> Match:
        pool = self.pairing.supply.pool
        row = self.snapshot.positions(pool)[match.scientist_id]
        evidence = explainer.evidence(self.documents_of(row))
        facts = (f"{FEATURES[name].label}：{said}" for name, weight in self.weights.items()
                 if (weight > 0 or FEATURES[name].told) and (said := self.measure(name).said(explainer.demand, row)))
        return replace(match, evidence=evidence, reasons=reasons(evidence, pool), confidence=level(match.score, evidence).name, facts=tuple(facts),
                       cautions=self._cautions.of(Pair(explainer.demand, row, self.snapshot.row(pool, match.scientist_id), evidence)),
                       route=self._routes.of(row))
