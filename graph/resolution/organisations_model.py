"""The model of organisations: which comparisons speak, and how much. See people_model for how the shares were found.

A branch, a laboratory or an affiliated hospital is another body than its parent; so is one of the same name in another place, of the same
brand in another line of business, or the association at a body (大学 and 大学科协). Sister companies share telephone, website and address,
so that no sum of such signs may outweigh the names. These levels are set by hand to forbid.
"""

from __future__ import annotations

from graph.resolution.engine import Comparison, Level, Model

_BOTH = "({0}_l IS NULL OR {0}_r IS NULL)"
_NO_PLACE = "(place_l IS NULL OR place_r IS NULL)"
_SAME_PLACE = "(place_l = place_r OR (NOT public_l AND (starts_with(place_l, place_r) OR starts_with(place_r, place_l))))"
_FORBIDS = (1e-5, 0.5)

ORGANISATIONS = Model(
    comparisons=(
        Comparison("name", "名称", "core_l IS NULL OR core_r IS NULL", (
            Level("一方是分支或内设机构", "branch_l <> branch_r", *_FORBIDS),
            Level("机构类别不同", "social_l <> social_r", *_FORBIDS),
            Level("名称写法完全相同", "written_l = written_r", 0.38, 8e-7),
            Level("名称、地点相同", f"core_l = core_r AND {_SAME_PLACE}", 0.25, 4e-6),
            Level("名称相同，一方未写地点", f"core_l = core_r AND {_NO_PLACE} AND rivals_l <= 1", 0.15, 4e-6),
            Level("名称相同，一方未写地点（该名称见于多地）", f"core_l = core_r AND {_NO_PLACE}", 0.04, 2e-5),
            Level("名称相同，地点不同", "core_l = core_r", *_FORBIDS),
            Level("地点不同", f"NOT {_NO_PLACE} AND NOT {_SAME_PLACE} AND NOT list_has_any(bodies_l, bodies_r)", *_FORBIDS),
            Level("同一机构的不同名称", f"list_has_any(bodies_l, bodies_r) AND ({_NO_PLACE} OR {_SAME_PLACE})", 0.08, 5e-6),
            Level("拼音或译名相同", "latin_l <> latin_r AND sound_l = sound_r", 0.01, 2e-6),
            Level("名称差一字", "len(core_l) >= 4 AND len(core_r) >= 4 AND levenshtein(core_l, core_r) = 1", 0.005, 5e-6),
            Level("一方是另一方的简称",
                  "(starts_with(core_l, core_r) AND NOT formal_r) OR (starts_with(core_r, core_l) AND NOT formal_l)", 0.08, 2e-5),
            Level("字号相同，行业不同", "left(core_l, 2) = left(core_r, 2)", 1e-4, 0.1),
        ), otherwise=(0.008, 0.45)),
        Comparison("credit_code", "信用代码", _BOTH.format("credit_code"), (
            Level("信用代码相同", "credit_code_l = credit_code_r", 0.93, 1e-4),
            Level("信用代码仅差一两位", "levenshtein(credit_code_l, credit_code_r) <= 2", 0.03, 1e-4),
        ), otherwise=(0.04, 1.0)),
        Comparison("legal_rep", "法定代表人", _BOTH.format("legal_rep"), (
            Level("法定代表人相同", "legal_rep_l = legal_rep_r", 0.90, 2e-3, frequency="legal_rep", least=5e-4),
        ), otherwise=(0.10, 0.998)),
        Comparison("phone", "电话", _BOTH.format("phone"), (Level("电话相同", "phone_l = phone_r", 0.93, 2e-4),), otherwise=(0.07, 1.0)),
        Comparison("website", "网站", _BOTH.format("website"), (Level("网站相同", "website_l = website_r", 0.98, 2e-3),), otherwise=(0.02, 0.998)),
        Comparison("address", "地址", _BOTH.format("address"), (Level("地址相同", "address_l = address_r", 0.85, 1e-3),), otherwise=(0.15, 0.999)),
        Comparison("founded", "成立时间", _BOTH.format("founded"), (
            Level("成立日期相同", "len(founded_l) >= 10 AND founded_l = founded_r", 0.95, 3e-4),
            Level("成立年份相同", "left(founded_l, 4) = left(founded_r, 4)", 0.02, 0.03),
        ), otherwise=(0.03, 0.97)),
        Comparison("industry", "行业", _BOTH.format("industry"), (Level("行业相同", "industry_l = industry_r", 0.97, 0.04),), otherwise=(0.03, 0.96)),
        Comparison("region", "地区", _BOTH.format("region"), (
            Level("地区相同", "starts_with(region_l, region_r) OR starts_with(region_r, region_l)", 0.99, 0.5),
        ), otherwise=(0.01, 0.5)),
    ),
    conflicts=(
        ("一方是另一方的分支或内设机构", "branch_l <> branch_r"),
        ("机构类别不同", "social_l <> social_r"),
        ("信用代码不同", "levenshtein(credit_code_l, credit_code_r) > 2"),
    ),
    matches_per_record=1.5, among=10_000, largest_block=400)
