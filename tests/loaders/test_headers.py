"""Which column is which property, and which table a header belongs to."""

from __future__ import annotations

import pytest

from graph.schema import SENSITIVE_HEADERS, TABLES
from loaders.headers import header_key, is_sensitive, map_header, recognise_table


def mapped(table: str, *header: str, told: dict[str, str] | None = None) -> tuple[str | None, ...]:
    return map_header(TABLES[table], header, told or {}).properties


def test_english_and_chinese_headers() -> None:
    assert mapped("scientists", "id", "name", "institution") == ("id", "name", "institution")
    assert mapped("scientists", "编号", "姓名", "所在单位", "研究方向", "代表作", "联系电话") == (
        "id", "name", "institution", "keywords", "works", "phone")
    assert mapped("enterprises", "企业名称", "统一社会信用代码", "所属行业", "注册地址") == ("name", "uscc", "industry", "address")


def test_headers_are_seen_through_dress() -> None:
    assert mapped("needs", "* 需求名称 ", "預算（万元）", "Experts Wanted", "所 在\n地 区:") == ("title", "budget", "experts_wanted", "region")
    assert header_key("预算(万元)") == header_key("预算【单位：万元】") == "预算"
    assert header_key("(3)") == "(3)"


def test_unknown_headers_are_named() -> None:
    found = map_header(TABLES["products"], ("name", "颜色", "", "颜色"), {})
    assert found.properties == ("name", None, None, None)
    assert found.unknown == ("颜色", "颜色")


def test_what_the_source_says_goes_before_recognition() -> None:
    assert mapped("scientists", "name", "title", "category", "姓名", told={"姓名": "name", "category": "disciplines", "title": "works"}) == (
        None, "works", "disciplines", "name")
    assert mapped("scientists", "Author ", "单位", told={"author": "name"}) == ("name", "institution")


def test_a_property_is_taken_by_the_header_that_fits_best() -> None:
    found = map_header(TABLES["scientists"], ("姓名", "name", "专家姓名", "name"), {})
    assert found.properties == (None, "name", None, None)
    assert found.doubled == ("姓名", "专家姓名", "name")
    assert set(found.unknown) == {"姓名", "专家姓名", "name"}


@pytest.mark.parametrize("header",
    ["身份证号", "身 份 证 号 码", "政治\n面貌", "是否党员", "宗教信仰", "民族", "健康状况", "ID card", "id_card", "Ethnicity",
                                    "婚姻状况", "配偶姓名", "政治面貌（必填）", "護照號", "ＩＤ－ＣＡＲＤ"])
def test_sensitive_headers_are_refused_however_written(header: str) -> None:
    assert is_sensitive(header)
    found = map_header(TABLES["scientists"], ("姓名", header), {header: "keywords"})
    assert (found.properties, found.refused, found.unknown) == (("name", None), (header,), ())


def test_every_word_for_sensitive_data_is_refused() -> None:
    assert [word for word in SENSITIVE_HEADERS if not is_sensitive(f"甲{word}乙")] == []


def test_no_header_of_the_schema_is_sensitive() -> None:
    assert not any(is_sensitive(h) for h in ("性别", "出生日期", "gender", "birth_date", "统一社会信用代码", "法定代表人", "手机"))


@pytest.mark.parametrize(("table", "header"), [
    ("scientists", "姓名 工作单位 职称 研究方向 代表作 联系电话"), ("scientists", "序号 姓名 性别 出生年月 单位名称"),
    ("enterprises", "企业名称 所属行业 注册地址"),
    ("needs", "需求名称 需求描述 企业名称 投入预算"), ("works", "论文题目 关键词 摘要 年份"), ("makes", "企业 产品 收入占比"),
    ("societies", "学会名称 学会级别"),
    ("platforms", "平台名称 依托单位 领衔专家"), ("authorships", "成果编号 作者 署名顺序"), ("memberships", "学会名称 姓名 会内职务"),
    ("outcomes", "需求编号 专家编号 对接结果 评分"), ("product_inputs", "product input weight"), ("policies", "政策名称 发文机关 正文"),
])
def test_a_table_is_recognised_by_its_headers(table: str, header: str) -> None:
    assert recognise_table(tuple(header.split())) == table


@pytest.mark.parametrize("header", ["名称 地区", "编号 备注", "name id", "甲 乙 丙", "日期 金额", "x", "name"])
def test_headers_that_fit_no_table_clearly_are_left(header: str) -> None:
    assert recognise_table(tuple(header.split())) is None


def test_recognition_does_not_depend_on_the_order_of_columns() -> None:
    header = ("姓名", "工作单位", "职称", "研究方向")
    assert recognise_table(header) == recognise_table(header[::-1]) == "scientists"


@pytest.mark.parametrize(("table", "header"), [
    ("scientists", "人才编号"), ("scientists", "专家ID"), ("enterprises", "企业编号"), ("associations", "科协编号"), ("works", "论文编号")])
def test_an_id_is_known_by_every_name_of_its_table(table: str, header: str) -> None:
    assert map_header(TABLES[table], (header, "名称"), {}).properties[0] == "id"
