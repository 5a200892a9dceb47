"""People: their records made comparable. The model by which two of them are one person is in people_model.py."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import duckdb
import pyarrow as pa
from scipy.cluster.hierarchy import DisjointSet

from graph.ids import full_id
from graph.names import name_key, simplified
from graph.resolution.aliases import institution_names
from graph.resolution.organisation_names import OrganisationName, OrganisationNames
from graph.resolution.person_names import PersonName, parse_person_name
from graph.resolution.subjects import subject_vectors
from graph.resolve import valid_orcid
from graph.schema import POOLS

_LARGEST_SHARED = 20
"""An e-mail, a number or a title that more records share makes nobody sure."""
_PERSON = ("name", "name_en", "aliases", "institution", "title", "degree", "gender", "birth_date", "email", "phone", "orcid", "disciplines",
           "keywords", "region", "societies", "works")
_DEGREES = (("博士", "doctor"),
            ("硕士", "master"), ("研究生", "master"), ("学士", "bachelor"), ("本科", "bachelor"), ("专科", "college"), ("大专", "college"))
_TITLES = (("正高", "professor of engineering"), ("教授级高", "professor of engineering"),
           ("副高", "senior engineer"), ("高级工程师", "senior engineer"), ("高工", "senior engineer"))
_PLACES_OF_SOCIETIES = re.compile(r"^(?:中国|全国|.{2,3}?省|.{2,3}?市|重庆|四川|北京|上海|天津)")
_SOCIETY_WORDS = re.compile(r"学会|研究会|协会|联合会")


@dataclass(frozen=True, slots=True)
class Person:
    """One record of a person, understood."""

    record: str
    names: tuple[PersonName, ...]
    institution: OrganisationName | None
    title: str
    degree: str
    gender: str
    birth: str
    email: str
    phone: str
    orcid: str
    disciplines: tuple[str, ...]
    region: str
    societies: tuple[str, ...]
    works: tuple[str, ...]

    @property
    def chinese(self) -> str:
        return next((n.chinese for n in self.names if n.chinese and not n.wild), "")

    @property
    def wild(self) -> str:
        return next((n.chinese for n in self.names if n.wild), "")

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(k for n in self.names for k in n.keys))

    @property
    def initials(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(k for n in self.names for k in n.initials))

    @property
    def abbreviated(self) -> bool:
        return not self.chinese and any(n.abbreviated for n in self.names)

    def named_as(self, other: Person) -> bool:
        """Whether the names can be one person's."""
        if self.chinese and other.chinese:
            return self.chinese == other.chinese or (len(self.chinese) == len(other.chinese) and not set(self.keys).isdisjoint(other.keys))
        if not set(self.keys).isdisjoint(other.keys):
            return True
        return (self.abbreviated or other.abbreviated) and not set(self.initials).isdisjoint(other.initials)

    @property
    def words(self) -> list[str]:
        """What speaks of the subject: pairs of characters of titles, disciplines and societies, and the latter two as a whole."""
        societies = [_SOCIETY_WORDS.sub("", s) for s in self.societies]
        return [*(g for text in (*self.works, *self.disciplines, *societies) for g in _word_parts(text)),
                *(f"discipline {d}" for d in self.disciplines), *(f"society {s}" for s in self.societies)]


