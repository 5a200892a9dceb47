"""Products, chains, enterprises and who makes what: products.txt told as tables."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from data.sample_parts.common import CHONGQING, MARK, Row, Tables, credit_code, pipe_rows, stream

# For each segment: a word for names of enterprises, their industry, and how many there are in Chongqing.
SEGMENTS = {
    "material": ("新材料", "3985", 6), "cell": ("电池科技", "3841", 5), "drive": ("电驱动", "3812", 4), "vehicle": ("汽车", "3612", 5),
    "chipmaking": ("半导体", "3972", 3), "panel": ("光电", "3974", 4), "terminal": ("智能终端", "39", 2),
    "parts": ("精密传动", "3453", 4), "machine": ("机器人", "3491", 4), "bioinput": ("药用材料", "2780", 2),
    "biodrug": ("生物制药", "2761", 2), "herb": ("中药", "2730", 3), "device": ("医疗器械", "3581", 2),
    "grove": ("果业", "0153", 4), "juice": ("饮料食品", "1523", 3), "extract": ("天然提取物", "2684", 2), "generic": ("检测技术", "7452", 1),
}
# Where the enterprises outside Chongqing are, and the segments that each of them works in.
OUTSIDE = """
5101|material panel|5101|vehicle parts|5101|biodrug device|5107|chipmaking panel|5107|drive terminal|
5116|grove extract|5117|material machine|5105|juice herb|
4403|cell chipmaking|4403|panel terminal|4401|vehicle machine|4401|biodrug juice|4403|parts device|4401|material extract|
3205|material chipmaking|3205|panel machine|3204|cell drive|3204|parts cell|3205|bioinput biodrug|3205|device machine|
3302|material drive|3301|bioinput herb|3302|parts vehicle|3301|juice grove|3302|panel terminal|
310115|chipmaking parts|310115|biodrug bioinput|310115|vehicle drive|310115|terminal device|
3401|cell vehicle|3401|panel material|3401|machine generic|3401|grove juice|
4201|drive chipmaking|4201|bioinput device|4201|machine parts|4201|extract herb|4201|cell panel
""".replace("\n", "")
FIRST = {"50": "渝嘉巴缙铜岭棠涪峡云", "51": "蜀锦绵岷", "44": "粤鹏", "32": "苏锡", "33": "浙甬", "31": "沪申", "34": "皖庐", "42": "鄂楚"}
SECOND = "枢棱泉衡曜砺澄岚栩澍珩翊瓴沅琮祎"
PARKS = {"500112": "两江样例产业园", "500106": "西部样例科学城", "500120": "璧山样例高新区", "500101": "万州样例经开区"}
HOME = {  # districts where a segment's enterprises gather
    "grove": ("500233", "500236", "500101", "500116"), "juice": ("500233", "500101", "500118"), "extract": ("500101", "500233"),
    "herb": ("500240", "500102", "500114"), "biodrug": ("500113", "500109"), "bioinput": ("500102", "500115"),
    "panel": ("500109", "500112", "500106", "500113"), "terminal": ("500106", "500112"),
}


# What a chain takes from another one: in the chain's own list of products, the rest is in chain_products.
BORROWED = {
    "新能源汽车与动力电池": "IGBT模块、碳化硅功率模块、车规级微控制器、液晶面板", "智能装备与机器人": "稀土永磁体、IGBT模块、印制电路板",
}


@dataclass
class Enterprise:
    row: Row
    segments: list[str]
    region: str
    products: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def ref(self) -> str:
        return f"qiye/enterprises/{self.id}"

    @property
    def name(self) -> str:
        return str(self.row["name"])


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    name: str
    chain: str
    segment: str
    stage: str
    makers: str
    critical: bool
    inputs: list[str]
    row: Row


def products() -> list[Product]:
    """The products of products.txt in its order."""
    found: list[Product] = []
    chain = domain = segment = ""
    for cells in pipe_rows("products.txt"):
        if cells[0].startswith("chain"):
            chain, domain = cells[0].removeprefix("chain").strip(), cells[1]
        elif cells[0].startswith("segment"):
            segment = cells[0].split()[1]
        elif len(cells) > 1:
            names, stage, makers, industry, critical, inputs = cells
            name, *aliases = names.split(",")
            kind = "junk" if name == "其他配件" else "service" if name.endswith("服务") else "product"
            id_ = f"CP{len(found) + 1:03d}"
            row: Row = {"id": id_, "name": name, "aliases": "|".join(aliases) or None, "industry": industry, "kind": kind,
                        "critical": "是" if critical else None, "domain": domain or None}
            found.append(Product(id_, name, chain, segment, stage, makers, bool(critical), [x for x in inputs.split("、") if x], row))
    return found


def kinds() -> list[tuple[str, str]]:
    """Pairs of a product and the broader one that it is a kind of, by name."""
    lines = [cells[0] for cells in pipe_rows("products.txt") if len(cells) == 1 and " < " in cells[0]]
    return [(narrow, broad) for narrow, broad in (line.split(" < ") for line in lines)]


def enterprises() -> list[Enterprise]:
    """56 enterprises in Chongqing and 38 in eight other provinces; names, codes and figures are invented."""
    rng = stream("enterprises")
    found: list[Enterprise] = []
    taken: set[str] = set()
    for segment, (_, _, count) in SEGMENTS.items():
        homes = HOME.get(segment, tuple(CHONGQING)[:13])
        for i in range(count):
            found.append(_enterprise(len(found) + 1, homes[i % len(homes)] if segment in HOME else rng.choice(homes),
                                     [segment], taken, rng))
    pairs = OUTSIDE.split("|")
    for region, segments in zip(pairs[::2], pairs[1::2], strict=True):
        found.append(_enterprise(len(found) + 1, region, segments.split(), taken, rng))
    return found


def _enterprise(number: int, region: str, segments: list[str], taken: set[str], rng: random.Random) -> Enterprise:
    word = SEGMENTS[segments[0]][0]
    while True:
        brand = rng.choice(FIRST[region[:2]]) + rng.choice(SECOND)
        if brand not in taken:
            taken.add(brand)
            break
    form = rng.choice(("有限公司", "有限公司", "股份有限公司", "有限责任公司"))
    revenue = round(10 ** rng.uniform(3.3, 5.9))
    listed = form == "股份有限公司" and revenue > 20000
    written = {"5101": "四川省成都市", "500101": "万州", "500240": "石柱"}.get(region, region)
    row: Row = {
        "id": f"QY{number:03d}", "name": f"{brand}{word}{MARK}{form}", "short_name": f"{brand}{word}",
        "uscc": credit_code("91", region.ljust(6, "0"), 3000 + number) if number % 5 else None, "region": written,
        "park": PARKS.get(region) if rng.random() < 0.7 else None,
        "industry": "、".join(dict.fromkeys(SEGMENTS[s][1] for s in segments)),
        "honours": rng.choice((None, None, "高新技术企业", "专精特新“小巨人”企业；高新技术企业", "省级企业技术中心|高新技术企业")),
        "founded": f"{rng.randint(1996, 2021)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "employees": round(revenue / rng.uniform(60, 160)) + 12, "revenue": revenue if number % 9 else None,
        "rd_spend": round(revenue * rng.uniform(0.01, 0.12)) if number % 4 else None, "listed": "是" if listed else None,
        "stock_code": f"样{number:05d}" if listed else None,
    }
    return Enterprise(row, segments, region)


def makes(goods: list[Product], firms: list[Enterprise]) -> list[Row]:
    """Who makes what: as many makers in Chongqing as products.txt says, and two to four in other provinces."""
    rng = stream("makes")
    wanted_home = {"+": 3, "1": 1, "-": 0, "!": 0}
    rows: list[Row] = []
    for good in goods:
        home = [f for f in firms if f.region.startswith("50") and good.segment in f.segments]
        away = [f for f in firms if not f.region.startswith("50") and good.segment in f.segments]
        chosen = sorted(_least_busy(home, rng)[:wanted_home[good.makers]], key=lambda f: f.id)
        if good.makers != "!":
            chosen += _provinces_first(_least_busy(away, rng), rng.choice((2, 3, 4)) if good.makers == "-" else rng.choice((1, 2)))
        for firm in chosen:
            firm.products.append(good.name)
            rows.append({"enterprise": firm.id, "product": good.id, "basis": rng.choice(("主营构成", "企业填报", "调研")), "period": "2025"})
    _shares(rows, rng)
    return rows


def _least_busy(firms: Iterable[Enterprise], rng: random.Random) -> list[Enterprise]:
    return sorted(firms, key=lambda f: (len(f.products), rng.random()))


def _provinces_first(firms: list[Enterprise], count: int) -> list[Enterprise]:
    """`count` of the enterprises, of as many provinces as possible."""
    seen: dict[str, int] = {}
    order: list[tuple[int, int, Enterprise]] = []
    for position, firm in enumerate(firms):
        turn = seen[firm.region[:2]] = seen.get(firm.region[:2], 0) + 1
        order.append((turn, position, firm))
    return [firm for _, _, firm in sorted(order, key=lambda x: x[:2])[:count]]


def _shares(rows: list[Row], rng: random.Random) -> None:
    """Revenue shares that sum to less than 1 for three enterprises in five; the others do not tell."""
    by_firm: dict[object, list[Row]] = {}
    for row in rows:
        by_firm.setdefault(row["enterprise"], []).append(row)
    for firm_rows in by_firm.values():
        if rng.random() < 0.6:
            parts = [rng.uniform(0.5, 2) for _ in firm_rows]
            for row, part in zip(firm_rows, parts, strict=True):
                row["share"] = round(0.9 * part / sum(parts), 3)


def tables(goods: list[Product], firms: list[Enterprise]) -> Tables:
    """Products and all that hangs on them. `industries` are the finer classes of GB/T 4754 that the sample uses."""
    rng = stream("chains")
    id_of = {g.name: g.id for g in goods}
    chains = list(dict.fromkeys(g.chain for g in goods if g.chain))
    members: dict[str, list[Product]] = {c: [g for g in goods if g.chain == c] for c in chains}
    return {
        "products": [g.row for g in goods],
        "enterprises": [f.row for f in firms],
        "makes": makes(goods, firms),
        "product_inputs": [
            {"product": g.id, "input": id_of[i], "weight": rng.randint(1, 9) if g.critical else rng.choice((None, None, 1, 2, 3, 5))}
            for g in goods for i in g.inputs],
        "product_kinds": [{"product": id_of[a], "broader": id_of[b]} for a, b in kinds()],
        "chains": [{"id": f"LL{n}", "name": c, "region": "50", "products": BORROWED.get(c)} for n, c in enumerate(chains, 1)],
        "chain_products": [{"chain": f"LL{n}", "product": g.id, "stage": {"up": "上游", "mid": "中游", "down": "下游"}[g.stage],
                            "critical": "是" if g.critical else None} for n, c in enumerate(chains, 1) for g in members[c]],
    }
