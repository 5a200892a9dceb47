"""A real browser, a small invented province with hostile names, and the pages made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from graph.snapshot import Snapshot
from queries.results import Evidence, Exclusion, Gap, GapResult, Match, MatchResult
from tests.worlds import world
from views import write_entity, write_report

SCRIPT = "<script>window.ran=1</script><img src=x onerror=window.ran=1>"
HOSTILE = f"甲一{SCRIPT}\"'\u2028\u2029</script><!--&amp;"
LONG = "很长的名字" * 80


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two experts, two needs, a chain of four products with a cycle, three makers in two provinces (all invented)."""
    return world(tmp_path_factory.mktemp("world"), {
        "scientists": [
            {"id": "s1", "name": HOSTILE, "institution": "i1", "keywords": "锂电池", "bio": SCRIPT,
             "phone": "13812345678", "email": "jia@example.org"},
            {"id": "s2", "name": "乙二", "institution": "i1"}, {"id": "s3", "name": "丙三", "institution": "没有登记的研究所"}],
        "institutions": [{"id": "i1", "name": "小田大学", "region": "50"}],
        "enterprises": [{"id": "e1", "name": "渝田电池有限公司", "region": "500101"}, {"id": "e2", "name": "蜀田材料有限公司", "region": "51"},
                        {"id": "e3", "name": "蜀山材料有限公司", "region": "51"}],
        "works": [{"id": "w1", "title": "石墨烯电极的制备", "year": 2021, "products": "p2"}, {"id": "w2", "title": LONG, "year": 2019}],
        "authorships": [{"work": "w1", "scientist": "s1"}, {"work": "w2", "scientist": "s2"}],
        "needs": [{"id": "n1", "title": "石墨烯电极寿命", "text": "循环寿命不足", "enterprise": "e1", "products": "p1",
                   "budget": 300, "status": "开放"},
                  {"id": "n2", "text": LONG, "enterprise": "e2"}],
        "products": [{"id": "p1", "name": "动力电池"}, {"id": "p2", "name": "电极"}, {"id": "p3", "name": "石墨"}, {"id": "p4", "name": "针状焦"}],
        "product_inputs": [{"product": "p1", "input": "p2"}, {"product": "p2", "input": "p3"}, {"product": "p3", "input": "p4"},
                           {"product": "p4", "input": "p3"}],
        "makes": [{"enterprise": "e1", "product": "p1"}, {"enterprise": "e2", "product": "p2"}, {"enterprise": "e3", "product": "p2"}],
        "chains": [{"id": "c1", "name": "电池链", "region": "50"}, {"id": "c2", "name": "空链"}],
        "chain_products": [{"chain": "c1", "product": "p1", "stage": "下游"}, {"chain": "c1", "product": "p2", "stage": "中游", "critical": "是"},
                           {"chain": "c1", "product": "p3", "stage": "上游"}]})


@pytest.fixture(scope="session")
def matches() -> MatchResult:
    electrode = Evidence("s/works/w1", "石墨烯电极的制备", 0.8, ("石墨", "墨烯", "电极"), 2021)
    return MatchResult(
        [Match("s/needs/n1", 1, "s/scientists/s1", HOSTILE, 0.81, (electrode,), "题名相近"),
         Match("s/needs/n1", 2, "s/scientists/s2", "乙二", 0.2, (Evidence("s/works/w2", LONG, 0.2, (), 2019),), "有一项相关"),
         Match("s/needs/n2", 1, "s/scientists/s2", "乙二", 0.4, (Evidence("s/scientists/s2", "乙二（简介）", 0.4),), ""),
         Match("text", 1, "s/scientists/s1", HOSTILE, 0.5, (electrode,), "")],
        [Exclusion("s/needs/n1", "s/scientists/s3", "declined", "declined this need before")], [("s/needs/n2", "status closed")])


@pytest.fixture(scope="session")
def gaps() -> GapResult:
    return GapResult([
        Gap("50", 1, "s/products/p2", "电极", "missing", 0.6, "本地需要而无人生产", 0, 2, ("s/products/p1", "s/products/p2"), "gap"),
        Gap("50", 2, "s/products/p3", "石墨", "extension", None, "", 0, 0, (), "unknown"),
        Gap("50", 3, "s/products/p1", "动力电池", "weak", 0.1, "只有一家", 1, 0, (), "gap")], ["三家企业有产品数据。"])


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory, small: Snapshot, matches: MatchResult, gaps: GapResult) -> Path:
    """The folder of a written report, with a space and Chinese in its path."""
    return write_report(tmp_path_factory.mktemp("报告 1"), small, matches, gaps, title=f"样例{SCRIPT}").parent


@pytest.fixture(scope="session")
def entity_page(tmp_path_factory: pytest.TempPathFactory, small: Snapshot) -> Path:
    return write_entity(tmp_path_factory.mktemp("entity") / "甲一.html", small, "s1")


@dataclass
class Visit:
    """Opens pages and keeps what they asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: Path) -> Page:
        self.page.goto(path.as_uri())
        return self.page


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A fresh page; afterwards: no complaint of the browser, no script of the data's own ran."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    visiting = Visit(page)
    page.on("request", lambda request: visiting.requests.append(request.url))
    page.on("console", lambda message: visiting.complaints.append(message.text))
    page.on("pageerror", lambda error: visiting.complaints.append(str(error)))
    page.add_init_script("window.refused=[];document.addEventListener('securitypolicyviolation',e=>window.refused.push(e.violatedDirective))")
    yield visiting
    assert page.evaluate("[window.refused, window.ran === undefined]") == [[], True]
    assert visiting.complaints == []
    page.close()
