"""Where values come from: by hand for a person of three sources and a renamed company, and for anything that the built graph says."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.build import build
from graph.errors import UnknownId
from graph.layout import INDICATORS, node_properties
from graph.member_records import Around, without_contacts
from graph.provenance import Provenance, account, edge_provenance, provenance
from graph.records import RecordTable, SourceInfo, record_schema
from graph.resolve import judge
from graph.schema import NODES, POOLS, Merge, Privacy, Property, Type
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, new_workspace, nodes, source

ORCID = "0000-0002-1825-0097"
CODE = "91110000600037341L"
PEOPLE = {
    "talent": ("rank = 10\n", [
        ["id", "name", "title", "bio", "keywords", "retired", "phone", "email", "orcid", "institution", "birth_date"],
        ["1", "样例甲", "", "短", "电池;储能", "否", "13812345678", "", ORCID, "渝样大学", "1960-05-17"]]),
    "society": ("rank = 50\n", [
        ["id", "name", "title", "bio", "keywords", "retired", "phone", "email", "orcid", "institution", "birth_date"],
        ["m1", "样例 甲", "教授", "这一段最长", "储能;热管理", "", "13987654321", "jia@example.org", ORCID, "渝样大学", ""]]),
    "fair": ("", [
        ["id", "name", "title", "bio", "keywords", "retired", "phone", "email", "orcid", "institution", "birth_date"],
        ["x", "样例甲", "副教授", "也是最长的", "", "是", "", "jia@example.org", ORCID, "没有登记的研究所", ""]]),
}
ENTITY = "talent/scientists/1"


def folders(root: Path) -> dict[str, Path]:
    """The three sources of the person as folders, and the institution that two of them name."""
    made = {}
    for name, (settings_text, rows) in PEOPLE.items():
        files = {"scientists.csv": csv_text(rows), "source.toml": settings_text}
        if name == "society":
            files["institutions.csv"] = "id,name\nu,渝样大学\n"
        made[name] = source(root, name, files)
    return made


@pytest.fixture
def person(tmp_path: Path) -> Workspace:
    workspace = new_workspace(tmp_path)
    load(workspace, list(folders(tmp_path).values()))
    return workspace


def told(rows: list[Provenance], name: str) -> list[tuple[object, str, str, bool]]:
    """(value, source, rule, chosen) of one property."""
    return [(r.value, r.source, r.rule, r.chosen) for r in rows if r.property == name]


def test_each_value_of_a_merged_person_has_its_source_its_rule_and_what_else_was_said(person: Workspace) -> None:
    rows = provenance(person, ENTITY)
    assert told(rows, "name") == [("样例甲", "talent", "first", True), ("样例 甲", "society", "first", False), ("样例甲", "fair", "first", False)]
    assert told(rows, "title") == [("教授", "society", "first", True), ("副教授", "fair", "first", False)]
    # The two longest are of one length: the more trusted source speaks.
    assert told(rows, "bio") == [("这一段最长", "society", "longest", True), ("短", "talent", "longest", False),
                                 ("也是最长的", "fair", "longest", False)]
    assert told(rows, "keywords") == [("电池", "talent", "union", True), ("储能", "talent", "union", True), ("储能", "society", "union", True),
                                      ("热管理", "society", "union", True)]
    assert told(rows, "retired") == [(True, "fair", "any", True), (False, "talent", "any", False)]
    assert told(rows, "orcid") == [(ORCID, "talent", "first", True), (ORCID, "society", "first", False), (ORCID, "fair", "first", False)]
    assert [p.property for p in rows if p.property in ("degree", "region")] == []


def test_a_value_has_its_file_its_row_and_the_time_of_its_load(person: Workspace) -> None:
    [chosen] = [r for r in provenance(person, ENTITY) if r.property == "title" and r.chosen]
    [(at,)] = person.connection.execute("SELECT loaded_at FROM loads WHERE source = 'society' AND tbl = 'scientists'").fetchall()
    assert (chosen.record, chosen.file, chosen.row, chosen.loaded_at) == ("society/scientists/m1", "scientists.csv", 2, at)


def test_contact_fields_are_masked_as_in_the_graph(person: Workspace) -> None:
    rows = provenance(person, ENTITY)
    assert told(rows, "phone") == [("138****78", "talent", "unmasked", True), ("139****21", "society", "unmasked", False)]
    assert told(rows, "email") == [("j***@example.org", "society", "unmasked", True), ("j***@example.org", "fair", "unmasked", False)]
    assert told(rows, "birth_date") == [("1960", "talent", "unmasked", True)]
    everything = str(account(person, ENTITY, edges=True))
    for raw in ("13812345678", "13987654321", "jia@", "1960-05"):
        assert raw not in everything


def test_references_say_what_they_mean_and_which_record_the_edge_is_taken_from(person: Workspace) -> None:
    rows = [r for r in provenance(person, ENTITY) if r.property == "institution"]
    assert [(r.value, r.source, r.chosen, r.means, r.outcome, r.origin) for r in rows] == [
        ("渝样大学", "talent", True, "society/institutions/u", "resolved", ENTITY),
        ("没有登记的研究所", "fair", True, "fair/institutions/没有登记的研究所", "stub", "fair/scientists/x"),
        ("渝样大学", "society", False, "society/institutions/u", "resolved", ENTITY)]


def test_any_member_leads_to_the_same_provenance_and_nothing_else_does(person: Workspace) -> None:
    assert provenance(person, "fair/scientists/x") == provenance(person, ENTITY)
    for wrong in ("fair/scientists/y", "x", "a/b/c", ""):
        with pytest.raises(UnknownId):
            provenance(person, wrong)


def test_the_order_of_loading_changes_nothing_but_the_times(tmp_path: Path) -> None:
    made = folders(tmp_path)
    found = []
    for i, order in enumerate(permutations(made)):
        with new_workspace(tmp_path, f"{i}.duckdb") as workspace:
            for name in order:
                load(workspace, [made[name]])
            rows = [*provenance(workspace, ENTITY), *edge_provenance(workspace, "society/institutions/u")]
            assert all(r.loaded_at is not None for r in rows)
            found.append([replace(r, loaded_at=None) for r in rows])
    assert len(found) == 6
    assert all(rows == found[0] for rows in found)


def test_a_renamed_company_keeps_its_former_name_as_another_value(tmp_path: Path) -> None:
    new = source(tmp_path, "register", {"source.toml": "rank = 10", "enterprises.csv":
                                        f"id,name,former_names,uscc,employees\n7,渝新科技有限公司,渝旧机械有限公司,{CODE},\n"})
    old = source(tmp_path, "park", {"source.toml": "rank = 50", "organisations.csv": f"id,name,uscc,legal_rep\nq,渝旧机械有限公司,{CODE},样例人\n"})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [old, new])
        found = account(workspace, "park/organisations/q")
    assert (found.entity, found.kind, found.title, found.stub) == ("register/enterprises/7", "enterprise", "渝新科技有限公司", False)
    assert told(found.provenance, "name") == [("渝新科技有限公司", "register", "first", True), ("渝旧机械有限公司", "park", "first", False)]
    assert told(found.provenance, "former_names") == [("渝旧机械有限公司", "register", "union", True)]
    assert told(found.provenance, "legal_rep") == [("样例人", "park", "first", True)]
    assert [(m.record, m.title, m.rank) for m in found.members] == [
        ("register/enterprises/7", "渝新科技有限公司", 10), ("park/organisations/q", "渝旧机械有限公司", 50)]
    [why] = found.joinings
    assert (why.left, why.right, why.verdict, why.method, why.score, why.who) == (
        "park/organisations/q", "register/enterprises/7", "same", "uscc", 1.0, "zhulian")
    assert json.loads(why.evidence) == {"uscc": CODE}


def test_verdicts_of_people_are_told_with_what_was_kept_apart(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {"scientists.csv": "id,name\n1,样例甲\n2,样例甲\n3,样例甲\n4,样例丁\n"})])
        judge(workspace, "s/scientists/2", "s/scientists/1", "same", who="样例复核员", evidence="同一手机 13812345678", score=0.97)
        judge(workspace, "s/scientists/3", "s/scientists/1", "different", who="样例复核员")
        with workspace.transaction():
            build(workspace)
        found = account(workspace, "s/scientists/2")
        assert [m.record for m in found.members] == ["s/scientists/1", "s/scientists/2"]
        assert [(j.left, j.right, j.verdict, j.method, j.score, j.who, j.evidence) for j in found.joinings] == [
            ("s/scientists/1", "s/scientists/2", "same", "review", 0.97, "样例复核员", "同一手机 ****"),
            ("s/scientists/1", "s/scientists/3", "different", "review", 1.0, "样例复核员", "")]
        assert account(workspace, "s/scientists/4").joinings == []


@pytest.mark.parametrize(("evidence", "shown"), [
    ("", ""), ("同名同单位", "同名同单位"), ("mail jia.yi@mail.example.org!", "mail ****!"), ("电话 023-12345678", "电话 ****"),
    ("+86 138 1234 5678", "****"),
    ('{"uscc": "91110000600037341L"}', '{"uscc": "91110000600037341L"}'), ('{"orcid": "0000000218250097"}', '{"orcid": "0000000218250097"}'),
    ('{"phone": "123", "name": "样例"}', '{"phone": "****", "name": "样例"}'), ('["邮箱 a@b.cn", "同名"]', '["邮箱 ****", "同名"]')])
def test_evidence_holds_no_contact(evidence: str, shown: str) -> None:
    assert without_contacts(evidence) == shown


def test_indicators_are_told_header_by_header(tmp_path: Path) -> None:
    a = source(tmp_path, "a", {"source.toml": "rank = 1", "societies.csv": f"id,name,uscc,年会次数\n1,渝样学会,{CODE},3\n"})
    b = source(tmp_path, "b", {"societies.csv": f"id,name,uscc,年会次数,期刊数\n2,渝样学会,{CODE},4,1\n"})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [a, b])
        rows = [r for r in provenance(workspace, "a/societies/1") if r.property.startswith("indicators")]
    assert [(r.property, r.value, r.source, r.header, r.chosen) for r in rows] == [
        ("indicators.年会次数", "3", "a", "年会次数", True), ("indicators.年会次数", "4", "b", "年会次数", False),
        ("indicators.期刊数", "1", "b", "期刊数", True)]


def test_a_link_row_speaks_before_a_reference_and_is_named_as_the_origin(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {
            "scientists.csv": "id,name,works\n1,样例甲,w;论电机;不知道的\n", "works.csv": "id,title\nw,论电池\nv,论电机\n",
            "authorships.csv": "id,work,scientist,position\na,w,1,2\n"})])
        rows = [r for r in provenance(workspace, "s/scientists/1") if r.property == "works"]
        assert [(r.value, r.chosen, r.means, r.outcome, r.origin) for r in rows] == [
            ("不知道的", True, "s/works/不知道的", "stub", "s/scientists/1"), ("论电机", True, "s/works/v", "resolved", "s/scientists/1"),
            ("w", False, "s/works/w", "resolved", "s/authorships/a")]
        [edge] = edge_provenance(workspace, "s/scientists/1")
        assert (edge.property, edge.value, edge.means, edge.rule, edge.origin, edge.file, edge.row) == (
            "authorships", "论电池", "s/works/w", "link", "s/authorships/a", "authorships.csv", 2)
        assert [(e.value, e.rule, e.origin) for e in edge_provenance(workspace, "s/works/v")] == [("样例甲", "reference", "s/scientists/1")]
        assert account(workspace, "s/scientists/1").around == [Around("authorships", False, "work", 3)]


def test_what_stays_open_is_told_with_what_it_could_be(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {
            "scientists.csv": "id,name,institution,region\n1,样例甲,渝样所,鼓楼区\n", "institutions.csv": "id,name\na,渝样所\nb,渝样所\n"})])
        rows = {r.property: r for r in provenance(workspace, "s/scientists/1") if r.rule == "reference"}
    assert (rows["institution"].outcome, rows["institution"].candidates) == ("stub", ("s/institutions/a", "s/institutions/b"))
    assert (rows["region"].outcome, rows["region"].chosen, rows["region"].means, rows["region"].origin) == ("ambiguous", False, "", "")
    assert "bundled/regions/320106" in rows["region"].candidates


def test_a_stub_is_told_by_the_cells_that_mention_it(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {"scientists.csv": "id,name,institution\n1,样例甲,渝样所\n2,样例乙,渝样所\n",
                                                "platforms.csv": "id,name,host\np,样例站,渝样所\n"})])
        found = account(workspace, "s/institutions/渝样所")
        assert (found.stub, found.members, found.title) == (True, [], "渝样所")
        assert [(r.property, r.value, r.rule, r.record, r.file, r.row) for r in found.provenance] == [
            ("name", "渝样所", "mention", "s/scientists/1", "scientists.csv", 2),
            ("name", "渝样所", "mention", "s/scientists/2", "scientists.csv", 3),
            ("name", "渝样所", "mention", "s/platforms/p", "platforms.csv", 2)]


def test_a_value_names_the_sources_own_header(tmp_path: Path) -> None:
    rows = pa.Table.from_pylist([{"id": "1", "name": "样例甲", "file": "t.csv", "row": 2, "raw": "{}"}], schema=record_schema("scientists"))
    with new_workspace(tmp_path) as workspace, workspace.transaction():
        workspace.replace_table(RecordTable("s", "scientists", rows, ("t.csv",), 1, headers={"专家大名": "name"}))
        build(workspace)
        assert [(r.property, r.header) for r in provenance(workspace, "s/scientists/1")] == [("name", "专家大名")]


TABLES = ("scientists", "institutions", "enterprises", "societies", "organisations", "works")
RANKS = {"a": 50, "b": 10, "c": 100}
WORDS = st.sampled_from(["样例", "样例大学", "长一些的样例文字", "a", "é", "13812345678", "jia@example.org", "2020-05-17"])
VALUES: dict[Type, st.SearchStrategy[object]] = {
    Type.TEXT: WORDS, Type.LIST: st.lists(WORDS, min_size=1, max_size=3), Type.INTEGER: st.integers(0, 9), Type.NUMBER: st.sampled_from([0.5, 2.0]),
    Type.BOOLEAN: st.booleans(), Type.DATE: st.sampled_from(["1960", "1960-05", "1961-07-01"]), Type.YEAR: st.sampled_from([1999, 2020]),
}
EXTRA = st.none() | st.dictionaries(st.sampled_from(["会议数", "期刊数", "备注"]), st.sampled_from(["1", "2", "文字"]), min_size=1).map(json.dumps)


def row(table: str) -> st.SearchStrategy[dict[str, object]]:
    some = {p.name: st.none() | VALUES[p.type] for p in NODES[table].properties}
    return st.fixed_dictionaries({**some, NODES[table].title: WORDS, "extra": EXTRA})


RECORDS = st.fixed_dictionaries({s: st.fixed_dictionaries({t: st.lists(row(t), max_size=2) for t in TABLES}) for s in RANKS})


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example])
@given(records=RECORDS)
def test_what_is_chosen_is_what_the_graph_has(records: dict[str, dict[str, list[dict[str, object]]]]) -> None:
    """For every property of every entity: records of one number are judged the same, over sources and kinds of organisation."""
    with tempfile.TemporaryDirectory() as folder, new_workspace(Path(folder)) as workspace:
        firsts: dict[tuple[str, int], str] = {}
        with workspace.transaction():
            for name, tables in records.items():
                workspace.put_source(SourceInfo(name, rank=RANKS[name]))
                for table, rows in tables.items():
                    full = [{**r, "id": str(i), "file": "f.csv", "row": i + 2, "raw": "{}"} for i, r in enumerate(rows)]
                    workspace.replace_table(RecordTable(name, table, pa.Table.from_pylist(full, schema=record_schema(table)), ("f.csv",), len(full)))
                    for i in range(len(full)):
                        mine = f"{name}/{table}/{i}"
                        if (first := firsts.setdefault((NODES[table].pool, i), mine)) != mine:
                            judge(workspace, first, mine, "same", who="test")
            build(workspace)
        for pool in dict.fromkeys(NODES[t].pool for t in TABLES):
            for id_, node in nodes(workspace, pool).items():
                if not node["stub"]:
                    rows_told = provenance(workspace, id_)
                    for p in node_properties(pool):
                        assert from_provenance(p, rows_told) == (json.loads(str(node[p.name])) if p == INDICATORS and p.name in node
                                                                 else node.get(p.name)), (id_, p.name)


def from_provenance(p: Property, rows: list[Provenance]) -> object:
    """A property's value as the chosen rows tell it."""
    if p == INDICATORS:
        return {r.header: r.value for r in rows if r.property == f"indicators.{r.header}" and r.chosen} or None
    chosen = [r for r in rows if r.property == p.name and r.chosen]
    if p.merge is Merge.UNION:
        return sorted({str(r.value) for r in chosen}) or None
    assert p.merge is Merge.ANY or len(chosen) <= 1
    return chosen[0].value if chosen else None


