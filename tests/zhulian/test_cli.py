"""The commands as a user types them: in a process of their own, with their files and exit statuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from graph.workspace import Workspace
from tests.zhulian.running import Ran, run
from zhulian.cli import spread

EXPERTS = (
    ("姓名", "工作单位", "职称", "研究方向", "代表作", "联系电话"),
    ("样例甲", "渝样大学", "教授", "电池热管理、储能", "锂离子电池热管理综述", "000-1111"),
    ("样例乙", "渝样大学", "副教授", "柑橘保鲜", "柑橘采后保鲜技术", "000-2222"),
)
GAP_COLUMNS = ["region", "rank", "product_id", "product_name", "kind", "score", "reasons", "local_makers", "other_makers", "path", "status"]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def experts(tmp_path: Path) -> Path:
    """A list as people have it: any name, Sheet1, no ids, Chinese headers."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    for row in EXPERTS:
        sheet.append(row)
    path = tmp_path / "专家名单.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample province, loaded by the command line; the folder that holds its workspace."""
    folder = tmp_path_factory.mktemp("sample")
    loaded = run(folder, "load", str(Path(__file__).parents[2] / "data" / "sample"))
    assert loaded.status == 0, loaded.err
    return folder


def test_a_list_of_experts_is_loaded_matched_and_shown(tmp_path: Path, experts: Path) -> None:
    loaded = run(tmp_path, "load", experts.name)
    assert loaded.status == 0, loaded.err
    assert "scientists" in loaded.out
    matched = run(tmp_path, "match", "--text", "动力电池的热管理", "--out", "m.csv")
    assert matched.status == 0, matched.err
    found = rows(tmp_path / "m.csv")
    assert list(found[0])[:7] == ["need_id", "rank", "scientist_id", "scientist_name", "score", "evidence", "reasons"]
    assert found[0]["institution"] == "渝样大学"
    assert (found[0]["need_id"], found[0]["rank"], found[0]["scientist_name"]) == ("text", "1", "样例甲")
    assert found[0]["scientist_id"].startswith("专家名单/scientists/")
    assert "热管理" in found[0]["reasons"]
    viewed = run(tmp_path, "view", "样例甲", "--out", "page.html")
    assert viewed.status == 0, viewed.err
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "样例甲" in page
    assert "000-1111" not in page


def test_the_report_of_a_load_adds_up_and_a_second_load_changes_nothing(tmp_path: Path, experts: Path) -> None:
    first, second = run(tmp_path, "load", experts.name), run(tmp_path, "load", experts.name)
    assert "unchanged" not in first.out
    assert "unchanged" in second.out
    assert first.out.splitlines()[-1] == second.out.splitlines()[-1]  # the revision
    assert run(tmp_path, "status").out.count("专家名单") >= 1


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "parquet"])
def test_every_format_holds_the_same_rows(sample: Path, ending: str) -> None:
    assert run(sample, "gaps", "--region", "重庆市", "--top", "7", "--out", f"g.{ending}").status == 0
    assert run(sample, "gaps", "--region", "50", "--top", "7", "--out", "base.csv").status == 0
    expected = [(r["region"], int(r["rank"]), r["product_id"], float(r["score"])) for r in rows(sample / "base.csv")]
    path = sample / f"g.{ending}"
    match ending:
        case "csv":
            table: list[dict[str, Any]] = [dict(r) for r in rows(path)]
        case "json":
            table = json.loads(path.read_text(encoding="utf-8"))
        case "parquet":
            table = pq.read_table(path).to_pylist()
        case _:
            sheet = openpyxl.load_workbook(path).active
            assert sheet is not None
            header, *body = sheet.iter_rows(values_only=True)
            table = [{str(h): v for h, v in zip(header, row, strict=True)} for row in body]
    assert list(table[0]) == GAP_COLUMNS
    assert [(str(r["region"]), int(r["rank"]), r["product_id"], float(r["score"])) for r in table] == expected


