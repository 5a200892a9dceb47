"""What a need asks: sections about the enterprise and its money, names, places and standing phrases are no part of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.match import Matcher
from queries.needs import asked
from queries.phrases import Wording, shared_phrases
from tests.worlds import Rows, world

PAGES = """【榜单名称】高温烟气余热回收换热器
一、企业简介：重庆样例锅炉有限公司是国家高新技术企业，年产值3亿元，主营锅炉与压力容器。
二、需求内容：换热管在含硫烟气中点蚀穿孔，三个月就要更换，求耐蚀涂层或换材方案。
三、主要技术指标
管壁温度不低于450℃，寿命不少于24000小时。
四、资金投入：拟投入资金500万元。
五、合作方式：联合攻关、委托开发均可。
六、联系人：某某 电话：02300000000
"""


def squeezed(text: str) -> list[str]:
    return [line.strip(" ，。、：:；;") for line in text.split("\n") if line.strip(" ，。、：:；;")]


def test_two_pages_are_cut_to_the_problem_and_the_parameters() -> None:
    found = asked(PAGES)
    for kept in ("高温烟气余热回收换热器", "含硫烟气中点蚀穿孔", "耐蚀涂层", "管壁温度不低于", "寿命不少于"):
        assert kept in found
    for aside in ("样例锅炉", "年产值", "压力容器", "资金", "委托开发", "某某", "023", "450", "24000"):
        assert aside not in found


def test_headings_in_brackets_on_their_own_line_and_in_a_row_are_seen() -> None:
    text = "【需求背景】阀门渗漏\n【企业概况】样例阀门厂\n存在问题\n低温下密封圈变脆；联系方式：略；技术指标：零下60度不漏"
    assert squeezed(asked(text)) == ["阀门渗漏", "低温下密封圈变脆", "零下", "度不漏"]


@pytest.mark.parametrize(("text", "left"), [
    ("揭榜挂帅：亟需解决电池热失控", ["电池热失控"]),
    ("我公司寻求合作，希望突破轴承磨损", ["突破轴承磨损"]),
    ("样例重工集团股份有限公司 大型铸件缩松", ["大型铸件缩松"]),
    ("需要3D打印与5G基站散热，预算120万元", ["需要3D打印与5G基站散热，预算"]),
])
def test_standing_phrases_names_and_bare_figures_leave_a_gap(text: str, left: list[str]) -> None:
    assert squeezed(asked(text)) == left


def test_the_names_that_are_given_are_taken_out_the_longest_first() -> None:
    assert squeezed(asked("重庆长样汽车的重庆工厂焊点开裂", ["重庆", "重庆长样汽车"])) == ["的", "工厂焊点开裂"]


def test_what_would_leave_nothing_is_left_as_it_is() -> None:
    assert asked("企业简介：样例有限公司") == "企业简介：样例有限公司"
    assert asked("寻求合作") == "寻求合作"


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert asked(text) == text or any(c.isalnum() for c in asked(text))


def test_the_enterprise_and_its_place_do_not_steer_the_match(tmp_path: Path) -> None:
    tables: dict[str, Rows] = {
        "scientists": [{"id": "A", "name": "甲"}, {"id": "B", "name": "乙"}],
        "works": [{"id": "w1", "title": "电池热失控的早期预警"}, {"id": "w2", "title": "万州区样例锂能公司调查"}],
        "authorships": [{"work": "w1", "scientist": "A"}, {"work": "w2", "scientist": "B"}],
        "enterprises": [{"id": "e1", "name": "万州区样例锂能公司", "short_name": "样例锂能", "region": "重庆市万州区"}],
        "needs": [{"id": "n1", "title": "样例锂能：预警", "text": "万州区样例锂能公司在万州的厂里电池起火，怎样预警", "enterprise": "e1",
                   "status": "open"}]}
    matcher = Matcher(world(tmp_path, tables))
    demands, _ = matcher.demands()
    first, *others = matcher.match(demands).matches
    assert first.supplier_id == "s/scientists/A"
    assert not any("万州" in term or "样例" in term for m in others for e in m.evidence for term in e.terms)
    assert matcher.asked(demands[0]).count("万州") == 0


def test_reasons_are_whole_words_that_both_texts_have() -> None:
    need = Wording.of("鱼的饲料加工时乳酸菌被制粒机烫死，准确率低")
    work = Wording.of("饲料加工工艺对乳酸菌存活的影响；确率；料加")
    assert shared_phrases(need, work, len) == ("饲料加工", "乳酸菌")
    assert shared_phrases(need, Wording.of("确率 料加"), len) == ()


def test_a_phrase_that_tells_nothing_is_no_reason() -> None:
    need = Wording.of("一种电池的研究方法与影响")
    work = Wording.of("一种方法的研究：影响电池的因素")
    assert shared_phrases(need, work, len) == ("电池",)
    assert shared_phrases(need, work, lambda phrase: 0.0) == ()
