"""The two tables of words beside this file: terms of the trade with their short and English forms, and well-known institutions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from graph.names import name_key, simplified

_HAN = re.compile(r"[㐀-鿿]")


@cache
def _table(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(first column, every other form) of a table beside this file."""
    lines = files("graph.resolution").joinpath(name).read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line.strip() and not line.startswith("#"))
    return tuple((row[0], tuple(form.strip() for cell in row[1:] for form in cell.split(";") if form.strip())) for row in rows)


@cache
def institutions() -> Mapping[str, str]:
    """Key of each name of a well-known institution → its name."""
    return {name_key(form): name for name, forms in _table("institutions.tsv") for form in (name, *forms)}


@cache
def short_terms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Short Chinese forms of terms, the longest first, each where the full form does not stand already."""
    pairs = [(form, term) for term, forms in _table("terms.tsv") for form in forms if _HAN.search(form) or form.isupper()]
    return tuple((re.compile(re.escape(simplified(form)) + ("(?!学)" if form.endswith("大") else ""), re.IGNORECASE), term)
                 for form, term in sorted(pairs, key=lambda p: -len(p[0])))


@cache
def english_terms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """English forms of terms with the term, the longest first."""
    pairs = [(form, term) for term, forms in _table("terms.tsv") for form in forms if form.isascii() and not form.isupper()]
    return tuple((re.compile(rf"\b{re.escape(form)}\b", re.IGNORECASE), term) for form, term in sorted(pairs, key=lambda p: -len(p[0])))


@cache
def terms() -> tuple[str, ...]:
    """Every Chinese term, the longest first."""
    return tuple(sorted((term for term, _ in _table("terms.tsv")), key=len, reverse=True))