def _word_parts(text: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, and Latin words."""
    return [*(text[i:i + 2] for i in range(len(text) - 1) if not text[i:i + 2].isascii()), *re.findall(r"[a-z]{3,}", text)]


def read_people(con: duckdb.DuckDBPyConnection, organisations: OrganisationNames, region: Callable[[str], str]) -> list[Person]:
    """Every record of a person, in the order of the ids.

    Args:
        organisations: takes the institutions' names apart.
        region: what a region cell says → its code, empty where that is open.
    """
    written = works_by_links(con)
    listed = _names_of_organisations(con)
    people = []
    for source, record, *values in con.execute(
            f"SELECT source, source || '/scientists/' || id AS record, {', '.join(_PERSON)} FROM records.scientists ORDER BY record").fetchall():
        cells = dict(zip(_PERSON, values, strict=True))
        cells["institution"] = listed.get((source, cells["institution"])) or listed.get(("", cells["institution"])) or cells["institution"]
        people.append(_person(record, cells, written.get(record, []), organisations, region))
    return people


def _names_of_organisations(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """(source, id), or ("", full id) → name, for institutions that people's records give by an id."""
    named: dict[tuple[str, str], str] = {}
    for table in reversed(POOLS["organisations"]):
        for source, id_, name in con.execute(f"SELECT source, id, name FROM records.{table.name}").fetchall():
            named[source, id_] = named["", full_id(source, table.name, id_)] = name
    return named


def works_by_links(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Full id of a person → titles of the works that authorships, and the authors of works, give.

    Both ends by an id or a unique name of the source, or by a full id.
    """
    return dict(con.execute(f"""
        WITH said AS (SELECT source, work, scientist FROM records.authorships
                      UNION ALL SELECT source, id, unnest(authors) FROM records.works WHERE authors IS NOT NULL),
        people AS ({_meant('scientist', 'scientists', 'name')}), works AS ({_meant('work', 'works', 'title')})
        SELECT p.record, list(DISTINCT w.title ORDER BY w.title) FROM said a
        JOIN people p ON p.cell = a.source || chr(31) || a.scientist JOIN works w ON w.cell = a.source || chr(31) || a.work
        WHERE w.title IS NOT NULL GROUP BY ALL""").fetchall())


def _meant(end: str, table: str, title: str) -> str:
    """SQL for what the cells of one end of authorships mean: cell (source and text), record, title."""
    own, full = f"source || chr(31) || {end}", f"source || '/{table}/' || id"
    return f"""
        SELECT a.cell, coalesce(i.record, f.record, n.record) AS record, coalesce(i.title, f.title, n.title) AS title
        FROM (SELECT DISTINCT {own} AS cell, {end} AS said FROM said) a
        LEFT JOIN (SELECT source || chr(31) || id AS cell, {full} AS record, {title} AS title FROM records.{table}) i ON i.cell = a.cell
        LEFT JOIN (SELECT {full} AS record, {title} AS title FROM records.{table}) f ON f.record = a.said
        LEFT JOIN (SELECT source || chr(31) || {title} AS cell, any_value({full}) AS record, any_value({title}) AS title FROM records.{table}
                   GROUP BY ALL HAVING count(*) = 1) n ON n.cell = a.cell
        WHERE coalesce(i.record, f.record, n.record) IS NOT NULL"""


def _person(record: str, cells: dict[str, Any], written: list[str], organisations: OrganisationNames, region: Callable[[str], str]) -> Person:
    code = region(cells["region"] or "")
    spellings = [cells["name"], cells["name_en"], *(cells["aliases"] or [])]
    return Person(
        record, tuple(parse_person_name(s) for s in spellings if s),
        organisations.parse(cells["institution"], code) if cells["institution"] else None,
        title=academic_title(cells["title"] or ""), degree=next((kind for word, kind in _DEGREES if word in simplified(cells["degree"] or "")), ""),
        gender=cells["gender"] or "", birth=(cells["birth_date"] or "")[:7], email=_email(cells["email"] or ""), phone=_phone(cells["phone"] or ""),
        orcid=valid_orcid(cells["orcid"] or "") or "",
        disciplines=tuple(name_key(d) for d in (*(cells["disciplines"] or []), *(cells["keywords"] or []))), region=code,
        societies=tuple(dict.fromkeys(_PLACES_OF_SOCIETIES.sub("", name_key(s)) for s in cells["societies"] or [])),
        works=tuple(dict.fromkeys(name_key(w) for w in (*(cells["works"] or []), *written))))


def academic_title(text: str) -> str:
    """The normal form of an academic title: 高工 and 高级工程师 are one."""
    first = re.split(r"[、,，;；/]", simplified(text))[0].strip()
    return next((kind for word, kind in _TITLES if word in first), first)


def _email(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return plain if "@" in plain and "*" not in plain else ""


def _phone(text: str) -> str:
    """Digits and masks alone, without the country's code; empty for what is no number."""
    plain = re.sub(r"[^0-9*]", "", unicodedata.normalize("NFKC", text).replace("+86", ""))
    return plain if 7 <= len(plain) <= 13 and sum(c.isdigit() for c in plain) >= 7 else ""


def beyond_doubt(people: Sequence[Person]) -> list[list[int]]:
    """The records (their numbers) of each person about whom an e-mail, an ORCID, a full number or a shared title leaves no doubt."""
    shared: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, person in enumerate(people):
        for key in _identifiers(person):
            shared[key].append(number)
    same = DisjointSet(range(len(people)))
    for group in shared.values():
        if 1 < len(group) <= _LARGEST_SHARED:
            for left, right in combinations(group, 2):
                if people[left].named_as(people[right]):
                    same.merge(left, right)
    return [sorted(subset) for subset in same.subsets()]


def _identifiers(person: Person) -> Iterator[tuple[str, str]]:
    if person.email:
        yield "email", person.email
    if person.orcid:
        yield "orcid", person.orcid
    if person.phone and "*" not in person.phone:
        yield "phone", person.phone
    for work in person.works:
        if len(work) >= 4:
            yield "work", work


def name_institutions(people: Sequence[Person], certain: Iterable[Sequence[int]], more: Iterable[OrganisationName] = ()) -> dict[str, str]:
    """For each body named by people or in `more`, the one that stands for all its names."""
    names: dict[str, OrganisationName] = {}
    for name in (*(p.institution for p in people), *more):
        if name is not None:
            names.setdefault(name.body, name)
    sides: dict[str, list[str]] = {}
    for group in certain:
        bodies = [found.body for n in group if (found := people[n].institution) is not None]
        if len(bodies) > 1:
            # One entry a name: the same person in two groups would count twice.
            sides.setdefault(min((k for n in group for k in people[n].keys), default=people[group[0]].record), []).extend(bodies)
    return institution_names(names, sides.values())


def people_table(people: Sequence[Person], institutions: dict[str, str], certain: Sequence[Sequence[int]]) -> pa.Table:
    """The columns that the model speaks of."""
    subjects = subject_vectors([p.words for p in people], certain)
    columns: dict[str, list[Any]] = {
        "unique_id": [p.record for p in people],
        "chinese": [p.chinese or None for p in people], "wild": [p.wild for p in people],
        "keys": [list(p.keys) for p in people], "key": [next(iter(p.keys), None) for p in people],
        "initials": [list(p.initials) for p in people], "initial": [next(iter(p.initials), None) for p in people],
        "short": [p.abbreviated for p in people],
        "institution": [institutions[p.institution.body] if p.institution else None for p in people],
        "core": [p.institution.core if p.institution else None for p in people],
        "subject": subjects, "works": [list(p.works) or None for p in people],
        "disciplines": [list(p.disciplines) or None for p in people], "societies": [list(p.societies) or None for p in people]}
    for name in ("title", "degree", "gender", "birth", "email", "phone", "orcid", "region"):
        columns[name] = [getattr(p, name) or None for p in people]
    types = {"keys": pa.list_(pa.string()), "initials": pa.list_(pa.string()), "works": pa.list_(pa.string()), "subject": pa.list_(pa.float32()),
             "disciplines": pa.list_(pa.string()), "societies": pa.list_(pa.string()), "short": pa.bool_()}
    return pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()})


