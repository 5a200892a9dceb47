"""The demo: what it prints is what its pages say, and nothing that the pages ask for lies outside their folder."""

from __future__ import annotations

import re
from pathlib import Path

from tests.zhulian.running import run


def test_the_numbers_printed_are_those_in_the_pages(tmp_path: Path) -> None:
    first = run(tmp_path, "demo", "--out", "out")
    assert first.status == 0, first.err
    lines = first.out.splitlines()
    assert lines[-1] == "out/report/index.html"
    heads = [[cell.strip() for cell in line.strip("┃").split("┃")] for line in lines if line.startswith("┃")]
    assert ["需求编号", "专家", "得分", "理由"] in heads
    assert ["名次", "产品", "得分", "理由"] in [[h for h in head if h not in ("地区", "类型")] for head in heads]
    index = (tmp_path / lines[-1]).read_text(encoding="utf-8")
    counts = next(line for line in lines if "科技工作者" in line and "高校院所" in line)
    for label, number in re.findall(r"(\S+) (\d+)", counts):
        if label in ("科技工作者", "企业", "需求", "产品", "成果"):
            assert re.search(rf"{label}[\s\S]{{0,200}}?\b{number}\b", index), (label, number)
    needs = len(list((tmp_path / "out" / "report").glob("need-*.html")))
    assert f"{needs} needs with" in lines[-2]


def test_a_second_run_gives_the_same_pages(tmp_path: Path) -> None:
    def pages() -> dict[str, bytes]:
        return {str(p.relative_to(tmp_path)): p.read_bytes() for p in sorted((tmp_path / "out" / "report").rglob("*")) if p.is_file()}

    assert run(tmp_path, "demo").status == 0
    first = pages()
    assert run(tmp_path, "demo").status == 0
    assert pages() == first
