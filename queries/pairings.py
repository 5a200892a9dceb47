"""Who is matched with what: each pairing declared by its supply, its demand, the rules that hold before any score, and its features.

A new pairing is an entry here. Everything else (index, ranking, evidence, rules, assignment) is one engine for all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from graph.errors import UsageError
from queries.corpus import Supply
from queries.documents import Texts
from queries.eligible import (
    Capacity,
    Eligible,
    academicians,
    mentors,
    own_capacity,
    station_places,
    stations_without_lead,
    young_without_mentor,
)
from queries.paths import Path

_PROFILE = Texts("scientists", body="bio", keywords=("keywords",), named=(("subjects",),), captions=("简介", "研究方向"))
_WORK = Texts("works", title="title", body="abstract", keywords=("keywords",), named=(("subjects",), ("concerns",)))
_WORKS = replace(_WORK, path=("<authorships",))
SCIENTISTS = Supply("scientists", "scientists", (_WORKS, _PROFILE))
LECTURERS = Supply("lecturers", "scientists", (
    Texts("resources", ("<resource_authors",), title="name", keywords=("topics",)), _WORKS, _PROFILE))
SOCIETIES = Supply("societies", "organisations", (
    Texts("organisations", title="name", named=(("subjects",),)),
    replace(_WORK, path=("memberships", "<authorships"))), "society")
POLICIES = Supply("policies", "policies", (Texts("policies", title="name", body="text", keywords=("type",), named=(("sectors",),)),))
FUNDS = Supply("funds", "funds", (Texts("funds", title="name", body="text", keywords=("type",), named=(("sectors",),)),))


@dataclass(frozen=True, slots=True)
class Asking:
    """A side that has demands.

    Attributes:
        pool: where they stand; kind: the only kind of node in it that counts, '' for all.
        texts: what they say; the texts of one demand are joined.
        title: the column that names one.
        group: columns by whose values things are put together to one demand (the enterprises of a park); () where each is its own.
        owner: the path to whom a demand comes from: the organisation whose name and places say nothing of the matter, and whose own people
            are no answer; None where there is none.
        open: `status` values of a demand that is open; () where there is no status.
        wanted: the column that says how many suppliers a demand wants; '' where there is none.
    """

    pool: str
    texts: tuple[Texts, ...]
    title: str
    kind: str = ""
    group: tuple[str, ...] = ()
    owner: Path | None = None
    open: tuple[str | None, ...] = ()
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """One kind of match.

    Attributes:
        name, label: what it is called, in English and Chinese.
        supplier, demand: what the two sides are called in results (`scientist_id`, `need_id`).
        supply, asking: the sides.
        rules: names of the hard rules (`queries.rules`).
        features: names of the features (`queries.features`) that its score may have.
        suppliers, demands: which of them count at all, and which demands count without being named; None for all.
        capacity: how many demands each supplier serves at the most; None where none says.
    """

    name: str
    label: str
    supplier: str
    demand: str
    supply: Supply
    asking: Asking
    rules: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    suppliers: Eligible | None = None
    demands: Eligible | None = None
    capacity: Capacity | None = None


_NEEDS = Asking("needs", (Texts("needs", title="title", body="text", keywords=("keywords",), named=(("concerns",), ("subjects",))),), "title",
                owner=("demands",), open=(None, "open", "matched"), wanted="experts_wanted")
_STUDIES = Asking("studies", (Texts("studies", title="title", body="text", named=(("subjects",),)),), "title")
_ENTERPRISE_TEXTS = (
    Texts("organisations", named=(("sectors",), ("makes",))),
    Texts("needs", ("<demands",), title="title", body="text", keywords=("keywords",), named=(("concerns",),)))
_ENTERPRISES = Asking("organisations", _ENTERPRISE_TEXTS, "name", "enterprise", owner=())
_PARKS = Asking("organisations", _ENTERPRISE_TEXTS, "park", "enterprise", group=("park",), owner=())
_STATIONS = Asking("platforms", (
    Texts("platforms", title="name"), Texts("organisations", ("hosts",), named=(("sectors",), ("makes",))),
    Texts("needs", ("hosts", "<demands"), title="title", body="text", keywords=("keywords",), named=(("concerns",),))), "name", owner=("hosts",))
_YOUNG = Asking("scientists", (_PROFILE, Texts("works", ("<authorships",), title="title", keywords=("keywords",), named=(("subjects",),))), "name")
_AUDIENCES = Asking("resources", (Texts("resources", title="name", keywords=("topics",)),), "topics", group=("audiences", "topics"))

_EXPERT_FEATURES = ("institution", "products", "concepts", "chains", "disciplines", "societies", "platforms", "outcomes", "freshness", "distance",
                    "honours")

PAIRINGS: dict[str, Pairing] = {p.name: p for p in (
    Pairing("experts", "专家 ↔ 需求", "scientist", "need", SCIENTISTS, _NEEDS,
            ("do_not_contact", "employed", "employed_lately", "conflict", "declined"), _EXPERT_FEATURES, capacity=own_capacity),
    Pairing("chiefs", "首席专家 ↔ 智库课题", "scientist", "study", SCIENTISTS, _STUDIES, ("do_not_contact",),
            ("institution", "disciplines", "freshness", "distance", "honours"), capacity=own_capacity),
    Pairing("mentors", "导师 ↔ 青年人才", "mentor", "mentee", SCIENTISTS, _YOUNG, ("do_not_contact", "oneself", "mentors_already"),
            ("disciplines", "freshness", "distance", "honours"), suppliers=mentors, demands=young_without_mentor, capacity=own_capacity),
    Pairing("lecturers", "科普专家 ↔ 受众与主题", "lecturer", "audience", LECTURERS, _AUDIENCES, ("do_not_contact",),
            ("disciplines", "freshness", "distance", "honours"), capacity=own_capacity),
    Pairing("stations", "院士 ↔ 待领衔工作站", "scientist", "platform", SCIENTISTS, _STATIONS,
            ("do_not_contact", "employed", "employed_lately", "conflict"), ("institution", "freshness", "distance"),
            suppliers=academicians, demands=stations_without_lead, capacity=station_places),
    Pairing("societies", "学会 ↔ 企业", "society", "enterprise", SOCIETIES, _ENTERPRISES, features=("distance",)),
    Pairing("parks", "学会 ↔ 园区", "society", "park", SOCIETIES, _PARKS, features=("distance",)),
    Pairing("policies", "政策 ↔ 企业", "policy", "enterprise", POLICIES, _ENTERPRISES, ("out_of_force", "elsewhere"), ("sectors", "distance")),
    Pairing("funds", "基金 ↔ 企业", "fund", "enterprise", FUNDS, _ENTERPRISES, ("out_of_force", "elsewhere"), ("sectors", "distance")),
)}
EXPERTS = PAIRINGS["experts"]


def pairing(name: str) -> Pairing:
    """The pairing of a name.

    Raises:
        UsageError: there is none.
    """
    if name not in PAIRINGS:
        raise UsageError(f"no pairing is called {name!r}: one of {', '.join(f'{p.name} ({p.label})' for p in PAIRINGS.values())}")
    return PAIRINGS[name]
