"""What two sources send each other: the language of the columns, nothing masked, contact values for a purpose, and names that are no traps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.audit import events
from graph.build import build
from graph.errors import UsageError, WorkspaceError
from graph.federation.agreement import is_masked
from graph.federation.contact_values import sendable_contact
from graph.federation.run import Federation, federate
from graph.federation.sending import Handover
from graph.ids import digest
from graph.learned_names import keep_names
from graph.resolve import judge
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.two_sources import call_columns, two_sources
from tests.loaders.making import new_workspace
from tests.worlds import Rows, write_source

DERIVED = digest("scientists", '"样例甲"', '"样例大学"', "null")
"""The id that loading makes for 样例甲 of 样例大学 without an ORCID."""


def compared(folder: Path, first: dict[str, Rows], second: dict[str, Rows], same: list[tuple[str, str]]) -> Federation:
    """甲 and 乙 loaded, joined as a reviewer says (table/id), and compared."""
    with new_workspace(folder) as opened:
        load(opened, [write_source(folder / "甲", first), write_source(folder / "乙", second)])
        for left, right in same:
            judge(opened, f"甲/{left}", f"乙/{right}", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
        return federate(opened, "甲", "乙")


def rows_of(tables: list[Handover], name: str) -> list[dict[str, str]]:
    """The rows of a table to send, by header; without empty cells and without the record."""
    return [{header: cell for header, cell in zip(t.columns, row, strict=True) if cell and header != t.columns[-1]}
            for t in tables if t.table == name for row in t.rows]


def test_a_column_that_the_taker_lacks_has_its_label_and_words_where_most_headers_are_chinese(tmp_path: Path) -> None:
    """Two of three headers of 乙 are Chinese, and 关键词 is what it calls the biography; of 丙 one of two: that is not most."""
    mine = {"scientists": [{"id": "1", "name": "样例甲", "gender": "male", "keywords": "电池", "retired": "是", "bio": "样例"}]}
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / "甲", mine),
                      *(write_source(tmp_path / n, {"scientists": [{"id": "9", "name": f"样例{n}"}]}) for n in "乙丙")])
        call_columns(opened, "乙", "scientists", {"姓名": "name", "关键词": "bio", "no": "id"})
        call_columns(opened, "丙", "scientists", {"姓名": "name", "no": "id"})
        second, third = (federate(opened, "甲", n).for_second for n in "乙丙")
    assert rows_of(second, "scientists") == [{"姓名": "样例甲", "关键词": "样例", "性别": "男", "keywords": "电池", "退休": "是", "处理": "新增"}]
    assert rows_of(third, "scientists") == [
        {"姓名": "样例甲", "bio": "样例", "gender": "male", "keywords": "电池", "retired": "yes", "zhulian_action": "new"}]


def test_a_taker_that_calls_a_column_as_the_last_two_are_called(tmp_path: Path) -> None:
    with new_workspace(tmp_path) as opened:
        load(opened, [write_source(tmp_path / n, {"products": [{"id": "1", "name": f"样例{n}"}]}) for n in "甲乙"])
        call_columns(opened, "乙", "products", {"名称": "name", "处理": "kind", "编号": "id"})
        [table] = federate(opened, "甲", "乙").for_second
    assert table.columns == ["名称", "处理", "编号", "zhulian_action", "zhulian_record"]
    assert (table.rows, table.new) == ([["样例甲", "", "", "新增", "甲/products/1"]], 1)


def test_nothing_masked_is_sent(tmp_path: Path) -> None:
    """A cell that could only be masked is empty, a birth date its year, a number in a text cut out; a row of nothing but such cells is none."""
    people = [{"id": "1", "name": "样例甲", "phone": "13812345678", "birth_date": "1960-05-17"},
              {"id": "2", "name": "样例乙", "phone": "13912345678", "email": "yi@example.org"},
              {"id": "3", "name": "样例丙", "bio": "来信 bing@example.org 可约", "keywords": "电池;电13912345679"}]
    made = compared(tmp_path, {"scientists": people}, {"scientists": [{"id": n, "name": name} for n, name in
                                                                      (("1", "样例甲"), ("2", "样例乙"))]},
                    [("scientists/1", "scientists/1"), ("scientists/2", "scientists/2")])
    assert rows_of(made.for_second, "scientists") == [
        {"name": "样例丙", "bio": "来信  可约", "keywords": "电池", "zhulian_action": "new"},
        {"id": "1", "name": "样例甲", "birth_date": "1960", "zhulian_action": "fill"}]


def test_what_cannot_be_said_whole_of_the_taker_is_not_sent_back(tmp_path: Path) -> None:
    """乙's need is known by its text alone, in which a number stands; 甲's is nothing but an address."""
    made = compared(tmp_path, {"needs": [{"id": "1", "title": "样例需求", "budget": 5}, {"id": "2", "text": "yi@example.org"}]},
                    {"needs": [{"id": "7", "text": "求购电池，电话 13812345678"}]}, [("needs/1", "needs/7")])
    assert rows_of(made.for_second, "needs") == []
    assert rows_of(made.for_first, "needs") == [{"id": "1", "title": "样例需求", "text": "求购电池，电话", "zhulian_action": "fill"}]


def test_contact_values_are_sent_for_a_purpose_and_written_down_first(tmp_path: Path) -> None:
    """乙's number of 甲/1 came masked; 乙/y and 甲/2 are new once they are judged to be two, each with one value; 甲/3 has none."""
    path = two_sources(tmp_path)
    with Workspace(path) as opened:
        judge(opened, "甲/scientists/2", "乙/scientists/y", "different", who="样例复核员")
        with opened.transaction():
            build(opened)
        made = federate(opened, "甲", "乙", purpose=" 共办活动 ")
        [event] = events(opened)
    assert made.unmasked
    assert (event.command, event.purpose) == ("federate", "共办活动")
    assert json.loads(event.detail) == {"entities": ["乙/scientists/y", "甲/scientists/1", "甲/scientists/2"],
                                        "fields": ["birth_date", "email", "phone"]}
    [person] = [row for row in rows_of(made.for_second, "scientists") if row["大名"] == "样例乙"]
    assert person["邮箱"] == "yi@example.org"
    assert [row.get("电话") for row in rows_of(made.for_second, "scientists") if row["处理"] == "补充"] == ["13812345678"]
    assert [row.get("phone") for row in rows_of(made.for_first, "scientists")] == ["13987654321", None]
    beside = repr([made.overview, made.only_first, made.only_second, made.differences, made.doubts])
    assert [raw for raw in ("13812345678", "13987654321", "yi@example.org", "1960-05") if raw in beside] == []


