"""Bytes → text, in the encodings that people have."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import charset_normalizer

from graph.errors import SourceError
from graph.names import simplified

_SAMPLE = 60_000
"""Bytes from which Big5 is told from GB18030."""
_READABLE, _CLEARLY = 0.75, 0.15
_SILENT = re.compile(r"[\u00a0-\u00ff\u0370-\u03ff\u2010-\u26ff\u3000-\u303f\u3200-\u33ff\ufe30-\ufe4f\uff00-\uffef]")


def decode(path: Path, data: bytes) -> tuple[str, str]:
    """Text, and the encoding that it was found in.

    UTF-8 (with or without BOM), UTF-16, GB18030 (GBK, GB2312), Big5, or what charset-normalizer is sure of.

    Raises:
        SourceError: no encoding fits, or two do and neither reads as Chinese; or UTF-8 with a broken place, which would turn to nonsense in
            any other encoding.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(path, data, "utf-16"), "utf-16"
    start = data[:1000]
    # Every other byte of ASCII in UTF-16 is zero: the second, or (big-endian) the first.
    utf_16 = "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"
    if start.count(0) * 4 > len(start):
        return _strictly(path, data, utf_16), utf_16
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        # Chinese in UTF-8 is whole characters with a rare break; in GBK read as UTF-8 breaks outnumber what happens to fit.
        loose = data.decode("utf-8-sig", "replace")
        if sum(c >= "\u0800" for c in loose) > 3 * loose.count("\ufffd"):
            line = data[: error.start].count(b"\n") + 1
            raise SourceError(f"{path}: UTF-8, but broken at line {line} (byte {error.start}); save the file anew as UTF-8") from error
    if start.count(0) * 50 > len(start):
        return _strictly(path, data, utf_16), utf_16
    return _gb18030_or_big5(path, data)


def _strictly(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {encoding.upper()}, but broken at byte {error.start}; save it anew as UTF-8") from error


def _gb18030_or_big5(path: Path, data: bytes) -> tuple[str, str]:
    """Nearly every text in Big5 can be read as GB18030, as nonsense: the reading with more common characters is the right one."""
    big5 = _share_common(data, "cp950")
    gb18030 = _share_common(data, "gb18030")
    if big5 >= _READABLE and big5 > gb18030 + _CLEARLY:
        try:
            return data.decode("cp950"), "big5"
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise SourceError(f"{path}: Big5, but broken at line {line} (byte {error.start}); save the file anew as UTF-8") from error
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        loose = data.decode("gb18030", "replace")
        if sum("\u4e00" <= c <= "\u9fff" for c in loose) > 20 * loose.count("\ufffd"):
            line = data[: error.start].count(b"\n") + 1
            raise SourceError(f"{path}: GB18030, but broken at line {line} (byte {error.start}); save the file anew as UTF-8") from error
        best = charset_normalizer.from_bytes(data).best()
        if best is None:
            raise SourceError(f"{path}: in no encoding that can be told (UTF-8, GB18030, Big5, UTF-16 are); save it anew as UTF-8") from None
        return str(best), best.encoding
    if big5 > gb18030 and gb18030 < _READABLE:
        raise SourceError(f"{path}: it could be GB18030 or Big5, and reads as plain Chinese in neither; save it anew as UTF-8")
    return text, "gb18030"


def _share_common(data: bytes, encoding: str) -> float:
    """Of the characters beyond ASCII at the beginning of a text in an encoding, the share of common Chinese ones.

    Punctuation, symbols and full-width forms speak for nothing. A broken place, and a character of private use, speak against the encoding.
    """
    text = data[:_SAMPLE].decode(encoding, "replace")
    characters = [c for c in simplified(_SILENT.sub("", text)) if c > "\x7f"]
    return sum(c in _common() for c in characters) / max(len(characters), 1)


@cache
def _common() -> frozenset[str]:
    """The 3,755 characters of the first level of GB/T 2312: rows 16 to 55."""
    return frozenset(bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)
                     if (row, cell) <= (0xD7, 0xF9))
