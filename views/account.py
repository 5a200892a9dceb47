"""Where the values of one thing come from, in words: fact by fact, its records side by side, and why they are one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from graph.ids import split_id
from graph.layout import INDICATORS, node_properties
from graph.member_records import Joining, model_words
from graph.provenance import MENTION, REFERENCE, Account, Provenance
from graph.schema import KINDS, POOLS, TABLES, Privacy, Property, columns
from views.facts import Facts
from views.words import Words

_BEYOND = f"{INDICATORS.name}."
MOST_COLUMNS = 6
_MOST_REASONS = 30


@dataclass(frozen=True, slots=True)
class Where:
    """The record that says something, and where it stands: source, file, row."""

    record: str
    source: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Said:
    """A value in words (or the items of a list that the same records give), and who says so."""

    value: str
    places: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A property: what the graph shows, by which rule, and what else was said."""

    label: str
    rule: str
    chosen: tuple[Said, ...]
    others: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one record says of a property; `chosen` where the graph has it from there."""

    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A record as the head of a column."""

    where: Where
    name: str
    rank: int
    loaded_at: str


@dataclass(frozen=True, slots=True)
class Line:
    """One property over all records shown."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A judgement in words."""

    left: str
    right: str
    verdict: str
    why: str
    score: float
    who: str


@dataclass(frozen=True, slots=True)
class Origins:
    """What the page of a thing says of where it comes from. `places` has the records that state its relations."""

    facts: tuple[Fact, ...]
    open: tuple[Fact, ...]
    records: tuple[Column, ...]
    lines: tuple[Line, ...]
    reasons: tuple[Reason, ...]
    more_records: int = 0
    more_reasons: int = 0
    places: dict[str, Where] = field(default_factory=dict)


def origins(account: Account, facts: Facts, words: Words) -> Origins:
    """An account in words. Contact fields are left out, as everywhere on pages."""
    return _Telling(account, facts, words).origins()


class _Telling:
    def __init__(self, account: Account, facts: Facts, words: Words) -> None:
        self.account, self.facts, self.words = account, facts, words
        declared = {p.name: p for table in (*POOLS[account.pool], KINDS[account.kind]) for p in columns(table)}
        self.properties: dict[str, Property] = declared
        hidden = {p.name for p in node_properties(account.pool) if p.privacy is Privacy.CONTACT}
        self.rows = [row for row in account.provenance if row.property not in hidden]

    def origins(self) -> Origins:
        account = self.account
        grouped: dict[str, list[Provenance]] = defaultdict(list)
        for row in self.rows:
            grouped[row.property].append(row)
        stated = (_where(row) for row in (*account.provenance, *account.stated))
        return Origins(
            facts=tuple(self._fact(name, rows) for name, rows in grouped.items() if rows[0].rule != REFERENCE),
            open=tuple(self._fact(name, left) for name, rows in grouped.items()
                       if (left := [r for r in rows if r.rule == REFERENCE and r.outcome != "resolved"])),
            records=tuple(Column(Where(m.record, m.place.source, m.place.file, m.place.row), m.title, m.rank,
                                 f"{m.place.loaded_at:%Y-%m-%d}" if m.place.loaded_at else "") for m in account.members[:MOST_COLUMNS]),
            lines=tuple(self._lines(grouped)) if len(account.members) > 1 else (),
            reasons=tuple(self._reason(j) for j in account.joinings[:_MOST_REASONS]),
            more_records=max(0, len(account.members) - MOST_COLUMNS), more_reasons=max(0, len(account.joinings) - _MOST_REASONS),
            places={w.record: w for w in stated})

    def _fact(self, name: str, rows: list[Provenance]) -> Fact:
        """Chosen values with all records that say the same, then the others; items of the same records on one line."""
        chosen = {row.value for row in rows if row.chosen}
        return Fact(self._label(name), self.words.known(f"rule_of_{rows[0].rule}", rows[0].rule),
                    self._said([row for row in rows if row.value in chosen]), self._said([row for row in rows if row.value not in chosen]))

    def _said(self, rows: list[Provenance]) -> tuple[Said, ...]:
        places: dict[str, dict[str, Where]] = defaultdict(dict)
        for row in rows:
            places[self._value(row)][row.record] = _where(row)
        together: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for value, by_record in places.items():
            together[tuple(by_record)].append(value)
        return tuple(Said(self.words("list_separator").join(values), tuple(places[values[0]].values())) for values in together.values())

    def _lines(self, grouped: dict[str, list[Provenance]]) -> Iterable[Line]:
        shown = [m.record for m in self.account.members[:MOST_COLUMNS]]
        for name, rows in grouped.items():
            said: dict[str, list[Provenance]] = defaultdict(list)
            for row in rows:
                said[row.record].append(row)
            if any(record in said for record in shown):
                yield Line(self._label(name), tuple(
                    Cell(self.words("list_separator").join(dict.fromkeys(self._value(r) for r in said[record])), any(r.chosen for r in said[record]))
                    for record in shown))

    def _label(self, name: str) -> str:
        if name.startswith(_BEYOND):
            return name.removeprefix(_BEYOND)
        return self.words.property(self.properties[name])

    def _value(self, row: Provenance) -> str:
        if row.rule == REFERENCE and row.outcome in ("resolved", "stub"):
            return self.facts.name(row.means)
        could = self.words("could_be", names=self.facts.names(row.candidates)) if row.candidates and row.rule != MENTION else ""
        p = self.properties.get(row.property)
        return (self.words.value(p, row.value) if p is not None else str(row.value)) + could

    def _reason(self, j: Joining) -> Reason:
        evidence = self._evidence(j.evidence)
        why = self.words.known(f"method_{j.method}", j.method)
        return Reason(j.left, j.right, self.words.known(f"verdict_{j.verdict}", j.verdict),
                      self.words("why_with", why=why, evidence=evidence) if evidence else why, j.score, j.who)

    def _evidence(self, evidence: str) -> str:
        """Evidence in words: what the model said; of another JSON object its labels and values, of a list its items."""
        if (words := model_words(evidence)) is not None:
            return words
        try:
            said = json.loads(evidence)
        except ValueError:
            return evidence
        labels = {p.name: self.words.property(p) for table in TABLES.values() for p in columns(table)}
        labels |= {name: self.words.property(p) for name, p in self.properties.items()}
        match said:
            case dict():
                return self.words("sentence_separator").join(f"{labels.get(k, k)} {v}" for k, v in said.items())
            case list():
                return self.words("sentence_separator").join(str(v) for v in said)
            case _:
                return str(said)


def _where(row: Provenance) -> Where:
    return Where(row.record, row.source, row.file, row.row)


def stated_in(origins: Origins | None, record: str) -> Where:
    """Where the record that states a relation stands; its source alone where there is no account."""
    if origins is not None and record in origins.places:
        return origins.places[record]
    return Where(record, split_id(record)[0], "", 0)
