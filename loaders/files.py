"""Files → raw tables: csv, tsv, xlsx, xls, json, jsonl and parquet. Nothing is understood here; where a table is in a sheet, `grids` says."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from graph.errors import SourceError
from loaders.encodings import decode
from loaders.grids import table_of
from loaders.merging import Range
from loaders.raw import Cell, RawTable
from loaders.sensitive import without_sensitive, without_sensitive_text

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".xlsx", ".xls", ".json", ".json.gz", ".jsonl", ".jsonl.gz", ".parquet")

_USUAL = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
csv.field_size_limit(1 << 30)


def suffix_of(path: Path) -> str | None:
    """The known suffix of a file, or None."""
    name = path.name.lower()
    return next((s for s in sorted(SUFFIXES, key=len, reverse=True) if name.endswith(s)), None)


def stem_of(path: Path) -> str:
    """The file's name without its known suffix."""
    suffix = suffix_of(path)
    return path.name[: -len(suffix)] if suffix else path.stem


def read_tables(path: Path, told: frozenset[str] = frozenset()) -> list[RawTable]:
    """Every table of a file: one, or one a sheet.

    Args:
        path: the file.
        told: header keys (`headers.header_key`) that the source's settings name: they help to find a header.

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
            return [_from_csv(path, data, suffix, told)]
        case ".xlsx" | ".xls":
            return _from_workbook(path, data, told)
        case ".parquet":
            return [_from_parquet(path, data)]
        case ".jsonl":
            return [_from_json(path, _json_lines(path, data))]
        case _:
            return [_from_json(path, _json_array(path, data))]


def _shown_name(path: Path) -> str:
    """The file's name; bytes in it that are no text, as ?."""
    return path.name.encode("utf-8", "replace").decode("utf-8")


def _from_csv(path: Path, data: bytes, suffix: str, told: frozenset[str]) -> RawTable:
    text, encoding = decode(path, data)
    candidates = "\t" if suffix.startswith(".tsv") else ",\t;"
    lines = (re.sub(r'"[^"]*"', "", line) for line in re.split(r"[\r\n]+", text, maxsplit=100)[:100])
    first = next((line for line in lines if any(c in line for c in candidates)), "")
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

    table = table_of(_shown_name(path), "", grid(), told=told, remarks=() if encoding in _USUAL else (f"encoding {encoding}",))
    return without_sensitive_text(table) if "{" in text else table


def _from_workbook(path: Path, data: bytes, told: frozenset[str]) -> list[RawTable]:
    if not data:
        raise SourceError(f"{path}: the file is empty")
    found = []
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for about in workbook.sheets_metadata:
            if about.typ is python_calamine.SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(about.name)
                merged = [Range(first_row + 1, first_column, last_row + 1, last_column)
                          for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or ()]
                hidden = about.visible is not python_calamine.SheetVisibleEnum.Visible
                found.append((about.name, hidden, sheet.to_python(skip_empty_area=False), merged))
    except (python_calamine.CalamineError, python_calamine.PasswordError) as error:
        raise SourceError(f"{path}: not a workbook that can be read ({error}); open it and save it anew as .xlsx") from error
    return [without_sensitive_text(table_of(_shown_name(path), name, ((i, [_cell(c) for c in row]) for i, row in enumerate(rows, 1)), merged,
                                            told=told, hidden=hidden, sheet_like=True)) for name, hidden, rows, merged in found]


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
    removed: set[str] = set()
    header = tuple(table.column_names)
    plain = [column if _is_plain(field.type) else [without_sensitive(v, field.name, removed) for v in column]
             for field, column in zip(table.schema, columns, strict=True)]
    rows: list[list[Cell]] = [[_cell(v) for v in row] for row in zip(*plain, strict=True)]
    raw = RawTable(_shown_name(path), "", header, rows, list(range(1, len(rows) + 1)), refused=tuple(sorted(removed)))
    return without_sensitive_text(raw)


def _is_plain(type_: pa.DataType) -> bool:
    return not (pa.types.is_nested(type_) or pa.types.is_dictionary(type_))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _json_lines(path: Path, data: bytes) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(decode(path, data)[0].split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise SourceError(f"{path}: line {number}: not JSON ({_first_line(error)})") from error


def _json_array(path: Path, data: bytes) -> Iterable[tuple[int, object]]:
    try:
        content = json.loads(decode(path, data)[0]) if data.strip() else []
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
    removed: set[str] = set()
    parsed: list[tuple[int, dict[str, Cell]]] = []
    for number, record in records:
        if not isinstance(record, dict):
            raise SourceError(f"{path}: record {number} is not an object")
        try:
            row = {str(k).strip(): _cell(without_sensitive(v, str(k).strip(), removed)) for k, v in record.items()}
        except RecursionError as error:
            raise SourceError(f"{path}: record {number} is nested too deep") from error
        for key in row:
            header.setdefault(key, len(header))
        parsed.append((number, row))
    rows: list[list[Cell]] = [[row.get(h, "") for h in header] for _, row in parsed]
    return RawTable(_shown_name(path), "", tuple(header), rows, [n for n, _ in parsed], refused=tuple(sorted(removed)))
