"""What a need asks: its text without what would steer the search and says nothing of the matter.

Public problem lists (问题库, 揭榜挂帅) hold anything from one line to two pages: headings, the enterprise's own praise, terms of cooperation, money,
deadlines. Left in, they find whoever writes of money and cooperation. What remains is the problem, the wanted parameters, the field, the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from queries.need_words import alternatives, words

_ASIDE = words("aside")
_NUMBERING = r"(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）.、．:：]?\s*)?"
_HEADING = re.compile(
    rf"(?:^|(?<=[\n。；;]))[ \t]*{_NUMBERING}[【\[]?(?P<name>{alternatives(words('asked') | _ASIDE)})[】\]]?"
    r"[ \t]*(?:[:：]|(?=\n)|(?<=[】\]]))", re.IGNORECASE)
_SAID = re.compile(alternatives(words("phrase")))
_COMPANY = re.compile(r"[\u4e00-\u9fff（）()]{2,20}?(?:股份有限公司|有限责任公司|有限公司|集团公司)")
_FIGURE = re.compile(r"(?<![A-Za-z0-9])\d+(?:[.,:/~～\-–—]\d+)*(?![A-Za-z0-9])")
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
