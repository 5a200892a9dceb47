"""All records of a workspace → scored pairs of records that may be one thing. Organisations first, then people on their institutions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from graph.names import simplified
from graph.references import bundled_regions
from graph.regions import RegionIndex
from graph.resolution import organisations, people
from graph.resolution.engine import Model, candidate_pairs, score
from graph.resolution.organisation_names import OrganisationName, OrganisationNames
from graph.resolution.organisations_model import ORGANISATIONS
from graph.resolution.people_model import PEOPLE
from graph.sql import scalar

Progress = Callable[[str], None]

MODELS: Mapping[str, Model] = {"organisations": ORGANISATIONS, "scientists": PEOPLE}
"""The pools that are resolved, in this order, and the model of each."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The scored pairs of one pool (see engine.score), with the model that scored them."""

    pool: str
    model: Model
    pairs: pa.Table


def score_pairs(con: duckdb.DuckDBPyConnection, progress: Progress = lambda step: None) -> list[Scored]:
    """Score every pair of records that may be one organisation, and one person.

    Args:
        con: the workspace's connection; only records are read.
        progress: told what is being done.
    """
    rows = bundled_regions(con)
    regions = RegionIndex(rows)

    def region(text: str) -> str:
        return regions.resolve(simplified(text)).code or "" if text else ""

    names = OrganisationNames(rows, _home(con, region))
    progress("reading records")
    bodies = organisations.read_organisations(con, names, region)
    persons = people.read_people(con, names, region)
    certain = people.beyond_doubt(persons)
    listed: list[OrganisationName] = [n for o in bodies for n in (o.name, *o.other_names)]
    institutions = people.name_institutions(persons, certain, listed)
    # A connection of its own: Splink makes tables, and the workspace may be open for reading alone.
    with duckdb.connect() as work:
        progress("comparing organisations")
        first = _scored(work, "organisations", organisations.organisations_table(bodies, institutions),
                        organisations.organisations_blocks(bodies, institutions))
        progress("comparing people")
        second = _scored(work, "scientists", people.people_table(persons, institutions, certain), people.people_blocks(persons, institutions))
    return [first, second]


def _scored(con: duckdb.DuckDBPyConnection, pool: str, records: pa.Table, blocks: pa.Table) -> Scored:
    model = MODELS[pool]
    return Scored(pool, model, score(con, model, records, candidate_pairs(con, blocks, largest=model.largest_block)))


def _home(con: duckdb.DuckDBPyConnection, region: Callable[[str], str]) -> str:
    """The province that most records are of."""
    counted: Counter[str] = Counter()
    for table in ("scientists", "organisations", "institutions", "enterprises", "societies", "associations"):
        for text, count in con.execute(f"SELECT region, count(*) FROM records.{table} WHERE region IS NOT NULL GROUP BY ALL").fetchall():
            counted[region(text)[:2]] += count
    del counted[""]
    return min(counted, key=lambda code: (-counted[code], code), default="")


def records_digest(con: duckdb.DuckDBPyConnection) -> str:
    """Changes when the records do: the loads in force."""
    return str(scalar(con, "SELECT md5(coalesce(string_agg(load_id, ' ' ORDER BY load_id), '')) FROM (SELECT arg_max(load_id, rowid) AS load_id "
                           "FROM loads GROUP BY source, tbl)"))
