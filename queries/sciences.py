"""On which side of science somebody stands: natural science and technology, or social science, the humanities and management.

By the name of a discipline, else by its code (GB/T 13745-2009, the State's catalogue of degrees, the NSFC), else by the discipline above it; of a
work without disciplines by its class in the Chinese Library Classification. What no table knows is on neither side.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum
from functools import cache
from importlib.resources import files

from graph.names import name_key
from graph.snapshot import Snapshot


class Side(Enum):
    """A side of science, with its Chinese name."""

    NATURAL = "自然科学"
    SOCIAL = "社会科学"


_CODES = (
    # GB/T 13745: 110–190 natural, 210–240 agricultural, 310–360 medical, 410–620 engineering; 630 management; 710–910 humanities and social sciences
    (re.compile(r"(?:1[1-9]|[2-5]\d|6[0-2])\d(?:\d\d)*"), Side.NATURAL), (re.compile(r"(?:63|[7-9]\d)\d(?:\d\d)*"), Side.SOCIAL),
    # 学科门类: 理 工 农 医; 哲 经 法 教 文 史, 军 管 艺
    (re.compile(r"(?:0[7-9]|10)(?:\d\d)*"), Side.NATURAL), (re.compile(r"(?:0[1-6]|1[1-3])(?:\d\d)*"), Side.SOCIAL),
    # NSFC: A–F and H; G is management
    (re.compile(r"[A-FH](?:\d\d)*"), Side.NATURAL), (re.compile(r"G(?:\d\d)*"), Side.SOCIAL),
)
_LEVELS = 6
"""Disciplines above a discipline that are asked at the most."""
_CLC = ((re.compile(r"B84|[N-VX]"), Side.NATURAL), (re.compile(r"(?!B84)[A-K]"), Side.SOCIAL))
"""Classes of the Chinese Library Classification; B84 is psychology, which GB/T 13745 has with the natural sciences."""


@cache
def _named() -> dict[str, Side]:
    """The sides of the names in sciences.tsv: first-level disciplines of GB/T 13745, of the catalogue of degrees and of the two national funds."""
    lines = files("queries").joinpath("sciences.tsv").read_text(encoding="utf-8").splitlines()
    return {name_key(name): Side[side.upper()] for side, name in (line.split("\t") for line in lines)}


class Sciences:
    """The sides of the scientists of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._names = snapshot.names_by_id("disciplines")
        self._above = snapshot.targets("parts")
        self._subjects = snapshot.targets("subjects")
        self._classes = dict(zip(snapshot.ids("works"), snapshot.column("works", "clc"), strict=True))
        self._works: dict[str, list[str]] = {}
        for work, scientist in snapshot.pairs("authorships"):
            self._works.setdefault(scientist, []).append(work)

    def of(self, scientist: str) -> frozenset[Side]:
        """The sides of a scientist: of all their disciplines; without any that a table knows, of most of their works."""
        own = {side for discipline in self._subjects.get(scientist, ()) if (side := self.of_discipline(discipline))}
        if own:
            return frozenset(own)
        counts = Counter(side for work in self._works.get(scientist, ()) for side in self._of_work(work))
        return frozenset(side for side, count in counts.items() if count == max(counts.values()))

    def of_discipline(self, discipline: str) -> Side | None:
        """The side of a discipline (id), by its name, its code, or the first above it of which a side is known."""
        level = [discipline]
        for _ in range(_LEVELS):
            for id_ in level:
                side = _named().get(name_key(self._names.get(id_, ""))) or _coded(id_.rsplit("/", 1)[-1])
                if side is not None:
                    return side
            level = [above for id_ in level for above in self._above.get(id_, ())]
        return None

    def _of_work(self, work: str) -> set[Side]:
        subjects = {side for discipline in self._subjects.get(work, ()) if (side := self.of_discipline(discipline))}
        class_ = str(self._classes.get(work) or "")
        return subjects or {side for pattern, side in _CLC if pattern.match(class_)}


def _coded(code: str) -> Side | None:
    return next((side for pattern, side in _CODES if pattern.fullmatch(code)), None)
