"""Which rows under a header are no records: totals, notes, signatures, units, repeated headers and titles, sections, bare serial numbers.

Every rule asks for more than a word, since somebody may be called 总计, and a need may begin with 说明. What is passed over is named with its
row; what only looks like it stays a record, with a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from loaders.merging import Range
from loaders.raw import Cell, Noticed

_TOTAL_WORDS = (*(f"{first}{space}计" for first in "合总小共" for space in ("", " ", "  ", "\u3000")), "总数", "Total", "TOTAL", "total")
_TOTALS = frozenset(f"{word}{end}" for word in _TOTAL_WORDS for end in ("", "：", ":"))
_AMOUNT = r"[-+]?[\d,，]+(\.\d+)?\s*(%|％|人次|人|家|项|个|名|条|户|所|件|万元|亿元|元|万|亿)?"
_NUMBER = re.compile(_AMOUNT)
_COUNTED = re.compile(rf"(合\s*计|总\s*计|小\s*计|共\s*计|总数|共|以上共|total)\s*[:：]?\s*{_AMOUNT}\s*[。.]?", re.IGNORECASE)
"""A total in one cell: `合计：12人`, `共12项`."""
_LONGEST_NUMBER = 9
"""Digits of a total at most: a longer number is a telephone, or an id."""
_NOTE = re.compile(r"([（(]?\s*(备\s*注|附\s*注|注|注释|说\s*明|填表说明|填报说明|填写说明|数据来源|资料来源|来源)\s*\d*\s*[:：]|[※*＊▲]\s*\S)")
_SIGNATURE = re.compile(
    r"(填表人|制表人|填报人|填写人|编制人|审核人|复核人|校对人|经办人|联系人|负责人|单位负责人|部门负责人|主管领导|分管领导|领导|填报单位|填表单位|制表单位|"
    r"报送单位|主管部门|盖\s*章|公\s*章|单位公章|签\s*字|填报日期|填表日期|制表日期|报送日期|填报时间|填表时间|制表时间|日\s*期|联系电话|电\s*话)"
    r"\s*([（(][^（()）]*[)）])?\s*[:：]")
_GOES_ON = re.compile(r"[（(]?([0-9０-９]{1,2}|[①-⑳]|[一二三四五六七八九十]{1,3})\s*[)）、.．]")
"""A line that follows a note: `2. …`, `（二）…`."""
_SECTION = re.compile(r"([（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)")
_UNIT = re.compile(
    r"[(（\[【]?\s*(单位\s*[:：])?\s*(万元|千元|亿元|百万元|元|万美元|美元|%|％|人次|人|名|个|项|家|件|篇|户|所|年|岁|周岁|月|日|万人次|万人|万|亿|千|"
    r"平方米|㎡|亩|公里|吨|台|套|份|场|次|天|分)\s*[)）\]】]?")
_TAIL = 30
"""Rows at the end of a table, empty ones apart, among which notes are looked for."""


def units_row(cells: Sequence[Cell], header: Sequence[str]) -> bool:
    """Whether a row under a header says in which units the columns are: nothing but units, some columns without."""
    filled = [c for c in cells if c]
    return len(filled) < sum(1 for h in header if h) and all(isinstance(c, str) and _UNIT.fullmatch(c) for c in filled)


@dataclass(slots=True)
class Kept:
    """The rows that are records, and those that are not or hardly."""

    rows: list[list[Cell]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    noticed: list[Noticed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Body:
    """What tells records from other rows: the header, the rows that it was made of, the titles over it, and the column of serial numbers."""

    header: Sequence[str]
    header_rows: Sequence[Sequence[Cell]]
    titles: Sequence[Sequence[Cell]]
    serial_at: int | None

    def records(self, rows: Sequence[tuple[int, list[Cell]]], merged: Sequence[Range]) -> Kept:
        """Tell the records among the rows under a header."""
        kept = Kept()
        end = self._notes_at(rows)
        above = [("repeated_title", cells) for cells in self.titles] + [("repeated_header", cells) for cells in self.header_rows]
        repeated = {_filled(cells)[0]: (_filled(cells), code) for code, cells in above}
        sections = self._sections(merged)
        for number, cells in rows[:end]:
            lead = cells[0] or next(c for c in cells if c)
            code = ""
            if isinstance(lead, str) and lead in repeated and _filled(cells) == repeated[lead][0]:
                code = repeated[lead][1]
            elif not _TOTALS.isdisjoint(cells) or (lead[0] in "合总小共以Tt" and _COUNTED.fullmatch(str(lead))):
                code = _total(self._without_serial(cells), len(self.header))
            elif number in sections and len(_filled(cells)) == 1:
                code = "section_row"
            elif self.serial_at is not None and _only(cells, self.serial_at) and str(cells[self.serial_at]).isdecimal():
                code = "serial_number_alone"
            elif lead[0] in "(（一二三四五六七八九十" and _SECTION.match(str(lead)) and len(_filled(cells)) == 1 < len(self.header) - 1:
                code = "doubtful_section"
            if code:
                kept.noticed.append(noticed(number, cells, code))
            if not code or code in _DOUBTS:
                kept.rows.append(cells)
                kept.numbers.append(number)
        width = len(self.header)
        kept.noticed += [noticed(n, cells, "total_row" if _total(self._without_serial(cells), width) == "total_row" else "note_row")
                         for n, cells in rows[end:]]
        return kept

    def _without_serial(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """A row without its serial number, which is no number of a total."""
        return cells if self.serial_at is None else [c for i, c in enumerate(cells) if i != self.serial_at or not str(c).isdecimal()]

    def _sections(self, merged: Sequence[Range]) -> frozenset[int]:
        """Rows that are one cell over all columns, three or more."""
        columns = [i for i, h in enumerate(self.header) if h]
        return frozenset(r.first_row for r in merged if len(columns) >= 3 and r.first_row == r.last_row and r.first_column <= columns[0]
                         and r.last_column >= columns[-1])

    def _notes_at(self, rows: Sequence[tuple[int, list[Cell]]]) -> int:
        """Where the notes and signatures under a table begin."""
        if sum(1 for h in self.header if h) < 2:
            return len(rows)
        begin = len(rows)
        for i in range(len(rows) - 1, max(len(rows) - _TAIL, 0) - 1, -1):
            filled = _filled(rows[i][1])
            if _is_note(filled):
                begin = i
            elif not (len(filled) == 1 and _GOES_ON.match(filled[0])) and not _total(self._without_serial(rows[i][1]), len(self.header)):
                break
        return begin


_WORDS = {
    "title_row": "a title above the header: passed over", "units_row": "units under the header: no record",
    "repeated_header": "the header once more: no record", "repeated_title": "the title once more: no record",
    "total_row": "a total: no record", "section_row": "a heading over all columns: no record",
    "serial_number_alone": "a serial number alone: no record", "note_row": "a note under the table: no record",
    "doubtful_total": "reads like a total, but holds no number: taken as a record",
    "doubtful_section": "reads like a heading: taken as a record",
}
_DOUBTS = frozenset({"doubtful_total", "doubtful_section"})
_LONG_NUMBER = re.compile(r"\d{7,}")


def noticed(number: int, cells: Sequence[Cell], code: str) -> Noticed:
    """A row with what it says; numbers that could be a telephone's are left out."""
    return Noticed(number, _LONG_NUMBER.sub("…", " | ".join(_filled(cells))), code, _WORDS[code])


