"""The sample province: made the same each time, whole, and with something in it for every question."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from stdnum.cn import uscc

from graph.schema import LINKS, TABLES
from graph.workspace import Workspace
from loaders.load import load
from loaders.sources import Source, read_sources

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
SOURCES = {"keji_talent", "xuehui", "qiye", "chengguo", "fuwu"}

Rows = list[dict[str, object]]


def make(folder: Path) -> dict[str, bytes]:
    """What the script writes, by path; run from another folder, as a user might."""
    subprocess.run([sys.executable, str(ROOT / "data" / "make_sample.py"), "--out", str(folder)], check=True, cwd=folder.parent)
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def unpacked(name: str, data: bytes) -> object:
    """A file's content without its compression, whose bytes may differ between versions of zlib."""
    if name.endswith(".gz"):
        return gzip.decompress(data)
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return {entry: book.read(entry) for entry in book.namelist()}
    return data


def parts(value: object) -> Iterator[str]:
    return (str(item) for item in value) if isinstance(value, list) else iter(())


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    return read_sources([SAMPLE])


@pytest.fixture(scope="module")
def tables(sources: list[Source]) -> dict[str, Rows]:
    """All rows of each table, over all sources."""
    found: dict[str, Rows] = defaultdict(list)
    for source in sources:
        for table in source.tables:
            found[table.table] += table.rows.to_pylist()
    return found


def makers(tables: dict[str, Rows]) -> dict[str, tuple[set[str], set[str]]]:
    """For each product: its makers in Chongqing, and the other provinces in which it is made."""
    names = {"四川": "51", "万州": "50", "石柱": "50", "重庆": "50"}
    province: dict[str, str] = {}
    for row in tables["enterprises"]:
        region = str(row["region"])
        province[str(row["id"])] = region[:2] if region[:2].isdigit() else names[region[:2]]
    found: dict[str, tuple[set[str], set[str]]] = {str(p["id"]): (set(), set()) for p in tables["products"]}
    for row in tables["makes"]:
        enterprise, product = str(row["enterprise"]), str(row["product"])
        if product in found:
            if province[enterprise] == "50":
                found[product][0].add(enterprise)
            else:
                found[product][1].add(province[enterprise])
    return found


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    first = make(tmp_path / "first")
    assert len(first) > 30
    assert make(tmp_path / "second") == first


def test_the_committed_sample_is_what_the_script_makes(tmp_path: Path) -> None:
    made, committed = make(tmp_path / "made"), contents(SAMPLE)
    assert set(made) == set(committed)
    assert [name for name in made if unpacked(name, made[name]) != unpacked(name, committed[name])] == []


def test_every_table_occurs_and_every_row_is_accepted(sources: list[Source]) -> None:
    assert {s.info.name for s in sources} == SOURCES
    assert {t.table for s in sources for t in s.tables} == set(TABLES)
    assert [(s.info.name, alone) for s in sources for alone in s.left_alone] == []
    assert [issue for s in sources for t in s.tables for issue in t.issues if issue.rejected] == []
    assert all(s.info.purpose and s.info.basis and "虚构样例" in s.info.licence for s in sources)


def test_sizes(tables: dict[str, Rows]) -> None:
    sizes = {name: len(rows) for name, rows in tables.items()}
    assert sizes["scientists"] == 260 + 30
    assert (sizes["works"], sizes["needs"], sizes["institutions"], sizes["surveys"], sizes["outcomes"]) == (600, 40, 60, 60, 60)
    assert (sizes["societies"], sizes["associations"], sizes["platforms"], sizes["chains"]) == (18, 14, 20, 5)
    assert 85 <= sizes["enterprises"] <= 100
    assert 140 <= sizes["products"] <= 160


def test_credit_codes_are_valid_and_each_body_has_its_own(tables: dict[str, Rows]) -> None:
    for table in ("institutions", "enterprises", "societies", "organisations"):
        codes = [str(row["uscc"]) for row in tables[table] if row["uscc"]]
        assert len(codes) >= 9
        assert all(uscc.is_valid(code) and "YL" in code for code in codes)
        assert len(set(codes)) == len(codes)
    listed = {str(row["uscc"]) for table in ("institutions", "enterprises") for row in tables[table] if row["uscc"]}
    assert sum(str(row["uscc"]) in listed for row in tables["organisations"]) == 24


def test_people_are_marked_as_invented_and_cannot_be_reached(tables: dict[str, Rows]) -> None:
    for row in tables["scientists"]:
        assert str(row["bio"]).startswith("虚构人物")
        assert row["email"] is None or str(row["email"]).endswith(".example")
        assert row["phone"] is None or str(row["phone"]).startswith("000-")
        assert row["orcid"] is None or "0000-0000-" in str(row["orcid"])
    for table in ("institutions", "enterprises", "societies", "associations", "platforms", "policies", "funds"):
        assert [row["name"] for row in tables[table] if "样例" not in str(row["name"])] == []


def test_sources_share_people(tables: dict[str, Rows]) -> None:
    known = {str(row["orcid"])[-19:] for row in tables["scientists"] if row["orcid"] and str(row["id"]).startswith("KJ")}
    roll = [row for row in tables["scientists"] if str(row["id"]).startswith("HY")]
    assert sum(bool(row["orcid"]) and str(row["orcid"])[-19:] in known for row in roll) == 27
    assert sum(not row["orcid"] and not row["email"] for row in roll) == 3


