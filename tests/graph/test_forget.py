"""A person is forgotten: nothing of them is left, they do not come back unasked, and others lose nothing. All people are invented."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graph.audit import contacts, events
from graph.errors import AmbiguousId, UnknownId, UsageError
from graph.expiry import expired_sources, forget_expired
from graph.forget import ForgetReport, find_target, forget, lift
from graph.records import SourceInfo
from graph.resolve import judge
from graph.schema import LINKS, NODES, Property, Type
from graph.screening import PEOPLE_LINKS
from graph.sql import quoted
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import new_workspace
from tests.worlds import Rows, snapshot_of, write_source
from zhulian.places import open_snapshot

ROOT = Path(__file__).resolve().parents[2]
MARK = "记号"
NUMBERS = {"email": "jihao@example.org", "phone": "13987650001", "birth_date": "1961-02-03", "orcid": "0000-0002-1825-0097", "capacity": "987654321"}
OTHER_NUMBERS = {"email": "jiu.jihao@example.org", "phone": "13987650002", "birth_date": "1961-02-04", "orcid": "0000-0001-5109-3700",
                 "capacity": "987654320"}


def loaded(folder: Path, tables: dict[str, Rows]) -> Path:
    """A workspace of one source `s`."""
    folder.mkdir(exist_ok=True)
    with new_workspace(folder, "world.duckdb") as workspace:
        load(workspace, [write_source(folder / "s", tables)])
        return workspace.path


def gone(path: Path, wanted: str, *, one_record: bool = False) -> ForgetReport:
    """Forget somebody, as the command does."""
    with Workspace(path, read_only=True) as workspace:
        target = find_target(workspace, snapshot_of(path), wanted, one_record=one_record)
    return forget(path, [target])


def again(path: Path, folder: Path, tables: dict[str, Rows], source: str = "s") -> list[tuple[str, int, str, bool]]:
    """Load a source into a workspace; the issues that speak of somebody forgotten (file, row, column, rejected)."""
    with Workspace(path) as workspace:
        report = load(workspace, [write_source(folder / source, tables)], allow_shrink=True)
    return [(i.file, i.row, i.column, i.rejected) for i in report.issues if i.code == "forgotten"]


def people(path: Path) -> list[tuple[str, str]]:
    with Workspace(path, read_only=True) as workspace:
        return workspace.connection.execute("SELECT id, name FROM graph.scientists ORDER BY id").fetchall()


def everything(path: Path) -> str:
    """Every value of every table of a workspace, as one text."""
    with Workspace(path, read_only=True) as workspace:
        con = workspace.connection
        tables = con.execute("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        return "\n".join(str(con.execute(f"SELECT * FROM {quoted(schema)}.{quoted(table)}").fetchall()) for schema, table in tables)


def marked(p: Property, numbers: dict[str, str], generation: str) -> str:
    """A value of a property that is found nowhere else; '' where the property allows a few values only."""
    if p.name in numbers:
        return numbers[p.name]
    if p.choices:
        return next(iter(p.choices)) if p.required else ""
    if p.type not in (Type.TEXT, Type.LIST):
        return ""
    return "；".join(f"{MARK}{generation}{p.name}{i}" for i in range(2 if p.type is Type.LIST else 1))


def marked_world(generation: str, numbers: dict[str, str]) -> dict[str, Rows]:
    """One person whose every field holds a mark, every kind of link to them by id and by name, and others who stay."""
    person = {"id": f"{MARK}id", **{p.name: marked(p, numbers, generation) for p in NODES["scientists"].properties},
              "name": f"{MARK}姓名", "备用电话": f"{MARK}{generation}备用", "备注栏": f"{MARK}{generation}栏"}
    tables: dict[str, Rows] = {
        "scientists": [person, {"id": "P2", "name": "留下的人", "bio": "不相干"}],
        "enterprises": [{"id": "e1", "name": "留下的公司", "conflicts": ""}], "societies": [{"id": "x1", "name": "留下的学会"}],
        "works": [{"id": "w1", "title": "留下的论文", "作者": f"{MARK}姓名；留下的人"}],
        "teams": [{"id": "t1", "name": "留下的队", "members": f"P2；{MARK}id；{MARK}姓名"}],
        "platforms": [{"id": "p1", "name": "留下的站", "lead": f"{MARK}姓名"}],
        "studies": [{"id": "d1", "title": "留下的课题", "lead": f"{MARK}id"}],
        "resources": [{"id": "r1", "name": "留下的资源", "authors": f"{MARK}{generation}aliases0；留下的人"}],
    }
    for name in PEOPLE_LINKS:
        link = LINKS[name]
        other = {"works": "w1", "societies": "x1", "scientists": "P2", "organisations": "e1", "enterprises": "e1"}
        rows = []
        for i, value in enumerate((f"{MARK}id", f"{MARK}姓名")):
            own = [p for p in (link.source, link.target) if "scientists" in p.refers][i % 2 - 1]
            row = {p.name: other.get(p.refers[0], "没有的") for p in (link.source, link.target)}
            rows.append({"id": f"{i}", **row, own.name: value, **{p.name: marked(p, {}, f"{generation}{name}") for p in link.properties}})
        tables[name] = [*rows, {"id": "stays", **{p.name: other.get(p.refers[0], "没有的") for p in (link.source, link.target)}}]
    return tables


@pytest.fixture(scope="module")
def marked_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two loads with other values, judgements with evidence, an audit, runs and a cache: all of them about one person."""
    folder = tmp_path_factory.mktemp("marked")
    path = loaded(folder, marked_world("旧", OTHER_NUMBERS))
    again(path, folder, marked_world("新", NUMBERS))
    person = f"s/scientists/{MARK}id"
    with Workspace(path) as workspace:
        judge(workspace, person, "s/scientists/P2", "different", who="审核人", evidence=json.dumps({"note": f"{MARK}判断"}))
        judge(workspace, person, "s/scientists/P2", "unsure", who="审核人", evidence=f"{MARK}复核")
        workspace.log_run("resolve", {"undo": person}, f"{MARK}姓名: different")
        contacts(workspace, [person], f"联系{MARK}姓名", "match")
    open_snapshot(path, None)
    return path


