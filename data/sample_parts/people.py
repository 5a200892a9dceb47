"""Institutions and scientists: who they are, where they work and what they work on."""

from __future__ import annotations

import dataclasses
import random

from data.sample_parts.common import (
    CHONGQING,
    ELSEWHERE,
    MARK,
    SICHUAN,
    Field,
    Row,
    Tables,
    Topic,
    chinese,
    credit_code,
    fields,
    orcid,
    stream,
)

SURNAMES = (
    "王 Wang,李 Li,张 Zhang,刘 Liu,陈 Chen,杨 Yang,黄 Huang,周 Zhou,吴 Wu,徐 Xu,孙 Sun,胡 Hu,朱 Zhu,高 Gao,林 Lin,何 He,郭 Guo,"
    "罗 Luo,梁 Liang,宋 Song,郑 Zheng,谢 Xie,唐 Tang,冯 Feng,邓 Deng,曹 Cao,曾 Zeng,田 Tian,蒋 Jiang,余 Yu,单 Shan,仇 Qiu,冉 Ran,"
    "谭 Tan,向 Xiang,欧阳 Ouyang,解 Xie"
)
GIVEN = (
    "樾 Yue,珩 Heng,栩 Xu,澍 Shu,衍 Yan,砚 Yan,翊 Yi,昀 Yun,岑 Cen,渝 Yu,牧 Mu,川 Chuan,岚 Lan,霁 Ji,棠 Tang,瑄 Xuan,祺 Qi,芮 Rui,筠 Jun,"
    "澈 Che,朗 Lang,宸 Chen,蔚 Wei,清 Qing,远 Yuan,明 Ming,文 Wen,思 Si,启 Qi,嘉 Jia,立 Li,世 Shi,永 Yong,晓 Xiao,志 Zhi,秋 Qiu,"
    "庆 Qing,建 Jian,国 Guo,华 Hua"
)
# name, type, region, weight (how many scientists work there), fields that it is strong in
INSTITUTIONS = """
渝江理工大学|university|500106|30|battery thermal drive auto robot vision ai
嘉陵科技大学|university|500109|26|citrus food environment herbal biopharma policy
两江交通工程学院|university|500113|14|auto civil drive
缙云医科大学|university|500103|16|biopharma medical herbal
渝州邮电学院|university|500108|14|ai chip display
夔门学院|university|500101|8|environment food outreach civil
巴渝师范大学|university|500106|10|outreach policy ai environment
永泸职业技术大学|university|500118|5|robot vision
蜀川工业大学|university|5101|12|battery display chip robot
锦官大学|university|5101|8|biopharma medical policy ai
涪绵科技学院|university|5107|4|chip display
鹏湾理工大学|university|4403|6|battery display ai
姑苏精密工程大学|university|3205|4|chip robot
江夏光电大学|university|4201|4|display chip
渝北新能源汽车研究院|institute|500112|10|thermal drive auto battery
重庆市样例果树研究所|institute|500116|9|citrus food
重庆市样例中药研究院|institute|500108|6|herbal
渝样智能制造研究院|institute|500120|7|robot vision
渝样半导体研究所|institute|500106|6|chip display
三峡样例生态研究院|institute|500101|6|environment citrus
渝样科技发展战略院|institute|500105|5|policy
巴山地质防灾研究所|institute|500112|5|civil
蓉样电池技术研究所|institute|5101|4|battery thermal
广样川东农业研究所|institute|5116|3|citrus food
甬样新材料研究所|institute|3302|3|battery display
庐样人工智能研究院|institute|3401|3|ai auto
渝样食品加工研究所|institute|500102|4|food
渝样生物医药中试院|institute|500109|4|biopharma
缙云医科大学附属第一医院|hospital|500103|6|medical biopharma
渝样骨科医院|hospital|500107|3|medical
夔门中心医院|hospital|500101|2|medical
武陵中医院|hospital|500114|2|herbal
江北样例康复医院|hospital|500105|3|medical
锦官大学附属医院|hospital|5101|2|medical
石柱样例中医院|hospital|500240|1|herbal
渝样妇儿医院|hospital|500112|1|medical
巴渝样例中学|school|500103|2|outreach
样例科技实验小学|school|500105|1|outreach
夔州样例中学|school|500236|1|outreach
璧样职业中学|school|500120|1|outreach
忠样柑橘技术推广站|station|500233|3|citrus
奉样脐橙技术推广站|station|500236|2|citrus
石样黄连技术推广站|station|500240|2|herbal
荣样农业技术推广站|station|500153|1|food
渝样科技服务局|agency|50|0|policy
渝北样例科技局|agency|500112|0|policy
万样经济信息委|agency|500101|0|policy
忠样农业农村委|agency|500233|0|policy
样例成渝协同办|agency|50|0|policy
渝样科创投资基金管理公司|financier|500105|0|policy
嘉样创业投资中心|financier|500112|0|policy
样例农商信贷公司|financier|500101|0|policy
蓉样产业投资公司|financier|5101|0|policy
渝样科技担保中心|financier|500103|0|policy
渝样技术转移中心|service|500105|2|policy ai
渝样知识产权运营中心|service|500112|1|policy
渝样检测认证院|service|500112|2|vision auto
样例科技传播中心|service|500105|3|outreach
万样院士专家服务中心|service|500101|0|outreach
缙样中试服务公司|service|500109|1|biopharma
""".strip()
# Titles by age: under 36, under 46, older.
TITLES = {
    "university": (("讲师", "助理研究员"), ("副教授", "副研究员", "高级工程师"), ("教授", "教授", "研究员", "正高级工程师")),
    "hospital": (("主治医师",), ("副主任医师",), ("主任医师",)),
    "school": (("一级教师",), ("高级教师",), ("高级教师", "正高级教师")),
}
OTHER_TITLES = (("助理研究员", "工程师"), ("副研究员", "高级工程师"), ("研究员", "正高级工程师"))


