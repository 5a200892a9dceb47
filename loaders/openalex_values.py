"""What the fields of OpenAlex's objects say, in the form of our cells. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import chain

from graph.names import simplified
from loaders.dump_rows import distinct, object_in, objects_in, text_of
from loaders.dumps import Object, identifier
from loaders.raw import Cell
from loaders.romanised import region_code
from loaders.ror import institution_type

WORK_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("article", "journal-article", "proceedings", "proceedings-article", "preprint", "posted-content", "review", "letter",
                     "editorial", "erratum", "book", "book-chapter", "monograph", "edited-book", "dissertation", "report"), "paper"),
    "standard": "standard", "grant": "project", "dataset": "achievement", "database": "achievement", "software": "achievement", "patent": "patent",
}
"""Types of OpenAlex and Crossref → ours. Others (paratext, peer-review, reference-entry …) are no kind of ours: left empty."""
INSTITUTION_ID = re.compile(r"I\d+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_SURE = 0.3
"""Score (of 0 to 1, or of 100) from which on a concept of an old file says what a work or author is about."""


def work_cells(id_: str, item: Object, abstract: str) -> dict[str, Cell]:
    """The cells of a work but its id."""
    doi = _DOI.sub("", text_of(item.get("doi"))).strip()
    page = text_of(object_in(item.get("primary_location")).get("landing_page_url"))
    return {"title": text_of(item.get("title")) or text_of(item.get("display_name")),
            "type": WORK_TYPES.get(text_of(item.get("type")).casefold(), ""), "abstract": abstract, "keywords": _keywords(item),
            "year": year_of(item), "disciplines": _disciplines(item), "doi": doi,
            "url": page or (f"https://doi.org/{doi}" if doi else f"https://openalex.org/{id_}")}


def author_cells(item: Object) -> dict[str, Cell]:
    """The cells of an author but its id."""
    name = text_of(item.get("display_name"))
    return {"name": name, "orcid": identifier(item.get("orcid")), "institution": employer_of(employers(item)),
            "aliases": [n for n in _texts(item.get("display_name_alternatives")) if n != name],
            "keywords": _keywords(item), "disciplines": _disciplines(item)}


def employers(author: Object) -> list[Object]:
    """An author's last known institutions; of an object without them, the institution of the latest years."""
    latest = sorted(objects_in(author.get("affiliations")), key=_last_year, reverse=True)[:1]
    return (objects_in(author.get("last_known_institutions")) or objects_in(author.get("last_known_institution"))
            or [object_in(a.get("institution")) for a in latest])


def abstract_of(index: object) -> str:
    """The text of an inverted index (word → its places), also of one in the older form with `InvertedIndex`, or as JSON text."""
    if isinstance(index, str):
        try:
            index = json.loads(index)
        except (ValueError, RecursionError):
            return str(index)
    if isinstance(index, dict) and isinstance(index.get("InvertedIndex"), dict):
        index = index["InvertedIndex"]
    if not isinstance(index, dict):
        return ""
    placed = [(at, word) for word, places in index.items() if isinstance(places, list) for at in places if isinstance(at, int)]
    return " ".join(word for _, word in sorted(placed))


def institution_cells(item: Object, table: str) -> dict[str, Cell]:
    """The cells of an institution but its id, for the table where its type belongs."""
    shown, names = text_of(item.get("display_name")), object_in(object_in(item.get("international")).get("display_name"))
    chinese = [n for key in ("zh-hans", "zh-cn", "zh", "zh-hant") if _HAN.search(n := text_of(names.get(key)))]
    name = next((n for n in chinese if n == simplified(n)), chinese[0] if chinese else shown)
    others = distinct((shown, *chinese, text_of(names.get("en")), *_texts(item.get("display_name_alternatives")),
                       *_texts(item.get("display_name_acronyms"))))
    geo = object_in(item.get("geo")) or item
    type_ = text_of(item.get("type"))
    return {"name": name, "aliases": [n for n in others if n != name], "website": text_of(item.get("homepage_url")),
            "type": institution_type(type_) if table == "institutions" else type_,
            "region": region_code(text_of(geo.get("country_code")), text_of(geo.get("region")), text_of(geo.get("city")))}


def employer_of(institutions: list[Object]) -> str:
    """What stands for an author's institution: the id of the first, else its name."""
    for institution in institutions:
        id_ = identifier(institution.get("id")).upper()
        if INSTITUTION_ID.fullmatch(id_):
            return id_
        if name := text_of(institution.get("display_name")):
            return name
    return ""


def year_of(item: Object) -> str:
    """The year of a work as text."""
    return text_of(item.get("publication_year")) or text_of(item.get("publication_date"))[:4]


def _last_year(affiliation: Object) -> int:
    years = affiliation.get("years")
    return max((y for y in years if isinstance(y, int)), default=0) if isinstance(years, list) else 0


def _texts(value: object) -> list[str]:
    return distinct(map(text_of, value)) if isinstance(value, list) else []


def _topics(item: Object) -> list[Object]:
    return [*objects_in(item.get("primary_topic")), *objects_in(item.get("topics"))]


def _concepts(item: Object) -> Iterable[tuple[str, bool]]:
    """Names of concepts that are sure enough, and whether each is a discipline (of the highest level). Files before 2024 have them alone."""
    for concept in chain(objects_in(item.get("concepts")), objects_in(item.get("x_concepts"))):
        score = concept.get("score")
        if isinstance(score, int | float) and (_SURE <= score <= 1 or 100 * _SURE <= score <= 100):
            yield text_of(concept.get("display_name")), concept.get("level") == 0


def _keywords(item: Object) -> list[str]:
    given = item.get("keywords")
    own = [text_of(k.get("display_name")) or text_of(k.get("keyword")) for k in objects_in(given)] + _texts(given)
    topics = [text_of(t.get("display_name")) for t in _topics(item)]
    return distinct([*own, *topics] if own or topics else [name for name, broad in _concepts(item) if not broad])


def _disciplines(item: Object) -> list[str]:
    """The fields of the topics, by name."""
    fields = [text_of(object_in(t.get("field")).get("display_name")) for t in _topics(item)]
    return distinct(fields if any(fields) else [name for name, broad in _concepts(item) if broad])
