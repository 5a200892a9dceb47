"""ROR → institutions, enterprises and organisations, from dumps of its schema 1 and 2 (ror.readme.io)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.names import simplified
from loaders.dump_rows import DumpRows, Understandings, distinct, object_in, objects_in, text_of
from loaders.dumps import Dump, Object, identifier
from loaders.raw import Cell
from loaders.romanised import region_code

_INSTITUTIONS: Mapping[str, str] = {"education": "university", "healthcare": "hospital", "facility": "institute", "government": "agency"}
"""Types of ROR, and of OpenAlex, which has them from there → types of our institutions, the one that counts first where there are several."""
_BY_WEIGHT = ("education", "healthcare", "company", "facility", "government", "archive", "nonprofit", "other", "funder")
_FIELDS = {"1": {"id": "id", "name": "name", "aliases": "aliases", "type": "types", "region": "addresses", "website": "links",
                 "founded": "established", "former_names": "relationships"},
           "2": {"id": "id", "aliases": "names", "name": "names", "type": "types", "region": "locations", "website": "links",
                 "founded": "established", "former_names": "relationships"}}
_USED = {"1": ("acronyms", "labels", "country", "relationships"), "2": ("relationships",)}
_ID = re.compile(r"0[a-z0-9]{8}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_OTHER_SCRIPTS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
"""Kana and Hangul: a name with one of them is no Chinese name."""
_CHINESE_COUNTRIES = frozenset({"CN", "HK", "MO", "TW", "SG"})


def table_of_type(type_: str) -> str:
    """The table for a body of a type of ROR or OpenAlex; `organisations`, where its name decides the kind, for those that say little of it."""
    return "enterprises" if type_ == "company" else "institutions" if type_ in _INSTITUTIONS else "organisations"


def institution_type(type_: str) -> str:
    """Our type of institution for a type of ROR or OpenAlex; nothing where there is none."""
    return _INSTITUTIONS.get(type_, "")


@dataclass(frozen=True, slots=True)
class Name:
    """A name with what ROR says of it: `kinds` are ror_display, label, alias, acronym; `language` is of ISO 639-1, or nothing."""

    text: str
    kinds: frozenset[str]
    language: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An organisation with predecessors, which become former names if no file lists them."""

    rows: DumpRows
    number: int
    id: str
    cells: Mapping[str, Cell]
    raw: Object
    extra: Mapping[str, Cell]
    predecessors: tuple[tuple[str, str], ...]


class Ror:
    """Takes the files of one source in, in any order; `finish` when all are read.

    Args:
        gathered: the tables of the source.
    """

    def __init__(self, gathered: Understandings) -> None:
        self._gathered = gathered
        self._listed: set[str] = set()
        self._waiting: list[_Waiting] = []
        self._count = 0
        self._gone = dict.fromkeys(("inactive", "withdrawn"), 0)

    def take(self, dump: Dump, place: str) -> None:
        """Take a file in.

        Raises:
            SourceError: it breaks off.
        """
        rows: dict[tuple[str, str], DumpRows] = {}
        for number, item in dump.objects():
            self._count += 1
            id_ = identifier(item.get("id")).casefold() if isinstance(item, dict) else ""
            schema = "2" if isinstance(item, dict) and isinstance(item.get("names"), list) else "1"
            type_ = _type(item.get("types")) if isinstance(item, dict) else ""
            table = table_of_type(type_) if _ID.fullmatch(id_) else "institutions"
            if (table, schema) not in rows:
                rows[table, schema] = DumpRows(self._gathered, table, place, _FIELDS[schema], used=_USED[schema])
            made = rows[table, schema]
            if not isinstance(item, dict):
                made.reject(number, "", "broken_object", item)
            elif not _ID.fullmatch(id_):
                made.reject(number, text_of(item.get("id")), "other_object", "this id is none of ROR")
            else:
                self._organisation(made, number, id_, item, type_, table)
        for made in rows.values():
            made.finish()

    def finish(self) -> None:
        """Add the organisations with predecessors."""
        for w in self._waiting:
            former = distinct(label for id_, label in w.predecessors if id_ not in self._listed)
            w.rows.add(w.number, w.id, {**w.cells, "former_names": former}, w.raw, extra=w.extra)
            w.rows.finish()
        if self._count:
            gone = ", ".join(f"{n} {status}" for status, n in self._gone.items() if n)
            words = f"ROR organisations ({self._count})" + (f"; {gone}: kept, with their status" if gone else "")
            for table in ("institutions", "enterprises", "organisations"):
                if table in self._gathered.tables:
                    self._gathered.of(table).say(recognised=[words])

    def _organisation(self, rows: DumpRows, number: int, id_: str, item: Object, type_: str, table: str) -> None:
        self._listed.add(id_)
        names, country = _names(item), _country(item)
        name, others = _chosen(names, country)
        cells: dict[str, Cell] = {
            "name": name, "aliases": others, "type": institution_type(type_) if table == "institutions" else type_, "region": _region(item, country),
            "website": _website(item.get("links")), "founded": text_of(item.get("established"))}
        related = [(text_of(r.get("type")).casefold(), identifier(r.get("id")), text_of(r.get("label")))
                   for r in objects_in(item.get("relationships"))]
        status = text_of(item.get("status")).casefold()
        extra: dict[str, Cell] = {"status": status}
        for kind in ("parent", "child", "related", "predecessor", "successor"):
            extra[kind] = [f"{label} ({other})" for found, other, label in related if found == kind]
        if status in self._gone:
            self._gone[status] += 1
        predecessors = tuple((other, label) for kind, other, label in related if kind == "predecessor")
        if predecessors:
            self._waiting.append(_Waiting(rows, number, id_, cells, item, extra, predecessors))
        else:
            rows.add(number, id_, cells, item, extra=extra)