def _filled(cells: Sequence[Cell]) -> list[str]:
    return [str(c) for c in cells if c]


def _only(cells: Sequence[Cell], at: int) -> bool:
    """Whether one cell alone is filled."""
    return at < len(cells) and bool(cells[at]) and not any(cells[:at]) and not any(cells[at + 1:])


def _total(cells: Sequence[Cell], width: int) -> str:
    """`total_row`: one word for a total, and nothing else but numbers, one at least; or `合计：12人` alone. `doubtful_total`: the word alone."""
    filled = _filled(cells)
    if not filled:
        return ""
    if len(filled) == 1:
        if _COUNTED.fullmatch(filled[0]) and width > 1:
            return "total_row"
        return "doubtful_total" if filled[0] in _TOTALS and width > 1 else ""
    words = [c for c in filled if not _is_amount(c)]
    return "total_row" if len(words) == 1 and words[0] in _TOTALS else ""


def _is_amount(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or _COUNTED.fullmatch(text)) and sum(c.isdigit() for c in text) <= _LONGEST_NUMBER


def _is_note(filled: Sequence[str]) -> bool:
    """A note alone in its row (`备注：…`), or names and dates behind their words (`填表人：…`, or `填表人：` and the name in the next cell)."""
    if len(filled) == 1 and _NOTE.match(filled[0]):
        return True
    if not _SIGNATURE.match(filled[0]):
        return False
    return all(_SIGNATURE.match(c) or (i > 0 and _SIGNATURE.fullmatch(filled[i - 1])) for i, c in enumerate(filled))
