"""A graph of many works, made of real words, for benchmarks.match_scale.

Titles, clauses and keywords of shared/data (chinaxiv, funded_projects) are recombined with a fixed seed: a work has a title (20 characters on
average), 100 to 200 characters of abstract in clauses of up to three papers, and three to five keywords. There are four works to a person; works
have one to four authors, some people write much and most write little, one in ten has keywords of their own. People and bodies are numbers. Needs
are one to five sentences of abstracts. Seams of titles and cut ends make pairs of characters that no text has, as rare words do in real lists.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.match_methods import ROOT
from graph.layout import edge_schema, node_schema
from graph.schema import EDGES, POOLS

_BODIES, _WORKS_TO_PEOPLE = 2_000, 4
_END = re.compile(r"(?<=[。；！？])")
_CLAUSE = re.compile(r"(?<=[，。；：])")
_SHORTEST, _LONGEST = 100, 200
"""Characters of an abstract."""


def _rows(name: str) -> list[dict[str, str]]:
    shared = Path(os.environ.get("ZHULIAN_SHARED", ROOT.parent / "shared"))
    with gzip.open(shared / "data" / name / "works.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Texts:
    """Real titles, clauses, sentences and keywords, and texts made of them."""

    def __init__(self, seed: int) -> None:
        papers, projects = _rows("chinaxiv"), _rows("funded_projects")
        self._random = np.random.default_rng(seed)
        self._titles = [t for row in papers + projects if len(t := row["title"].strip()) > 5]
        abstracts = [row["abstract"] for row in papers if len(row["abstract"]) >= _LONGEST]
        self._clauses = [[c for c in _CLAUSE.split(a) if c] for a in abstracts]
        self._sentences = [s for a in abstracts for s in _END.split(a) if 15 <= len(s) <= 120]
        self._keywords = sorted({k.strip() for row in papers for k in re.split("[;；,，]", row["keywords"]) if k.strip()})

    def titles(self, count: int) -> list[str]:
        """Real titles, half of them the first half of one and the second of another."""
        first, second = self._random.integers(0, len(self._titles), (2, count)).tolist()
        return [a if i % 2 else a[:len(a) // 2] + b[len(b) // 2:] for i, (a, b) in
                enumerate(zip(map(self._titles.__getitem__, first), map(self._titles.__getitem__, second), strict=True))]

    def abstracts(self, count: int) -> list[str]:
        """Clauses that follow each other in one paper, then in another, up to a length of 100 to 200 characters."""
        papers = self._random.integers(0, len(self._clauses), (count, 3)).tolist()
        lengths = self._random.integers(_SHORTEST, _LONGEST + 1, count).tolist()
        starts = self._random.random((count, 3)).tolist()
        found = []
        for chosen, at, length in zip(papers, starts, lengths, strict=True):
            text = ""
            for paper, share in zip(chosen, at, strict=True):
                clauses = self._clauses[paper]
                begin = int(share * len(clauses))
                text += "".join(clauses[begin:begin + 6])[: length * 2 // 3]
            found.append(text[:length])
        return found

    def keywords(self, count: int) -> list[list[str]]:
        """Three to five keywords."""
        chosen = self._random.integers(0, len(self._keywords), (count, 5)).tolist()
        return [[self._keywords[k] for k in few[: 3 + i % 3]] for i, few in enumerate(chosen)]

    def needs(self, count: int) -> list[str]:
        """One to five sentences."""
        chosen = self._random.integers(0, len(self._sentences), (count, 5)).tolist()
        return ["".join(self._sentences[s] for s in few[: 1 + i % 5]) for i, few in enumerate(chosen)]


def _table(schema: pa.Schema, columns: dict[str, object], rows: int) -> pa.Table:
    """A table of a schema; columns that are not given are null."""
    return pa.table({f.name: pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(rows, f.type) for f in schema}, schema=schema)


def _nodes(pool: str, kind: str, count: int, columns: dict[str, object]) -> pa.Table:
    ids = [f"made/{pool}/{i:07}" for i in range(count)]
    return _table(node_schema(pool), {"id": ids, "node_kind": [kind] * count, "stub": [False] * count, **columns}, count)


def _edges(kind: str, source: str, target: str, pairs: NDArray[np.int64]) -> pa.Table:
    pairs = np.unique(pairs, axis=0)
    ids = [[f"made/{pool}/{i:07}" for i in side] for pool, side in zip((source, target), pairs.T.tolist(), strict=True)]
    return _table(edge_schema(kind), {"source": ids[0], "target": ids[1]}, len(pairs))


def _write(folder: Path, name: str, table: pa.Table) -> None:
    with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def make(folder: Path, works: int, needs: int, seed: int) -> None:
    """The tables of a graph, as `graph.snapshot` keeps them."""
    texts, random = Texts(seed), np.random.default_rng(seed)
    people = max(works // _WORKS_TO_PEOPLE, 1)
    titles, abstracts = pa.array(texts.titles(works)), pa.array(texts.abstracts(works))
    made = {
        "works": _nodes("works", "work", works, {"title": titles, "abstract": abstracts, "keywords": texts.keywords(works),
                                                 "year": random.integers(2000, 2026, works)}),
        "scientists": _nodes("scientists", "scientist", people, {
            "name": [f"学者{i:07}" for i in range(people)],
            "keywords": [k if i % 10 == 0 else None for i, k in enumerate(texts.keywords(people))]}),
        "organisations": _nodes("organisations", "institution", _BODIES, {"name": [f"第{i}研究所" for i in range(_BODIES)]}),
        "needs": _nodes("needs", "need", needs, {"text": texts.needs(needs)}),
    }
    authors = np.repeat(np.arange(works), random.integers(1, 5, works))
    # Some write much and most write little: the square of an even draw.
    writers = (random.random(len(authors)) ** 2 * people).astype(np.int64)
    joined = {"authorships": _edges("authorships", "works", "scientists", np.stack([authors, writers], axis=1)),
              "affiliations": _edges("affiliations", "scientists", "organisations",
                                     np.stack([np.arange(people), random.integers(0, _BODIES, people)], axis=1))}
    for pool in POOLS:
        _write(folder, pool, made.get(pool, _table(node_schema(pool), {}, 0)))
    for kind in EDGES:
        _write(folder, kind, joined.get(kind, _table(edge_schema(kind), {}, 0)))
