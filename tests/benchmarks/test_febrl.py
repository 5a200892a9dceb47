"""Linking two files: shares estimated from scored pairs, and one partner for each record."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.febrl import FEBRL, link
from benchmarks.resolve_bench import level_shares
from graph.resolution.engine import Comparison, Level

COLOUR = Comparison("colour", "colour", "colour_l IS NULL", (Level("same", "a", 0.9, 0.1), Level("near", "b", 0.05, 0.2)), otherwise=(0.05, 0.7))


def test_shares_count_pairs_by_their_weight_and_leave_the_unknown_out() -> None:
    pairs = pa.table({"gamma_colour": [2, 2, 1, 0, -1]})
    assert level_shares(pairs, COLOUR, np.array([1.0, 0.5, 0.25, 0.25, 9.0])) == pytest.approx([0.75, 0.125, 0.125])


def test_levels_that_no_pair_has_get_nothing() -> None:
    assert level_shares(pa.table({"gamma_colour": [1, 1]}), COLOUR, np.ones(2)) == [0.0, 1.0, 0.0]


def people(ending: str, slips: bool) -> list[dict[str, str | None]]:
    """Made-up people: every one has names, a date and a number of their own; with slips one thing of each is wrong or missing."""
    made: list[dict[str, str | None]] = []
    for i in range(120):
        row: dict[str, str | None] = {
            "unique_id": f"rec-{i}-{ending}", "given_name": f"given{chr(97 + i % 26)}{chr(97 + i // 26)}",
            "surname": f"{chr(97 + i * 7 % 26)}{chr(97 + i // 5)}son", "street_number": str(i * 13 % 97),
            "address_1": f"{chr(97 + i * 3 % 26)}ark street {i}", "address_2": None,
            "suburb": f"suburb{i % 9}", "postcode": str(2000 + i * 37 % 500), "state": ("nsw", "vic")[i % 2],
            "date_of_birth": f"19{i % 90 + 10}{i % 12 + 1:02}{i % 28 + 1:02}", "soc_sec_id": str(1000000 + i * 72931)}
        if slips and i % 3 == 0:
            row["given_name"], row["surname"] = row["surname"], row["given_name"]
        if slips and i % 3 == 1:
            row["soc_sec_id"] = None
        if slips and i % 3 == 2:
            row["surname"] = f"{row['surname']}x"
        made.append(row)
    return made


def test_records_with_slips_find_their_partner_and_strangers_none() -> None:
    first, second = people("org", slips=False), people("dup-0", slips=True)
    columns = first[0].keys()
    records = pa.table({c: pa.array([row[c] for row in (*first[:100], *second[20:])], pa.string()) for c in columns})
    assert link(records) == {(f"rec-{i}-org", f"rec-{i}-dup-0") for i in range(20, 100)}


def test_the_model_speaks_of_columns_that_the_files_have() -> None:
    assert [c.name for c in FEBRL.comparisons] == ["given_name", "surname", "address_1", "address_2", "suburb", "street_number", "postcode",
                                                   "date_of_birth", "soc_sec_id", "state"]
