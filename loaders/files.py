"""Files → raw tables: csv, tsv, xlsx, xls, json, jsonl and parquet, in the encodings that people have. Nothing is understood here."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import charset_normalizer
import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from graph.errors import SourceError

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".xlsx", ".xls", ".json", ".json.gz", ".jsonl", ".jsonl.gz", ".parquet")

Cell = str | list[str]
"""A cell as it came: text, or a list where the format knows lists. Empty is ''."""

csv.field_size_limit(1 << 30)
_HEADER_CELLS = 3


@dataclass(frozen=True, slots=True)
class RawTable:
    """A header and its rows. `numbers` counts rows as a spreadsheet does: a csv's header is row 1, a cell of several lines is in one row."""

    file: str
    sheet: str
    header: tuple[str, ...]
    rows: list[list[Cell]]
    numbers: list[int]
    above: tuple[tuple[int, str], ...] = ()
    """Title rows over the header (number, text): single cells over a row of three and more."""


def suffix_of(path: Path) -> str | None:
    """The known suffix of a file, or None."""
    name = path.name.lower()
    return next((s for s in sorted(SUFFIXES, key=len, reverse=True) if name.endswith(s)), None)


def stem_of(path: Path) -> str:
    """The file's name without its known suffix."""
    suffix = suffix_of(path)
    return path.name[: -len(suffix)] if suffix else path.stem


def read_tables(path: Path) -> list[RawTable]:
    """Every table of a file: one, or one a sheet.

    Raises:
        SourceError: the file is not there, broken, or in no encoding that can be told.
    """
    suffix = suffix_of(path)
    if suffix is None:
        raise SourceError(f"{path}: not a table; one of {', '.join(SUFFIXES)} is expected")
    try:
        data = path.read_bytes()
        if suffix.endswith(".gz"):
            data = gzip.decompress(data)
    except FileNotFoundError as error:
        raise SourceError(f"{path}: there is no such file") from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from error
    match suffix.removesuffix(".gz"):
        case ".csv" | ".tsv":
            return [_from_csv(path, data, suffix)]
        case ".xlsx" | ".xls":
            return _from_workbook(path, data)
        case ".parquet":
            return [_from_parquet(path, data)]
        case ".jsonl":
            return [_from_json(path, _json_lines(path, data))]
        case _:
            return [_from_json(path, _json_array(path, data))]


def decode(path: Path, data: bytes) -> str:
    """Text from UTF-8 (with or without BOM), UTF-16, GB18030 (GBK, GB2312), or what charset-normalizer is sure of.

    Raises:
        SourceError: no encoding fits; or UTF-8 with a broken place, which would turn to nonsense in any other encoding.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(path, data, "utf-16")
    start = data[:1000]
    # Every other byte of ASCII in UTF-16 is zero: the second, or (big-endian) the first.
    utf_16 = "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"
    if start.count(0) * 4 > len(start):
        return _strictly(path, data, utf_16)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Chinese in UTF-8 is whole characters with a rare break; in GBK read as UTF-8 breaks outnumber what happens to fit.
        loose = data.decode("utf-8-sig", "replace")
        if sum(c >= "\u0800" for c in loose) > 3 * loose.count("\ufffd"):
            line = data[: error.start].count(b"\n") + 1
            raise SourceError(f"{path}: UTF-8, but broken at line {line} (byte {error.start}); save the file anew as UTF-8") from error
    if start.count(0) * 50 > len(start):
        return _strictly(path, data, utf_16)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        loose = data.decode("gb18030", "replace")
        if sum("\u4e00" <= c <= "\u9fff" for c in loose) > 20 * loose.count("\ufffd"):
            line = data[: error.start].count(b"\n") + 1
            raise SourceError(f"{path}: GB18030, but broken at line {line} (byte {error.start}); save the file anew as UTF-8") from error
        best = charset_normalizer.from_bytes(data).best()
        if best is None:
            raise SourceError(f"{path}: in no encoding that can be told (UTF-8, GB18030, UTF-16 are); save it anew as UTF-8") from None
        return str(best)


def _strictly(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {encoding.upper()}, but broken at byte {error.start}; save it anew as UTF-8") from error


def _table(path: Path, sheet: str, grid: Iterable[tuple[int, list[Cell]]]) -> RawTable:
    """Header and rows of a grid: the first row that is neither empty nor a title is the header; empty rows are passed over."""
    filled = [(number, cells) for number, cells in grid if any(cells)]
    titles = 0
    while titles < len(filled) and _filled(filled[titles][1]) == 1:
        titles += 1
    if titles == len(filled) or _filled(filled[titles][1]) < _HEADER_CELLS:
        titles = 0
    header: list[str] = []
    if filled:
        cells = filled[titles][1]
        header = [c.strip() if isinstance(c, str) else ";".join(c) for c in cells[: max(i for i, c in enumerate(cells) if c) + 1]]
    rows, numbers = [cells for _, cells in filled[titles + 1:]], [number for number, _ in filled[titles + 1:]]
    # Cells under an empty header (the index that pandas writes) are kept: their column's place is its name.
    named = (h or (f"({i + 1})" if any(len(row) > i and row[i] for row in rows) else "") for i, h in enumerate(header))
    above = tuple((number, next(str(c) for c in cells if c)) for number, cells in filled[:titles])
    return RawTable(_shown_name(path), sheet, tuple(named), rows, numbers, above)


def _filled(cells: list[Cell]) -> int:
    return sum(1 for c in cells if c)


def _shown_name(path: Path) -> str:
    """The file's name; bytes in it that are no text, as ?."""
    return path.name.encode("utf-8", "replace").decode("utf-8")


