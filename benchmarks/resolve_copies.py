"""A set N times as large as bench_resolve, with the same kinds of noise: copies in which people and enterprises have other names and numbers.

Copy 0 is the original. In every other copy the surnames, given names, brands, digits of numbers, ORCIDs and credit codes go through bijections
of their own, so that all records of one person or enterprise change alike. Names keep their frequency, and the copies of one person have no
character in common: with one surname, in one institution and subject, born on one day, they would be namesakes such as no place has.
Public bodies (without a brand) are the same in all copies. A record whose form cannot be kept is left out of its copy.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from benchmarks.renaming import BrandNames, Brands, PersonNames, clean_name, visible
from benchmarks.resolve_bench import BENCH, KINDS, read_truth, write_truth
from graph.names import simplified
from graph.regions import RegionRow
from graph.resolution.organisation_names import OrganisationNames
from graph.resolution.person_names import parse_person_name
from graph.resolve import valid_credit_code, valid_orcid
from loaders.reference import bundled_tables

_HOME = "50"
"""Most records are of 重庆: 市人民医院 is its."""
_BAND = 20
_ENCODINGS = ("utf-8-sig", "gb18030")
_TABLES = {"scientists": "people", "organisations": "organisations"}


@dataclass(frozen=True)
class Table:
    """A raw table: its path below the sources, headers as written, the properties they mean, encoding, and rows of cells."""

    path: Path
    headers: tuple[str, ...]
    properties: tuple[str, ...]
    encoding: str
    rows: list[list[str]]

    @property
    def kind(self) -> str:
        return _TABLES[self.path.name.partition(".")[0]]

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        return dict(zip(self.properties, row, strict=True))


@dataclass(frozen=True)
class Known:
    """What the truth tells of the records: the entity of each, the clean names of people and legal representatives, the brands of enterprises
    (with none: a public body)."""

    truth: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]
    representatives: Mapping[str, str]
    brands_of: Mapping[str, tuple[str, ...]]
    brands: Brands


@dataclass(frozen=True)
class Copy:
    """One copy's bijections."""

    number: int
    people: PersonNames
    representatives: PersonNames
    bodies: BrandNames
    digits: Mapping[int, int]

    @classmethod
    def drawn(cls, number: int, known: Known, seed: int, band: int) -> Copy:
        """A copy's bijections. `band`: more than there are copies, so that nothing is called alike in two; see renaming.rotated."""
        chance, own = random.Random(seed), random.Random(f"{seed} {number}")
        order = list("0123456789")
        own.shuffle(order)
        wide = "".join(chr(ord(d) + ord("０") - ord("0")) for d in order)
        return cls(number, PersonNames.drawn(known.names.values(), chance, number, band),
                   PersonNames.drawn(known.representatives.values(), chance, number, band),
                   BrandNames.drawn(known.brands, chance, number, band), str.maketrans("0123456789０１２３４５６７８９", "".join(order) + wide))

    def entity(self, name: str) -> str:
        return f"k{self.number}{name}"

    def person(self, cells: Mapping[str, str], known: Known) -> dict[str, str] | None:
        """A person's cells in this copy; None where a name cannot be changed in its form."""
        clean = known.names.get(known.truth["people"][cells["id"]], "")
        name = self.people.renamed(cells["name"], clean) if clean else None
        institution = self.bodies.renamed(cells["institution"])
        if name is None or institution is None:
            return None
        made = {**cells, "id": self.entity(cells["id"]), "name": name, "institution": institution}
        made |= {p: change(cells[p]) for p, change in (("email", self._email), ("phone", self._phone), ("orcid", self._orcid), ("works", self._works))
                 if cells.get(p)}
        return made

    def organisation(self, cells: Mapping[str, str], known: Known) -> dict[str, str] | None:
        """An organisation's cells in this copy; None where its name cannot be changed in its form."""
        entity = known.truth["organisations"][cells["id"]]
        made = {**cells, "id": self.entity(cells["id"])}
        brands = known.brands_of[entity]
        if not brands:
            return made
        for column in ("name", "former_names"):
            if visible(cells[column]):
                changed = self.bodies.renamed(cells[column], brands if column == "name" else ())
                if changed is None or (column == "name" and changed == cells["name"]):
                    return None
                made[column] = changed
        if parse_person_name(cells["legal_rep"]).chinese:
            clean = known.representatives.get(entity, "")
            changed = self.representatives.renamed(cells["legal_rep"], clean) if clean else None
            if changed is None:
                return None
            made["legal_rep"] = changed
        return made | {"uscc": self._credit_code(cells["uscc"]), "phone": self._phone(cells["phone"]),
                       "address": cells["address"].translate(self.digits),
                       "website": re.sub(r"(?=\.example)", f"k{self.number}", cells["website"])}

    def _email(self, text: str) -> str:
        return re.sub(r"(?=[@＠])", f".k{self.number}", text, count=1)

    def _works(self, text: str) -> str:
        """Each title with the copy's number before it: other titles, of the same subject."""
        return "|".join(f"{self.number}{title.lstrip()}" for title in text.split("|"))

    def _phone(self, text: str) -> str:
        """Another number of the same area or kind; of a masked one the same as of the whole."""
        plain = unicodedata.normalize("NFKC", text)
        country = plain.find("+86") + 3 if "+86" in plain else 0
        digits = [i for i, c in enumerate(plain) if c.isdigit() and i >= country]
        first = plain[digits[0]] if digits else ""
        start = digits[{"0": 3, "1": 1}.get(first, 0)] if len(digits) > 3 else 0
        return text[:start] + text[start:].translate(self.digits) if len(plain) == len(text) else plain.translate(self.digits)

    def _orcid(self, text: str) -> str:
        old = valid_orcid(text)
        if old is None:
            return text
        base = old[:8] + old[8:15].translate(self.digits)
        new = base + mod_11_2.calc_check_digit(base)
        found = re.search(r"\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx]", text)
        return _refilled(text, found.start(), found.end(), new) if found is not None else text

    def _credit_code(self, text: str) -> str:
        old = valid_credit_code(text)
        if old is None:
            return text
        base = old[:8] + old[8:17].translate(self.digits)
        return _refilled(text, 0, len(text), base + uscc.calc_check_digit(base))


