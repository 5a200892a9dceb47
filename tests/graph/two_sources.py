"""Two invented platforms with one person and one university in common, for the tests of federation."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from graph.build import build
from graph.resolve import judge
from graph.workspace import Workspace
from loaders.load import load
from tests.worlds import Rows, write_source

SCRIPT = "<script>window.ran=1</script>"
FIRST: dict[str, Rows] = {
    "scientists": [
        {"id": "1", "name": "样例甲", "title": "教授", "degree": "博士", "institution": "u1", "keywords": "电池;储能", "phone": "13812345678",
         "birth_date": "1960-05", "region": "重庆市", "gender": "女"},
        {"id": "2", "name": "样例乙", "institution": "u1", "email": "yi@example.org", "do_not_contact": "是"},
        {"id": "3", "name": "样例丙", "keywords": "遥感"}, {"id": "4", "name": "样例丙", "title": "=1+1"}],
    "institutions": [{"id": "u1", "name": "渝样大学", "type": "高校", "region": "重庆市"}, {"id": "u2", "name": "仅甲研究院"}],
}
SECOND: dict[str, Rows] = {
    "scientists": [
        {"id": "x", "name": "样例 甲", "title": "副教授", "institution": "渝樣大學", "keywords": "储能;电池", "phone": "138****5678",
         "birth_date": "1960", "region": "万州区", "orcid": "0000-0000-0000-0001"},
        {"id": "y", "name": f"样例丁{SCRIPT}", "institution": "渝樣大學", "phone": "13987654321"}],
    "organisations": [{"id": "q", "name": "渝樣大學", "type": "高校", "uscc": "12500000000000000X"}, {"id": "e", "name": "样例科技有限公司"}],
}
HEADERS = {"工号": "id", "大名": "name", "单位": "institution", "级别": "title", "方向": "keywords", "电话": "phone", "生日": "birth_date",
           "住处": "region", "ORCID": "orcid", "性别": "gender"}
"""What the second platform calls the columns of its people."""


def two_sources(folder: Path) -> Path:
    """A workspace of 甲 (trusted more) and 乙. A reviewer joined 甲/1 and 乙/x, 甲/3 and 甲/4, and the university; 甲/2 and 乙/y are in doubt."""
    path = folder / "zhulian.duckdb"
    for name, rank, tables in (("甲", 10, FIRST), ("乙", 20, SECOND)):
        write_source(folder / name, tables)
        (folder / name / "source.toml").write_text(f'rank = {rank}\ntitle = "样例平台{name}"\nlicence = "invented"\n', encoding="utf-8")
    with Workspace(path) as opened:
        load(opened, [folder / "甲", folder / "乙"])
        for left, right, verdict in (("甲/scientists/1", "乙/scientists/x", "same"), ("甲/scientists/3", "甲/scientists/4", "same"),
                                     ("甲/institutions/u1", "乙/organisations/q", "same"), ("甲/scientists/2", "乙/scientists/y", "unsure")):
            judge(opened, left, right, verdict, who="样例复核员")
        call_columns(opened, "乙", "scientists", HEADERS)
        call_columns(opened, "乙", "organisations", {})
        call_columns(opened, "甲", "scientists", {})
        call_columns(opened, "甲", "institutions", {})
        with opened.transaction():
            build(opened)
    return path


def call_columns(workspace: Workspace, source: str, table: str, headers: dict[str, str]) -> None:
    """Say what a source calls the columns of a table, whatever its files did."""
    workspace.connection.execute("UPDATE loads SET headers = ? WHERE source = ? AND tbl = ?",
                                 [json.dumps(headers, ensure_ascii=False), source, table])


def load_on(workspace: Workspace, folder: Path, name: str, day: datetime, tables: dict[str, Rows]) -> None:
    """Load a source's tables as if it were that day."""
    con = workspace.connection
    before = [load_id for load_id, in con.execute("SELECT load_id FROM loads").fetchall()]
    load(workspace, [write_source(folder / name, tables)])
    con.execute("UPDATE loads SET loaded_at = ? WHERE NOT list_contains(?, load_id)", [day, before])
