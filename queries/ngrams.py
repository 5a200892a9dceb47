"""Text → terms: single characters and pairs of them for Chinese, stemmed words for what is written in letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from graph.names import simplified

_WORD = re.compile(r"[a-zà-öø-ÿα-ω0-9]+(?:[.'’-](?=[a-z0-9])[a-z0-9]+)*")
_PAIR_BASE = 1 << 21
_WORD_BASE = 1 << 42
_CHUNK = 4_000_000
_CHINESE = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))

STOP_WORDS = frozenset("""
a about above after again all also am an and any are as at be because been before being below between both but by can could did do does doing
during each few for from further had has have having he her here his how i if in into is it its itself more most no nor not of off on once only
or other our out over own same she should so some such than that the their them then there these they this those through to too under until up
very was we were what when where which while who whom why will with would you your et al using based study
""".split())


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@cache
def stem(word: str) -> str | None:
    """The stem of an English word (Snowball), None for a stop word."""
    if word in STOP_WORDS:
        return None
    return str(_stemmer().stemWord(word)) if word.isascii() and word.isalpha() else word


def normalised(text: str) -> str:
    """The form in which texts are compared: simplified characters, NFKC, lower case."""
    return simplified(text).lower()


def is_chinese(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which code points are Chinese characters (with extensions A and B)."""
    mask = np.zeros(len(codes), np.bool_)
    for low, high in _CHINESE:
        mask |= (codes >= low) & (codes <= high)
    return mask


@dataclass(slots=True)
class Terms:
    """Terms of many texts, one entry an occurrence: `text[i]` is the number of the text in which the term `code[i]` stands."""

    text: NDArray[np.int64]
    code: NDArray[np.uint64]


class Encoder:
    """Turns texts into term codes. The words it has met are its own; characters and pairs need no list."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words: dict[str, int] = {w: i for i, w in enumerate(words)}

    def encode(self, texts: Sequence[str], *, grow: bool) -> Terms:
        """All terms of all texts. Words never met are learnt where `grow`; else they get numbers that no word has, for this call."""
        parts: list[Terms] = []
        strangers: dict[str, int] = {}
        start, size = 0, 0
        for i, text in enumerate(texts):
            size += len(text)
            if size >= _CHUNK or i + 1 == len(texts):
                parts.append(_encode(texts[start:i + 1], start, self.words, strangers))
                if grow:
                    self.words.update(strangers)
                    strangers = {}
                start, size = i + 1, 0
        return Terms(np.concatenate([p.text for p in parts] or [np.empty(0, np.int64)]),
                     np.concatenate([p.code for p in parts] or [np.empty(0, np.uint64)]))


def _encode(texts: Sequence[str], first: int, words: dict[str, int], strangers: dict[str, int]) -> Terms:
    plain = [normalised(t) for t in texts]
    joined = "\0".join(plain)
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(plain), dtype=np.int64) + first, [len(t) + 1 for t in plain])[: len(codes)]
    chinese = is_chinese(codes)
    single = np.flatnonzero(chinese)
    pair = np.flatnonzero(chinese[:-1] & chinese[1:]) if len(codes) else single
    wide = codes.astype(np.uint64)
    found, numbers = _words(joined, words, strangers)
    return Terms(np.concatenate([owner[single], owner[pair], owner[found]]),
                 np.concatenate([wide[single], wide[pair] * np.uint64(_PAIR_BASE) + wide[pair + 1], numbers]))


def _words(joined: str, words: dict[str, int], strangers: dict[str, int]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Where words begin, and their numbers; those that are not among `words` are put among the strangers."""
    starts: list[int] = []
    numbers: list[int] = []
    for match in _WORD.finditer(joined):
        if (stemmed := stem(match.group())) is not None:
            number = words.get(stemmed)
            if number is None:
                number = strangers.setdefault(stemmed, len(words) + len(strangers))
            starts.append(match.start())
            numbers.append(_WORD_BASE + number)
    return np.asarray(starts, np.int64), np.asarray(numbers, np.uint64)
