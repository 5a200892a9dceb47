"""The world of the association: societies, science associations, events, members, academicians and their mentees."""

from __future__ import annotations

import random

from data.sample_parts.chains import Enterprise
from data.sample_parts.common import MARK, Row, Tables, credit_code, fields, stream
from data.sample_parts.people import Person

# name, level, fields, region, how busy it is (0 asleep to 3 lively; blank: it told nothing)
SOCIETIES = """
重庆市动力电池学会|municipal|battery thermal|50|3
重庆市样例汽车工程学会|municipal|auto drive thermal|50|3
重庆市样例电力电子学会|municipal|drive chip|50|2
重庆市样例显示学会|municipal|display|50|2
重庆市样例半导体学会|municipal|chip display|50|1
重庆市样例机器人学会|municipal|robot vision|50|3
重庆市样例制造工程学会|municipal|vision robot|50|1
重庆市样例药学会|municipal|biopharma herbal|50|2
重庆市样例生物医学工程学会|municipal|medical|50|2
重庆市样例园艺学会|municipal|citrus|50|3
重庆市样例食品学会|municipal|food|50|2
重庆市样例环境学会|municipal|environment|50|1
重庆市样例人工智能学会|municipal|ai|50|3
重庆市样例岩土学会|municipal|civil|50|0
重庆市样例科技政策研究会|municipal|policy outreach|50|
万州区样例柑橘协会|district|citrus food|500101|1
石柱县样例黄连技术协会|district|herbal|500240|0
全国山地智能装备样例学会|national|robot citrus vision|50|2
""".strip()
# name, type, host (Q: an enterprise of that number, J: an institution), parent, region, members
ASSOCIATIONS = """
渝北区样例科协|regional|J046||500112|620
万州区样例科协|regional|J047||万州|410
忠县样例科协|regional|J048||500233|260
北碚区样例科协|regional|||500109|380
石柱县样例科协|regional|||石柱|150
渝江理工大学科协（样例）|campus|J001||500106|940
嘉陵科技大学科协（样例）|campus|J002|KX04|500109|720
夔门学院科协（样例）|campus|J006|KX02|500101|
企业科协一号（样例）|enterprise|Q007|KX01|500112|86
企业科协二号（样例）|enterprise|Q016|KX01|500112|140
企业科协三号（样例）|enterprise|Q024|KX04|500109|64
企业科协四号（样例）|enterprise|Q047|KX03|500233|23
两江样例产业园科协|park||KX01|500112|230
样例青年科技人才联合会|talent|J055||50|310
""".strip()
EVENT_KINDS = (
    ("学术年会", "学术交流"), ("揭榜挂帅对接会", "产学研对接"), ("科普进区县", "科普"), ("青年科学家沙龙", "学术交流"), ("院士专家行", "产学研对接"),
    ("川渝学术论坛", "学术交流"),
)
INDICATORS = ("会员数", "专职人员数", "办公面积", "年度活动数", "服务企业数", "信息平台", "线上活动数", "制度数", "换届逾期年数")


