"""Full ids: `source/table/id`, of which the id may hold any character."""

from __future__ import annotations

import hashlib


def full_id(source: str, table: str, record_id: str) -> str:
    return f"{source}/{table}/{record_id}"


def split_id(full: str) -> tuple[str, str, str]:
    """Source, table and id of a full id.

    Raises:
        ValueError: `full` has fewer than two slashes.
    """
    source, table, record_id = full.split("/", 2)
    return source, table, record_id


def digest(*parts: str, length: int = 16) -> str:
    """A short stable id made from texts (SHA-256, hexadecimal)."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:length]
