"""`zhulian match`: needs from files, what is new, other pairings, at length and as a page, weights, and who is never shown."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.worlds import Rows, write_source
from tests.zhulian.running import failed, run

TABLES: dict[str, Rows] = {
    "scientists": [{"id": "a", "name": "样例甲", "keywords": "电池热管理；液冷散热", "institution": "样例电池有限公司", "phone": "13812345678"},
                   {"id": "b", "name": "样例乙", "keywords": "电池热管理", "honours": "中国工程院院士"},
                   {"id": "c", "name": "样例丙", "keywords": "柑橘保鲜", "birth_date": "1995-01-01"}],
    "enterprises": [{"id": "e", "name": "样例电池有限公司"}], "works": [{"id": "w", "title": "液冷板压降", "year": 2024, "authors": "样例乙"}],
    "needs": [{"id": "n1", "title": "电池热管理", "enterprise": "e"}, {"id": "n2", "title": "柑橘保鲜"},
              {"id": "n3", "title": "柑橘保鲜", "deadline": "2001-01-01"}],
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("options")
    write_source(made / "s", TABLES)
    assert run(made, "load", "s").status == 0
    return made


@pytest.fixture
def folder(tmp_path: Path, loaded: Path) -> Path:
    """A folder of the test's own, with the workspace in it."""
    return Path(shutil.copytree(loaded, tmp_path / "own"))


def pairs(path: Path, supplier: str = "scientist", demand: str = "need") -> list[tuple[str, str]]:
    frame = pd.read_csv(path, keep_default_na=False)
    return list(zip(frame[f"{demand}_id"], frame[f"{supplier}_name"], strict=True))


def test_needs_of_a_folder_are_matched_and_nothing_of_them_is_kept(folder: Path) -> None:
    new = folder / "new"
    new.mkdir()
    (new / "甲需求.txt").write_bytes("柑橘采后保鲜怎么做\n联系电话 13900001111\n".encode("gbk"))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["需求编号", "需求名称", "需求企业", "所在地区", "状态"], ["X1", "电池热管理", "样例电池", "渝北", ""],
                ["X2", "液冷散热", "无名公司 13900001111", "", ""], ["X3", "液冷散热", "", "", "已关闭"]):
        sheet.append(row)
    book.save(new / "本月征集.xlsx")
    (new / "企业名录.csv").write_text("企业名称,统一社会信用代码,所在园区\n某公司,,某园\n", encoding="utf-8")
    (new / "说明.pdf").write_bytes(b"%PDF")
    before = (folder / "zhulian.duckdb").stat().st_mtime_ns
    ran = run(folder, "match", "--from", "new", "--top", "0", "--out", "out.csv")
    assert ran.status == 0, ran.err
    # 样例甲 works at the enterprise of X1, which is there without its legal form; of X2 nobody knows.
    found = pairs(folder / "out.csv")
    assert [name for need, name in found if need == "X1"] == ["样例乙"]
    assert dict(reversed(found)) == {"X1": "样例乙", "X2": "样例甲", "甲需求": "样例丙"}
    assert "无名公司" in ran.err
    assert "说明.pdf" in ran.err
    assert "X1: left out 样例甲" in ran.err
    assert "企业名录.csv: left alone, holds 企业" in ran.err
    assert "1 needs are not open" in ran.err
    assert "13900001111" not in ran.err + ran.out + (folder / "out.csv").read_text(encoding="utf-8-sig")
    assert (folder / "zhulian.duckdb").stat().st_mtime_ns == before


def test_since_takes_files_that_were_changed(folder: Path) -> None:
    new = folder / "new"
    new.mkdir()
    for name, days in (("old", 10), ("young", 0)):
        (new / f"{name}.txt").write_text("电池热管理", encoding="utf-8")
        then = time.time() - days * 86_400
        os.utime(new / f"{name}.txt", (then, then))
    day = pd.Timestamp.now() - pd.Timedelta(days=2)
    assert run(folder, "match", "--from", "new", "--since", f"{day:%Y-%m-%d}", "--top", "1", "--out", "out.csv").status == 0
    assert [need for need, _ in pairs(folder / "out.csv")] == ["young"]


def test_since_takes_needs_that_a_later_load_added_or_changed(folder: Path) -> None:
    today = f"{pd.Timestamp.now('UTC'):%Y-%m-%d}"
    tomorrow = f"{pd.Timestamp.now('UTC') + pd.Timedelta(days=1):%Y-%m-%d}"
    assert run(folder, "match", "--all", "--since", today, "--top", "1", "--out", "all.csv").status == 0
    assert [need for need, _ in pairs(folder / "all.csv")] == ["s/needs/n1", "s/needs/n2"]
    ran = run(folder, "match", "--all", "--since", tomorrow, "--out", "all.csv")
    assert (ran.status, ran.out) == (0, "")
    assert "nothing is new" in ran.err
    assert pairs(folder / "all.csv") == []


