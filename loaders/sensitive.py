"""Sensitive data inside cells: keys of nested objects, and residents' identity numbers, are taken out before anything is kept."""

from __future__ import annotations

import json
from dataclasses import replace

from stdnum.cn import ric as identity_number

from loaders.headers import is_sensitive
from loaders.raw import Cell, RawTable


def is_identity_number(cell: Cell) -> bool:
    """Whether a cell is a resident's identity number (GB 11643)."""
    return isinstance(cell, str) and len(cell) == 18 and cell[:17].isdigit() and bool(identity_number.is_valid(cell))


def without_sensitive(value: object, place: str, removed: set[str]) -> object:
    """A nested value without sensitive keys and identity numbers, at every depth, in JSON text too.

    Args:
        value: a value as JSON or parquet has it.
        place: where it stands: header, then keys, parted by dots.
        removed: takes the places of what was left out.

    Raises:
        RecursionError: it is nested too deep.
    """
    if isinstance(value, dict):
        kept = {}
        for key, inner in value.items():
            inner_place = f"{place}.{str(key).strip()}"
            if is_sensitive(str(key)) or (isinstance(inner, str) and is_identity_number(inner.strip())):
                removed.add(inner_place)
            else:
                kept[key] = without_sensitive(inner, inner_place, removed)
        return kept
    if isinstance(value, list | tuple):
        if any(isinstance(inner, str) and is_identity_number(inner.strip()) for inner in value):
            removed.add(place)
        return [without_sensitive(inner, place, removed) for inner in value if not (isinstance(inner, str) and is_identity_number(inner.strip()))]
    if isinstance(value, str) and looks_nested(value):
        try:
            nested = json.loads(value)
        except ValueError:
            return value
        found: set[str] = set()
        kept_part = without_sensitive(nested, place, found)
        removed |= found
        return json.dumps(kept_part, ensure_ascii=False) if found else value
    return value


def looks_nested(text: str) -> bool:
    """Whether a text could be an object, or a list, in JSON."""
    return text.lstrip()[:1] in ("{", "[") and '"' in text


def without_sensitive_text(raw: RawTable) -> RawTable:
    """A table of text without what is sensitive in cells that hold JSON."""
    removed: set[str] = set(raw.refused)
    for cells in raw.rows:
        for i, cell in enumerate(cells):
            if isinstance(cell, str) and cell[:1] in ("{", "[") and i < len(raw.header):
                try:
                    cells[i] = str(without_sensitive(cell, raw.header[i], removed))
                except RecursionError:
                    cells[i] = ""
                    removed.add(raw.header[i])
    return replace(raw, refused=tuple(sorted(removed))) if removed else raw
