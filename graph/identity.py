"""Who a person is among the records: what is known of them, which other records are theirs, and the hashes by which they are known again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.admission import IDENTIFYING
from graph.build_edges import reference_key
from graph.errors import UnknownId
from graph.forgotten import PEOPLE, Keys, Person
from graph.ids import split_id
from graph.names import name_key
from graph.resolve import stored_judgements
from graph.schema import NODES
from graph.sql import lent, quoted, strings
from graph.traces import former_records
from graph.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Target:
    """Who is to be forgotten: an entity (or the stub, or the record that is gone, of that full id) with the records that are there; or one record
    of it alone."""

    entity: str
    records: tuple[str, ...]
    one_record: bool = False


def known(workspace: Workspace, target: Target) -> Person:
    """All that the records of a target say of the person; of a stub, the name; of somebody who left, what the history says."""
    person = Person()
    for other in _people(workspace, target.records):
        person.take_in(other)
    if missing := set(target.records) - person.records:
        raise UnknownId(f"{min(missing)} is not there any more")
    person.records.add(target.entity)
    if not target.records:
        person.names |= _stub_names(workspace, target.entity)
    if not target.one_record:
        former_records(workspace, person)
    return person


def _stub_names(workspace: Workspace, entity: str) -> set[str]:
    rows = workspace.connection.execute(f"SELECT name FROM graph.{PEOPLE} WHERE id = ? AND stub", [entity]).fetchall()
    return {split_id(entity)[2]} if rows else set()


def _people(workspace: Workspace, records: Iterable[str] | None = None, source: str = "") -> list[Person]:
    """People as their records say; all (of a source) when `records` is None. Institutions by all names of the organisation that is meant."""
    con = workspace.connection
    listed = ", ".join(f"r.{quoted(c)}" for c in IDENTIFYING)
    key = reference_key(next(p.refers for p in NODES[PEOPLE].properties if p.name == "institution"), "r.institution", "r.source")
    with lent(con, "wanted", strings(record=sorted(records or ()))):
        rows = con.execute(f"SELECT r.source, {listed}, x.entity FROM records.{PEOPLE} r LEFT JOIN graph.resolved x ON x.reference = {key} "
                           f"AND x.outcome = 'resolved' WHERE ($every OR r.source || '/{PEOPLE}/' || r.id IN (SELECT record FROM wanted)) "
                           "AND ($source = '' OR r.source = $source)", {"every": records is None, "source": source}).fetchall()
    bodies: dict[str, set[str]] = {}
    with lent(con, "meant", strings(id=sorted({row[-1] for row in rows if row[-1]}))):
        found = con.execute("SELECT id, name, short_name, aliases, former_names FROM graph.organisations JOIN meant USING (id)").fetchall()
    for id_, *names in found:
        bodies[id_] = {item for cell in names if cell for item in (cell if isinstance(cell, list) else [cell])}
    people = []
    for source_name, *cells, body in rows:
        row = dict(zip(IDENTIFYING, cells, strict=True))
        institution = row["institution"]
        people.append(Person.of_row(source_name, row, bodies.get(body) or ({institution} if institution else ())))
    return people


def take_in_certain(workspace: Workspace, keys: Keys, person: Person) -> None:
    """Add the records that are the person's for certain, though nothing joined them yet, until there is none more. A pair that somebody
    judged different is not."""
    apart = [pair for pair, j in stored_judgements(workspace).items() if j.verdict == "different"]
    others = [p for p in _people(workspace) if not p.records & person.records]
    while True:
        known = set(keys.certain(person))
        kept_apart = {r for pair in apart if person.records & set(pair) for r in pair} - person.records
        more = [p for p in others if not p.records & kept_apart and _may_be(p, person) and known & set(keys.certain(p))]
        if not more:
            return
        for other in more:
            person.take_in(other)
            others.remove(other)


def _may_be(one: Person, other: Person) -> bool:
    """Whether two could share a fact: a name, or both have an ORCID. Quick, since it is asked of everybody."""
    return bool(one.orcids and other.orcids) or not set(map(name_key, one.names)).isdisjoint(map(name_key, other.names))


def alike(workspace: Workspace, keys: Keys, person: Person, scope: str) -> dict[str, Person]:
    """Records that stay and that the keys of the person would hit."""
    kept = {*keys.certain(person, scope), *keys.at_institution(person, scope)}
    return {record: p for p in _people(workspace, source=scope) if not p.records & person.records and _may_be(p, person)
            and kept & {*keys.certain(p, scope), *keys.asked_at_institution(p, scope)} for record in p.records}


def identity(workspace: Workspace, keys: Keys, person: Person, target: Target, scope: str) -> set[str]:
    """The hashes by which the person is known again."""
    kept = {keys.record(record) for record in person.records}
    kept |= {keys.name(name, scope) for name in person.names} | {*keys.certain(person, scope), *keys.at_institution(person, scope)}
    if target.one_record:
        return kept
    kept |= {keys.mention_in(split_id(record)[0], name) for record in person.records for name in person.names}
    names = person.names
    if not target.records:
        # A mention without a record: those whom another source lists under the name are somebody else.
        listed = {name_key(name) for p in _people(workspace) for name in p.names}
        names = {name for name in names if name_key(name) not in listed}
    return kept | {keys.mention(name) for name in names}
