"""A workspace of a few hand-written rows, invented all of them, with every kind of node and edge and the values that are hard to carry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graph.workspace import Workspace
from loaders.load import load

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]

HARD_TEXT = "“双引号” \"quotes\" 'single' 反斜杠 \\n \\\\ `反引号` {id: $x} <b>甲&乙</b> 😀👩‍🔬 𠮷野家 e\u0301 $rows //注释"
BIG = 2 ** 40
FLOATS = (0.1, 0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 1e22, 123456789.123456789)

SOURCE = "xiaotian"


def world() -> Tables:
    """The tables of the small world, to be changed at will."""
    return {
        "scientists": [
            {"id": "s1", "name": "甲一", "name_en": "Jia Yi", "aliases": ["甲壹", "阿甲"],
             "institution": "i1", "societies": ["xh1"], "keywords": ["锂电池", "正极"], "works": ["w1"], "bio": HARD_TEXT, "region": "500101",
             "email": "jia@example.org", "phone": "13800000000", "birth_date": "1960-05-17", "capacity": BIG, "do_not_contact": True,
             "retired": False, "conflicts": ["e2"], "disciplines": ["化学"]},
            {"id": "s2", "name": "乙二", "institution": "没有登记的研究所"},
            {"id": "s3", "name": "丙三 O'Brien \\"}],
        "organisations": [{"id": "o1", "name": "混合机构有限公司"}, {"id": "o2", "name": "某某协作组织"}],
        "institutions": [{"id": "i1", "name": "小田大学", "type": "university", "region": "重庆"}],
        "enterprises": [
            {"id": "e1", "name": "小田电池有限公司", "region": "500101", "employees": BIG + 1,
             "revenue": FLOATS[1], "rd_spend": FLOATS[3], "listed": False},
            {"id": "e2", "name": "大田电池有限公司", "revenue": FLOATS[4]}],
        "societies": [{"id": "xh1", "name": "小田化学学会", "level": "municipal", "个人会员数": "1200", "理事数": "0.1"}],
        "associations": [
            {"id": "a1", "name": "小田科协", "type": "regional", "members": 3},
            {"id": "a2", "name": "小田企业科协", "host": "e1", "parent": "a1"}],
        "platforms": [
            {"id": "p1", "name": "小田工作站", "type": "academician_station", "host": "e1", "lead": "s1", "region": "500101",
             "functions": ["research", "sharing"]}],
        "works": [
            {"id": "w1", "title": "锂电池正极的研究，及其“应用”", "abstract": HARD_TEXT * 40, "keywords": ["锂", "正极"], "year": 2021,
             "amount": FLOATS[0], "products": ["正极材料"], "type": "paper"},
            {"id": "w2", "title": "another work, with a comma", "trl": 5, "amount": FLOATS[5]}],
        "needs": [
            {"id": "n1", "title": "提高循环寿命", "text": "三千次", "enterprise": "e1", "budget": FLOATS[2],
             "products": ["电池"], "status": "open"}],
        "products": [
            {"id": "c1", "name": "电池", "critical": True, "industry": ["C"]},
            {"id": "c2", "name": "正极材料", "aliases": ["正极"]}, {"id": "c3", "name": "材料"}],
        "chains": [{"id": "l1", "name": "动力电池链", "region": "重庆", "products": ["c1"]}],
        "regions": [{"id": "500101", "name": "万州区", "name_en": "Wanzhou"}],
        "region_groups": [{"id": "g1", "name": "小田组", "regions": ["500101"], "partly": ["500102"]}],
        "events": [{"id": "v1", "name": "小田年会", "society": "xh1", "date": "2024-05", "attendance": 300, "region": "重庆"}],
        "policies": [{"id": "z1", "name": "支持办法", "text": HARD_TEXT, "issuer": "o2", "amount": FLOATS[6]}],
        "funds": [{"id": "f1", "name": "小田基金", "issuer": "o2"}],
        "communities": [{"id": "m1", "name": "小田共同体", "chain": "l1", "region": "重庆"}],
        "resources": [
            {"id": "r1", "name": "电池科普", "topics": ["电池"], "audiences": ["youth"], "society": "xh1", "authors": ["s1"], "year": 2020}],
        "surveys": [{"id": "y1", "region": "500101", "audience": "youth", "year": 2023, "respondents": 100, "literate": 12, "weight": FLOATS[0]}],
        "teams": [{"id": "t1", "name": "小田服务队", "type": "service", "members": ["s1", "s2"]}],
        "studies": [{"id": "d1", "title": "小田研究", "lead": "s1", "adopted_by": ["o2"], "year": 2022}],
        "authorships": [{"id": "1", "work": "w2", "scientist": "s2", "position": 1}, {"id": "2", "work": "w2", "scientist": "s1", "position": BIG}],
        "memberships": [{"id": "1", "society": "xh1", "scientist": "s2", "role": "理事", "since": "2019"},
                        {"id": "2", "society": "xh1", "scientist": "s2", "role": "会员"}],
        "mentorships": [{"id": "1", "mentor": "s1", "mentee": "s2", "since": "2020-01"}],
        "makes": [{"id": "1", "enterprise": "e1", "product": "c1", "share": FLOATS[0], "period": "2022"},
                  {"id": "2", "enterprise": "e1", "product": "c1", "share": 0.25, "period": "2023"}],
        "product_inputs": [{"id": "1", "product": "c1", "input": "c2", "weight": FLOATS[1]}, {"id": "2", "product": "c2", "input": "c2"}],
        "product_kinds": [{"id": "1", "product": "c2", "broader": "c3"}],
        "industry_inputs": [{"id": "1", "industry": "C", "input": "B", "weight": FLOATS[2]}],
        "chain_products": [{"id": "1", "chain": "l1", "product": "c2", "stage": "up", "critical": True}],
        "participations": [{"id": "1", "event": "v1", "party": "s1", "role": "报告人"}, {"id": "2", "event": "v1", "party": "e1"}],
        "community_roles": [{"id": "1", "community": "m1", "party": "e1", "role": "产"}, {"id": "2", "community": "m1", "party": "i1", "role": "学"}],
        "investments": [{"id": "1", "fund": "f1", "enterprise": "e1", "amount": 100, "year": 2021, "follow_on": FLOATS[0]}],
        "association_members": [{"id": "1", "association": "a1", "party": "s1"}],
        "employments": [{"id": "1", "scientist": "s2", "enterprise": "e2", "from": "2001", "to": "2009-12-31"}],
        "outcomes": [{"id": "1", "need": "n1", "scientist": "s1", "result": "done", "rating": 5, "date": "2024-02-29"}],
    }


EMPTY_POOL = "venues"
"""The one pool of which the small world has nothing."""


def build_world(folder: Path, tables: Tables) -> Path:
    """Load tables into the workspace below a folder, in place of what was there; returns the workspace file."""
    source = folder / SOURCE
    source.mkdir(parents=True, exist_ok=True)
    headers = {name: ",".join(rows[0]) for name, rows in world().items()}
    for name, rows in tables.items():
        if rows:
            (source / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        else:
            # A table without rows still says that it has none.
            (source / f"{name}.json").unlink(missing_ok=True)
            (source / f"{name}.csv").write_text(headers[name] + "\n", encoding="utf-8")
    path = folder / "zhulian.duckdb"
    with Workspace(path) as workspace:
        report = load(workspace, [source], allow_shrink=True)
    wrong = [i for i in report.issues if i.rejected] + report.left_alone
    assert not wrong, wrong
    return path
