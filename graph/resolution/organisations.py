"""Organisations: their records made comparable. The model by which two of them are one body is in organisations_model.py."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import duckdb
import pyarrow as pa

from graph.names import name_key, organisation_kind
from graph.resolution.aliases import shortened, slip
from graph.resolution.organisation_names import OrganisationName, OrganisationNames
from graph.resolve import valid_credit_code
from graph.schema import NODES, POOLS
from graph.sql import quoted

_COLUMNS = ("name", "aliases", "former_names", "short_name", "uscc", "legal_rep", "address", "phone", "website", "founded", "industry", "region")
_LISTS = frozenset(("aliases", "former_names", "industry"))
_LARGEST_CODE_GROUP = 40


@dataclass(frozen=True, slots=True)
class Organisation:
    """One record of an organisation, understood."""

    record: str
    written: str
    social: str
    name: OrganisationName
    other_names: tuple[OrganisationName, ...]
    credit_code: str
    legal_rep: str
    address: str
    phone: str
    website: str
    founded: str
    industry: str
    region: str


def read_organisations(con: duckdb.DuckDBPyConnection, names: OrganisationNames, region: Callable[[str], str]) -> list[Organisation]:
    """Every record of the organisations' pool, in the order of the ids. See people.read_people."""
    parts = []
    for table in POOLS["organisations"]:
        own = {p.name: p for p in NODES[table.name].properties}
        cells = []
        for column in _COLUMNS:
            if column not in own:
                cells.append(f"NULL AS {quoted(column)}")
            elif column in _LISTS and own[column].type != "list":
                cells.append(f"[{quoted(column)}] AS {quoted(column)}")
            else:
                cells.append(quoted(column))
        parts.append(f"SELECT source || '/{table.name}/' || id AS record, {', '.join(cells)} FROM records.{quoted(table.name)}")
    rows = con.execute(f"SELECT record, {', '.join(map(quoted, _COLUMNS))} FROM ({' UNION ALL BY NAME '.join(parts)}) ORDER BY record").fetchall()
    return [_organisation(record, dict(zip(_COLUMNS, values, strict=True)), names, region) for record, *values in rows]


def _organisation(record: str, cells: dict[str, Any], names: OrganisationNames, region: Callable[[str], str]) -> Organisation:
    code = region(cells["region"] or "")
    others = [*(cells["aliases"] or []), *(cells["former_names"] or []), *([cells["short_name"]] if cells["short_name"] else [])]
    name = names.parse(cells["name"], code)
    legal_rep = name_key(cells["legal_rep"] or "")
    return Organisation(
        record, name_key(cells["name"]), _social(name.core), name, tuple(names.parse(n, code) for n in others),
        credit_code=valid_credit_code(cells["uscc"] or "") or "", legal_rep=legal_rep if 2 <= len(legal_rep) <= 4 else "",
        address=_street(cells["address"] or "", names), phone=_digits(cells["phone"] or ""), website=_site(cells["website"] or ""),
        founded=cells["founded"] or "", industry=name_key(next(iter(cells["industry"] or []), "")), region=code)


def _social(core: str) -> str:
    """`association` or `society` for what is one by its name, empty for every other body."""
    kind = organisation_kind(core)
    return kind if kind in ("association", "society") else ""


def _street(text: str, names: OrganisationNames) -> str:
    """An address without the regions in front; empty for what is no address."""
    plain = names.without_places(name_key(re.sub(r"[(（].*?[)）]", "", text)))
    return plain if len(plain) >= 4 else ""


def _digits(text: str) -> str:
    plain = re.sub(r"\D", "", unicodedata.normalize("NFKC", text).replace("+86", ""))
    return plain if len(plain) >= 7 else ""


def _site(text: str) -> str:
    return re.sub(r"^https?://|/+$", "", unicodedata.normalize("NFKC", text).strip().casefold())


