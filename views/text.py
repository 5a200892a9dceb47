"""Text for narrow places: marked terms, labels cut and broken to a width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def marked(text: str, terms: Iterable[str]) -> list[tuple[str, bool]]:
    """A text in parts, each with whether it is (part of) one of the terms; cases alike, terms that overlap joined.

    A term in Latin letters (it may be a stem) counts only where a word begins.

    >>> marked("石墨烯电极", ["石墨", "墨烯"])
    [('石墨烯', True), ('电极', False)]
    """
    hit = [False] * len(text)
    for term in {t for t in terms if t.strip()}:
        begins = "(?<![A-Za-z])" if term[0].isascii() and term[0].isalpha() else ""
        for found in re.finditer(f"{begins}(?=({re.escape(term)}))", text, re.IGNORECASE):
            hit[found.start(1):found.end(1)] = [True] * (found.end(1) - found.start(1))
    parts: list[tuple[str, bool]] = []
    for character, is_hit in zip(text, hit, strict=True):
        if parts and parts[-1][1] == is_hit:
            parts[-1] = (parts[-1][0] + character, is_hit)
        else:
            parts.append((character, is_hit))
    return parts


def width(text: str) -> int:
    """How many columns a text takes: 2 for a wide (Chinese) character, 1 for others, 0 for combining ones."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shortened(text: str, columns: int) -> str:
    """A text of at most so many columns, control characters as spaces, the rest as …"""
    clean = " ".join("".join(" " if unicodedata.category(c).startswith(("C", "Z")) else c for c in text).split())
    if width(clean) <= columns:
        return clean
    taken, used = "", 1
    for c in clean:
        used += width(c)
        if used > columns:
            break
        taken += c
    return taken.rstrip() + "…"


def wrapped(text: str, columns: int, lines: int = 2) -> str:
    """A label broken into lines of so many columns; at most so many lines."""
    rest = shortened(text, columns * lines)
    found: list[str] = []
    while rest and len(found) < lines:
        line, used = "", 0
        for c in rest:
            if used + width(c) > columns and len(found) < lines - 1:
                break
            line, used = line + c, used + width(c)
        rest = rest[len(line):]
        found.append(line.strip())
    return "\n".join(found)
