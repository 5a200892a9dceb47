"""What another source sent is no full list: it does not take the place of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import ShrinkRefused
from loaders.load import load
from tests.loaders.making import new_workspace, source

LIST = {"scientists.csv": "编号,姓名\n1,样例甲\n2,样例乙\n"}
SENT = {"scientists.csv": "编号,姓名,学历,处理,来源记录\n1,样例甲,博士,补充,西库/scientists/7\n,样例丙,博士,新增,西库/scientists/8\n"}
SENT_IN_ENGLISH = {"scientists.csv": "id,name,zhulian_action,zhulian_record\n1,样例甲,fill,西库/scientists/7\n3,样例丁,new,西库/scientists/9\n"}


@pytest.mark.parametrize("sent", [SENT, SENT_IN_ENGLISH])
def test_it_does_not_replace_the_list_unless_told_to(tmp_path: Path, sent: dict[str, str]) -> None:
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "东库", LIST)])
        before = workspace.meta("revision")
        folder = source(tmp_path, "for_东库", sent)
        with pytest.raises(ShrinkRefused, match=r"^东库/scientists: scientists\.csv holds only what is new .* the 2 rows .*--allow-shrink"):
            load(workspace, [folder], source="东库")
        assert (workspace.count("东库", "scientists"), workspace.meta("revision")) == (2, before)
        load(workspace, [folder])
        assert workspace.count("for_东库", "scientists") == 2
        load(workspace, [folder], source="东库", allow_shrink=True)
        assert workspace.count("东库", "scientists") == 2
        assert workspace.meta("revision") != before


def test_a_later_one_takes_its_place_and_its_rows_may_stand_in_the_list(tmp_path: Path) -> None:
    """The list with the rows put below it is a full one: not every row was sent."""
    with new_workspace(tmp_path) as workspace:
        load(workspace, [source(tmp_path, "for_东库", SENT)])
        load(workspace, [source(tmp_path, "for_东库", SENT_IN_ENGLISH)])
        assert workspace.count("for_东库", "scientists") == 2
        load(workspace, [source(tmp_path, "东库", LIST)])
        whole = "编号,姓名,处理,来源记录\n1,样例甲,,\n2,样例乙,,\n,样例丙,新增,西库/scientists/8\n"
        load(workspace, [source(tmp_path, "东库", {"scientists.csv": whole})])
        assert workspace.count("东库", "scientists") == 3
