"""Folders of one name are not one source by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import ShrinkRefused, UsageError
from loaders.load import load
from loaders.sources import read_sources
from tests.loaders.making import new_workspace, nodes, records, source

FIRST, SECOND = [f"甲{i}" for i in range(20)], [f"乙{i}" for i in range(20)]


def people(folder: Path, names: list[str], institution: str = "某大学", name: str = "专家") -> Path:
    return source(folder, name, {"scientists.csv": "姓名,单位\n" + "".join(f"{n},{institution}\n" for n in names)})


def test_another_folder_of_the_name_does_not_replace_the_first(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [people(tmp_path / "a", FIRST)])
        before = records(workspace, "scientists")
        with pytest.raises(ShrinkRefused, match=r"^专家/scientists: hardly one of these 20 rows \(scientists\.csv\) is among the 20 .*--source NAME"):
            load(workspace, [people(tmp_path / "b", SECOND)])
        assert records(workspace, "scientists") == before
        load(workspace, [people(tmp_path / "b", SECOND)], source="专家二")
        assert {str(i).split("/")[0] for i in nodes(workspace, "scientists")} == {"专家", "专家二"}
        load(workspace, [people(tmp_path / "b", SECOND)], source="专家")
        load(workspace, [people(tmp_path / "a", FIRST)], allow_shrink=True)
        assert {r["name"] for r in records(workspace, "scientists") if r["source"] == "专家"} == set(FIRST)


@pytest.mark.parametrize("then", [
    FIRST[:12] + SECOND[:8],  # most are the same
    FIRST[:2] + SECOND[:18],  # a tenth of the ids
    SECOND[:4],               # too few to judge, and too few to replace twenty
])
def test_a_table_that_changed_much_is_judged_by_its_size_alone(tmp_path: Path, then: list[str]) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [people(tmp_path / "a", FIRST)])
        if len(then) * 2 < len(FIRST):
            with pytest.raises(ShrinkRefused, match="4 rows, but 20 were there"):
                load(workspace, [people(tmp_path / "b", then)])
        else:
            load(workspace, [people(tmp_path / "b", then)])
            assert {r["name"] for r in records(workspace, "scientists")} == set(then)


def test_the_same_people_with_other_ids_are_no_strangers(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [people(tmp_path / "a", FIRST)])
        load(workspace, [people(tmp_path / "b", FIRST, "又一大学")])
        assert {r["institution"] for r in records(workspace, "scientists")} == {"又一大学"}


def test_links_are_known_by_their_ends(tmp_path: Path) -> None:
    def links(folder: Path, work: str, names: list[str]) -> Path:
        return source(folder, "s", {"authorships.csv": "成果,姓名\n" + "".join(f"{work},{n}\n" for n in names)})

    with new_workspace(tmp_path) as workspace:
        load(workspace, [links(tmp_path / "a", "甲文", FIRST)])
        load(workspace, [links(tmp_path / "b", "乙文", FIRST)])
        with pytest.raises(ShrinkRefused, match="s/authorships: hardly one"):
            load(workspace, [links(tmp_path / "c", "丙文", SECOND)])


def test_surveys_are_known_by_their_key(tmp_path: Path) -> None:
    def survey(folder: Path, region: str, year: int) -> Path:
        rows = "".join(f"{region}{i},青少年,{year}\n" for i in range(6))
        return source(folder, "s", {"surveys.csv": "地区,人群,年份\n" + rows})

    with new_workspace(tmp_path) as workspace:
        load(workspace, [survey(tmp_path / "a", "甲", 2023)])
        load(workspace, [survey(tmp_path / "b", "甲", 2024)])
        assert {r["year"] for r in records(workspace, "surveys")} == {2024}


def test_folders_of_one_name_in_one_load(tmp_path: Path) -> None:
    a, b = people(tmp_path / "a", FIRST), people(tmp_path / "b", SECOND)
    with pytest.raises(UsageError, match=r"would be one source '专家': load each by itself with --source NAME"):
        read_sources([a, b])
    assert [s.tables[0].read for s in read_sources([a, b], name="x")] == [40]
    for folder in (a, b):
        (folder / "source.toml").write_text('name = "专家"')
    assert [s.tables[0].read for s in read_sources([a, b])] == [40]
    assert [s.info.name for s in read_sources([a / "scientists.csv", a])] == ["专家"]


def test_files_of_one_name_in_two_folders(tmp_path: Path) -> None:
    for folder in "ab":
        source(tmp_path, folder, {"名单.csv": "姓名,单位,职称\n张三,甲,教授\n"})
    with pytest.raises(UsageError, match="would be one source '名单'"):
        read_sources([tmp_path / "a" / "名单.csv", tmp_path / "b" / "名单.csv"])
