"""The graph is a function of records and judgements: rows, files and loads may come in any order."""

from __future__ import annotations

import json
import random
import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.resolve import judge
from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, new_workspace, rebuilt, whole_graph

CODES = ["91110000600037341L", "91500000MA5U0TX95C", ""]
ORCIDS = ["0000-0002-1825-0097", ""]
IDS = ["1", "2", "甲/乙", ""]
NAMES = ["渝甲大学", "渝甲公司", "渝甲", "张三", "zhang san", "1"]
REFERENCES = ["1", "2", "甲/乙", "渝甲", "渝甲大学", "张三", "Zhang San", "s/institutions/1", "t/scientists/1", "没有", "论电池", ""]
REGIONS = ["重庆", "500101", "鼓楼区", "江苏徐州鼓楼区", "K1", "火星", ""]


def columns(**values: list[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({name: st.sampled_from(some) for name, some in values.items()})


ROWS = {
    "scientists": columns(id=IDS, name=NAMES, institution=REFERENCES, works=["论电池;1", "论电机", "w", ""], orcid=ORCIDS,
    bio=["短", "长长", "很长", ""],
                          region=REGIONS, retired=["是", "否", "也许", ""], 颜色=["红", ""]),
    "institutions": columns(id=IDS, name=NAMES, aliases=["渝甲;渝", ""], uscc=CODES, region=REGIONS),
    "enterprises": columns(id=IDS, name=NAMES, short_name=["渝甲", ""], uscc=CODES, employees=["10", "20人", "x", ""]),
    "works": columns(id=["1", "w", ""], title=["论电池", "论电机"], year=["2020", "明年", ""], keywords=["甲;乙", "乙;丙", ""]),
    "authorships": columns(id=["", "", "1"], work=["1", "w", "论电池", "没有"], scientist=REFERENCES[:-1], position=["1", "2", ""]),
    "employments": columns(scientist=REFERENCES[:-1], enterprise=REFERENCES[:-1], **{"from": ["2020", "2021-05", ""]}),
    "regions": columns(id=["K1", "50"], name=["高新区", "重庆市"], parent=["50", "K1", ""]),
}
TABLES = st.fixed_dictionaries({table: st.lists(row, max_size=5) for table, row in ROWS.items()})
DATA = st.fixed_dictionaries({"s": TABLES, "t": TABLES})
RANKS = {"s": 2, "t": 1}

Data = dict[str, dict[str, list[dict[str, str]]]]


def written(folder: Path, data: Data, chance: random.Random | None) -> dict[str, Path]:
    """A folder a source. Plainly, one csv a table; by chance, rows and columns shuffled, in files of several forms."""
    folders = {}
    for name, tables in data.items():
        folders[name] = path = folder / name
        path.mkdir(parents=True)
        (path / "source.toml").write_text(f"rank = {RANKS[name]}")
        for table, rows in tables.items():
            if not rows:
                continue
            parts = [rows]
            if chance is not None:
                rows = chance.sample(rows, len(rows))
                cut = chance.randrange(len(rows) + 1)
                parts = [part for part in (rows[:cut], rows[cut:]) if part]
            for i, part in enumerate(parts):
                header = list(part[0])
                if chance is not None:
                    chance.shuffle(header)
                stem = path / (table if i == 0 else {"scientists": "科技工作者", "institutions": "高校院所", "enterprises": "企业", "works": "成果",
                                                    "authorships": "署名", "employments": "任职", "regions": "区划"}[table])
                if chance is not None and chance.random() < 0.5:
                    stem.with_suffix(".jsonl").write_text("".join(json.dumps({h: row[h] for h in header}) + "\n" for row in part))
                else:
                    stem.with_suffix(".csv").write_text(csv_text([header, *([row[h] for h in header] for row in part)]))
    return folders


def graph_of(workspace: Workspace) -> dict[str, object]:
    """Every graph table as it is stored, with members, judgements and what stayed open."""
    beside = {t: workspace.connection.execute(f"SELECT * FROM graph.{t}").fetchall() for t in ("members", "judgements", "unresolved")}
    return {**whole_graph(workspace), **beside}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(data=DATA, seed=st.integers(0, 2**32))
def test_any_order_of_rows_files_and_loads_gives_the_same_graph(data: Data, seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = written(folder / "plain", data, None)
        mixed = written(folder / "mixed", data, chance)
        full = [s for s in data if any(data[s].values())]
        if not full:
            return
        with new_workspace(folder, "plain.duckdb") as workspace:
            report = load(workspace, [plain[s] for s in full])
            assert all(t.read == t.accepted + t.rejected for t in report.tables)
            first = graph_of(workspace)
        with new_workspace(folder, "mixed.duckdb") as workspace:
            for s in chance.sample(full, len(full)):
                load(workspace, [mixed[s]])
            assert graph_of(workspace) == first


def test_judgements_given_before_or_after_the_records_give_the_same_graph(tmp_path: Path) -> None:
    rows = {"s": {"scientists": [{"id": "1", "name": "张三"}, {"id": "2", "name": "李四"}]}, "t": {"scientists": [{"id": "1", "name": "张三"}]}}
    folders = written(tmp_path, rows, None)
    verdicts = [("s/scientists/1", "t/scientists/1", "same"), ("s/scientists/2", "t/scientists/1", "different"),
        ("s/scientists/1", "gone/scientists/1", "same")]
    found: dict[str, object] = defaultdict(dict)
    for order in ("before", "after"):
        with new_workspace(tmp_path, f"{order}.duckdb") as workspace:
            if order == "after":
                load(workspace, list(folders.values()))
            for left, right, verdict in verdicts if order == "before" else verdicts[::-1]:
                judge(workspace, left, right, verdict, who="me")
            if order == "before":
                load(workspace, list(folders.values()))
            rebuilt(workspace)
            found[order] = whole_graph(workspace)
    assert found["before"] == found["after"]
