"""Terms and BM25F against the formula worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.ngrams import Encoder, stem
from queries.text import K1, B, Field, TextIndex


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
    assert (scores <= ideal + 1e-6).all()
