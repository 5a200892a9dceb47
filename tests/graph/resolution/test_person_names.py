"""Names of people in the forms in which lists and papers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.resolution.person_names import PersonName, parse_person_name


@pytest.mark.parametrize("text", ["王磊", "王 磊", "王磊教授", "王磊（博士）", "王磊*", "王磊1", "王磊 等", "王磊院士", "王磊(女)", "王磊老师"])
def test_titles_marks_and_spaces_are_no_part_of_a_chinese_name(text: str) -> None:
    assert parse_person_name(text) == PersonName("王磊", ("wang|lei",), ("wang|l",))


def test_traditional_characters_are_simplified() -> None:
    assert parse_person_name("張紅月").chinese == "张红月"


@pytest.mark.parametrize(("text", "key"), [
    ("Xiao, Zhongshuai", "xiao|zhongshuai"), ("Guang-Qiang Tian", "tian|guangqiang"), ("TIAN Guangqiang", "tian|guangqiang"),
    ("HELIAN Dongfang", "helian|dongfang"), ("Liu Yuan Yue", "liu|yuanyue"), ("Prof. Zeng Shanqiang", "zeng|shanqiang"), ("Lyu, Bu", "lu|bu"),
    ("Lü, Bu", "lu|bu"), ("Lv, Bu", "lu|bu"), ("John Smith", "smith|john"),
])
def test_a_full_latin_name_leads_to_surname_and_given_name(text: str, key: str) -> None:
    assert key in parse_person_name(text).keys


@pytest.mark.parametrize(("text", "initials"), [
    ("Jiang LL", "jiang|ll"), ("D.Y. Liu", "liu|dy"), ("J. Xu", "xu|j"), ("Xu J", "xu|j"), ("Qiu HA", "qiu|ha"), ("Yang Y", "yang|y"),
])
def test_initials_are_known_as_such(text: str, initials: str) -> None:
    name = parse_person_name(text)
    assert name.abbreviated
    assert initials in name.initials


def test_a_name_in_chinese_and_in_latin_letters_share_a_key() -> None:
    for chinese, latin in (("曾单强", "Zeng Shanqiang"), ("单丹", "Shan Dan"), ("仇海安", "Qiu, Hai-An"), ("欧阳锋", "Ouyang Feng"),
                           ("吕布", "Lyu Bu"), ("解志韬", "XIE Zhitao"), ("查芳娟", "Fangjuan Zha"), ("朴正", "Piao Zheng"),
                           ("尉迟恭", "Gong Yuchi")):
        assert set(parse_person_name(chinese).keys) & set(parse_person_name(latin).keys), (chinese, latin)


def test_the_order_of_two_surnames_stays_open() -> None:
    assert set(parse_person_name("Wang Lei").keys) == {"wang|lei", "lei|wang"}
    assert parse_person_name("LEI Wang").keys == ("lei|wang",)


def test_a_surname_put_last_is_seen() -> None:
    assert "zhang|xiaoguo" in parse_person_name("晓国张").keys
    assert "zuoqiu|baoling" in parse_person_name("宝玲左丘").keys


def test_unreadable_characters_are_kept_as_such_and_lead_nowhere() -> None:
    assert parse_person_name("张*明") == PersonName("张?明")
    assert parse_person_name("王?").wild
    assert parse_person_name("???") == PersonName()
    assert parse_person_name("") == PersonName()


@pytest.mark.parametrize("text", ["王*", "王X", "王某", "王×"])
def test_a_name_made_unreadable_on_purpose_is_no_name_in_full(text: str) -> None:
    assert parse_person_name(text) == PersonName("王?")


def test_a_text_in_the_name_column_is_no_name_and_takes_no_time() -> None:
    assert parse_person_name("单乐曾率" * 30) == PersonName()


@given(st.text(max_size=30))
def test_any_text_is_taken_apart_without_complaint(text: str) -> None:
    name = parse_person_name(text)
    assert all(key.count("|") == 1 for key in (*name.keys, *name.initials))
    assert len(name.keys) <= 6
