"""What changes a score, and what must not: worked out by hand on small worlds, and properties of any."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.demands import Demand
from queries.feature_measures import Institutions
from queries.features import FEATURES, INSTITUTION, factor
from queries.match import Matcher
from tests.worlds import Rows, world

WORDS = ("电池热失控", "液冷散热", "柑橘保鲜", "轴承磨损", "图像识别", "土壤重金属", "桥梁检测", "肿瘤标志物")
ASKED = f"{WORDS[0]}与{WORDS[1]}"


def scores(tables: Mapping[str, Rows], text: str = ASKED) -> dict[str, float]:
    """Scientist → score, best first."""
    with tempfile.TemporaryDirectory() as folder:
        found = Matcher(world(Path(folder), tables)).match([Demand("text", text)], top=0)
    return {m.supplier_id.split("/")[-1]: m.score for m in found.matches}


def people(titles: Mapping[str, list[str]], institutions: Mapping[str, str] | None = None) -> dict[str, Rows]:
    """A world: each person with the titles of their works."""
    works = [{"id": f"{person}{i}", "title": title} for person, own in titles.items() for i, title in enumerate(own)]
    return {"scientists": [{"id": p, "name": p, "institution": (institutions or {}).get(p, "")} for p in titles], "works": works,
            "authorships": [{"work": f"{p}{i}", "scientist": p} for p, own in titles.items() for i in range(len(own))]}


def test_a_factor_lies_between_its_share_and_one() -> None:
    assert factor(0.25, np.asarray([0.0, 0.5, 1.0])).tolist() == pytest.approx([0.8, 0.9, 1.0])
    assert factor(0.0, np.asarray([0.0, 1.0])).tolist() == [1.0, 1.0]
    assert [f.name for f in FEATURES.values() if f.weight > 0] == ["institution"]


def test_the_best_at_any_of_ones_institutions_over_the_best_of_all() -> None:
    # 0 and 1 at body 0, 1 and 2 at body 1, 3 nowhere.
    nothing = Demand("text", "")
    found = Institutions(np.asarray([0, 1, 1, 2]), np.asarray([0, 0, 1, 1])).values(nothing, np.asarray([8.0, 2.0, 4.0, 1.0]))
    assert found.tolist() == [1.0, 1.0, 0.5, 0.125]
    assert Institutions(np.zeros(0, np.int64), np.zeros(0, np.int64)).values(nothing, np.zeros(2)).tolist() == [0.0, 0.0]


def test_of_two_alike_the_one_beside_an_expert_comes_first_and_nobody_is_lifted_without_a_word_in_common() -> None:
    at = {"甲": "渝一大学", "乙": "渝一大学", "丙": "渝二大学", "丁": "渝一大学"}
    found = scores(people({"甲": [ASKED, WORDS[0]], "乙": [WORDS[1]], "丙": [WORDS[1]], "丁": ["某事"]}, at))
    assert list(found) == ["甲", "乙", "丙"]
    # 乙 has the factor 1; 丙 that of their own share of the best.
    assert found["丙"] == pytest.approx(found["乙"] * (1 + INSTITUTION.weight * found["乙"] / found["甲"]) / (1 + INSTITUTION.weight), abs=2e-6)


@settings(max_examples=12, deadline=None)
@given(st.dictionaries(st.sampled_from("甲乙丙丁戊"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), min_size=2, max_size=5), st.data())
def test_one_more_work_on_the_matter_never_lowers_a_rank(titles: dict[str, list[str]], data: st.DataObject) -> None:
    person = data.draw(st.sampled_from(sorted(titles)))
    before = list(scores(people(titles)))
    after = list(scores(people({**titles, person: [*titles[person], f"{ASKED}的研究"]})))
    above = set(before[:before.index(person)]) if person in before else set(titles) - {person}
    assert set(after[:after.index(person)]) <= above


def test_a_work_that_two_lists_have_counts_once() -> None:
    titles = {"甲": [ASKED], "乙": [WORDS[0], WORDS[1]]}
    twice = scores(people({**titles, "甲": [ASKED, f" {ASKED} "]}))
    assert twice["甲"] == pytest.approx(scores(people(titles))["甲"], rel=0.1)  # but for what one more document changes in the frequencies
    with tempfile.TemporaryDirectory() as folder:
        assert len(Matcher(world(Path(folder), people({"甲": [ASKED, f" {ASKED} "]}))).documents_of(0)) == 1


def test_a_work_off_the_matter_lifts_nobody_over_one_on_it() -> None:
    titles = {"甲": [ASKED], "乙": [WORDS[2], WORDS[3], WORDS[4]]}
    assert list(scores(people(titles))) == ["甲"]
    assert list(scores(people({**titles, "乙": [*titles["乙"], WORDS[5], WORDS[6]]}))) == ["甲"]


def test_unrelated_people_do_not_change_the_order_of_the_others() -> None:
    titles = {"甲": [ASKED, WORDS[0]], "乙": [WORDS[0], WORDS[1]], "丙": [WORDS[1]]}
    strangers = {f"某{i}": [f"{WORDS[2 + i % 6]}{i}"] for i in range(12)}
    before, after = scores(people(titles)), scores(people({**titles, **strangers}))
    assert list(before) == [p for p in after if p in titles] == ["甲", "乙", "丙"]