def test_contact_values_of_the_giver_alone_and_never_a_mask(tmp_path: Path) -> None:
    """丙, which is trusted most, has another number of 样例甲; the giver's better record has a masked one, and 样例乙's only number came masked."""
    tables: dict[str, dict[str, Rows]] = {
        "甲": {"scientists": [{"id": "1", "name": "样例甲", "phone": "138****5678"}, {"id": "2", "name": "样例甲", "phone": "13812345678"},
                              {"id": "3", "name": "样例乙", "phone": "139xxxx4321", "birth_date": "1970-01-02"}]},
        "乙": {"scientists": [{"id": "9", "name": "样例甲"}, {"id": "8", "name": "样例乙"}]},
        "丙": {"scientists": [{"id": "5", "name": "样例甲", "phone": "13700000000"}]}}
    with new_workspace(tmp_path) as opened:
        paths = [write_source(tmp_path / name, rows) for name, rows in tables.items()]
        (tmp_path / "丙" / "source.toml").write_text("rank = 1\n", encoding="utf-8")
        load(opened, paths)
        for left, right in (("甲/scientists/1", "甲/scientists/2"), ("甲/scientists/1", "乙/scientists/9"), ("甲/scientists/1", "丙/scientists/5"),
                            ("甲/scientists/3", "乙/scientists/8")):
            judge(opened, left, right, "same", who="样例复核员")
        with opened.transaction():
            build(opened)
        made = federate(opened, "甲", "乙", purpose="核对")
    assert rows_of(made.for_second, "scientists") == [
        {"id": "9", "name": "样例甲", "phone": "13812345678", "zhulian_action": "fill"},
        {"id": "8", "name": "样例乙", "birth_date": "1970-01-02", "zhulian_action": "fill"}]