@pytest.mark.parametrize(("arguments", "word"), [
    (("--from", "nowhere"), "nowhere"), (("--from", "empty"), "no need"), (("--text", "电池", "--since", "2026-01-01"), "--since"),
    (("--all", "--since", "gestern"), "gestern"), (("--all", "--pairing", "nobody"), "mentors"), (("--all", "--weights", "none.toml"), "none.toml"),
    (("--all", "--weights", "bad.toml"), "beauty"), (("--all", "--weights", "text.toml"), "[weights]"),
    (("--all", "--explain", "--out", "a.html"), "one need"),
    (("--all", "--from", "empty"), "one of"), (("--all", "--model", "nowhere"), "nowhere"), (("--all", "--never-shown", "a.txt"), "a.txt"),
    (("--from", "twice"), "several needs have the id"), (("--pairing", "stations", "--all"), "no open platform")])
def test_wrong_usage_is_one_line(folder: Path, arguments: tuple[str, ...], word: str) -> None:
    (folder / "empty").mkdir()
    (folder / "bad.toml").write_text("[weights]\nbeauty = 1\n", encoding="utf-8")
    (folder / "text.toml").write_text("[weights]\ndistance = 'far'\n", encoding="utf-8")
    (folder / "twice").mkdir()
    for suffix in ("txt", "md"):
        (folder / "twice" / f"a.{suffix}").write_text(f"电池{suffix}", encoding="utf-8")
    ran = run(folder, "match", *arguments)
    failed(ran, 1 if "--from" in arguments and word != "one of" else 2, word)


def test_at_length_and_as_a_page(folder: Path) -> None:
    ran = run(folder, "match", "--need", "n1", "--explain")
    assert ran.status == 0, ran.err
    assert "1. 样例乙 · 得分" in ran.out
    assert "依据 样例乙（研究方向）" in ran.out
    assert "留意" in ran.out
    assert run(folder, "match", "--need", "n1", "--explain", "--out", "n1.html").status == 0
    page = (folder / "n1.html").read_text(encoding="utf-8")
    assert "样例乙" in page
    assert "13812345678" not in page
    assert 'src="' not in page.replace('src="data:', "")


def test_the_columns_of_the_contract_come_first(folder: Path) -> None:
    assert run(folder, "match", "--all", "--out", "all.csv").status == 0
    assert list(pd.read_csv(folder / "all.csv").columns) == [
        "need_id", "rank", "scientist_id", "scientist_name", "score", "evidence", "reasons", "need_title", "institution", "confidence", "facts",
        "against", "route"]


def test_another_pairing_names_its_sides(folder: Path) -> None:
    ran = run(folder, "match", "--pairing", "mentors", "--all", "--out", "m.csv")
    assert ran.status == 0, ran.err
    assert pairs(folder / "m.csv", "mentor", "mentee") == []
    assert run(folder, "match", "--pairing", "mentors", "--text", "电池热管理", "--out", "m.csv").status == 0
    assert pairs(folder / "m.csv", "mentor", "mentee") == [("text", "样例乙")]


def test_past_deadlines_are_counted_and_a_named_need_is_matched_all_the_same(folder: Path) -> None:
    ran = run(folder, "match", "--all", "--out", "all.csv")
    assert {need for need, _ in pairs(folder / "all.csv")} == {"s/needs/n1", "s/needs/n2"}
    assert "1 needs are past their deadline" in ran.err
    assert run(folder, "match", "--need", "n3", "--out", "one.csv").status == 0
    assert pairs(folder / "one.csv") == [("s/needs/n3", "样例丙")]


def test_who_is_never_shown(folder: Path) -> None:
    ran = run(folder, "match", "--all", "--top", "1", "--out", "all.csv", "--never-shown", "never.xlsx")
    assert ran.status == 0, ran.err
    frame = pd.read_excel(folder / "never.xlsx", engine="openpyxl")
    assert list(frame["scientist_name"]) == ["样例甲"]
    assert list(frame["note"]) == ["凡有依据的需求都被规则排除：在该企业任职1次"]
    assert "2 scientists stand on a list, 1 on none" in ran.err


def test_weights_are_written_and_read(folder: Path) -> None:
    ran = run(folder, "learn", "--out", "w.toml")
    assert ran.status == 0, ran.err
    assert "the declared weights stay: too few outcomes" in ran.err
    assert "institution = 1.0" in (folder / "w.toml").read_text(encoding="utf-8")
    for out, more in (("with.csv", ("--weights", "w.toml")), ("without.csv", ())):
        assert run(folder, "match", "--all", "--out", out, *more).status == 0
    assert (folder / "with.csv").read_bytes() == (folder / "without.csv").read_bytes()
    (folder / "w.toml").write_text("[weights]\ninstitution = 0\n", encoding="utf-8")
    assert run(folder, "match", "--text", "液冷散热", "--out", "zero.csv", "--weights", "w.toml").status == 0
    assert run(folder, "match", "--text", "液冷散热", "--out", "one.csv").status == 0
    zero, one = (pd.read_csv(folder / f)["score"].iloc[-1] for f in ("zero.csv", "one.csv"))
    assert zero > one
    failed(run(folder, "learn", "--out", "w.csv"), 2, "w.csv")
