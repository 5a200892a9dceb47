"""The model of organisations: which comparisons speak, and how much. See people_model for how the shares were found.

A branch, a laboratory or an affiliated hospital is another body than its parent, and so is one of the same name in another place, or of the
same brand in another line of business: sister companies share telephone, website and address, so that no sum of such signs may outweigh
the names. These levels are set by hand to forbid.
"""

from __future__ import annotations

from graph.resolution.engine import Comparison, Level, Model

_BOTH = "({0}_l IS NULL OR {0}_r IS NULL)"
_NO_PLACE = "(place_l IS NULL OR place_r IS NULL)"
_SAME_PLACE = "(place_l = place_r OR (NOT public_l AND (starts_with(place_l, place_r) OR starts_with(place_r, place_l))))"
_FORBIDS = (1e-5, 0.5)

ORGANISATIONS = Model(
    comparisons=(
        Comparison("name", "core_l IS NULL OR core_r IS NULL", (
            Level("one is a branch or part", "branch_l <> branch_r", *_FORBIDS),
            Level("name written the same", "written_l = written_r", 0.38, 8e-7),
            Level("same name and place", f"core_l = core_r AND {_SAME_PLACE}", 0.25, 4e-6),
            Level("same name, one without place", f"core_l = core_r AND {_NO_PLACE} AND rivals_l <= 1", 0.15, 4e-6),
            Level("same name, one without place, known in several places", f"core_l = core_r AND {_NO_PLACE}", 0.04, 2e-5),
            Level("same name in another place", "core_l = core_r", *_FORBIDS),
            Level("another place", f"NOT {_NO_PLACE} AND NOT {_SAME_PLACE} AND NOT list_has_any(bodies_l, bodies_r)", *_FORBIDS),
            Level("names of one institution", f"list_has_any(bodies_l, bodies_r) AND ({_NO_PLACE} OR {_SAME_PLACE})", 0.08, 5e-6),
            Level("same name in pinyin or translated", "latin_l <> latin_r AND sound_l = sound_r", 0.01, 2e-6),
            Level("one slip in the name", "len(core_l) >= 4 AND len(core_r) >= 4 AND levenshtein(core_l, core_r) = 1", 0.005, 5e-6),
            Level("one name is short for the other", "starts_with(core_l, core_r) OR starts_with(core_r, core_l)", 0.08, 2e-5),
            Level("same brand in another line", "left(core_l, 2) = left(core_r, 2)", 1e-4, 0.1),
        ), otherwise=(0.008, 0.45)),
        Comparison("credit_code", _BOTH.format("credit_code"), (
            Level("same credit code", "credit_code_l = credit_code_r", 0.93, 1e-4),
            Level("credit code but for a slip", "levenshtein(credit_code_l, credit_code_r) <= 2", 0.03, 1e-4),
        ), otherwise=(0.04, 1.0)),
        Comparison("legal_rep", _BOTH.format("legal_rep"), (
            Level("same legal representative", "legal_rep_l = legal_rep_r", 0.90, 2e-3, frequency="legal_rep", least=5e-4),
        ), otherwise=(0.10, 0.998)),
        Comparison("phone", _BOTH.format("phone"), (Level("same telephone number", "phone_l = phone_r", 0.93, 2e-4),), otherwise=(0.07, 1.0)),
        Comparison("website", _BOTH.format("website"), (Level("same website", "website_l = website_r", 0.98, 2e-3),), otherwise=(0.02, 0.998)),
        Comparison("address", _BOTH.format("address"), (Level("same address", "address_l = address_r", 0.85, 1e-3),), otherwise=(0.15, 0.999)),
        Comparison("founded", _BOTH.format("founded"), (
            Level("founded on the same day", "len(founded_l) >= 10 AND founded_l = founded_r", 0.95, 3e-4),
            Level("founded in the same year", "left(founded_l, 4) = left(founded_r, 4)", 0.02, 0.03),
        ), otherwise=(0.03, 0.97)),
        Comparison("industry", _BOTH.format("industry"), (Level("same industry", "industry_l = industry_r", 0.97, 0.04),), otherwise=(0.03, 0.96)),
        Comparison("region", _BOTH.format("region"), (
            Level("same region", "starts_with(region_l, region_r) OR starts_with(region_r, region_l)", 0.99, 0.5),
        ), otherwise=(0.01, 0.5)),
    ),
    conflicts=(
        ("one is a branch or part of the other", "branch_l <> branch_r"),
        ("different credit codes", "levenshtein(credit_code_l, credit_code_r) > 2"),
    ),
    matches_per_record=1.5)
