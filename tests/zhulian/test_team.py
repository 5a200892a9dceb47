"""`zhulian team`: what is printed and written, and how it fails."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.worlds import write_source
from tests.zhulian.running import failed, run

SCIENTISTS = ({"id": "a", "name": "样例甲", "keywords": "电池热管理；液冷散热", "institution": "样例大学", "disciplines": "机械工程"},
              {"id": "b", "name": "样例乙", "keywords": "补贴政策评估", "disciplines": "社会学"},
              {"id": "c", "name": "样例丙", "keywords": "电池热管理", "do_not_contact": "是"},
              {"id": "d", "name": "样例丁", "keywords": "柑橘保鲜"})
NEEDS = ({"id": "n1", "title": "电池热管理与补贴政策评估", "keywords": "电池热管理；补贴政策评估；纤维素乙醇"},
         {"id": "n2", "title": "纤维素乙醇", "keywords": "纤维素乙醇"})
STUDIES = ({"id": "k1", "title": "电池热管理的补贴政策评估", "lead": "d"},)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("team")
    write_source(made / "s", {"scientists": SCIENTISTS, "needs": NEEDS, "studies": STUDIES})
    assert run(made, "load", "s").status == 0
    return made


def test_the_file_has_the_parts_and_the_remarks_what_is_missing(folder: Path) -> None:
    ran = run(folder, "team", "--need", "n1", "--out", "found.csv")
    assert ran.status == 0, ran.err
    frame = pd.read_csv(folder / "found.csv", keep_default_na=False)
    assert list(frame.columns) == ["need_id", "scientist_id", "scientist_name", "score", "part", "note", "institution", "need_title"]
    assert set(frame["need_id"]) == {"s/needs/n1"}
    assert dict(zip(frame["scientist_id"], frame["institution"], strict=True)) == {"s/scientists/a": "样例大学", "s/scientists/b": ""}
    assert dict(zip(frame["scientist_name"], frame["part"], strict=True)) == {"样例甲": "电池热管理", "样例乙": "补贴政策评估"}
    assert f"covered {frame['score'].sum():.3f} of what is asked: 2 of 3 topics" in ran.err
    assert "nobody in the graph has (图中无人): 纤维素乙醇" in ran.err
    assert "optimal: coverage" in ran.err
    assert "left out 样例丙 (s/scientists/c): do_not_contact, 请勿联系" in ran.err


def test_the_table_has_chinese_heads_short_ids_and_the_lead_first(folder: Path) -> None:
    ran = run(folder, "team", "--study", "k1")
    assert ran.status == 0, ran.err
    for word in ("专家", "单位", "得分", "承担", "备注", "课题负责人", "样例甲", "样例乙"):
        assert word in ran.out
    assert ran.out.index("样例丁") < min(ran.out.index("样例甲"), ran.out.index("样例乙"))
    assert "s/scientists/" not in ran.out


def test_a_text_and_a_size(folder: Path) -> None:
    assert run(folder, "team", "--text", "电池热管理与补贴政策评估", "--size", "1", "--out", "one.json").status == 0
    frame = pd.read_json(folder / "one.json")
    assert list(frame["need_id"]) == ["text"]


def test_across_or_the_reason(folder: Path) -> None:
    assert run(folder, "team", "--need", "n1", "--across", "--out", "across.csv").status == 0
    frame = pd.read_csv(folder / "across.csv")
    notes = dict(zip(frame["scientist_name"], frame["note"], strict=True))
    assert notes["样例甲"].startswith("自然科学")
    assert notes["样例乙"].startswith("社会科学")
    failed(run(folder, "team", "--text", "电池热管理", "--across", "--out", "none.csv"), 1, "no team", "社会科学")
    assert not (folder / "none.csv").exists()


def test_nobody_has_any_of_it(folder: Path) -> None:
    ran = run(folder, "team", "--need", "n2", "--out", "nobody.csv")
    assert ran.status == 0, ran.err
    assert len(pd.read_csv(folder / "nobody.csv")) == 0
    assert "nobody who may be proposed has any topic of it" in ran.err
    assert run(folder, "team", "--need", "n2").status == 0


@pytest.mark.parametrize(("arguments", "word"), [
    ((), "--study"), (("--need", "n1", "--text", "电池"), "--study"), (("--text", " "), "--text"), (("--need", "n1", "--size", "0"), "--size"),
    (("--need", "n1", "--size", "1", "--across"), "--size 2"), (("--need", "none"), "none"), (("--study", "none"), "none"),
    (("--need", "n1", "--out", "a.txt"), "a.txt")])
def test_wrong_usage_is_one_line(folder: Path, arguments: tuple[str, ...], word: str) -> None:
    failed(run(folder, "team", *arguments), 2, word)
