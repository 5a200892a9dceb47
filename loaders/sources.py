"""Paths → sources: which files belong to which table of which source, and what source.toml says of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import SourceError, UnknownTable, UsageError
from graph.records import RecordTable, SourceInfo
from graph.schema import BUNDLED_SOURCE, TABLES, Table, columns, table_named
from loaders.cleaning import one_line
from loaders.files import RawTable, read_tables, stem_of, suffix_of
from loaders.headers import recognise_table
from loaders.understand import Understanding

_SETTINGS = "source.toml"
_LOWEST_RANK = 1_000_000


@dataclass(slots=True)
class Source:
    """A source that was read: what it says of itself, its tables, and the files left alone (file, why)."""

    info: SourceInfo
    tables: list[RecordTable] = field(default_factory=list)
    left_alone: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Settings:
    info: SourceInfo
    columns: Mapping[str, Mapping[str, str]]


def read_sources(paths: list[Path], *, name: str | None = None, as_table: str | None = None) -> list[Source]:
    """Read folders and files as sources.

    A folder is one source, named by its source.toml, else after the folder; a folder of folders is a source each. A file whose
    stem is a table's name belongs to the source of its folder; any other file is a source of its own, named after it.

    Args:
        paths: folders or files.
        name: the source's name, in place of what source.toml, folder or file say.
        as_table: the table that the files hold (stem or Chinese name), whatever their names and headers.

    Raises:
        SourceError: a path is not there or a file is broken.
        UsageError: `name` or `as_table` cannot be.
    """
    told = table_named(as_table) if as_table else None
    grouped: dict[str, tuple[SourceInfo, list[_File]]] = {}
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise SourceError(f"{path}: there is no such file or folder")
        units = _units(path)
        if not units:
            raise SourceError(f"{path}: no table is in this folder (csv, tsv, xlsx, xls, json, jsonl, parquet)")
        for folder, files, own_name in units:
            settings = _settings(folder, name, own_name)
            new = [f for f in files if f.resolve() not in seen]
            seen.update(f.resolve() for f in new)
            grouped.setdefault(settings.info.name, (settings.info, []))[1].extend(_File(f, settings.columns) for f in new)
    return [_read(info, files, told) for info, files in grouped.values()]


def _units(path: Path) -> list[tuple[Path, list[Path], str]]:
    """(folder of settings, files, name) of each source that a path holds; a folder beside tables is listed among the files."""
    if path.is_file():
        stem = stem_of(path)
        named = any(stem.casefold() in (t.name, t.label) for t in TABLES.values())
        return [(path.parent, [path], path.resolve().parent.name if named else stem)]
    try:
        inside = sorted(p for p in path.iterdir() if not p.name.startswith((".", "~$")) and p.name != _SETTINGS)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from error
    if any(suffix_of(p) and p.is_file() for p in inside):
        return [(path, inside, path.resolve().name)]
    return [unit for folder in inside if folder.is_dir() for unit in _units(folder)]


def _table_or_none(name: str) -> Table | None:
    try:
        return table_named(name)
    except UnknownTable:
        return None


def _settings(folder: Path, told_name: str | None, own_name: str) -> _Settings:
    """source.toml of a folder, checked. The name is what the user told, else what the file says, else the folder's or file's own."""
    path = folder / _SETTINGS
    content: dict[str, object] = {}
    if path.is_file():
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise SourceError(f"{path}: not a settings file that can be read ({error})") from error
    name = content.get("name", own_name) if told_name is None else told_name
    if not isinstance(name, str) or not name.strip() or "/" in name or not name.isprintable() or name in (BUNDLED_SOURCE, ".", ".."):
        raise UsageError(f"{name!r} cannot be a source's name: give one without a slash by --source, other than {BUNDLED_SOURCE!r}")
    rank = content.get("rank", 100)
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= _LOWEST_RANK:
        raise SourceError(f"{path}: rank is a whole number from 1 (trusted most) to {_LOWEST_RANK}, not {rank!r}")
    mappings = content.get("columns", {})
    if not isinstance(mappings, dict) or not all(isinstance(v, dict) for v in mappings.values()):
        raise SourceError(f"{path}: [columns.TABLE] maps their header to ours")
    for table_name, mapping in mappings.items():
        _check_mapping(path, table_name, mapping)
    texts = {key: str(content.get(key, "")) for key in ("title", "licence", "url", "purpose", "basis")}
    merged: dict[str, dict[str, str]] = {}
    for table_name, mapping in mappings.items():
        merged.setdefault(table_named(table_name).name, {}).update(mapping)
    return _Settings(SourceInfo(name, rank=rank, **texts), merged)


def _check_mapping(path: Path, table_name: str, mapping: Mapping[str, object]) -> None:
    table = _table_or_none(table_name)
    if table is None:
        raise SourceError(f"{path}: [columns.{table_name}]: there is no such table")
    from_schema = {"id", *(p.name for p in columns(table))}
    for header, property_name in mapping.items():
        if not isinstance(property_name, str) or property_name not in from_schema:
            raise SourceError(f"{path}: [columns.{table_name}] {header!r}: {property_name!r} is no column of {table.name}")


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a source, with the mappings of the source.toml beside it: table → header → property."""

    path: Path
    columns: Mapping[str, Mapping[str, str]]


def _read(info: SourceInfo, files: list[_File], told: Table | None) -> Source:
    source = Source(info)
    gathered: dict[str, Understanding] = {}
    for file in files:
        path = file.path
        if path.is_dir():
            source.left_alone.append((path.name, "a folder beside tables; load it on its own"))
            continue
        if suffix_of(path) is None:
            source.left_alone.append((path.name, "not a table (csv, tsv, xlsx, xls, json, jsonl, parquet)"))
            continue
        raws = read_tables(path)
        sheets = sum(bool(raw.header) for raw in raws)
        for raw in raws:
            place = f"{raw.file}#{raw.sheet}" if raw.sheet else raw.file
            if not raw.header:
                source.left_alone.append((place, "empty"))
                continue
            table = told or _which(path, raw, sheets)
            if table is None:
                source.left_alone.append((place, "its headers fit no table clearly; name it after one, or say --as TABLE. "
                                          f"Columns: {one_line(', '.join(h for h in raw.header if h))[:200]}"))
                continue
            if table.name not in gathered:
                gathered[table.name] = Understanding(info.name, table)
            gathered[table.name].add(raw, file.columns.get(table.name, {}))
    source.tables = [gathered[name].finish() for name in TABLES if name in gathered]
    return source


def _which(path: Path, raw: RawTable, sheets: int) -> Table | None:
    """By sheet name, by file stem (where the workbook has one sheet that is not empty), else by the headers."""
    if raw.sheet and (table := _table_or_none(raw.sheet)) is not None:
        return table
    if sheets == 1 and (table := _table_or_none(stem_of(path))) is not None:
        return table
    recognised = recognise_table(raw.header)
    return TABLES[recognised] if recognised else None
