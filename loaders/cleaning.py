"""A cell → a value of its property's type, or what is wrong with it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from graph.names import simplified
from graph.schema import Property, Type
from loaders.files import Cell

Value = str | int | float | bool | list[str] | None

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
"""Control characters, and those that are not seen (zero width, direction): two names that look alike are alike."""
_SEPARATORS = re.compile(r"[;；、|\n]+")
_SEPARATORS_AND_COMMA = re.compile(r"[;；、|,，\n]+")
_TRUE = {"true", "1", "是", "有", "yes", "y", "√", "✓", "t", "对"}
_FALSE = {"false", "0", "否", "无", "no", "n", "×", "x", "f", "不", "非"}
_EMPTY = {"", "-", "--", "—", "/", "\\", "无", "null", "none", "nan", "n/a", "na", "暂无", "不详", "未知", "#n/a"}
_NUMBER = re.compile(r"[-+]?(\d+(,\d{3})*|\d*)(\.\d*)?(e[-+]?\d+)?", re.ASCII)
_SCALES = {"亿": 1e4, "千万": 1e3, "百万": 1e2, "万": 1.0, "元": 1e-4}
_DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年|(\d{2})(\d{2})|(\d{2}))?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell could not be understood (code, message)."""

    code: str
    message: str


def is_empty(text: str, *, name: bool = False) -> bool:
    """Whether a cell's text stands for no value: nothing, -, 无, null … (NA, which somebody may be called, is no such word in a name)."""
    plain = text.casefold()
    return plain in _EMPTY and not (name and plain == "na")


def clean_text(value: str) -> str:
    """Text without control characters and outer space."""
    return _CONTROL.sub("", value).strip()


def one_line(value: str) -> str:
    """A name or title: full-width forms as ordinary ones, runs of space as one."""
    return re.sub(r"\s+", " ", _CONTROL.sub("", simplified_width(value))).strip()


def simplified_width(value: str) -> str:
    """Full-width letters, digits and spaces as ordinary ones; Chinese punctuation stays."""
    return value.translate(_WIDTH)


_WIDTH = {**{c: c - 0xFEE0 for c in range(0xFF10, 0xFF5B) if chr(c).isalnum()}, 0x3000: 0x20, 0xFF08: 0x28, 0xFF09: 0x29, 0xA0: 0x20}


def clean(p: Property, cell: Cell) -> Value | Problem:
    """The value of a cell under a property; None where it is empty."""
    if p.type is Type.LIST:
        return _list(p, cell)
    text = "; ".join(cell) if isinstance(cell, list) else cell
    text = clean_text(text) if p.longest else one_line(text)
    if is_empty(text, name=p.fulltext) and not (p.type is Type.BOOLEAN and text.casefold() in _FALSE):
        return None
    if p.fulltext or p.longest:
        return text
    if p.choices:
        return _choice(p, text)
    return _PARSERS[p.type](p, text)


def _list(p: Property, cell: Cell) -> Value | Problem:
    """Items without repetition, in the order in which they came."""
    parts = cell if isinstance(cell, list) else (_SEPARATORS if p.titles else _SEPARATORS_AND_COMMA).split(cell)
    items = [item for part in parts if not is_empty(item := one_line(part), name=p.titles)]
    if p.choices:
        found = [_choice(p, item) for item in items]
        if (problem := next((f for f in found if isinstance(f, Problem)), None)) is not None:
            return problem
        items = [f for f in found if isinstance(f, str)]
    return list(dict.fromkeys(items)) or None


def _choice(p: Property, text: str) -> Value | Problem:
    key = simplified(text).strip().casefold()
    for value, chinese in p.choices.items():
        if key == value.casefold() or key in chinese:
            return value
    return Problem("unknown_value", f"{p.label}: one of {', '.join(p.choices)} is expected")


def _number(p: Property, text: str) -> float | Problem:
    """A number; money in 万元 where a unit (亿, 万, 元) stands behind it; a per cent as a part of one."""
    plain = simplified(text).replace(" ", "").casefold()
    factor = parts = 1.0
    if plain.endswith("%"):
        plain, parts = plain[:-1], 100.0
    elif "万元" in p.note:
        plain = plain.removeprefix("人民币").removeprefix("¥").removesuffix("人民币")
        unit = next((u for u in _SCALES if plain.removesuffix("元").endswith(u)), "元" if plain.endswith("元") else "")
        if unit:
            plain, factor = plain.removesuffix("元").removesuffix(unit), _SCALES[unit]
    if not plain or not _NUMBER.fullmatch(plain) or not any(c.isdigit() for c in plain):
        return Problem("not_a_number", f"{p.label}: a number is expected")
    value = float(plain.replace(",", "")) * factor / parts
    if not math.isfinite(value):
        return Problem("not_a_number", f"{p.label}: a finite number is expected")
    if (p.minimum is not None and value < p.minimum) or (p.maximum is not None and value > p.maximum):
        return Problem("out_of_range", f"{p.label}: outside {_bounds(p)}")
    return value


def _bounds(p: Property) -> str:
    low = "" if p.minimum is None else f"{p.minimum:g}"
    high = "" if p.maximum is None else f"{p.maximum:g}"
    return f"{low}–{high}"


def _integer(p: Property, text: str) -> int | Problem:
    value = _number(p, re.sub(r"(人|名|个|项|次|人次|级)$", "", text))
    if isinstance(value, Problem):
        return value
    if not value.is_integer() or abs(value) >= 2**53:
        return Problem("not_an_integer", f"{p.label}: a whole number is expected")
    return int(value)


def _year(p: Property, text: str) -> int | Problem:
    found = re.fullmatch(r"([0-9]{4})(年|年度)?|([0-9]{4})[-/.年].*", simplified(text).strip())
    if not found:
        return Problem("not_a_year", f"{p.label}: a year of four digits is expected")
    year = int(found.group(1) or found.group(3))
    if (p.minimum is not None and year < p.minimum) or (p.maximum is not None and year > p.maximum):
        return Problem("out_of_range", f"{p.label}: outside {_bounds(p)}")
    return year


def _boolean(p: Property, text: str) -> bool | Problem:
    plain = simplified(text).casefold()
    if plain in _TRUE or plain in _FALSE:
        return plain in _TRUE
    return Problem("not_yes_or_no", f"{p.label}: yes or no (是/否) is expected")


def _date(p: Property, text: str) -> str | Problem:
    """An ISO date of the precision that is there: `1960`, `1960-05`, `1960-05-17`. A number of 5 digits is Excel's."""
    plain = simplified(text).strip()
    if len(plain) == 5 and plain.isascii() and plain.isdigit():
        return (_EXCEL_EPOCH + timedelta(days=int(plain))).isoformat()
    found = _DATE.fullmatch(plain)
    if not found:
        return Problem("not_a_date", f"{p.label}: a date such as 1960, 1960-05 or 1960-05-17 is expected")
    year, month, day_, month8, day8, month6 = found.groups()
    month, day_ = month or month8 or month6, day_ or day8
    try:
        date(int(year), int(month or 1), int(day_ or 1))
    except ValueError:
        return Problem("not_a_date", f"{p.label}: there is no such day")
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day_) if part)])


def _text(p: Property, text: str) -> str:
    return text


_PARSERS: dict[Type, Callable[[Property, str], Value | Problem]] = {
    Type.TEXT: _text, Type.INTEGER: _integer, Type.NUMBER: _number, Type.BOOLEAN: _boolean, Type.DATE: _date, Type.YEAR: _year,
}
