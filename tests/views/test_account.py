"""What the page of a thing says of where it comes from: the words, and the page itself in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.build import build
from graph.provenance import Account, account
from graph.resolve import judge
from graph.snapshot import Snapshot
from graph.workspace import Workspace
from loaders.load import load
from tests.views.conftest import HOSTILE, Visit
from tests.worlds import snapshot_of, write_source
from views import write_entity
from views.account import MOST_COLUMNS, origins
from views.facts import Facts
from views.words import Words

CODE = "91110000600037341L"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person of two sources joined by a reviewer, a renamed company, and a crowd of eight records judged one (all invented)."""
    folder = tmp_path_factory.mktemp("told")
    first = write_source(folder / "甲库", {
        "scientists": [{"id": "1", "name": "样例甲", "title": "教授", "gender": "女", "keywords": "电池;储能", "institution": "渝样大学",
                        "phone": "13812345678"}],
        "enterprises": [{"id": "e", "name": "渝新科技有限公司", "former_names": "渝旧机械有限公司", "uscc": CODE}],
        "institutions": [{"id": "u", "name": "渝样大学"}]})
    (first / "source.toml").write_text("rank = 10\n", encoding="utf-8")
    second = write_source(folder / "乙库", {
        "scientists": [{"id": "x", "name": HOSTILE, "title": "副教授", "gender": "", "keywords": "储能", "institution": "某处",
                        "phone": "13987654321"}],
        "enterprises": [{"id": "q", "name": "渝旧机械有限公司", "uscc": CODE}]})
    crowd = write_source(folder / "众", {"scientists": [{"id": str(i), "name": "样例众"} for i in range(MOST_COLUMNS + 2)]})
    path = folder / "w.duckdb"
    with Workspace(path) as opened:
        load(opened, [first, second, crowd])
        judge(opened, "甲库/scientists/1", "乙库/scientists/x", "same", who="样例复核员", evidence='{"title": "接近"}', score=0.9)
        for i in range(1, MOST_COLUMNS + 2):
            judge(opened, "众/scientists/0", f"众/scientists/{i}", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
    return path


@pytest.fixture(scope="module")
def snapshot(workspace: Path) -> Snapshot:
    return snapshot_of(workspace)


def account_in(workspace: Path, id_: str) -> Account:
    with Workspace(workspace, read_only=True) as opened:
        return account(opened, id_, edges=True)


def test_facts_in_words_with_their_places_and_what_else_was_said(workspace: Path, snapshot: Snapshot) -> None:
    words = Words("zh")
    told = origins(account_in(workspace, "甲库/scientists/1"), Facts(snapshot, words), words)
    facts = {f.label: f for f in told.facts}
    title = facts["职称"]
    assert title.rule == "取信任级别最高的来源（同级按来源名）"
    assert ([s.value for s in title.chosen], [s.value for s in title.others]) == (["教授"], ["副教授"])
    assert [(p.source, p.file, p.row) for p in title.chosen[0].places] == [("甲库", "scientists.csv", 2)]
    assert [(s.value, [p.source for p in s.places]) for s in facts["关键词"].chosen] == [("电池", ["甲库"]), ("储能", ["甲库", "乙库"])]
    assert facts["性别"].chosen[0].value == "女"
    assert "手机" not in facts
    lines = {line.label: [(c.value, c.chosen) for c in line.cells] for line in told.lines}
    assert lines["职称"] == [("教授", True), ("副教授", False)]
    assert lines["所在单位"] == [("渝样大学", True), ("某处", True)]
    assert "手机" not in lines
    assert [f.label for f in told.open] == ["所在单位"]
    [reason] = told.reasons
    assert (reason.verdict, reason.why, reason.score, reason.who) == ("同一个", "人工复核：职称 接近", 0.9, "样例复核员")


def test_a_renamed_company_in_english(workspace: Path, snapshot: Snapshot) -> None:
    words = Words("en")
    told = origins(account_in(workspace, "乙库/enterprises/q"), Facts(snapshot, words), words)
    name = told.facts[0]
    assert (name.label, [s.value for s in name.chosen], [s.value for s in name.others]) == ("name", ["渝新科技有限公司"], ["渝旧机械有限公司"])
    assert told.reasons[0].why == f"Equal valid credit codes, and names that do not contradict: uscc {CODE}"
    assert told.open == ()


def test_a_crowd_of_records_is_cut_and_says_so(workspace: Path, snapshot: Snapshot, tmp_path: Path) -> None:
    words = Words("zh")
    told = origins(account_in(workspace, "众/scientists/3"), Facts(snapshot, words), words)
    assert (len(told.records), told.more_records, {len(line.cells) for line in told.lines}) == (MOST_COLUMNS, 2, {MOST_COLUMNS})
    written = write_entity(tmp_path / "p.html", snapshot, "众/scientists/3", account=account_in(workspace, "众/scientists/3"))
    assert "另有 2 条记录未列出" in written.read_text(encoding="utf-8")


def test_a_page_without_an_account_says_where_it_would_be(snapshot: Snapshot, tmp_path: Path) -> None:
    page = write_entity(tmp_path / "p.html", snapshot, "甲库/scientists/1").read_text(encoding="utf-8")
    assert "记在工作区里" in page
    assert "scientists.csv" not in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_in_a_browser(visit: Visit, workspace: Path, snapshot: Snapshot, tmp_path: Path, language: str) -> None:
    written = write_entity(tmp_path / "p.html", snapshot, "甲库/scientists/1", language=language, account=account_in(workspace, "甲库/scientists/1"))
    text = written.read_text(encoding="utf-8")
    assert not any(contact in text for contact in ("13812345678", "13987654321", "138****78"))
    page = visit.open(written)
    row = {"zh": "甲库 · scientists.csv · 第 2 行", "en": "甲库 · scientists.csv · row 2"}[language]
    label = {"zh": "职称", "en": "title"}[language]
    fact = page.locator("#origins tbody", has=page.locator("th", has_text=label))
    assert fact.locator("tr").count() == 2
    assert fact.locator("tr").first.locator("td").all_inner_texts() == ["教授", row]
    assert "副教授" in fact.locator("tr.other").inner_text()
    assert page.locator("#origins tr.other").first.locator("td").first.inner_text().endswith("--&amp;")
    heads = page.locator("#records thead th").all_inner_texts()
    assert heads[1] == "样例甲"
    assert page.locator("#records td.chosen", has_text="教授").all_inner_texts() == ["教授"]
    assert "0.90" in page.locator("#reasons li").inner_text()
    assert page.locator("#open tbody").count() == 1
    assert row in page.locator("#relations tbody", has_text="渝样大学").first.inner_text()