def _type(types: object) -> str:
    """The type that says most of a body that may have several (`education`, `funder`)."""
    found = {t.casefold() for t in types if isinstance(t, str)} if isinstance(types, list) else set()
    return next((t for t in _BY_WEIGHT if t in found), "")


def _names(item: Object) -> list[Name]:
    if isinstance(item.get("names"), list):
        return [Name(text_of(n.get("value")), frozenset(_strings(n.get("types"))), text_of(n.get("lang")).casefold())
                for n in objects_in(item["names"])]
    return [Name(text_of(item.get("name")), frozenset({"ror_display", "label"}), ""),
            *(Name(text_of(v), frozenset({"label"}), text_of(n.get("iso639")).casefold()) for n in objects_in(item.get("labels"))
              if (v := n.get("label"))),
            *(Name(text_of(v), frozenset({"alias"}), "") for v in _strings(item.get("aliases"))),
            *(Name(text_of(v), frozenset({"acronym"}), "") for v in _strings(item.get("acronyms")))]


def _strings(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _chosen(names: Iterable[Name], country: str) -> tuple[str, list[str]]:
    """The name of an organisation and its other names: the Chinese one where there is one, a label before an alias, in simplified characters before
    traditional ones; else the one that ROR shows."""
    given = [n for n in names if n.text]

    def is_chinese(n: Name) -> bool:
        return bool(_HAN.search(n.text)) and not _OTHER_SCRIPTS.search(n.text) and "acronym" not in n.kinds and (
            n.language.startswith("zh") or (not n.language and country in _CHINESE_COUNTRIES))

    chinese = sorted(filter(is_chinese, given), key=lambda n: ("label" not in n.kinds, n.text != simplified(n.text), n.text))
    shown = next((n for n in given if "ror_display" in n.kinds), given[0] if given else Name("", frozenset(), ""))
    name = chinese[0] if chinese else shown
    others = distinct((shown.text, *(n.text for n in given)))
    return name.text, [text for text in others if text != name.text]


def _country(item: Object) -> str:
    places = [object_in(place.get("geonames_details")) for place in objects_in(item.get("locations"))] or [object_in(item.get("country"))]
    return text_of(places[0].get("country_code")).upper()


def _region(item: Object, country: str) -> str:
    """The code of the first place of an organisation, if it is in China."""
    for place in objects_in(item.get("locations")):
        details = object_in(place.get("geonames_details"))
        return region_code(country, text_of(details.get("country_subdivision_name")), text_of(details.get("name")))
    for place in objects_in(item.get("addresses")):
        city = object_in(place.get("geonames_city"))
        province = object_in(city.get("geonames_admin1"))
        return region_code(country, text_of(province.get("ascii_name")) or text_of(province.get("name")) or text_of(place.get("state")),
                           text_of(city.get("city")) or text_of(place.get("city")))
    return region_code(country, "", "")


def _website(links: object) -> str:
    typed = [text_of(link.get("value")) for link in objects_in(links) if link.get("type") == "website"]
    return next(iter([*typed, *_strings(links)]), "")
