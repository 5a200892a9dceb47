"""source.toml: what a source says of itself, and what its columns are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from graph.errors import SourceError, UnknownTable, UsageError
from graph.records import SourceInfo
from graph.schema import BUNDLED_SOURCE, Table, columns, table_named

SETTINGS = "source.toml"
_LOWEST_RANK = 1_000_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a folder's source.toml says: of the source, and table → header → property."""

    info: SourceInfo
    columns: Mapping[str, Mapping[str, str]]
    named: bool
    """Whether the name was given, by the user or by the file; else it is the folder's."""


def table_or_none(name: str) -> Table | None:
    """The table of a stem, a Chinese name or an alias."""
    try:
        return table_named(name)
    except UnknownTable:
        return None


def read_settings(folder: Path, told_name: str | None, own_name: str) -> Settings:
    """source.toml of a folder, checked. The name is what the user told, else what the file says, else the folder's or file's own.

    Raises:
        SourceError: the file is broken, or says what cannot be.
        UsageError: the name cannot be a source's.
    """
    path = folder / SETTINGS
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
    info = SourceInfo(name, rank=rank, expires=_expires(path, content.get("expires", "")), **texts)
    return Settings(info, merged, told_name is not None or "name" in content)


def _expires(path: Path, said: object) -> str:
    """The day after which personal data should not be kept, as `2027-12-31`; nothing where nothing is said."""
    text = said.isoformat() if isinstance(said, date) and not isinstance(said, datetime) else said
    if text == "":
        return ""
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise SourceError(f"{path}: expires = {text!r}: there is no such day") from error
    raise SourceError(f"{path}: expires is a day such as \"2027-12-31\", not {said!r}")


def _check_mapping(path: Path, table_name: str, mapping: Mapping[str, object]) -> None:
    table = table_or_none(table_name)
    if table is None:
        raise SourceError(f"{path}: [columns.{table_name}]: there is no such table")
    from_schema = {"id", *(p.name for p in columns(table))}
    for header, property_name in mapping.items():
        if not isinstance(property_name, str) or property_name not in from_schema:
            raise SourceError(f"{path}: [columns.{table_name}] {header!r}: {property_name!r} is no column of {table.name}")
