"""Scoring pairs of records by a declared model: Fellegi and Sunter's sum of weights, computed by Splink on DuckDB.

A model is a table of comparisons; a comparison is a list of levels, the first that holds speaks: its weight is log2(m / u), where
m is how often the level holds for two records of one thing and u how often for two of different things. Where a level names a column for term
frequencies, u is how often the value itself occurs (Fellegi and Sunter, A Theory for Record Linkage, JASA 1969, method I).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from graph.sql import lent


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two values agree or not. `holds` is SQL over columns with the endings _l and _r.

    words: what it says to a reader, in Chinese. frequency: the column whose value's frequency takes the place of u; `least` is the smallest
    u taken then.
    asks: such a pair is never merged without a person's look, however probable.
    """

    words: str
    holds: str
    m: float
    u: float
    frequency: str = ""
    least: float = 0.0
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """One piece of evidence. `label` is its Chinese name; `unknown` is SQL for pairs of which nothing can be said; `otherwise` is the last
    level (m, u).

    decisive: where no level holds, the two are not one, whatever else speaks for it; where nothing can be said, a person is asked.
    """

    name: str
    label: str
    unknown: str
    levels: tuple[Level, ...]
    otherwise: tuple[float, float]
    decisive: bool = False

    @property
    def words(self) -> dict[int, str]:
        """Splink's number of a level (0 is `otherwise`, the first declared has the highest) → its words."""
        named = {len(self.levels) - i: level.words for i, level in enumerate(self.levels)}
        return {**named, 0: f"{self.label}不同"}


@dataclass(frozen=True, slots=True)
class Model:
    """What is compared; what forbids two records to be one (words, SQL); and the prior: how many records of the same thing a record is
    expected to meet among how many (at most `among`: names of organisations are near unique, so that more records bring more names rather
    than more namesakes). largest_block: see candidate_pairs.
    """

    comparisons: tuple[Comparison, ...]
    conflicts: tuple[tuple[str, str], ...] = ()
    matches_per_record: float = 1.0
    among: int | None = None
    largest_block: int = 150


def candidate_pairs(con: duckdb.DuckDBPyConnection, blocks: pa.Table, *, largest: int) -> pa.Table:
    """Pairs that share a block.

    Args:
        blocks: key, record, seeks (false for a record that is found under the key but does not look there).
        largest: a block with more records is passed over: its narrower siblings stand in.

    Returns:
        left, right (left < right), each pair once.
    """
    with lent(con, "blocks", blocks):
        return con.sql(f"""
            WITH kept AS (SELECT key FROM blocks GROUP BY key HAVING count(DISTINCT record) BETWEEN 2 AND {largest}),
                 members AS (SELECT b.* FROM blocks b SEMI JOIN kept k ON k.key = b.key)
            SELECT DISTINCT least(l.record, r.record) AS "left", greatest(l.record, r.record) AS "right"
            FROM members l JOIN members r ON l.key = r.key
            WHERE l.record <> r.record AND l.seeks""").to_arrow_table()


def score(con: duckdb.DuckDBPyConnection, model: Model, records: pa.Table, pairs: pa.Table) -> pa.Table:
    """The probability that each pair is one thing, and which level spoke in each comparison.

    Args:
        records: unique_id and the columns that the model's levels speak of.
        pairs: left, right.

    Returns:
        left, right, weight (log2 of the odds), probability, conflict (its words, empty where nothing forbids), asks (whether a person has to
        look), and gamma_<comparison> (the level; -1 unknown).
    """
    from splink import DuckDBAPI, Linker, SettingsCreator  # slow to import, and few commands need it

    logging.getLogger("splink").setLevel(logging.ERROR)
    prior = min(0.5, 2 * model.matches_per_record / max(2, min(records.num_rows, model.among or records.num_rows)))
    settings = SettingsCreator(
        link_type="dedupe_only", comparisons=[_splink_comparison(c) for c in model.comparisons],
        probability_two_random_records_match=prior, retain_matching_columns=True, retain_intermediate_calculation_columns=False)
    api = DuckDBAPI(con)
    with lent(con, "resolved_records", records), lent(con, "resolved_pairs", pairs):
        linker = Linker(api.register("resolved_records"), settings, validate_settings=False, log_level=logging.ERROR)
        con.execute("""CREATE OR REPLACE TEMP TABLE blocked AS
                       SELECT '0' AS match_key, "left" AS join_key_l, "right" AS join_key_r FROM resolved_pairs""")
        linker.table_management.register_blocked_pairs_for_predict(api.register("blocked"))
        scored = linker.inference.predict(warning_mode="never")
        levels = ", ".join(f"gamma_{c.name}" for c in model.comparisons)
        forbidden = [*((c.words[0], f"gamma_{c.name} = 0") for c in model.comparisons if c.decisive), *model.conflicts]
        conflict = "".join(f"WHEN {holds} THEN '{words}' " for words, holds in forbidden)
        looks = [f"gamma_{c.name} = {len(c.levels) - i}" for c in model.comparisons for i, level in enumerate(c.levels) if level.asks]
        asks = " OR ".join((*looks, *(f"gamma_{c.name} = -1" for c in model.comparisons if c.decisive)))
        result = con.sql(f"""
            SELECT unique_id_l AS "left", unique_id_r AS "right", match_weight AS weight, match_probability AS probability,
                   {f"CASE {conflict}ELSE '' END" if conflict else "''"} AS conflict, {asks or 'false'} AS asks, {levels}
            FROM {scored.physical_name} ORDER BY "left", "right" """).to_arrow_table()
        linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
        con.execute("DROP TABLE blocked")
    return result


def _splink_comparison(comparison: Comparison) -> dict[str, object]:
    levels: list[dict[str, object]] = [{"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}]
    for level in comparison.levels:
        made: dict[str, object] = {"sql_condition": level.holds, "label_for_charts": level.words, "m_probability": level.m, "u_probability": level.u}
        if level.frequency:
            made |= {"tf_adjustment_column": level.frequency, "tf_minimum_u_value": level.least, "disable_tf_exact_match_detection": True}
        levels.append(made)
    m, u = comparison.otherwise
    levels.append({"sql_condition": "ELSE", "label_for_charts": "different", "m_probability": m, "u_probability": u})
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def evidence(model: Model, row: Sequence[int]) -> list[str]:
    """The words of the levels that spoke, in the order of the model's comparisons."""
    return [c.words[level] for c, level in zip(model.comparisons, row, strict=True) if level >= 0]