@dataclasses.dataclass
class Person:
    """A made-up scientist: the row as written, and what the other parts need to know about them."""

    row: Row
    field: Field
    topics: list[Topic]
    region: str
    academician: bool = False
    retired: bool = False
    works: list[str] = dataclasses.field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def ref(self) -> str:
        return f"keji_talent/scientists/{self.id}"

    @property
    def name(self) -> str:
        return str(self.row["name"])


def place(region: str, rng: random.Random) -> str:
    """A region as people write it: mostly the code, sometimes a name, short or joined."""
    names = {**CHONGQING, **SICHUAN, **ELSEWHERE}
    name = names.get(region, "重庆市")
    if region == "500101" and rng.random() < 0.5:
        return "万州"
    return name if rng.random() < 0.3 else region


def institutions() -> list[Row]:
    rng = stream("institutions")
    rows: list[Row] = []
    for number, line in enumerate(INSTITUTIONS.splitlines(), 1):
        name, type_, region, _, _ = line.split("|")
        aliases = f"{name[:2]}{name[-2:]}样例" if type_ == "university" else None
        rows.append({
            "id": f"JG{number:03d}", "name": name + MARK, "aliases": aliases, "type": type_, "region": place(region, rng),
            "uscc": credit_code("12", region.ljust(6, "0"), 1000 + number) if number % 3 else None,
        })
    return rows


