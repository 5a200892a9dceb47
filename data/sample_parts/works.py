"""Papers, patents, projects, achievements and standards, and who signed them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from data.sample_parts.common import Row, Tables, Topic, chinese, english, stream
from data.sample_parts.people import Person

TITLES = (
    "基于{method}的{object}{problem}研究", "{object}{problem}的机理与{method}", "面向{scene}的{object}{problem}改进",
    "{method}在{object}中的应用", "{scene}{object}的{problem}问题分析", "{object}{problem}：{method}与验证",
)
OPENINGS = (
    "针对{object}在{scene}中存在的{problem}问题，提出了基于{method}的解决方法。", "{problem}是制约{object}在{scene}应用的主要因素之一。",
    "为改善{scene}{object}的{problem}，本文开展了系统研究。",
)
MIDDLES = (
    "采用{method}建立了{object}的分析模型，讨论了关键参数的影响规律。", "结合{method}与{other}，对{count}组样本进行了对比试验。",
    "通过{method}获得了主要影响因素，并以{other}加以验证。",
)
ENDINGS = ("结果表明，{effect}。", "现场应用表明，{effect}，方法具有推广价值。", "与现有方案相比，{effect}。")
ENGLISH_TITLES = (
    "{object}: a study using {method} in {place}", "Improving {object} by {method}: results from {place}",
    "{method} for {object} in {place}",
)
PLACES = ("Chongqing", "western China", "the upper Yangtze", "mountain cities", "a pilot plant", "the Chengdu-Chongqing region")
ENGLISH_ABSTRACTS = (
    "This paper studies {object} with {method}. A model is built from {count} samples and verified by experiment. "
    "The results show that the proposed approach clearly outperforms current practice.",
    "Problems of {object} limit its use in industry. We apply {method} and test it on {count} cases. "
    "The findings offer guidance for design and operation.",
)
PROGRAMMES = ("样例市技术创新专项", "样例国家重点研发计划", "川渝科技创新合作计划（样例）", "样例自然科学基金")
KINDS = ("paper",) * 14 + ("patent",) * 4 + ("project",) * 2 + ("achievement", "standard")


def tables(people: list[Person], count: int = 600) -> Tables:
    """`count` works with their authors: a leading author and colleagues of the same field, sometimes of another.

    Returns:
        works and authorships; each person's `works` are filled with titles.
    """
    rng = stream("works")
    works: list[Row] = []
    authorships: list[Row] = []
    productive = [2.0 if p.academician else rng.choice((0.0, 0.5, 1.0, 1.0, 2.0)) for p in people]
    leaders = rng.choices(people, productive, k=count)
    titles: set[str] = set()
    for number, leader in enumerate(leaders, 1):
        work = _work(number, leader, rng)
        while work["title"] in titles:
            work = _work(number, leader, rng)
        titles.add(str(work["title"]))
        works.append(work)
        for position, author in enumerate([leader, *_colleagues(leader, people, rng)], 1):
            author.works.append(str(work["title"]))
            authorships.append({"work": work["id"], "scientist": author.ref, "position": position})
    return {"works": works, "authorships": authorships}


def _colleagues(leader: Person, people: list[Person], rng: random.Random) -> list[Person]:
    near = [p for p in people if p.field is leader.field and p is not leader]
    same_house = [p for p in near if p.row["institution"] == leader.row["institution"]]
    others = rng.sample(near, min(len(near), rng.choice((0, 1, 2))))
    others += rng.sample(same_house, min(len(same_house), rng.choice((0, 1, 2))))
    if rng.random() < 0.08:
        others.append(rng.choice([p for p in people if p is not leader]))
    return list({p.id: p for p in others}.values())


def _work(number: int, leader: Person, rng: random.Random) -> Row:
    subject = leader.field
    kind = rng.choice(KINDS if subject.products else ("paper", "paper", "project"))
    topic = rng.choice(leader.topics if rng.random() < 0.85 else subject.topics)
    row: Row = {"id": f"CG{number:04d}", "title": None, "type": kind, "abstract": None, "keywords": None, "year": rng.randint(2012, 2026),
                "disciplines": rng.choice(subject.finer),
                "products": rng.choice(subject.products) if subject.products and rng.random() < 0.3 else None,
                "doi": f"10.5555/zhulian.sample.{number:04d}" if kind == "paper" and number % 2 else None}
    if kind == "paper" and topic.bilingual and rng.random() < 0.2:
        return row | _english(topic, rng)
    methods = [chinese(m) for m in topic.methods]
    method = rng.choice(methods)
    words = {
        "object": topic.name, "method": method, "problem": rng.choice(topic.problems), "scene": topic.scene,
        "other": rng.choice([m for m in methods if m != method]), "count": rng.choice((12, 24, 36, 60, 120)), "effect": _measured(topic.effect, rng),
    }
    return row | {
        "title": _title(kind, words, rng), "keywords": rng.choice("；;、").join([topic.name, method, str(words["problem"])]),
        "abstract": "".join(rng.choice(part).format(**words) for part in (OPENINGS, MIDDLES, ENDINGS)),
    } | _particulars(kind, rng)


def _measured(effect: str, rng: random.Random) -> str:
    """An effect with its {low-high} replaced by a number of that range."""
    return re.sub(r"\{(\d+)-(\d+)\}", lambda m: str(rng.randint(int(m[1]), int(m[2]))), effect)


def _title(kind: str, words: Mapping[str, object], rng: random.Random) -> str:
    if kind == "patent":
        pattern = rng.choice(("一种{object}的{method}方法", "一种用于{scene}的{object}及{method}方法", "{object}{problem}的解决方法"))
    elif kind == "project":
        pattern = rng.choice(("{object}{problem}关键技术研究与应用示范", "面向{scene}的{object}{method}技术研发"))
    elif kind == "standard":
        pattern = rng.choice(("{object}技术规范 第1部分：{method}", "{scene}{object}{method}导则", "{object}{method}试验方法"))
    elif kind == "achievement":
        pattern = rng.choice(("面向{scene}的{object}{method}成套技术及产业化", "{object}{problem}防控与{method}技术应用"))
    else:
        pattern = rng.choice(TITLES)
    return pattern.format(**words)


def _english(topic: Topic, rng: random.Random) -> Row:
    words = {"object": english(topic.object), "method": rng.choice([english(m) for m in topic.methods if english(m)]),
             "place": rng.choice(PLACES), "count": rng.choice((12, 24, 36, 60, 120))}
    title = rng.choice(ENGLISH_TITLES).format(**words)
    return {"title": title[0].upper() + title[1:], "abstract": rng.choice(ENGLISH_ABSTRACTS).format(**words),
            "keywords": f"{words['object']}; {words['method']}"}


def _particulars(kind: str, rng: random.Random) -> Row:
    if kind == "project":
        return {"programme": rng.choice(PROGRAMMES), "amount": rng.choice((20, 50, 80, 150, 300, 600))}
    if kind in ("patent", "achievement"):
        return {"trl": rng.randint(3, 9)}
    return {}