def test_what_waits_for_a_review_has_no_contact_values_read(tmp_path: Path) -> None:
    with Workspace(two_sources(tmp_path)) as opened:
        made = federate(opened, "甲", "乙", purpose="核对")
        [event] = events(opened)
    assert json.loads(event.detail)["entities"] == ["甲/scientists/1"]
    assert [raw for raw in ("13987654321", "yi@example.org") if raw in repr(made)] == []


@pytest.mark.parametrize(("name", "value", "sent"), [
    ("phone", "+86 138 1234 5678", "13812345678"), ("phone", "0086-13812345678", "13812345678"), ("phone", "138-1234-5678（办）", "13812345678"),
    ("phone", "+86-23-68250001", "02368250001"), ("phone", "023-68250001", "023-68250001"), ("phone", "023-68250001x2", "023-68250001转2"),
    ("phone", "400-810-8888", "400-810-8888"), ("phone", "+1 202 555 0100", "0012025550100"), ("phone", "68250001", "68250001"),
    ("phone", "13812345678；139****5678、+8613912345678", "13812345678; 13912345678"),
    ("phone", "1330000", ""), ("phone", "138****5678", ""), ("phone", "无", ""), ("phone", "=1+1", ""),
    ("email", "zhoujie#ctbu", ""), ("email", "Zhou＠example.org", "Zhou@example.org"), ("email", "无, a@example.org", "a@example.org"),
    ("email", "z***@example.org", ""), ("birth_date", "1960-05", "1960-05")])
def test_only_what_is_a_number_or_an_address_is_sent(name: str, value: str, sent: str) -> None:
    assert sendable_contact(name, value) == sent


@given(st.text("0123456789+-() x转", max_size=20))
def test_a_number_that_is_sent_is_sent_again_as_it_is_and_runs_nowhere(value: str) -> None:
    sent = sendable_contact("phone", value)
    assert sendable_contact("phone", sent) == sent
    assert not sent.startswith(("+", "-", "="))


@pytest.mark.parametrize(("theirs", "sent"), [("138****5678", "13812345678"), ("139****5678", None), ("13912345678", None)])
def test_a_masked_number_that_fits_is_completed_for_a_purpose_alone(tmp_path: Path, theirs: str, sent: str | None) -> None:
    people = {name: [{"id": "1", "name": "样例甲", "phone": phone}] for name, phone in (("甲", "+86 13812345678"), ("乙", theirs))}
    assert compared(tmp_path, {"scientists": people["甲"]}, {"scientists": people["乙"]}, [("scientists/1", "scientists/1")]).for_second == []
    with Workspace(tmp_path / "w.duckdb") as opened:
        made = federate(opened, "甲", "乙", purpose="核对")
    assert [row.get("phone") for row in rows_of(made.for_second, "scientists")] == ([sent] if sent else [])


def test_a_namesake_of_the_same_institution_gets_an_id_of_its_own(tmp_path: Path) -> None:
    """乙 has no ids: loading would make for the new 样例甲 (1992) the id that it made for 乙's (1988), and one of the two would be lost.

    The two new 样例丙 would be one too; 样例丁 needs no id.
    """
    at = {"institution": "样例大学"}
    made = compared(tmp_path, {"scientists": [
        {"id": "1", "name": "样例甲", "birth_date": "1988", "degree": "博士", **at}, {"id": "2", "name": "样例甲", "birth_date": "1992", **at},
        {"id": "3", "name": "样例丙", **at}, {"id": "4", "name": "样例丙", **at}, {"id": "5", "name": "样例丁", **at}]},
        {"scientists": [{"name": "样例甲", "birth_date": "1988", **at}]},
        [("scientists/1", f"scientists/{DERIVED}")])
    sent = rows_of(made.for_second, "scientists")
    assert [(row.get("id"), row["name"], row.get("birth_date"), row["zhulian_action"]) for row in sent] == [
        ("甲/scientists/2", "样例甲", "1992", "new"), ("甲/scientists/3", "样例丙", None, "new"), ("甲/scientists/4", "样例丙", None, "new"),
        (None, "样例丁", None, "new"), (DERIVED, "样例甲", None, "fill")]
    table: Rows = [{header: row.get(header, "") for header in ("id", "name", "institution", "birth_date", "degree")} for row in sent]
    with new_workspace(tmp_path, "back.duckdb") as opened:
        report = load(opened, [write_source(tmp_path / "送", {"scientists": table})], strict=True)
        assert [(t.read, t.accepted) for t in report.tables] == [(5, 5)]
        degree = opened.connection.execute("SELECT degree, birth_date FROM records.scientists WHERE id = ?", [DERIVED]).fetchall()
    assert degree == [("博士", None)]