class Names:
    """Hands out ordinary-looking names, each once, with their English form."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.surnames = [tuple(x.split()) for x in SURNAMES.split(",")]
        self.given = [tuple(x.split()) for x in GIVEN.split(",")]
        self.taken: set[str] = set()

    def next(self) -> tuple[str, str]:
        while True:
            weights = [40 - i for i in range(len(self.surnames))]
            surname = self.rng.choices(self.surnames, weights)[0]
            given = self.rng.sample(self.given, 2 if self.rng.random() < 0.75 else 1)
            name = surname[0] + "".join(g[0] for g in given)
            if name not in self.taken:
                self.taken.add(name)
                return name, f"{surname[1]} {''.join(g[1] for g in given).capitalize()}"


def _homes() -> dict[str, list[tuple[str, str, str, int]]]:
    """For each field: id, type, region and weight of the institutions that are strong in it."""
    found: dict[str, list[tuple[str, str, str, int]]] = {}
    for number, line in enumerate(INSTITUTIONS.splitlines(), 1):
        _, type_, region, weight, strong = line.split("|")
        for key in strong.split():
            found.setdefault(key, []).append((f"JG{number:03d}", type_, region, int(weight)))
    return found


def scientists(enterprise_names: list[str]) -> list[Person]:
    """The people of the talent pool, 260 of them; the last few are the difficult ones.

    Args:
        enterprise_names: names that may stand in someone's list of conflicts.
    """
    rng = stream("scientists")
    names = Names(rng)
    people: list[Person] = []
    homes = _homes()
    for subject in fields().values():
        for rank in range(subject.weight * 260 // 280):
            home = rng.choices(homes[subject.key], [max(h[3], 1) for h in homes[subject.key]])[0]
            people.append(_person(len(people) + 1, names, subject, home, rank, rng))
    while len(people) < 260:
        subject = rng.choice(list(fields().values()))
        people.append(_person(len(people) + 1, names, subject, rng.choice(homes[subject.key]), 9, rng))
    _difficult(people, enterprise_names, rng)
    return people


def _person(number: int, names: Names, subject: Field, home: tuple[str, str, str, int], rank: int,
            rng: random.Random) -> Person:
    name, name_en = names.next()
    institution, kind, region, _ = home
    topics = rng.sample(subject.topics, 2)
    method = chinese(rng.choice(topics[0].methods))
    academician = rank == 0 and subject.weight >= 12
    age = rng.randint(62, 84) if academician else rng.randint(29, 63)
    retired = academician and age > 74
    title = "教授" if academician else rng.choice(TITLES.get(kind, OTHER_TITLES)[(age >= 36) + (age >= 46)])
    row: Row = {
        "id": f"KJ{number:04d}", "name": name, "name_en": name_en if number % 2 else None, "gender": rng.choice("男男女"),
        "birth_date": f"{2026 - age}-{rng.randint(1, 12):02d}", "institution": institution, "title": title,
        "degree": rng.choice(("博士",) * 6 + ("硕士",) * 3 + ("学士",)), "honours": _honours(academician, rng),
        "disciplines": rng.choice("；、;").join([subject.discipline, rng.choice(subject.finer)]),
        "keywords": rng.choice("；、;|").join([topics[0].name, topics[1].name, method]),
        "bio": f"虚构人物。长期从事{subject.name}研究，主要方向为{topics[0].name}与{topics[1].name}，擅长{method}。",
        "region": place(region, rng), "email": f"kj{number:04d}@zhulian-sample.example",
        "phone": f"000-0000{number:04d}" if number % 3 else None, "orcid": orcid(4000 + number) if number % 4 == 1 else None,
        "languages": "中文、英语" if number % 5 == 0 else None, "capacity": rng.choice((None, None, 1, 2, 3)),
        "do_not_contact": "是" if number % 43 == 7 else None, "conflicts": None, "retired": "是" if retired else None,
        "overseas": None,
    }
    return Person(row, subject, topics, region, academician, retired)


def _honours(academician: bool, rng: random.Random) -> str | None:
    if academician:
        return rng.choice(("院士、样例省科技进步一等奖", "院士"))
    return rng.choice((None, None, None, None, "样例省科技进步二等奖", "样例创新争先奖；最美样例科技工作者"))


def _difficult(people: list[Person], enterprise_names: list[str], rng: random.Random) -> None:
    """The blemishes of real lists: overseas, conflicts, an unlisted institution, namesakes."""
    ordinary = [p for p in people if not p.academician]
    for person, place_name in zip(ordinary[4::29], ("新加坡", "慕尼黑", "多伦多", "大阪", "苏黎世", "墨尔本", "伦敦", "波士顿"), strict=False):
        person.row |= {"overseas": "是", "institution": f"海外样例学院{place_name}分部{MARK}", "region": None}
        person.region = ""
    for person in ordinary[6::17]:
        person.row["conflicts"] = "；".join(rng.sample(enterprise_names, rng.choice((1, 1, 2))))
    ordinary[11].row["institution"] = "名录外样例实验室（样例）"
    for first, second in ((20, 120), (45, 200), (70, 150)):
        ordinary[second].row |= {"name": ordinary[first].row["name"], "name_en": ordinary[first].row["name_en"]}


def tables(people: list[Person]) -> Tables:
    return {"scientists": [p.row for p in people], "institutions": institutions()}