def test_nothing_of_a_person_is_left_whatever_field_it_stood_in(marked_workspace: Path) -> None:
    path = marked_workspace
    marks = [MARK, *NUMBERS.values(), *OTHER_NUMBERS.values()]
    before = everything(path)
    assert [m for m in (MARK, f"{MARK}旧title0", OTHER_NUMBERS["orcid"], *NUMBERS.values()) if m not in before] == []
    assert any(m.encode() in path.read_bytes() for m in marks)
    assert path.with_name(path.name + ".cache").is_dir()

    report = gone(path, f"{MARK}姓名")

    after = everything(path)
    assert [m for m in marks if m in after] == []
    content = path.read_bytes()
    assert [m for m in marks if m.encode() in content] == []
    assert sorted(p.name for p in path.parent.iterdir()) == ["s", path.name]
    assert report.records == [f"s/scientists/{MARK}id"]
    assert report.links == {f"s/{name}": 2 for name in PEOPLE_LINKS}
    assert report.mentions == {"s/works": 1, "s/teams": 1, "s/platforms": 1, "s/studies": 1, "s/resources": 1}
    assert report.remaining == {}
    assert people(path) == [("s/scientists/P2", "留下的人")]


def test_the_audit_says_who_looked_without_saying_at_whom(marked_workspace: Path) -> None:
    with Workspace(marked_workspace, read_only=True) as workspace:
        looked, forgot = events(workspace)
    assert (looked.command, looked.purpose, forgot.command) == ("match", "联系****", "forget")
    [token] = json.loads(forgot.detail)["tokens"]
    assert json.loads(looked.detail)["entities"] == [token]


WORLD: dict[str, Rows] = {
    "scientists": [
        {"id": "P1", "name": "王记甲", "institution": "i1", "email": "WangJia@example.org", "phone": "+86 138-0000-0001", "birth_date": "1970-05-06",
         "name_en": "Wang Jijia"},
        {"id": "P2", "name": "李记乙", "institution": "i1", "bio": "师从王记甲。"}],
    "institutions": [{"id": "i1", "name": "渝江大学", "aliases": "渝大"}],
    "teams": [{"id": "t1", "name": "队", "members": "王记甲；P2；P1"}],
    "authorships": [{"work": "w1", "scientist": "P1"}, {"work": "w1", "scientist": "P2"}],
    "works": [{"id": "w1", "title": "论文"}],
}


@pytest.fixture
def world_path(tmp_path: Path) -> Path:
    return loaded(tmp_path, WORLD)


