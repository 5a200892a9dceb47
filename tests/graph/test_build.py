"""Records and judgements → graph: stubs, waiting links, which edge wins, what a node shows."""

from __future__ import annotations

import json
from pathlib import Path

from graph.build import build
from graph.resolve import judge, valid_credit_code
from graph.schema import EDGES, POOLS
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, edges, new_workspace, nodes, records, source, whole_graph


def edge_rows(workspace: Workspace, kind: str, *columns: str) -> list[tuple[object, ...]]:
    listed = ", ".join(f'"{c}"' for c in columns)
    found: list[tuple[object, ...]] = workspace.connection.execute(f"SELECT {listed} FROM graph.{kind} ORDER BY ALL").fetchall()
    return found


def test_a_reference_to_what_nobody_lists_makes_one_stub_of_the_kind_that_its_name_says(tmp_path: Path) -> None:
    people = csv_text([["id", "name", "institution", "societies"], ["1", "张三", "渝甲大学", "重庆市机械学会;某某会"], ["2", "李四", "渝甲大学", ""],
                       ["3", "王五", "渝乙有限公司", ""], ["4", "赵六", "某处", ""], ["5", "钱七", "巴南科协", ""]])
    with new_workspace(tmp_path) as workspace:
        report = load(workspace,
            [source(tmp_path, "s", {"scientists.csv": people}), source(tmp_path, "t", {"scientists.csv": "id,name,institution\n1,张三,渝甲大学\n"})])
        assert {i: (n["node_kind"], n["name"], n["stub"]) for i, n in nodes(workspace, "organisations").items()} == {
            "s/institutions/渝甲大学": ("institution", "渝甲大学", True),
            "s/enterprises/渝乙有限公司": ("enterprise", "渝乙有限公司", True), "s/institutions/某处": ("institution", "某处", True),
            "s/associations/巴南科协": ("association", "巴南科协", True), "s/societies/重庆市机械学会": ("society", "重庆市机械学会", True),
            "s/societies/某某会": ("society", "某某会", True)}
        assert [(t.source, t.stubs) for t in report.tables] == [("s", 6), ("t", 1)]
        assert ("s/scientists/1", "s/institutions/渝甲大学") in edges(workspace, "affiliations")
        assert edges(workspace, "memberships") == [("s/societies/某某会", "s/scientists/1"), ("s/societies/重庆市机械学会", "s/scientists/1")]


def test_a_stub_gives_way_when_a_source_lists_the_thing(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {"scientists.csv": "id,name,institution\n1,张三,渝甲大学\n"})])
        load(workspace, [source(tmp_path, "t", {"institutions.csv": "id,name\n7,渝甲大学\n"})])
        assert edges(workspace, "affiliations") == [("s/scientists/1", "t/institutions/7")]
        assert set(nodes(workspace, "organisations")) == {"t/institutions/7"}


def test_a_link_waits_for_its_other_end_and_is_built_when_it_comes(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        report = load(workspace, [source(tmp_path, "s", {
            "makes.csv": "enterprise,product,share\n1,电池,0.5\n1,电机,\n2,电池,\n", "enterprises.csv": "id,name\n1,渝甲公司\n"})])
        makes = report.tables[1]
        assert (makes.table, makes.read, makes.accepted, makes.rejected, makes.waiting, makes.stubs) == ("makes", 3, 3, 0, 3, 0)
        assert edges(workspace, "makes") == []
        assert nodes(workspace, "products") == {}
        assert [i.code for i in report.issues] == ["waiting_reference"] * 4
        load(workspace, [source(tmp_path, "t", {"products.csv": "id,name\np,电池\n"})])
        assert edge_rows(workspace, "makes", "source", "target", "share") == [("s/enterprises/1", "t/products/p", 0.5)]
        assert load(workspace, [tmp_path / "s" / "makes.csv"]).tables[0].waiting == 2


def test_a_stub_is_no_end_for_a_link(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        report = load(workspace,
            [source(tmp_path, "s", {"platforms.csv": "name,lead\n甲站,张三\n", "mentorships.csv": "mentor,mentee\n张三,李四\n"})])
        assert report.tables[1].waiting == 1
        assert edges(workspace, "mentorships") == []
        assert nodes(workspace, "scientists") == {"s/scientists/张三": {"node_kind": "scientist", "stub": True, "name": "张三"}}


def test_a_link_row_speaks_before_a_reference_column(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {
            "scientists.csv": "id,name,works\n1,张三,w;论电机\n2,李四,w\n", "works.csv": "id,title\nw,论电池\nv,论电机\n",
            "authorships.csv": "id,work,scientist,position\na,w,1,2\nb,论电池,张三,1\n"})])
        assert edge_rows(workspace, "authorships", "source", "target", "position", "origin") == [
            ("s/works/v", "s/scientists/1", None, "s/scientists/1"), ("s/works/w", "s/scientists/1", 2, "s/authorships/a"),
            ("s/works/w", "s/scientists/2", None, "s/scientists/2")]


