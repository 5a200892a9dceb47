"""forget, audit and --unmask at the command line. All people are invented."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from graph.audit import events
from graph.records import SourceInfo
from graph.resolve import judge
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import new_workspace
from tests.worlds import Rows, write_source
from tests.zhulian.running import failed, run

WORLD: dict[str, Rows] = {
    "scientists": [
        {"id": "1", "name": "甲一", "keywords": "锂电池；热管理", "email": "jia@example.org", "phone": "13812345678", "birth_date": "1960-05-17",
         "institution": "i1"},
        {"id": "2", "name": "乙二", "keywords": "锂电池；正极", "bio": "师从甲一。", "phone": "13900000002"}],
    "institutions": [{"id": "i1", "name": "渝江大学"}],
    "works": [{"id": "w1", "title": "锂电池热管理"}], "authorships": [{"work": "w1", "scientist": "1"}, {"work": "w1", "scientist": "2"}],
    "needs": [{"id": "n1", "title": "锂电池热管理", "status": "open"}],
}
PHONES = ("13812345678", "13900000002")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with new_workspace(tmp_path, "zhulian.duckdb") as workspace:
        load(workspace, [write_source(tmp_path / "s", WORLD)])
    return tmp_path


def test_forget_says_what_went_and_what_is_not_reached(folder: Path) -> None:
    done = run(folder, "forget", "甲一", "--yes")
    assert done.status == 0, done.err
    assert "1 records removed: s/scientists/1" in done.out
    assert "s/authorships: 1 links removed" in done.out
    assert "s/scientists: 1 records whose text still holds the name" in done.out
    assert "backups" in done.err
    assert run(folder, "show", "甲一").status == 2
    again = run(folder, "load", "s")
    assert "[forgotten]" in again.out
    assert "甲一" not in again.out
    token = done.out.split("--lift ")[1].split()[0]
    assert run(folder, "forget", "--lift", token).status == 0
    assert "[forgotten]" not in run(folder, "load", "s").out
    assert run(folder, "show", "甲一").status == 0


@pytest.mark.parametrize(("arguments", "status", "words"), [
    ((), 2, "say whom"), (("甲一",), 2, "say --yes"), (("没有的人", "--yes"), 2, "no 科技工作者 has the id or name '没有的人'; give an id"),
    (("甲", "--yes"), 2, "near to it: 甲一 (s/scientists/1)"), (("甲", "--record", "--yes"), 2, "near to it: 甲一 (s/scientists/1)"),
    (("s/institutions/i1", "--yes"), 2, "no person"),
    (("甲一", "--expired"), 2, "say whom"), (("--record",), 2, "say whom"), (("--lift", "0123456789abcdef"), 2, "nobody was forgotten"),
])
def test_what_cannot_be_done_is_said(folder: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    done = run(folder, "forget", *arguments)
    assert (done.status, len(done.err.splitlines())) == (status, 1)
    assert words in done.err


def test_one_record_is_named_by_its_id_and_a_name_of_several_lists_them(folder: Path) -> None:
    with Workspace(folder / "zhulian.duckdb") as workspace:
        judge(workspace, "s/scientists/1", "t/scientists/7", "same", who="me")
        load(workspace, [write_source(folder / "t", {"scientists": [{"id": "7", "name": "甲一博士"}],
                                                     "teams": [{"id": "q", "name": "样例队", "members": "丙三"}]})])
    for name in ("甲一", "甲一博士"):
        failed(run(folder, "forget", name, "--record", "--yes"), 2,
               f"--record wants the id of a record, and {name} has 2: give one of s/scientists/1, t/scientists/7")
    failed(run(folder, "forget", "丙三", "--record", "--yes"), 2, "--record wants the id of a record, and 丙三 has none", "mentioned only")
    failed(run(folder, "forget", "丁", "--record", "--yes"), 2, "--record wants the id of a record: no 科技工作者 has the id or name '丁'")
    done = run(folder, "forget", "t/scientists/7", "乙二", "--record", "--yes")
    assert done.status == 0, done.err
    assert "2 records removed: t/scientists/7, s/scientists/2" in done.out
    assert run(folder, "show", "甲一").status == 0


def test_expired_sources_are_named_by_status_and_cleared_on_request(folder: Path) -> None:
    assert "no source with people has a day that is past" in run(folder, "forget", "--expired").out
    with Workspace(folder / "zhulian.duckdb") as workspace, workspace.transaction():
        workspace.put_source(SourceInfo("s", purpose="对接", expires="2020-01-31"))
    status = run(folder, "status").out
    assert "s: its personal data should not be kept after 2020-01-31" in status
    assert "s: people are listed, and source.toml does not say basis" in status
    done = run(folder, "forget", "--expired", "--yes")
    assert (done.status, "s/scientists: 2 rows removed" in done.out) == (0, True)
    after = run(folder, "status").out
    assert "should not be kept" not in after


def test_match_shows_contacts_for_a_purpose_and_writes_it_down(folder: Path) -> None:
    masked = run(folder, "match", "--need", "n1", "--out", "masked.csv")
    assert masked.status == 0, masked.err
    columns = list(pd.read_csv(folder / "masked.csv").columns)
    done = run(folder, "match", "--need", "n1", "--unmask", "--purpose", "联系专家", "--out", "open.csv")
    assert done.status == 0, done.err
    frame = pd.read_csv(folder / "open.csv", dtype=str, keep_default_na=False).sort_values("scientist_id")
    assert list(frame.columns) == [*columns, "scientist_phone", "scientist_email"]
    assert frame[["scientist_phone", "scientist_email"]].values.tolist() == [["13812345678", "jia@example.org"], ["13900000002", ""]]
    assert not any(phone in (folder / "masked.csv").read_text(encoding="utf-8-sig") for phone in PHONES)
    out = run(folder, "audit", "--out", "audit.json")
    assert out.status == 0, out.err
    [event] = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    assert (event["command"], event["purpose"]) == ("match", "联系专家")
    assert json.loads(event["detail"]) == {"entities": ["s/scientists/1", "s/scientists/2"], "fields": ["email", "phone"]}
    [printed] = [line for line in run(folder, "audit").out.splitlines() if "│" in line]
    assert [cell.strip() for cell in printed.strip("│").split("│")][2:] == ["match", "联系专家", "2 people, fields email, phone"]
    assert run(folder, "forget", "甲一", "--yes").status == 0
    printed = run(folder, "audit").out
    assert "1 forgotten, 1 person, fields email, phone" in printed
    assert "1 records" in printed


def test_show_view_and_report_show_contacts_for_a_purpose(folder: Path) -> None:
    purpose = ("--unmask", "--purpose", "核对")
    for command in (("show", "甲一"), ("view", "甲一", "--out", "p.html"), ("report", "--out", "r")):
        assert run(folder, *command).status == 0
        assert "13812345678" not in run(folder, *command).out
    pages = [folder / "p.html", *(folder / "r").rglob("*.html"), *(folder / "r").rglob("*.js")]
    assert [p.name for p in pages if any(phone in p.read_text(encoding="utf-8") for phone in PHONES)] == []
    assert "13812345678" in run(folder, "show", "甲一", *purpose).out
    assert run(folder, "view", "甲一", "--out", "p.html", *purpose).status == 0
    page = (folder / "p.html").read_text(encoding="utf-8")
    assert ("13812345678" in page, "13900000002" in page) == (True, False)
    assert run(folder, "view", "s/works/w1", "--out", "w.html", *purpose).status == 0
    assert all(phone in (folder / "w.html").read_text(encoding="utf-8") for phone in PHONES)
    assert run(folder, "report", "--out", "r", *purpose).status == 0
    assert any("13812345678" in p.read_text(encoding="utf-8") for p in (folder / "r").glob("need-*.html"))
    with Workspace(folder / "zhulian.duckdb", read_only=True) as workspace:
        told = [(e.command, json.loads(e.detail)["entities"], json.loads(e.detail)["fields"]) for e in events(workspace)]
    both, every = ["s/scientists/1", "s/scientists/2"], ["birth_date", "email", "phone"]
    assert told == [("show", both[:1], every), ("view", both[:1], every), ("view", both, every), ("report", both, ["email", "phone"])]


@pytest.mark.parametrize("command", [("match", "--need", "n1"), ("view", "甲一", "--out", "p.html"), ("report", "--out", "r"), ("show", "甲一")])
def test_without_purpose_there_is_no_contact(folder: Path, command: tuple[str, ...]) -> None:
    for arguments, words in ((("--unmask",), "--purpose"), (("--unmask", "--purpose", " "), "--purpose"), (("--purpose", "核对"), "--unmask")):
        done = run(folder, *command, *arguments)
        assert done.status == 2
        assert words in done.err
    with Workspace(folder / "zhulian.duckdb", read_only=True) as workspace:
        assert events(workspace) == []


@pytest.mark.parametrize("command", [("match", "--need", "n1"), ("view", "甲一", "--out", "p.html"), ("report", "--out", "r")])
def test_a_server_has_masked_contacts_only(folder: Path, command: tuple[str, ...]) -> None:
    done = run(folder, *command, "--unmask", "--purpose", "核对", "--store", "bolt://127.0.0.1:9")
    assert (done.status, "holds masked contact fields only" in done.err) == (2, True)


def test_an_error_shows_no_contact(folder: Path) -> None:
    (folder / "x").mkdir()
    (folder / "x" / "scientists.csv").write_text("甲一,13812345678\n乙二,13900000002\n", encoding="utf-8")
    done = run(folder, "load", "x")
    assert done.status == 1
    assert not any(phone in done.err + done.out for phone in PHONES)