def test_the_same_list_does_not_bring_them_back(world_path: Path, tmp_path: Path) -> None:
    report = gone(world_path, "P1")
    assert (dict(report.links), dict(report.mentions), dict(report.remaining)) == ({"s/authorships": 1}, {"s/teams": 1}, {"s/scientists": 1})
    assert again(world_path, tmp_path, WORLD) == [
        ("scientists.csv", 2, "", True), ("teams.csv", 2, "members", False), ("authorships.csv", 2, "scientist", True)]
    assert people(world_path) == [("s/scientists/P2", "李记乙")]
    with Workspace(world_path, read_only=True) as workspace:
        assert workspace.connection.execute("SELECT members FROM records.teams").fetchall() == [(["P2"],)]
        assert workspace.connection.execute("SELECT raw FROM records.teams").fetchall() == [('{"id": "t1", "name": "队", "members": "P2"}',)]


@pytest.mark.parametrize("row", [
    {"姓名": "王记甲", "邮箱": "wangjia@EXAMPLE.org"}, {"姓名": "王 记甲", "手机": "13800000001"}, {"姓名": "王记甲", "出生日期": "1970/5/6"},
    {"姓名": "王记甲", "所在单位": "渝江大学"}, {"姓名": "王記甲", "所在单位": "渝大", "出生日期": "1970"},
    {"姓名": "Wang Jijia", "邮箱": "wangjia@example.org"},
])
def test_another_source_does_not_bring_them_back(world_path: Path, tmp_path: Path, row: dict[str, object]) -> None:
    gone(world_path, "P1")
    assert again(world_path, tmp_path, {"scientists": [row]}, "other") == [("scientists.csv", 2, "", True)]
    assert people(world_path) == [("s/scientists/P2", "李记乙")]


@pytest.mark.parametrize("row", [
    {"姓名": "王记甲"}, {"姓名": "王记甲", "所在单位": "别的大学"}, {"姓名": "王记甲", "所在单位": "渝江大学", "出生日期": "1985"},
    {"姓名": "别人", "手机": "13800000001", "所在单位": "渝江大学"}, {"姓名": "王记甲", "手机": "13800000009"},
])
def test_a_namesake_or_colleague_comes_in(world_path: Path, tmp_path: Path, row: dict[str, object]) -> None:
    gone(world_path, "P1")
    assert again(world_path, tmp_path, {"scientists": [row]}, "other") == []
    assert len(people(world_path)) == 2


def test_the_orcid_alone_is_enough(tmp_path: Path) -> None:
    path = loaded(tmp_path, {"scientists": [{"name": "王记甲", "orcid": "0000-0002-1825-0097"}]})
    gone(path, "王记甲")
    row = {"name": "Wang Jijia", "orcid": "https://orcid.org/0000-0002-1825-0097"}
    assert again(path, tmp_path, {"scientists": [row]}, "other") == [("scientists.csv", 2, "", True)]


def test_no_stub_comes_back_by_a_name_but_a_namesake_may_be_named(world_path: Path, tmp_path: Path) -> None:
    gone(world_path, "P1")
    platforms: Rows = [{"id": "p1", "name": "站", "lead": "王记甲（主任）", "host": "渝大"}]
    assert again(world_path, tmp_path, {"platforms": platforms}, "bare") == [("platforms.csv", 2, "lead", False)]
    own: dict[str, Rows] = {"scientists": [{"id": "9", "name": "王记甲", "institution": "远方大学"}],
                            "platforms": [{"id": "p1", "name": "站", "lead": "王记甲"}]}
    assert again(world_path, tmp_path, own, "own") == []
    assert people(world_path) == [("own/scientists/9", "王记甲"), ("s/scientists/P2", "李记乙")]
    with Workspace(world_path, read_only=True) as workspace:
        assert workspace.connection.execute("SELECT source, target FROM graph.leads").fetchall() == [("own/platforms/p1", "own/scientists/9")]


