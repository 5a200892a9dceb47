"""What all parts of the sample share: rows, random streams, checksums, and the vocabulary files."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SEED = "zhulian-sample-1"
MARK = "（样例）"

Row = dict[str, object]
Tables = dict[str, list[Row]]

# Codes of GB/T 2260. The first list is where things in Chongqing are, common places first.
CHONGQING = {
    "500112": "渝北区", "500106": "沙坪坝区", "500107": "九龙坡区", "500105": "重庆市江北区", "500109": "北碚区", "500113": "巴南区",
    "500108": "南岸区", "500103": "渝中区", "500102": "涪陵区", "500101": "万州区", "500120": "璧山区", "500118": "永川区",
    "500115": "长寿区", "500116": "江津区", "500153": "荣昌区", "500233": "忠县", "500236": "奉节县", "500240": "石柱土家族自治县",
    "500104": "大渡口区", "500114": "黔江区",
}
SICHUAN = {"5101": "四川省成都市", "5107": "四川省绵阳市", "5116": "四川省广安市", "5117": "四川省达州市", "5105": "四川省泸州市"}
ELSEWHERE = {
    "4403": "广东省深圳市", "4401": "广东省广州市", "3205": "江苏省苏州市", "3204": "江苏省常州市", "3302": "浙江省宁波市",
    "3301": "浙江省杭州市", "3401": "安徽省合肥市", "4201": "湖北省武汉市", "3502": "福建省厦门市", "310115": "上海市浦东新区",
}


def stream(part: str) -> random.Random:
    """A random stream of its own for each part, so that a change in one part leaves the others as they were."""
    return random.Random(f"{SEED}/{part}")


def orcid(number: int) -> str:
    """An ORCID with a right check digit (ISO 7064, MOD 11-2), outside the ranges that ORCID assigns."""
    digits = f"00000000{number:07d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    full = digits + ("X" if rest == 10 else str(rest))
    return "-".join(full[i:i + 4] for i in range(0, 16, 4))


USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(kind: str, region: str, number: int) -> str:
    """A unified social credit code with right check characters (GB 11714 inside GB 32100), its body plainly invented.

    Args:
        kind: two characters: registering office and kind of body (91 enterprise, 12 institution, 51 society).
        region: six digits of GB/T 2260.
        number: makes the body `YL` + six digits different.
    """
    body = f"YL{number:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = (11 - sum(w * int(c, 36) for w, c in zip(weights, body, strict=True)) % 11) % 11
    first = f"{kind}{region}{body}{'X' if rest == 10 else rest}"
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return first + USCC_ALPHABET[(31 - total % 31) % 31]


@dataclass(frozen=True, slots=True)
class Topic:
    """An object of research with the problems, methods, scene and effect that go with it; terms may be `中文/English`."""

    object: str
    problems: tuple[str, ...]
    methods: tuple[str, ...]
    scene: str
    effect: str

    @property
    def name(self) -> str:
        return chinese(self.object)

    @property
    def bilingual(self) -> bool:
        """Whether works in English can be made of it."""
        return bool(english(self.object)) and any(map(english, self.methods))


@dataclass(frozen=True, slots=True)
class Field:
    """A research field as told in fields.toml; `weight` says how many of the people work in it."""

    key: str
    name: str
    weight: int
    discipline: str
    finer: tuple[str, ...]
    products: tuple[str, ...]
    topics: tuple[Topic, ...]


def _topic(line: str) -> Topic:
    name, problems, methods, scene, effect = (cell.strip() for cell in line.split("|"))
    return Topic(name, tuple(problems.split("、")), tuple(methods.split("、")), scene, effect)


@cache
def fields() -> dict[str, Field]:
    """Every research field by its key, in the order of the file."""
    told = tomllib.loads((HERE / "fields.toml").read_text(encoding="utf-8"))
    return {
        key: Field(key, f["name"], f["weight"], f["discipline"], tuple(f["finer"]), tuple(f["products"]),
                   tuple(_topic(line) for line in f["topics"].strip().splitlines()))
        for key, f in told.items()
    }


def chinese(term: str) -> str:
    return term.partition("/")[0]


def english(term: str) -> str:
    return term.partition("/")[2]


def pipe_rows(file: str) -> list[list[str]]:
    """The lines of a vocabulary file, parted at `|`; comment lines and empty ones are left out."""
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line.strip() and not line.startswith("#")]
