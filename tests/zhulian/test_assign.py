"""`zhulian assign`: what is printed and written, the same from both stores, and how it fails."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.graph.served import emptied
from tests.neo4j_server.server import Neo4jAddress
from tests.worlds import write_source
from tests.zhulian.running import failed, run

SCIENTISTS = ({"id": "a", "name": "样例甲", "keywords": "电池热管理；液冷散热", "institution": "样例大学"},
              {"id": "b", "name": "样例乙", "keywords": "电池热管理", "capacity": "0"},
              {"id": "c", "name": "样例丙", "keywords": "柑橘保鲜"})
NEEDS = ({"id": "n1", "title": "电池热管理", "text": "液冷散热", "deadline": "2999-12-31"}, {"id": "n2", "title": "柑橘保鲜", "status": "open"},
         {"id": "n3", "title": "斜拉桥抗风"}, {"id": "n4", "title": "电池热管理", "deadline": "2001-01-01"},
         {"id": "n5", "title": "柑橘保鲜", "status": "closed"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("assign")
    write_source(made / "s", {"scientists": SCIENTISTS, "needs": NEEDS})
    assert run(made, "load", "s").status == 0
    return made


def test_the_file_has_the_contracts_columns_and_the_unmet_with_their_reasons(folder: Path) -> None:
    ran = run(folder, "assign", "--per-need", "1", "--out", "found.csv")
    assert ran.status == 0, ran.err
    frame = pd.read_csv(folder / "found.csv", keep_default_na=False)
    assert list(frame.columns) == ["need_id", "scientist_id", "score", "note", "need_title", "scientist_name", "institution"]
    assert list(zip(frame["need_id"], frame["scientist_id"], strict=True)) == [
        ("s/needs/n1", "s/scientists/a"), ("s/needs/n2", "s/scientists/c"), ("s/needs/n3", ""), ("s/needs/n4", "")]
    assert list(frame["note"])[2:] == ["没有专家有相关依据", "截止日期2001-01-01已过"]
    assert list(frame["institution"]) == ["样例大学", "", "", ""]
    assert [bool(score) for score in frame["score"]] == [True, True, False, False]
    total = sum(float(score) for score in frame["score"] if score)
    assert f"optimal (greatest total): total score {total:.6f}" in ran.err
    assert "4 needs: 2 have all that they want, 0 some, 2 nobody" in ran.err
    assert "1 needs are not open" in ran.err


def test_the_table_has_chinese_heads_and_short_ids(folder: Path) -> None:
    ran = run(folder, "assign", "--need", "n1", "n5", "--fair", "--even")
    assert ran.status == 0, ran.err
    for word in ("需求", "专家", "单位", "得分", "备注", "专家编号", "样例甲", "样例丙"):
        assert word in ran.out
    assert "s/scientists/" not in ran.out
    assert "optimal (most needs served, then greatest total)" in ran.err


@pytest.mark.parametrize(("arguments", "word"), [
    (("--capacity", "-1"), "--capacity"), (("--per-need", "0"), "--per-need"), (("--need", "none"), "none"), (("--out", "a.txt"), "a.txt")])
def test_wrong_usage_is_one_line(folder: Path, arguments: tuple[str, ...], word: str) -> None:
    failed(run(folder, "assign", *arguments), 2, word)


def test_without_open_needs_it_says_what_to_do(tmp_path: Path) -> None:
    write_source(tmp_path / "s", {"scientists": SCIENTISTS, "needs": NEEDS[4:]})
    assert run(tmp_path, "load", "s").status == 0
    failed(run(tmp_path, "assign"), 2, "no open need")


def test_the_server_gives_the_same_bytes(folder: Path, neo4j_server: Neo4jAddress) -> None:
    credentials = {"NEO4J_USERNAME": neo4j_server.username, "NEO4J_PASSWORD": neo4j_server.password}
    with emptied(neo4j_server):
        pass
    ran = run(folder, "publish", neo4j_server.uri, **credentials)
    assert ran.status == 0, ran.err
    assert run(folder, "assign", "--out", "here.csv").status == 0
    served = run(folder, "assign", "--out", "there.csv", "--store", neo4j_server.uri, "--workspace", "elsewhere.duckdb", **credentials)
    assert served.status == 0, served.err
    assert (folder / "there.csv").read_bytes() == (folder / "here.csv").read_bytes()
