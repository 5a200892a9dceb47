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
from queries.best_documents import BestDocuments
from queries.cautions import Cautions, Pair
from queries.confidence import level
from queries.corpus import Corpus
from queries.demands import Demand, Demands
from queries.embedding import Embeddings, fused
from queries.explain import DIGITS, Explainer, Scored, Wordings, reasons
from queries.feature_measures import Measure, Sight, told
from queries.features import FEATURES, factor, weights_of
from queries.pairings import EXPERTS, Pairing
from queries.paths import Paths
from queries.phrases import Wording
from queries.results import Evidence, Exclusion, Match, MatchResult
from queries.routes import Routes
from queries.rules import Ground, barred
from queries.sentence_models import SentenceEncoder

DISCOUNTS: NDArray[np.float64] = np.asarray([0.5**k for k in range(5)])
_BLOCK = 32


class Matcher:
    """Ranks the suppliers of one snapshot; make it once for many demands.

    Attributes:
        supplier_ids: full ids, in the order of their rows.
        eligible: which suppliers count at all (suppliers,).
        weights: of the features.

    Args:
        snapshot: the graph.
        pairing: what is matched with what.
        today: the day on which jobs, deadlines and dates count (ISO); the clock's when None.
        weights: of features, in place of those declared.
        encoder: a sentence model to fuse with the words; none as a rule.

    Raises:
        UsageError: the graph has no supplier of whom any document speaks; a weight is of no feature of the pairing.
    """

    def __init__(self, snapshot: Snapshot, pairing: Pairing = EXPERTS, *, today: str | None = None,
                 weights: Mapping[str, float] | None = None, encoder: SentenceEncoder | None = None) -> None:
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
        self._embeddings = Embeddings(encoder, self.corpus.texts, snapshot.folder) if encoder is not None else None
        self.supplier_ids = snapshot.ids(pairing.supply.pool)
        self.eligible = np.ones(len(self.supplier_ids), np.bool_) if pairing.suppliers is None else pairing.suppliers(snapshot, self.today)
        if pairing.supply.kind:
            self.eligible = self.eligible & snapshot.kind_mask(pairing.supply.kind)
        self._best = BestDocuments(self.corpus.supplier, self.corpus.document, len(self.supplier_ids), DISCOUNTS)

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
        result = MatchResult(supplier=self.pairing.supplier, demand=self.pairing.demand)
        for done, scored in enumerate(self._scored(demands), 1):
            self._rank(scored.demand, scored.documents, top, Explainer(self._wordings, scored) if explain else None, result)
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
            wanted.setdefault(match.demand_id, []).append(at)
        found = list(matches)
        for scored in self._scored([d for d in demands if d.id in wanted]):
            explainer = Explainer(self._wordings, scored)
            for at in wanted[scored.demand.id]:
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
        for scored in self._scored(demands):
            yield scored.demand, self._of_suppliers(scored.documents)

    def _scored(self, demands: Sequence[Demand]) -> Iterator[Scored]:
        """Each demand with what it asks, and the share of the ideal that each document reaches."""
        for start in range(0, len(demands), _BLOCK):
            block = demands[start:start + _BLOCK]
            texts = [self.asked(d) for d in block]
            queries = self.corpus.index.queries(texts)
            alike = self._embeddings.similarity(texts) if self._embeddings is not None else [None] * len(block)
            scores = self.corpus.index.scores(queries)
            for demand, asked, documents, best, near in zip(block, texts, scores, queries.ideal, alike, strict=True):
                share = documents / best if best > 0 else documents
                yield Scored(demand, asked, share if near is None else fused(share, near), near)

    def _of_suppliers(self, documents: NDArray[np.float64]) -> NDArray[np.float64]:
        """The discounted sum of every supplier's best documents, over the ideal (suppliers, 0…1)."""
        found: NDArray[np.float64] = self._best.scores(documents) / DISCOUNTS.sum()
        return found

    def scores(self, demands: Sequence[Demand]) -> Iterator[tuple[Demand, NDArray[np.float64], dict[int, tuple[str, str]]]]:
        """For each demand the score of every supplier (suppliers, 0…1), and whom rules keep out of it."""
        for scored in self._scored(demands):
            yield scored.demand, self._scores(scored.demand, scored.documents), self.barred(scored.demand)

    def _scores(self, demand: Demand, documents: NDArray[np.float64]) -> NDArray[np.float64]:
        text = self._of_suppliers(documents)
        text[~self.eligible] = 0.0
        scores = text
        for name, weight in self.weights.items():
            if weight > 0:
                scores = scores * factor(weight, self.measure(name).values(demand, text))
        return np.round(scores, DIGITS)

    def _rank(self, demand: Demand, documents: NDArray[np.float64], top: int, explainer: Explainer | None, result: MatchResult) -> None:
        scores = self._scores(demand, documents)
        kept_out = self.barred(demand)
        best = _highest(scores, top + len(kept_out) if top else len(scores))
        rank = 0
        for row in best.tolist():
            if (rule := kept_out.get(row)) is not None:
                result.excluded.append(Exclusion(demand.id, self.supplier_ids[row], *rule))
                continue
            rank += 1
            match = Match(demand.id, rank, self.supplier_ids[row], self.supplier_name(row), float(scores[row]),
                          demand_title=demand.title, institution=self.institutions(row))
            result.matches.append(match if explainer is None else self._with_evidence(explainer, match))
            if rank == top:
                break

    def supplier_name(self, row: int) -> str:
        """What a supplier is called."""
        return self.snapshot.name(self.pairing.supply.pool, row)

    def institutions(self, row: int) -> str:
        """Where a supplier who is a person stands."""
        if self.pairing.supply.pool != "scientists":
            return ""
        bodies = self.paths.reached("scientists", [row], ("affiliations",))
        return "；".join(self.snapshot.name("organisations", body) for body in bodies.tolist())

    def _behind(self, row: int, evidence: Sequence[Evidence]) -> Iterator[str]:
        """By way of whom the best document speaks for a supplier, where it is neither theirs nor by them: the member of a society."""
        for texts in self.pairing.supply.texts:
            at = self.snapshot.positions(texts.pool).get(evidence[0].id) if len(texts.path) > 1 else None
            if at is not None and (way := self.paths.way(self.pairing.supply.pool, row, texts.path, [at])):
                yield f"由来：{told(self.snapshot, way)}"

    def _with_evidence(self, explainer: Explainer, match: Match) -> Match:
        pool = self.pairing.supply.pool
        row = self.snapshot.positions(pool)[match.supplier_id]
        evidence = explainer.evidence(self.documents_of(row))
        demand = explainer.scored.demand
        facts = (f"{FEATURES[name].label}：{said}" for name, weight in self.weights.items()
                 if (weight > 0 or FEATURES[name].told) and (said := self.measure(name).said(demand, row)))
        return replace(match, evidence=evidence, reasons=reasons(evidence, pool), confidence=level(match.score, evidence).name,
                       facts=(*self._behind(row, evidence), *facts),
                       cautions=self._cautions.of(Pair(demand, row, self.snapshot.row(pool, match.supplier_id), evidence)),
                       route=self._routes.of(row, {body for _, same in self._ground.owners(demand) for body in same}))


def _highest(scores: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Who is among the highest so many, or level with the last of them, and above 0; highest first, then by row."""
    least = np.partition(scores, len(scores) - most)[len(scores) - most] if 0 < most < len(scores) else 0.0
    found = np.flatnonzero((scores >= least) & (scores > 0))
    return found[np.argsort(-scores[found], kind="stable")]
