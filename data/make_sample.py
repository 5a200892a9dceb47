"""Make the sample province: five source folders of made-up people, organisations, products and works.

    python data/make_sample.py [--out DIR]      (default: data/sample beside this script)

The result is the same to the byte each time: every part draws from its own seeded random stream.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from data.sample_parts import business, chains, output, people, services, societies, works
from data.sample_parts.common import Row, Tables

SOURCES = {
    "keji_talent": ("科技人才库", 10, "按科协章程联系服务科技工作者", "本人在入库登记表上同意"),
    "xuehui": ("学会与科协组织台账", 20, "学会会员管理与学术活动组织", "会员入会时同意"),
    "qiye": ("企业、产业链与需求", 30, "企业技术需求对接", "对接时由本人确认；企业信息为公开登记信息"),
    "chengguo": ("科技成果", 40, "成果署名与专家检索", "公开发表的成果信息"),
    "fuwu": ("服务平台与科普资源", 50, "平台、科普与智库服务", "服务协议约定"),
}
README = """# 样例省

这里的人物、单位、产品数据、成果和数字全部是虚构的（名称多带“样例”标记，邮箱以 `.example` 结尾，电话以 `000-` 开头，ORCID
与信用代码只是校验位正确），行政区划和行业代码取自国家标准。由 `python data/make_sample.py` 按固定种子生成；请改脚本，不要手改这些文件。
截止日期和有效期放得很远，演示才不会随日子变；只有一条需求（XQ032）已经过期。

Every person, organisation, work and figure here is made up (names carry 样例, addresses end in `.example`, phone numbers start with
`000-`, ORCID iDs and credit codes merely have right check digits); only region and industry codes are real. Made by
`python data/make_sample.py` from a fixed seed: change the script, not these files. Deadlines lie far ahead, so that the
demonstration does not change with the days; one need (XQ032) is past its own.
"""


# Headers that only their own source.toml explains.
MAPPINGS = {"keji_talent": {"scientists": {"人才编号": "id"}}, "xuehui": {"scientists": {"人才编号": "id"}}}


def make() -> dict[str, Tables]:
    """The tables of each source folder."""
    goods, firms = chains.products(), chains.enterprises()
    industry = chains.tables(goods, firms)
    folk = people.scientists([f.name for f in firms if f.region.startswith("50")])
    talent, done = people.tables(folk), works.tables(folk)
    needs = business.needs(firms)
    outcomes = business.outcomes(needs, folk)
    jobs = business.employments(folk, firms, needs)
    for need in needs:
        del need["field"]
    # A link that waits: no product has this number.
    waiting: Row = {"enterprise": "QY001", "product": "CP999", "basis": "企业填报", "period": "2025"}
    industry["makes"].append(waiting)
    return {
        "keji_talent": talent,
        "xuehui": societies.tables(folk, firms, talent["institutions"]),
        "qiye": {**industry, **business.offers(firms), **business.industries(goods), "needs": needs, "outcomes": outcomes,
                 "employments": jobs},
        "chengguo": done,
        "fuwu": services.tables(folk, firms, goods, talent["institutions"]),
    }


def _extra_columns(tables: dict[str, Tables]) -> None:
    """Columns that no schema knows, as real lists have them."""
    for number, row in enumerate(tables["fuwu"]["venues"], 1):
        row |= {"讲解员人数": number % 4, "备注": "逢周一闭馆" if number % 3 == 0 else None}


def _source_toml(name: str) -> str:
    title, rank, purpose, basis = SOURCES[name]
    mapped = "".join(f"\n[columns.{table}]\n" + "".join(f'"{header}" = "{key}"\n' for header, key in columns.items())
                     for table, columns in MAPPINGS.get(name, {}).items())
    return (f'name = "{name}"\ntitle = "{title}（虚构样例）"\nlicence = "虚构样例：人物、单位与数字均为编造，可自由使用"\n'
            f'rank = {rank}\npurpose = "{purpose}"\nbasis = "{basis}（样例，非真实个人信息）"\n{mapped}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "sample", metavar="DIR")
    folder: Path = parser.parse_args().out
    tables = make()
    _extra_columns(tables)
    output.write(folder, tables)
    for name in SOURCES:
        (folder / name / "source.toml").write_text(_source_toml(name), encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")


if __name__ == "__main__":
    main()
