"""ROR dumps, of schema 1 and 2, → institutions, enterprises, organisations."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.records import RecordTable
from graph.regions import RegionIndex, RegionRow
from loaders.load import load
from loaders.reference import bundled_tables
from loaders.romanised import region_code
from loaders.sources import read_sources
from tests.loaders.making import Row, new_workspace, nodes, rows_of, source, whole_graph

JSON = dict[str, object]


def place(city: str, province: str | None = None, country: str = "CN") -> JSON:
    details: JSON = {"continent_code": "AS", "country_code": country, "country_name": country, "lat": 29.5, "lng": 106.5, "name": city}
    return {"geonames_id": 1814906, "geonames_details": details | ({"country_subdivision_name": province} if province else {})}


def name(value: str, *types: str, lang: str | None = None) -> JSON:
    return {"value": value, "types": list(types), "lang": lang}


def related(kind: str, label: str, id_: str) -> JSON:
    return {"type": kind, "label": label, "id": f"https://ror.org/{id_}"}


def second(id_: str, *names: JSON, types: tuple[str, ...] = ("education",), **more: object) -> JSON:
    """An organisation in schema 2.1."""
    return {"admin": {"created": {"date": "2018-11-14", "schema_version": "1.0"}, "last_modified": {"date": "2024-12-11", "schema_version": "2.1"}},
            "domains": [], "established": 1936, "external_ids": [{"type": "grid", "preferred": "grid.0.1", "all": ["grid.0.1"]}],
            "id": f"https://ror.org/{id_}", "links": [], "locations": [place("Chengdu", "Sichuan")], "names": list(names), "relationships": [],
            "status": "active", "types": list(types), **more}


def first(id_: str, shown: str, *, types: tuple[str, ...] = ("Education",), **more: object) -> JSON:
    """An organisation in schema 1."""
    return {"id": f"https://ror.org/{id_}", "name": shown, "types": list(types), "links": ["http://old.example/"], "aliases": ["Old Alias"],
            "acronyms": ["OA"], "status": "active", "wikipedia_url": "", "labels": [{"label": "旧例大学", "iso639": "zh"}], "email_address": None,
            "ip_addresses": [], "established": 1911, "country": {"country_code": "CN", "country_name": "China"}, "relationships": [],
            "addresses": [{"city": "Suzhou", "state": None, "geonames_city": {"city": "Suzhou", "geonames_admin1": {
                "name": "Jiangsu", "ascii_name": "Jiangsu", "code": "CN.04"}}}], "external_ids": {}, **more}


BOYU = second("00invent1", name("BYU", "acronym"), name("Boyu University", "label", "ror_display", lang="en"), name("渤渝大學", "label", lang="zh"),
              name("渤渝大学", "label", lang="zh"), name("渤渝", "alias", lang="zh"), name("渤渝大学校", "label", lang="ja"),
              links=[{"type": "wikipedia", "value": "http://en.wikipedia.org/wiki/X"}, {"type": "website", "value": "https://boyu.example"}],
              relationships=[related("child", "Boyu Hospital", "00invent2"), related("parent", "Ministry", "00invent9")],
              types=("education", "funder"))


def dump(path: Path, *objects: JSON | str, indent: int | None = None) -> Path:
    path.write_text(json.dumps(objects, ensure_ascii=False, indent=indent), encoding="utf-8")
    return path


def tables(path: Path) -> dict[str, RecordTable]:
    (found,) = read_sources([path])
    return {t.table: t for t in found.tables}


def row_of(path: Path) -> Row:
    """The one row of all tables."""
    (row,) = [row for table in tables(path).values() for row in rows_of(table)]
    return row


def said(row: Row, *names: str) -> Row:
    return {n: row.get(n) for n in names}


def test_an_organisation_of_schema_2(tmp_path: Path) -> None:
    found = tables(dump(tmp_path / "v1.63-2025-04-03-ror-data_schema_v2.json", BOYU))
    made = found["institutions"]
    (row,) = rows_of(made)
    assert list(found) == ["institutions"]
    assert said(row, "id", "name", "aliases", "type", "region", "website", "founded", "former_names", "row") == {
        "id": "00invent1", "name": "渤渝大学", "aliases": ["Boyu University", "BYU", "渤渝大學", "渤渝", "渤渝大学校"], "type": "university",
        "region": "5101", "website": "https://boyu.example", "founded": "1936", "former_names": None, "row": 1}
    assert json.loads(str(row["extra"])) == {"status": "active", "child": ["Boyu Hospital (00invent2)"], "parent": ["Ministry (00invent9)"]}
    assert json.loads(str(row["raw"])) == BOYU
    assert made.recognised[-1] == "ROR organisations (1)"
    assert made.headers["names"] == "name"
    assert set(made.unknown_columns) == {"admin", "domains", "external_ids"}


def test_an_organisation_of_schema_1(tmp_path: Path) -> None:
    row = row_of(dump(tmp_path / "x.json", first("00invent3", "Old Example University")))
    assert said(row, "id", "name", "aliases", "type", "region", "website", "founded") == {
        "id": "00invent3", "name": "旧例大学", "aliases": ["Old Example University", "Old Alias", "OA"], "type": "university", "region": "3205",
        "website": "http://old.example/", "founded": "1911"}


@pytest.mark.parametrize(("names", "country", "chosen"), [
    ([name("Boyu", "ror_display"), name("渤渝", "alias")], "CN", "渤渝"), ([name("Boyu", "ror_display"), name("渤渝", "alias")], "JP", "Boyu"),
    ([name("Boyu", "ror_display"), name("渤渝", "acronym", lang="zh")], "CN", "Boyu"), ([name("東京のもの", "ror_display")], "CN", "東京のもの"),
    ([name("Boyu", "ror_display"), name("Boyu Daxue", "label", lang="zh")], "CN", "Boyu"),
    ([name("Elsewhere", "ror_display"), name("别处大学", "label", lang="zh")], "US", "别处大学"),
    ([name("乙", "alias", lang="zh"), name("甲", "label", lang="zh"), name("A", "ror_display")], "CN", "甲"), ([name("A", "label")], "CN", "A")])
def test_which_name_is_the_name(tmp_path: Path, names: list[JSON], country: str, chosen: str) -> None:
    assert row_of(dump(tmp_path / "x.json", second("00invent1", *names, locations=[place("X", country=country)])))["name"] == chosen


@pytest.mark.parametrize(("types", "table", "type_"), [
    (("education",), "institutions", "university"), (("healthcare", "funder"), "institutions", "hospital"),
    (("facility",), "institutions", "institute"),
    (("government", "funder"), "institutions", "agency"), (("company",), "enterprises", None), (("nonprofit",), "organisations", "nonprofit"),
    (("archive",), "organisations", "archive"), (("funder", "other"), "organisations", "other"), (("funder",), "organisations", "funder"),
    (("Company", "Education"), "institutions", "university"), ((), "organisations", None)])
def test_types(tmp_path: Path, types: tuple[str, ...], table: str, type_: str | None) -> None:
    found = tables(dump(tmp_path / "x.json", second("00invent1", name("A", "ror_display"), types=types)))
    assert [(t, rows_of(made)[0].get("type")) for t, made in found.items()] == [(table, type_)]


@pytest.mark.parametrize(("place", "code"), [
    (("CN", "Sichuan", "Chengdu"), "5101"), (("CN", "", "Suzhou"), ""), (("CN", "Jiangsu Sheng", "Suzhou"), "3205"),
    (("CN", "Anhui", "Suzhou"), "3413"),
    (("CN", "", "Chongqing"), "50"), (("CN", "Chongqing Municipality", "Wanzhou District"), "500101"), (("CN", "", "Haidian"), ""),
    (("CN", "Beijing", "Haidian"), "110108"), (("cn", "Shaanxi", "Xi’an"), "6101"), (("CN", "", "Ürümqi"), "6501"),
    (("CN", "", "Jilin City"), "2202"), (("CN", "Inner Mongolia Autonomous Region", "Hohhot"), "1501"),
    (("CN", "Guangxi Zhuangzu Zizhiqu", "Nowhere"), "45"), (("CN", "Tibet", ""), "54"),
    (("CN", "", "Lüliang"), "1411"), (("CN", "Liaoning", "Chaoyang"), "2113"), (("CN", "Jilin", "Yanbian"), "2224"), (("CN", "", "Nowhere"), ""),
    (("CN", "Zhejiang", "Kunshan"), "33"), (("HK", "", "Hong Kong"), "81"), (("TW", "Taipei City", "Taipei"), "71"), (("MO", "", ""), "82"),
    (("DE", "Saxony", "Leipzig"), ""), (("", "", ""), "")])
def test_places_in_china(place: tuple[str, str, str], code: str) -> None:
    assert region_code(*place) == code


def test_every_province_is_found_by_its_english_name_and_decides_between_cities_that_are_spelt_alike() -> None:
    rows = bundled_tables()["regions"]
    index = RegionIndex(RegionRow(r["id"], r["name"], r["parent"], tuple(a for a in r["aliases"].split(";") if a)) for r in rows)
    english = {r["id"]: r["name_en"] for r in rows if r["level"] == "province"}
    assert all(region_code("CN", said, "") == code for code, said in english.items() if code not in ("71", "81", "82"))
    assert index.resolve("苏州").code == region_code("CN", english["32"], "Suzhou")
    assert {region_code("CN", english[code], city) for code, city in (("36", "Yichun"), ("23", "Yichun"), ("33", "Taizhou"), ("32", "Taizhou"))} == {
        "3609", "2307", "3310", "3212"}


def test_organisations_that_ended_are_kept_with_their_status(tmp_path: Path) -> None:
    found = tables(dump(tmp_path / "x.json", BOYU, second("00invent4", name("Gone College", "ror_display"), status="inactive", relationships=[
        related("successor", "Boyu University", "00invent1")]), second("00invent5", name("Mistake", "ror_display"), status="withdrawn")))
    made = found["institutions"]
    assert made.accepted == 3
    assert made.recognised[-1] == "ROR organisations (3); 1 inactive, 1 withdrawn: kept, with their status"
    assert [json.loads(str(r["extra"])).get("successor") for r in rows_of(made)] == [None, ["Boyu University (00invent1)"], None]
    assert [json.loads(str(r["extra"]))["status"] for r in rows_of(made)] == ["active", "inactive", "withdrawn"]


def test_a_predecessor_that_no_file_lists_is_a_former_name(tmp_path: Path) -> None:
    heir = second("00invent6", name("Heir", "ror_display"), relationships=[
        related("predecessor", "Listed College", "00invent7"), related("predecessor", "Lost College", "00invent8")])
    listed = second("00invent7", name("Listed College", "ror_display"))
    for order in ((heir, listed), (listed, heir)):
        found = {r["id"]: r for r in rows_of(tables(dump(tmp_path / "x.json", *order))["institutions"])}
        assert found["00invent6"]["former_names"] == ["Lost College"]
        assert json.loads(str(found["00invent6"]["extra"]))["predecessor"] == ["Listed College (00invent7)", "Lost College (00invent8)"]


def test_what_is_no_organisation_is_rejected_with_its_place(tmp_path: Path) -> None:
    made = tables(dump(tmp_path / "x.json", BOYU, "words", {"id": "https://example.org/1"}, second("00invent2")))["institutions"]
    assert [(i.row, i.code, i.column) for i in made.issues] == [(2, "broken_object", ""), (3, "other_object", ""), (4, "missing_value", "name")]
    assert (made.read, made.accepted, made.rejected) == (4, 1, 3)


def test_a_large_list_is_read_in_pieces(tmp_path: Path) -> None:
    """Some megabytes: objects, and characters of several bytes, lie across the pieces."""
    many = [second(f"0{i:08d}", name(f"渤渝第{i}研究院" * 30, "ror_display", lang="zh")) for i in range(3000)]
    path = dump(tmp_path / "x.json", *many, indent=1)
    assert path.stat().st_size > 3_000_000
    made = tables(path)["institutions"]
    assert (made.accepted, made.rows.column("row").to_pylist()[-1], rows_of(made)[-1]["name"]) == (3000, 3000, "渤渝第2999研究院" * 30)


def zipped(path: Path, files: dict[str, object]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, json.dumps(content))
    return path


def test_the_zip_of_a_release(tmp_path: Path) -> None:
    path = zipped(tmp_path / "v1.63-2025-04-03-ror-data.zip", {
        "v1.63-2025-04-03-ror-data.csv": [], "v1.63-2025-04-03-ror-data.json": [first("00invent3", "Old")],
        "v1.63-2025-04-03-ror-data_schema_v2.json": [BOYU]})
    (found,) = read_sources([path])
    assert (found.info.name, [rows_of(t)[0]["id"] for t in found.tables]) == ("ror", ["00invent1"])
    assert [s.info.name for s in read_sources([tmp_path])] == [tmp_path.name]


def test_other_archives_are_left_alone(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"products.csv": "name\np\n", "broken.zip": "no zip"})
    zipped(folder / "backup.zip", {"a.json": [{"id": 1}]})
    (found,) = read_sources([folder])
    assert [t.table for t in found.tables] == ["products"]
    assert [file for file, _ in found.left_alone] == ["backup.zip", "broken.zip"]


def test_a_list_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([BOYU, BOYU])[:-40])
    with pytest.raises(SourceError, match="record 2 of the list is broken"):
        read_sources([path])


def test_loaded_twice_is_once_and_their_regions_are_known(tmp_path: Path) -> None:
    society = second("00invent2", name("Boyu Society", "ror_display"), name("渤渝学会", "label", lang="zh"), types=("nonprofit",))
    dump(tmp_path / "ror.json", BOYU, society)
    with new_workspace(tmp_path) as workspace:
        report = load(workspace, [tmp_path / "ror.json"])
        assert [(t.table, t.accepted, t.rejected) for t in report.tables] == [("organisations", 1, 0), ("institutions", 1, 0)]
        before = whole_graph(workspace)
        assert all(t.unchanged for t in load(workspace, [tmp_path / "ror.json"]).tables)
        assert whole_graph(workspace) == before
        found = nodes(workspace, "organisations")
        assert {i: n["node_kind"] for i, n in found.items()} == {
            "ror/institutions/00invent1": "institution", "ror/organisations/00invent2": "society"}
        placed = workspace.connection.execute("SELECT target FROM graph.locations WHERE source = 'ror/institutions/00invent1'").fetchall()
        assert placed == [("bundled/regions/5101",)]
