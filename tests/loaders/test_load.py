"""Files → workspace: replaced whole or not at all, and every row accounted for."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from graph.errors import ShrinkRefused, SourceError
from graph.records import LoadReport
from graph.resolve import judge
from graph.schema import TABLES
from graph.sql import quoted, scalar
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, edges, new_workspace, nodes, records, source, whole_graph

ROOT = Path(__file__).parents[2]


def content(workspace: Workspace) -> dict[str, object]:
    """All that the file holds but the log of runs: the records of every table, sources, loads, judgements, and the graph."""
    con = workspace.connection
    kept: dict[str, object] = {t: con.execute(f"SELECT * FROM records.{quoted(t)} ORDER BY ALL").fetchall() for t in TABLES}
    kept |= {t: con.execute(f"SELECT * FROM {t} ORDER BY ALL").fetchall() for t in ("sources", "loads", "judgements", "meta")}
    return kept | {"graph": whole_graph(workspace)}


def people(*rows: str) -> dict[str, str]:
    return {"scientists.csv": "id,name,institution\n" + "".join(f"{row}\n" for row in rows)}


def lines(report: LoadReport) -> list[tuple[str, str, int, int, int, bool, int]]:
    return [(t.source, t.table, t.read, t.accepted, t.rejected, t.unchanged, t.before) for t in report.tables]


def test_a_load_reports_every_row(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {
        "scientists.csv": "id,name,institution,身份证号,颜色\n1,张三,甲大学,5001,红\n2,,甲大学,,\n2,李四,乙大学,,\n2,李四,乙大学,,\n",
        "institutions.csv": "name\n甲大学\n", "works.csv": "id,title\nw,论电池\n", "杂项.csv": "甲,乙\n1,2\n",
        "authorships.csv": "work,scientist,position\nw,1,1\nw,9,2\n论电池,李四,3\n"})
    with new_workspace(tmp_path) as workspace:
        report = load(workspace, [folder])
        assert lines(report) == [("s", "scientists", 4, 2, 2, False, 0), ("s", "institutions", 1, 1, 0, False, 0),
                                 ("s", "works", 1, 1, 0, False, 0), ("s", "authorships", 3, 3, 0, False, 0)]
        assert report.rejected == 2
        first = report.tables[0]
        assert (first.unknown_columns, first.refused_columns, first.stubs, first.files) == (("颜色",), ("身份证号",), 1, ("scientists.csv",))
        assert report.tables[3].waiting == 1
        assert [(i.file, i.row, i.column, i.value, i.code) for i in report.issues] == [
            ("scientists.csv", 0, "身份证号", "", "sensitive_column"), ("scientists.csv", 3, "name", "", "missing_value"),
            ("scientists.csv", 5, "id", "2", "duplicate_row"), ("scientists.csv", 4, "institution", "乙大学", "unresolved_reference"),
            ("authorships.csv", 3, "scientist", "9", "waiting_reference")]
        assert [file for file, _ in report.left_alone] == ["杂项.csv"]
        assert report.revision == workspace.meta("revision")
        assert edges(workspace, "authorships") == [("s/works/w", "s/scientists/1"), ("s/works/w", "s/scientists/2")]


def test_sensitive_data_is_nowhere_in_the_file(tmp_path: Path) -> None:
    secrets = ["500101196005170011", "SECRETFAITH", "秘密面貌"]
    folder = source(tmp_path, "s", {"scientists.csv": f"name,id card,宗 教,政治面貌\n张三,{','.join(secrets)}\n"})
    with new_workspace(tmp_path) as workspace:
        report = load(workspace, [folder])
        assert report.tables[0].refused_columns == ("id card", "宗 教", "政治面貌")
        everything = repr(content(workspace)) + repr(workspace.connection.execute("SELECT * FROM runs").fetchall()) + repr(report)
        workspace.connection.execute("CHECKPOINT")
    data = b"".join(p.read_bytes() for p in tmp_path.glob("w.duckdb*"))
    assert "张三" in everything
    assert "张三".encode() in data
    for secret in secrets:
        assert secret not in everything
        assert secret.encode() not in data


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", people("1,张三,甲大学", "2,李四,甲大学") | {"institutions.json": '[{"name": "甲大学"}]'})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        before = content(workspace)
        report = load(workspace, [folder])
        assert lines(report) == [("s", "scientists", 2, 2, 0, True, 2), ("s", "institutions", 1, 1, 0, True, 1)]
        assert content(workspace) == before


def test_what_its_source_no_longer_lists_is_gone(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "s", people("1,张三,甲", "2,李四,乙", "3,王五,丙") | {"works.csv": "title\nt\n"}),
                         source(tmp_path, "other", people("1,张三,甲"))])
        report = load(workspace, [source(tmp_path / "again", "s", people("1,张三,甲", "3,王五,丁"))])
        assert lines(report) == [("s", "scientists", 2, 2, 0, False, 3)]
        assert set(nodes(workspace, "scientists")) == {"s/scientists/1", "s/scientists/3", "other/scientists/1"}
        assert [r["title"] for r in records(workspace, "works")] == ["t"]
        assert {v["name"] for v in nodes(workspace, "organisations").values()} == {"甲", "丁"}


def test_going_back_to_an_older_content_is_a_change(tmp_path: Path) -> None:
    a, b = (source(tmp_path / x, "s", people(f"1,{x},")) for x in "ab")
    with new_workspace(tmp_path) as workspace:
        for folder, name in ((a, "a"), (b, "b"), (a, "a")):
            assert not load(workspace, [folder]).tables[0].unchanged
            assert nodes(workspace, "scientists")["s/scientists/1"]["name"] == name
        workspace.connection.execute("UPDATE loads SET loaded_at = loaded_at - INTERVAL 1 DAY WHERE rowid = (SELECT max(rowid) FROM loads)")
        assert not load(workspace, [b]).tables[0].unchanged


def test_a_table_that_shrinks_to_under_half_is_refused(tmp_path: Path) -> None:
    big = source(tmp_path / "big", "s", people(*(f"{i},p{i}," for i in range(5))))
    half = source(tmp_path / "half", "s", people("0,p0,", "1,p1,", "2,p2,"))
    small = source(tmp_path / "small", "s", people("0,p0,") | {"works.csv": "title\nnew\n"})
    none = source(tmp_path / "none", "s", people())
    with new_workspace(tmp_path) as workspace:
        load(workspace, [big])
        load(workspace, [half])
        before = content(workspace)
        for folder in (small, none):
            with pytest.raises(ShrinkRefused, match=r"^s/scientists: [01] rows, but 3 were there.*--allow-shrink"):
                load(workspace, [folder])
            assert content(workspace) == before
        load(workspace, [small], allow_shrink=True)
        assert set(nodes(workspace, "scientists")) == {"s/scientists/0"}
        load(workspace, [none], allow_shrink=True)
        assert nodes(workspace, "scientists") == {}


def test_check_says_what_a_load_would_do_and_writes_nothing(tmp_path: Path) -> None:
    first = source(tmp_path / "1", "s", people("1,张三,甲大学"))
    second = source(tmp_path / "2", "s", people("1,张三,乙大学", "2,,"))
    with new_workspace(tmp_path) as workspace:
        load(workspace, [first])
        before, runs = content(workspace), scalar(workspace.connection, "SELECT count(*) FROM runs")
        checked = load(workspace, [second], check=True)
        assert not checked.written
        assert content(workspace) == before
        assert scalar(workspace.connection, "SELECT count(*) FROM runs") == runs
        done = load(workspace, [second])
        assert (done.tables, done.issues, done.revision) == (checked.tables, checked.issues, checked.revision)


def test_check_of_a_new_workspace_leaves_it_empty(tmp_path: Path) -> None:
    with Workspace(tmp_path / "new.duckdb") as workspace:
        load(workspace, [source(tmp_path, "s", people("1,张三,"))], check=True)
        assert workspace.meta("revision") is None
        assert scalar(workspace.connection, "SELECT count(*) FROM records.regions") == 0


def test_a_broken_second_file_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    folder = source(tmp_path / "2", "s", people("1,李四,") | {"works.json": '[{"title": '})
    wrong = source(tmp_path / "3", "s", people("1,李四,") | {"works.csv": "id,year\n1,2020\n"})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path / "1", "s", people("1,张三,"))])
        before = content(workspace)
        for broken, said in ((folder, "not JSON"), (wrong, "works needs the column title")):
            with pytest.raises(SourceError, match=said):
                load(workspace, [broken])
            assert content(workspace) == before
        load(workspace, [source(tmp_path / "1", "s", people("1,张三,"))])
        assert content(workspace) == before


def test_an_error_in_the_middle_of_writing_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path / "1", "s", people("1,张三,"))])
        before = content(workspace)
        workspace.connection.execute("ALTER TABLE records.works RENAME TO works_elsewhere")
        with pytest.raises(duckdb.Error, match="works"):
            load(workspace, [source(tmp_path / "2", "s", people("1,李四,") | {"works.csv": "title\nt\n"})])
        workspace.connection.execute("ALTER TABLE records.works_elsewhere RENAME TO works")
        assert content(workspace) == before


def test_nothing_to_load_says_why(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        with pytest.raises(SourceError, match=r"nothing to load: x\.csv: its headers fit no table clearly"):
            load(workspace, [source(tmp_path, "s", {"x.csv": "甲,乙\n1,2\n"})])
        with pytest.raises(SourceError, match=r"nothing to load: works\.csv: empty"):
            load(workspace, [source(tmp_path, "t", {"works.csv": ""})])


def test_ids_and_sources_of_any_character_go_through_the_whole_way(tmp_path: Path) -> None:
    odd = ["a/b/c", "o'brien", 'say "x"', "#1", "%s{}", "'; DROP TABLE meta; --", "=HYPERLINK(\"x\")", "甲，乙"]
    name = "it's \"x\"; --"
    folder = source(tmp_path, "f", {
        "scientists.csv": csv_text([["id", "name", "institution"], *([i, f"<script>{i}</script>", i] for i in odd)]),
        "institutions.csv": csv_text([["id", "name"], *([i, f"机构 {i}"] for i in odd)]),
        "works.csv": csv_text([["id", "title"], *([i, f"{i}!"] for i in odd)]),
        "authorships.csv": csv_text([["work", "scientist"], *([i, f"{name}/scientists/{i}"] for i in odd)])})
    with new_workspace(tmp_path) as workspace:
        report = load(workspace, [folder], source=name)
        assert [(t.read, t.accepted, t.waiting, t.stubs) for t in report.tables] == [(8, 8, 0, 0)] * 4
        assert report.issues == []
        found = nodes(workspace, "scientists")
        assert {i: found[f"{name}/scientists/{i}"]["name"] for i in odd} == {i: f"<script>{i}</script>" for i in odd}
        assert set(edges(workspace, "affiliations")) == {(f"{name}/scientists/{i}", f"{name}/institutions/{i}") for i in odd}
        assert set(edges(workspace, "authorships")) == {(f"{name}/works/{i}", f"{name}/scientists/{i}") for i in odd}


def test_a_megabyte_of_text_and_broken_characters_are_kept(tmp_path: Path) -> None:
    text = "很长的简介" * 70_000
    folder = source(tmp_path, "s", {"scientists.json": json.dumps([{"id": "1", "name": "张\u0000三\ud800", "bio": text, "x\udfff": "\ud83d!"}])})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        record = records(workspace, "scientists")[0]
        assert (record["name"], record["bio"]) == ("张三", text)
        assert json.loads(str(record["extra"])) == {"x?": "?!"}
        assert nodes(workspace, "scientists")["s/scientists/1"]["bio"] == text


def test_a_rank_that_changes_alone_is_a_change(tmp_path: Path) -> None:
    code = "91500000MA5U0TX95C"
    a = source(tmp_path, "a", {"enterprises.csv": f"id,name,uscc\n1,渝甲公司,{code}\n", "source.toml": "rank = 2"})
    b = source(tmp_path, "b", {"enterprises.csv": f"id,name,uscc\n2,渝甲有限公司,{code}\n", "source.toml": "rank = 1"})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [a, b])
        judge(workspace, "a/enterprises/1", "b/enterprises/2", "same", who="test")
        load(workspace, [source(tmp_path, "a", {"source.toml": "rank = 3"})])
        assert set(nodes(workspace, "organisations")) == {"b/enterprises/2"}
        report = load(workspace, [source(tmp_path, "b", {"source.toml": "rank = 4"})])
        assert report.tables[0].unchanged
        assert set(nodes(workspace, "organisations")) == {"a/enterprises/1"}


LOADING = """
import sys
from pathlib import Path
from graph.workspace import Workspace
from loaders.load import load
with Workspace(sys.argv[1]) as workspace:
    print("ready", flush=True)
    load(workspace, [Path(sys.argv[2])])
