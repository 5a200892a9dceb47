"""Ways through the graph: where a path leads, worked out by hand on a small world."""

from __future__ import annotations

import pytest

from graph.snapshot import Snapshot
from queries.feature_measures import told
from queries.paths import Paths, Stop
from tests.worlds import Rows, world

TABLES: dict[str, Rows] = {
    "scientists": [{"id": "A", "name": "甲"}, {"id": "B", "name": "乙"}],
    "works": [{"id": "w1", "title": "液冷板研究", "products": "p1；p2"}, {"id": "w2", "title": "隔膜研究", "products": "p2"}],
    "authorships": [{"work": "w1", "scientist": "A"}, {"work": "w1", "scientist": "B"}, {"work": "w2", "scientist": "B"}],
    "products": [{"id": "p1", "name": "液冷板"}, {"id": "p2", "name": "锂电池隔膜"}],
    "platforms": [{"id": "pt", "name": "样例院士工作站", "lead": "A"}],
    "studies": [{"id": "st", "title": "某课题", "lead": "B"}],
    "makes": [{"enterprise": "e", "product": "p1", "period": "2023"}, {"enterprise": "e", "product": "p1", "period": "2024"}],
    "enterprises": [{"id": "e", "name": "样例企业"}],
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world(tmp_path_factory.mktemp("paths"), TABLES)


def names(snapshot: Snapshot, pool: str, rows: list[int]) -> list[str]:
    return [snapshot.names(pool)[row] for row in rows]


def test_where_a_path_leads(snapshot: Snapshot) -> None:
    paths = Paths(snapshot)
    a = snapshot.positions("scientists")["s/scientists/A"]
    assert names(snapshot, "works", paths.reached("scientists", [a], ("<authorships",)).tolist()) == ["液冷板研究"]
    assert names(snapshot, "products", paths.reached("scientists", [a], ("<authorships", "concerns")).tolist()) == ["液冷板", "锂电池隔膜"]
    assert names(snapshot, "platforms", paths.reached("scientists", [a], ("<leads:platforms",)).tolist()) == ["样例院士工作站"]
    assert paths.reached("scientists", [a], ()).tolist() == [a]
    assert paths.reached("scientists", [], ("<authorships", "concerns")).tolist() == []
    matrix = paths.matrix("scientists", ("<authorships", "concerns")).toarray()
    assert matrix.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_two_edges_between_the_same_ends_lead_there_once(snapshot: Snapshot) -> None:
    assert snapshot.adjacency("makes").max() == 2
    assert Paths(snapshot).matrix("organisations", ("makes",)).max() == 1


def test_a_step_to_several_pools_must_name_one(snapshot: Snapshot) -> None:
    with pytest.raises(ValueError, match="platforms, studies"):
        Paths(snapshot).reached("scientists", [0], ("<leads",))


def test_a_way_tells_by_way_of_what(snapshot: Snapshot) -> None:
    paths = Paths(snapshot)
    b, p2 = snapshot.positions("scientists")["s/scientists/B"], snapshot.positions("products")["s/products/p2"]
    way = paths.way("scientists", b, ("<authorships", "concerns"), [p2])
    assert way == (Stop("scientists", b), Stop("works", 0, "<authorships"), Stop("products", p2, "concerns"))
    assert told(snapshot, way) == "《液冷板研究》 —涉及产品→ 锂电池隔膜"
    assert paths.way("scientists", b, ("<leads:platforms",), [0]) is None
