"""Contact values and identity numbers: what is hidden, what is not taken in, and the one way to see them. All people are invented."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.audit import contacts, events
from graph.errors import UsageError, WorkspaceError
from graph.forgotten import telephone_numbers
from graph.privacy import without_contact_words, without_contacts, without_identity_numbers
from graph.records import LoadReport
from graph.schema import POOLS, SENSITIVE_WHOLE_HEADERS, TABLES, columns
from graph.sql import quoted
from graph.workspace import Workspace
from loaders.headers import is_sensitive
from loaders.load import load
from tests.loaders.making import new_workspace, source
from tests.worlds import Rows, snapshot_of, write_source
from zhulian.commands.build import issue_frame
from zhulian.output import write_frame
from zhulian.places import open_snapshot

IDENTITY = "11010519491231002X"
"""The example of GB 11643-1999; nobody's."""


def loaded(folder: Path, tables: dict[str, Rows]) -> tuple[Path, LoadReport]:
    with new_workspace(folder, "world.duckdb") as workspace:
        return workspace.path, load(workspace, [write_source(folder / "s", tables)])


def said(report: LoadReport) -> list[tuple[str, int, str, str, bool]]:
    """(file, row, column, code, rejected) of the issues of this module's subject."""
    return [(i.file, i.row, i.column, i.code, i.rejected) for i in report.issues
            if i.code in ("identity_number", "contact_in_name", "contact_as_id", "sensitive_column")]


@pytest.mark.parametrize(("text", "shown"), [
    ("张三 zhang.san+1@mail.example.cn 李四", "张三 **** 李四"), ("电话:13812345678,13912345678", "电话:****,****"),
    ("+86 138-1234-5678", "****"), ("+8613812345678", "****"), ("8613812345678", "****"), ("138 1234 5678", "****"), ("0571-88123456", "****"),
    (f"证{IDENTITY}号", "证****号"), ("a@b", "a@b"), ("12345678901", "12345678901"), ("2013812345678", "2013812345678"),
])
def test_what_a_message_shows(text: str, shown: str) -> None:
    assert without_contacts(text) == shown


@pytest.mark.parametrize(("name", "left"), [
    ("张三（13812345678）", "张三"), ("张三（电话：023-68251234，办公）", "张三"), ("北京大学（深圳） a@b.cn", "北京大学（深圳）"),
    ("zs@example.org", ""),
    ("张三", "张三"), ("张三 <zs@example.org>", "张三"),
])
def test_a_name_is_parted_from_the_number_beside_it(name: str, left: str) -> None:
    assert without_contact_words(name) == left


@given(st.text(alphabet="张三李四王abc （）()；;，,0123", max_size=12), st.sampled_from(["13812345678", "zs@example.org", "0571-88123456"]))
def test_no_contact_is_left_in_a_message_or_name(words: str, contact: str) -> None:
    text = f"{words} {contact} {words}"
    assert contact not in without_contacts(text)
    assert contact not in without_contact_words(text)


def test_an_identity_number_needs_its_check_digit() -> None:
    assert without_identity_numbers(f"{IDENTITY} 110105194912310021") == "**** 110105194912310021"


@pytest.mark.parametrize(("cell", "numbers"), [
    ("+86 138-0000-0001", {"13800000001"}), ("13800000001；023-68251234", {"13800000001", "02368251234"}), ("138****0001", set()), ("无", set()),
])
def test_telephone_numbers_are_compared_by_their_digits(cell: str, numbers: set[str]) -> None:
    assert telephone_numbers(cell) == numbers


def test_identity_numbers_come_in_nowhere(tmp_path: Path) -> None:
    path, report = loaded(tmp_path, {"scientists": [
        {"id": "1", "name": f"甲一{IDENTITY}"}, {"id": IDENTITY, "name": "乙二"}, {"id": "3", "name": "丙三", "phone": IDENTITY},
        {"id": "4", "name": "丁四", "bio": f"身份证号{IDENTITY}，研究材料"}, {"id": "5", "name": "戊五", "备注": f"证件：{IDENTITY}"}]})
    assert said(report) == [
        ("scientists.csv", 2, "name", "identity_number", True), ("scientists.csv", 3, "id", "identity_number", True),
        ("scientists.csv", 4, "phone", "identity_number", False), ("scientists.csv", 5, "bio", "identity_number", False),
        ("scientists.csv", 6, "", "identity_number", False)]
    assert (report.tables[0].read, report.tables[0].accepted, report.tables[0].rejected) == (5, 3, 2)
    assert IDENTITY not in str(report.issues)
    with Workspace(path, read_only=True) as workspace:
        rows = workspace.connection.execute("SELECT * FROM records.scientists").fetchall()
        bios = workspace.connection.execute("SELECT bio FROM records.scientists WHERE id = '4'").fetchall()
    assert IDENTITY not in str(rows)
    assert bios == [("身份证号****，研究材料",)]
    assert IDENTITY.encode() not in path.read_bytes()


