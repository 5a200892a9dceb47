"""What a contact value and an identity number look like, and how they are hidden: in SQL for the graph, in Python for messages.

The patterns hold in both: RE2 (DuckDB) and `re` with ASCII classes read them alike. They know e-mail addresses, Chinese mobile numbers,
landlines with an area code, and resident identity numbers (GB 11643-1999). What they cannot know (a messenger's name, a home address in a
sentence) is not hidden.
"""

from __future__ import annotations

import re

from stdnum.cn import ric

from graph.schema import Property, Type
from graph.sql import quoted

HIDDEN = "****"

EMAIL = r"[A-Za-z0-9._%+\-]+[@＠](?:[A-Za-z0-9\-]+[.])+[A-Za-z]{2,}"
MOBILE = r"(?:[+]86[- ]?|\b(?:86[- ]?)?)1[3-9]\d[- ]?\d{4}[- ]?\d{4}\b"
LANDLINE = r"\b0\d{2,3}[- ]\d{7,8}\b|[(（]0\d{2,3}[)）] ?\d{7,8}\b"
IDENTITY = r"\b[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]\b"

_PERSONAL = f"{EMAIL}|{IDENTITY}|{MOBILE}"
CONTACT = f"{_PERSONAL}|{LANDLINE}"
"""What is hidden in a text that anybody may read."""

CODES = frozenset({"uscc", "stock_code", "doi", "url", "clc", "orcid"})
"""Properties of long numbers and addresses that are nobody's contact."""
_OFFICE = frozenset({"address", "website"})
"""Where an organisation's landline may stand: it is the office's, not a person's."""

_CONTACT = re.compile(CONTACT, re.ASCII)
_BRACKETED_CONTACT = re.compile(rf"[(（\[【<《][^()（）\[\]【】<>《》]*(?:{CONTACT})[^()（）\[\]【】<>《》]*[)）\]】>》]", re.ASCII)
_IDENTITY = re.compile(IDENTITY, re.ASCII)


def hidden_in_text(p: Property) -> str:
    """SQL for a public property in which what looks like a contact value or an identity number becomes `****`."""
    column = quoted(p.name)
    if p.type not in (Type.TEXT, Type.LIST) or p.choices or p.name in CODES:
        return column
    pattern = _PERSONAL if p.name in _OFFICE else CONTACT
    if p.type is Type.LIST:
        return f"list_transform({column}, lambda item: regexp_replace(item, '{pattern}', '{HIDDEN}', 'g'))"
    return f"regexp_replace({column}, '{pattern}', '{HIDDEN}', 'g')"


def without_contacts(text: str) -> str:
    """A text in which contact values and identity numbers are hidden: for messages, issues, evidence."""
    return _CONTACT.sub(HIDDEN, text)


def without_identity_numbers(text: str) -> str:
    """A text in which valid resident identity numbers (their check digit is right) are hidden."""
    return _IDENTITY.sub(lambda found: HIDDEN if ric.is_valid(found[0].upper()) else found[0], text)


def without_contact_words(name: str) -> str:
    """A name without the contact values beside it: `张三（电话 13800000000）` is 张三; nothing is left of what is only an address."""
    if _CONTACT.search(name) is None:
        return name
    rest = _CONTACT.sub(" ", _BRACKETED_CONTACT.sub(" ", name))
    return re.sub(r"\s+", " ", rest).strip(" :：,，;；、/|-—<>")


def holds_contact(text: str) -> bool:
    """Whether a contact value or an identity number stands in a text."""
    return _CONTACT.search(text) is not None
