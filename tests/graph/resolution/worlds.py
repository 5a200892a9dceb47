"""Three lists of the same few people and bodies among many others, written by hand: what resolution should and should not join."""

from __future__ import annotations

import random
import tempfile
from functools import cache
from pathlib import Path

from graph.workspace import Workspace
from loaders.load import load
from tests.loaders.making import csv_text, new_workspace, source

PEOPLE_HEADER = ("id", "name", "institution", "title", "gender", "birth_date", "disciplines", "email", "phone", "orcid", "works", "region")
BODIES_HEADER = ("id", "name", "uscc", "legal_rep", "address", "phone", "region")

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN = "安邦彩达恩芳刚海佳凯兰梅宁鹏琪荣山涛薇雪"
_SUBJECTS = ("电力系统", "桥梁工程", "护理学", "有机化学", "作物育种", "应用数学", "光学工程", "环境科学")


def _others(seed: str, count: int) -> list[tuple[str, ...]]:
    """People who are in one list alone."""
    rng = random.Random(seed)
    rows: list[tuple[str, ...]] = []
    for n in range(count):
        name = rng.choice(_SURNAMES) + rng.choice(_GIVEN) + rng.choice(_GIVEN)
        institution = f"渝{rng.choice(_GIVEN)}{rng.choice(_GIVEN)}研究院"
        born = f"{rng.randint(1950, 1995)}-{rng.randint(1, 12):02d}"
        rows.append((f"{seed}{n}", name, institution, rng.choice(("教授", "工程师", "")), rng.choice("男女"), born, rng.choice(_SUBJECTS),
                     f"{seed}{n}@a.example", "", "", f"论{seed}之{n}", "重庆市"))
    return rows


def write_lists(folder: Path) -> list[Path]:
    """Three source folders: a, b, c."""
    return [
        source(folder, "a", {
            "scientists.csv": csv_text([
                PEOPLE_HEADER,
                ("1", "欧阳若曦", "重庆大学", "教授", "女", "1970-05", "电力系统", "ruoxi@cqu.example", "13812345678", "", "输电线路覆冰机理",
                 "重庆市"),
                ("2", "慕容清", "西南大学", "教授", "男", "1965-01", "桥梁工程", "", "", "0000-0002-1825-0097", "大跨度桥梁徐变", "重庆市"),
                ("3", "司徒远山", "重庆大学", "教授", "男", "1960-01", "护理学", "", "", "", "", "重庆市"),
                *_others("a", 150)]),
            "organisations.csv": csv_text([
                BODIES_HEADER,
                ("1", "重庆山海精密仪器有限公司", "", "阮迈青", "江北区高新大道11号", "02367001122", "重庆市"),
                ("2", "重庆山海精密仪器有限公司万州分公司", "", "尤长青", "万州区建设路2号", "02367001122", "重庆市"),
                ("3", "重庆云桥软件有限公司", "91110000600037341L", "宁远", "渝中区一路3号", "", "重庆市")])}),
        source(folder, "b", {
            "scientists.csv": csv_text([
                PEOPLE_HEADER,
                ("1", "OUYANG Ruoxi", "Chongqing University", "", "", "", "", "RUOXI@cqu.example", "", "", "输电线路覆冰机理", ""),
                ("2", "Murong Qing", "Southwest University", "", "", "", "", "", "", "https://orcid.org/0000-0002-1825-0097", "别的题目", ""),
                ("3", "司徒远山", "重庆大学", "教授", "男", "1988-07", "护理学", "", "", "", "", "重庆市"),
                *_others("b", 150)]),
            "organisations.csv": csv_text([
                BODIES_HEADER,
                ("1", "山海精密仪器（重庆）有限公司", "", "阮迈青", "重庆市江北区高新大道11号", "023-67001122", "重庆"),
                ("3", "宜宾云桥化工有限公司", "91110000600037341L", "成林", "翠屏区二路9号", "", "宜宾市")])}),
        source(folder, "c", {
            "scientists.csv": csv_text([
                PEOPLE_HEADER,
                ("1", "欧阳若曦", "重庆大学", "教授", "女", "", "电力系统", "", "138****5678", "", "", "重庆市"),
                ("4", "欧阳若溪", "重庆大学", "教授", "女", "1970-05", "电力系统", "", "", "", "", "重庆市"),
                *_others("c", 150)])}),
    ]


@cache
def _template() -> bytes:
    """A workspace file with the three lists."""
    with tempfile.TemporaryDirectory() as folder:
        with new_workspace(Path(folder)) as workspace:
            load(workspace, write_lists(Path(folder)))
        return workspace.path.read_bytes()


def loaded(folder: Path, name: str = "w.duckdb") -> Workspace:
    """A workspace with the three lists, which lie beside it."""
    write_lists(folder)
    path = folder / name
    path.write_bytes(_template())
    return Workspace(path)
