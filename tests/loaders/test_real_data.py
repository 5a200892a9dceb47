"""Real files: every row accounted for, at the size that they have."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from graph.resolve import clusters, current_judgements, valid_credit_code
from graph.sql import count, scalar
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import new_workspace

ROWS = {
    ("chinaxiv", "scientists"): 22_802, ("chinaxiv", "institutions"): 2_296, ("chinaxiv", "works"): 7_469, ("chinaxiv", "authorships"): 28_587,
    ("funded_projects", "scientists"): 35_886, ("funded_projects", "works"): 45_871, ("funded_projects", "authorships"): 45_871,
    ("a_share_chain", "enterprises"): 4_689, ("a_share_chain", "products"): 91_125, ("a_share_chain", "industries"): 519,
    ("a_share_chain", "makes"): 51_363,
    ("a_share_chain", "product_inputs"): 56_726, ("a_share_chain", "product_kinds"): 5_217, ("a_share_chain", "industry_inputs"): 5_171,
}


def test_papers_projects_and_a_chain_load_whole(shared_data: Path, tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        report = load(workspace, [shared_data / name for name in ("chinaxiv", "funded_projects", "a_share_chain")])
        assert {(t.source, t.table): t.read for t in report.tables} == ROWS
        assert sum(t.read for t in report.tables) == 403_592
        assert [(t.table, t.accepted, t.rejected) for t in report.tables if (t.accepted, t.rejected) != (t.read, 0)] == []
        assert {t.table: t.waiting for t in report.tables if t.waiting} == {"makes": 103}
        assert Counter(i.code for i in report.issues) == {"waiting_reference": 103, "ambiguous_reference": 1}
        assert report.left_alone == []
        con = workspace.connection
        made = {name: count(con, f"graph.{name}") for name in ("makes", "product_inputs", "product_kinds", "industry_inputs", "authorships")}
        assert made["makes"] <= 51_363 - 103
        assert scalar(con, "SELECT count(DISTINCT origin) FROM graph.makes") == made["makes"]
        assert (made["product_inputs"], made["product_kinds"], made["industry_inputs"]) == (56_726, 5_217, 5_171)
        assert made["authorships"] == 28_587 + 45_871
        assert count(con, "graph.works") == 7_469 + 45_871
        # Institutions of the projects are known by name alone: each became what chinaxiv lists, or a stub of its own.
        assert scalar(con, "SELECT count(*) FROM graph.organisations WHERE stub AND NOT starts_with(id, 'funded_projects/')") == 0
        assert scalar(con,
            "SELECT count(*) FROM graph.affiliations WHERE starts_with(source, 'funded_projects/') AND starts_with(target, 'chinaxiv/')") > 10_000


@pytest.fixture(scope="module")
def truth(shared_data: Path) -> dict[str, str]:
    """record id → the person or organisation that it is."""
    found: dict[str, str] = {}
    for name in ("organisations", "persons"):
        with gzip.open(shared_data / "bench_resolve" / f"{name}.truth.csv.gz", "rt", encoding="utf-8-sig", newline="") as lines:
            found |= {row["record_id"]: row["entity_id"] for row in csv.DictReader(lines)}
    return found


@pytest.fixture(scope="module")
def resolved(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The six sources of bench_resolve, loaded."""
    workspace = new_workspace(tmp_path_factory.mktemp("resolve"))
    report = load(workspace, [shared_data / "bench_resolve" / "sources"])
    assert {t.source for t in report.tables} == {"award", "bskj", "kczg", "paper", "registry", "society"}
    assert [sum(t.read for t in report.tables if t.table == table) for table in ("scientists", "organisations")] == [20_000, 10_000]
    assert all((t.read, t.rejected, t.unknown_columns) == (t.accepted, 0, ()) for t in report.tables)
    assert {i.code for i in report.issues} == {"ambiguous_reference", "unresolved_reference"}
    yield workspace
    workspace.close()


def test_six_sources_of_their_own_headers_and_encodings_are_understood(resolved: Workspace) -> None:
    filled = {source: scalar(resolved.connection,
        "SELECT avg((name IS NOT NULL AND institution IS NOT NULL)::INT) FROM records.scientists WHERE source = ?", [source])
              for source in ("award", "bskj", "kczg", "paper", "society")}
    assert all(share > 0.9 for share in filled.values()), filled
    broken = scalar(resolved.connection, "SELECT count(*) FROM records.scientists WHERE contains(name, '\ufffd') OR contains(institution, '\ufffd')")
    assert broken == 0


def test_equal_identifiers_join_only_what_is_the_same(resolved: Workspace, truth: dict[str, str]) -> None:
    joins = [j for j in current_judgements(resolved) if j.method in ("uscc", "orcid")]
    pairs = [(truth[a.split("/", 2)[2]], truth[b.split("/", 2)[2]]) for members in clusters(joins) for a, b in combinations(members, 2)]
    assert len(pairs) >= 1_000
    assert sum(a == b for a, b in pairs) / len(pairs) >= 0.99


def test_a_code_shared_by_different_bodies_joins_nobody_wrongly(resolved: Workspace, truth: dict[str, str]) -> None:
    query = "SELECT source || '/organisations/' || id, id, uscc FROM records.organisations WHERE uscc IS NOT NULL"
    rows = resolved.connection.execute(query).fetchall()
    bodies: dict[str, set[str]] = defaultdict(set)
    for _, id_, text in rows:
        if (code := valid_credit_code(text)) is not None:
            bodies[code].add(truth[id_])
    shared = {code for code, found in bodies.items() if len(found) > 1}
    assert len(shared) >= 15
    entities = dict(resolved.connection.execute("SELECT record, entity FROM graph.members WHERE tbl = 'organisations'").fetchall())
    of_entity: dict[str, set[str]] = defaultdict(set)
    for record, id_, text in rows:
        if valid_credit_code(text) in shared:
            of_entity[entities[record]].add(truth[id_])
    assert [entity for entity, found in of_entity.items() if len(found) > 1] == []
