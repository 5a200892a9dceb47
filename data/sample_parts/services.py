"""What serves people and enterprises: platforms, science popularisation, teams, studies, communities, code tables."""

from __future__ import annotations

import random

from data.sample_parts.chains import Enterprise, Product
from data.sample_parts.common import CHONGQING, MARK, Row, Tables, fields, stream
from data.sample_parts.people import Person

FUNCTIONS = ("transfer", "conversion", "research", "sharing", "incubation")
PLATFORM_KINDS = (
    ("academician_station", "院士专家工作站", "research"), ("overseas_station", "海智工作站", "transfer"),
    ("offshore_base", "离岸创新创业基地", "incubation"), ("young_scientist_studio", "青年科学家工作室", "research"),
    ("trade_centre", "技术贸易中心", "transfer、conversion"), ("lab", "重点实验室", "research、sharing"), ("other", "中试基地", "conversion"),
)
# topic, title patterns, audiences that get something made for them: many for the young, hardly any for the old
RESOURCES = (
    ("动力电池", "电池里的科学", "youth"), ("动力电池", "新能源汽车安全用车", "elderly"), ("机器人", "和机器人做朋友", "青少年"),
    ("机器人", "工业机器人操作技能微课", "workers"), ("芯片", "一粒沙的芯片之旅", "青少年"), ("柑橘", "柑橘黄龙病识别与防控", "农民"),
    ("柑橘", "橘园水肥一体化图解", "farmers"), ("柑橘", "脐橙保果十问", "农民"), ("食品安全", "榨菜与亚硝酸盐", "youth；elderly"),
    ("生态环境", "消落带的植物", "青少年"), ("生态环境", "长江里的鱼", "youth"), ("防灾减灾", "滑坡来临前", "青少年、农民"),
    ("防灾减灾", "山区避险演练", "youth"), ("人工智能", "大模型怎么想问题", "青少年；领导干部和公务员"), ("人工智能", "小学生人工智能课", "youth"),
    ("健康", "卒中识别120", "老年人"), ("健康", "中药材辨真假", "youth|farmers"), ("科学教育", "家庭实验室三十例", "青少年"),
    ("科学教育", "流动科技馆巡展", "youth"), ("智能制造", "机器视觉入门", "产业工人"),
)
RESOURCE_TYPES = ("video", "article", "exhibition", "course", "book")
PARK_NAMES = {"LJ-01": "两江样例产业园", "LJ-02": "西部样例科学城", "LJ-03": "万州样例经开区"}
VENUE_KINDS = ("科技馆", "科普基地", "社区科普大学", "气象科普站", "农村科普活动站")
SURVEYED = ("万州", "500103", "500112", "500107", "500102", "石柱")
AUDIENCES = ("青少年", "农民", "产业工人", "老年人", "领导干部和公务员")
LITERATE = {"青少年": 0.27, "农民": 0.08, "产业工人": 0.16, "老年人": 0.07, "领导干部和公务员": 0.33}
STUDIES = (
    ("成渝动力电池产业链韧性与补链路径研究", "battery policy"),
    ("揭榜挂帅机制下企业出题的效果评估", "policy"),
    ("山地城市智能网联汽车测试立法建议", "auto policy"),
    ("柑橘全产业链数字化转型对策", "citrus ai policy"),
    ("三峡库区消落带治理的协同机制", "environment policy"),
    ("中药材产地溯源体系建设建议", "herbal ai"),
    ("功率半导体本地配套率提升研究", "chip policy"),
    ("老年人数字素养与科普供给", "outreach medical"),
    ("区县科协组织覆盖与服务能力评估", "policy outreach"),
    ("机器人核心零部件国产化路线图", "robot policy"),
    ("科技期刊与学会服务产业的路径", "outreach policy"),
    ("地质灾害科普与基层预警衔接机制", "civil outreach"),
)
COMMUNITIES = (
    ("动力电池与新能源汽车创新共同体", "500112", "LL1", "政产学研金服用"), ("明月样例显示创新共同体", "500109", "LL2", "产学研用"),
    ("山地机器人创新共同体", "500120", "LL3", "政产学研服"), ("缙云生物医药创新共同体", "500109", "LL4", "学研产"),
    ("库区柑橘创新共同体", "500233", "LL5", "政产研服用"),
)
TEAMS = (
    ("动力电池安全专家服务队", "service", "battery thermal"),
    ("机器人与智造专家服务队", "service", "robot vision"),
    ("库区柑橘科技服务队", "service", "citrus food"),
    ("生物医药转化服务队", "service", "biopharma medical"),
    ("样例科普讲师团", "popularisation", "outreach medical environment"),
    ("防灾科普小分队", "popularisation", "civil outreach"),
    ("产业链智库组", "think_tank", "policy ai chip"),
    ("川渝协同智库组", "think_tank", "policy environment"),
)
# Who may take which role in a community, beside the makers of its chain's products and the universities.
AGENCIES, FINANCIERS, HELPERS = ("JG045", "JG046", "JG048"), ("JG050", "JG051", "JG054"), ("JG055", "JG056", "JG057")
INSTITUTES = ("JG015", "JG016", "JG018", "JG020")