def test_an_organisation_of_the_same_name_is_not_touched(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {"scientists": [{"id": "P1", "name": "张小泉"}, {"id": "P2", "name": "李记乙", "conflicts": "张小泉"}],
                               "enterprises": [{"id": "e1", "name": "张小泉"}], "needs": [{"id": "n1", "title": "需求", "enterprise": "张小泉"}]}
    path = loaded(tmp_path, tables)
    assert dict(gone(path, "P1").mentions) == {}
    with Workspace(path, read_only=True) as workspace:
        assert workspace.connection.execute("SELECT target FROM graph.conflicts").fetchall() == [("s/enterprises/e1",)]


def test_a_stray_name_among_organisations_goes(tmp_path: Path) -> None:
    path = loaded(tmp_path, {"scientists": [{"id": "P1", "name": "王记甲"}, {"id": "P2", "name": "李记乙", "conflicts": "王记甲；甲公司"}]})
    gone(path, "P1")
    with Workspace(path, read_only=True) as workspace:
        assert workspace.connection.execute("SELECT conflicts FROM records.scientists").fetchall() == [(["甲公司"],)]
        assert workspace.connection.execute("SELECT count(*) FROM graph.organisations WHERE name = '王记甲'").fetchall() == [(0,)]


def test_records_that_are_certainly_theirs_go_too_and_those_alike_are_named(world_path: Path, tmp_path: Path) -> None:
    again(world_path, tmp_path, {"scientists": [{"id": "7", "name": "王记甲", "email": "wangjia@example.org", "phone": "13811111111"}]}, "mail")
    again(world_path, tmp_path, {"scientists": [{"id": "8", "name": "王记甲", "phone": "13811111111"}]}, "chain")
    again(world_path, tmp_path, {"scientists": [{"id": "9", "name": "王记甲", "institution": "渝江大学"}]}, "alike")
    report = gone(world_path, "s/scientists/P1")
    assert sorted(report.records) == ["chain/scientists/8", "mail/scientists/7", "s/scientists/P1"]
    assert report.alike == ["alike/scientists/9"]
    assert again(world_path, tmp_path, {"scientists": [{"id": "9", "name": "王记甲", "institution": "渝江大学"}]}, "alike") == []


def test_who_was_judged_another_person_stays(world_path: Path, tmp_path: Path) -> None:
    again(world_path, tmp_path, {"scientists": [{"id": "7", "name": "王记甲", "phone": "13800000001"}]}, "other")
    with Workspace(world_path) as workspace:
        judge(workspace, "s/scientists/P1", "other/scientists/7", "different", who="审核人")
    report = gone(world_path, "s/scientists/P1")
    assert (report.records, report.alike) == (["s/scientists/P1"], ["other/scientists/7"])


def test_one_record_alone(world_path: Path, tmp_path: Path) -> None:
    again(world_path, tmp_path, {"scientists": [{"id": "7", "name": "王记甲", "phone": "13800000001"}]}, "other")
    with Workspace(world_path) as workspace:
        judge(workspace, "s/scientists/P1", "other/scientists/7", "same", who="审核人")
        load(workspace, [write_source(tmp_path / "third", {"works": [{"id": "w", "title": "甲"}]})])
    report = gone(world_path, "s/scientists/P1", one_record=True)
    assert report.records == ["s/scientists/P1"]
    assert people(world_path) == [("other/scientists/7", "王记甲"), ("s/scientists/P2", "李记乙")]
    with Workspace(world_path, read_only=True) as workspace:
        found = workspace.connection.execute("SELECT target FROM graph.team_members ORDER BY 1").fetchall()
    assert found == [("other/scientists/7",), ("s/scientists/P2",)]
    assert [found[:2] for found in again(world_path, tmp_path, WORLD)][:1] == [("scientists.csv", 2)]
    assert again(world_path, tmp_path, {"scientists": [{"id": "7", "name": "王记甲", "phone": "13800000001"}]}, "other") == []


def test_who_is_mentioned_only_can_be_forgotten(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {"platforms": [{"id": "p1", "name": "站", "lead": "王记甲"}]}
    path = loaded(tmp_path, tables)
    assert people(path) == [("s/scientists/王记甲", "王记甲")]
    report = gone(path, "王记甲")
    assert dict(report.mentions) == {"s/platforms": 1}
    assert again(path, tmp_path, tables) == [("platforms.csv", 2, "lead", False)]
    assert people(path) == []


def test_who_left_the_list_is_forgotten_from_its_history(tmp_path: Path) -> None:
    path = loaded(tmp_path, WORLD)
    again(path, tmp_path, {"scientists": [WORLD["scientists"][1]]})
    assert "王记甲" in everything(path).replace("师从王记甲", "")
    gone(path, "s/scientists/P1")
    assert "王记甲" not in everything(path).replace("师从王记甲", "").replace("王记甲；P2；P1", "")


def test_on_request_they_come_back(world_path: Path, tmp_path: Path) -> None:
    [token] = gone(world_path, "P1").tokens
    again(world_path, tmp_path, WORLD)
    assert lift(world_path, token) > 3
    assert again(world_path, tmp_path, WORLD) == []
    assert people(world_path) == [("s/scientists/P1", "王记甲"), ("s/scientists/P2", "李记乙")]
    gone(world_path, "P1")
    assert lift(world_path, "s/scientists/P1") > 3
    with pytest.raises(UnknownId, match="nobody was forgotten"):
        lift(world_path, "s/scientists/P1")
    with Workspace(world_path, read_only=True) as workspace:
        assert [e.command for e in events(workspace)] == ["forget", "forget --lift", "forget", "forget --lift"]


def test_the_order_of_forgetting_and_loading_gives_the_same_graph(tmp_path: Path) -> None:
    first = loaded(tmp_path / "a", WORLD)
    gone(first, "P1")
    again(first, tmp_path / "a", WORLD)
    without: dict[str, Rows] = {**WORLD, "scientists": WORLD["scientists"][1:], "authorships": WORLD["authorships"][1:],
                                "teams": [{"id": "t1", "name": "队", "members": "P2"}]}
    second = loaded(tmp_path / "b", without)
    with Workspace(first, read_only=True) as one, Workspace(second, read_only=True) as other:
        assert one.meta("revision") == other.meta("revision")


def test_ids_that_name_nobody(world_path: Path, tmp_path: Path) -> None:
    again(world_path, tmp_path, {"scientists": [{"id": "P1", "name": "赵某"}]}, "other")
    with Workspace(world_path, read_only=True) as workspace:
        snapshot = snapshot_of(world_path)
        for wanted, error in (("nobody", UnknownId), ("P1", AmbiguousId), ("s/institutions/i1", UsageError)):
            with pytest.raises(error):
                find_target(workspace, snapshot, wanted)


KILLED_AT = ("before the rename", "after the rename")


@pytest.mark.parametrize("moment", KILLED_AT)
def test_killed_at_any_moment_the_file_is_the_old_or_the_new_one(world_path: Path, tmp_path: Path, moment: str) -> None:
    script = f"""
import os, signal, sys
from pathlib import Path
from graph.forget import find_target, forget
from graph.workspace import Workspace
from tests.worlds import snapshot_of
path = Path(sys.argv[1])
with Workspace(path, read_only=True) as workspace:
    target = find_target(workspace, snapshot_of(path), "P1")
renamed = False
def watch(event, arguments):
    global renamed
    if event == "os.rename" and str(arguments[1]) == str(path.resolve()):
        if {moment == KILLED_AT[0]}:
            os.kill(os.getpid(), signal.SIGKILL)
        renamed = True
    elif renamed and event == "open":
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
forget(path, [target])
"""
    done = subprocess.run([sys.executable, "-c", script, str(world_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = {"before the rename": ["s/scientists/P1", "s/scientists/P2"], "after the rename": ["s/scientists/P2"]}[moment]
    assert [id_ for id_, _ in people(world_path)] == left
    if moment == KILLED_AT[0]:
        gone(world_path, "P1")
    assert [id_ for id_, _ in people(world_path)] == ["s/scientists/P2"]
    assert b"angJia@example" not in world_path.read_bytes()


@pytest.fixture
def expired_world(tmp_path: Path) -> Path:
    parties: Rows = [{"id": "1", "event": "v1", "party": "渝江大学"}, {"id": "2", "event": "v1", "party": "P2"}]
    path = loaded(tmp_path, {**WORLD, "participations": parties, "events": [{"id": "v1", "name": "年会"}]})
    again(path, tmp_path, {"scientists": [{"id": "7", "name": "赵记丙", "institution": "渝大"}]}, "other")
    with Workspace(path) as workspace, workspace.transaction():
        workspace.put_source(SourceInfo("s", expires="2025-12-31"))
        workspace.put_source(SourceInfo("other", expires="2030-12-31"))
    return path


def test_what_a_source_says_of_people_goes_when_its_day_is_past_and_somebody_asks(expired_world: Path, tmp_path: Path) -> None:
    path = expired_world
    with Workspace(path, read_only=True) as workspace:
        assert expired_sources(workspace, "2025-12-31") == []
        assert expired_sources(workspace, "2026-01-01") == [("s", "2025-12-31")]
    report = forget_expired(path, "2026-01-01")
    assert (report.sources, dict(report.rows)) == (["s"], {"s/authorships": 2, "s/participations": 1, "s/scientists": 2, "s/teams": 1})
    assert people(path) == [("other/scientists/7", "赵记丙")]
    assert [word for word in ("王记甲", "李记乙", "angJia@example.org") if word in everything(path)] == []
    with Workspace(path, read_only=True) as workspace:
        assert workspace.connection.execute("SELECT target FROM graph.participations").fetchall() == [("s/institutions/i1",)]
        assert expired_sources(workspace, "2026-01-01") == []
    assert again(path, tmp_path, WORLD) == []
