"""Sensitive data inside cells leaves no trace, at any depth."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.errors import SourceError
from loaders.load import load
from loaders.sensitive import without_sensitive
from tests.loaders.making import book, csv_text, new_workspace, rows_of, source, understood

NUMBER = "11010519491231002X"
"""The example of the standard itself (GB 11643)."""
PROFILE = {"宗教": "某教", "籍贯": "重庆", "more": [{"ID_card": "1", "note": {"健康状况": "某病", "age": 3}}, NUMBER, "甲"], "no": NUMBER}


def test_keys_and_numbers_are_taken_out_at_every_depth() -> None:
    removed: set[str] = set()
    assert without_sensitive(PROFILE, "p", removed) == {"籍贯": "重庆", "more": [{"note": {"age": 3}}, "甲"]}
    assert removed == {"p.宗教", "p.more.ID_card", "p.more.note.健康状况", "p.more", "p.no"}


@pytest.mark.parametrize("text", ["{}", "[1, 2]", '{"a": 1}', '["[x", "y"]', '{"a": ', "[2024] 1号", "甲", '{ "a" : 1 }', '"宗教"'])
def test_other_text_stays_as_it_is(text: str) -> None:
    removed: set[str] = set()
    assert without_sensitive(text, "p", removed) == text
    assert removed == set()


def write(folder: Path, form: str) -> Path:
    nested = json.dumps(PROFILE, ensure_ascii=False)
    path = source(folder, "s", {})
    match form:
        case "json":
            (path / "专家.json").write_text(json.dumps([{"name": "张三", "profile": PROFILE, "tags": [PROFILE]}]))
        case "json text":
            (path / "专家.json").write_text(json.dumps([{"name": "张三", "profile": nested, "tags": [nested]}]))
        case "csv":
            (path / "专家.csv").write_text(csv_text([["name", "profile"], ["张三", nested]]))
        case "xlsx":
            book(path / "专家.xlsx", {"S": [["name", "profile"], ["张三", nested]]})
        case "parquet":
            pq.write_table(pa.table({"name": ["张三"], "profile": [{"宗教": "某教", "籍贯": "重庆", "no": NUMBER}], "t": [[{"健康状况": "某病"}]]}),
                           path / "专家.parquet")
    return path


@pytest.mark.parametrize("form", ["json", "json text", "csv", "xlsx", "parquet"])
def test_nested_data_is_kept_without_what_is_sensitive(tmp_path: Path, form: str) -> None:
    folder = write(tmp_path, form)
    made = understood(folder)
    assert ("profile.宗教" in made.refused_columns, "profile.no" in made.refused_columns) == (True, True)
    assert [(i.row, i.code) for i in made.issues if i.column == "profile.宗教"] == [(0, "sensitive_part")]
    assert "重庆" in str(rows_of(made)[0]["raw"])
    for secret in ("某教", "某病", NUMBER):
        assert secret not in str(rows_of(made)) + str(made.issues)
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        workspace.connection.execute("CHECKPOINT")
        data = b"".join(p.read_bytes() for p in tmp_path.glob("w.duckdb*"))
    assert "张三".encode() in data
    assert not [secret for secret in ("某教", "某病", NUMBER) if secret.encode() in data]


def test_text_nested_too_deep_to_look_into_is_not_kept(tmp_path: Path) -> None:
    deep = "[" * 100_000 + '"宗教"'
    made = understood(source(tmp_path, "s", {"专家.csv": csv_text([["name", "x"], ["张三", '{"a": ' + deep]])}))
    assert made.refused_columns == ("x",)
    with pytest.raises(SourceError, match="nested too deep"):
        understood(source(tmp_path, "t", {"专家.json": json.dumps([{"name": "张三", "x": '{"a": ' + deep}])}))
