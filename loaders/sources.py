"""Paths → sources: which files belong to which table of which source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import SourceError, UsageError
from graph.records import RecordTable, SourceInfo
from graph.schema import TABLES, Table, table_named
from loaders.cleaning import one_line
from loaders.dump_rows import Understandings
from loaders.dumps import dump_of, snapshot_parts
from loaders.files import read_tables, stem_of, suffix_of
from loaders.headers import header_key, leaf_of, recognise_table
from loaders.open_dumps import OpenDumps, usual_source
from loaders.raw import RawTable
from loaders.settings import SETTINGS, read_settings, table_or_none

NOTES_SHEET = "填写说明"
"""The sheet of a template that says how to fill it in: it is no table, whatever is told."""


@dataclass(slots=True)
class Source:
    """A source that was read: what it says of itself, its tables, and the files left alone (file, why)."""

    info: SourceInfo
    tables: list[RecordTable] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)


def read_sources(paths: list[Path], *, name: str | None = None, as_table: str | None = None) -> list[Source]:
    """Read folders and files as sources.

    A folder is one source, named by its source.toml, else after the folder; a folder of folders is a source each. A file whose stem names a
    table, in any of its words (works, 成果, 成果库), belongs to the source of its folder, and replaces there what the folder's load put in that
    table; any other file is a source of its own, named after it.

    Args:
        paths: folders or files.
        name: the source's name, in place of what source.toml, folder or file say.
        as_table: the table that the files hold (stem or Chinese name), whatever their names and headers.

    Raises:
        SourceError: a path is not there or a file is broken.
        UsageError: two folders are of one name that nobody gave them, or `name` or `as_table` cannot be.
    """
    told = table_named(as_table) if as_table else None
    grouped: dict[str, tuple[SourceInfo, list[_File]]] = {}
    seen: set[Path] = set()
    folders: dict[str, Path] = {}
    for path in paths:
        if not path.exists():
            raise SourceError(f"{path}: there is no such file or folder")
        units = _units(path)
        if not units:
            raise SourceError(f"{path}: no table is in this folder (csv, tsv, xlsx, xls, json, jsonl, parquet)")
        for folder, files, own_name in units:
            settings = read_settings(folder, name, own_name)
            other = folders.setdefault(settings.info.name, folder.resolve())
            if other != folder.resolve() and not settings.named:
                raise UsageError(f"{folder} and {other} would be one source {settings.info.name!r}: load each by itself with --source NAME, or name "
                                 "them in their source.toml")
            new = [f for f in files if f.resolve() not in seen]
            seen.update(f.resolve() for f in new)
            grouped.setdefault(settings.info.name, (settings.info, []))[1].extend(_File(f, settings.columns) for f in new)
    return [_read(info, files, told) for info, files in grouped.values()]


def _units(path: Path) -> list[tuple[Path, list[Path], str]]:
    """(folder of settings, files, name) of each source that a path holds; a folder beside tables is listed among the files."""
    if path.is_file():
        stem = stem_of(path)
        return [(path.parent, [path], path.resolve().parent.name if table_or_none(stem) else usual_source(path) or stem)]
    try:
        inside = sorted(p for p in path.iterdir() if not p.name.startswith((".", "~$")) and p.name != SETTINGS)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from error
    if any(p.is_file() and (suffix_of(p) or dump_of(p)) for p in inside):
        return [(path, inside, path.resolve().name)]
    if parts := snapshot_parts(path):
        inside = [p for p in inside if not any(part.is_relative_to(p) for part in parts)]
        return [(path, parts, path.resolve().name), *(unit for folder in inside if folder.is_dir() for unit in _units(folder))]
    return [unit for folder in inside if folder.is_dir() for unit in _units(folder)]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a source, with the mappings of the source.toml beside it: table → header → property."""

    path: Path
    columns: Mapping[str, Mapping[str, str]]


def _read(info: SourceInfo, files: list[_File], told: Table | None) -> Source:
    source = Source(info)
    gathered = Understandings(info.name)
    dumps = OpenDumps(gathered)
    for file in files:
        path = file.path
        if path.is_dir():
            source.left_alone.append((path.name, "a folder beside tables; load it on its own"))
            continue
        if told is None and dumps.take(path):
            continue
        if suffix_of(path) is None:
            source.left_alone.append((path.name, "not a table (csv, tsv, xlsx, xls, json, jsonl, parquet)"))
            continue
        raws = read_tables(path, frozenset(header_key(part) for mapping in file.columns.values() for h in mapping for part in (h, leaf_of(h))))
        sheets = sum(bool(raw.header) and not raw.hidden for raw in raws)
        for raw in raws:
            table = None if (why := _no_table(raw)) else told or _which(path, raw, sheets)
            if table is None:
                source.left_alone.append((raw.place, why or "its headers fit no table clearly; name it after one, or say --as TABLE. "
                                          f"Columns: {one_line(', '.join(h for h in raw.header if h))[:200]}"))
                continue
            gathered.of(table.name).add(raw, file.columns.get(table.name, {}))
    dumps.finish()
    source.left_alone += dumps.left_alone
    source.tables = [gathered.tables[name].finish() for name in TABLES if name in gathered.tables]
    return source


def _no_table(raw: RawTable) -> str:
    """Why a sheet is left alone whatever it holds; nothing for one that could be a table."""
    if not raw.header:
        return "empty"
    if raw.hidden:
        return "a hidden sheet: unhide it to load it"
    return "how to fill in the template" if raw.sheet == NOTES_SHEET else ""


def _which(path: Path, raw: RawTable, sheets: int) -> Table | None:
    """By sheet name, by file stem (where the workbook has one sheet that is not empty), else by the headers."""
    if raw.sheet and (table := table_or_none(raw.sheet)) is not None:
        return table
    if sheets == 1 and (table := table_or_none(stem_of(path))) is not None:
        return table
    recognised = recognise_table(raw.header)
    return TABLES[recognised] if recognised else None
