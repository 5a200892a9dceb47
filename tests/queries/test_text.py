"""Terms and BM25F against the formula worked out by hand."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries import text as text_module
from queries.ngrams import Encoder, normalised, stem
from queries.postings import MOST_FIELDS
from queries.text import K1, B, Field, TextIndex

TEXTS = st.text(alphabet="电池锂热番鋰ab c,，.-'3Σσé…Ⅱ", max_size=14)
WEIGHTS = (3.0, 1.0, 2.0)
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+")
_WORD = re.compile(r"[a-zà-öø-ÿα-ω0-9]+(?:[.'’-](?=[a-z0-9])[a-z0-9]+)*")


def plainly(text: str) -> Counter[str]:
    """The terms of a text, one step after the other: characters, pairs, stems."""
    plain = normalised(text)
    runs = _CHINESE.findall(plain)
    pairs = [run[i:i + 2] for run in runs for i in range(len(run) - 1)]
    return Counter([*"".join(runs), *pairs, *(s for w in _WORD.findall(plain) if (s := stem(w)) is not None)])


def bm25f(fields: list[list[str]], query: str) -> tuple[list[float], float]:
    """Each document's score and the ideal, by the formula, term by term."""
    documents = len(fields[0])
    counts = [[plainly(t) for t in texts] for texts in fields]
    lengths = [[c.total() for c in found] for found in counts]
    averages = [sum(found) / max(sum(n > 0 for n in found), 1) or 1.0 for found in lengths]
    asked = plainly(query)
    scores, ideal = [0.0] * documents, 0.0
    for term, times in asked.items():
        df = sum(any(c[d][term] for c in counts) for d in range(documents))
        weight = (1 + math.log(times)) * math.log1p((documents - df + 0.5) / (df + 0.5))
        ideal += weight * (K1 + 1)
        for d in range(documents):
            tf = sum(w * c[d][term] / (1 - B + B * n[d] / a) for w, c, n, a in zip(WEIGHTS, counts, lengths, averages, strict=True))
            scores[d] += weight * tf * (K1 + 1) / (K1 + tf)
    return scores, ideal


def terms_of(text: str) -> list[str]:
    """The terms of one text as words, sorted: what an encoder makes of it."""
    encoder = Encoder()
    codes = [int(c) for c in encoder.encode([text], grow=True).code]
    words = {number: word for word, number in encoder.words.items()}
    shown = []
    for code in codes:
        if code >= 1 << 42:
            shown.append(words[code - (1 << 42)])
        elif code >= 1 << 21:
            shown.append(chr(code >> 21) + chr(code & ((1 << 21) - 1)))
        else:
            shown.append(chr(code))
    return sorted(shown)


def test_chinese_becomes_characters_and_pairs_and_english_becomes_stems() -> None:
    assert terms_of("锂电池 batteries of Li-ion") == sorted(["锂", "电", "池", "锂电", "电池", "batteri", "li-ion"])


def test_pairs_do_not_cross_punctuation_or_letters() -> None:
    assert terms_of("锂，电B池") == sorted(["锂", "电", "池", "b"])


def test_traditional_full_width_and_capitals_are_the_same_terms() -> None:
    assert terms_of("鋰電池ＢＭＳ") == terms_of("锂电池bms")


def test_texts_do_not_run_into_each_other() -> None:
    encoded = Encoder().encode(["电", "池"], grow=True)
    assert sorted(zip(encoded.text.tolist(), map(chr, encoded.code.tolist()), strict=True)) == [(0, "电"), (1, "池")]


@pytest.mark.parametrize(("word", "expected"), [("batteries", "batteri"), ("the", None), ("cooling", "cool"), ("co2", "co2")])
def test_stems(word: str, expected: str | None) -> None:
    assert stem(word) == expected


def test_bm25f_equals_the_formula() -> None:
    """Two documents of two fields; the query 电 occurs in both. Worked out from Robertson, Zaragoza & Taylor (2004)."""
    titles, abstracts = ["电", "水"], ["水水", "电水水水"]
    index = TextIndex.build([Field("title", 3.0, titles), Field("abstract", 1.0, abstracts)])
    # Field lengths in terms (characters and pairs): titles 1, 1; abstracts 3 (水 水 水水), 7 (4 characters, 3 pairs).
    average_abstract = 5.0
    idf = math.log1p((2 - 2 + 0.5) / (2 + 0.5))
    first = 3.0 / (1 - B + B * 1 / 1)
    second = 1.0 / (1 - B + B * 7 / average_abstract)
    expected = [idf * tf * (K1 + 1) / (K1 + tf) for tf in (first, second)]
    assert index.scores(index.queries(["电"]))[0] == pytest.approx(expected, rel=1e-6)


def test_a_repeated_query_term_counts_by_its_logarithm() -> None:
    index = TextIndex.build([Field("title", 1.0, ["电", "水"])])
    once, thrice = index.queries(["电 水", "电 电 电 水"]).vectors.toarray()
    at = int(np.argmax(thrice))
    assert thrice[at] / once[at] == pytest.approx(1 + math.log(3))


