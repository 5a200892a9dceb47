"""zhulian template, as it is typed."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from tests.zhulian.running import run


def test_a_template_is_written_refused_empty_filled_in_and_loaded(tmp_path: Path) -> None:
    made = run(tmp_path, "template", "scientists", "企业", "--out", "上报.xlsx")
    assert (made.status, made.err) == (0, "")
    assert made.out.splitlines() == ["scientists, enterprises → 上报.xlsx; fill it in and load it: zhulian load 上报.xlsx"]
    empty = run(tmp_path, "load", "上报.xlsx")
    assert (empty.status, empty.err.count("\n")) == (1, 1)
    assert "nothing to load: no row stands under the header of 上报.xlsx#科技工作者, 上报.xlsx#企业" in empty.err
    book = openpyxl.load_workbook(tmp_path / "上报.xlsx")
    book["科技工作者"]["B2"], book["企业"]["B2"] = "张三", "某公司"
    book.save(tmp_path / "上报.xlsx")
    loaded = run(tmp_path, "load", "上报.xlsx", "--strict")
    assert loaded.status == 0, loaded.err
    assert "left alone: 上报.xlsx#填写说明: how to fill in the template" in loaded.out


def test_wrong_usage(tmp_path: Path) -> None:
    unknown = run(tmp_path, "template", "产物", "--out", "t.xlsx")
    assert unknown.status == 2
    assert "no table is called '产物': use one of scientists 科技工作者, organisations 机构" in unknown.err
    for arguments, said in ((("scientists", "--out", "t.csv"), "an .xlsx file"), (("scientists",), "--out"), (("--out", "t.xlsx"), "TABLE")):
        ran = run(tmp_path, "template", *arguments)
        assert (ran.status, ran.err.count("\n")) == (2, 1)
        assert said in ran.err
    assert list(tmp_path.iterdir()) == []
