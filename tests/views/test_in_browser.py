"""The pages in a real Chromium, opened from disk: no request leaves, nothing is refused, and they do what they offer."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.views.conftest import HOSTILE, Visit


def page_of(report: Path, prefix: str) -> Path:
    return next(report.glob(f"{prefix}-*.html"))


@pytest.mark.parametrize("prefix", ["index", "need-s-needs-n1", "need-s-needs-n2", "need-text", "region-50", "chain-s-chains-c1"])
def test_pages_open_from_disk_and_ask_for_nothing_elsewhere(visit: Visit, report: Path, prefix: str) -> None:
    page = visit.open(report / "index.html" if prefix == "index" else page_of(report, prefix))
    assert page.locator("h1").is_visible()
    assert page.title()
    assert visit.requests
    assert all(url.startswith((f"{report.as_uri()}/", "data:")) for url in visit.requests), visit.requests
    page.wait_for_timeout(50)


def test_an_entity_page_is_one_file(visit: Visit, entity_page: Path) -> None:
    page = visit.open(entity_page)
    assert [url for url in visit.requests if not url.startswith("data:")] == [entity_page.as_uri()]
    assert page.locator("#graph canvas").is_visible()


def test_a_foreign_script_and_a_foreign_image_are_refused(browser: Browser, report: Path) -> None:
    text = (report / "index.html").read_text(encoding="utf-8")
    broken = report / "broken.html"
    broken.write_text(text.replace("</main>", "<script>window.ran=1</script><img src='other.png'></main>"), encoding="utf-8")
    page = browser.new_page()
    page.goto(broken.as_uri())
    assert page.evaluate("window.ran === undefined")
    page.close()
    broken.unlink()


def test_search_finds_needs_people_regions_chains_and_products(visit: Visit, report: Path) -> None:
    page = visit.open(report / "index.html")
    for typed, kind, file in (("石墨烯 寿命", "需求", "need-s-needs-n1"), ("乙二", "科技工作者", "need-s-needs-n1"),
                              ("小田大学", "科技工作者", "need"),
                              ("重庆", "区划", "region-50"), ("电池链", "产业链", "chain-s-chains-c1"), ("石墨", "产品", "region-50")):
        page.fill("#search", typed)
        page.locator("#found li").filter(has=page.locator(".kind", has_text=kind)).first.wait_for()
        item = page.locator("#found li").filter(has=page.locator(".kind", has_text=kind)).first
        assert file in (item.locator("a").first.get_attribute("href") or ""), typed
    page.fill("#search", "没有这个")
    page.get_by_text("没有找到").wait_for()


def test_a_found_expert_leads_to_the_row(visit: Visit, report: Path) -> None:
    page = visit.open(report / "index.html")
    page.fill("#search", "乙二")
    page.locator("#found a").first.click()
    page.wait_for_url("**/need-*")
    assert page.locator("tr:target").inner_text().split()[1] == "乙二"


def test_a_need_page_shows_the_ranking_and_why(visit: Visit, report: Path) -> None:
    page = visit.open(page_of(report, "need-s-needs-n1"))
    rows = page.locator("#experts tbody tr")
    assert rows.count() == 2
    assert rows.first.locator("mark").all_inner_texts() == ["石墨烯电极"]
    first = rows.first.inner_text()
    for said in ("0.810", "题名相近", "2021", "s/works/w1", "小田大学"):
        assert said in first
    assert rows.first.locator("b").first.inner_text().startswith("甲一<script>")
    facts = page.locator("dl.facts").inner_text()
    for said in ("渝田电池有限公司", "动力电池", "循环寿命不足", "300 万元", "开放"):
        assert said in facts
    kept_out = page.locator("section", has_text="未列入的专家").last.inner_text()
    assert "丙三" in kept_out
    assert "拒绝过这个需求" in kept_out


def test_ticking_a_kind_off_hides_its_nodes_and_their_edges(visit: Visit, report: Path) -> None:
    page = visit.open(page_of(report, "need-s-needs-n1"))
    counts = "[zhulian.nodes, zhulian.edges].map(set => set.get({filter: item => !item.hidden}).length)"
    nodes, edges = page.evaluate(counts)
    page.uncheck("input[data-kind=work]")
    fewer_nodes, fewer_edges = page.evaluate(counts)
    assert (nodes, fewer_nodes) == (8, 6)
    assert fewer_edges < edges
    assert page.locator("#graph-shown").inner_text() == "显示 6 / 8"
    page.check("input[data-kind=work]")
    assert page.evaluate(counts) == [nodes, edges]


def click_node(visit: Visit, name: str) -> None:
    """A real mouse click on the node of a name."""
    at = visit.page.evaluate(
        """name => { const { network, data } = window.zhulian;
             const id = data.nodes.find(n => data.info[n.id].name === name).id;
             const { x, y } = network.canvasToDOM(network.getPosition(id));
             document.getElementById('graph').scrollIntoView({block: 'center'});
             const box = document.getElementById('graph').getBoundingClientRect();
             return [box.x + x, box.y + y]; }""", name)
    visit.page.mouse.click(at[0], at[1])


def test_clicking_a_node_shows_its_facts_and_sources_as_text(visit: Visit, report: Path) -> None:
    page = visit.open(page_of(report, "need-s-needs-n1"))
    assert page.locator("#panel").is_hidden()
    click_node(visit, HOSTILE)
    panel = page.locator("#panel")
    panel.locator("h3").wait_for()
    assert (panel.locator("h3").text_content() or "") == HOSTILE
    assert "锂电池" in panel.inner_text()
    assert "s/scientists/s1" in panel.inner_text()
    assert panel.locator("script, img").count() == 0
    panel.locator(".close").click()
    assert panel.is_hidden()


def test_an_entity_page_links_its_relations_to_the_graph(visit: Visit, entity_page: Path) -> None:
    page = visit.open(entity_page)
    page.locator("#relations a", has_text="石墨烯电极的制备").click()
    assert page.locator("#panel h3").inner_text() == "石墨烯电极的制备"
    page.fill("#graph-find", "小田")
    page.locator("#graph-find").press("Enter")
    page.locator("#panel h3", has_text="小田大学").wait_for()
    page.fill("input[data-table=relations]", "小田大学")
    page.locator("output[data-shown=relations]", has_text="显示 1 / 2").wait_for()
    assert page.locator("#relations tbody:visible").count() == 1


def test_a_chain_runs_from_left_to_right_with_signs(visit: Visit, report: Path) -> None:
    page = visit.open(page_of(report, "chain-s-chains-c1"))
    x = {name: page.locator("#chain .box", has=page.locator("title", has_text=name)).first.bounding_box() for name in ("石墨", "电极", "动力电池")}
    places = [box["x"] for box in x.values() if box is not None]
    assert len(places) == 3
    assert places == sorted(places)
    signs = page.locator("#chain .letter").all_text_contents()
    assert sorted(signs) == sorted(["补", "延", "强"])
    page.locator("#chain .box.missing").click()
    assert "本地 0 · 外地 2" in page.locator("#panel").inner_text()


def test_gap_rows_are_filtered_by_kind_and_by_text(visit: Visit, report: Path) -> None:
    page = visit.open(page_of(report, "region-50"))
    assert page.locator("h1").inner_text().endswith("重庆市")
    rows = page.locator("#gaps tbody tr:visible")
    assert rows.count() == 3
    assert "未知" in rows.nth(1).inner_text()
    assert "动力电池 ← 电极" in rows.first.inner_text()
    page.uncheck("input[data-gap=weak]")
    assert rows.count() == 2
    assert page.locator("#chain .box.faded").count() == 1
    page.fill("input[data-table=gaps]", "石墨")
    page.locator("output[data-shown=gaps]", has_text="显示 1 / 3").wait_for()
    assert rows.count() == 1


@pytest.mark.parametrize("prefix", ["need-s-needs-n1", "region-50"])
def test_pages_print_without_their_controls(visit: Visit, report: Path, prefix: str) -> None:
    page = visit.open(page_of(report, prefix))
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.locator("input[type=search]:visible, button:visible, #panel:visible").count() == 0
    assert page.locator("table:visible").count() >= 1
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_page_reads_without_scripts(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_of(report, "need-s-needs-n1").as_uri())
    assert page.locator("#experts tbody tr").count() == 2
    context.close()