def test_a_credit_code_is_no_identity_number(tmp_path: Path) -> None:
    _, report = loaded(tmp_path, {"enterprises": [{"id": "1", "name": "甲公司", "uscc": "110105194912310021"}]})
    assert said(report) == []


def test_no_contact_stands_in_names_references_or_ids(tmp_path: Path) -> None:
    path, report = loaded(tmp_path, {
        "scientists": [{"id": "1", "name": "甲一（13812345678）", "institution": "zs@example.org"}, {"id": "a@example.org", "name": "乙二"},
                       {"id": "3", "name": "13812345678"}],
        "teams": [{"id": "t", "name": "队", "members": "甲一13812345678；0571-88123456"}],
        "authorships": [{"id": "l", "work": "w", "scientist": "zs@example.org"}]})
    assert said(report) == [
        ("scientists.csv", 2, "name", "contact_in_name", False), ("scientists.csv", 2, "institution", "contact_in_name", False),
        ("scientists.csv", 3, "id", "contact_as_id", True), ("scientists.csv", 4, "name", "contact_in_name", True),
        ("teams.csv", 2, "members", "contact_in_name", False), ("authorships.csv", 2, "scientist", "contact_in_name", True)]
    snapshot = snapshot_of(path)
    assert snapshot.names_by_id("scientists") == {"s/scientists/1": "甲一"}
    assert snapshot.targets("team_members") == {"s/teams/t": ["s/scientists/1"]}
    assert not any(id_.startswith("s/") for id_ in snapshot.ids("organisations"))


NO_TEXTS = ("uscc", "orcid", "doi", "url", "clc", "stock_code", "address", "website")
"""Codes, and what is an organisation's own."""
CONTACTS = {"mail": "zs.secret@example.org", "mobile": "13812345678", "landline": "0571-88123456", "spare": "13987654321"}


def test_no_contact_leaves_the_records(tmp_path: Path) -> None:
    """Contacts in every text of every table: none is in the graph, the history, the cache, the report of the load, or its issues."""
    everywhere = f"联系 {CONTACTS['mail']} 或 {CONTACTS['mobile']}、{CONTACTS['landline']}"
    tables: dict[str, Rows] = {}
    for table, declared in TABLES.items():
        row: dict[str, object] = {"id": "1", "备用电话": CONTACTS["spare"], "电话": CONTACTS["mobile"], "得分": "x13812345678"}
        for p in columns(declared):
            row[p.name] = next(iter(p.choices)) if p.choices else everywhere if p.type in ("text", "list") and p.name not in NO_TEXTS else {
                "date": CONTACTS["mobile"], "year": "2020"}.get(p.type, "1")
        if table not in ("regions", "industries", "disciplines", "region_groups"):
            tables[table] = [row]
    path, report = loaded(tmp_path, tables)
    with Workspace(path) as workspace:
        changed = {table: [{**row, "bio": everywhere, "text": f"新{everywhere}", "备用电话": "13911111111"} for row in rows]
                   for table, rows in tables.items()}
        report_again = load(workspace, [write_source(tmp_path / "s", changed)])
        public = {name: str(workspace.connection.execute(f"SELECT * FROM {name}").fetchall()) for name in (
            *(f"graph.{quoted(pool)}" for pool in POOLS), "graph.unresolved", "changes", "runs", "judgements")}
    assert [(name, kind) for name, text in public.items() for kind, value in CONTACTS.items() if value in text] == []
    for each in (report, report_again):
        text = str(each)
        assert [kind for kind, value in CONTACTS.items() if value in text] == []
        write_frame(issue_frame(each), tmp_path / "issues.csv")
        with (tmp_path / "issues.csv").open(encoding="utf-8-sig", newline="") as file:
            assert [row for row in csv.reader(file) if any(v in str(row) for v in CONTACTS.values())] == []
    cache = open_snapshot(path, None).folder
    assert cache is not None
    content = b"".join(p.read_bytes() for p in cache.rglob("*") if p.is_file())
    assert [kind for kind, value in CONTACTS.items() if value.encode() in content] == []