def test_options_that_take_several_values(sample: Path) -> None:
    assert run(sample, "gaps", "--region", "50", "四川", "--kind", "missing", "强链", "--top", "3", "--out", "several.csv").status == 0
    found = rows(sample / "several.csv")
    assert {r["region"] for r in found} == {"50", "51"}
    assert {r["kind"] for r in found} <= {"missing", "weak"}
    assert spread(["gaps", "--region", "50", "51", "--top", "3"]) == ["gaps", "--region", "50", "--region", "51", "--top", "3"]


def test_all_open_needs_are_matched_within_bounds(sample: Path) -> None:
    ran = run(sample, "match", "--all", "--top", "3", "--out", "all.csv")
    assert ran.status == 0, ran.err
    found = rows(sample / "all.csv")
    assert len({r["need_id"] for r in found}) == 32  # of 33 that are open one is past its deadline
    assert all(0 < float(r["score"]) <= 1 for r in found)
    assert "not open" in ran.err


def test_text_that_a_spreadsheet_would_run_is_neutralised_and_numbers_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "scientists.csv").write_text("id,name,keywords\nx,=HYPERLINK(1),电池\ny,<script>alert(1)</script>,电池\n", encoding="utf-8")
    assert run(tmp_path, "load", "s").status == 0
    assert run(tmp_path, "match", "--text", "电池", "--out", "m.csv").status == 0
    assert run(tmp_path, "match", "--text", "电池", "--out", "m.xlsx").status == 0
    names = {r["scientist_name"] for r in rows(tmp_path / "m.csv")}
    assert names == {"'=HYPERLINK(1)", "<script>alert(1)</script>"}
    sheet = openpyxl.load_workbook(tmp_path / "m.xlsx").active
    assert sheet is not None
    cells = {c.value: c.data_type for row in sheet.iter_rows() for c in row}
    assert cells["=HYPERLINK(1)"] == "s"
    assert run(tmp_path, "view", "y", "--out", "y.html").status == 0
    assert "<script>alert(1)</script>" not in (tmp_path / "y.html").read_text(encoding="utf-8")


def refused(ran: Ran, status: int, *words: str) -> None:
    """One clear line on stderr, the exit status of the contract, no traceback."""
    assert ran.status == status, ran.err
    lines = [line for line in ran.err.splitlines() if line.strip()]
    assert len(lines) == 1, ran.err
    assert lines[0].startswith("error: ")
    for word in words:
        assert word in lines[0]


@pytest.fixture(scope="module")
def troubles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small workspace, and files that are broken in every way."""
    folder = tmp_path_factory.mktemp("troubles")
    bad = "样例" * 9
    for source, name, content in (("good", "scientists.csv", "id,name,keywords\na,样例,电池\n".encode()),
                                  ("bad_utf8", "scientists.csv", f"id,name\na,{bad}".encode() + b"\xff" + f"{bad}\n".encode()),
                                  ("headless", "works.csv", b"id,abstract\n1,x\n"), ("empty", "scientists.csv", b"")):
        (folder / source).mkdir()
        (folder / source / name).write_bytes(content)
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    assert run(folder, "load", "good").status == 0
    return folder


def state(folder: Path) -> tuple[str | None, list[str]]:
    """The revision of a folder's workspace, and the files there."""
    with Workspace(folder / "zhulian.duckdb", read_only=True) as workspace:
        return workspace.meta("revision"), sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize(("arguments", "status", "word"), [
    (("load", "nowhere"), 1, "nowhere"),
    (("load", "broken.xlsx"), 1, "broken.xlsx"),
    (("load", "bad_utf8/scientists.csv"), 1, "line 2"),
    (("load", "headless/works.csv"), 1, "title"),
    (("load", "empty/scientists.csv"), 1, "empty"),
    (("load", "good", "--as", "people"), 2, "people"),
    (("load", "good", "--source", "a/b"), 2, "a/b"),
    (("load",), 2, "paths"),
    (("load", "good", "--issues", "x.docx"), 2, ".csv"),
    (("match",), 2, "--need"),
    (("match", "--text", " "), 2, "empty"),
    (("match", "--need", "nope"), 2, "nope"),
    (("match", "--text", "x", "--top", "-1"), 2, "top"),
    (("match", "--text", "x", "--out", "no/such/folder.csv"), 2, "folder"),
    (("match", "--text", "电池", "--out", "m.doc"), 2, ".csv"),
    (("gaps", "--region", "亚特兰蒂斯"), 2, "亚特兰蒂斯"),
    (("gaps", "--kind", "gone"), 2, "gone"),
    (("gaps", "--top", "many"), 2, "--top"),
    (("view", "nope", "--out", "x.html"), 2, "nope"),
    (("status", "--store", "ftp://x"), 2, "bolt://"),
    (("status", "--workspace", "missing.duckdb"), 1, "zhulian load"),
    (("status", "--workspace", "broken.xlsx"), 1, "broken.xlsx"),
    (("publish", "not-a-uri"), 2, "bolt://"),
    (("frobnicate",), 2, "frobnicate"),
])
def test_bad_input_gets_one_clear_line_and_changes_nothing(troubles: Path, arguments: tuple[str, ...], status: int, word: str) -> None:
    (troubles / "zhulian.duckdb.cache").mkdir(exist_ok=True)
    before = state(troubles)
    refused(run(troubles, *arguments), status, word)
    assert state(troubles) == before


