"""What is only mentioned: one node for one thing, whatever lists call it. All people are invented."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from graph.forget import find_target, forget
from graph.provenance import provenance
from graph.resolution.run import resolve
from graph.sql import scalar
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, edges, new_workspace, nodes, source
from tests.worlds import snapshot_of

AT_ONE = {"a": "重大", "b": "重庆大学", "c": "CQU"}
"""How three lists call one university that none of them has a record of."""


def lists(tmp_path: Path) -> list[Path]:
    """Six people in each list, the same ones under the same addresses, and one of 乙 in each who is somebody else."""
    made = []
    for name, body in AT_ONE.items():
        rows = [["id", "name", "institution", "email"], ["x", "某甲", "样例研究院", ""],
                *([str(i), f"样例{'甲乙丙丁戊己'[i]}", body, f"p{i}@example.org"] for i in range(6))]
        made.append(source(tmp_path, name, {"scientists.csv": csv_text(rows), "source.toml": f"rank = {30 if name == 'b' else 20}\n"}))
    return made


def stubs(workspace: Workspace, pool: str = "organisations") -> dict[str, str]:
    return {id_: str(n["name" if pool != "works" else "title"]) for id_, n in nodes(workspace, pool).items() if n["stub"]}


def test_a_name_that_several_lists_mention_is_one_thing_whatever_the_order(tmp_path: Path) -> None:
    folders = lists(tmp_path)
    for number, order in enumerate(permutations(folders)):
        with Workspace(tmp_path / f"{number}.duckdb") as workspace:
            load(workspace, list(order))
            found = stubs(workspace)
            # Of the most trusted source, the first by name.
            assert {i for i in found if i.endswith("/样例研究院")} == {"a/institutions/样例研究院"}
            assert len(found) == 4  # and the university three times: nothing says yet that it is one
            assert {at for person, at in edges(workspace, "affiliations") if "/x" in person} == {"a/institutions/样例研究院"}
            assert [r.record for r in provenance(workspace, "a/institutions/样例研究院")] == [f"{s}/scientists/x" for s in "abc"]


def test_people_who_are_mentioned_stay_apart_and_works_of_one_title_do_not(tmp_path: Path) -> None:
    files = {"platforms.csv": "id,name,lead\n1,样例站,某人\n", "scientists.csv": "id,name,works\n1,样例甲,同一篇论文\n"}
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, name, files) for name in ("s", "t")])
        assert set(stubs(workspace, "scientists")) == {"s/scientists/某人", "t/scientists/某人"}
        assert set(stubs(workspace, "works")) == {"s/works/同一篇论文"}


def test_a_name_that_could_mean_several_records_stays_with_its_list(tmp_path: Path) -> None:
    two = source(tmp_path, "z", {"institutions.csv": "id,name,uscc\n1,样例院,\n2,样例院,\n"})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [two, *(source(tmp_path, name, {"scientists.csv": "id,name,institution\n1,某甲,样例院\n"}) for name in "st")])
        assert set(stubs(workspace)) == {"s/institutions/样例院", "t/institutions/样例院"}


def test_names_that_resolution_learned_lead_to_one_institution(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, lists(tmp_path))
        resolve(workspace)
        # The name that tells what it is stands for all, though its source is trusted less.
        assert stubs(workspace) == {"b/institutions/重庆大学": "重庆大学", "a/institutions/样例研究院": "样例研究院"}
        assert {r.source for r in provenance(workspace, "b/institutions/重庆大学")} == {"a", "b", "c"}
        before = workspace.meta("revision")
        assert resolve(workspace).appended == 0
        assert workspace.meta("revision") == before
        # A list that comes later with a record of it takes all of them there.
        load(workspace, [source(tmp_path, "d", {"institutions.csv": "id,name\nU1,重庆大学\n"})])
        assert set(stubs(workspace)) == {"a/institutions/样例研究院"}
        at = dict(edges(workspace, "affiliations"))
        assert {at[f"{s}/scientists/{i}"] for s in "a" for i in range(6)} == {"d/institutions/U1"}


def test_learned_names_go_with_the_last_who_bore_them(tmp_path: Path) -> None:
    path = new_workspace(tmp_path).path
    with Workspace(path) as workspace:
        load(workspace, lists(tmp_path))
        resolve(workspace)
        assert scalar(workspace.connection, "SELECT list(name ORDER BY name) FROM learned_names") == ["CQU", "重大", "重庆大学"]
    for i in range(6):
        with Workspace(path, read_only=True) as workspace:
            target = find_target(workspace, snapshot_of(path), f"c/scientists/{i}", one_record=True)
        forget(path, [target])
    with Workspace(path, read_only=True) as workspace:
        assert scalar(workspace.connection, "SELECT list(name ORDER BY name) FROM learned_names") == ["重大", "重庆大学"]