def test_every_contact_field_of_the_schema_is_masked(tmp_path: Path) -> None:
    raw = {Type.TEXT: "13812345678", Type.DATE: "1960-05-17"}
    with new_workspace(tmp_path) as workspace:
        with workspace.transaction():
            for table in (t for tables in POOLS.values() for t in tables):
                contacts = {p.name: raw[p.type] for p in table.properties if p.privacy is Privacy.CONTACT}
                given_row = {table.title: "样例", "id": "1", "file": "f.csv", "row": 2, "raw": "{}", **contacts}
                schema = record_schema(table.name)
                rows = pa.Table.from_pylist([{k: v for k, v in given_row.items() if k in schema.names}], schema=schema)
                workspace.replace_table(RecordTable("s", table.name, rows, ("f.csv",), 1))
            build(workspace)
        told_all = "".join(str(provenance(workspace, f"s/{t.name}/1")) for tables in POOLS.values() for t in tables)
    assert "138****78" in told_all
    assert "value='1960'" in told_all
    assert not any(value in told_all for value in raw.values())


def test_a_number_that_came_whole_is_chosen_before_a_masked_one_of_a_source_that_is_trusted_more(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [
            source(tmp_path, "s", {"source.toml": "rank = 1\n",
                                   "scientists.csv": f"id,name,orcid,phone,email\n1,样例甲,{ORCID},138****5678,j***@example.org\n"}),
            source(tmp_path, "t", {"scientists.csv": f"id,name,orcid,phone\n1,样例甲,{ORCID},13812345678\n"})])
        rows = {(r.property, r.source): (r.value, r.rule, r.chosen) for r in provenance(workspace, "s/scientists/1")}
        assert rows["phone", "s"][1:] == ("unmasked", False)
        assert rows["phone", "t"] == ("138****78", "unmasked", True)
        assert rows["email", "s"][1:] == ("unmasked", True)  # a masked one is better than none
        [node] = nodes(workspace, "scientists").values()
        assert node["phone"] == "138****78"
