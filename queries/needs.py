"""What a need asks: its text without what would steer the search and says nothing of the matter.

Public problem lists (问题库, 揭榜挂帅) hold anything from one line to two pages: headings, the enterprise's own praise, terms of cooperation, money,
deadlines. Left in, they find whoever writes of money and cooperation. What remains is the problem, the wanted parameters, the field, the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph.snapshot import Snapshot
from queries.need_words import alternatives, words

_ASIDE = words("aside")
_NUMBERING = r"(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）.、．:：]?\s*)?"
_HEADING = re.compile(
    rf"(?:^|(?<=[\n。；;]))[ \t]*{_NUMBERING}[【\[]?(?P<name>{alternatives(words('asked') | _ASIDE)})[】\]]?"
    r"[ \t]*(?:[:：]|(?=\n)|(?<=[】\]]))", re.IGNORECASE)
_SAID = re.compile(alternatives(words("phrase")))
_COMPANY = re.compile(r"[\u4e00-\u9fff（）()]{2,20}?(?:股份有限公司|有限责任公司|有限公司|集团公司)")
_FIGURE = re.compile(r"(?<![A-Za-z0-9])\d+(?:[.,:/~～\-–—]\d+)*(?![A-Za-z0-9])")
_LEVELS = 2
"""Above a county lie a city and a province."""
_GAP = "\n"
"""What is taken out leaves a gap: the characters on both sides of it are no pair."""


def asked(text: str, names: Iterable[str] = ()) -> str:
    """The part of a need's text that the search goes by.

    Args:
        text: the need, of one line or of pages.
        names: what the enterprise and its places are called; they are taken out too.

    Returns:
        The text without sections about the enterprise, money and terms, without names, standing phrases and bare figures; the text as it is
        where nothing would be left.
    """
    kept = _sections(text)
    if not kept.strip():
        return text
    for name in sorted({n for n in names if len(n) > 1}, key=len, reverse=True):
        kept = kept.replace(name, _GAP)
    for pattern in (_COMPANY, _SAID, _FIGURE):
        kept = pattern.sub(_GAP, kept)
    return kept if any(c.isalnum() for c in kept) else text


def _sections(text: str) -> str:
    """What stands under headings of the matter, or under none."""
    found = list(_HEADING.finditer(text))
    kept = [text[:found[0].start()] if found else text]
    for heading, following in zip(found, [*found[1:], None], strict=False):
        if heading["name"].casefold() not in _ASIDE:
            kept.append(text[heading.end():following.start() if following else len(text)])
    return _GAP.join(kept)


class Needs:
    """The needs of a snapshot: what each says and asks."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._enterprises = snapshot.targets("demands")
        self._regions = snapshot.targets("locations")
        self._parents = snapshot.targets("parts")
        self._called = _spellings(snapshot, "organisations", ("name", "short_name", "aliases", "former_names"))
        self._placed = _spellings(snapshot, "regions", ("name", "aliases"))

    def asked(self, text: str, need: str | None) -> str:
        """What a text asks (see `asked`), without the names of the need's enterprise, and of the places of both."""
        enterprises = self._enterprises.get(need, []) if need else []
        places = {r for thing in (need, *enterprises) if thing for r in self._regions.get(thing, [])}
        for _ in range(_LEVELS):
            places |= {p for r in places for p in self._parents.get(r, [])}
        called = [n for e in enterprises for n in self._called.get(e, ())]
        return asked(text, called + [n for r in places for n in self._placed.get(r, ())])

    def texts(self) -> dict[str, str]:
        """What each need says: its title, text and keywords, and the products and disciplines that it names."""
        ids = self._snapshot.ids("needs")
        named: dict[str, list[str]] = {}
        for kind, pool in (("concerns", "products"), ("subjects", "disciplines")):
            names = self._snapshot.names_by_id(pool)
            for source, targets in self._snapshot.targets(kind).items():
                named.setdefault(source, []).extend(names[t] for t in targets if t in names)
        columns = [self._snapshot.column("needs", c) for c in ("title", "text", "keywords")]
        found = {}
        for id_, title, text, keywords in zip(ids, *columns, strict=True):
            words = [*(keywords if isinstance(keywords, list) else []), *named.get(id_, [])]
            found[id_] = "\n".join([str(title or ""), str(text or ""), " ; ".join(words)]).strip()
        return found


def _spellings(snapshot: Snapshot, pool: str, columns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The names of each thing of a pool."""
    cells = [snapshot.column(pool, c) for c in columns]
    return {id_: tuple(str(n) for cell in row for n in (cell if isinstance(cell, list) else [cell]) if n)
            for id_, *row in zip(snapshot.ids(pool), *cells, strict=True)}
