"""Dates and years as people write them → ISO dates of the precision that is there, with what was guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年|(\d{2})(\d{2})|(\d{2}))?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_SHORT = re.compile(r"'?(\d{2})[.年](\d{1,2})(?:[.月](\d{1,2})日?|月)?", re.ASCII)
_TENTH = re.compile(r"(\d{2}|\d{4})\.1", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_RANGE = re.compile(r"(?P<from>\d{4}.*?)\s*(?:至|到|—+|–|―|~|～|--|-(?=\s*\d{4}(?!\d))|-?(?=至今|今))\s*(?P<to>.*)", re.ASCII)
_CHINESE = re.compile(r"([〇零○一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})[日号])?)?")
_DIGITS = {c: str(i) for digits in ("〇一二三四五六七八九", "零", "○") for i, c in enumerate(digits)}
_EPOCH = date(1899, 12, 30)
OPEN_ENDS = frozenset({"至今", "今", "现在", "目前", "长期", "长期有效", "永久", "无限期", "present", "now"})
"""Words for an end that has not come."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A date, and why it may be another: nothing where it is plain."""

    value: str
    doubt: str = ""


def read_date(text: str, *, end: bool = False) -> Guess | None:
    """Understand a date.

    Args:
        text: simplified, of normal width, without outer space.
        end: the date is the end of something: of a range (`2019-2023`) its end is meant, else its beginning.

    Returns:
        `1960`, `1960-05` or `1960-05-17`; an empty value for an end that has not come (`至今`); None for what is no date.

    A year of two digits stands for 1930 to 2029, as in Excel; a number of five digits is Excel's count of days from 1900.
    """
    if end and text.casefold() in OPEN_ENDS:
        return Guess("")
    return _single(text) or _of_range(text, end)


def _single(text: str) -> Guess | None:
    """A date that is no range."""
    if found := _CHINESE.fullmatch(text):
        text = _in_digits(found)
    if (found := _SERIAL.fullmatch(text)) and (days := int(found.group(1))):
        return Guess((_EPOCH + timedelta(days=days)).isoformat(), "a number of five digits is Excel's for a day")
    if found := _DATE.fullmatch(text):
        year, month, day_, month8, day8, month6 = found.groups()
        value = _iso(year, month or month8 or month6, day_ or day8)
    elif found := _SHORT.fullmatch(text):
        value = _iso(("19" if found.group(1) >= "30" else "20") + found.group(1), found.group(2), found.group(3))
    else:
        return None
    if value is None:
        return None
    if _TENTH.fullmatch(text):
        return Guess(value, "October, if it was typed as a number with .10")
    return Guess(value, "a year of two digits is one of 1930 to 2029" if _SHORT.fullmatch(text) else "")


def _of_range(text: str, end: bool) -> Guess | None:
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    first, last = found["from"].strip(), found["to"].strip()
    opened = not last or last.casefold() in OPEN_ENDS
    beginning, ending = _single(first), Guess("") if opened else _single(last)
    if beginning is None or ending is None or (not opened and ending.value < beginning.value):
        return None
    return Guess((ending if end else beginning).value, f"of a range its {'end' if end else 'beginning'} was taken")


def _iso(year: str, month: str | None, day_: str | None) -> str | None:
    try:
        date(int(year), int(month or 1), int(day_ or 1))
    except ValueError:
        return None
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day_) if part)])


def _in_digits(found: re.Match[str]) -> str:
    year, month, day_ = found.groups()
    return "-".join(["".join(_DIGITS[c] for c in year), *(str(_count(part)) for part in (month, day_) if part)])


def _count(words: str) -> int:
    """The number of Chinese words up to ninety-nine: 十二, 二十, 三十一."""
    tens, ten, ones = words.rpartition("十")
    return (int(_DIGITS.get(tens, "1")) * 10 if ten else 0) + (int(_DIGITS.get(ones, "0")) if ones else 0)