def people_blocks(people: Sequence[Person], institutions: dict[str, str]) -> pa.Table:
    """The keys under which records meet: names with what narrows them, identifiers, works; see engine.candidate_pairs."""
    rows: list[tuple[str, str, bool]] = []
    for person in people:
        body = institutions[person.institution.body] if person.institution else ""
        rows += [(key, person.record, seeks) for key, seeks in _block_keys(person, body)]
    return pa.table({"key": [r[0] for r in rows], "record": [r[1] for r in rows], "seeks": pa.array([r[2] for r in rows], pa.bool_())})


def _block_keys(person: Person, body: str) -> Iterator[tuple[str, bool]]:
    for key in person.keys:
        yield f"name {key}", True
        narrower = (body, person.birth[:4], *person.disciplines, *person.societies, person.region)
        yield from ((f"name {key} {also}", True) for also in narrower if also)
    if person.chinese:
        yield f"written {person.chinese}", True
    for initial in person.initials:
        yield f"initials {initial}", person.abbreviated
        if body:
            yield f"initials {initial} {body}", person.abbreviated
    for kind, value in _identifiers(person):
        yield f"{kind} {value}", bool(kind != "work" or person.wild)
        if kind == "work":
            yield f"{kind} {value} {next(iter(person.initials), '')[:2]}", True
    if body and (person.wild or person.chinese):
        yield f"length {len(person.wild or person.chinese)} {body}", bool(person.wild)
