"""Text → terms: single characters and pairs of them for Chinese, stemmed words for what is written in letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from graph.names import simplified

CODE_BITS = 43
"""A term's code has at most so many bits."""
_PAIR_BITS, _WORD_BASE = 21, 1 << 42
_WORD = re.compile(r"[a-zà-öø-ÿα-ω0-9]+(?:[.'’-](?=[a-z0-9])[a-z0-9]+)*")
_IN_WORDS = ((0x30, 0x39), (0x61, 0x7A), (0xE0, 0xF6), (0xF8, 0xFF), (0x3B1, 0x3C9), (0x27, 0x27), (0x2D, 0x2E), (0x2019, 0x2019))
_CHINESE = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))
_TABLE_END = 0x10000
_IN_CONTEXT = 0xFFFFFFFF
"""In the table of normal forms: what a character becomes depends on its neighbours, or is more than one character."""

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
def _english_stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def stem(word: str) -> str | None:
    """The stem of an English word (Snowball), None for a stop word."""
    if word in STOP_WORDS:
        return None
    return _english_stem(word) if word.isascii() and word.isalpha() else word


def normalised(text: str) -> str:
    """The form in which texts are compared: simplified characters, NFKC, lower case."""
    return simplified(text).lower()


@cache
def _normal_forms() -> NDArray[np.uint32]:
    """Code point → that of its normal form, for characters whose form is one character whatever stands beside them; else `_IN_CONTEXT`.

    Unicode Standard Annex 15: NFKC of a text is that of its characters one by one where none of them can combine with the one before it. Those
    that can have a combining class, are the second of a canonical composition, or are Hangul vowels or finals. Lower case depends on what stands
    beside in Σ alone.
    """
    second = {int(parts[1], 16) for c in range(_TABLE_END) if len(parts := unicodedata.decomposition(chr(c)).split()) == 2 and parts[0][0] != "<"}
    second.update(range(0x1161, 0x1176), range(0x11A8, 0x11C3))
    table = np.full(_TABLE_END + 1, _IN_CONTEXT, np.uint32)
    for code in chain(range(0xD800), range(0xE000, _TABLE_END)):
        first = unicodedata.normalize("NFKD", chr(code))[0]
        form = normalised(chr(code))
        if len(form) == 1 and not unicodedata.combining(first) and ord(first) not in second and first != "Σ":
            table[code] = ord(form)
    return table


@cache
def _marks(ranges: tuple[tuple[int, int], ...]) -> NDArray[np.bool_]:
    """Which code points lie in ranges, up to the greatest of them and one more."""
    table = np.zeros(max(high for _, high in ranges) + 2, np.bool_)
    for low, high in ranges:
        table[low:high + 1] = True
    return table


def _among(codes: NDArray[np.uint32], ranges: tuple[tuple[int, int], ...]) -> NDArray[np.bool_]:
    table = _marks(ranges)
    found: NDArray[np.bool_] = table[np.minimum(codes, len(table) - 1)]
    return found


@dataclass(slots=True)
class Terms:
    """Terms of many texts, one entry an occurrence: `text[i]` is the number of the text in which the term `code[i]` stands."""

    text: NDArray[np.int32]
    code: NDArray[np.uint64]


class Encoder:
    """Turns texts into term codes. The words it has met are its own; characters and pairs need no list."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words: dict[str, int] = {w: i for i, w in enumerate(words)}

    def encode(self, texts: Sequence[str], *, grow: bool) -> Terms:
        """All terms of all texts, in no order. Takes some 60 bytes a character: call it with some megabytes of text at a time.

        Args:
            texts: the texts.
            grow: whether words never met are learnt; else they get numbers that no word has, for this call.
        """
        codes, owner = _normal_codes(texts)
        chinese = _among(codes, _CHINESE)
        single = np.flatnonzero(chinese)
        pair = np.flatnonzero(chinese[:-1] & chinese[1:])
        at, numbers = self._words(codes, {} if not grow else self.words)
        terms = np.empty(len(single) + len(pair) + len(at), np.uint64)
        terms[:len(single)] = codes[single]
        pairs = terms[len(single):len(single) + len(pair)]
        pairs[:] = codes[pair]
        pairs <<= np.uint64(_PAIR_BITS)
        pairs |= codes[pair + 1]
        terms[len(single) + len(pair):] = numbers
        return Terms(np.concatenate([owner[single], owner[pair], owner[at]]), terms)

    def _words(self, codes: NDArray[np.uint32], learnt: dict[str, int]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Where runs of letters begin, once for each word in them, and the words' codes; words never met go to `learnt`."""
        at = np.flatnonzero(_among(codes, _IN_WORDS))
        begins = np.flatnonzero(np.diff(at, prepend=-2) > 1)
        spaced = np.full(len(at) + len(begins), ord(" "), np.uint32)
        spaced[np.arange(1, len(at) + 1) + np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(at))))] = codes[at]
        met: dict[str, tuple[int, ...]] = {}
        found: list[tuple[int, ...]] = []
        for run in spaced.tobytes().decode("utf-32-le").split(" ")[1:]:
            numbers = met.get(run)
            if numbers is None:
                numbers = met[run] = tuple(self._number(s, learnt) for w in _WORD.findall(run) if (s := stem(w)) is not None)
            found.append(numbers)
        places = np.repeat(at[begins], [len(numbers) for numbers in found])
        return places, np.fromiter(chain.from_iterable(found), np.uint64, len(places)) + np.uint64(_WORD_BASE)

    def _number(self, stemmed: str, learnt: dict[str, int]) -> int:
        number = self.words.get(stemmed)
        if number is None:
            number = learnt.setdefault(stemmed, len(self.words) + (len(learnt) if learnt is not self.words else 0))
        return number


def _normal_codes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """The code points of all texts in their normal form, a zero after each, and the number of the text in which each stands."""
    raw, owner = _code_points(texts)
    codes = _normal_forms()[np.minimum(raw, _TABLE_END)]
    whole = np.unique(owner[codes == _IN_CONTEXT])
    if len(whole):
        changed = list(texts)
        for i in whole.tolist():
            changed[i] = normalised(changed[i])
        raw, owner = _code_points(changed)
        ready = np.zeros(len(texts), np.bool_)
        ready[whole] = True
        codes = np.where(ready[owner], raw, _normal_forms()[np.minimum(raw, _TABLE_END)])
    return codes, owner


def _code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    joined = "\0".join(texts) + "\0" if len(texts) else ""
    # A lone surrogate, which broken input can hold, is one question mark.
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
    return codes, np.repeat(np.arange(len(texts), dtype=np.int32), [len(t) + 1 for t in texts])
