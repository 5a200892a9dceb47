"""The words of need_words.tsv: headings and phrases of public problem lists, and words that are no reason.

Kinds: `asked`, headings under which the matter stands; `aside`, those under which the enterprise, its money and its terms stand; `phrase`, what
stands in every need and says nothing of the matter; `template`, words of every need and every abstract, no reason for anybody; `weak`,
characters with which no phrase begins or ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def words(kind: str) -> frozenset[str]:
    """The words of a kind."""
    lines = files("queries").joinpath("need_words.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(word for of, word in (line.split("\t") for line in lines) if of == kind)


def alternatives(found: Iterable[str]) -> str:
    """Words as alternatives of a regular expression, the longer first."""
    return "|".join(sorted(map(re.escape, found), key=lambda w: (-len(w), w)))