def test_a_key_tells_edges_between_the_same_ends_apart_and_the_trusted_source_wins(tmp_path: Path) -> None:
    things = {"enterprises.csv": "id,name\n1,渝甲公司\n", "products.csv": "id,name\np,电池\n"}
    with new_workspace(tmp_path) as workspace:
        load(workspace,
            [source(tmp_path, "a",
            things | {"makes.csv": "enterprise,product,share,period,basis\n1,p,0.1,2022,\n1,p,0.2,2023,\n1,p,0.3,2023,按产品\n"}),
                         source(tmp_path, "b",
                         {"source.toml": "rank = 5", "makes.csv": "enterprise,product,share,period\n渝甲公司,电池,0.9,2023\n"})])
        assert edge_rows(workspace, "makes", "period", "basis", "share") == [("2022", None, 0.1), ("2023", "按产品", 0.3), ("2023", None, 0.9)]


def test_ends_of_one_entity_are_one_edge(tmp_path: Path) -> None:
    folders = [source(tmp_path, s,
        {"scientists.csv": "id,name,institution\n1,张三,甲大学\n", "institutions.csv": "id,name\n1,甲大学\n"}) for s in "ab"]
    with new_workspace(tmp_path) as workspace:
        load(workspace, folders)
        judge(workspace, "a/scientists/1", "b/scientists/1", "same", who="me")
        judge(workspace, "a/institutions/1", "b/institutions/1", "same", who="me")
        build(workspace)
        assert edge_rows(workspace, "affiliations", "source", "target", "origin") == [("a/scientists/1", "a/institutions/1", "a/scientists/1")]


def test_kinds_of_a_mixed_list_of_organisations(tmp_path: Path) -> None:
    rows = [["id", "name", "type"], ["1", "渝甲大学", ""], ["2", "渝乙有限公司", ""], ["3", "某处", "医院"], ["4", "某地", ""], ["5", "甲学会", ""],
        ["6", "乙科协", ""]]
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {"organisations.csv": csv_text(rows), "enterprises.csv": "id,name\n9,某地\n"})])
        assert {i[-1]: n["node_kind"] for i, n in nodes(workspace, "organisations").items()} == {
            "1": "institution", "2": "enterprise", "3": "institution", "4": "organisation", "5": "society", "6": "association", "9": "enterprise"}
        judge(workspace, "s/organisations/4", "s/enterprises/9", "same", who="me")
        build(workspace)
        merged = nodes(workspace, "organisations")["s/organisations/4"]
        assert (merged["node_kind"], merged["records"]) == ("enterprise", ["s/enterprises/9", "s/organisations/4"])


def test_what_a_person_can_be_reached_by_is_masked_in_the_graph_alone(tmp_path: Path) -> None:
    rows = [["id", "name", "email", "phone", "birth_date"], ["1", "张三", "zhang.san@example.org; private@example.net", "13812345678", "1960-05-17"],
            ["2", "李四", "QQ 1", "67891234", ""]]
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {"scientists.csv": csv_text(rows), "societies.csv": csv_text([
            ["name", "会员数", "联系人手机", "备注", "有无专职"], ["甲学会", "1200", "13812345678", "写信给 a@b.cn", "有"]])})])
        first, second = nodes(workspace, "scientists").values()
        assert (first["email"], first["phone"], first["birth_date"]) == ("****", "138****78", "1960")
        assert (second["email"], second["phone"]) == ("****", "****")
        assert json.loads(str(nodes(workspace, "organisations").popitem()[1]["indicators"])) == {"会员数": "1200", "有无专职": "有"}
        assert records(workspace, "scientists")[0]["phone"] == "13812345678"
        assert "13812345678" not in repr(whole_graph(workspace))
        assert "private" not in repr(whole_graph(workspace))


def test_the_longest_text_and_all_items_of_lists_are_kept(tmp_path: Path) -> None:
    folders = [source(tmp_path, s, {"works.csv": csv_text([["id", "title", "abstract", "keywords", "year"], ["1", title, abstract, keywords, year]])})
               for s, title, abstract, keywords,
               year in (("a", "论电池", "短", "电池;储能", ""), ("b", "论電池", "长一些", "储能;安全", "2020"),
               ("c", "论电池", "另三字", "", "2021"))]
    with new_workspace(tmp_path) as workspace:
        load(workspace, folders)
        judge(workspace, "a/works/1", "b/works/1", "same", who="me")
        judge(workspace, "b/works/1", "c/works/1", "same", who="me")
        build(workspace)
        assert nodes(workspace, "works") == {"a/works/1": {
            "node_kind": "work", "stub": False, "records": ["a/works/1", "b/works/1", "c/works/1"], "title": "论电池", "abstract": "长一些",
            "keywords": ["储能", "安全", "电池"], "year": 2020}}


