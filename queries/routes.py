"""Through whom to reach a scientist: a society, an association, a platform, a team or the institution, never by a private number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from queries.feature_measures import Sight
from queries.paths import Path

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of way to a scientist: what is said of it, with {name} and {role}, and the path to who stands there."""

    label: str
    path: Path
    said: str


WAYS = (
    Way("学会", ("<memberships",), "{name}{role}"),
    Way("单位科协", ("affiliations", "<hosts:organisations"), "所在单位的{name}"),
    Way("科协组织", ("<association_members",), "{name}"),
    Way("平台", ("<leads:platforms",), "其领衔的{name}"),
    Way("服务队", ("<team_members",), "{name}"),
    Way("单位", ("affiliations",), "所在单位{name}"),
)
"""Those the association works with first. A way that leads through a body of the demand's own enterprise is left out."""


class Routes:
    """The ways to the scientists of a snapshot."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._roles = {(person, society): role for society, person, role in sight.snapshot.linked("memberships", "role") if role}

    def of(self, scientist: int, owners: Collection[int] = ()) -> tuple[str, ...]:
        """The ways to a scientist, in words, the best first; the organisations' telephone numbers are masked.

        Args:
            owners: organisations whose demand it is: no way leads through them, or through what they host.
        """
        if self._sight.pool != "scientists":
            return ()
        found: list[str] = []
        for way in WAYS:
            pool = self._sight.paths.end("scientists", way.path)
            rows = self._sight.paths.reached("scientists", [scientist], way.path).tolist()
            rows = [row for row in rows if not owners or not self._is_theirs(pool, row, owners)]
            for row in sorted(rows, key=lambda r: ((scientist, r) not in self._roles, r)):
                role = self._roles.get((scientist, row)) if way.path == ("<memberships",) else None
                said = way.said.format(name=self._sight.snapshot.name(pool, row), role=f"（{role}）" if role else "")
                phone = self._sight.snapshot.nodes(pool).column("phone")[row].as_py() if pool == "organisations" else None
                found.append(f"{said}（电话{phone}）" if phone else said)
        return tuple(dict.fromkeys(found))[:_SHOWN]

    def _is_theirs(self, pool: str, row: int, owners: Collection[int]) -> bool:
        """Whether a body is one of some organisations, or hosted by one."""
        if pool == "organisations" and row in owners:
            return True
        return pool in ("organisations", "platforms") and not set(owners).isdisjoint(self._sight.paths.reached(pool, [row], ("hosts",)).tolist())
