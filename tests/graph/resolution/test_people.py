"""Records of people made comparable. All are invented."""

from __future__ import annotations

from pathlib import Path

from graph.resolution.people import works_by_links
from loaders.load import load
from tests.loaders.making import new_workspace, source


def test_works_reach_people_by_id_by_full_id_and_by_a_unique_name(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [
            source(tmp_path, "s", {"scientists.csv": "id,name\n1,样例甲\n2,样例乙\n3,重名\n4,重名\n", "works.csv": "id,title\nw1,第一篇\nw2,第二篇\n",
                                   "authorships.csv": "work,scientist\nw1,1\n第二篇,样例乙\nw1,重名\nw2,t/scientists/9\nw9,1\n"}),
            source(tmp_path, "t", {"scientists.csv": "id,name\n9,样例丙\n", "works.csv": "id,title,authors\nw1,另一篇,样例丙；旁人\n",
                                   "authorships.csv": "work,scientist\ns/works/w2,9\n"})])
        assert works_by_links(workspace.connection) == {
            "s/scientists/1": ["第一篇"], "s/scientists/2": ["第二篇"], "t/scientists/9": ["另一篇", "第二篇"]}
