"""Paths → sources: names, tables, mappings, and what is left alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.errors import SourceError, UnknownTable, UsageError, ZhulianError
from graph.records import SourceInfo
from loaders.load import load
from loaders.sources import read_sources
from tests.loaders.making import book, csv_text, new_workspace, rows_of, source, understood, values

EXPERTS = [["姓名", "工作单位", "职称", "研究方向", "代表作", "联系电话"],
           ["张三", "重庆大学", "教授", "机器人；传感器", "论甲，兼论乙", "13800000000"]]


def test_a_folder_is_a_source_of_tables_by_stem(tmp_path: Path) -> None:
    folder = source(tmp_path, "甲库", {"scientists.csv": "name\na\n", "企业.tsv": "企业名称\tid\n乙公司\t1\n", "needs.jsonl": '{"text": "求"}\n',
                                    "works.json": '[{"title": "t"}]', "README.md": "words", ".hidden.csv": "x", "~$works.xlsx": "lock"})
    (folder / "学会.csv.gz").write_bytes(gzip.compress("name\n丙学会\n".encode("gbk")))
    pq.write_table(pa.table({"name": ["链"]}), folder / "chains.parquet")
    found = read_sources([folder])
    assert [(s.info, [(t.table, t.files, t.accepted) for t in s.tables], s.left_alone) for s in found] == [
        (SourceInfo("甲库"), [("scientists", ("scientists.csv",), 1), ("enterprises", ("企业.tsv",), 1), ("societies", ("学会.csv.gz",), 1),
                             ("works", ("works.json",), 1), ("needs", ("needs.jsonl",), 1), ("chains", ("chains.parquet",), 1)],
         [("README.md", "not a table (csv, tsv, xlsx, xls, json, jsonl, parquet)")])]


def test_a_workbook_of_sheets_by_english_stems_and_chinese_names(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {})
    book(folder / "台账.xlsx",
        {"scientists": [["姓名", "出生日期"], ["张三", "1960年5月"]], "学会会员": [["学会", "专家"], ["甲学会", "张三"]], "Sheet3": [],
                              "说明": [["怎样填写"], ["请填写"]]})
    (found,) = read_sources([folder])
    assert [(t.table, t.files, t.accepted) for t in found.tables] == [
        ("scientists", ("台账.xlsx#scientists",), 1), ("memberships", ("台账.xlsx#学会会员",), 1)]
    assert found.left_alone[0] == ("台账.xlsx#Sheet3", "empty")
    assert found.left_alone[1][0] == "台账.xlsx#说明"
    assert "怎样填写" in found.left_alone[1][1]


def test_a_workbook_named_after_a_table_may_have_empty_sheets(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {})
    book(folder / "产品.xlsx", {"Sheet1": [["name"], ["电池"]], "Sheet2": [], "Sheet3": []})
    assert values(understood(folder), "name") == ["电池"]


def test_a_sheet_name_with_a_number_sign(tmp_path: Path) -> None:
    assert understood(book(tmp_path / "x.xlsx", {"a#b": EXPERTS})).files == ("x.xlsx#a#b",)


@pytest.mark.parametrize("name", ["专家名单.xlsx", "专家名单.csv", "专家 2024 (1).csv"])
def test_a_file_of_any_name_is_recognised_by_its_headers(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".xlsx"):
        book(path, {"Sheet1": EXPERTS})
    else:
        path.write_text(csv_text(EXPERTS), encoding="gbk")
    (found,) = read_sources([path])
    made = found.tables[0]
    assert (found.info.name, made.table) == (path.stem, "scientists")
    row = rows_of(made)[0]
    assert [row[k] for k in ("name", "institution", "title", "keywords", "works", "phone")] == [
        "张三", "重庆大学", "教授", ["机器人", "传感器"], ["论甲，兼论乙"], "13800000000"]


def test_a_file_that_fits_no_table_is_left_alone_and_named(tmp_path: Path) -> None:
    (found,) = read_sources([source(tmp_path, "s", {"杂项.csv": "甲,乙\n1,2\n", "products.csv": "name\np\n"})])
    assert [t.table for t in found.tables] == ["products"]
    assert [(file, "甲, 乙" in why, "--as TABLE" in why) for file, why in found.left_alone] == [("杂项.csv", True, True)]


def test_a_table_may_be_told(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"杂项.csv": "name,甲\n电池,2\n"})
    assert understood(folder, as_table="产品").table == understood(folder / "杂项.csv", as_table="products").table == "products"
    with pytest.raises(UnknownTable, match="no table is called '产物'"):
        read_sources([folder], as_table="产物")
    with pytest.raises(SourceError, match="authorships needs the column work"):
        read_sources([folder], as_table="authorships")


def test_names_of_sources(tmp_path: Path) -> None:
    folder = source(tmp_path, "甲库", {"scientists.csv": "name\na\n", "名单.csv": csv_text(EXPERTS)})
    named = source(tmp_path, "f", {"source.toml": 'name = "乙库"', "scientists.csv": "name\na\n", "名单.csv": csv_text(EXPERTS)})

    def names(*paths: Path, **more: str) -> list[str]:
        return [s.info.name for s in read_sources(list(paths), **more)]

    assert names(folder) == names(folder / "scientists.csv") == ["甲库"]
    assert names(folder / "名单.csv") == ["名单"]
    # A stem that is any word for a table, as the folder's own load takes it, is the folder's.
    for alias in ("专家库.csv", "科技工作者.csv", "人才.csv"):
        (folder / alias).write_text("name\na\n", encoding="utf-8")
        assert names(folder / alias) == ["甲库"]
    assert names(named) == names(named / "scientists.csv") == names(named / "名单.csv") == ["乙库"]
    assert names(folder, name="丙") == names(named, name="丙") == ["丙"]
    assert names(tmp_path) == ["乙库", "甲库"]
    assert names(folder, named, name="o'brien \"x\"; --") == ["o'brien \"x\"; --"]


@pytest.mark.parametrize("name", ["", " ", "a/b", "bundled", "a\nb", "a\x1fb", "."])
def test_what_cannot_be_a_source_name(tmp_path: Path, name: str) -> None:
    folder = source(tmp_path, "s", {"scientists.csv": "name\na\n"})
    with pytest.raises(UsageError, match="cannot be a source's name"):
        read_sources([folder], name=name)
    (folder / "source.toml").write_text(f"name = {json.dumps(name)}")
    with pytest.raises(UsageError, match="cannot be a source's name"):
        read_sources([folder])


def test_what_a_source_says_of_itself(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"scientists.csv": "name\na\n", "source.toml": (
        '\ufefftitle = "专家库"\nlicence = "CC BY 4.0"\nurl = "https://example.org"\nrank = 3\npurpose = "对接"\nbasis = "同意"\n')})
    assert read_sources([folder])[0].info == SourceInfo("s", "专家库", "CC BY 4.0", "https://example.org", 3, "对接", "同意")


@pytest.mark.parametrize(("said", "expires"), [('"2027-12-31"', "2027-12-31"), ("2027-12-31", "2027-12-31"), ('""', "")])
def test_a_source_may_say_when_its_data_expires(tmp_path: Path, said: str, expires: str) -> None:
    folder = source(tmp_path, "s", {"scientists.csv": "name\na\n", "source.toml": f"expires = {said}\n"})
    assert read_sources([folder])[0].info.expires == expires
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        assert workspace.connection.execute("SELECT expires FROM sources WHERE name = 's'").fetchall() == [(expires,)]


def test_the_headers_of_a_source_are_kept_with_its_load(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"scientists.csv": "编号,专家姓名,单位,颜色\n1,张三,甲,红\n"})
    with new_workspace(tmp_path) as workspace:
        load(workspace, [folder])
        ((headers,),) = workspace.connection.execute("SELECT headers FROM loads WHERE source = 's'").fetchall()
    assert json.loads(headers) == {"编号": "id", "专家姓名": "name", "单位": "institution"}


def test_a_mapping_overrides_recognition_and_the_rest_is_recognised(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {
        "scientists.csv": "人名,title,category,职称,单位\n张三,论电池,化学,教授,重庆大学\n",
        "source.toml": '[columns.scientists]\n"人名" = "name"\n"title" = "works"\n"category" = "disciplines"\n[columns."产品"]\n"品" = "name"\n',
        "products.csv": "品,编号\n电池,1\n"})
    row = rows_of(understood(folder, "scientists"))[0]
    assert {k: row[k] for k in ("name", "works", "disciplines", "title", "institution")} == {
        "name": "张三", "works": ["论电池"], "disciplines": ["化学"], "title": "教授", "institution": "重庆大学"}
    assert values(understood(folder, "products"), "name") == ["电池"]


def test_each_folder_keeps_its_mapping_under_one_name(tmp_path: Path) -> None:
    a = source(tmp_path, "a", {"products.csv": "甲\n电池\n", "source.toml": '[columns.products]\n"甲" = "name"\n'})
    b = source(tmp_path, "b", {"products.csv": "乙\n电机\n", "source.toml": '[columns.products]\n"乙" = "name"\n'})
    (found,) = read_sources([a, b], name="x")
    assert values(found.tables[0], "name") == ["电池", "电机"]


@pytest.mark.parametrize(("toml", "said"), [
    ('[columns.scientist]\n"a" = "name"', r"\[columns\.scientist\]: there is no such table"),
    ('[columns.scientists]\n"a" = "nmae"', r"'a': 'nmae' is no column of scientists"),
    ('[columns.scientists]\n"a" = ["name"]', r"'a': \['name'\] is no column of scientists"),
    ('columns = 3', r"\[columns\.TABLE\] maps"), ('[columns]\nscientists = "name"', r"\[columns\.TABLE\] maps"),
    ("rank = 0", "rank is a whole number"), ("rank = true", "rank is a whole number"), ('rank = "1"', "rank is a whole number"),
    ("rank = 99999999999999999999", "rank is a whole number"), ("rank = 1\nrank = 2", "not a settings file"), ("a = ", "not a settings file"),
    ("name = 3", "3 cannot be a source's name"), ('expires = "2027-02-30"', "there is no such day"), ('expires = "明年"', "expires is a day such as"),
    ("expires = 2027", "expires is a day such as"), ("expires = 2027-12-31T00:00:00", "expires is a day such as"),
    ('expires = "20271231"', "expires is a day such as"),
])
def test_bad_settings_are_said_clearly(tmp_path: Path, toml: str, said: str) -> None:
    folder = source(tmp_path, "s", {"scientists.csv": "name\na\n", "source.toml": toml})
    with pytest.raises(ZhulianError, match=said) as caught:
        read_sources([folder])
    assert "\n" not in str(caught.value)


def test_settings_in_another_encoding_are_said_clearly(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"scientists.csv": "name\na\n"})
    (folder / "source.toml").write_bytes('title = "专家库"'.encode("gbk"))
    with pytest.raises(SourceError, match=r"source\.toml: not a settings file"):
        read_sources([folder])


def test_paths_that_are_not_there_or_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file or folder"):
        read_sources([tmp_path / "nowhere"])
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    with pytest.raises(SourceError, match="no table is in this folder"):
        read_sources([tmp_path / "empty"])


def test_a_file_given_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = source(tmp_path, "s", {"products.csv": "name\n电池\n"})
    monkeypatch.chdir(folder)
    (found,) = read_sources([folder, folder / "products.csv", Path("products.csv"), Path("../s")])
    assert (found.tables[0].read, found.tables[0].rejected) == (1, 0)


def test_a_folder_of_folders_is_a_source_each(tmp_path: Path) -> None:
    source(tmp_path / "all", "b", {"products.csv": "name\nb\n"})
    source(tmp_path / "all" / "deep", "a", {"products.csv": "name\na\n"})
    (tmp_path / "all" / "pictures").mkdir()
    (tmp_path / "all" / "README.md").write_text("words")
    assert [s.info.name for s in read_sources([tmp_path / "all"])] == ["b", "a"]


def test_a_folder_beside_tables_is_named(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"products.csv": "name\nb\n"})
    (folder / "more.csv").mkdir()
    (found,) = read_sources([folder])
    assert found.left_alone == [("more.csv", "a folder beside tables; load it on its own")]


def test_two_files_of_one_table_are_one_table(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"products.csv": "name,id\n电池,1\n", "产品.tsv": "编号\t产品名称\t色\n2\t电机\t红\n"})
    made = understood(folder)
    assert [(r["id"], r["name"], r["file"]) for r in rows_of(made)] == [("1", "电池", "products.csv"), ("2", "电机", "产品.tsv")]
    assert made.unknown_columns == ("色",)


def test_an_empty_file_is_left_alone_and_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    (found,) = read_sources([source(tmp_path, "s", {"products.csv": "", "works.csv": "title\n"})])
    assert [(t.table, t.read) for t in found.tables] == [("works", 0)]
    assert found.left_alone == [("products.csv", "empty")]
