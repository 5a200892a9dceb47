"""Open dumps told by their content: OpenAlex and ROR, as JSON lines, lists or pages of an interface, plain, gzipped or zipped.

They are read object by object, so that a large one takes the memory of what is kept of it.
"""

from __future__ import annotations

import codecs
import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Literal

from graph.errors import SourceError

Object = dict[str, object]

_NAMES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz", ".gz", ".zip")
_NOT_DUMPS = (".csv.gz", ".tsv.gz", ".tar.gz")
_ID = re.compile(r"https?://(?:openalex\.org/(?:(?P<path>[a-z-]+)/)?(?P<letter>[A-Za-z])?[\w-]*\d[\w-]*|(?P<ror>ror)\.org/0[a-z0-9]{8})/?")
_PART = re.compile(r"part_?\d+\.gz", re.IGNORECASE)
"""A part of a table of OpenAlex's snapshot, in folders such as `works/updated_date=2024-01-01`."""
_SAMPLED = 20
"""Objects, or lines, at the beginning of a file that tell what it is."""
_PIECE = 1 << 20
_LONGEST_OBJECT, _LARGEST_PAGE = 1 << 26, 1 << 26
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError)

Stream = IO[bytes] | gzip.GzipFile
Form = Literal["lines", "list", "page"]


@dataclass(frozen=True, slots=True)
class Dump:
    """A file that was recognised.

    `kind` is what its objects are: `works`, `authors`, `institutions`, `organisations` (of ROR), or another kind of OpenAlex, which no table is for.
    """

    path: Path
    kind: str
    form: Form

    @property
    def place(self) -> str:
        """How the file is called in issues: its name; for a part of a snapshot with its folders."""
        parts = self.path.parts
        return "/".join(parts[-3:] if len(parts) > 2 and parts[-2].startswith("updated_date=") else parts[-1:]).encode("utf-8", "replace").decode()

    @property
    def title(self) -> str:
        return "ROR organisations" if self.kind == "organisations" else f"OpenAlex {self.kind}"

    def objects(self) -> Iterator[tuple[int, Object | str]]:
        """Every object with its line (in a list: its place in it, from 1); what is no object, as the words that say so.

        Raises:
            SourceError: the file breaks off or is broken where the next object cannot be found.
        """
        try:
            with _opened(self.path) as stream:
                yield from _read(self.path, stream, self.form)
        except _BROKEN as error:
            raise SourceError(f"{self.path}: broken, cannot be read to its end ({error}); nothing was loaded") from error


def dump_of(path: Path) -> Dump | None:
    """What a file is a dump of; None for any other file, and one that cannot be read (whoever reads it says why)."""
    name = path.name.casefold()
    if not name.endswith(_NAMES) or name.endswith(_NOT_DUMPS) or not path.is_file():
        return None
    for form in _forms(path):
        try:
            with _opened(path) as stream:
                found = next((kind for _, item in islice(_read(path, stream, form), _SAMPLED) if (kind := _kind(item))), None)
        except (*_BROKEN, ValueError, RecursionError, SourceError):
            found = None
        if found:
            return Dump(path, found, form)
    return None


def snapshot_parts(folder: Path) -> list[Path]:
    """The parts of an OpenAlex snapshot in a folder, in its folders by date, or in those of its tables (`data/works/updated_date=…/part_000.gz`)."""
    return sorted(p for pattern in ("part*.gz", "updated_date=*/part*.gz", "*/updated_date=*/part*.gz") for p in folder.glob(pattern)
                  if is_part(p))


def is_part(path: Path) -> bool:
    """Whether a file is called as the parts of OpenAlex's snapshot are."""
    return bool(_PART.fullmatch(path.name))


def identifier(value: object) -> str:
    """The last part of an id of OpenAlex, ROR or ORCID (https://openalex.org/W123 → W123); nothing for what is none."""
    return value.rstrip("/").rpartition("/")[2].strip() if isinstance(value, str) else ""


