"""What enterprises need and what is offered to them: needs, outcomes, jobs, policies, funds, investments, industries."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product as pairs

from data.sample_parts.chains import Enterprise, Product
from data.sample_parts.common import MARK, Row, Tables, fields, pipe_rows, stream
from data.sample_parts.people import Person

# Classes of GB/T 4754-2017 below the divisions that come with the program.
INDUSTRIES = """
015 水果种植,0153 柑橘类种植,137 蔬菜、菌类、水果和坚果加工,145 罐头食品制造,1453 蔬菜、水果罐头制造,152 饮料制造,1523 果菜汁及果菜汁饮料制造,
261 基础化学原料制造,2613 无机盐制造,2614 有机化学原料制造,262 肥料制造,2625 有机肥料及微生物肥料制造,265 合成材料制造,266 专用化学产品制造,
2669 其他专用化学产品制造,268 日用化学产品制造,2684 香料、香精制造,271 化学药品原料药制造,2710 化学药品原料药制造,272 化学药品制剂制造,
2720 化学药品制剂制造,273 中药饮片加工,2730 中药饮片加工,274 中成药生产,2740 中成药生产,276 生物药品制品制造,2761 生物药品制造,
2762 基因工程药物和疫苗制造,277 卫生材料及医药用品制造,2770 卫生材料及医药用品制造,278 药用辅料及包装材料,2780 药用辅料及包装材料,
292 塑料制品业,2921 塑料薄膜制造,304 玻璃制造,3042 特种玻璃制造,305 玻璃制品制造,3051 技术玻璃制品制造,325 有色金属压延加工,3252 铝压延加工,
342 金属加工机械制造,3422 金属成形机床制造,343 物料搬运设备制造,3434 连续搬运设备制造,345 轴承、齿轮和传动部件制造,
3453 齿轮及齿轮减、变速箱制造,346 烘炉、风机、包装等设备制造,3464 制冷、空调设备制造,349 其他通用设备制造业,3491 工业机器人制造,
3492 特殊作业机器人制造,353 食品、饮料、烟草及饲料生产专用设备制造,3532 农副食品加工专用设备制造,356 电子和电工机械专用设备制造,
3569 其他电子专用设备制造,358 医疗仪器设备及器械制造,3581 医疗诊断、监护及治疗设备制造,3589 其他医疗设备及器械制造,361 汽车整车制造,
3612 新能源车整车制造,367 汽车零部件及配件制造,3670 汽车零部件及配件制造,381 电机制造,3812 电动机制造,382 输配电及控制设备制造,
3829 其他输配电及控制设备制造,384 电池制造,3841 锂离子电池制造,3849 其他电池制造,392 通信设备制造,3922 通信终端设备制造,397 电子器件制造,
3972 半导体分立器件制造,3973 集成电路制造,3974 显示器件制造,3976 光电子器件制造,3979 其他电子器件制造,398 电子元件及电子专用材料制造,
3981 电阻电容电感元件制造,3982 电子电路制造,3985 电子专用材料制造,593 低温仓储,5930 低温仓储,651 软件开发,6513 应用软件开发,
745 质检技术服务,7452 检测服务
""".replace("\n", "")
POLICY_KINDS = (
    ("首台（套）产品奖励办法", "奖励", "对{area}企业首次推向市场的关键产品，按首批销售额的一成给予奖励，单个企业不超过{amount}万元。"),
    ("揭榜挂帅专项支持措施", "项目资助", "支持{area}龙头企业发布技术需求，揭榜团队不限地域，按合同额的三成给予补助，最高{amount}万元。"),
    ("产业人才安居与科研启动办法", "人才支持", "对到{area}企业全职工作的博士和高级工程师给予安居补贴和科研启动费，团队最高{amount}万元。"),
)
POLICY_AREAS = (
    ("动力电池与新能源汽车", "3612、3841、3670", "500112"), ("新型显示与功率半导体", "3974；3972；3973", "500109"),
    ("机器人与精密传动", "3491;3453", "500120"), ("生物医药", "2761、2762、2720", "500113"), ("柑橘加工", "0153、1523", "500233"),
)
# name, what it invests in, industries, size in 10,000 yuan, who manages it
FUNDS = (
    ("产业链强链母基金", "整车与动力电池龙头企业及其配套", "3612、3841", 200000, "JG050"),
    ("动力电池创新种子基金", "正负极材料、隔膜和电芯的初创企业", "3841、3985", 12000, "JG051"),
    ("科技成果转化引导基金", "高校院所成果落地的装备、电气和电子企业", "36；38；39", 80000, "JG050"),
    ("新型显示协同基金", "显示面板上下游企业", "3974", 50000, "JG054"),
    ("川渝科创联合基金", "川渝两地协同创新的制造业企业", "C", 60000, "JG053"),
    ("生物医药天使基金", "抗体、疫苗的早期项目", "2761、2762", 9000, "JG051"),
    ("山地农业种子基金", "柑橘种植与加工的中小企业", "0153、1523", 5000, "JG052"),
    ("机器人产业基金", "机器人整机与精密减速器企业", "3491、3453", 30000, "JG050"),
    ("青年科学家创业种子基金", "青年科技工作者创办的企业", None, 3000, "JG051"),
    ("中小企业科技担保资金", "轻资产科技企业的信贷担保", None, 20000, "JG054"),
)


def needs(firms: list[Enterprise]) -> list[Row]:
    """The 40 needs of needs.txt, each raised by an enterprise of its segment; every ninth comes from outside Chongqing."""
    rng = stream("needs")
    subjects = fields()
    rows: list[Row] = []
    for number, cells in enumerate(pipe_rows("needs.txt"), 1):
        segment, field, title, text, products, industry, keywords, budget, deadline, status, wanted = cells
        away = number % 9 == 0
        firm = rng.choice([f for f in firms if segment in f.segments and f.region.startswith("50") is not away])
        if status == "open" and number % 4 == 0:
            status = "征集中"
        if status == "closed" and number % 2 == 0:
            status = "已关闭"
        rows.append({
            "id": f"XQ{number:03d}", "title": title or None, "text": text or None, "enterprise": firm.id, "region": None,
            "industry": industry, "products": products.split("、"), "disciplines": [subjects[field].finer[0]],
            "keywords": keywords.split("、"), "budget": int(budget), "deadline": deadline, "status": status,
            "experts_wanted": int(wanted), "field": field,
        })
    return rows


def outcomes(told_needs: list[Row], people: list[Person]) -> list[Row]:
    """How sixty approaches ended, mostly with people of the need's own field."""
    rng = stream("outcomes")
    rows: list[Row] = []
    for need in [*told_needs, *rng.sample(told_needs, 24)]:
        fitting = [p for p in people if p.field.key == need["field"] and not p.row["do_not_contact"]]
        closed = need["status"] in ("closed", "已关闭")
        result = rng.choice(("已完成", "done", "未成", "已签约") if closed else ("已联系", "contacted", "拒绝", "declined", "已签约"))
        rating = {"已完成": rng.randint(3, 5), "done": rng.randint(3, 5), "未成": rng.randint(1, 2)}.get(result)
        rows.append({"need": need["id"], "scientist": rng.choice(fitting).ref, "result": result, "rating": rating,
                     "date": f"2026-{rng.randint(1, 6):02d}-{rng.randint(1, 28):02d}"})
    return list({(r["need"], r["scientist"]): r for r in rows}.values())[:60]


