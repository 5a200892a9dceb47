"""A cell → a value of its property's type, or what is wrong with it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from graph.names import simplified
from graph.schema import Property, Type
from loaders.dates import Guess, read_date
from loaders.raw import Cell

Value = str | int | float | bool | list[str] | None

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
"""Control characters, and those that are not seen (zero width, direction): two names that look alike are alike."""
_SEPARATORS = re.compile(r"[;；、|\n]+")
_SEPARATORS_AND_COMMA = re.compile(r"[;；、|,，\n]+")
_TRUE = {"true", "1", "是", "有", "yes", "y", "√", "✓", "✔", "☑", "■", "t", "对"}
_FALSE = {"false", "0", "否", "无", "no", "n", "×", "x", "f", "不", "非", "☐", "□"}
_EMPTY = {"", "-", "--", "—", "/", "\\", "无", "null", "none", "nan", "n/a", "na", "暂无", "不详", "未知", "#n/a"}
_NUMBER = re.compile(r"[-+]?(\d+(,\d{3})*|\d*)(\.\d*)?(e[-+]?\d+)?", re.ASCII)
_SCALES = {"亿": 1e4, "千万": 1e3, "百万": 1e2, "万": 1.0, "千": 0.1, "元": 1e-4}
_MONEY = "万元"
_ENDS = frozenset({"to", "valid_to", "deadline"})
"""Properties that say when something ends."""
_COUNTS = {"亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4}
_COUNTERS = re.compile(r"(人次|人|名|个|项|级|家|件|篇|位|次|场|户|所|岁|年)$")
_YEAR = re.compile(r"([0-9]{4})(?!.*[-—–~～至到]\s*[0-9]{4})(年(?!\s*[-—–~～至到]).*|[-/.][0-9]{1,2}(?![0-9]).*)?")
_NAME_IN_BRACKETS = re.compile(r"([^()]+?)\s*\(([^()]+)\)")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff\U00020000-\U0003ffff·•・]*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f .,'’\-]*")
_CUT_SHORT = re.compile(r"\d(\.\d+)?[eE]\+\d+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell could not be understood (code, message)."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value that may have been meant otherwise, and why."""

    value: Value
    why: str


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


def clean(p: Property, cell: Cell, unit: str = "") -> Value | Doubt | Problem:
    """The value of a cell under a property; None where it is empty.

    Args:
        p: the property.
        cell: the cell as it came.
        unit: what the column says of its unit (`元`, `亿元`, `%`): it holds for a number that brings none.
    """
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
    if unit and _unit_holds(p, unit) and _NUMBER.fullmatch(_plain_number(text)):
        text += unit
    return _PARSERS[p.type](p, text)


def _unit_holds(p: Property, unit: str) -> bool:
    """Whether a column's unit changes what its numbers mean: money in another unit than 万元, thousands of people, per cents."""
    if p.type is Type.INTEGER:
        return unit.startswith(tuple(_COUNTS))
    return p.type is Type.NUMBER and (unit.endswith("元") if _MONEY in p.note else unit == "%")


def _plain_number(text: str) -> str:
    return simplified(text).replace(" ", "").casefold()


def name_and_english(text: str) -> tuple[str, str] | None:
    """A name in Chinese with its form in Latin letters, or the other way round, in brackets: `王磊 (Wang Lei)` → (王磊, Wang Lei)."""
    found = _NAME_IN_BRACKETS.fullmatch(one_line(text))
    if not found:
        return None
    left, right = found.group(1).strip(), found.group(2).strip()
    if _HAN.fullmatch(left) and _LATIN.fullmatch(right):
        return left, right
    return (right, left) if _LATIN.fullmatch(left) and _HAN.fullmatch(right) else None


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
    """A number; money in 万元 where a unit (亿, 万, 元) stands behind it, a count with 万 or 亿 in ones; a per cent as a part of one."""
    plain = _plain_number(text)
    factor = parts = 1.0
    money = _MONEY in p.note
    if plain.endswith("%"):
        plain, parts = plain[:-1], 100.0
    else:
        plain = plain.removeprefix("人民币").removeprefix("¥").removesuffix("人民币") if money else _COUNTERS.sub("", plain)
        scales = _SCALES if money else _COUNTS if p.type is Type.INTEGER else {}
        bare = plain.removesuffix("元") if money else plain
        unit = next((u for u in scales if bare.endswith(u)), "元" if money and plain.endswith("元") else "")
        if unit:
            plain, factor = bare.removesuffix(unit), scales[unit]
    if not plain or not _NUMBER.fullmatch(plain) or not any(c.isdigit() for c in plain):
        return Problem("not_a_number", f"{p.label}: a number is expected")
    value = float(plain.replace(",", "")) * factor / parts
    if factor != 1:
        value = round(value, 9)  # 3千元 are 0.3, whatever binary fractions make of it
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
    value = _number(p, text)
    if isinstance(value, Problem):
        return value
    if not value.is_integer() or abs(value) >= 2**53:
        return Problem("not_an_integer", f"{p.label}: a whole number is expected")
    return int(value)


def _year(p: Property, text: str) -> int | Doubt | Problem:
    """A year of four digits; of a range (`2019-2023`) the first, with a doubt."""
    plain = simplified(text).strip().removesuffix("度")
    found = _YEAR.fullmatch(plain)
    guess = Guess(found.group(1)) if found else None if plain.isdigit() else read_date(plain)
    if guess is None or not guess.value:
        return Problem("not_a_year", f"{p.label}: a year of four digits is expected")
    year = int(guess.value[:4])
    if (p.minimum is not None and year < p.minimum) or (p.maximum is not None and year > p.maximum):
        return Problem("out_of_range", f"{p.label}: outside {_bounds(p)}")
    return Doubt(year, guess.doubt) if guess.doubt else year


def _boolean(p: Property, text: str) -> bool | Problem:
    plain = simplified(text).casefold()
    if plain in _TRUE or plain in _FALSE:
        return plain in _TRUE
    return Problem("not_yes_or_no", f"{p.label}: yes or no (是/否) is expected")


def _date(p: Property, text: str) -> str | Doubt | Problem | None:
    """An ISO date of the precision that is there: `1960`, `1960-05`, `1960-05-17`."""
    guess = read_date(simplified(text).strip(), end=p.name in _ENDS)
    if guess is None:
        return Problem("not_a_date", f"{p.label}: a date such as 1960, 1960-05 or 1960-05-17 is expected")
    return Doubt(guess.value or None, guess.doubt) if guess.doubt else guess.value or None


def _text(p: Property, text: str) -> str | Doubt:
    """Text as it is; a number of which a spreadsheet kept the first digits alone (1.38E+10) with a doubt."""
    if "+" in text and _CUT_SHORT.fullmatch(text):
        return Doubt(text, "a spreadsheet seems to have cut a number short: type it anew, as text")
    return text


_PARSERS: dict[Type, Callable[[Property, str], Value | Doubt | Problem]] = {
    Type.TEXT: _text, Type.INTEGER: _integer, Type.NUMBER: _number, Type.BOOLEAN: _boolean, Type.DATE: _date, Type.YEAR: _year,
}
