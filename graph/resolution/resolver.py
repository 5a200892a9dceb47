"""All records of a workspace → scored pairs of records that may be one thing. Organisations first, then people on their institutions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from graph.ids import digest
from graph.learned_names import names_in_records
from graph.names import name_key, organisation_kind, simplified
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
_NAMED_FOR_CERTAIN = ("institution", "organisation")
"""What a name's kind may be (`graph.names.organisation_kind`) if its meaning alone tells which body it is."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The scored pairs of one pool (see engine.score), with the model that scored them."""

    pool: str
    model: Model
    pairs: pa.Table


@dataclass(frozen=True, slots=True)
class Scoring:
    """The scored pairs of every pool, and the names of organisations that mean one (name → its key; `graph.learned_names`)."""

    pools: list[Scored]
    names: dict[str, str]


def score_pairs(con: duckdb.DuckDBPyConnection, progress: Progress = lambda step: None) -> Scoring:
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
    return Scoring([first, second], _of_one({text: names.parse(text) for text in names_in_records(con)}, institutions))


def _of_one(names: Mapping[str, OrganisationName], institutions: Mapping[str, str]) -> dict[str, str]:
    """The names that share their institution, and the branch or department of it, with another name.

    Of institutions alone: a society's name without its place, an enterprise's short one, is not enough without the rest of a record, and
    a usual public body without its place (人民医院) is one of many.
    """
    meant = {text: digest("organisation", institutions.get(name.body, name.body), name.branch, name.unit) for text, name in names.items()
             if name.core and (name.place or not name.public) and organisation_kind(text) in _NAMED_FOR_CERTAIN}
    spellings = defaultdict(set)
    for text, organisation in meant.items():
        spellings[organisation].add(name_key(text))
    return {text: organisation for text, organisation in meant.items() if len(spellings[organisation]) > 1}


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