@pytest.mark.parametrize("header", [
    "身份证", "身份证号", "证件号码", "民族", "宗教", "宗教信仰", "政治面貌", "党派", "入党时间", "健康状况", "健康情况", "病史", "婚姻", "婚姻状况",
    "家庭成员", "血型", "银行卡", "银行卡号", "ID card no.", "Ethnicity", "Religious belief", "Political affiliation", "Party member since", "Health",
    "Medical record", "Marital status", "Family members", "Blood type", "Bank account", "Passport no",
])
def test_columns_of_sensitive_data_are_refused(header: str) -> None:
    assert is_sensitive(header)


@pytest.mark.parametrize("header", ["健康产业", "健康科普次数", "民营企业", "团队", "党校", "家庭农场数", "银行", "血液制品", "身体指标研究"])
def test_harmless_headers_are_not(header: str) -> None:
    assert not is_sensitive(header)
    assert header not in SENSITIVE_WHOLE_HEADERS


def test_a_header_that_is_a_sensitive_word_alone_is_refused_with_its_cells(tmp_path: Path) -> None:
    path, report = loaded(tmp_path, {"scientists": [{"姓名": "甲一", "健康": "欠佳记号", "健康产业": "是"}]})
    assert said(report) == [("scientists.csv", 0, "健康", "sensitive_column", False)]
    assert (report.tables[0].refused_columns, report.tables[0].unknown_columns) == (("健康",), ("健康产业",))
    with Workspace(path, read_only=True) as workspace:
        [(raw, extra)] = workspace.connection.execute("SELECT raw, extra FROM records.scientists").fetchall()
    assert (json.loads(raw), json.loads(extra)) == ({"姓名": "甲一", "健康产业": "是"}, {"健康产业": "是"})


def test_a_source_of_people_is_asked_for_purpose_and_basis(tmp_path: Path) -> None:
    people = "姓名\n甲一\n"
    with new_workspace(tmp_path) as workspace:
        assert load(workspace, [source(tmp_path, "a", {"scientists.csv": people})]).notes == [
            "a: people are listed, and source.toml does not say purpose and basis: write there why the data is held and what permits it"]
        stated = {"scientists.csv": people, "source.toml": 'purpose = "对接"\nbasis = "本人同意"\n'}
        assert load(workspace, [source(tmp_path, "b", stated)]).notes == []
        (tmp_path / "b" / "source.toml").unlink()
        assert load(workspace, [tmp_path / "b"]).notes == []
        assert load(workspace, [source(tmp_path, "c", {"works.csv": "title\n论文\n"})]).notes == []


PEOPLE: dict[str, Rows] = {"scientists": [
    {"id": "1", "name": "甲一", "email": "jia@example.org", "phone": "13812345678", "birth_date": "1960-05-17"}, {"id": "2", "name": "乙二"}]}


def test_contacts_are_read_only_with_a_line_in_the_audit(tmp_path: Path) -> None:
    path, _ = loaded(tmp_path, PEOPLE)
    with Workspace(path) as workspace:
        found = contacts(workspace, ["s/scientists/1", "s/scientists/2"], " 对接需求 ", "match", fields=("phone", "email"))
        [event] = events(workspace)
    assert [(c.entity, c.property, c.value, c.chosen) for c in found] == [
        ("s/scientists/1", "email", "jia@example.org", True), ("s/scientists/1", "phone", "13812345678", True)]
    assert (event.command, event.purpose) == ("match", "对接需求")
    assert json.loads(event.detail) == {"entities": ["s/scientists/1", "s/scientists/2"], "fields": ["email", "phone"]}
    assert event.who


def test_the_contact_of_the_most_trusted_record_is_chosen(tmp_path: Path) -> None:
    path, _ = loaded(tmp_path, {"scientists": [{"id": "1", "name": "甲一", "orcid": "0000-0002-1825-0097", "phone": "13812345678"}]})
    best = source(tmp_path, "best", {"scientists.csv": "id,name,orcid,phone\n9,甲一,0000-0002-1825-0097,13900000000\n", "source.toml": "rank = 1\n"})
    with Workspace(path) as workspace:
        load(workspace, [best])
        found = contacts(workspace, ["best/scientists/9"], "核对", "show")
    assert [(c.record, c.value, c.chosen) for c in found] == [("best/scientists/9", "13900000000", True), ("s/scientists/1", "13812345678", False)]


def test_without_purpose_or_log_there_is_no_contact(tmp_path: Path) -> None:
    path, _ = loaded(tmp_path, PEOPLE)
    with Workspace(path) as workspace:
        with pytest.raises(UsageError, match="--purpose"):
            contacts(workspace, ["s/scientists/1"], "  ", "match")
        assert events(workspace) == []
    with Workspace(path, read_only=True) as workspace, pytest.raises(WorkspaceError, match="audit"):
        contacts(workspace, ["s/scientists/1"], "对接", "match")