def doubtful_codes(organisations: Sequence[Organisation], institutions: dict[str, str]) -> frozenset[str]:
    """Credit codes under which names stand that cannot be one body's: typed wrong, or used by several. They join nobody."""
    holders: dict[str, list[Organisation]] = defaultdict(list)
    for organisation in organisations:
        if organisation.credit_code:
            holders[organisation.credit_code].append(organisation)
    return frozenset(code for code, group in holders.items()
                     if any(not _related(a, b, institutions) for a, b in combinations(group[:_LARGEST_CODE_GROUP], 2)))


def _related(left: Organisation, right: Organisation, institutions: dict[str, str]) -> bool:
    a, b = left.name, right.name
    if a.branch != b.branch:
        return False
    if not _bodies(left, institutions).isdisjoint(_bodies(right, institutions)):
        return True
    return (a.latin != b.latin or a.core.startswith(b.core) or b.core.startswith(a.core) or a.sound == b.sound or slip(a.core, b.core))


def _bodies(organisation: Organisation, institutions: dict[str, str]) -> set[str]:
    return {institutions[n.body] for n in (organisation.name, *organisation.other_names)}


def organisations_table(organisations: Sequence[Organisation], institutions: dict[str, str]) -> pa.Table:
    """The columns that the model speaks of."""
    places: dict[str, set[str]] = defaultdict(set)
    for o in organisations:
        places[o.name.core].update(o.name.place[:1])
    doubtful = doubtful_codes(organisations, institutions)
    columns: dict[str, list[Any]] = {
        "unique_id": [o.record for o in organisations], "written": [o.written for o in organisations],
        "social": [o.social for o in organisations], "core": [o.name.core for o in organisations],
        "sound": [o.name.sound for o in organisations], "branch": [o.name.branch for o in organisations],
        "place": [next(iter(o.name.place), None) for o in organisations],
        "legal_rep": [o.legal_rep or None for o in organisations], "address": [o.address or None for o in organisations],
        "phone": [o.phone or None for o in organisations], "website": [o.website or None for o in organisations],
        "founded": [o.founded or None for o in organisations], "industry": [o.industry or None for o in organisations],
        "region": [o.region or None for o in organisations],
        "credit_code": [o.credit_code if o.credit_code not in doubtful and o.credit_code else None for o in organisations]}
    made = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    made["bodies"] = pa.array([sorted(_bodies(o, institutions)) for o in organisations], pa.list_(pa.string()))
    made["latin"] = pa.array([o.name.latin for o in organisations], pa.bool_())
    made["formal"] = pa.array([o.name.formal for o in organisations], pa.bool_())
    made["public"] = pa.array([o.name.public for o in organisations], pa.bool_())
    made["rivals"] = pa.array([len(places[o.name.core]) for o in organisations], pa.int32())
    return pa.table(made)


def organisations_blocks(organisations: Sequence[Organisation], institutions: dict[str, str]) -> pa.Table:
    """The keys under which records meet; see engine.candidate_pairs."""
    rows = [(key, o.record, seeks) for o in organisations for key, seeks in _block_keys(o, institutions)]
    return pa.table({"key": [r[0] for r in rows], "record": [r[1] for r in rows], "seeks": pa.array([r[2] for r in rows], pa.bool_())})


def _block_keys(o: Organisation, institutions: dict[str, str]) -> Iterator[tuple[str, bool]]:
    core, place = o.name.core, next(iter(o.name.place), "")
    yield f"core {core}", True
    yield from ((f"core {core} {also}", True) for also in (place, o.region[:4], o.name.branch) if also)
    yield f"sound {o.name.sound}", True
    yield from ((f"body {body}", True) for body in _bodies(o, institutions))
    for kind in ("credit_code", "phone", "address", "website"):
        if value := getattr(o, kind):
            yield f"{kind} {value}", True
    if o.legal_rep:
        yield f"legal_rep {o.legal_rep} {core[:1]}", True
    if 4 <= len(core) <= 20:
        yield from ((f"slip {place[:2]} {part}", True) for part in shortened(core))
    for length in (2, 3, 4):
        yield f"front {core[:length]}", len(core) == length
        yield f"front {core[:length]} {(place or o.region)[:4]}", len(core) <= length
