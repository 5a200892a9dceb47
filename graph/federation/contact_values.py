"""Which contact values are fit to be sent, and how they are written: what is neither a number nor an address stays here."""

from __future__ import annotations

import re

from graph.federation.agreement import contacts_fit, is_masked
from graph.names import simplified
from graph.privacy import EMAIL

_PARTS = re.compile(r"[;；,，、/\n]+")
_NOTE = re.compile(r"\([^\d()]*\)")
"""Whose or which number it is: 13812345678(办)."""
_EXTENSION = re.compile(r"(?:转|ext\.?|x|#|-(?=\d{1,5}$))(\d{1,5})$", re.IGNORECASE)
_DOMESTIC = re.compile(r"1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}|[2-8]\d{6,7}|[48]00\d{7}", re.ASCII)
"""A mobile number, a landline with its area code or without, a number for which the called side pays."""
_AREA_CODE = re.compile(r"(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}", re.ASCII)
_WITH_COUNTRY = re.compile(r"861[3-9]\d{9}", re.ASCII)
_FOREIGN = re.compile(r"[1-9]\d{6,14}", re.ASCII)
"""Country code and number: at most fifteen digits (ITU-T E.164)."""
_CHINA = re.compile(r"(?:\+|00)86")


def sendable_contact(name: str, value: str) -> str:
    """A contact value as it may be sent: whole, and nothing that a spreadsheet would run (no plus sign in front).

    Args:
        name: the property: `phone`, `email`, or another, of which the value is sent as it is.
        value: as it came; of several numbers or addresses each is judged by itself.

    Returns:
        Several parted by `; `; empty where nothing in the value can be sent.
    """
    if name not in ("phone", "email"):
        return "" if is_masked(value) else value
    written = (_number if name == "phone" else _address)
    parts = (written(part.strip()) for part in _PARTS.split(simplified(value)) if part.strip() and not is_masked(part))
    return "; ".join(dict.fromkeys(part for part in parts if part))


def reveals(whole: str, masked: str) -> bool:
    """Whether a value is what another one hides a part of (13812345678, 138****5678)."""
    return is_masked(masked) and not is_masked(whole) and contacts_fit(whole, masked)


def _address(text: str) -> str:
    return text if re.fullmatch(EMAIL, text, re.ASCII) else ""


def _number(text: str) -> str:
    """Without +86, and a mobile number without spaces and hyphens; a foreign one with 00 in front. Empty for what is no telephone number."""
    text = _NOTE.sub("", text).strip()
    chinese = _CHINA.match(text)
    plain = re.sub(r"[\s()]+", "", text[chinese.end():] if chinese else text).lstrip("-")
    if whole := _called(plain, chinese is not None):
        return whole
    extension = _EXTENSION.search(plain)
    called = _called(plain[:extension.start()], chinese is not None) if extension else ""
    return f"{called}转{extension[1]}" if extension and called else ""


def _called(plain: str, chinese: bool) -> str:
    """A number without an extension; `chinese`: its country code was taken off, with which the zero of the area code goes."""
    digits = plain.lstrip("+").replace("-", "")
    if plain.startswith(("+", "00")):
        digits = digits.removeprefix("00")
        return f"00{digits}" if _FOREIGN.fullmatch(digits) else ""
    if _WITH_COUNTRY.fullmatch(digits):
        return digits[2:]
    if _DOMESTIC.fullmatch(digits):
        return digits if digits.startswith("1") else plain
    return f"0{digits}" if chinese and _AREA_CODE.fullmatch(digits) else ""