@pytest.mark.parametrize(("theirs", "named"), [
    (["样大", "CQSU", "CQSU", "样例大学"], "样例大学"), (["CQSU", "CQSU", "样大"], "CQSU"), (["渝样大学", "CQSU", "CQSU"], "渝样大学")])
def test_an_institution_is_named_as_the_row_has_it_where_the_taker_uses_that_name(tmp_path: Path, theirs: list[str], named: str) -> None:
    """All names are one, as resolution learned; 甲 writes 样例大学. Where 乙 never does, its usual name, those in full first."""
    with new_workspace(tmp_path) as opened:
        keep_names(opened.connection, dict.fromkeys(("样大", "CQSU", "样例大学", "渝样大学"), "样例大学"))
        load(opened, [write_source(tmp_path / "甲", {"scientists": [{"id": "1", "name": "样例甲", "institution": "样例大学"}]}),
                      write_source(tmp_path / "乙", {"scientists": [{"id": str(n), "name": f"样例{n}", "institution": name}
                                                                    for n, name in enumerate(theirs)]})])
        made = federate(opened, "甲", "乙")
    assert [row["institution"] for row in rows_of(made.for_second, "scientists")] == [named]


def test_contact_values_without_a_purpose_or_an_audit_are_refused(tmp_path: Path) -> None:
    path = two_sources(tmp_path)
    with Workspace(path) as opened:
        with pytest.raises(UsageError, match="for a purpose only"):
            federate(opened, "甲", "乙", purpose=" ")
        assert events(opened) == []
    with Workspace(path, read_only=True) as opened, pytest.raises(WorkspaceError, match="where the audit can be kept"):
        federate(opened, "甲", "乙", purpose="核对")


@pytest.mark.parametrize(("value", "masked"), [
    ("138****5678", True), ("138xxxx5678", True), ("z***@example.org", True), ("138●●●●5678", True),
    ("13812345678", False), ("max@example.org", False), ("023-68000001x2", False), ("1960", False)])
def test_a_mask_is_known_as_one(value: str, masked: bool) -> None:
    assert is_masked(value) is masked


def test_namesakes_of_the_taker_are_called_by_id(tmp_path: Path) -> None:
    """乙 refers by names, and has two of the name: a name would leave the reference open."""
    made = compared(
        tmp_path, {"scientists": [{"id": "1", "name": "样例甲", "institution": "u"}], "institutions": [{"id": "u", "name": "样例大学"}]},
        {"scientists": [{"id": "3", "name": "样例乙", "institution": "别样大学"}],
         "institutions": [{"id": "p", "name": "样例大学"}, {"id": "q", "name": "样例大学"}, {"id": "r", "name": "别样大学"}]},
        [("institutions/u", "institutions/q")])
    assert [row.get("institution") for row in rows_of(made.for_second, "scientists")] == ["q"]


def test_what_is_new_to_the_taker_is_referred_to_by_the_name_under_which_it_is_sent(tmp_path: Path) -> None:
    """丙, which is trusted most, calls the university otherwise; the row that is sent has 甲's name for it."""
    with new_workspace(tmp_path) as opened:
        paths = [write_source(tmp_path / "甲", {"scientists": [{"id": "1", "name": "样例甲", "institution": "u"}],
                                                "institutions": [{"id": "u", "name": "样例大学"}]}),
                 write_source(tmp_path / "乙", {"products": [{"name": "样例电池"}]}),
                 write_source(tmp_path / "丙", {"institutions": [{"id": "v", "name": "渝样大学"}]})]
        (tmp_path / "丙" / "source.toml").write_text("rank = 1\n", encoding="utf-8")
        load(opened, paths)
        judge(opened, "甲/institutions/u", "丙/institutions/v", "same", who="样例复核员")
        with opened.transaction():
            build(opened)
        made = federate(opened, "甲", "乙")
    assert [row["institution"] for row in rows_of(made.for_second, "scientists")] == ["样例大学"]
    assert [row["name"] for row in rows_of(made.for_second, "institutions")] == ["样例大学"]