def _refilled(text: str, start: int, end: int, new: str) -> str:
    """The text with its letters and digits between two places replaced by new ones in turn."""
    fresh = iter(new)
    return text[:start] + "".join(next(fresh, "") if c.isalnum() else c for c in text[start:end]) + text[end:]


def read_tables(sources: Path = BENCH / "sources") -> list[Table]:
    """Every table of the sources."""
    made = []
    for path in sorted(sources.glob("*/*.csv.gz")):
        told = tomllib.loads((path.parent / "source.toml").read_text(encoding="utf-8"))
        columns = told.get("columns", {}).get(path.name.partition(".")[0], {})
        content = gzip.decompress(path.read_bytes())
        encoding = next(e for e in _ENCODINGS if _decodes(content, e))
        headers, *rows = csv.reader(io.StringIO(content.decode(encoding), newline=""))
        if encoding == "utf-8-sig" and not content.startswith(b"\xef\xbb\xbf"):
            encoding = "utf-8"
        made.append(Table(path.relative_to(sources), tuple(headers), tuple(columns.get(h, h) for h in headers), encoding, rows))
    return made


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def organisation_names() -> tuple[list[RegionRow], OrganisationNames]:
    """The bundled regions, and what takes names of organisations apart by them."""
    regions = [RegionRow(r["id"], r["name"], r["parent"], tuple(a for a in r["aliases"].split(";") if a)) for r in bundled_tables()["regions"]]
    return regions, OrganisationNames(regions, _HOME)


def known_of(tables: Iterable[Table]) -> Known:
    """What the truth and the records together tell."""
    truth = {kind: read_truth(BENCH / name) for kind, name in KINDS.items()}
    records = [(t.kind, t.cells(row)) for t in tables for row in t.rows]
    texts = [c["name"] if kind == "organisations" else c["institution"] for kind, c in records]
    # A word of an industry alone is counted: a slip in it makes a word that stands once.
    industries = Counter(simplified(c["industry"]).strip() for kind, c in records if kind == "organisations")
    brands = Brands.found(organisation_names()[1], [w for w, n in industries.items() if w and n > 5], texts)
    spelled: dict[str, list[str]] = defaultdict(list)
    heads: dict[str, list[str]] = defaultdict(list)
    bodies: dict[str, list[str]] = defaultdict(list)
    for kind, c in records:
        entity = truth[kind][c["id"]]
        if kind == "people":
            spelled[entity].append(c["name"])
        else:
            heads[entity].append(c["legal_rep"])
            bodies[entity].append(c["name"])
    return Known(truth, {e: n for e, s in spelled.items() if (n := clean_name(s))}, {e: n for e, s in heads.items() if (n := clean_name(s))},
                 {e: _brands_of(names, brands) for e, names in bodies.items()}, brands)


def _brands_of(names: Sequence[str], brands: Brands) -> tuple[str, ...]:
    """The brands of a body called so; none where most of its names have none: a public body."""
    chinese = [n for n in names if re.search(r"[㐀-鿿]", n)]
    if chinese:
        found = [b for n in chinese if (b := brands.brand(n))]
        return tuple(sorted(set(found))) if 2 * len(found) > len(chinese) else ()
    return tuple(sorted({b for n in names if re.search(r"\b(?:Co|Ltd)\b", n) for w in re.findall(r"[A-Za-z]+", n)
                         for b in brands.spelled.get(w.casefold(), ())}))


@dataclass
class Written:
    """How many records of each kind were written and left out."""

    written: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def write_copies(folder: Path, times: int, seed: int = 20) -> Written:
    """Write sources and truth files of the same form as bench_resolve into a folder, `times` as large.

    Args:
        folder: an empty one.
        seed: of the bijections.
    """
    tables = read_tables()
    known = known_of(tables)
    copies = [Copy.drawn(number, known, seed, max(_BAND, times)) for number in range(1, times)]
    counted = Written()
    truth: dict[str, dict[str, str]] = {kind: dict(entities) for kind, entities in known.truth.items()}
    for table in tables:
        rows = [*table.rows]
        counted.written[table.kind] += len(rows)
        for copy in copies:
            change = copy.person if table.kind == "people" else copy.organisation
            for row in table.rows:
                cells = table.cells(row)
                changed = change(cells, known)
                if changed is None:
                    counted.left_out[table.kind] += 1
                    continue
                entity = known.truth[table.kind][cells["id"]]
                same_everywhere = table.kind == "organisations" and not known.brands_of[entity]
                truth[table.kind][changed["id"]] = entity if same_everywhere else copy.entity(entity)
                rows.append([changed[p] for p in table.properties])
                counted.written[table.kind] += 1
        _write(folder / "sources" / table.path, table, rows)
    for kind, name in KINDS.items():
        write_truth(folder / name, truth[kind])
    return counted


def _write(path: Path, table: Table, rows: Iterable[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    told = BENCH / "sources" / table.path.parent / "source.toml"
    (path.parent / "source.toml").write_bytes(told.read_bytes())
    with gzip.open(path, "wt", encoding=table.encoding, newline="", compresslevel=1) as file:
        writer = csv.writer(file)
        writer.writerow(table.headers)
        writer.writerows(rows)