def test_a_need_without_title_and_a_survey_are_nodes(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace,
            [source(tmp_path, "s",
            {"needs.csv": "id,text\n1,求电池\n", "surveys.csv": "id,region,audience,year,respondents\n1,重庆,全体,2020,1000\n"})])
        assert nodes(workspace, "needs") == {"s/needs/1": {"node_kind": "need", "stub": False, "text": "求电池"}}
        assert nodes(workspace,
            "surveys") == {"s/surveys/1": {"node_kind": "survey", "stub": False, "audience": "all", "year": 2020, "respondents": 1000}}
        assert edges(workspace, "locations") == [("s/surveys/1", "bundled/regions/50")]


def test_references_point_the_way_that_the_schema_says(tmp_path: Path) -> None:
    files = {"platforms.csv": "id,name,host,lead\n1,甲站,渝甲公司,张三\n", "enterprises.csv": "id,name\n1,渝甲公司\n",
        "scientists.csv": "id,name,conflicts\n1,张三,渝甲公司\n",
             "teams.csv": "id,name,members\n1,甲队,张三\n", "needs.csv": "id,title,enterprise\n1,求,渝甲公司\n",
             "regions.csv": "id,name,parent\nX1,新区,50\n"}
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", files)])
        assert {k: edges(workspace, k) for k in ("hosts", "leads", "team_members", "demands", "conflicts", "parts")} == {
            "hosts": [("s/platforms/1", "s/enterprises/1")], "leads": [("s/platforms/1", "s/scientists/1")],
            "team_members": [("s/teams/1", "s/scientists/1")],
            "demands": [("s/needs/1", "s/enterprises/1")], "conflicts": [("s/scientists/1", "s/enterprises/1")],
            "parts": [("s/regions/X1", "bundled/regions/50")]}


def test_building_again_changes_nothing_and_leaves_no_helper_tables(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", {"scientists.csv": "id,name,institution,region\n1,张三,甲大学,重庆\n"})])
        before = whole_graph(workspace)
        report = build(workspace)
        assert whole_graph(workspace) == before
        assert report.revision == before["revision"][0][0]
        assert {k: len(before[k]) for k in (*POOLS, *EDGES)} == report.nodes | report.edges
        found = workspace.connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'graph'").fetchall()
        assert {row[0] for row in found} == {*POOLS, *EDGES, "members", "judgements", "resolved", "unresolved"}


def test_bundled_regions_hang_together(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        con = workspace.connection
        chain = con.execute("SELECT target FROM graph.parts WHERE source = 'bundled/regions/500101' ORDER BY ALL").fetchall()
        assert chain == [("bundled/regions/5001",)]
        assert con.execute("SELECT count(*) FROM graph.regions WHERE stub").fetchall() == [(0,)]
        assert con.execute("SELECT count(*) FROM graph.unresolved").fetchall() == [(0,)]


def test_indicators_of_two_records_are_joined_key_by_key_and_hold_no_way_to_reach_anybody(tmp_path: Path) -> None:
    code = "91500101593686680R"  # made up, with the right check digit
    assert valid_credit_code(code) == code
    first = [["id", "name", "uscc", "会员数", "座机", "秘书长"], ["1", "样例学会", code, "12", "023-67891234", "138 1234 5678"]]
    second = [["id", "name", "uscc", "会员数", "年会次数", "有无专职"], ["1", "样例学会", code, "99", "3", "有"]]
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "a", {"societies.csv": csv_text(first)}), source(tmp_path, "b", {"societies.csv": csv_text(second)})])
        (society,) = (n for n in nodes(workspace, "organisations").values() if n["name"] == "样例学会")
    assert json.loads(str(society["indicators"])) == {"会员数": "12", "年会次数": "3", "有无专职": "有"}


def test_loading_a_file_alone_keeps_what_its_source_said_of_itself(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"products.csv": "id,name\n1,a\n", "source.toml": 'title = "T"\nrank = 5\npurpose = "p"\n'})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        alone = source(tmp_path, "else", {"products.csv": "id,name\n1,a\n2,b\n"})
        load(workspace, [alone / "products.csv"], source="s")
        kept = workspace.connection.execute("SELECT title, rank, purpose FROM sources WHERE name = 's'").fetchall()
    assert kept == [("T", 5, "p")]


def test_the_authors_that_a_list_of_works_names_are_its_authors(tmp_path: Path) -> None:
    files = {"专家.csv": "编号,姓名\n1,样例甲\n2,样例乙\n",
             "成果清单.csv": "编号,成果名称,作者\nw1,电池热管理,样例甲；某外人\nw2,磁轴承,样例乙、样例甲\n"}
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", files)])
        assert edges(workspace, "authorships") == [
            ("s/works/w1", "s/scientists/1"), ("s/works/w1", "s/scientists/某外人"),
            ("s/works/w2", "s/scientists/1"), ("s/works/w2", "s/scientists/2")]
        assert nodes(workspace, "scientists")["s/scientists/某外人"]["stub"]
