"""Dates as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.dates import Guess, read_date


@pytest.mark.parametrize(("text", "value"), [
    ("二〇二一年三月", "2021-03"), ("二○二一年十二月三十一日", "2021-12-31"), ("一九六〇年", "1960"), ("一九九九年十月二十日", "1999-10-20"),
    ("二零零一年十一月九日", "2001-11-09"), ("1960年5月", "1960-05"), ("1960.05", "1960-05"), ("1960.5.17", "1960-05-17"), ("1960", "1960"),
])
def test_plain_dates(text: str, value: str) -> None:
    assert read_date(text) == read_date(text, end=True) == Guess(value)


@pytest.mark.parametrize(("text", "value", "why"), [
    ("60.5", "1960-05", "1930 to 2029"), ("29.12", "2029-12", "1930 to 2029"), ("30.01", "1930-01", "1930 to 2029"),
    ("98年7月", "1998-07", "1930 to 2029"),
    ("'85.3.12", "1985-03-12", "1930 to 2029"), ("60.1", "1960-01", "October"), ("1960.1", "1960-01", "October"), ("22053", "1960-05-17", "Excel"),
    ("45292.75", "2024-01-01", "Excel"), ("2019-2023", "2019", "beginning"), ("2019年5月至2020年6月", "2019-05", "beginning"),
    ("2019.3-2021.5", "2019-03", "beginning"), ("2019~2023", "2019", "beginning"), ("2019—", "2019", "beginning"), ("2019-至今", "2019", "beginning"),
])
def test_what_is_guessed_is_said(text: str, value: str, why: str) -> None:
    found = read_date(text)
    assert found is not None
    assert found.value == value
    assert why in found.doubt


@pytest.mark.parametrize(("text", "value"), [("2019-2023", "2023"), ("2019.3-2021.5", "2021-05"), ("2019年至今", ""), ("2019—", "")])
def test_of_a_range_an_end_takes_the_end(text: str, value: str) -> None:
    assert read_date(text, end=True) == Guess(value, "of a range its end was taken")


@pytest.mark.parametrize("text", ["至今", "长期", "present"])
def test_an_end_that_has_not_come(text: str) -> None:
    assert read_date(text, end=True) == Guess("")
    assert read_date(text) is None


@pytest.mark.parametrize("text", [
    "", "至", "2023-2019", "60.13", "12/5", "12-05-2020", "17.5.1960", "二〇二一年十三月", "二〇二一年二月三十日", "00000", "2019-2020-2021",
    "第12期", "二十一年"])
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


@given(day=st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_in_every_common_form(day: date) -> None:
    plain = (day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day.year:04d}.{day.month}.{day.day}",
             f"{day.year:04d}年{day.month}月{day.day}日")
    assert {read_date(text) for text in plain} == {Guess(day.isoformat())}


@given(text=st.text(alphabet="0123456789.-年月日至今~ 二〇一三十", max_size=14))
def test_any_text_is_a_date_or_none(text: str) -> None:
    for end in (False, True):
        found = read_date(text, end=end)
        if found is not None and found.value:
            parts = [int(p) for p in found.value.split("-")]
            assert date(*(*parts, 1, 1)[:3])