def test_strict_writes_nothing_and_fails_and_issues_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "works.csv").write_text("id,title,year\n1,甲,2020\n2,,2021\n1,乙乙,\n3,丙,later\n", encoding="utf-8")
    strict = run(tmp_path, "load", "s", "--strict", "--issues", "i.csv")
    assert strict.status == 1
    assert "nothing was loaded" in strict.err.splitlines()[-1]
    assert run(tmp_path, "status").status == 1  # nothing there
    loaded = run(tmp_path, "load", "s", "--issues", "i.csv")
    assert loaded.status == 0, loaded.err
    found = rows(tmp_path / "i.csv")
    assert list(found[0])[:7] == ["source", "file", "row", "column", "value", "code", "message"]
    assert {(r["row"], r["code"]) for r in found} == {("3", "missing_value"), ("4", "duplicate_id"), ("5", "not_a_year")}
    assert "4" in loaded.out


def test_a_workspace_that_another_process_writes_to_is_busy(tmp_path: Path, experts: Path) -> None:
    assert run(tmp_path, "load", experts.name).status == 0
    with Workspace(tmp_path / "zhulian.duckdb"):
        refused(run(tmp_path, "load", experts.name), 1, "another process")
        refused(run(tmp_path, "status"), 1, "another process")
    assert run(tmp_path, "status").status == 0


def test_shrinking_under_half_is_refused_without_leave(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "products.csv").write_text("id,name\n" + "".join(f"{i},p{i}\n" for i in range(5)), encoding="utf-8")
    assert run(tmp_path, "load", "s").status == 0
    (folder / "products.csv").write_text("id,name\n1,p1\n2,p2\n", encoding="utf-8")
    refused(run(tmp_path, "load", "s"), 1, "--allow-shrink", "2 rows", "5")
    assert run(tmp_path, "load", "s", "--allow-shrink").status == 0


def test_help_names_every_command_and_version_works(tmp_path: Path) -> None:
    text = run(tmp_path, "--help").out
    for command in ("load", "status", "match", "gaps", "publish", "verify", "view", "report", "demo"):
        assert f"  {command}" in text
    assert run(tmp_path, "--version").out.startswith("zhulian ")


def test_a_check_without_a_workspace_leaves_none(tmp_path: Path) -> None:
    (tmp_path / "scientists.csv").write_text("id,name\n1,样例甲\n", encoding="utf-8")
    ran = run(tmp_path, "load", "--check", "scientists.csv", "--source", "s")
    assert ran.status == 0
    assert "nothing was written" in ran.out
    assert [f.name for f in tmp_path.iterdir()] == ["scientists.csv"]
    assert "there is no workspace" in run(tmp_path, "status").err