def _kind(item: object) -> str:
    """What an object is, by its id and what it says; nothing for one of neither dump, such as a row of our own that has such an id."""
    id_ = item.get("id") if isinstance(item, dict) else None
    found = _ID.fullmatch(id_) if isinstance(id_, str) else None
    if not isinstance(item, dict) or not found:
        return ""
    if found["ror"]:
        return "organisations" if isinstance(item.get("names"), list) or "types" in item else ""
    if not ("display_name" in item or {"title", "publication_year"} <= item.keys()):
        return ""
    own = {"W": "works", "A": "authors", "I": "institutions", "S": "sources", "C": "concepts", "T": "topics", "P": "publishers", "F": "funders",
           "V": "venues"}
    return own.get((found["letter"] or "").upper(), "") if not found["path"] or found["letter"] else found["path"]


def _forms(path: Path) -> list[Form]:
    """The forms that a file can have, by its first character."""
    try:
        with _opened(path) as stream:
            start = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    except _BROKEN:
        return []
    return ["list"] if start == b"[" else ["lines", "page"] if start else []


@contextmanager
def _opened(path: Path) -> Iterator[Stream]:
    """The bytes of a file, unpacked."""
    name = path.name.casefold()
    if name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive, archive.open(_member(archive)) as stream:
            yield stream
    elif name.endswith(".gz"):
        with gzip.open(path) as unpacked:
            yield unpacked
    else:
        with path.open("rb") as stream:
            yield stream


def _member(archive: zipfile.ZipFile) -> str:
    """The JSON file of an archive; where ROR's has one a version of its schema, the newer."""
    found = sorted(name for name in archive.namelist() if name.casefold().endswith((".json", ".jsonl")) and not name.startswith("__MACOSX"))
    if not found:
        raise zipfile.BadZipFile("no JSON file is in it")
    return next((name for name in found if "schema_v2" in name), found[0])


def _read(path: Path, stream: Stream, form: Form) -> Iterator[tuple[int, Object | str]]:
    match form:
        case "lines":
            return _lines(stream)
        case "list":
            return ((n, item if isinstance(item, dict) else "not an object") for n, item in enumerate(_items(path, stream), 1))
        case "page":
            return _page(stream)


def _lines(stream: Stream) -> Iterator[tuple[int, Object | str]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"not JSON ({(str(error).splitlines() or ['?'])[0]})"
        else:
            yield number, item if isinstance(item, dict) else "not an object"


def _items(path: Path, stream: Stream) -> Iterator[object]:
    """The items of a JSON list, one by one.

    Raises:
        SourceError: it breaks off, or an item is broken: where the next begins cannot be known then.
    """
    text, decoder = codecs.getincrementaldecoder("utf-8-sig")(), json.JSONDecoder()
    held, at, count = text.decode(stream.read(_PIECE)).lstrip()[1:], 0, 0
    while True:
        at = _after_space(held, at)
        if held[at:at + 1] == "]":
            return
        try:
            item, end = decoder.raw_decode(held, at)
        except (ValueError, RecursionError) as error:
            data = stream.read(_PIECE)
            if not data or len(held) - at > _LONGEST_OBJECT:
                raise SourceError(f"{path}: record {count + 1} of the list is broken, or the file breaks off ({error})") from error
            held, at = held[at:] + text.decode(data), 0
            continue
        count += 1
        yield item
        at = end


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _page(stream: Stream) -> Iterator[tuple[int, Object | str]]:
    """The objects of one page as the interfaces send it: an object with a list of them (`results`, `items`), or one alone."""
    data = stream.read(_LARGEST_PAGE + 1)
    content = json.loads(data) if len(data) <= _LARGEST_PAGE else None
    if not isinstance(content, dict):
        return
    listed = [content] if _kind(content) else next((v for v in content.values() if isinstance(v, list) and v and _kind(v[0])), [])
    for number, item in enumerate(listed, 1):
        yield number, item if isinstance(item, dict) else "not an object"
