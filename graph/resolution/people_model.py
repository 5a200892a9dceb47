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
_MASKED = "(contains(phone_l, '*') OR contains(phone_r, '*')) AND left(phone_l, 3) = left(phone_r, 3)"
_ALIKE = "list_cosine_similarity(subject_l, subject_r)"
_REGIONS = "(starts_with(region_l, region_r) OR starts_with(region_r, region_l))"

PEOPLE = Model(
    comparisons=(
        Comparison("name", "姓名", f"{_NAMELESS.format('l')} OR {_NAMELESS.format('r')}", (
            Level("姓名相同", "chinese_l = chinese_r", 0.72, 3e-4, frequency="chinese"),
            Level("拼音姓名相同", f"NOT {_TWO_CHINESE} AND list_has_any(keys_l, keys_r)", 0.20, 8e-4, frequency="key"),
            Level("姓名同音不同字", f"{_TWO_CHINESE} AND len(chinese_l) = len(chinese_r) AND list_has_any(keys_l, keys_r)",
                  0.02, 6e-4, frequency="key", asks=True),
            Level("姓名缩写相符", f"NOT {_TWO_CHINESE} AND (short_l OR short_r) AND list_has_any(initials_l, initials_r)", 0.05, 4e-3,
                  frequency="initial"),
            Level("姓名有缺字，其余相符", _WILD_FITS, 0.002, 1e-4, asks=True),
        ), otherwise=(0.008, 0.995), decisive=True),
        Comparison("institution", "单位", _BOTH.format("institution"), (
            Level("单位相同", "institution_l = institution_r", 0.84, 8e-3, frequency="institution", least=5e-4),
            Level("单位名称相近", "core_l = core_r", 0.01, 7e-3),
        ), otherwise=(0.15, 0.985)),
        Comparison("email", "邮箱", _BOTH.format("email"), (Level("邮箱相同", "email_l = email_r", 0.98, 1e-5),), otherwise=(0.02, 1.0)),
        Comparison("phone", "电话", _BOTH.format("phone"), (
            Level("电话相同", "phone_l = phone_r AND NOT contains(phone_l, '*')", 0.56, 2e-5),
            Level("脱敏电话相符", f"{_MASKED} AND right(phone_l, 4) = right(phone_r, 4)", 0.37, 2e-5),
            Level("脱敏电话可见部分相符",
                  f"{_MASKED} AND contains(right(phone_l, 4) || right(phone_r, 4), '*') AND right(phone_l, 2) = right(phone_r, 2)", 0.01, 8e-4),
        ), otherwise=(0.06, 1.0)),
        Comparison("orcid", "ORCID ", _BOTH.format("orcid"), (Level("ORCID 相同", "orcid_l = orcid_r", 0.98, 1e-6),), otherwise=(0.02, 1.0)),
        Comparison("birth", "出生", _BOTH.format("birth"), (
            Level("出生年月相同", "len(birth_l) = 7 AND birth_l = birth_r", 0.58, 0.0012),
            Level("出生年份相同", f"{_YEARS} = 0", 0.38, 0.018),
            Level("出生年份差一年", f"{_YEARS} = 1", 0.035, 0.037),
        ), otherwise=(0.005, 0.944)),
        Comparison("gender", "性别", _BOTH.format("gender"), (Level("性别相同", "gender_l = gender_r", 0.99, 0.52),), otherwise=(0.01, 0.48)),
        Comparison("works", "成果", _BOTH.format("works"), (
            Level("多项成果相同", "len(list_intersect(works_l, works_r)) >= 2", 0.10, 1e-6),
            Level("一项成果相同", "list_has_any(works_l, works_r)", 0.44, 3e-4),
        ), otherwise=(0.46, 1.0)),
        Comparison("subject", "研究主题", _BOTH.format("subject"), (
            Level("研究主题相同", f"{_ALIKE} >= 0.8", 0.70, 0.028),
            Level("研究主题相近", f"{_ALIKE} >= 0.6", 0.22, 0.016),
            Level("研究主题相关", f"{_ALIKE} >= 0.4", 0.05, 0.007),
        ), otherwise=(0.03, 0.949)),
        Comparison("discipline", "学科", _BOTH.format("disciplines"), (
            Level("学科相同", "list_has_any(disciplines_l, disciplines_r)", 0.30, 0.018),
        ), otherwise=(0.70, 0.982)),
        Comparison("society", "学会", _BOTH.format("societies"), (
            Level("同一学会", "list_has_any(societies_l, societies_r)", 0.95, 0.05),
        ), otherwise=(0.05, 0.95)),
        Comparison("title", "职称", _BOTH.format("title"), (Level("职称相同", "title_l = title_r", 0.94, 0.084),), otherwise=(0.06, 0.916)),
        Comparison("degree", "学位", _BOTH.format("degree"), (Level("学位相同", "degree_l = degree_r", 0.97, 0.457),), otherwise=(0.03, 0.543)),
        Comparison("region", "地区", _BOTH.format("region"), (Level("地区相同", _REGIONS, 0.95, 0.6),), otherwise=(0.05, 0.4)),
    ),
    conflicts=(
        ("ORCID 不同", "orcid_l <> orcid_r"),
        ("出生年份相差两年以上", f"{_YEARS} >= 2"),
        ("性别不同", "gender_l <> gender_r"),
    ),
    matches_per_record=1.0)
