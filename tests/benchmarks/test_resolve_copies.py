"""Copies of the sources with other names and numbers: what agrees in the original agrees in each copy."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.renaming import BrandNames, Brands, PersonNames, clean_name
from benchmarks.resolve_bench import BENCH, KINDS, read_truth
from benchmarks.resolve_copies import Copy, Known, Written, organisation_names, read_tables, write_copies
from graph.resolve import valid_credit_code, valid_orcid

NAMES = organisation_names()[1]
BRANDS = Brands.found(NAMES, ["软件"], ["重庆双睿软件有限公司"])
KNOWN = Known({"people": {"p1": "P1"}, "organisations": {"o1": "O1", "o2": "O2"}}, {"P1": "杨琼雪"}, {"O1": "李强"},
              {"O1": ("双睿",), "O2": ()}, BRANDS)
COPY = Copy(3, PersonNames({"杨": "郑"}, {"琼": "海", "雪": "明"}), PersonNames({}, {"强": "伟"}), BrandNames(BRANDS, {"双": "舒", "睿": "凯"}),
            str.maketrans("0123456789０１２３４５６７８９", "1234567890１２３４５６７８９０"))
PERSON = {"id": "p1", "name": "杨琼雪", "institution": "重庆双睿软件有限公司", "email": "", "phone": "", "orcid": "", "works": ""}
BODY = {"id": "o1", "name": "双睿软件", "former_names": "", "uscc": "", "legal_rep": "", "address": "", "phone": "", "website": ""}


def person(**cells: str) -> dict[str, str]:
    changed = COPY.person({**PERSON, **cells}, KNOWN)
    assert changed is not None
    return changed


def organisation(**cells: str) -> dict[str, str] | None:
    return COPY.organisation({**BODY, **cells}, KNOWN)


def test_a_person_in_a_copy() -> None:
    assert person(email="yangqx@163.example", works="隧道围岩研究| 铁路研究", birth="1980-05") == {
        "id": "k3p1", "name": "郑海明", "institution": "重庆舒凯软件有限公司", "email": "yangqx.k3@163.example", "phone": "", "orcid": "",
        "works": "3隧道围岩研究|3铁路研究", "birth": "1980-05"}


def test_a_person_whose_name_cannot_be_changed_is_left_out() -> None:
    assert COPY.person({**PERSON, "name": "王芳"}, KNOWN) is None


@pytest.mark.parametrize(("phone", "changed"), [
    ("13812617606", "14923728717"), ("+86 13812617606", "+86 14923728717"), ("023-82220403", "023-93331514"),
    ("０２３－８２２２０４０３", "０２３－９３３３１５１４"), ("82220403", "93331514"), ("", ""),
])
def test_telephone_numbers(phone: str, changed: str) -> None:
    assert person(phone=phone)["phone"] == changed


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_number_stays_that_of_the_whole(phone: str) -> None:
    def masked(number: str) -> str:
        return f"{number[:3]}****{number[7:]}"
    assert person(phone=masked(phone))["phone"] == masked(person(phone=phone)["phone"])


def test_an_orcid_stays_valid_in_all_its_forms() -> None:
    plain = person(orcid="0000-0002-1825-0097")["orcid"]  # ORCID's own example
    assert valid_orcid(plain) is not None
    assert plain.startswith("0000-0002-2936-110")  # each digit behind the eighth is the next one
    assert person(orcid="https://orcid.org/0000-0002-1825-0097")["orcid"] == f"https://orcid.org/{plain}"
    assert person(orcid="0000-0002-1825-0098")["orcid"] == "0000-0002-1825-0098"


def test_an_enterprise_in_a_copy() -> None:
    changed = organisation(uscc="91110000 600037341L", legal_rep="李强(代)", address="科园路１20号", phone="02382220403",
                           website="www.shuangrui.example")
    assert changed is not None
    assert {p: changed[p] for p in ("id", "name", "legal_rep", "address", "phone", "website")} == {
        "id": "k3o1", "name": "舒凯软件", "legal_rep": "李伟(代)", "address": "科园路２31号", "phone": "02393331514",
        "website": "www.shuangruik3.example"}
    assert changed["uscc"].startswith("91110000 71114845")
    assert valid_credit_code(changed["uscc"]) is not None


@pytest.mark.parametrize("code", ["000000000000000000", "911100006000373410", "无", ""])
def test_a_credit_code_that_is_none_stays(code: str) -> None:
    changed = organisation(uscc=code)
    assert changed is not None
    assert changed["uscc"] == code


def test_a_public_body_is_the_same_in_every_copy() -> None:
    body = {**BODY, "id": "o2", "name": "重庆大学", "uscc": "91110000600037341L", "phone": "02365102000"}
    assert COPY.organisation(body, KNOWN) == {**body, "id": "k3o2"}


@pytest.fixture(scope="module")
def doubled(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    assert shared_data in BENCH.parents
    folder = tmp_path_factory.mktemp("copies")
    return folder, write_copies(folder, 2)


def test_the_original_stands_unchanged_in_front_and_nearly_all_is_copied(doubled: tuple[Path, Written]) -> None:
    folder, counted = doubled
    for before, after in zip(read_tables(), read_tables(folder / "sources"), strict=True):
        assert (after.path, after.headers, after.encoding) == (before.path, before.headers, before.encoding)
        assert after.rows[:len(before.rows)] == before.rows
    for kind, name in KINDS.items():
        truth = read_truth(folder / name)
        before_truth = read_truth(BENCH / name)
        assert len(truth) == counted.written[kind] == 2 * len(before_truth) - counted.left_out[kind]
        assert counted.left_out[kind] < 0.03 * len(before_truth)
        assert {r: e for r, e in truth.items() if r in before_truth} == before_truth


def test_records_of_one_person_agree_in_the_copy_as_often_as_in_the_original(doubled: tuple[Path, Written]) -> None:
    folder, _ = doubled
    truth = read_truth(folder / KINDS["people"])
    spellings: dict[str, list[str]] = defaultdict(list)
    for table in read_tables(folder / "sources"):
        for cells in map(table.cells, table.rows if table.kind == "people" else ()):
            if cells["id"] in truth and "k1" + cells["id"].removeprefix("k1") in truth:
                spellings[truth[cells["id"]]].append(cells["name"])
    originals = [e for e in spellings if not e.startswith("k1")]
    assert len(originals) > 7000
    agree = Counter((sum(clean_name([s]) == clean_name(spellings[e]) for s in spellings[e]),
                     sum(clean_name([s]) == clean_name(spellings[f"k1{e}"]) for s in spellings[f"k1{e}"])) for e in originals)
    assert sum(n for (before, after), n in agree.items() if before == after) > 0.99 * len(originals)
    changed = sum(clean_name(spellings[e]) != clean_name(spellings[f"k1{e}"]) for e in originals)
    assert changed > 0.99 * len(originals)


def test_no_number_of_a_person_stands_in_two_copies(doubled: tuple[Path, Written]) -> None:
    folder, _ = doubled
    holders: dict[str, set[bool]] = defaultdict(set)
    for table in read_tables(folder / "sources"):
        for cells in map(table.cells, table.rows if table.kind == "people" else ()):
            for value in (cells.get("email", "").casefold(), valid_orcid(cells.get("orcid", "")) or ""):
                if value.strip():
                    holders[value].add(cells["id"].startswith("k1"))
    assert len(holders) > 8000
    assert [v for v, copies in holders.items() if len(copies) > 1] == []


def test_the_files_can_be_read_as_the_sources_are(doubled: tuple[Path, Written]) -> None:
    folder, _ = doubled
    with gzip.open(folder / "sources" / "society" / "scientists.csv.gz", "rt", encoding="gb18030", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["会员姓名"] == "遇光诚"
    assert {r["会员证号"][:2] for r in rows} >= {"p0", "k1"}
