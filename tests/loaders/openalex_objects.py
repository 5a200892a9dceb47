"""Objects as OpenAlex documents them, written by hand. The people and bodies are invented."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

JSON = dict[str, object]


def institution(key: str, name: str, type_: str = "education", **more: object) -> JSON:
    return {"id": f"https://openalex.org/{key}", "display_name": name, "ror": "https://ror.org/00invent1", "country_code": "CN", "type": type_,
            "lineage": [f"https://openalex.org/{key}"], **more}


BOYU = institution("I11", "Boyu University")
MOTORS = institution("I12", "Boyu Motors (China)", "company")


def authorship(key: str | None, name: str, *institutions: JSON, orcid: str | None = None, printed: str = "", position: str = "middle") -> JSON:
    author = {"id": f"https://openalex.org/{key}" if key else None, "display_name": name, "orcid": f"https://orcid.org/{orcid}" if orcid else None}
    return {"author_position": position, "author": author, "institutions": list(institutions), "countries": ["CN"], "is_corresponding": False,
            "raw_author_name": printed or name, "raw_affiliation_strings": ["Somewhere"]}


def topic(name: str, field: str) -> JSON:
    return {"id": "https://openalex.org/T10", "display_name": name, "score": 0.99, "subfield": {"id": "https://openalex.org/subfields/2207",
            "display_name": "Control"}, "field": {"id": "https://openalex.org/fields/22", "display_name": field},
            "domain": {"id": "https://openalex.org/domains/3", "display_name": "Physical Sciences"}}


def work(key: str, title: str | None, *authorships: JSON, year: int = 2021, **more: object) -> JSON:
    return {"id": f"https://openalex.org/{key}", "doi": None, "title": title, "display_name": title, "publication_year": year,
            "publication_date": f"{year}-03-01", "language": "en", "type": "article", "authorships": list(authorships), "cited_by_count": 0, **more}


def author(key: str, name: str, **more: object) -> JSON:
    return {"id": f"https://openalex.org/{key}", "orcid": None, "display_name": name, "display_name_alternatives": [], "works_count": 7, **more}


BATTERY = work(
    "W1", "Heat in battery packs", authorship("A1", "Lei Wang", BOYU, orcid="0000-0002-1825-0097", printed="王磊", position="first"),
    authorship("A2", "Invented Person", MOTORS, position="last"), doi="https://doi.org/10.5555/heat.1", cited_by_count=3,
    primary_location={"landing_page_url": "https://example.org/heat", "is_oa": True},
    abstract_inverted_index={"Heat": [0, 4], "in": [1], "packs.": [2], "Health": [3], "matters": [5]},
    keywords=[{"id": "https://openalex.org/keywords/battery", "display_name": "Battery", "score": 0.6}],
    topics=[topic("Thermal management", "Energy"), topic("Battery safety", "Engineering"), topic("Cooling", "Energy")],
    corresponding_author_ids=["https://openalex.org/A1"], referenced_works=[f"https://openalex.org/W{i}" for i in range(50, 90)])
"""A work with two authors, one of whom the paper prints in Chinese."""


def lines(path: Path, objects: Iterable[object]) -> Path:
    """JSON lines, gzipped where the file's name says so; a text stands as it is."""
    data = "".join((o if isinstance(o, str) else json.dumps(o, ensure_ascii=False)) + "\n" for o in objects).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.name.endswith(".gz") else data)
    return path
