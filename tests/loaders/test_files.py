"""Files as people have them: every form, encoding and breakage."""

from __future__ import annotations

import gzip
import json
import random
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.errors import SourceError
from loaders.files import read_tables, stem_of, suffix_of
from loaders.raw import RawTable
from tests.loaders.making import book

TEXT = "姓名,工作单位\n张三,重庆大学\n李四,西南大学\n"
HEADER = ("姓名", "工作单位")
ROWS = [["张三", "重庆大学"], ["李四", "西南大学"]]


def one(path: Path) -> RawTable:
    tables = read_tables(path)
    assert len(tables) == 1
    return tables[0]


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path) -> str:
    """What a refused file is called in the error; nothing for one that is read."""
    try:
        read_tables(path)
    except SourceError as error:
        return str(error).split(": ", 1)[0]
    return ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    table = one(written(tmp_path, "a.csv", TEXT.encode(encoding)))
    assert (table.header, table.rows, table.numbers) == (HEADER, ROWS, [2, 3])


def test_utf_16_big_endian_with_bom(tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.csv", b"\xfe\xff" + TEXT.encode("utf-16-be"))).rows == ROWS


def test_utf_16_of_ascii_alone_without_bom(tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.csv", "id,name\n1,Wang Wei\n".encode("utf-16-le"))).rows == [["1", "Wang Wei"]]


def test_gb18030_character_beyond_gbk(tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.csv", "姓名\n王㐂𠮷\n".encode("gb18030"))).rows == [["王㐂𠮷"]]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "\t"), ("a.tsv", "\t")])
def test_delimiters(tmp_path: Path, name: str, delimiter: str) -> None:
    text = TEXT.replace(",", delimiter) + f"王五{delimiter}甲, 乙\n" if delimiter != "," else TEXT + '王五,"甲, 乙"\n'
    table = one(written(tmp_path, name, text.encode()))
    assert (table.header, table.rows) == (HEADER, [*ROWS, ["王五", "甲, 乙"]])


def test_commas_in_a_quoted_header_do_not_decide_the_delimiter(tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.csv", b'"a,b,c,d";x\n1;2\n')).header == ("a,b,c,d", "x")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    assert one(written(tmp_path, "a.csv", TEXT.replace("\n", end).encode())).rows == ROWS


def test_gzip(tmp_path: Path) -> None:
    assert one(written(tmp_path, "科技工作者.csv.gz", gzip.compress(TEXT.encode("gbk")))).rows == ROWS


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    text = 'name,bio\n"a","line 1\nline 2\r\nline 3"\n\nb,"x ""y"" z"\nc\n'
    table = one(written(tmp_path, "a.csv", text.encode()))
    assert table.rows == [["a", "line 1\nline 2\r\nline 3"], ["b", 'x "y" z'], ["c"]]
    assert table.numbers == [2, 4, 5]


def test_the_first_row_that_is_not_empty_is_the_header(tmp_path: Path) -> None:
    table = one(written(tmp_path, "a.csv", b"\n,,\nname,id,,\na,1\n"))
    assert (table.header, table.rows, table.numbers) == (("name", "id"), [["a", "1"]], [4])


def test_cells_under_an_empty_header_keep_a_place(tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.csv", b",name,,id\n0,a,,1\n")).header == ("(1)", "name", "", "id")


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.json", "a.jsonl", "a.csv.gz"])
def test_empty_file(tmp_path: Path, name: str) -> None:
    table = one(written(tmp_path, name, gzip.compress(b"") if name.endswith(".gz") else b""))
    assert (table.header, table.rows) == ((), [])


def test_header_alone(tmp_path: Path) -> None:
    table = one(written(tmp_path, "a.csv", "姓名,单位\n".encode()))
    assert (table.header, table.rows) == (("姓名", "单位"), [])


def test_workbook_of_typed_cells(tmp_path: Path) -> None:
    rows: list[list[object]] = [["文本", "整数", "小数", "日期", "时间", "是否", "大数", "空"],
            [" 甲 ", 3, 2.5, date(1960, 5, 17), datetime(2024, 1, 2, 3, 4, 5), True, 13812345678, None],
            ["=1+1", -4.0, 0.1, datetime(2000, 1, 1), None, False, "007", ""]]
    path = book(tmp_path / "a.xlsx", {"Sheet1": rows})
    table = one(path)
    assert (table.sheet, table.header, table.numbers) == ("Sheet1", ("文本", "整数", "小数", "日期", "时间", "是否", "大数", "空"), [2, 3])
    assert table.rows[0][:7] == ["甲", "3", "2.5", "1960-05-17", "2024-01-02 03:04:05", "true", "13812345678"]
    assert table.rows[1][1:7] == ["-4", "0.1", "2000-01-01", "", "false", "007"]


def test_every_sheet_is_a_table(tmp_path: Path) -> None:
    path = book(tmp_path / "all.xlsx", {"scientists": [["name"], ["a"]], "企业": [["企业名称"], ["乙公司"]], "Sheet3": []})
    assert [(t.sheet, t.header, t.rows) for t in read_tables(path)] == [
        ("scientists", ("name",), [["a"]]), ("企业", ("企业名称",), [["乙公司"]]), ("Sheet3", (), [])]


def test_rows_of_a_sheet_keep_their_numbers_below_empty_ones(tmp_path: Path) -> None:
    assert one(book(tmp_path / "a.xlsx", {"S": [[], ["name"], [], ["a"]]})).numbers == [4]


def test_a_chart_sheet_is_passed_over(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.worksheets[0].append(["name"])
    made.worksheets[0].append(["a"])
    made.create_chartsheet("Chart1")
    made.save(tmp_path / "a.xlsx")
    assert one(tmp_path / "a.xlsx").rows == [["a"]]


def test_json_of_every_type(tmp_path: Path) -> None:
    content = [{"name": "a", "aliases": ["b", "", None, "c"], "n": 3, "x": 2.50, "yes": True, "no": None}, {"name": "d", "more": {"z": 1, "a": "甲"}}]
    table = one(written(tmp_path, "a.json", json.dumps(content).encode()))
    assert table.header == ("name", "aliases", "n", "x", "yes", "no", "more")
    assert table.rows == [["a", ["b", "c"], "3", "2.5", "true", "", ""], ["d", "", "", "", "", "", '{"a": "甲", "z": 1}']]
    assert table.numbers == [1, 2]


def test_json_object_that_holds_one_list(tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.json", b'{"total": 1, "data": [{"name": "a"}]}')).rows == [["a"]]


def test_json_lines_part_at_line_ends_alone(tmp_path: Path) -> None:
    lines = '{"name": "a\u2028b\u0085c"}\n\n{"name": "d"}\r\n'
    table = one(written(tmp_path, "a.jsonl", lines.encode()))
    assert (table.rows, table.numbers) == ([["a\u2028b\u0085c"], ["d"]], [1, 3])


def test_parquet(tmp_path: Path) -> None:
    made = pa.table({"name": ["a", None], "aliases": [["b", "c"], []], "founded": pa.array([date(2001, 2, 3), None]), "n": [1.0, 2.5],
        "b": [True, False]})
    pq.write_table(made, tmp_path / "a.parquet")
    table = one(tmp_path / "a.parquet")
    assert table.header == ("name", "aliases", "founded", "n", "b")
    assert table.rows == [["a", ["b", "c"], "2001-02-03", "1", "true"], ["", [], "", "2.5", "false"]]


BROKEN = {
    "a.xlsx": b"PK\x03\x04 but no workbook", "b.xlsx": b"", "c.xls": b"\xd0\xcf\x11\xe0 but no workbook", "d.xlsx": b"name,id\n",
    "a.json": b'[{"name": "a"', "b.json": b"3", "c.json": b'["a"]', "d.json": b'{"a": [1], "b": [2]}', "e.json": b"[" * 100_000,
    "f.json": b'[{"a": ' + b"9" * 5000 + b"}]", "g.json": b'[{"a": ' + b"[" * 900 + b"]" * 900 + b"}]", "a.jsonl": b'{"a": 1}\n{"a": \n',
    "a.csv": b'name,id\n"open,1\nb,2\n', "b.csv": b'name\n"a"b\n', "a.parquet": b"PAR1 but no more PAR1", "b.parquet": b"",
    "a.csv.gz": b"no gzip", "b.csv.gz": gzip.compress(TEXT.encode() * 50)[:40],
    "c.csv.gz": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff\xff\xff",
    "c.csv": b"\xff\xfe" + b"\x00\xd8" * 5,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_in_one_line(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, BROKEN[name])
    with pytest.raises(SourceError) as caught:
        read_tables(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_open_quotation_mark_is_found_where_it_opens(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"line 3: .*quotation mark"):
        read_tables(written(tmp_path, "a.csv", b'name,id\nx,1\n"open,1\nb,2\n'))


def test_utf_8_with_one_bad_byte_is_refused_rather_than_misread(tmp_path: Path) -> None:
    data = TEXT.encode().replace("李四".encode(), "李四".encode()[:-1] + b"\xff")
    with pytest.raises(SourceError, match="UTF-8, but broken at line 3"):
        read_tables(written(tmp_path, "a.csv", data))


def test_gb18030_with_one_bad_byte_is_refused_rather_than_misread(tmp_path: Path) -> None:
    data = TEXT.encode("gbk") * 5 + b"\xff\xff\n"
    with pytest.raises(SourceError, match="GB18030, but broken at line 16"):
        read_tables(written(tmp_path, "a.csv", data))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".xls", ".json", ".parquet"])
def test_random_bytes_are_read_or_refused(tmp_path: Path, suffix: str) -> None:
    chance = random.Random(7)
    for length in (1, 50, 3000):
        path = written(tmp_path, f"{length}{suffix}", chance.randbytes(length))
        assert refusal(path) in ("", str(path))


def test_workbooks_broken_at_any_byte_are_read_or_refused(tmp_path: Path) -> None:
    whole = book(tmp_path / "whole.xlsx", {"Sheet1": [["name", "id"], ["a", 1]]}).read_bytes()
    chance = random.Random(11)
    for i in range(60):
        data = bytearray(whole)
        for _ in range(3):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path = written(tmp_path, f"{i}.xlsx", bytes(data))
        assert refusal(path) in ("", str(path))


def test_names_of_files() -> None:
    assert [suffix_of(Path(n)) for n in ("a.CSV", "a.csv.gz", "b.Xlsx", "c.txt", "d")] == [".csv", ".csv.gz", ".xlsx", None, None]
    assert [stem_of(Path(n)) for n in ("科技工作者.csv.gz", "a.b.JSONL")] == ["科技工作者", "a.b"]


def test_no_such_file_and_no_such_form(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        read_tables(tmp_path / "a.csv")
    with pytest.raises(SourceError, match="not a table"):
        read_tables(written(tmp_path, "a.docx", b""))


@pytest.mark.parametrize(("text", "header", "above", "numbers"), [
    ("专家信息汇总表\n\n姓名,单位,职称\n甲,样例,教授\n", ("姓名", "单位", "职称"), ((1, "专家信息汇总表"),), [4]),
    (",汇总表,,\n2024年\n姓名,单位,职称\n甲,样例,教授\n", ("姓名", "单位", "职称"), ((1, "汇总表"), (2, "2024年")), [4]),
    ("name\n甲\n乙\n", ("name",), (), [2, 3]),
    ("name\n甲,1\n", ("name",), (), [2]),
    ("name\n", ("name",), (), []),
])
def test_titles_above_the_header_are_passed_over(tmp_path: Path, text: str, header: tuple[str, ...], above: tuple[tuple[int, str], ...],
                                                 numbers: list[int]) -> None:
    (table,) = read_tables(written(tmp_path, "专家.csv", text.encode()))
    assert (table.header, tuple((n.row, n.text) for n in table.noticed), table.numbers) == (header, above, numbers)
    assert {n.code for n in table.noticed} <= {"title_row"}
