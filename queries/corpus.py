"""What speaks for scientists: their works and their own profiles as documents, and who stands behind each."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.names import name_key
from graph.snapshot import Snapshot
from queries.text import Field, TextIndex

TITLE_WEIGHT, ABSTRACT_WEIGHT, KEYWORD_WEIGHT = 3.0, 1.0, 2.0


@dataclass(slots=True)
class Corpus:
    """Documents of scientists, and the index over them.

    Attributes:
        ids: the work behind each document, or the scientist whose profile it is (documents).
        titles: what each document is called.
        person, document: the two sides of "this document speaks for this scientist" (rows of the scientists' table, rows
            of the documents), sorted by person.
        index: the text index over the documents.
    """

    ids: list[str]
    titles: list[str]
    years: list[int | None]
    person: NDArray[np.int64]
    document: NDArray[np.int64]
    index: TextIndex
    texts: _Texts

    @classmethod
    def of(cls, snapshot: Snapshot) -> Corpus:
        """The corpus of a snapshot; its index is kept beside the snapshot, by revision."""
        texts = _Texts(snapshot)
        person, document = _once(*texts.links(), texts)
        order = np.lexsort((document, person))
        return cls(texts.ids, texts.titles, texts.years, person[order], document[order], _index(snapshot, texts), texts)

    def text(self, document: int) -> str:
        """All that a document says, as one text."""
        return self.texts.whole(document)


class _Texts:
    """The fields of every document: all works that have an author, then every scientist who has a profile."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        scientists = snapshot.positions("scientists")
        works = snapshot.positions("works")
        self._authorships = [(scientists[s], works[w]) for w, s in snapshot.pairs("authorships") if s in scientists and w in works]
        self._works = sorted({w for _, w in self._authorships})
        self._profiles = [i for i, text in enumerate(self._profile_texts) if text]
        work_ids, scientist_ids = snapshot.ids("works"), snapshot.ids("scientists")
        titles, years, names = snapshot.names("works"), snapshot.column("works", "year"), snapshot.names("scientists")
        self.ids = [work_ids[w] for w in self._works] + [scientist_ids[s] for s in self._profiles]
        bios = snapshot.column("scientists", "bio")
        self.titles = [titles[w] for w in self._works] + [f"{names[s]}（{'简介' if bios[s] else '研究方向'}）" for s in self._profiles]
        work_years = [years[w] for w in self._works]
        self.years = [y if isinstance(y, int) else None for y in work_years] + [None] * len(self._profiles)

    def links(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(person, document) of every authorship and profile."""
        at = {w: i for i, w in enumerate(self._works)}
        pairs = [(s, at[w]) for s, w in self._authorships] + [(s, len(self._works) + i) for i, s in enumerate(self._profiles)]
        array = np.asarray(pairs, np.int64).reshape(-1, 2)
        return array[:, 0], array[:, 1]

    @cached_property
    def _disciplines(self) -> dict[str, list[str]]:
        """Names of the disciplines of each node that has any."""
        names = self._snapshot.names_by_id("disciplines")
        return {source: [names[t] for t in found if t in names] for source, found in self._snapshot.targets("subjects").items()}

    @cached_property
    def _profile_keywords(self) -> list[str]:
        ids, keywords = self._snapshot.ids("scientists"), self._snapshot.column("scientists", "keywords")
        return [_joined(k, self._disciplines.get(i)) for i, k in zip(ids, keywords, strict=True)]

    @cached_property
    def _profile_texts(self) -> list[str]:
        bios = self._snapshot.column("scientists", "bio")
        return [f"{keywords}\n{bio or ''}".strip() for keywords, bio in zip(self._profile_keywords, bios, strict=True)]

    @cached_property
    def fields(self) -> list[Field]:
        """Title, abstract and keywords of every document; a profile has its keywords and disciplines, and the bio for abstract."""
        titles = self._snapshot.names("works")
        abstracts, keywords = self._snapshot.column("works", "abstract"), self._snapshot.column("works", "keywords")
        bios, ids = self._snapshot.column("scientists", "bio"), self._snapshot.ids("works")
        none = [""] * len(self._profiles)
        return [
            Field("title", TITLE_WEIGHT, [titles[w] for w in self._works] + none),
            Field("abstract", ABSTRACT_WEIGHT, [str(abstracts[w] or "") for w in self._works] + [str(bios[s] or "") for s in self._profiles]),
            Field("keywords", KEYWORD_WEIGHT, [_joined(keywords[w], self._disciplines.get(ids[w])) for w in self._works]
                  + [self._profile_keywords[s] for s in self._profiles]),
        ]

    def whole(self, document: int) -> str:
        return "\n".join(f.texts[document] for f in self.fields)


def _once(person: NDArray[np.int64], document: NDArray[np.int64], texts: _Texts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of a person's works of one title, which several lists may have, the one that says most."""
    said = [len(abstract) for abstract in texts.fields[1].texts]
    best: dict[tuple[int, str], int] = {}
    for p, d in zip(person.tolist(), document.tolist(), strict=True):
        key = p, name_key(texts.titles[d]) or texts.ids[d]
        if key not in best or (-said[d], d) < (-said[best[key]], best[key]):
            best[key] = d
    return np.asarray([p for p, _ in best], np.int64), np.asarray(list(best.values()), np.int64)


def _joined(*lists: object) -> str:
    """Lists of words as one text; a separator that is no letter keeps their ends apart."""
    return " ; ".join(str(item) for found in lists if isinstance(found, list) for item in found)


def _index(snapshot: Snapshot, texts: _Texts) -> TextIndex:
    """The text index, from the snapshot's folder where it is there, else made and kept."""
    if snapshot.folder is None:
        return TextIndex.build(texts.fields)
    kept = snapshot.folder / "text"
    if not kept.is_dir():
        partial = snapshot.folder / f"text.{os.getpid()}.partial"
        TextIndex.build(texts.fields).save(partial)
        try:
            partial.rename(kept)
        except OSError:  # another process was first
            shutil.rmtree(partial)
    return TextIndex.load(kept)
