"""English works answer English needs: stems, stop words, and scores that compare across needs. All people are invented; judgements are by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.demands import Demand
from queries.match import Matcher
from tests.worlds import Rows, world

WORKS = {
    "batteries": [("Thermal runaway propagation in lithium-ion battery packs", "We study how one overheated cell ignites its neighbours."),
                  ("Liquid cooling plates for traction batteries", "Cooling channels are optimised for pressure drop and temperature uniformity.")],
    "bearings": [("Fault diagnosis of rolling bearings from vibration signals", "Envelope spectra reveal defects of the inner race."),
                 ("Lubrication and wear of high-speed spindles", "Grease starvation shortens the life of spindle bearings.")],
    "soils": [("Phytoremediation of cadmium contaminated paddy soils", "Hyperaccumulating plants take up heavy metals."),
              ("Nitrogen leaching under drip irrigation", "Fertiliser losses were measured in lysimeters.")],
    "images": [("Segmentation of brain tumours in magnetic resonance images", "A convolutional network outlines the lesions."),
               ("Detecting surface defects of steel strips with deep learning", "Images of rolled steel are classified.")],
    "stopwords": [("On the what and the how of those which are not", "It is as it was and will be, with all that there is.")],
}
NEEDS = {
    "n1": ("Our battery pack overheats: how can we stop thermal runaway from spreading between cells?", "batteries"),
    "n2": ("Diagnosing bearing faults by vibration", "bearings"),
    "n3": ("rice fields polluted with cadmium, looking for plants that remediate heavy metal contamination", "soils"),
    "n4": ("automatic segmenting of tumors on MRI of the brain", "images"),
    "n5": ("defect detection on steel surfaces", "images"),
    "n6": ("optimization of cooled plates for batteries", "batteries"),
    "n7": ("What is it that we should do with this, and how?", ""),
}


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    folder: Path = tmp_path_factory.mktemp("english")
    works = [{"id": f"{who}{i}", "title": title, "abstract": abstract} for who, own in WORKS.items() for i, (title, abstract) in enumerate(own)]
    tables: dict[str, Rows] = {
        "scientists": [{"id": who, "name": f"{who.title()} Sample"} for who in WORKS], "works": works,
        "authorships": [{"work": f"{who}{i}", "scientist": who} for who, own in WORKS.items() for i in range(len(own))]}
    return Matcher(world(folder, tables))


def found(matcher: Matcher, need: str) -> list[tuple[str, float]]:
    return [(m.supplier_id.rpartition("/")[2], m.score) for m in matcher.match([Demand(need, NEEDS[need][0])], top=0).matches]


@pytest.mark.parametrize("need", [n for n, (_, right) in NEEDS.items() if right])
def test_the_right_expert_comes_first(matcher: Matcher, need: str) -> None:
    assert found(matcher, need)[0][0] == NEEDS[need][1]


def test_stop_words_find_nobody(matcher: Matcher) -> None:
    assert found(matcher, "n7") == []
    assert all(who != "stopwords" for need in NEEDS for who, _ in found(matcher, need))


def test_inflected_words_meet(matcher: Matcher) -> None:
    [first, *_] = matcher.match([Demand("n2", NEEDS["n2"][0])]).matches
    assert set(first.evidence[0].terms) >= {"bearing", "faults", "vibration"}


def test_for_one_scientist_the_needs_stand_in_the_order_of_their_fit(matcher: Matcher) -> None:
    """By hand, best first: what they wrote of (n1), a neighbouring matter of theirs in other words (n6), what shares a word or nothing."""
    scores = {need: dict(found(matcher, need)).get("batteries", 0.0) for need in NEEDS}
    assert min(scores["n1"], scores["n6"]) > 2 * max(scores[n] for n in ("n2", "n3", "n4", "n5"))
    scores = {need: dict(found(matcher, need)).get("images", 0.0) for need in NEEDS}
    assert min(scores["n4"], scores["n5"]) > 2 * max(scores[n] for n in ("n1", "n2", "n3", "n6"))


def test_a_mixed_need_finds_works_of_both_languages(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {
        "scientists": [{"id": "A", "name": "甲"}, {"id": "B", "name": "乙"}, {"id": "C", "name": "丙"}],
        "works": [{"id": "w1", "title": "锂电池热失控"}, {"id": "w2", "title": "Thermal runaway of batteries"}, {"id": "w3", "title": "柑橘保鲜"}],
        "authorships": [{"work": "w1", "scientist": "A"}, {"work": "w2", "scientist": "B"}, {"work": "w3", "scientist": "C"}]}
    matches = Matcher(world(tmp_path, tables)).match([Demand("text", "锂电池 thermal runaway 热失控")]).matches
    assert {m.supplier_id.rpartition("/")[2] for m in matches} == {"A", "B"}
