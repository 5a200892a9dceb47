"""Giving people and enterprises other names, so that every spelling of one name changes alike.

A name is known in one clean spelling; what a list writes (`楊瓊雪`, `琼雪杨`, `杨琼?`, `YANG Qiong-xue`, `Yang QX`) is told apart into what is
the name and what is the form, and the form is kept: order, case, hyphens, unreadable characters, traditional characters, a character for
another that sounds the same. None is returned where the form cannot be kept.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import product

from pypinyin import Style, lazy_pinyin, pinyin

from graph.names import simplified
from graph.resolution.organisation_names import BODY, OrganisationNames, letters
from graph.resolution.person_names import COMPOUND_SURNAMES, SURNAME_READINGS, SURNAMES, parse_person_name

_HAN = re.compile(r"[㐀-鿿]")
_WILD = frozenset("?？*＊□■○〇◯�")
_WIDER = ord("Ａ") - ord("A")
_LATIN_WORD = re.compile(r"[A-Za-zü']+")
_PUBLIC = re.compile(BODY + "$")
_LEGAL_FORM = re.compile(r"公司|集团|企业|\b(?:co|ltd|inc)\b", re.IGNORECASE)


def rotated(counts: Mapping[str, int], chance: random.Random, step: int, band: int = 20) -> dict[str, str]:
    """A bijection of the keys, each to one about as frequent, so that common names stay common.

    Keys stand in circles of `band` to 2 `band`, in an order drawn by chance, and move on by `step`: with the same chance and other steps below
    `band` no key becomes the same twice.
    """
    ordered = sorted(counts, key=lambda key: (-counts[key], key))
    bands = max(1, len(ordered) // band)
    made: dict[str, str] = {}
    for number in range(bands):
        circle = ordered[number * band:(number + 1) * band if number < bands - 1 else None]
        chance.shuffle(circle)
        made.update({key: circle[(i + step) % len(circle)] for i, key in enumerate(circle)})
    return made


@cache
def _traditional() -> dict[str, str]:
    """Simplified character → its usual traditional one, where they differ (OpenCC's table)."""
    table = files("opencc").joinpath("dictionary", "STCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {old: new for old, news in pairs if len(old) == 1 and (new := news.split(" ")[0]) != old}


@cache
def _plain(character: str) -> str:
    return simplified(character) if _HAN.match(character) else character


def _in_script_of(text: str, character: str) -> str:
    """The character, in its traditional form where the text is written so."""
    return _traditional().get(character, character) if any(_plain(c) != c for c in text) else character


def parted(name: str) -> tuple[str, str]:
    """Surname and given name of a clean Chinese name, surname first."""
    return (name[:2], name[2:]) if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else (name[:1], name[1:])


def clean_name(spellings: Iterable[str]) -> str:
    """The Chinese name that most spellings of one person give, surname first; empty where none does."""
    found = Counter(p.chinese for s in spellings if (p := parse_person_name(s)).chinese and not p.wild)
    return min(found, key=lambda name: (-found[name], parted(name)[0] not in SURNAMES, name), default="")


@cache
def _readings(character: str) -> tuple[str, ...]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False, errors="default")[0]
    return tuple(dict.fromkeys((letters(character), *(r.replace("ü", "v").replace("v", u) for u in ("v", "u", "yu") for r in found))))


@cache
def _sound(character: str) -> str:
    return lazy_pinyin(character)[0]


@dataclass(frozen=True)
class PersonNames:
    """The names of one copy: each surname of one character for another, each character of a given name for another."""

    surnames: Mapping[str, str]
    given: Mapping[str, str]

    @classmethod
    def drawn(cls, names: Iterable[str], chance: random.Random, step: int, band: int) -> PersonNames:
        """Bijections drawn over the surnames and given names of clean names; see rotated."""
        pairs = [parted(name) for name in names]
        return cls(rotated(Counter(s for s, _ in pairs if len(s) == 1), chance, step, band),
                   rotated(Counter(c for _, given in pairs for c in given), chance, step, band))

    def renamed(self, text: str, name: str) -> str | None:
        """A spelling of a person whose clean name is given, as this copy writes it."""
        return self._chinese(text, name) if _HAN.search(text) or set(text.strip()) <= _WILD else self._latin(text, name)

    def _chinese(self, text: str, name: str) -> str | None:
        places = [i for i, c in enumerate(text) if _HAN.match(c) or c in _WILD]
        surname, given = parted(name)
        family = [(c, self.surnames.get(c, c) if len(surname) == 1 else c, self.surnames) for c in surname]
        called = [(c, self.given.get(c, c), self.given) for c in given]
        for start, order in product(range(len(places) - len(name) + 1), ([*family, *called], [*called, *family])):
            window = places[start:start + len(name)]
            changed = [_image(text[i], *expected) for i, expected in zip(window, order, strict=True)]
            slips = sum(text[i] not in _WILD and _plain(text[i]) != expected[0] for i, expected in zip(window, order, strict=True))
            if None not in changed and slips <= len(name) // 2:
                whole = list(text)
                for i, character in zip(window, changed, strict=True):
                    whole[i] = text[i] if character is None or character == _plain(text[i]) else _in_script_of(text, character)
                return "".join(whole)
        return None

    def _latin(self, text: str, name: str) -> str | None:
        words = list(_LATIN_WORD.finditer(text))
        surname, given = parted(name)
        families = {*(_readings(surname) if len(surname) == 1 else ()), _surname_letters(surname)}
        family = _surname_letters(self.surnames.get(surname, surname))
        image = [letters(self.given.get(c, c)) for c in given]
        for at in (0, len(words) - 1):
            if len(words) < 2 or words[at][0].casefold() not in families:
                continue
            others = [w for i, w in enumerate(words) if i != at]
            for parts in _romanised([w[0].casefold() for w in others], given, image):
                new = [*parts[:at], words[at][0].casefold() if surname not in self.surnames else family, *parts[at:]]
                whole, end = "", 0
                for word, part in zip(words, new, strict=True):
                    whole += text[end:word.start()] + _in_case_of(word[0], part)
                    end = word.end()
                return whole + text[end:]
        return None


def _image(written: str, expected: str, image: str, images: Mapping[str, str]) -> str | None:
    """What becomes of a character that is written where another is expected: of a slip for one of the same sound another such slip."""
    if written in _WILD:
        return written
    if _plain(written) == expected:
        return image
    if _sound(_plain(written)) != _sound(expected):
        return None
    return next((c for c in _grouped_by_sound(tuple(sorted(images)))[_sound(image)] if c != image), None) if image in images else None


def _surname_letters(surname: str) -> str:
    return SURNAME_READINGS.get(surname) or letters(surname)


@cache
def _grouped_by_sound(characters: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for character in characters:
        groups[_sound(character)].append(character)
    return groups


def _romanised(words: Sequence[str], given: str, image: Sequence[str]) -> Iterator[list[str]]:
    """What the words of a romanised given name become: the name in one word, syllable by syllable, or initials."""
    syllables = [_readings(c) for c in given]
    if len(words) == 1:
        if any("".join(read) == words[0] for read in product(*syllables)):
            yield ["".join(image)]
        for length in range(len(given), 0, -1):
            if any(len(words[0]) == length and all(r[0] == c for r, c in zip(read, words[0], strict=False)) for read in product(*syllables)):
                yield ["".join(part[0] for part in image[:length])]
    elif len(words) == len(given):
        if all(word in reads for word, reads in zip(words, syllables, strict=True)):
            yield list(image)
        elif all(len(word) == 1 and any(r.startswith(word) for r in reads) for word, reads in zip(words, syllables, strict=True)):
            yield [part[0] for part in image]


def _in_case_of(word: str, text: str) -> str:
    if word.isupper() and (len(word) > 1 or len(text) == 1):
        return text.upper()
    return text.capitalize() if word[:1].isupper() else text


@dataclass(frozen=True)
class Brands:
    """The brands of enterprises: what is left of a name without its place, industry and legal form.

    names: takes names apart. industries: words of an industry, the longest first. known: the brands of the data.
    """

    names: OrganisationNames
    industries: tuple[str, ...]
    known: frozenset[str]

    @classmethod
    def found(cls, names: OrganisationNames, industries: Iterable[str], texts: Iterable[str]) -> Brands:
        """The brands that stand before an industry's word in some text."""
        words = tuple(sorted(set(industries), key=lambda w: (-len(w), w)))
        cores = [n.core for text in texts if not (n := names.parse(visible(text))).latin]
        known = {core[:-len(word)] for core in cores if (word := next((w for w in words if core.endswith(w)), ""))}
        return cls(names, words, frozenset(b for b in known if len(b) > 1 and not _PUBLIC.search(b)))

    def brand(self, text: str) -> str:
        """The brand in a Chinese name of an enterprise, simplified; empty where it has none."""
        name = self.names.parse(visible(text))
        if name.latin:
            return ""
        word = next((w for w in self.industries if name.core.endswith(w)), "")
        if word:
            return name.core[:-len(word)]
        return max((name.core[:n] for n in range(2, len(name.core) + 1) if name.core[:n] in self.known), key=len, default="")

    @cached_property
    def spelled(self) -> Mapping[str, Sequence[str]]:
        """Letters of a brand's pinyin → the brands."""
        made: dict[str, list[str]] = defaultdict(list)
        for brand in sorted(self.known):
            made[letters(brand)].append(brand)
        return made


def visible(text: str) -> str:
    """The text without blanks and characters that cannot be seen."""
    return "".join(c for c in text if not c.isspace() and c.isprintable())


@dataclass(frozen=True)
class BrandNames:
    """The brands of one copy: each character for another, wherever a brand stands."""

    brands: Brands
    images: Mapping[str, str]

    @classmethod
    def drawn(cls, brands: Brands, chance: random.Random, step: int, band: int) -> BrandNames:
        """A bijection drawn over the characters of brands; see rotated."""
        return cls(brands, rotated(Counter(c for b in brands.known for c in b), chance, step, band))

    def renamed(self, text: str, known: Sequence[str] = ()) -> str | None:
        """A body's name as this copy writes it; the text itself where it has no brand.

        Args:
            known: the brands that the body is known to have; without them a pinyin word that several brands share cannot be changed.
        """
        if not _HAN.search(text):
            return self._latin(text, known)
        brand = self.brands.brand(text)
        if not brand:
            return None if _LEGAL_FORM.search(simplified(text)) and known else text
        places = [i for i, c in enumerate(text) if visible(c)]
        start = "".join(_plain(text[i]) for i in places).find(brand)
        if start < 0:
            return None
        whole = list(text)
        for i in places[start:start + len(brand)]:
            whole[i] = _in_script_of(text, self.images.get(_plain(text[i]), _plain(text[i])))
        return "".join(whole)

    def _latin(self, text: str, known: Sequence[str]) -> str | None:
        plain = unicodedata.normalize("NFKC", text)
        if not known and (not _LEGAL_FORM.search(plain) or not self.brands.names.parse(plain).latin):
            return text
        possible = {letters(b): [b] for b in known} or self.brands.spelled
        word = next((w for w in _LATIN_WORD.finditer(plain) if w[0].casefold() in possible), None)
        if word is None:
            return None
        images = {letters("".join(self.images.get(c, c) for c in brand)) for brand in possible[word[0].casefold()]}
        if len(images) > 1:
            return None
        changed = plain[:word.start()] + _in_case_of(word[0], images.pop()) + plain[word.end():]
        return changed if plain == text else "".join(chr(ord(c) + _WIDER) if "!" <= c <= "~" else c for c in changed)
