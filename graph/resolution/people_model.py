"""The model of people: which comparisons speak, and how much.

The shares m were estimated without labels, by expectation maximisation (Splink's and Winkler's way) on a made-up benchmark of 20,000 records
from five lists, and rounded; the shares u from pairs drawn at random there. Where people change employer, EM takes the movers for others: m of
institution and region are set lower by hand. `python -m benchmarks.resolve_quality --estimate` shows the figures beside the estimates.
"""

from __future__ import annotations

from graph.resolution.engine import Comparison, Level, Model

_BOTH = "({0}_l IS NULL OR {0}_r IS NULL)"
_TWO_CHINESE = "(chinese_l IS NOT NULL AND chinese_r IS NOT NULL)"
_NAMELESS = "(chinese_{0} IS NULL AND wild_{0} = '' AND initial_{0} IS NULL)"
_FITS = ("len(coalesce(nullif({0}, ''), '')) = len(coalesce(chinese_{1}, wild_{1})) "
         "AND regexp_full_match(coalesce(chinese_{1}, wild_{1}), replace({0}, '?', '.'))")
_WILD_FITS = (f"(wild_l <> '' AND {_FITS.format('wild_l', 'r')}) OR (wild_r <> '' AND {_FITS.format('wild_r', 'l')})")
_YEARS = "abs(CAST(left(birth_l, 4) AS INTEGER) - CAST(left(birth_r, 4) AS INTEGER))"
_ALIKE = "list_cosine_similarity(subject_l, subject_r)"
_REGIONS = "(starts_with(region_l, region_r) OR starts_with(region_r, region_l))"

PEOPLE = Model(
    comparisons=(
        Comparison("name", f"{_NAMELESS.format('l')} OR {_NAMELESS.format('r')}", (
            Level("same name", "chinese_l = chinese_r", 0.72, 3e-4, frequency="chinese"),
            Level("same name in pinyin", f"NOT {_TWO_CHINESE} AND list_has_any(keys_l, keys_r)", 0.20, 8e-4, frequency="key"),
            Level("name sounds the same", f"{_TWO_CHINESE} AND len(chinese_l) = len(chinese_r) AND list_has_any(keys_l, keys_r)",
                  0.02, 6e-4, frequency="key", asks=True),
            Level("initials fit", f"NOT {_TWO_CHINESE} AND (short_l OR short_r) AND list_has_any(initials_l, initials_r)", 0.05, 4e-3,
                  frequency="initial"),
            Level("name with unreadable characters fits", _WILD_FITS, 0.002, 1e-4, asks=True),
        ), otherwise=(0.008, 0.995), decisive=True),
        Comparison("institution", _BOTH.format("institution"), (
            Level("same institution", "institution_l = institution_r", 0.84, 8e-3, frequency="institution", least=5e-4),
            Level("name of the institution fits", "core_l = core_r", 0.01, 7e-3),
        ), otherwise=(0.15, 0.985)),
        Comparison("email", _BOTH.format("email"), (Level("same e-mail", "email_l = email_r", 0.98, 1e-5),), otherwise=(0.02, 1.0)),
        Comparison("phone", _BOTH.format("phone"), (
            Level("same telephone number", "phone_l = phone_r AND NOT contains(phone_l, '*')", 0.56, 2e-5),
            Level("masked telephone number fits",
                  "(contains(phone_l, '*') OR contains(phone_r, '*')) AND left(phone_l, 3) = left(phone_r, 3) "
                  "AND right(phone_l, 2) = right(phone_r, 2)",
                  0.38, 1e-5),
        ), otherwise=(0.06, 1.0)),
        Comparison("orcid", _BOTH.format("orcid"), (Level("same ORCID", "orcid_l = orcid_r", 0.98, 1e-6),), otherwise=(0.02, 1.0)),
        Comparison("birth", _BOTH.format("birth"), (
            Level("born in the same month", "len(birth_l) = 7 AND birth_l = birth_r", 0.58, 0.0012),
            Level("born in the same year", f"{_YEARS} = 0", 0.38, 0.018),
            Level("born a year apart", f"{_YEARS} = 1", 0.035, 0.037),
        ), otherwise=(0.005, 0.944)),
        Comparison("gender", _BOTH.format("gender"), (Level("same gender", "gender_l = gender_r", 0.99, 0.52),), otherwise=(0.01, 0.48)),
        Comparison("works", _BOTH.format("works"), (
            Level("several works shared", "len(list_intersect(works_l, works_r)) >= 2", 0.10, 1e-6),
            Level("a work shared", "list_has_any(works_l, works_r)", 0.44, 3e-4),
        ), otherwise=(0.46, 1.0)),
        Comparison("subject", _BOTH.format("subject"), (
            Level("same subject", f"{_ALIKE} >= 0.8", 0.70, 0.028),
            Level("near subjects", f"{_ALIKE} >= 0.6", 0.22, 0.016),
            Level("related subjects", f"{_ALIKE} >= 0.4", 0.05, 0.007),
        ), otherwise=(0.03, 0.949)),
        Comparison("discipline", _BOTH.format("disciplines"), (
            Level("same discipline", "list_has_any(disciplines_l, disciplines_r)", 0.30, 0.018),
        ), otherwise=(0.70, 0.982)),
        Comparison("society", _BOTH.format("societies"), (
            Level("same society", "list_has_any(societies_l, societies_r)", 0.95, 0.05),
        ), otherwise=(0.05, 0.95)),
        Comparison("title", _BOTH.format("title"), (Level("same title", "title_l = title_r", 0.94, 0.084),), otherwise=(0.06, 0.916)),
        Comparison("degree", _BOTH.format("degree"), (Level("same degree", "degree_l = degree_r", 0.97, 0.457),), otherwise=(0.03, 0.543)),
        Comparison("region", _BOTH.format("region"), (Level("same region", _REGIONS, 0.95, 0.6),), otherwise=(0.05, 0.4)),
    ),
    conflicts=(
        ("different ORCIDs", "orcid_l <> orcid_r"),
        ("born years apart", f"{_YEARS} >= 2"),
        ("different gender", "gender_l <> gender_r"),
    ),
    matches_per_record=1.0)
