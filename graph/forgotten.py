"""Who was forgotten, as keyed hashes: enough to keep a person from coming back unasked, and nothing that names them.

**What identity means here.** A name alone is nobody: many share one. A row is taken for a person who was forgotten, whatever source it comes from, if

- it is the same record again (source, table, id; an id that is derived from name and institution too), or has the same valid ORCID; or
- it bears one of the person's names (also aliases and the English name) **and** one more thing that was known of them: an e-mail address, a telephone
  number, the day of birth, or one of their institutions (by any of its names) with no year of birth that contradicts.

Names, addresses and numbers are compared in a plain form (`graph.names.name_key`, lower case, digits alone). A namesake at the same institution, of
whom no year of birth is known, is taken for the person too; `graph.forget` keeps no such key where it would hit a record that stays.

**References** by a name alone (a team's members, authors, who leads a platform) are taken for the person unless their source has
somebody of that name itself who stays. So no stub with the name can come back.

Each key is the HMAC-SHA256 of such a fact under a secret that the workspace holds (`meta.forget_key`): without the file nobody can try
names against the keys. Whoever has the file can, one guess at a time. The keys of one forgetting share their time, by which they are taken
back together.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from graph.ids import full_id
from graph.names import name_key, organisation_core
from graph.resolve import valid_orcid
from graph.sql import scalar
from graph.workspace import Workspace, now

PEOPLE = "scientists"
_SECRET = "forget_key"
_EVERYWHERE, _UNKNOWN, _ANY = "", "?", "*"
TOKEN = 16
"""Characters of a hash that name a forgetting to people."""
_NUMBERS = re.compile(r"[+\d][-\d ()（）]{5,}\d", re.ASCII)
_MOBILE_DIGITS, _FEWEST_DIGITS = 11, 7
_DAY = 10
"""Characters of a whole date, 1960-05-17."""


@dataclass(slots=True)
class Person:
    """What is known of a person, as it was written; `records` are full ids."""

    records: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    orcids: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    births: set[str] = field(default_factory=set)
    institutions: set[str] = field(default_factory=set)

    @staticmethod
    def of_row(source: str, row: dict[str, object], institutions: Iterable[str]) -> Person:
        """The person of a scientists record; `institutions` are the names that its institution cell can mean."""
        def one(name: str) -> set[str]:
            value = row.get(name)
            return {str(value)} if value else set()

        aliases = row.get("aliases")
        return Person({full_id(source, PEOPLE, str(row["id"]))}, one("name") | one("name_en") | set(aliases if isinstance(aliases, list) else []),
                      one("orcid"), one("email"), one("phone"), one("birth_date"), set(institutions))

    def take_in(self, other: Person) -> None:
        """Add all that is known of another record of the same person."""
        for part in ("records", "names", "orcids", "emails", "phones", "births", "institutions"):
            getattr(self, part).update(getattr(other, part))

    @property
    def years(self) -> set[str]:
        return {b[:4] for b in self.births}


class Keys:
    """Facts → keyed hashes.

    Args:
        secret: the workspace's own.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def key(self, *fact: str) -> str:
        return hmac.digest(self._secret, "\x1f".join(fact).encode("utf-8", "surrogatepass"), "sha256").hex()

    def record(self, record: str) -> str:
        return self.key("record", record)

    def name(self, name: str, scope: str = _EVERYWHERE) -> str:
        """Of rows: the first thing to ask, since all but record and ORCID need the name."""
        return self.key("name", scope, name_key(name))

    def mention(self, name: str) -> str:
        """Of references: the person may be mentioned by that name anywhere."""
        return self.key("mention", name_key(name))

    def mention_in(self, source: str, name: str) -> str:
        """Of references: in this source the name meant the person."""
        return self.key("mention in", source, name_key(name))

    def certain(self, person: Person, scope: str = _EVERYWHERE) -> Iterator[str]:
        """Facts that are the person's alone: an ORCID; a name with an address, a number or the day of birth."""
        for orcid in filter(None, map(valid_orcid, person.orcids)):
            yield self.key("orcid", scope, orcid)
        for name in map(name_key, person.names):
            yield from (self.key("email", scope, name, e) for e in {part for cell in person.emails for part in _addresses(cell)})
            yield from (self.key("phone", scope, name, n) for n in {n for cell in person.phones for n in telephone_numbers(cell)})
            yield from (self.key("born", scope, name, b) for b in person.births if len(b) == _DAY)

    def at_institution(self, person: Person, scope: str = _EVERYWHERE) -> Iterator[str]:
        """To keep: name and institution, with the years of birth that are known."""
        for name in map(name_key, person.names):
            for body in map(_body, person.institutions):
                yield self.key("at", scope, name, body, _ANY)
                yield from (self.key("at", scope, name, body, year) for year in person.years or {_UNKNOWN})

    def asked_at_institution(self, person: Person, scope: str = _EVERYWHERE) -> Iterator[str]:
        """To ask: what `at_institution` would have kept of somebody whom this row does not contradict."""
        for name in map(name_key, person.names):
            for body in map(_body, person.institutions):
                yield from (self.key("at", scope, name, body, year) for year in ({*person.years, _UNKNOWN} if person.years else {_ANY}))


