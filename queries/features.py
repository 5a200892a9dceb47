"""What a match's score is made of beside the text: declared with their weights, each shown to help on held-out data or left at zero.

`python -m benchmarks.match_methods` prints what was tried and what each brought; docs/MATCH.md keeps its table. A feature multiplies what the
text says, by at most one: with nothing in common nobody is lifted, and scores stay between 0 and 1. What a feature of weight 0 rests on is still
told as a fact beside the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import UsageError
from queries.feature_measures import Distance, Freshness, Honours, Institutions, Measure, Meeting, Outcomes, Sight
from queries.pairings import Pairing


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Attributes:
        name, label: what it is called, in English and Chinese.
        weight: how much of the score hangs on it: a value v in 0…1 leaves (1 + weight · v) / (1 + weight) of it. 0 switches it off.
        formula: how v is computed, in words.
        measure: makes what computes it over a snapshot.
        told: whether what it rests on is told as a fact where its weight is 0.
    """

    name: str
    label: str
    weight: float
    formula: str
    measure: Callable[[Sight], Measure]
    told: bool = True


def factor(weight: float, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """What values of a feature of some weight leave of scores."""
    return (1.0 + weight * value) / (1.0 + weight)


INSTITUTION = Feature("institution", "所在单位", 1.0,
                      "of a person: the text score of the best at their institutions (themselves among them), over the best of all", Institutions.of)
FEATURES: Mapping[str, Feature] = {f.name: f for f in (
    INSTITUTION,
    Feature("products", "产品", 0.0, "1 where a work concerns a product that the need concerns or names",
            lambda sight: Meeting(sight, (("concerns",),), (("<authorships", "concerns"),))),
    Feature("concepts", "上下位产品", 0.0, "1 where a work concerns a product one is-a hop above or below one of the need's",
            lambda sight: Meeting(sight, (("concerns", "product_kinds"), ("concerns", "<product_kinds")),
                                  (("<authorships", "concerns"),))),
    Feature("chains", "产业链", 0.0, "1 where a work concerns a product of a chain of the need's products, or of those that its enterprise makes",
            lambda sight: Meeting(sight, (("concerns", "<chain_products"), ("demands", "makes", "<chain_products")),
                                  (("<authorships", "concerns", "<chain_products"),))),
    Feature("disciplines", "学科", 0.0, "1 where the disciplines of the demand, or those above them, are the supplier's or those of their works",
            lambda sight: Meeting(sight, (("subjects",), ("subjects", "parts")), (("subjects",), ("<authorships", "subjects")))),
    Feature("societies", "学会", 0.0, "1 for a member of a society in a discipline of the need",
            lambda sight: Meeting(sight, (("subjects",),), (("<memberships", "subjects"),))),
    Feature("platforms", "平台", 0.0, "1 for who leads a platform in the region of the need or of its enterprise",
            lambda sight: Meeting(sight, (("locations",), ("demands", "locations")), (("<leads:platforms", "locations"),))),
    Feature("sectors", "行业", 0.0, "1 where an industry of the demand, or one above it, is the supplier's",
            lambda sight: Meeting(sight, (("sectors",), ("sectors", "parts"), ("sectors", "parts", "parts")), (("sectors",),))),
    Feature("outcomes", "以往对接", 0.0, "mean worth of the results of earlier matches (done 1, signed .8, contacted .5, declined .4, failed .2, or "
            "the rating), drawn towards ½ as by two matches of that value", Outcomes),
    Feature("freshness", "成果新近", 0.0, "½ for every ten years since the latest work; ½ where no year is known", Freshness),
    Feature("distance", "远近", 0.0, "depth of the smallest region that holds both, over the depth of the demand's region", Distance),
    Feature("honours", "荣誉", 0.0, "1 for who has an honour (off unless outcomes teach otherwise)", Honours, told=False),
)}


def weights_of(pairing: Pairing, given: Mapping[str, float] | None = None) -> dict[str, float]:
    """The weight of each feature of a pairing: the declared one, or the given one.

    Raises:
        UsageError: a given weight is of no feature of the pairing, or is below 0 or no finite number.
    """
    strange = sorted(set(given or {}) - set(pairing.features))
    if strange:
        raise UsageError(f"{', '.join(strange)}: no feature of {pairing.name}; it has {', '.join(pairing.features)}")
    wrong = [name for name, weight in (given or {}).items() if not 0 <= weight < float("inf")]
    if wrong:
        raise UsageError(f"the weight of {wrong[0]} is 0 or more, not {(given or {})[wrong[0]]}")
    return {name: (given or {}).get(name, FEATURES[name].weight) for name in pairing.features}