def test_unknown_words_and_an_empty_query_score_nothing() -> None:
    index = TextIndex.build([Field("title", 1.0, ["电池 battery"])])
    scores = index.scores(index.queries(["zeppelin", "", "。"]))
    assert scores.shape == (3, 1)
    assert not scores.any()


def test_a_term_that_no_document_has_counts_in_the_ideal() -> None:
    index = TextIndex.build([Field("title", 1.0, ["电", "水", "火"])])
    known, more = index.queries(["电", "电 光"]).ideal
    assert known == pytest.approx((K1 + 1) * math.log1p(2.5 / 1.5))
    assert more - known == pytest.approx((K1 + 1) * math.log1p(3.5 / 0.5))


def test_a_saved_index_answers_alike(tmp_path: Path) -> None:
    index = TextIndex.build([Field("title", 3.0, ["电池 cooling", "番茄"]), Field("abstract", 1.0, ["热管理", ""])])
    index.save(tmp_path / "kept")
    again = TextIndex.load(tmp_path / "kept")
    for query in ("电池热管理", "cooled", "番茄"):
        assert (again.scores(again.queries([query])) == index.scores(index.queries([query]))).all()


@given(st.lists(st.text(alphabet="电池锂热番茄ab c,，", max_size=12), min_size=1, max_size=6), st.text(alphabet="电池锂热番茄ab c", max_size=8))
def test_no_document_scores_above_the_ideal(texts: list[str], query: str) -> None:
    index = TextIndex.build([Field("title", 3.0, texts)])
    queries = index.queries([query])
    scores, ideal = index.scores(queries)[0], queries.ideal[0]
    assert (scores >= 0).all()
    assert (scores <= ideal * (1 + 1e-6)).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=7), st.lists(TEXTS, min_size=1, max_size=3), st.integers(1, 40),
       st.integers(1, 3))
def test_scores_equal_the_formula_however_the_documents_are_parted(
        monkeypatch: pytest.MonkeyPatch, documents: list[tuple[str, str, str]], queries: list[str], part: int, read: int) -> None:
    monkeypatch.setattr(text_module, "_PART", part)
    monkeypatch.setattr(text_module, "_READ", read)
    fields = [list(texts) for texts in zip(*documents, strict=True)]
    index = TextIndex.build([Field(str(i), weight, texts) for i, (weight, texts) in enumerate(zip(WEIGHTS, fields, strict=True))])
    asked = index.queries(queries)
    found = index.scores(asked)
    assert found.shape == (len(queries), len(documents))
    for query, scores, ideal in zip(queries, found, asked.ideal, strict=True):
        expected, most = bm25f(fields, query)
        assert ideal == pytest.approx(most)
        assert scores == pytest.approx(expected, abs=1e-6 * max(most, 1.0))


@given(st.lists(TEXTS, max_size=7), st.lists(TEXTS, min_size=1, max_size=3))
def test_which_queries_stand_beside_and_where_the_index_lies_change_no_bit(texts: list[str], queries: list[str]) -> None:
    index = TextIndex.build([Field("title", 1.0, texts)])
    together = index.scores(index.queries(queries))
    with TemporaryDirectory() as folder:
        index.save(Path(folder))
        mapped = TextIndex.load(Path(folder))
        assert mapped.size == len(texts)
        for query, scores in zip(queries, together, strict=True):
            assert (mapped.scores(mapped.queries([query]))[0] == scores).all()


def test_documents_in_many_parts_keep_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "_READ", 2)
    monkeypatch.setattr(text_module, "_PART", 1)
    TextIndex.build([Field("title", 1.0, ["电池", "", "水", "电", "", "池电池"])]).save(tmp_path)
    index = TextIndex.load(tmp_path)
    assert len(index.postings) == 3
    assert np.flatnonzero(index.scores(index.queries(["电池"]))[0]).tolist() == [0, 3, 5]


def test_more_fields_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(ValueError, match="room for"):
        TextIndex.build([Field(str(i), 1.0, ["电"]) for i in range(MOST_FIELDS + 1)])


def test_texts_become_terms_as_they_would_one_character_after_the_other() -> None:
    """Every character of the basic plane, combining marks and letters behind all kinds of neighbours."""
    marks = [chr(c) for c in range(0x3100) if unicodedata.combining(chr(c))] + list("\u1161\u11a8\u09be\uff9e\u03a3\u0130")
    others = [chr(c) for c in range(0x20, 0x10000) if not 0xD800 <= c < 0xE000] + ["\U00020000", "\U0001d400"]
    texts = ["".join(others[i:i + 5]) for i in range(0, len(others), 5)]
    texts += [f"{others[i * 61 % len(others)]}{mark}{others[i * 67 % len(others)]}" for i, mark in enumerate(marks * 5)]
    encoder = Encoder()
    terms = encoder.encode(texts, grow=True)
    words = list(encoder.words)
    found: list[Counter[str]] = [Counter() for _ in texts]
    for text, code in zip(terms.text.tolist(), terms.code.tolist(), strict=True):
        term = words[code - (1 << 42)] if code >= 1 << 42 else chr(code >> 21) + chr(code % (1 << 21)) if code >= 1 << 21 else chr(code)
        found[text][term] += 1
    assert found == [plainly(text) for text in texts]
