"""What holds without a browser: escaping, names of files, words, bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import UnknownId, UsageError
from graph.snapshot import Snapshot
from queries.results import GapResult, MatchResult
from tests.views.conftest import LONG
from views import write_entity, write_report
from views.pages import asset, file_name, hash_source, script_json
from views.text import marked, shortened, width, wrapped
from views.words import WORDS, Words


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_script_json_is_the_same_value_and_cannot_end_a_script(value: object) -> None:
    text = str(script_json(value))
    assert json.loads(text) == value
    assert not re.search("[<>&\u2028\u2029]", text)


def test_script_json_escapes_what_ends_scripts() -> None:
    assert script_json("</script><!--\u2028&") == '"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026"'


@given(st.text(min_size=1))
def test_file_names_are_plain(id_: str) -> None:
    assert re.fullmatch(r"need(-[a-z0-9]+)+\.html", file_name("need", id_))
    assert len(file_name("need", id_)) <= 70


def test_file_names_tell_ids_apart_that_read_alike() -> None:
    names = [file_name("need", i) for i in ("a/needs/x y", "a/needs/x-y", "a/needs/X y", "a/needs/x/../y", "a/needs/甲", "a/needs/乙")]
    assert len({n.lower() for n in names}) == len(names)
    assert names[0].startswith("need-a-needs-x-y-")


def test_hash_source_is_the_one_of_the_standard() -> None:
    # The example of Content Security Policy Level 2, section 4.2.5.
    assert hash_source("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


@pytest.mark.parametrize("name", ["vis-network.min.js", "page.js", "graph.js", "find.js", "zhulian.css"])
def test_assets_may_stand_inside_a_page(name: str) -> None:
    text = asset(name)
    assert not re.search(r"</(script|style)|<!--|\r|\x00", text, re.IGNORECASE)
    assert "@import" not in text
    assert "url(http" not in text


def test_marked_terms() -> None:
    assert marked("石墨烯电极", ["石墨", "墨烯"]) == [("石墨烯", True), ("电极", False)]
    assert marked("Anode and cathode", ["ANOD", "ode"]) == [("Anod", True), ("e and cathode", False)]
    assert marked("a.b", ["."]) == [("a", False), (".", True), ("b", False)]
    assert marked("", ["x", ""]) == []


@given(st.text(), st.lists(st.text(max_size=3), max_size=4))
def test_marking_keeps_the_text(text: str, terms: list[str]) -> None:
    assert "".join(part for part, _ in marked(text, terms)) == text


@given(st.text(), st.integers(2, 40))
def test_shortened_texts_fit(text: str, columns: int) -> None:
    assert width(shortened(text, columns)) <= columns


def test_labels_are_broken_into_lines() -> None:
    assert wrapped("动力电池热管理系统", 8) == "动力电池\n热管理…"
    assert wrapped("短名", 8) == "短名"
    assert shortened("甲\u2028乙\t丙", 20) == "甲 乙 丙"


def test_both_languages_have_every_word_and_the_same_blanks() -> None:
    for key, (chinese, english) in WORDS.items():
        assert chinese, key
        assert english, key
        blanks = [set(re.findall(r"\{(\w+)\}", text)) for text in (chinese, english)]
        assert blanks[0] == blanks[1], key


def test_the_words_of_the_schema() -> None:
    assert Words("zh").kind("scientist") == "科技工作者"
    assert Words("en").kind("region_group") == "Region group"
    assert Words("zh").edge("makes") == "企业产品"
    with pytest.raises(UsageError, match="fr"):
        Words("fr")


def test_a_report_is_the_same_bytes_again(tmp_path: Path, small: Snapshot, matches: MatchResult, gaps: GapResult) -> None:
    first, second = (write_report(tmp_path / n, small, matches, gaps).parent for n in ("a", "b"))
    files = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(second) for p in second.rglob("*") if p.is_file())
    for file in files:
        assert (first / file).read_bytes() == (second / file).read_bytes(), file
    pages = [write_entity(tmp_path / f"{n}.html", small, "s1").read_bytes() for n in "ab"]
    assert pages[0] == pages[1]


def test_what_a_report_holds(report: Path) -> None:
    names = sorted(re.sub(r"-[0-9a-f]{10}\.html$", "", p.name) for p in report.glob("*-*.html"))
    assert names == ["chain-s-chains-c1", "need-s-needs-n1", "need-s-needs-n2", "need-text", "region-50"]
    assert (report / "index.html").read_bytes().decode("utf-8").startswith("<!DOCTYPE html>")


def test_pages_that_are_no_longer_there_are_deleted_and_nothing_else(tmp_path: Path, small: Snapshot, matches: MatchResult, gaps: GapResult) -> None:
    write_report(tmp_path, small, matches, gaps)
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    write_report(tmp_path, small, MatchResult(), GapResult())
    assert sorted(p.name.split("-")[0] for p in tmp_path.glob("*.html")) == ["chain", "index.html", "mine.html"]


def test_no_contact_field_reaches_a_page(report: Path, entity_page: Path) -> None:
    for page in [*report.glob("*.html"), report / "search.js", entity_page]:
        text = page.read_text(encoding="utf-8")
        for trace in ("13812345678", "138****", "example.org"):
            assert trace not in text, page.name


def test_an_entity_page_says_what_is_wrong(tmp_path: Path, small: Snapshot) -> None:
    with pytest.raises(UnknownId, match="nobody"):
        write_entity(tmp_path / "x.html", small, "nobody")
    with pytest.raises(UsageError, match="hops"):
        write_entity(tmp_path / "x.html", small, "s1", hops=-1)


def test_a_long_need_is_titled_by_the_beginning_of_its_text(report: Path) -> None:
    page = next(report.glob("need-s-needs-n2-*.html")).read_text(encoding="utf-8")
    title = re.search(r"<title>(.*?)</title>", page)
    assert title is not None
    assert title[1].startswith(LONG[:20])
    assert len(title[1]) < 60
    assert LONG in page
