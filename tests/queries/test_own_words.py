"""Needs in an enterprise's own words about real papers: written by somebody who had not seen the ranking, with none of the papers' keywords.

`own_words.csv` holds the needs and the id of the paper that each is about; who wrote the paper is in the shared data. The paper's authors count as
the answer, though others may know as much: the figure is a lower bound.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graph.snapshot import Snapshot
from graph.workspace import Workspace
from loaders.load import load
from queries.demands import Demand
from queries.match import Matcher
from queries.need_words import words
from queries.results import MatchResult
from tests.worlds import snapshot_of

NEEDS = list(csv.DictReader(Path(__file__).with_name("own_words.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def papers(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    path = tmp_path_factory.mktemp("papers") / "w.duckdb"
    with Workspace(path) as workspace:
        load(workspace, [shared_data / "chinaxiv"])
    return snapshot_of(path)


@pytest.fixture(scope="module")
def answers(papers: Snapshot) -> MatchResult:
    return Matcher(papers).match([Demand(row["id"], row["need"]) for row in NEEDS], top=10)


def test_the_authors_are_among_the_first_ten(papers: Snapshot, answers: MatchResult) -> None:
    authors: dict[str, set[str]] = {}
    for work, scientist in papers.pairs("authorships"):
        authors.setdefault(work.rpartition("/")[2], set()).add(scientist)
    found = {row["id"]: {m.supplier_id for m in answers.matches if m.demand_id == row["id"]} for row in NEEDS}
    recall = [len(found[row["id"]] & authors[row["work"]]) / len(authors[row["work"]]) for row in NEEDS]
    assert len(recall) == 48
    assert sum(recall) / len(recall) >= 0.40


def test_no_reason_is_a_word_that_says_nothing(answers: MatchResult) -> None:
    said = {term for m in answers.matches for e in m.evidence for term in e.terms}
    assert len(said) > 150
    assert not said & (words("template") | words("phrase") | words("weak"))
