"""Days as the lists have them: a whole date, or a month or year, which is past only when all of it is."""

from __future__ import annotations

from datetime import date


def is_past(day: str, today: str) -> bool:
    """Whether a day, month or year (ISO) is over on a day (ISO)."""
    return day < today[: len(day)]


def years_before(day: str, years: int) -> str:
    """The same day so many years before (ISO); the last of February for the 29th."""
    then = date.fromisoformat(day)
    month_day = (then.month, 28) if (then.month, then.day) == (2, 29) else (then.month, then.day)
    return date(then.year - years, *month_day).isoformat()