def _societies(rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    subjects = fields()
    for number, line in enumerate(SOCIETIES.splitlines(), 1):
        name, level, keys, region, busy = line.split("|")
        row: Row = {
            "id": f"XH{number:02d}", "name": name + MARK, "level": {"municipal": "市级", "district": "区县级", "national": "全国"}[level],
            "disciplines": rng.choice("；、;").join(subjects[k].discipline for k in keys.split()), "region": region,
            "uscc": credit_code("51", region.ljust(6, "0"), 5000 + number) if number % 2 else None,
            "founded": f"{rng.randint(1962, 2018)}-{rng.randint(1, 12):02d}",
            "website": f"https://xh{number:02d}.zhulian-sample.example" if busy in ("2", "3") else None,
        }
        rows.append(row | _indicators(busy, rng))
    return rows


def _indicators(busy: str, rng: random.Random) -> Row:
    """What a society reports of itself, by how lively it is; one that tells nothing has no figures at all."""
    if not busy:
        return dict.fromkeys(INDICATORS)
    b = int(busy)
    values: Row = {
        "会员数": rng.randint(60, 200) + 500 * b, "专职人员数": rng.choice((b, b + 1)), "办公面积": 40 * b + rng.randint(0, 30),
        "年度活动数": 4 * b + rng.randint(0, 4), "服务企业数": 6 * b + rng.randint(0, 6), "信息平台": int(b >= 2),
        "线上活动数": 3 * b + rng.randint(0, 2), "制度数": 5 * b + rng.randint(1, 6), "换届逾期年数": max(0, rng.randint(0, 2) - b),
    }
    if rng.random() < 0.3:
        values[rng.choice(INDICATORS)] = None
    return values


def _associations(firms: list[Enterprise]) -> list[Row]:
    rows: list[Row] = []
    for number, line in enumerate(ASSOCIATIONS.splitlines(), 1):
        name, type_, host, parent, region, members = line.split("|")
        host_ref: str | None = None
        if host.startswith("J"):
            host_ref = f"keji_talent/institutions/JG{host[1:]}"
        elif host.startswith("Q"):
            firm = firms[int(host[1:]) - 1]
            host_ref, region, name = firm.ref, firm.region, f"{firm.row['short_name']}企业科协{MARK}"
        rows.append({"id": f"KX{number:02d}", "name": name if MARK in name else name + MARK, "type": type_, "host": host_ref,
                     "parent": parent or None, "region": region, "members": int(members) if members else None})
    return rows


def _members(societies: list[Row], people: list[Person], rng: random.Random) -> list[Row]:
    """Members of each society: people of its fields, an office for the first ones."""
    rows: list[Row] = []
    for society, line in zip(societies, SOCIETIES.splitlines(), strict=True):
        keys = line.split("|")[2].split()
        fitting = [p for p in people if p.field.key in keys and p.region[:2] in ("50", "51")]
        for rank, person in enumerate(rng.sample(fitting, min(len(fitting), rng.randint(8, 18)))):
            role = ("理事长", "副理事长", "秘书长", "理事")[rank] if rank < 4 else "会员"
            since = f"{rng.randint(2004, 2025)}-{rng.randint(1, 12):02d}"
            rows.append({"society": society["id"], "scientist": person.ref, "role": role, "since": since})
    return rows


def _roll(people: list[Person], houses: list[Row], rng: random.Random) -> list[Row]:
    """The societies' own roll: 30 people of the talent pool, written differently.

    ORCID or e-mail tells that they are the same; three have neither and are left to a reviewer.
    """
    known = [p for p in people if p.row["orcid"]]
    house_names = {h["id"]: h["name"] for h in houses}
    rows: list[Row] = []
    for number, person in enumerate(sorted(rng.sample(known, 30), key=lambda p: p.id), 1):
        name = {0: person.name, 1: f"{person.name[0]} {person.name[1:]}", 2: f"{person.name} {person.row['title']}"}[number % 3]
        if number % 7 == 0 and person.row["name_en"]:
            name = str(person.row["name_en"])
        alone = number % 10 == 0
        house = person.row["institution"]
        rows.append({
            "id": f"HY{number:03d}", "name": name, "institution": house_names.get(house, house) if number % 3 != 1 or alone else None,
            "orcid": None if alone else f"https://orcid.org/{person.row['orcid']}" if number % 4 == 0 else person.row["orcid"],
            "email": person.row["email"] if number % 2 and not alone else None, "title": person.row["title"],
            "societies": f"XH{rng.randint(1, 18):02d}", "disciplines": person.field.discipline, "bio": "虚构人物。学会会员名册。",
            "works": "；".join(person.works[:2]) or None,
        })
    return rows


def _events(societies: list[Row], people: list[Person], firms: list[Enterprise], rng: random.Random) -> Tables:
    events: list[Row] = []
    participations: list[Row] = []
    lively = [s for s, line in zip(societies, SOCIETIES.splitlines(), strict=True) if line[-1] not in "|0"]
    for number in range(1, 31):
        society = rng.choice(lively)
        series, type_ = EVENT_KINDS[number % len(EVENT_KINDS)]
        keys = SOCIETIES.splitlines()[int(str(society["id"])[2:]) - 1].split("|")[2].split()
        year = 2024 + number % 3
        events.append({
            "id": f"HD{number:02d}", "name": f"{year}年{fields()[keys[0]].name}{series}（样例第{number}场）", "type": type_, "series": series,
            "society": society["id"], "region": rng.choice(("500112", "万州", "500109", "四川省成都市", "500106", "500233")),
            "date": f"{year}-{rng.randint(1, 6):02d}-{rng.randint(1, 28):02d}", "disciplines": fields()[rng.choice(keys)].discipline,
            "attendance": rng.choice((None, 40, 80, 120, 260, 500)),
        })
        guests = rng.sample([p for p in people if p.field.key in keys], 4) + rng.sample(people, 1)
        parties = [(p.ref, rng.choice(("报告人", "参会", "参会"))) for p in guests]
        parties += [(f.ref, "参会单位") for f in rng.sample(firms, 2)]
        parties.append((f"keji_talent/institutions/JG{rng.randint(1, 28):03d}", "承办单位"))
        participations += [{"event": f"HD{number:02d}", "party": party, "role": role} for party, role in parties]
    return {"events": events, "participations": participations}


def _mentorships(people: list[Person], rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    young = [p for p in people if str(p.row["birth_date"]) > "1984" and p.region]
    for mentor in [p for p in people if p.academician]:
        near = [p for p in young if p.field is mentor.field]
        for mentee in rng.sample(near, min(len(near), 3)):
            rows.append({"mentor": mentor.ref, "mentee": mentee.ref, "since": f"{rng.randint(2019, 2025)}-{rng.randint(1, 12):02d}"})
    return rows[:40]


def _belonging(associations: list[Row], people: list[Person], firms: list[Enterprise], rng: random.Random) -> list[Row]:
    """Who belongs to an association: people of its host or place, and a few enterprises."""
    rows: list[Row] = []
    for association in associations:
        host = str(association["host"] or "").rsplit("/", 1)[-1]
        place = {"万州": "500101", "石柱": "500240"}.get(str(association["region"]), str(association["region"]))
        near = [p for p in people if p.row["institution"] == host] or [p for p in people if p.region.startswith(place)]
        members = [p.ref for p in rng.sample(near, min(len(near), 12))]
        if association["type"] in ("park", "regional"):
            here = [f.ref for f in firms if f.region.startswith(place)]
            members += rng.sample(here, min(len(here), 3))
        rows += [{"association": association["id"], "party": member} for member in members]
    return rows


def tables(people: list[Person], firms: list[Enterprise], houses: list[Row]) -> Tables:
    rng = stream("societies")
    societies, associations = _societies(rng), _associations(firms)
    return {
        "societies": societies, "associations": associations, "scientists": _roll(people, houses, rng),
        "memberships": _members(societies, people, rng), **_events(societies, people, firms, rng),
        "mentorships": _mentorships(people, rng), "association_members": _belonging(associations, people, firms, rng),
    }
