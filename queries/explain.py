"""Why a supplier is proposed: the documents that speak for them with the words in common, in words that one can say on the phone."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.ids import split_id
from queries.corpus import Corpus
from queries.demands import Demand
from queries.phrases import Wording, shared_phrases
from queries.results import Evidence

DIGITS = 6
_SHOWN = 5
_KEPT = 20_000
_COMMON, _FEW = 0.1, 10
"""A phrase whose rarest part stands in more than a tenth of the documents (of few: in more than ten) is no reason."""
_NO_WORD = "没有能区分的共同词语，只有常见的词或零散的字相近"
_NEAR = "没有能区分的共同词语，语义模型认为意思相近"
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_PASSAGE = 120


class Wordings:
    """Documents of a corpus made ready for comparison, and what their phrases tell."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._wordings: dict[int, Wording] = {}
        self._weights: dict[str, float] = {}
        documents = corpus.index.size
        self._telling = math.log1p(max(documents - _COMMON * documents, 0.0) / max(_COMMON * documents, _FEW))

    def of(self, document: int) -> Wording:
        """A document made ready for comparison; those met often are kept."""
        if document not in self._wordings:
            if len(self._wordings) >= _KEPT:
                self._wordings.clear()
            self._wordings[document] = Wording.of(self.corpus.whole(document))
        return self._wordings[document]

    def weight(self, phrase: str) -> float:
        """What a phrase tells: the summed idf of its terms; 0 for what stands in too many documents to be a reason."""
        if phrase not in self._weights:
            idf = self.corpus.index.queries([phrase]).vectors.data
            self._weights[phrase] = float(idf.sum()) if idf.max(initial=0.0) >= self._telling else 0.0
        return self._weights[phrase]


@dataclass(frozen=True, slots=True)
class Scored:
    """A demand against all documents.

    Attributes:
        demand, asked: the demand, and what it asks.
        documents: the share of the ideal that each document reaches (documents,).
        alike: how near each document is in meaning (documents, 0…1); None without a model.
    """

    demand: Demand
    asked: str
    documents: NDArray[np.float64]
    alike: NDArray[np.float32] | None = None


class Explainer:
    """Evidence and reasons for one demand; what two suppliers share (a paper of both) is worked out once."""

    def __init__(self, wordings: Wordings, scored: Scored) -> None:
        self.scored = scored
        self._wordings, self._asked, self._scores = wordings, Wording.of(scored.asked), scored.documents
        self._known: dict[int, Evidence] = {}

    def evidence(self, documents: NDArray[np.int64]) -> tuple[Evidence, ...]:
        """The best of a supplier's documents, best first."""
        scores = self._scores[documents]
        order = np.lexsort((documents, -scores))[:_SHOWN]
        return tuple(self._of(int(documents[i])) for i in order if scores[i] > 0)

    def _of(self, document: int) -> Evidence:
        if document not in self._known:
            corpus = self._wordings.corpus
            terms = shared_phrases(self._asked, self._wordings.of(document), self._wordings.weight)
            self._known[document] = Evidence(corpus.id(document), corpus.caption(document), round(float(self._scores[document]), DIGITS), terms,
                                             corpus.year(document), passage(corpus.body(document), terms),
                                             0.0 if self.scored.alike is None else round(float(self.scored.alike[document]), DIGITS))
        return self._known[document]


def passage(text: str, terms: tuple[str, ...]) -> str:
    """The sentence of a text in which most of the terms stand, cut to a line or two; '' where none does."""
    best, most = "", 0.0
    for found in _SENTENCE.finditer(text):
        sentence = found.group().strip()
        held = [t for t in terms if t in sentence.casefold()]
        if (score := sum(map(len, held)) / (1 + len(sentence) / 400)) > most:
            best, most = sentence, score
    if len(best) <= _PASSAGE:
        return best
    first = min(at for t in terms if (at := best.casefold().find(t)) >= 0)
    start = max(0, min(first - _PASSAGE // 4, len(best) - _PASSAGE))
    return ("…" if start else "") + best[start:start + _PASSAGE] + ("…" if start + _PASSAGE < len(best) else "")


def named(id_: str, title: str, year: int | None, own_pool: str) -> str:
    """A document in a sentence: a work by its title, a profile (of the suppliers' own table) as it is called, with the year where it has one."""
    said = f"（{year}）" if year else ""
    return f"{title}{said}" if split_id(id_)[1] == own_pool else f"《{title}》{said}"


def reasons(evidence: tuple[Evidence, ...], own_pool: str) -> str:
    """Why, in words.

    Args:
        own_pool: the table of the suppliers: a document of theirs is a profile, no work.
    """
    best = evidence[0]
    terms = list(dict.fromkeys(t for e in evidence[:3] for t in e.terms))[:6]
    parts = [f"最相关：{named(best.id, best.title, best.year, own_pool)}"]
    if len(evidence) > 1:
        parts.append(f"另有{len(evidence) - 1}项相关")
    parts.append(f"共同内容：{'、'.join(terms)}" if terms else _NEAR if any(e.alike > 0 for e in evidence[:3]) else _NO_WORD)
    return "；".join(parts)
