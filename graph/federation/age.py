"""Which of two values is newer, as far as anything tells.

Loading tells by changes alone: the load that changed a record's property (or added the record to a table that was there before) saw the value
become what it is. A value that has stood there since its table was first loaded may be of any age; all that is known is that it is no younger than
that load. The order in which two sources were first loaded says nothing. Where loading does not tell, a day that both records state of
themselves (a column 更新时间, last_updated …) does, for the record as a whole.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from graph.history import ADDED, CHANGED
from graph.ids import split_id
from graph.names import simplified
from graph.sql import lent, quoted, strings

UNKNOWN = "unknown"
BY_LOAD, BY_DATE = "load", "stated date"

_DATE_HEADER = (r"^(数据|信息|资料|记录)?(最后|最近)?(更新|修改|变更)(时间|日期)$"
                r"|^(last_?)?(updated?|modified|changed)_?(at|on|time|date)?$|^(update|modification)_?(time|date)$")
_NOISE = re.compile(r"[\s\-:：]+")
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})|(\d{2})(\d{2}))(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Age:
    """Which side's value is newer (FIRST, SECOND, or None: unknown), what tells (BY_LOAD, BY_DATE, or ""), and when each was last changed (UTC)."""

    newer: int | None
    by: str
    changed: tuple[datetime | None, datetime | None]


class Ages:
    """The changes that the loads of two sources saw, and the days that records state of themselves."""

    def __init__(self, con: duckdb.DuckDBPyConnection, first: str, second: str, records: Iterable[str]) -> None:
        self._changed: dict[tuple[str, str], datetime] = {}
        rows = con.execute(f"""
            SELECT c.source || '/' || c.tbl || '/' || c.id, CASE WHEN c.change = '{ADDED}' THEN '' ELSE c.property END, max(l.loaded_at)
            FROM changes c JOIN loads l ON l.load_id = c.load_id
            WHERE c.source IN (?, ?) AND c.change IN ('{ADDED}', '{CHANGED}') GROUP BY ALL""", [first, second]).fetchall()
        for record, property_, at in rows:
            self._changed[record, property_] = at
        self._first = {(source, table): at for source, table, at in con.execute(
            "SELECT source, tbl, min(loaded_at) FROM loads WHERE source IN (?, ?) GROUP BY ALL", [first, second]).fetchall()}
        self._stated = _stated_days(con, records)

    def compare(self, property_: str, left: Sequence[str], right: Sequence[str]) -> Age:
        """Which value of a property is newer, by the records (full ids) that state it on either side."""
        changed = (self._last_change(property_, left), self._last_change(property_, right))
        if (newer := self._by_load(changed, left, right)) is not None:
            return Age(newer, BY_LOAD, changed)
        days = [max((self._stated[r] for r in records if r in self._stated), default=None) for records in (left, right)]
        if days[0] is not None and days[1] is not None and days[0] != days[1]:
            return Age(1 if days[0] > days[1] else 2, BY_DATE, changed)
        return Age(None, "", changed)

    def _last_change(self, property_: str, records: Sequence[str]) -> datetime | None:
        return max((at for r in records for key in ((r, property_), (r, "")) if (at := self._changed.get(key)) is not None), default=None)

    def _by_load(self, changed: tuple[datetime | None, datetime | None], left: Sequence[str], right: Sequence[str]) -> int | None:
        match changed:
            case datetime() as one, datetime() as other:
                return None if one == other else 1 if one > other else 2
            case datetime() as one, None:
                return 1 if one > self._there_since(right) else None
            case None, datetime() as other:
                return 2 if other > self._there_since(left) else None
            case _:
                return None

    def _there_since(self, records: Sequence[str]) -> datetime:
        return max((at for r in records if (at := self._first.get(split_id(r)[:2])) is not None), default=datetime.max)


def _stated_days(con: duckdb.DuckDBPyConnection, records: Iterable[str]) -> dict[str, date]:
    """Record → the day on which it says that it was last changed, from a column beyond the schema."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for record in dict.fromkeys(records):
        by_table[split_id(record)[1]].append(record)
    found: dict[str, date] = {}
    for table, wanted in by_table.items():
        with lent(con, "wanted", strings(record=wanted)):
            rows = con.execute(f"SELECT w.record, r.extra FROM records.{quoted(table)} r JOIN wanted w ON w.record = r.source || '/{table}/' || r.id "
                               "WHERE r.extra IS NOT NULL").fetchall()
        for record, extra in rows:
            days = [day for header, cell in json.loads(extra).items() if is_date_header(header) and (day := _day(str(cell))) is not None]
            if days:
                found[record] = max(days)
    return found


def is_date_header(header: str) -> bool:
    """Whether a column says when its row was last changed."""
    return re.search(_DATE_HEADER, _NOISE.sub("", simplified(header).casefold())) is not None


def _day(cell: str) -> date | None:
    match = _DAY.match(simplified(cell).strip())
    if match is None:
        return None
    try:
        year, month, day = (int(part) for part in match.groups() if part)
        return date(year, month, day)
    except ValueError:
        return None