def _platforms(people: list[Person], firms: list[Enterprise], rng: random.Random) -> list[Row]:
    """Twenty platforms; the stations are led by different academicians, save one retired who leads two."""
    rows: list[Row] = []
    taken: set[tuple[str, str, str]] = set()
    leaders = [p for p in people if p.academician]
    retired = next(p for p in leaders if p.retired)
    stations = [retired, *[p for p in leaders if p is not retired][:4], retired]
    others = [p for p in people if not p.academician and p.region.startswith("50")]
    homes = [f for f in firms if f.region.startswith("50")]
    for number in range(1, 21):
        station = number <= len(stations)
        type_, word, functions = PLATFORM_KINDS[0 if station else 1 + number % 6]
        lead = stations[number - 1] if station else rng.choice(others)
        fitting = [f for f in homes if set(f.products) & set(lead.field.products)] or homes
        firm = rng.choice(fitting)
        subject = rng.choice([f for f in lead.field.finer if (firm.id, f, word) not in taken])
        taken.add((firm.id, subject, word))
        rows.append({
            "id": f"PT{number:02d}", "name": f"{firm.row['short_name']}{subject}{word}{MARK}", "type": type_,
            "host": firm.ref if number % 4 else f"keji_talent/institutions/JG{rng.randint(1, 20):03d}", "lead": lead.ref,
            "region": firm.region, "functions": functions if number % 3 else f"{functions};{rng.choice(FUNCTIONS)}",
            "founded": f"{rng.randint(2014, 2025)}-{rng.randint(1, 12):02d}",
        })
    return rows


