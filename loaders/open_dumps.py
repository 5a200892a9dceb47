"""The open dumps among the files of a source: which they are, and what becomes of them."""

from __future__ import annotations

import re
from pathlib import Path

from loaders.dump_rows import Understandings
from loaders.dumps import dump_of, is_part
from loaders.openalex import OpenAlex
from loaders.ror import Ror

_RELEASE = re.compile(r"v?\d[\d.]*-\d{4}-\d{2}-\d{2}-ror-data.*", re.IGNORECASE)
"""The name of a release of ROR: `v1.63-2025-04-03-ror-data_schema_v2.json`."""
_READ = frozenset({"works", "authors", "institutions"})


class OpenDumps:
    """Takes the dumps of one source in, in any order; `finish` when all files are read.

    Args:
        gathered: the tables of the source.
    """

    def __init__(self, gathered: Understandings) -> None:
        self._openalex, self._ror = OpenAlex(gathered), Ror(gathered)
        self.left_alone: list[tuple[str, str]] = []
        """Dumps of what no table is for (file, why)."""

    def take(self, path: Path) -> bool:
        """Take a file in, if it is a dump. Returns whether it is one.

        Raises:
            SourceError: it breaks off.
        """
        dump = dump_of(path)
        if dump is None:
            return False
        if dump.kind == "organisations":
            self._ror.take(dump, dump.place)
        elif dump.kind in _READ:
            self._openalex.take(dump, dump.place)
        else:
            self.left_alone.append((dump.place, f"{dump.title}: no table is for them"))
        return True

    def finish(self) -> None:
        """Add what only all files together tell."""
        self._openalex.finish()
        self._ror.finish()


def usual_source(path: Path) -> str:
    """The source of a file whose own name says only which part or release of a dump it is; nothing for any other."""
    return "openalex" if is_part(path) else "ror" if _RELEASE.fullmatch(path.name) else ""