def test_one_link_waits_and_no_other_end_is_missing(tmp_path: Path) -> None:
    with Workspace(tmp_path / "sample.duckdb") as workspace:
        report = load(workspace, [SAMPLE])
        assert {(t.source, t.table): t.waiting for t in report.tables if t.waiting} == {("qiye", "makes"): 1}
        waiting = [issue.value for issue in report.issues if issue.code == "waiting_reference"]
        stubs = {issue.value.partition("样例")[0] for issue in report.issues if issue.code == "unresolved_reference"}
        others = {issue.code for issue in report.issues} - {"waiting_reference", "unresolved_reference"}
        built = sum(t.accepted for t in report.tables if t.table in LINKS)
    assert waiting == ["CP999"]
    assert stubs == {"海外", "名录外"}
    assert others == set()
    assert built > 3000


def test_inputs_hold_one_cycle(tables: dict[str, Rows]) -> None:
    names = {row["id"]: row["name"] for row in tables["products"]}
    inputs = nx.DiGraph((names[row["product"]], names[row["input"]]) for row in tables["product_inputs"])
    knots = [part for part in nx.strongly_connected_components(inputs) if len(part) > 1]
    assert knots == [{"柑橘鲜果", "柑橘皮渣", "柑橘皮渣有机肥"}]


def test_chongqing_has_gaps_of_every_kind(tables: dict[str, Rows]) -> None:
    made = makers(tables)
    names = {str(row["id"]): str(row["name"]) for row in tables["products"]}
    needed = {str(row["input"]) for row in tables["product_inputs"] if made[str(row["product"])][0]}
    missing = {names[p] for p in needed if not made[p][0] and len(made[p][1]) >= 2}
    weak = {names[p] for p in needed if len(made[p][0]) == 1}
    extension = {names[p] for p, (here, away) in made.items() if not here and p not in needed and len(away) >= 2}
    assert {"隔膜", "六氟磷酸锂", "RV减速器", "偏光片", "无菌包装材料"} <= missing
    assert {"电池管理系统", "电解液", "谐波减速器", "IGBT模块"} <= weak
    assert {"果胶", "采摘机器人", "固态电池"} <= extension
    assert len({province for _, away in made.values() for province in away}) == 7


def test_needs_outcomes_and_limits_give_matching_something_to_decide(tables: dict[str, Rows]) -> None:
    assert Counter(row["status"] for row in tables["needs"]) == {"open": 33, "closed": 7}
    assert {row["result"] for row in tables["outcomes"]} == {"declined", "contacted", "signed", "done", "failed"}
    people = tables["scientists"]
    for column in ("do_not_contact", "retired", "overseas", "conflicts"):
        assert sum(bool(row[column]) for row in people) >= 5
    needing = {row["enterprise"] for row in tables["needs"] if row["status"] == "open"}
    assert sum(row["enterprise"] in needing and not row["to"] for row in tables["employments"]) >= 5
    leads = Counter(row["lead"] for row in tables["platforms"] if row["type"] == "academician_station")
    retired = {f"keji_talent/scientists/{row['id']}" for row in people if row["retired"]}
    assert sorted(leads.values()) == [1, 1, 1, 1, 2]
    assert {lead for lead, stations in leads.items() if stations > 1} <= retired


def test_coverage_is_uneven(tables: dict[str, Rows]) -> None:
    audiences = Counter(item for row in tables["resources"] for item in parts(row["audiences"]))
    assert set(audiences) == {"youth", "farmers", "workers", "elderly", "officials"}
    assert audiences["youth"] > 5 * audiences["officials"]
    roles: dict[str, set[str]] = defaultdict(set)
    for row in tables["community_roles"]:
        roles[str(row["community"])].add(str(row["role"]))
    assert sorted(len(have) for have in roles.values()) == [3, 4, 5, 5, 7]
    assert min(int(str(row["respondents"])) for row in tables["surveys"]) == 8
    surveyed = Counter(row["year"] for row in tables["surveys"])
    assert surveyed == {2023: 30, 2025: 30}


def test_encodings_and_odd_columns_are_there() -> None:
    people = (SAMPLE / "keji_talent" / "科技工作者.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        people.decode("utf-8")
    assert next(csv.reader(io.StringIO(people.decode("gbk"))))[:2] == ["人才编号", "姓名"]
    assert (SAMPLE / "qiye" / "企业.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (SAMPLE / "fuwu" / "机构.csv").read_bytes().startswith(b"\xff\xfe")
    needs = (SAMPLE / "qiye" / "needs.jsonl").read_text(encoding="utf-8").splitlines()
    assert all(isinstance(json.loads(line)["products"], list) for line in needs)


def test_unknown_columns_are_the_societies_figures_and_the_venues_own(sources: list[Source]) -> None:
    unknown = {t.table: set(t.unknown_columns) for s in sources for t in s.tables if t.unknown_columns}
    assert set(unknown) == {"societies", "venues"}
    assert {"会员数", "年度活动数", "专职人员数", "信息平台", "制度数"} <= unknown["societies"]
    assert unknown["venues"] == {"讲解员人数", "备注"}
