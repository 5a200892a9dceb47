"""OpenAlex → works, authorships, scientists and institutions.

Follows the objects that docs.openalex.org describes, those of the snapshot and of the interface alike, and older forms of their fields. Authors and
institutions that works name, and no file of authors or institutions lists, are made from what the works say of them, when all files are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from loaders.dump_rows import DumpRows, Understandings, json_text, object_in, objects_in, text_of
from loaders.dumps import Dump, Object, identifier
from loaders.openalex_values import INSTITUTION_ID, abstract_of, author_cells, employer_of, employers, institution_cells, work_cells, year_of
from loaders.ror import table_of_type

_WORK_FIELDS = {"id": "id", "title": "title", "type": "type", "abstract": "abstract_inverted_index", "keywords": "keywords",
                "year": "publication_year", "disciplines": "topics › field", "doi": "doi", "url": "primary_location"}
_AUTHOR_FIELDS = {"id": "id", "name": "display_name", "aliases": "display_name_alternatives", "orcid": "orcid",
                  "institution": "last_known_institutions", "keywords": "topics", "disciplines": "topics › field"}
_INSTITUTION_FIELDS = {"id": "id", "name": "display_name", "aliases": "display_name_alternatives", "type": "type", "region": "geo",
                       "website": "homepage_url"}
_NAMED_AUTHOR_FIELDS = {"id": "id", "name": "author", "orcid": "author › orcid", "institution": "institutions", "aliases": "raw_author_name"}
_NAMED_INSTITUTION_FIELDS = {"id": "id", "name": "display_name", "type": "type", "region": "country_code"}
_AUTHORSHIP_FIELDS = {"work": "work", "scientist": "author", "position": "position"}
_USED = {"works": ("display_name", "primary_topic"), "authors": ("last_known_institution", "affiliations", "x_concepts"),
         "institutions": ("international", "display_name_acronyms"), "authorships": ("institutions", "raw_author_name")}
"""Fields that properties are taken from, too."""
_APART = ("authorships", "corresponding_author_ids")
"""Fields of a work that are no part of its record: what they say of people are records of their own."""
_NOBODY = frozenset({"A9999999999", "A5317838346"})
"""Ids that OpenAlex gives to authors that it does not know or has deleted."""
_ID = {"works": re.compile(r"W\d+"), "authors": re.compile(r"A\d+"), "institutions": INSTITUTION_ID}
_TABLES = {"works": "works", "authors": "scientists", "institutions": "institutions"}
_HAN = re.compile(r"[\u3400-\u9fff]")

Seen = tuple[int, str, str, int]
"""How good a witness a work is: its year, then its id, file and line. The last word has the latest work, in whatever order they come."""
_UNSEEN: Seen = (-1, "", "", 0)


@dataclass(slots=True)
class _Author:
    """What works say of an author: of each thing what the latest says."""

    raw: str = ""
    name: str = ""
    named: Seen = _UNSEEN
    orcid: str = ""
    identified: Seen = _UNSEEN
    institution: str = ""
    employed: Seen = _UNSEEN
    aliases: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Institution:
    """What works and authors say of an institution."""

    content: Object
    seen: Seen


class OpenAlex:
    """Takes the files of one source in, in any order; `finish` when all are read.

    Args:
        gathered: the tables of the source.
    """

    def __init__(self, gathered: Understandings) -> None:
        self._gathered = gathered
        self._authors: dict[str, _Author] = {}
        self._institutions: dict[str, _Institution] = {}
        self._listed: set[str] = set()
        self._counts: dict[str, int] = {}

    def take(self, dump: Dump, place: str) -> None:
        """Take a file in.

        Raises:
            SourceError: it breaks off.
        """
        kind = dump.kind
        fields = {"works": _WORK_FIELDS, "authors": _AUTHOR_FIELDS, "institutions": _INSTITUTION_FIELDS}[kind]
        rows = {_TABLES[kind]: DumpRows(self._gathered, _TABLES[kind], place, fields, used=_USED[kind])}
        main = rows[_TABLES[kind]]
        for number, item in dump.objects():
            self._counts[kind] = self._counts.get(kind, 0) + 1
            id_ = identifier(item.get("id")).upper() if isinstance(item, dict) else ""
            if not isinstance(item, dict):
                main.reject(number, "", "broken_object", item)
            elif not _ID[kind].fullmatch(id_):
                main.reject(number, text_of(item.get("id")), "other_object", f"this id is none of {dump.title}")
            elif kind == "works":
                self._work(rows, place, number, id_, item)
            elif kind == "authors":
                self._author(main, (0, id_, place, number), item)
            else:
                self._institution(rows, place, number, id_, item)
        for made in rows.values():
            made.finish()

    def finish(self) -> None:
        """Make the authors and institutions that works name and no file lists."""
        for kind, count in self._counts.items():
            self._gathered.of(_TABLES[kind]).say(recognised=[f"OpenAlex {kind} ({count})"])
        rows: dict[tuple[str, str], DumpRows] = {}
        for (_, _, place, number), id_ in sorted((a.named, id_) for id_, a in self._authors.items() if id_ not in self._listed and a.name):
            author = self._authors.pop(id_)
            self._rows(rows, "scientists", place, _NAMED_AUTHOR_FIELDS).add(
                number, id_, {"name": author.name, "orcid": author.orcid, "institution": author.institution, "aliases": sorted(author.aliases)},
                json.loads(author.raw), unknown=False)
        for (_, _, place, number), id_ in sorted((i.seen, id_) for id_, i in self._institutions.items() if id_ not in self._listed):
            content = self._institutions.pop(id_).content
            table = table_of_type(text_of(content.get("type")))
            self._rows(rows, table, place, _NAMED_INSTITUTION_FIELDS).add(number, id_, institution_cells(content, table), content)
        for table, _ in rows:
            self._gathered.of(table).say(recognised=["authors whom works name and no file lists" if table == "scientists" else
                                                     "institutions that works and authors name and no file lists"])
        for made in rows.values():
            made.finish()

    def _rows(self, rows: dict[tuple[str, str], DumpRows], table: str, place: str, fields: Mapping[str, str]) -> DumpRows:
        if (table, place) not in rows:
            rows[table, place] = DumpRows(self._gathered, table, place, fields)
        return rows[table, place]

    def _work(self, rows: dict[str, DumpRows], place: str, number: int, id_: str, item: Object) -> None:
        authorships = objects_in(item.get("authorships"))
        raw = {key: value for key, value in item.items() if key not in _APART}
        index = raw.pop("abstract_inverted_index", None)
        abstract = text_of(item.get("abstract")) or abstract_of(index)
        if abstract:
            # The text in place of the index: the same words, and no keys among them that read like names of fields.
            raw["abstract_inverted_index"] = abstract
        works = rows["works"]
        if not works.add(number, id_, work_cells(id_, item, abstract), raw):
            return
        if item.get("is_retracted") is True:
            works.note(number, "is_retracted", "true", "retracted_work", "the work was retracted: it is kept, and may speak for nobody")
        if authorships and "authorships" not in rows:
            rows["authorships"] = DumpRows(self._gathered, "authorships", place, _AUTHORSHIP_FIELDS, used=_USED["authorships"])
        year = year_of(item)
        seen = (int(year) if year.isdecimal() else 0, id_, place, number)
        for position, authorship in enumerate(authorships, 1):
            person = self._author_of(authorship, seen)
            rows["authorships"].add(number, "", {"work": id_, "scientist": person, "position": str(position)}, authorship)

    def _author_of(self, authorship: Object, seen: Seen) -> str:
        """The id of an authorship's author, or the name where it has none; what is said of the author is remembered."""
        said = object_in(authorship.get("author"))
        printed = text_of(authorship.get("raw_author_name"))
        name = text_of(said.get("display_name")) or printed
        institutions = objects_in(authorship.get("institutions"))
        for institution in institutions:
            self._remember(institution, seen)
        id_ = identifier(said.get("id")).upper()
        if not _ID["authors"].fullmatch(id_) or id_ in _NOBODY:
            return name
        author = self._authors.setdefault(id_, _Author())
        if name and seen > author.named:
            author.name, author.named = name, seen
            author.raw = json_text({"author": said, "institutions": institutions, "raw_author_name": printed})
        if (orcid := identifier(said.get("orcid"))) and seen > author.identified:
            author.orcid, author.identified = orcid, seen
        if (employer := employer_of(institutions)) and seen > author.employed:
            author.institution, author.employed = employer, seen
        if printed != name and _HAN.search(printed) and not _HAN.search(name):
            author.aliases.add(printed)
        return id_

    def _remember(self, institution: Object, seen: Seen) -> None:
        id_ = identifier(institution.get("id")).upper()
        if INSTITUTION_ID.fullmatch(id_) and text_of(institution.get("display_name")):
            known = self._institutions.get(id_)
            if known is None or seen > known.seen:
                self._institutions[id_] = _Institution(institution, seen)

    def _author(self, rows: DumpRows, seen: Seen, item: Object) -> None:
        for institution in employers(item):
            self._remember(institution, seen)
        if rows.add(seen[3], seen[1], author_cells(item), item):
            self._listed.add(seen[1])

    def _institution(self, rows: dict[str, DumpRows], place: str, number: int, id_: str, item: Object) -> None:
        table = table_of_type(text_of(item.get("type")))
        if table not in rows:
            rows[table] = DumpRows(self._gathered, table, place, _INSTITUTION_FIELDS, used=_USED["institutions"])
        if rows[table].add(number, id_, institution_cells(item, table), item):
            self._listed.add(id_)