def _resources(people: list[Person], rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for number in range(1, 41):
        topic, title, audiences = RESOURCES[(number - 1) % len(RESOURCES)]
        type_ = RESOURCE_TYPES[number % len(RESOURCE_TYPES)]
        rows.append({
            "id": f"ZY{number:02d}", "name": f"{title}（样例第{1 + (number - 1) // len(RESOURCES)}版）", "type": type_, "topics": topic,
            "audiences": audiences if number <= 20 or rng.random() < 0.4 else "青少年", "society": f"xuehui/societies/XH{rng.randint(1, 16):02d}",
            "authors": "；".join(p.ref for p in rng.sample(people, rng.choice((1, 2)))),
            "region": rng.choice(("50", "50", "500112", "万州", "500233", "5101")), "year": rng.randint(2019, 2026),
        })
    return rows


def _venues(rng: random.Random) -> list[Row]:
    """Thirty venues, crowded in the inner districts; some counties have none."""
    places = ("500103", "500112", "500105", "500106", "500107", "500109", "万州", "500102", "500236", "LJ-01")
    rows: list[Row] = []
    for number in range(1, 31):
        region = places[min(int(rng.expovariate(0.35)), len(places) - 1)]
        kind = VENUE_KINDS[number % len(VENUE_KINDS)]
        capacity = rng.choice((60, 100, 300, 800, 2000))
        rows.append({"id": f"SS{number:02d}", "name": f"{CHONGQING.get(region, PARK_NAMES.get(region, region))}{kind}{number}号{MARK}",
                     "type": kind, "region": region, "capacity": capacity, "visitors": capacity * rng.randint(8, 60) if number % 5 else None})
    return rows


def _surveys(rng: random.Random) -> list[Row]:
    """Six regions, five audiences, two years; one cell is too small to be shown."""
    rows: list[Row] = []
    for year in (2023, 2025):
        for region in SURVEYED:
            for audience in AUDIENCES:
                respondents = 8 if (year, region, audience) == (2025, "石柱", "领导干部和公务员") else rng.randint(80, 420)
                chance = LITERATE[audience] + 0.02 * (year - 2023) + (0.05 if region.startswith("50010") else 0)
                literate = sum(rng.random() < chance for _ in range(respondents))
                rows.append({"region": region, "audience": audience, "year": year, "respondents": respondents, "literate": literate,
                             "weight": round(rng.uniform(0.4, 3.0), 2)})
    return rows


def _communities(people: list[Person], firms: list[Enterprise], goods: list[Product], rng: random.Random) -> Tables:
    """Five communities; four lack one or more of the seven roles."""
    roles: list[Row] = []
    chains = list(dict.fromkeys(g.chain for g in goods if g.chain))
    for number, (_, _, chain, told) in enumerate(COMMUNITIES, 1):
        names = {g.name for g in goods if g.chain == chains[int(chain[2:]) - 1]}
        makers = [f for f in firms if f.region.startswith("50") and names & set(f.products)]
        parties = {
            "政": [rng.choice(AGENCIES)], "产": [f.ref for f in rng.sample(makers, 3)], "学": [f"JG{rng.randint(1, 7):03d}"],
            "研": [rng.choice(INSTITUTES), rng.choice(people).ref], "金": [rng.choice(FINANCIERS)], "服": [rng.choice(HELPERS)],
            "用": [rng.choice(makers).ref],
        }
        for role in told:
            roles += [{"community": f"GT{number}", "party": p if "/" in p else f"keji_talent/institutions/{p}", "role": role} for p in parties[role]]
    communities: list[Row] = [{"id": f"GT{n}", "name": name + MARK, "region": region, "chain": f"qiye/chains/{chain}"}
                              for n, (name, region, chain, _) in enumerate(COMMUNITIES, 1)]
    return {"communities": communities, "community_roles": roles}


def _teams_and_studies(people: list[Person], rng: random.Random) -> Tables:
    teams: list[Row] = []
    for number, (name, type_, keys) in enumerate(TEAMS, 1):
        fitting = [p for p in people if p.field.key in keys.split() and p.region.startswith("50")]
        members = "；".join(p.ref for p in rng.sample(fitting, rng.randint(4, 6)))
        teams.append({"id": f"FW{number}", "name": name + MARK, "type": type_, "members": members,
                      "region": rng.choice(("50", "500112", "500101")), "disciplines": "、".join(fields()[k].discipline for k in keys.split())})
    studies: list[Row] = []
    for number, (title, keys) in enumerate(STUDIES, 1):
        subjects = [fields()[k] for k in keys.split()]
        lead = rng.choice([p for p in people if p.field.key == subjects[-1].key]) if number % 4 else None
        asks = "；".join(f"{s.name}方面重点回答{s.topics[0].name}的{s.topics[0].problems[0]}与{s.topics[1].name}的{s.topics[1].problems[0]}"
                        for s in subjects)
        studies.append({
            "id": f"ZK{number:02d}", "title": f"{title}（样例）", "text": f"围绕{title.removesuffix('研究')}开展调研，提出可操作的建议。{asks}。",
            "disciplines": "、".join(s.discipline for s in subjects), "region": "50", "lead": lead.ref if lead else None,
            "year": rng.randint(2022, 2026), "adopted_by": "keji_talent/institutions/JG045" if number % 3 == 0 else None,
        })
    return {"teams": teams, "studies": studies}


def _register(firms: list[Enterprise], houses: list[Row], rng: random.Random) -> list[Row]:
    """A register of mixed organisations: 24 known from the other sources, written differently, and six of its own."""
    rows: list[Row] = []
    known = [r for r in [f.row for f in firms] + houses if r["uscc"]]
    for row in sorted(rng.sample(known, 24), key=lambda r: str(r["id"])):
        name = str(row["name"])
        longer = f"重庆{name}" if str(row["region"]).startswith("50") else name
        variants = (name.replace("（", "(").replace("）", ")"), longer, name.replace(MARK, " 样例 "))
        rows.append({"name": variants[len(rows) % 3], "former_names": f"原{name[:4]}厂{MARK}" if len(rows) % 6 == 0 else None, "uscc": row["uscc"],
                     "legal_rep": "虚构人", "region": row["region"]})
    rows += [{"name": f"{word}{MARK}", "region": "50"} for word in
             ("渝合样例行业协会商会", "样例检验检测联盟", "巴样科技小院", "渝样农村专业技术协会", "样例科技馆联合体", "渝样开发者社区")]
    return [row | {"id": f"DJ{n:03d}", "phone": f"000-1000{n:04d}", "address": f"样例路{n}号"} for n, row in enumerate(rows, 1)]


def tables(people: list[Person], firms: list[Enterprise], goods: list[Product], houses: list[Row]) -> Tables:
    rng = stream("services")
    finer: list[Row] = [{"id": f"YL{n:02d}{m}", "name": name, "parent": f.discipline, "level": 2}
                        for n, f in enumerate(fields().values(), 1) for m, name in enumerate(f.finer, 1)]
    social: list[Row] = [{"id": "YLS", "name": "社会科学", "level": 0}, {"id": "YLS5", "name": "新闻传播学", "parent": "YLS", "level": 1}]
    return {
        "platforms": _platforms(people, firms, rng), "resources": _resources(people, rng), "venues": _venues(rng), "surveys": _surveys(rng),
        **_communities(people, firms, goods, rng), **_teams_and_studies(people, rng), "organisations": _register(firms, houses, rng),
        "disciplines": social + finer,
        "regions": [{"id": id_, "name": f"{name}片区", "parent": parent, "level": "park"}
                    for (id_, name), parent in zip(PARK_NAMES.items(), ("500112", "500106", "500101"), strict=True)],
        "region_groups": [
            {"id": "YL-MY", "name": "明月样例协作带", "regions": "500112、500115、5116", "partly": "5117"},
            {"id": "YL-KQ", "name": "三峡库区样例组团", "regions": "500101;500233;500236;500240"},
        ],
    }
