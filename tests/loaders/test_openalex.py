"""OpenAlex dumps → works, authorships, scientists, institutions."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.records import RecordTable
from loaders.load import load
from loaders.openalex_values import abstract_of
from loaders.sources import Source, read_sources
from tests.loaders.making import Row, codes, edges, new_workspace, nodes, rows_of, source, whole_graph
from tests.loaders.openalex_objects import BATTERY, BOYU, MOTORS, author, authorship, institution, lines, topic, work


def tables(*paths: Path) -> dict[str, RecordTable]:
    """The tables of the one source that some files are."""
    (found,) = read_sources(list(paths), name="s")
    return {t.table: t for t in found.tables}


def by_id(table: RecordTable) -> dict[object, Row]:
    return {row["id"]: row for row in rows_of(table)}


def one(path: Path) -> Source:
    (found,) = read_sources([path])
    return found


def test_a_work_with_its_people_and_their_institutions(tmp_path: Path) -> None:
    found = tables(lines(tmp_path / "dump.jsonl", [BATTERY]))
    (row,) = rows_of(found["works"])
    raw, extra = json.loads(str(row.pop("raw"))), json.loads(str(row.pop("extra")))
    assert row == {
        "id": "W1", "file": "dump.jsonl", "row": 1, "title": "Heat in battery packs", "type": "paper",
        "abstract": "Heat in packs. Health Heat matters",
        "keywords": ["Battery", "Thermal management", "Battery safety", "Cooling"], "year": 2021, "disciplines": ["Energy", "Engineering"],
        "doi": "10.5555/heat.1", "url": "https://example.org/heat"}
    assert extra == {"cited_by_count": "3", "language": "en", "publication_date": "2021-03-01"}
    assert raw["topics"] == BATTERY["topics"]
    assert raw["abstract_inverted_index"] == "Heat in packs. Health Heat matters"
    assert "Wang" not in str(raw)
    assert "A1" not in str(raw)
    assert [(r["work"], r["scientist"], r["position"]) for r in rows_of(found["authorships"])] == [("W1", "A1", 1), ("W1", "A2", 2)]
    assert json.loads(str(rows_of(found["authorships"])[0]["raw"]))["raw_author_name"] == "王磊"
    assert json.loads(str(rows_of(found["authorships"])[0]["extra"])) == {
        "author_position": "first", "is_corresponding": "false", "countries": ["CN"], "raw_affiliation_strings": ["Somewhere"]}
    people = by_id(found["scientists"])
    assert {k: people["A1"][k] for k in ("name", "aliases", "orcid", "institution")} == {
        "name": "Lei Wang", "aliases": ["王磊"], "orcid": "0000-0002-1825-0097", "institution": "I11"}
    assert people["A2"]["institution"] == "I12"
    assert [(r["id"], r["name"], r["type"]) for r in rows_of(found["institutions"])] == [("I11", "Boyu University", "university")]
    assert [(r["id"], r["name"]) for r in rows_of(found["enterprises"])] == [("I12", "Boyu Motors (China)")]
    assert "OpenAlex works (1)" in found["works"].recognised
    assert "authors whom works name and no file lists" in found["scientists"].recognised
    assert found["works"].headers["abstract_inverted_index"] == "abstract"
    assert {"referenced_works", "cited_by_count"} <= set(found["works"].unknown_columns)
    assert all(t.read == t.accepted and not t.issues for t in found.values())


@pytest.mark.parametrize(("type_", "ours"), [("article", "paper"), ("book-chapter", "paper"), ("preprint", "paper"), ("dataset", "achievement"),
                                             ("standard", "standard"), ("grant", "project"), ("paratext", None), (None, None)])
def test_types_of_works(tmp_path: Path, type_: str | None, ours: str | None) -> None:
    assert rows_of(tables(lines(tmp_path / "d.jsonl", [work("W1", "t") | {"type": type_}]))["works"])[0].get("type") == ours


@pytest.mark.parametrize(("index", "text"), [
    ({"b": [1], "a": [0, 2]}, "a b a"), ({"IndexLength": 2, "InvertedIndex": {"二": [1], "一": [0]}}, "一 二"), ('{"x": [0]}', "x"),
    ("words as they are", "words as they are"), (None, ""), ({"a": "0"}, ""), ([1], "")])
def test_abstracts(index: object, text: str) -> None:
    assert abstract_of(index) == text


def test_works_without_title_doi_or_id_and_lines_that_are_broken(tmp_path: Path) -> None:
    path = lines(tmp_path / "d.jsonl", [
        '{"id": "https://openalex.org/W0", ', work("W1", None, authorship("A1", "N")), "", work("W2", "二") | {"doi": "https://doi.org/10.1/X"},
        "[1]", work("W3", "三"), author("A5", "somebody"), work("W4", "四") | {"publication_year": 99999}])
    made = tables(path)["works"]
    assert [(r["id"], r["url"]) for r in rows_of(made)] == [("W2", "https://doi.org/10.1/X"), ("W3", "https://openalex.org/W3"),
                                                           ("W4", "https://openalex.org/W4")]
    assert [(i.row, i.column, i.code, i.rejected) for i in made.issues] == [
        (1, "", "broken_object", True), (2, "title", "missing_value", True), (5, "", "broken_object", True), (7, "", "other_object", True),
        (8, "publication_year", "not_a_year", False)]
    assert (made.read, made.accepted, made.rejected) == (7, 3, 4)
    assert set(tables(path)) == {"works"}


def test_old_files_have_concepts_and_other_keywords(tmp_path: Path) -> None:
    concepts = [{"display_name": n, "level": level, "score": score} for n, level, score in
                (("Physics", 0, 0.8), ("Battery", 2, 0.5), ("Art", 0, 0.1), ("Cake", 1, 0.2))]
    found = by_id(tables(lines(tmp_path / "d.jsonl", [
        work("W1", "t", concepts=concepts), work("W2", "t", keywords=[{"keyword": "heat", "score": 1}], concepts=concepts),
        work("W3", "t", keywords=["heat", "cold"])]))["works"])
    assert (found["W1"]["disciplines"], found["W1"]["keywords"]) == (["Physics"], ["Battery"])
    assert [found[w]["keywords"] for w in ("W2", "W3")] == [["heat"], ["heat", "cold"]]


def test_authors_of_a_file_say_more_than_the_works(tmp_path: Path) -> None:
    listed = author("A1", "Lei Wang", display_name_alternatives=["L. Wang", "王磊", "Lei Wang"], orcid="https://orcid.org/0000-0002-1825-0097",
                    last_known_institutions=[BOYU, MOTORS], topics=[topic("Cooling", "Energy"), topic("Motors", "Engineering")])
    older = author("A3", "Old Form", last_known_institution=MOTORS, x_concepts=[{"display_name": "Physics", "level": 0, "score": 80},
                                                                                  {"display_name": "Art", "level": 0, "score": 10}])
    newer = author("A4", "No Last", affiliations=[{"institution": MOTORS, "years": [2001, 2002]}, {"institution": BOYU, "years": [2019]}])
    found = tables(lines(tmp_path / "a.jsonl.gz", [listed, older, newer, author("A9", "")]), lines(tmp_path / "w.jsonl", [BATTERY]))
    people = by_id(found["scientists"])
    assert {k: people["A1"][k] for k in ("name", "aliases", "orcid", "institution", "keywords", "disciplines", "file")} == {
        "name": "Lei Wang", "aliases": ["L. Wang", "王磊"], "orcid": "0000-0002-1825-0097", "institution": "I11", "keywords": ["Cooling", "Motors"],
        "disciplines": ["Energy", "Engineering"], "file": "a.jsonl.gz"}
    assert json.loads(str(people["A1"]["extra"])) == {"works_count": "7"}
    assert people["A2"]["file"] == "w.jsonl"
    assert (people["A3"]["institution"], people["A3"]["disciplines"], people["A4"]["institution"]) == ("I12", ["Physics"], "I11")
    assert (found["scientists"].read, found["scientists"].accepted) == (5, 4)
    assert codes(found["scientists"].issues) == [(4, "name", "missing_value")]


def test_the_latest_work_tells_where_somebody_is(tmp_path: Path) -> None:
    said = [work("W1", "a", authorship("A1", "L. Wang", BOYU), year=2010), work("W2", "b", authorship("A1", "Lei Wang", MOTORS), year=2020),
            work("W3", "c", authorship("A1", "Lei Wang"), year=2022)]
    for order in (said, said[::-1]):
        (person,) = rows_of(tables(lines(tmp_path / "d.jsonl", order))["scientists"])
        assert (person["name"], person["institution"]) == ("Lei Wang", "I12")


def test_an_author_without_an_id_is_meant_by_name(tmp_path: Path) -> None:
    unknown = "A9999999999"
    found = tables(lines(tmp_path / "d.jsonl", [work("W1", "a", authorship(None, "", printed="Zhao Si"), authorship(unknown, "Qian Er"),
                                                      authorship(None, ""))]))
    assert [(r["scientist"], r["position"]) for r in rows_of(found["authorships"])] == [("Zhao Si", 1), ("Qian Er", 2)]
    assert codes(found["authorships"].issues) == [(1, "scientist", "missing_value")]
    assert "scientists" not in found


def test_institutions_of_a_file(tmp_path: Path) -> None:
    full = institution("I11", "Boyu University", homepage_url="https://boyu.example", display_name_acronyms=["BYU"],
                       display_name_alternatives=["Boyu Da"], international={"display_name": {
                           "en": "Boyu University", "zh-hant": "渤渝大學", "zh": "渤渝大学", "ja": "渤渝"}},
                       geo={"city": "Chongqing", "region": None, "country_code": "CN", "latitude": 29.5}, works_count=12)
    found = tables(lines(tmp_path / "i.jsonl", [full, institution("I13", "Society of Invention", "nonprofit"), MOTORS]),
                   lines(tmp_path / "w.jsonl", [BATTERY]))
    (row,) = rows_of(found["institutions"])
    assert {k: row[k] for k in ("id", "name", "aliases", "type", "region", "website", "file")} == {
        "id": "I11", "name": "渤渝大学", "aliases": ["Boyu University", "渤渝大學", "Boyu Da", "BYU"], "type": "university", "region": "50",
        "website": "https://boyu.example", "file": "i.jsonl"}
    assert json.loads(str(row["extra"]))["works_count"] == "12"
    assert [r["id"] for r in rows_of(found["enterprises"])] == ["I12"]
    assert [(r["id"], r["type"]) for r in rows_of(found["organisations"])] == [("I13", "nonprofit")]


def test_a_retracted_work_is_kept_and_said(tmp_path: Path) -> None:
    made = tables(lines(tmp_path / "d.jsonl", [work("W1", "a", is_retracted=True), work("W2", "b", is_retracted=False)]))["works"]
    assert made.accepted == 2
    assert codes(made.issues) == [(1, "is_retracted", "retracted_work")]


def test_sensitive_parts_are_left_out_at_every_depth(tmp_path: Path) -> None:
    said = work("W1", "Health and religion", authorship("A1", "N", BOYU | {"person": {"religion": "SECRET"}}), political="SECRET", biblio={
        "identity_number": "SECRET", "volume": "9"}, note='{"宗教": "SECRET"}', abstract_inverted_index={"health": [0], "religion": [1]})
    found = tables(lines(tmp_path / "d.jsonl", [said]))
    assert "SECRET" not in "".join(str(t.rows.to_pylist()) for t in found.values())
    (row,) = rows_of(found["works"])
    assert row["abstract"] == "health religion"
    assert json.loads(str(row["raw"]))["biblio"] == {"volume": "9"}
    assert set(found["works"].refused_columns) == {"political", "biblio.identity_number", "note.宗教"}


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.json", "part_000.gz", "x.gz"])
def test_lines_are_known_by_their_content_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    found = one(lines(tmp_path / name, [BATTERY, BATTERY | {"id": "https://openalex.org/W2"}]))
    assert found.info.name == ("openalex" if name.startswith("part") else "x")
    assert {t.table: t.accepted for t in found.tables}["works"] == 2


@pytest.mark.parametrize("content", [[BATTERY], {"meta": {"count": 1}, "results": [BATTERY], "group_by": []}, BATTERY])
@pytest.mark.parametrize("indent", [None, 1])
def test_lists_and_pages_of_the_interface(tmp_path: Path, content: object, indent: int | None) -> None:
    (tmp_path / "x.json").write_text("\ufeff" + json.dumps(content, indent=indent), encoding="utf-8")
    assert {t.table: t.accepted for t in one(tmp_path / "x.json").tables} == {
        "scientists": 2, "institutions": 1, "enterprises": 1, "works": 1, "authorships": 2}


def test_the_folders_of_a_snapshot_are_one_source(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot"
    lines(snapshot / "works" / "updated_date=2024-01-01" / "part_000.gz", [BATTERY])
    lines(snapshot / "works" / "updated_date=2024-02-01" / "part_000.gz", [work("W2", "b", authorship("A1", "Lei Wang"))])
    lines(snapshot / "authors" / "updated_date=2024-02-01" / "part_000.gz", [author("A1", "Lei Wang"), author("A2", "Invented Person")])
    lines(snapshot / "topics" / "updated_date=2024-02-01" / "part_000.gz", [topic("Cooling", "Energy")])
    (snapshot / "works" / "manifest").write_text("{}")
    found = one(snapshot)
    assert found.info.name == "snapshot"
    assert {t.table: t.accepted for t in found.tables} == {"scientists": 2, "institutions": 1, "enterprises": 1, "works": 2, "authorships": 3}
    assert {t.table: t.files for t in found.tables}["works"] == (
        "works/updated_date=2024-01-01/part_000.gz", "works/updated_date=2024-02-01/part_000.gz")
    assert found.left_alone == [("topics/updated_date=2024-02-01/part_000.gz", "OpenAlex topics: no table is for them")]
    assert [t.accepted for t in one(snapshot / "works").tables if t.table == "works"] == [2]


def test_rows_of_our_own_with_such_ids_are_no_dump(tmp_path: Path) -> None:
    found = one(lines(tmp_path / "scientists.jsonl", [{"id": "https://openalex.org/A1", "name": "某甲", "institution": "某大学"}]))
    assert [(t.table, rows_of(t)[0]["id"], rows_of(t)[0]["name"]) for t in found.tables] == [("scientists", "https://openalex.org/A1", "某甲")]


def test_a_dump_beside_other_tables_of_a_source(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {"scientists.csv": "id,name\nB1,某甲\n", "needs.csv": "title\n求\n"})
    lines(folder / "works.jsonl", [BATTERY])
    found = one(folder)
    assert {t.table: (t.read, t.accepted) for t in found.tables}["scientists"] == (3, 3)


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress("".join(json.dumps(work(f"W{i}", f"{random.Random(i).random()}")) + "\n" for i in range(2000)).encode())
    (tmp_path / "part_000.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="part_000.gz: broken, cannot be read to its end"):
        read_sources([tmp_path / "part_000.gz"])
    (tmp_path / "x.json").write_text("[" + json.dumps(BATTERY) + ", {")
    with pytest.raises(SourceError, match=r"x\.json: record 2 of the list is broken"):
        read_sources([tmp_path / "x.json"])


def test_loaded_twice_is_once_and_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    works = [work(f"W{i}", f"title {i}", authorship("A1", "Lei Wang", (BOYU, MOTORS)[i % 2]), authorship(f"A{i + 2}", f"Person {i}", BOYU),
                  year=2000 + i) for i in range(6)]
    a, b = lines(tmp_path / "a.jsonl", works[:4]), lines(tmp_path / "b.jsonl", [*works[4:], works[0]])
    c = lines(tmp_path / "c.jsonl", [author("A3", "Person One", last_known_institutions=[MOTORS])])
    graphs = []
    for name, order in (("1.duckdb", [a, b, c]), ("2.duckdb", [c, b, a])):
        with new_workspace(tmp_path, name) as workspace:
            report = load(workspace, order, source="s")
            assert all(t.read == t.accepted + t.rejected for t in report.tables)
            assert [(i.code, i.column) for i in report.issues if i.rejected] == [("duplicate_row", "id")] * 3
            graphs.append(whole_graph(workspace))
            assert all(t.unchanged for t in load(workspace, order, source="s").tables)
            assert len(nodes(workspace, "works")) == 6
            assert len(edges(workspace, "authorships")) == 12
            assert ("s/scientists/A1", "s/enterprises/I12") in edges(workspace, "affiliations")
    assert graphs[0] == graphs[1]
