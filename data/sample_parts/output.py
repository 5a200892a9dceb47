"""Where each table of the sample is written, and how: csv in three encodings, tsv, json, jsonl, gzip and xlsx."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from data.sample_parts.common import HERE, Row

EPOCH = (2026, 1, 1, 0, 0, 0)
DEFLATE_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Target:
    """One table's place: a file, and the sheet where the file is a workbook."""

    table: str
    file: str
    chinese: bool = False
    encoding: str = "utf-8"
    sheet: str = ""


TARGETS = (
    Target("scientists", "keji_talent/科技工作者.csv", True, "gbk"),
    Target("institutions", "keji_talent/高校院所.xlsx", True, sheet="高校院所"),
    *(Target(table, "xuehui/学会工作台账.xlsx", True, sheet=sheet) for table, sheet in (
        ("societies", "学会"), ("associations", "科协组织"), ("scientists", "科技工作者"), ("events", "活动"), ("memberships", "学会会员"),
        ("participations", "活动参与"), ("mentorships", "院士带培"), ("association_members", "科协会员"))),
    Target("enterprises", "qiye/企业.csv", True, "utf-8-sig"),
    Target("makes", "qiye/企业产品.csv", True, "utf-8-sig"),
    Target("policies", "qiye/政策.csv", True, "utf-8-sig"),
    Target("outcomes", "qiye/对接结果.csv", True, "utf-8-sig"),
    Target("products", "qiye/products.tsv"),
    Target("product_inputs", "qiye/product_inputs.tsv"),
    Target("product_kinds", "qiye/product_kinds.tsv"),
    Target("industry_inputs", "qiye/industry_inputs.tsv"),
    Target("needs", "qiye/needs.jsonl"),
    *(Target(table, f"qiye/{table}.csv", encoding="utf-8-sig") for table in (
        "chains", "chain_products", "industries", "funds", "investments", "employments")),
    Target("works", "chengguo/成果.csv.gz", True),
    Target("authorships", "chengguo/authorships.csv.gz"),
    *(Target(table, "fuwu/服务资源.xlsx", True, sheet=sheet) for table, sheet in (
        ("platforms", "平台"), ("resources", "科普资源"), ("venues", "科普设施"), ("surveys", "素质测评"))),
    Target("organisations", "fuwu/机构.csv", True, "utf-16"),
    *(Target(table, f"fuwu/{table}.json") for table in (
        "teams", "studies", "communities", "community_roles", "disciplines", "regions", "region_groups")),
)


def headers(table: str) -> dict[str, str]:
    """The Chinese header of each property of a table."""
    told: dict[str, dict[str, str]] = tomllib.loads((HERE / "headers.toml").read_text(encoding="utf-8"))
    return told.get(table, {})


def columns(target: Target, rows: list[Row]) -> dict[str, str]:
    """Property and header of every column, in the order of the first row and then as they come."""
    names = headers(target.table) if target.chinese else {}
    return {key: names.get(key, key) for row in rows for key in row}


def encode(target: Target, rows: list[Row]) -> bytes:
    """The bytes of a file that holds one table (not a workbook)."""
    named = columns(target, rows)
    stem = target.file.removesuffix(".gz")
    if stem.endswith((".json", ".jsonl")):
        objects = [{named[k]: v for k, v in row.items() if v is not None} for row in rows]
        if stem.endswith(".jsonl"):
            return "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects).encode()
        return (json.dumps(objects, ensure_ascii=False, indent=1) + "\n").encode()
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t" if stem.endswith(".tsv") else ",", lineterminator="\n")
    writer.writerow(named.values())
    writer.writerows(["" if row.get(key) is None else row[key] for key in named] for row in rows)
    if target.encoding == "utf-16":  # written with its mark and a fixed byte order, whatever the machine's
        return b"\xff\xfe" + text.getvalue().encode("utf-16-le")
    data = text.getvalue().encode(target.encoding)
    return gzip.compress(data, DEFLATE_LEVEL, mtime=0) if target.file.endswith(".gz") else data


def workbook(sheets: list[tuple[Target, list[Row]]]) -> bytes:
    """A workbook of several tables whose bytes do not depend on the time of writing."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for target, rows in sheets:
        named = columns(target, rows)
        sheet = book.create_sheet(target.sheet)
        sheet.append(list(named.values()))
        for row in rows:
            sheet.append([row.get(key) for key in named])
        sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return _without_time(written.getvalue())


def _without_time(data: bytes) -> bytes:
    """The same workbook with fixed dates in its properties and its zip entries."""
    stamp = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*EPOCH).encode()
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            new.writestr(entry, content, compresslevel=DEFLATE_LEVEL)
    return result.getvalue()


def write(folder: Path, tables: dict[str, dict[str, list[Row]]]) -> None:
    """Write every table to its place under `folder`.

    Args:
        folder: made if it is not there; files of the same names are written over.
        tables: for each source (the first part of a target's file), its tables.
    """
    books: dict[str, list[tuple[Target, list[Row]]]] = {}
    for target in TARGETS:
        rows = tables[target.file.split("/")[0]][target.table]
        path = folder / target.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if target.sheet:
            books.setdefault(target.file, []).append((target, rows))
        else:
            path.write_bytes(encode(target, rows))
    for file, sheets in books.items():
        (folder / file).write_bytes(workbook(sheets))
