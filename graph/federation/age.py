"""Which of two values is newer, as far as anything tells.

Loading tells by changes alone: the load that changed a record's property (or added the record to a table that was there before) saw the value
become what it is. A record that was only given another id (the same load removed one of its name), or that repeats what another record of the
source says of the same thing, is no such change. A value that has stood there since its table was first loaded may be of any age; all that is
known is that it is no younger than that load. The order in which two sources were first loaded says nothing. Where loading does not tell, a day
that both records state of themselves (a column 更新时间, last_updated …) does, for the record as a whole.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from graph.history import ADDED, CHANGED, REMOVED
from graph.ids import split_id
from graph.names import simplified
from graph.schema import NODES, columns
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
    """The changes that the loads of two sources saw, and the days that records state of themselves. (`paired` must be there.)"""

    def __init__(self, con: duckdb.DuckDBPyConnection, first: str, second: str, records: Iterable[str]) -> None:
        records = list(dict.fromkeys(records))
        self._changed: dict[tuple[str, str], datetime] = {(record, property_): at for record, property_, at in con.execute(f"""
            SELECT c.source || '/' || c.tbl || '/' || c.id, c.property, max(l.loaded_at) FROM changes c JOIN loads l ON l.load_id = c.load_id
            WHERE c.source IN (?, ?) AND c.change = '{CHANGED}' GROUP BY ALL""", [first, second]).fetchall()}
        self._added: dict[str, datetime] = {}
        self._renumbered: dict[str, datetime] = {}
        for record, at, renumbered in con.execute(f"""
                SELECT c.source || '/' || c.tbl || '/' || c.id, l.loaded_at, EXISTS (
                    SELECT 1 FROM changes o WHERE o.load_id = c.load_id AND o.change = '{REMOVED}' AND o.property = c.property AND o.before = c.after)
                FROM changes c JOIN loads l ON l.load_id = c.load_id
                WHERE c.source IN (?, ?) AND c.change = '{ADDED}' ORDER BY l.loaded_at""", [first, second]).fetchall():
            here, there = (self._renumbered, self._added) if renumbered else (self._added, self._renumbered)
            here[record] = at
            there.pop(record, None)
        self._first = {(source, table): at for source, table, at in con.execute(
            "SELECT source, tbl, min(loaded_at) FROM loads WHERE source IN (?, ?) GROUP BY ALL", [first, second]).fetchall()}
        self._beside, self._values = _records_beside(con, [record for record in records if record in self._added])
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
        return max((at for record in records if (at := self._became(property_, record)) is not None), default=None)

    def _became(self, property_: str, record: str) -> datetime | None:
        """When a load saw a record's value become what it is, or the first of the source's records of the same thing that say the same."""
        says_so = [record, *(other for other in self._beside.get(record, ()) if self._repeats(property_, record, other))]
        times = [max((at for at in (self._changed.get((r, property_)), self._added.get(r)) if at is not None), default=None) for r in says_so]
        return None if None in times else min(at for at in times if at is not None)

    def _repeats(self, property_: str, record: str, other: str) -> bool:
        """Whether another record says all that a record says of a property."""
        mine, theirs = (self._values[r].get(property_) for r in (record, other))
        return set(mine) <= set(theirs) if isinstance(mine, list) and isinstance(theirs, list) else mine == theirs

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
        """The latest time from which on the values are known to be there."""
        alike = [r for record in records for r in (record, *self._beside.get(record, ()))]
        return max((at for r in alike if (at := self._renumbered.get(r) or self._first.get(split_id(r)[:2])) is not None), default=datetime.max)


def _records_beside(con: duckdb.DuckDBPyConnection, records: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, dict[str, object]]]:
    """Record → the other records of the same thing in its source; and of all of them, property → value."""
    beside: dict[str, list[str]] = defaultdict(list)
    with lent(con, "wanted", strings(record=records)):
        for record, other in con.execute("SELECT a.record, b.record FROM wanted w JOIN paired a ON a.record = w.record "
                                         "JOIN paired b ON b.entity = a.entity AND b.side = a.side AND b.record <> a.record").fetchall():
            beside[record].append(other)
    values: dict[str, dict[str, object]] = {}
    for table, wanted in _by_table([*beside, *(other for others in beside.values() for other in others)]).items():
        names = [p.name for p in columns(NODES[table])]
        with lent(con, "wanted", strings(record=wanted)):
            rows = con.execute(f"SELECT w.record, {', '.join(f'r.{quoted(name)}' for name in names)} FROM records.{quoted(table)} r "
                               f"JOIN wanted w ON w.record = r.source || '/{table}/' || r.id").fetchall()
        values.update({record: dict(zip(names, cells, strict=True)) for record, *cells in rows})
    return beside, values


def _by_table(records: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for record in dict.fromkeys(records):
        found[split_id(record)[1]].append(record)
    return found


def _stated_days(con: duckdb.DuckDBPyConnection, records: Iterable[str]) -> dict[str, date]:
    """Record → the day on which it says that it was last changed, from a column beyond the schema."""
    found: dict[str, date] = {}
    for table, wanted in _by_table(records).items():
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