def employments(people: list[Person], firms: list[Enterprise], told_needs: list[Row]) -> list[Row]:
    """Part-time chief scientists and former employees. The first five work where an open need of their field is: a conflict."""
    rng = stream("employments")
    rows: list[Row] = []
    for need in [n for n in told_needs if n["status"] == "open"][:25:5]:
        expert = rng.choice([p for p in people if p.field.key == need["field"] and p.region])
        rows.append({"scientist": expert.ref, "enterprise": need["enterprise"], "from": "2024-03", "to": None})
    for person in rng.sample([p for p in people if p.region], 43):
        fitting = [f for f in firms if set(f.products) & set(person.field.products)] or firms
        start = rng.randint(2014, 2020)
        rows.append({"scientist": person.ref, "enterprise": rng.choice(fitting).id, "from": f"{start}-{rng.randint(1, 12):02d}",
                     "to": None if rng.random() < 0.6 else f"{rng.randint(start + 1, 2021)}-12"})
    return list({(r["scientist"], r["enterprise"]): r for r in rows}.values())


def offers(firms: list[Enterprise]) -> Tables:
    """Policies, funds and what the funds invested."""
    rng = stream("offers")
    policies: list[Row] = []
    for (kind, type_, text), (area, industries, region) in pairs(POLICY_KINDS, POLICY_AREAS):
        amount = rng.choice((50, 100, 200, 300, 500))
        start = rng.randint(2023, 2026)
        policies.append({
            "id": f"ZC{len(policies) + 1:02d}", "name": f"{area}{kind}{MARK}", "text": text.format(area=area, amount=amount),
            "issuer": f"keji_talent/institutions/{rng.choice(('JG045', 'JG046', 'JG049'))}", "region": rng.choice(("50", region)),
            "industries": industries, "type": type_, "amount": amount, "valid_from": f"{start}-01-01", "valid_to": f"{start + 12}-12-31",
        })
    funds: list[Row] = [
        {"id": f"JJ{n:02d}", "name": f"{name}{MARK}", "text": f"主要投向{target}，单个项目不超过基金规模的一成。",
         "issuer": f"keji_talent/institutions/{issuer}", "region": "50" if issuer != "JG053" else "四川省成都市",
         "industries": industries, "type": "种子基金" if "种子" in name or "天使" in name else "产业基金", "amount": amount,
         "valid_from": "2022-01-01", "valid_to": "2039-12-31"}
        for n, (name, target, industries, amount, issuer) in enumerate(FUNDS, 1)
    ]
    investments = [_investment(fund, firm, rng) for fund in funds for firm in rng.sample(firms[:64], 4)]
    return {"policies": policies, "funds": funds, "investments": investments}


def _investment(fund: Row, firm: Enterprise, rng: random.Random) -> Row:
    amount = rng.choice((100, 200, 300, 500, 800, 1500))
    leverage = rng.choice((None, 0, 1, 2, 4))
    return {"fund": fund["id"], "enterprise": firm.id, "amount": amount, "year": rng.randint(2022, 2026),
            "follow_on": None if leverage is None else amount * leverage}


def industries(goods: list[Product]) -> Tables:
    """The finer classes, and which class takes its inputs from which (weight: how many products of the sample do)."""
    told = dict(item.strip().split(" ") for item in INDUSTRIES.split(",") if item.strip())
    rows: list[Row] = [{"id": code, "name": name, "parent": code[:-1], "level": len(code)} for code, name in told.items()]
    code_of = {g.name: str(g.row["industry"]) for g in goods}
    flows = Counter((str(g.row["industry"]), code_of[i]) for g in goods for i in g.inputs)
    inputs: list[Row] = [{"industry": a, "input": b, "weight": n} for (a, b), n in sorted(flows.items()) if a != b]
    return {"industries": rows, "industry_inputs": inputs}
