"""Any sheet of any cells, drawn as people draw them, is loaded or refused; no row is lost; order does not matter."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import ZhulianError
from loaders.files import read_tables
from loaders.load import load
from loaders.raw import RawTable
from loaders.sources import read_sources
from tests.loaders.making import csv_text, new_workspace, whole_graph

TITLES = ["专家汇总表", "填报单位：某科协", "2024年", "日期", "单位", "姓名"]
HEADERS = ["序号", "姓名", "所在单位", "职称", "联系方式", "电话", "邮箱", "出生日期", "政治面貌", "备注", "-", "", "预算（元）", "x"]
CELLS = st.text(max_size=6) | st.sampled_from([
    "", "", "张三", "李四", "甲大学", "教授", "合计", "总计", "小计", "10", "3.5%", "备注：甲", "填表人：", "注：", "1", "2", "共3人", "60.5", "姓名",
    "所在单位", "电话", "邮箱", "序号", "一、高校", "万元", "Wang Lei（王磊）", "13800000000", "无", '{"宗教": "x"}'])
ROWS = st.lists(st.lists(CELLS, max_size=6), max_size=8)
GRIDS = st.tuples(st.lists(st.lists(st.sampled_from(TITLES), max_size=4), max_size=3), st.lists(st.sampled_from(HEADERS), max_size=6), ROWS).map(
    lambda parts: [*parts[0], parts[1], *parts[2]])
Grid = list[list[str]]
Merged = list[tuple[int, int, int, int]]
RANGES = st.lists(st.tuples(st.integers(1, 8), st.integers(1, 5), st.integers(0, 2), st.integers(0, 3)), max_size=3)


def workbook(path: Path, grid: Grid, merged: Merged) -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for cells in grid:
        sheet.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", c) or None for c in cells])
    taken: set[tuple[int, int]] = set()
    for row, column, down, right in merged:
        cells_of = {(r, c) for r in range(row, row + down + 1) for c in range(column, column + right + 1)}
        if len(cells_of) > 1 and not cells_of & taken:
            taken |= cells_of
            sheet.merge_cells(start_row=row, start_column=column, end_row=row + down, end_column=column + right)
    made.save(path)


def accounted(table: RawTable, grid_rows: set[int]) -> None:
    """Every row that is not empty is the header's, a record, or passed over by name."""
    passed = {n.row for n in table.noticed if not n.code.startswith("doubtful")}
    doubtful = {n.row for n in table.noticed if n.code.startswith("doubtful")}
    records = set(table.numbers)
    assert len(records) == len(table.numbers) == len(table.rows)
    assert not records & passed
    assert doubtful <= records
    left = grid_rows - records - passed
    assert records | passed <= grid_rows
    assert (1 <= len(left) <= 4) if grid_rows else not left
    assert all(len(row) <= len(table.header) or not any(row[len(table.header):]) for row in table.rows) or not table.sheet


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(grid=GRIDS, merged=RANGES)
def test_no_row_of_a_sheet_is_lost(grid: Grid, merged: Merged) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "名单.xlsx"
        workbook(path, grid, merged)
        sheet = openpyxl.load_workbook(path).worksheets[0]
        rows = {i for i, cells in enumerate(sheet.iter_rows(values_only=True), 1) if any(str(c).strip() for c in cells if c is not None)}
        (table,) = read_tables(path)
        accounted(table, rows)
        text = csv_text(grid).encode("utf-8", "surrogatepass")
        (Path(name) / "名单.csv").write_bytes(text)
        refused = ""
        try:
            (plain,) = read_tables(Path(name) / "名单.csv")
            accounted(plain, {i for i, cells in enumerate(grid_of(grid), 1) if any(c.strip() for c in cells)})
        except ZhulianError as error:
            refused = str(error)
        assert "\n" not in refused


def grid_of(grid: Grid) -> Grid:
    """The rows as a csv reader counts them: a row without cells is a blank line."""
    return [cells or [""] for cells in grid]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(grid=GRIDS, merged=RANGES)
def test_any_sheet_is_understood_or_refused_and_every_row_is_counted(grid: Grid, merged: Merged) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "专家.xlsx"
        workbook(path, grid, merged)
        refused = ""
        try:
            tables = read_sources([path], as_table="scientists")[0].tables
        except ZhulianError as error:
            refused, tables = str(error), []
        assert "\n" not in refused
        for made in tables:
            assert made.read == made.accepted + made.rejected
            assert len({i.row for i in made.issues if i.rejected}) == made.rejected
            assert set(made.headers.values()) <= {"id", *made.rows.column_names}
            assert "宗教" not in str(made.rows.to_pylist())


RECORDS = st.lists(st.tuples(st.sampled_from(["张三", "李四", "Wang Lei（王磊）", "总计", ""]), st.sampled_from(["甲大学", "乙公司", ""]),
                             st.sampled_from(["教授", "讲师", ""])), min_size=1, max_size=7).filter(lambda rows: any(map(any, rows)))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=RECORDS, seed=st.integers(0, 2**32))
def test_order_pages_and_numbering_do_not_matter_and_twice_is_once(records: list[tuple[str, str, str]], seed: int) -> None:
    chance = random.Random(seed)
    header = ["序号", "姓名", "单位", "职称"]

    def sheet(rows: list[tuple[str, str, str]]) -> Grid:
        numbered = [[str(i), *row] for i, row in enumerate(rows, 1)]
        cut = chance.randrange(len(numbered) + 1)
        return [["专家汇总表"], header, *numbered[:cut], header, *numbered[cut:], ["合计", str(len(rows))], ["备注：人物均为虚构"]]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graphs = []
        for i in range(3):
            path = folder / str(i) / "s"
            path.mkdir(parents=True)
            mixed = chance.sample(records, len(records)) if i else records
            cut = chance.randrange(len(mixed) + 1) if i == 2 else len(mixed)
            for stem, part in (("专家", mixed[:cut]), ("人才", mixed[cut:])):
                if part and i == 1:
                    workbook(path / f"{stem}.xlsx", sheet(part), [])
                elif part:
                    (path / f"{stem}.csv").write_text(csv_text(sheet(part)), encoding="gb18030")
            with new_workspace(folder, f"{i}.duckdb") as workspace:
                first = load(workspace, [path])
                assert sum(t.read for t in first.tables) == sum(1 for r in records if any(r))
                graph = whole_graph(workspace)
                again = load(workspace, [path])
                assert all(t.unchanged for t in again.tables)
                assert (again.issues, whole_graph(workspace)) == (first.issues, graph)
                graphs.append(graph)
        assert graphs[0] == graphs[1] == graphs[2]
