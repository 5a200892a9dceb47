"""Big5 told from GB18030: read as what it is, or refused, never as nonsense."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import SourceError
from loaders.encodings import decode
from tests.loaders.making import rows_of, source, understood

PATH = Path("a.csv")
TRADITIONAL = "姓名,單位,職稱\n陳怡君,國立清華大學,教授\n林志豪,成功大學,副教授\n"


@pytest.mark.parametrize("text", [
    "姓名,單位\n王小明,臺灣大學\n", TRADITIONAL, TRADITIONAL * 300, "企業名稱,所屬行業\n聯發科技股份有限公司,半導體\n",
    "姓名\n張麗\n", "產品名稱,備註\n電池,３０～５０（度）\n",
])
def test_big5_and_gbk_of_one_text_are_told_apart(text: str) -> None:
    assert decode(PATH, text.encode("cp950")) == (text, "big5")
    assert decode(PATH, text.encode("gbk")) == (text, "gb18030")


@pytest.mark.parametrize("text", [
    "姓名,单位\n喆堃,祎珺\n", "姓名\n龑\n", "名称\n鑫淼\n", "姓名\n王㐂𠮷\n", "name,symbol\na,±5℃\n",
    "甲：±×÷αβγ①②③\n", "姓名,单位\n买买提·吐尔逊,新疆大学\n",
])
def test_simplified_and_rare_characters_stay_gb18030(text: str) -> None:
    assert decode(PATH, text.encode("gb18030")) == (text, "gb18030")


def test_big5_with_one_bad_byte_is_refused() -> None:
    with pytest.raises(SourceError, match="Big5, but broken at line 7"):
        decode(PATH, (TRADITIONAL * 2).encode("cp950") + b"\xff\xff\n")


def test_what_reads_as_chinese_in_neither_is_refused() -> None:
    with pytest.raises(SourceError, match="GB18030 or Big5"):
        decode(PATH, "姓名\n縭仂瑐鄶偁髍\n".encode("cp950"))


def test_names_in_big5_are_loaded_readable_and_said_so(tmp_path: Path) -> None:
    folder = source(tmp_path, "s", {})
    (folder / "專家.csv").write_bytes(TRADITIONAL.encode("cp950"))
    made = understood(folder)
    assert [(r["name"], r["institution"]) for r in rows_of(made)] == [("陳怡君", "國立清華大學"), ("林志豪", "成功大學")]
    assert "專家.csv: encoding big5" in made.recognised
