"""Hard rules where the lists do not say it in so many words: a rule that cannot tell must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.snapshot import Snapshot
from graph.workspace import Workspace
from loaders.load import load
from queries.demands import Demand
from queries.match import Matcher
from tests.worlds import Rows, snapshot_of, world, write_source

NEED: Rows = ({"id": "n", "title": "电池热管理", "enterprise": "长安重工有限公司"},)
PEOPLE: Rows = ({"id": "z", "name": "甲", "keywords": "电池热管理", "institution": "长安重工有限公司"},
                {"id": "w", "name": "乙", "keywords": "电池热管理", "conflicts": "长安重工有限公司"},
                {"id": "f", "name": "丙", "keywords": "电池热管理", "institution": "渝样大学"})


def loaded(folder: Path, **sources: dict[str, Rows]) -> Snapshot:
    path = folder / "w.duckdb"
    with Workspace(path) as workspace:
        load(workspace, [write_source(folder / name, tables) for name, tables in sources.items()])
    return snapshot_of(path)


def proposed(snapshot: Snapshot, today: str = "2026-06-01") -> list[str]:
    matcher = Matcher(snapshot, today=today)
    return [m.supplier_name for m in matcher.match(matcher.demands()[0], top=0).matches]


def test_an_enterprise_that_no_list_has_bars_its_own_people_across_sources(tmp_path: Path) -> None:
    assert proposed(loaded(tmp_path, people={"scientists": PEOPLE}, wishes={"needs": NEED})) == ["丙"]


def test_a_name_that_two_lists_have_bars_all_who_name_it(tmp_path: Path) -> None:
    enterprise: Rows = ({"id": "e", "name": "长安重工有限公司"},)
    snapshot = loaded(tmp_path, a={"enterprises": enterprise, "needs": NEED}, b={"enterprises": enterprise}, c={"scientists": PEOPLE})
    assert proposed(snapshot) == ["丙"]


def test_an_employer_without_a_legal_form_is_the_same_in_both_columns(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {"scientists": [{**PEOPLE[0], "institution": "样例集"}, PEOPLE[2]], "needs": [{**NEED[0], "enterprise": "样例集"}]}
    assert proposed(world(tmp_path, tables)) == ["丙"]


def test_a_job_that_ends_later_is_held_today(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {
        "scientists": [{k: v for k, v in p.items() if k in ("id", "name", "keywords")} for p in PEOPLE], "needs": [{**NEED[0], "enterprise": "e"}],
        "enterprises": [{"id": "e", "name": "样例公司"}],
        "employments": [{"scientist": "z", "enterprise": "e", "from": "2024", "to": "2031-12"},
                        {"scientist": "w", "enterprise": "e", "to": "2024-05-31"},
                        {"scientist": "f", "enterprise": "e", "to": "2026"}]}
    snapshot = world(tmp_path, tables)
    assert proposed(snapshot) == ["乙"]
    assert proposed(snapshot, today="2028-12-31") == ["乙"]
    assert proposed(snapshot, today="2029-01-01") == ["丙", "乙"]


@pytest.mark.parametrize(("until", "rule"), [("2026-06-01", "employed"), ("2026-05-31", "employed_lately"), ("2024-06-01", "employed_lately"),
                                             ("2024-06", "employed_lately"), ("2024", "employed_lately"), ("2024-05-31", None), ("2023", None)])
def test_a_job_bars_for_two_years_after_its_end(tmp_path: Path, until: str, rule: str | None) -> None:
    tables: dict[str, Rows] = {
        "scientists": [{"id": "z", "name": "甲", "keywords": "电池热管理"}], "needs": [{**NEED[0], "enterprise": "e"}],
        "enterprises": [{"id": "e", "name": "样例公司"}], "employments": [{"scientist": "z", "enterprise": "e", "to": until}]}
    matcher = Matcher(world(tmp_path, tables), today="2026-06-01")
    result = matcher.match(matcher.demands()[0], top=0)
    assert [e.rule for e in result.excluded] == ([rule] if rule else [])
    assert len(result.matches) == (rule is None)


def test_a_need_whose_day_is_past_is_left_out_and_told_unless_it_is_named(tmp_path: Path) -> None:
    needs: Rows = [{"id": d, "title": "电池热管理", "deadline": d} for d in ("2026-06-01", "2026-05-31", "2026-06", "2025")]
    matcher = Matcher(world(tmp_path, {"scientists": PEOPLE[2:], "needs": needs}), today="2026-06-01")
    demands, left_out = matcher.demands()
    assert {d.id for d in demands} == {"s/needs/2026-06-01", "s/needs/2026-06"}
    assert left_out == [("s/needs/2025", "deadline 2025"), ("s/needs/2026-05-31", "deadline 2026-05-31")]
    assert [d.id for d in matcher.demands(["2025"])[0]] == ["s/needs/2025"]


@pytest.mark.parametrize(("institution", "barred"), [
    ("海蓝新材料", True), ("海蓝新材料有限公司（重庆）", True), ("重庆海蓝新材料股份有限公司", True), ("海蓝新材料有限公司研发中心", True),
    ("渝州化工有限公司", True), ("海蓝大学", False), ("新材料研究院", False)])
def test_ones_own_house_is_known_by_any_spelling(tmp_path: Path, institution: str, barred: bool) -> None:
    tables: dict[str, Rows] = {
        "scientists": [{"id": "z", "name": "甲", "keywords": "电池热管理", "institution": institution}, PEOPLE[2]],
        "enterprises": [{"id": "e", "name": "海蓝新材料有限公司", "former_names": "渝州化工有限公司"}], "needs": [{**NEED[0], "enterprise": "e"}]}
    assert ("甲" in proposed(world(tmp_path, tables))) is not barred


def test_no_way_leads_through_the_enterprise_that_asks(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {
        "scientists": [{"id": "z", "name": "甲", "keywords": "电池热管理", "institution": "渝样大学"}], "needs": [{**NEED[0], "enterprise": "e"}],
        "enterprises": [{"id": "e", "name": "海蓝公司"}], "platforms": [{"id": "p", "name": "海蓝院士工作站", "host": "e", "lead": "z"}],
        "associations": [{"id": "k", "name": "海蓝公司科协", "host": "e"}, {"id": "l", "name": "某区科协"}],
        "association_members": [{"association": "k", "party": "z"}, {"association": "l", "party": "z"}]}
    matcher = Matcher(world(tmp_path, tables), today="2026-06-01")
    [match] = matcher.match(matcher.demands()[0]).matches
    assert match.route == ("某区科协", "所在单位渝样大学")
    [free] = matcher.match([Demand("text", "电池热管理")]).matches
    assert len(free.route) == 3