print("done", flush=True)
"""


def test_a_load_that_is_killed_leaves_what_was_or_what_will_be(tmp_path: Path) -> None:
    old = source(tmp_path / "old", "s", people(*(f"{i},旧{i},单位{i % 50}" for i in range(800))))
    new = source(tmp_path / "new", "s", people(*(f"{i},新{i},单位{i % 70}" for i in range(1000))))
    with new_workspace(tmp_path) as workspace:
        load(workspace, [old])
        path, before = workspace.path, workspace.meta("revision")
    start = path.read_bytes()

    def run(kill_after: float | None) -> float:
        """Load in a process of its own; seconds from its start of work to its end."""
        with subprocess.Popen([sys.executable, "-c", LOADING, str(path), str(new)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            began = time.monotonic()
            if kill_after is not None:
                time.sleep(kill_after)
                process.kill()
            process.stdout.read()
        return time.monotonic() - began

    whole = run(None)
    with Workspace(path) as workspace:
        after = workspace.meta("revision")
    states = {before: {f"旧{i}" for i in range(800)}, after: {f"新{i}" for i in range(1000)}}
    chance = random.Random(3)
    for part in (0.3, 0.7, 0.9, 0.98):
        path.write_bytes(start)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        run(whole * (part + chance.uniform(-0.05, 0.05)))
        with Workspace(path) as workspace:
            left = workspace.meta("revision")
            assert left in states
            assert {r["name"] for r in records(workspace, "scientists")} == states[left]
            assert {r["name"] for r in nodes(workspace, "scientists").values()} == states[left]
            load(workspace, [new])
            assert workspace.meta("revision") == after
