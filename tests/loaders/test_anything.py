"""Any table of any cells loads or is refused; every row is counted; loading twice is loading once."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.errors import ZhulianError
from graph.records import RecordTable
from graph.schema import TABLES, columns
from loaders.headers import map_header, recognise_table
from loaders.load import load
from loaders.sources import read_sources
from tests.loaders.making import csv_text, new_workspace, whole_graph

HEADERS = sorted({h for t in TABLES.values() for p in columns(t) for h in (p.name, p.label)} | {"id", "编号"})
CELLS = st.text(max_size=12) | st.sampled_from([
    "1", "2", "张三", "重庆", "2020-01-02", "3.5亿", "是", "甲;乙，丙", "=1+1", "<b>", "NULL", "-", "91110000600037341L", "政", "全体", "\ud800",
    "\x00", "1e400", '"', "a/b/c"])
JSON_CELLS = CELLS | st.none() | st.booleans() | st.integers() | st.floats() | st.lists(CELLS, max_size=3) | st.dictionaries(st.text(max_size=3),
    st.integers(), max_size=2)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str], list[list[object]], bool]:
    """A table's name, a header with most of what it requires, rows, and whether it is JSON."""
    table = draw(st.sampled_from(sorted(TABLES)))
    required = [p.name for p in columns(TABLES[table]) if p.required] or ["title"]
    own = st.sampled_from([p.name for p in columns(TABLES[table])] + ["id"])
    header = required + draw(st.lists(own | st.sampled_from(HEADERS) | st.text(max_size=5), max_size=4))
    json_form = draw(st.booleans())
    cells: st.SearchStrategy[object] = JSON_CELLS if json_form else CELLS
    rows = draw(st.lists(st.lists(cells, min_size=0 if not json_form else len(header), max_size=len(header) + (not json_form)), max_size=6))
    return table, header, rows, json_form


def written(folder: Path, table: str, header: list[str], rows: list[list[object]], json_form: bool) -> Path:
    path = folder / "源"
    path.mkdir()
    if json_form:
        records = [dict(zip(header, row, strict=True)) for row in rows]
        (path / f"{table}.json").write_text(json.dumps(records), encoding="utf-8")
    else:
        (path / f"{table}.csv").write_bytes(csv_text([header, *rows]).encode("utf-8", "surrogatepass"))
    return path


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=tables())
def test_any_table_is_read_or_refused_and_every_row_is_counted(made: tuple[str, list[str], list[list[object]], bool]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = written(Path(name), *made)
        refusal = ""
        tables_read: list[RecordTable] = []
        try:
            tables_read = read_sources([path])[0].tables
        except ZhulianError as error:
            refusal = str(error)
        assert len(refusal.splitlines()) <= 1
        for table in tables_read:
            ids = table.rows.column("id").to_pylist()
            assert table.read == table.accepted + table.rejected <= len(made[2])
            assert len(set(ids)) == len(ids) == table.accepted
            assert all(ids)
            assert len({(i.file, i.row) for i in table.issues if i.rejected}) == table.rejected
            again = read_sources([path])[0].tables[0]
            assert again.rows.equals(table.rows)
            assert again.issues == table.issues


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(made=tables())
@example(made=("scientists", ["name", "id", "institution"], [["\ud800x", "a\x00b", "a\x00b"], ["=1", "'", '"']], True))
@example(made=("makes", ["enterprise", "product", "from"], [["a", "b", "c"], ["a", "b", "d"], ["a", "b", "d"]], False))
def test_loading_twice_is_loading_once(made: tuple[str, list[str], list[list[object]], bool]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = written(folder, *made)
        with new_workspace(folder) as workspace:
            before = whole_graph(workspace)
            try:
                report = load(workspace, [path])
            except ZhulianError:
                assert whole_graph(workspace) == before
                return
            first = whole_graph(workspace)
            assert all(t.read == t.accepted + t.rejected and t.waiting <= t.accepted for t in report.tables)
            again = load(workspace, [path])
            assert all(t.unchanged for t in again.tables)
            assert [(t.read, t.accepted, t.waiting, t.stubs) for t in again.tables] == [(t.read, t.accepted, t.waiting,
                t.stubs) for t in report.tables]
            assert again.issues == report.issues
            assert whole_graph(workspace) == first


@settings(max_examples=200, deadline=None)
@given(header=st.lists(st.sampled_from(HEADERS) | st.text(max_size=6), max_size=8), table=st.sampled_from(sorted(TABLES)))
def test_any_header_is_mapped_without_taking_a_property_twice(header: list[str], table: str) -> None:
    mapped = map_header(TABLES[table], tuple(header), {})
    taken = [p for p in mapped.properties if p is not None]
    assert len(taken) == len(set(taken))
    assert set(taken) <= {"id", *(p.name for p in columns(TABLES[table]))}
    assert len(taken) + len(mapped.unknown) + len(mapped.refused) + header.count("") == len(header)
    assert recognise_table(tuple(header)) == recognise_table(tuple(reversed(header)))
    assert recognise_table(tuple(header)) in {None, *TABLES}
