"""The page of two sources side by side: what it says without a browser, and what it does in one."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from graph.federation.run import Federation, federate
from graph.workspace import Workspace
from tests.graph.two_sources import SCRIPT, two_sources
from tests.views.conftest import Visit
from views import federation as page_of
from views.federation import write_federation
from views.words import Words

FILES = {"overview": "overview.csv", "only_first": "only_in_甲.csv", "only_second": "only_in_乙.csv", "differences": "differences.csv",
         "pending": "pending.csv", "for_first": "for_甲", "for_second": "for_乙 1"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    with Workspace(two_sources(tmp_path_factory.mktemp("two")), read_only=True) as opened:
        return federate(opened, "甲", "乙")


@pytest.mark.parametrize(("language", "said"), [
    ("zh", ("1 对记录待人工复核", "科技工作者", "职称", "未知", "可提供给 乙", "仅 甲 有", "科技工作者 · 待复核")),
    ("en", ("1 pairs of records", "Scientist", "title", "unknown", "To send to 乙", "Only in 甲", "Scientist · Open reviews"))])
def test_the_page_in_a_browser(visit: Visit, made: Federation, tmp_path: Path, language: str, said: tuple[str, ...]) -> None:
    written = write_federation(tmp_path, made, Words(language), files=FILES)
    assert written == tmp_path / "index.html"
    page = visit.open(written)
    text = page.locator("main").inner_text()
    assert [word for word in said if word not in text] == []
    assert [url for url in visit.requests if not url.startswith("data:")] == [written.as_uri()]
    assert page.locator("#overview tbody tr").first.locator("td").all_inner_texts()[1:] == ["3", "2", "1", "33.3%", "50.0%", "1", "1"]
    assert page.locator("#differences tbody td").all_inner_texts()[3:5] == ["教授", "副教授"]
    assert page.locator("#only_second tbody tr").first.locator("td").nth(1).inner_text() == f"样例丁{SCRIPT}"
    links = [unquote(link.get_attribute("href") or "") for link in page.locator("main a").all()]
    assert links.count("pending.csv") == 2
    assert {"overview.csv", "differences.csv", "only_in_甲.csv", "only_in_乙.csv", "for_甲/scientists.csv", "for_乙 1/scientists.csv"} <= set(links)


def test_its_tables_are_searched(visit: Visit, made: Federation, tmp_path: Path) -> None:
    page = visit.open(write_federation(tmp_path, made, Words("zh"), files=FILES))
    rows = page.locator("#only_first tbody tr:visible")
    assert rows.count() == 3
    page.fill("input[data-table=only_first]", "渝样大学 样例乙")
    page.locator("output[data-shown=only_first]", has_text="显示 1 / 3").wait_for()
    assert rows.count() == 1
    assert "乙/scientists/y" in rows.inner_text()


def test_a_long_table_is_cut_and_says_where_the_rest_is(made: Federation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_of, "MOST_ROWS", 1)
    text = write_federation(tmp_path, made, Words("zh"), files=FILES).read_text(encoding="utf-8")
    assert "共 3 条，列出前 1 条。" in text
    assert "全部见 only_in_甲.csv" in text
    assert "样例丙" in text
    assert "仅甲研究院" not in text


def test_the_same_comparison_gives_the_same_bytes_and_no_raw_contact(made: Federation, tmp_path: Path) -> None:
    first, second = (write_federation(tmp_path / n, made, Words("zh"), files=FILES).read_bytes() for n in "ab")
    assert first == second
    assert [raw for raw in ("13812345678", "13987654321", "yi@example.org") if raw in first.decode()] == []