class Forgotten:
    """The hashes that a workspace keeps, and what they bar.

    Args:
        workspace: it is only read; without anybody forgotten everything is let in, without a look.
    """

    def __init__(self, workspace: Workspace) -> None:
        secret = workspace.meta(_SECRET)
        rows = workspace.connection.execute(f"SELECT key, left(min(key) OVER (PARTITION BY forgotten_at), {TOKEN}) FROM forgotten").fetchall()
        self._tokens: dict[str, str] = dict(rows) if secret else {}
        self.keys = Keys(bytes.fromhex(secret or ""))

    def __bool__(self) -> bool:
        return bool(self._tokens)

    def holds(self, record: str) -> bool:
        """Whether that record (full id; of a stub too) was forgotten."""
        return bool(self) and self.keys.record(record) in self._tokens

    def row(self, source: str, person: Person) -> str | None:
        """The token of the forgetting that bars a row, None where it may come in."""
        found = self._first(map(self.keys.record, person.records))
        for scope in (_EVERYWHERE, source):
            if self._first(self.keys.name(name, scope) for name in person.names):
                found = found or self._first(self.keys.certain(person, scope)) or self._first(self.keys.asked_at_institution(person, scope))
            elif person.orcids:
                found = found or self._first(self.keys.certain(Person(orcids=person.orcids), scope))
        return found

    def _first(self, keys: Iterable[str]) -> str | None:
        return next((token for key in keys if (token := self._tokens.get(key))), None)

    def reference(self, source: str, value: str) -> str | None:
        """The token of the forgetting that bars a reference by id: of the same source, or a full one."""
        return self._first(map(self.keys.record, (full_id(source, PEOPLE, value), value)))

    def mention(self, source: str, name: str, own: set[str]) -> str | None:
        """The token of the forgetting that bars a mention by name. `own`: the keys of the names of those whom the source lists itself."""
        anywhere = self._first([self.keys.mention(name)]) if name_key(name) not in own else None
        return self._first([self.keys.mention_in(source, name)]) or anywhere


def keys_of(workspace: Workspace) -> Keys:
    """The hashing of a workspace; its secret is made where there is none yet. The caller holds the transaction."""
    secret = workspace.meta(_SECRET)
    if secret is None:
        secret = secrets.token_hex(32)
        workspace.set_meta(_SECRET, secret)
    return Keys(bytes.fromhex(secret))


def keep(workspace: Workspace, keys: Iterable[str]) -> None:
    """Keep the hashes of one forgetting under one time. The caller holds the transaction."""
    last = scalar(workspace.connection, "SELECT max(forgotten_at) FROM forgotten")
    at: datetime = now() if last is None else max(now(), last + timedelta(microseconds=1))
    workspace.connection.executemany("INSERT INTO forgotten VALUES (?, ?) ON CONFLICT DO NOTHING", [(key, at) for key in sorted(set(keys))])


def take_back(workspace: Workspace, wanted: str) -> int:
    """Delete the hashes of the forgetting that has a token, or that a record's full id belongs to. Returns how many."""
    con = workspace.connection
    token = wanted if len(wanted) == TOKEN else token_of(workspace, wanted)
    return len(con.execute("DELETE FROM forgotten WHERE forgotten_at IN (SELECT forgotten_at FROM forgotten WHERE left(key, ?) = ?) RETURNING 1",
                           [TOKEN, token]).fetchall())


def token_of(workspace: Workspace, record: str) -> str:
    """The token of the forgetting that a record (full id) belongs to: the beginning of its first hash. Empty where it was not forgotten."""
    found = scalar(workspace.connection, "SELECT min(key) FROM forgotten WHERE forgotten_at = (SELECT forgotten_at FROM forgotten WHERE key = ?)",
                   [Keys(bytes.fromhex(workspace.meta(_SECRET) or "")).record(record)])
    return str(found or "")[:TOKEN]


def telephone_numbers(cell: str) -> set[str]:
    """The numbers in a cell as digits, a country code left off; masked ones (138****5678) are none."""
    found = ("".join(c for c in number if c.isdigit()) for number in _NUMBERS.findall(cell))
    return {digits[-_MOBILE_DIGITS:] if digits.startswith("86") else digits for digits in found if len(digits) >= _FEWEST_DIGITS}


def _addresses(cell: str) -> list[str]:
    return [part.casefold() for part in re.split(r"[\s;；、,，|<>]+", cell) if "@" in part]


@cache
def _body(institution: str) -> str:
    return organisation_core(institution) or name_key(institution)