def _from_csv(path: Path, data: bytes, suffix: str) -> RawTable:
    text = decode(path, data)
    first = next((line for line in re.split(r"[\r\n]+", text, maxsplit=100) if line.strip()), "")
    first = re.sub(r'"[^"]*"', "", first)
    candidates = "\t" if suffix.startswith(".tsv") else ",\t;"
    delimiter = max(candidates, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

    def grid() -> Iterator[tuple[int, list[Cell]]]:
        started = 1
        try:
            for number, cells in enumerate(reader, 1):
                yield number, [c.strip() for c in cells]
                started = reader.line_num + 1
        except csv.Error as error:
            raise SourceError(f"{path}: line {started}: not a table ({error}); is a quotation mark left open?") from error

    return _table(path, "", grid())


def _from_workbook(path: Path, data: bytes) -> list[RawTable]:
    if not data:
        raise SourceError(f"{path}: the file is empty")
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(sheet.name, workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
                  for sheet in workbook.sheets_metadata if sheet.typ is python_calamine.SheetTypeEnum.WorkSheet]
    except (python_calamine.CalamineError, python_calamine.PasswordError) as error:
        raise SourceError(f"{path}: not a workbook that can be read ({error}); open it and save it anew as .xlsx") from error
    return [_table(path, name, ((i, [_cell(c) for c in row]) for i, row in enumerate(rows, 1))) for name, rows in sheets]


def _cell(value: object) -> Cell:
    """A typed value as the text that a person would have typed."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date() | time() | timedelta():
            return str(value)
        case list() | tuple():
            return [text for v in value if (text := str(_cell(v)))]
        case dict():
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
        case _:
            return str(value)


def _from_parquet(path: Path, data: bytes) -> RawTable:
    try:
        table = pq.read_table(io.BytesIO(data))
        columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise SourceError(f"{path}: not a parquet file that can be read ({_first_line(error)})") from error
    rows: list[list[Cell]] = [[_cell(v) for v in row] for row in zip(*columns, strict=True)]
    return RawTable(_shown_name(path), "", tuple(table.column_names), rows, list(range(1, len(rows) + 1)))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _json_lines(path: Path, data: bytes) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(decode(path, data).split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise SourceError(f"{path}: line {number}: not JSON ({_first_line(error)})") from error


def _json_array(path: Path, data: bytes) -> Iterable[tuple[int, object]]:
    try:
        content = json.loads(decode(path, data)) if data.strip() else []
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: not JSON ({_first_line(error)})") from error
    if isinstance(content, dict):
        lists = [v for v in content.values() if isinstance(v, list)]
        if len(lists) != 1:
            raise SourceError(f"{path}: a list of records is expected, or an object that holds one list")
        content = lists[0]
    if not isinstance(content, list):
        raise SourceError(f"{path}: a list of records is expected")
    return list(enumerate(content, 1))


def _from_json(path: Path, records: Iterable[tuple[int, object]]) -> RawTable:
    header: dict[str, int] = {}
    parsed: list[tuple[int, dict[str, Cell]]] = []
    for number, record in records:
        if not isinstance(record, dict):
            raise SourceError(f"{path}: record {number} is not an object")
        try:
            row = {str(k).strip(): _cell(v) for k, v in record.items()}
        except RecursionError as error:
            raise SourceError(f"{path}: record {number} is nested too deep") from error
        for key in row:
            header.setdefault(key, len(header))
        parsed.append((number, row))
    rows: list[list[Cell]] = [[row.get(h, "") for h in header] for _, row in parsed]
    return RawTable(_shown_name(path), "", tuple(header), rows, [n for n, _ in parsed])
