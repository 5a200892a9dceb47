"""Tables on the terminal: Chinese heads for every column of every command, and no towers at 80 columns."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from tests.worlds import write_source
from tests.zhulian.running import run
from zhulian.commands.forget import detail_words
from zhulian.headings import HEADINGS, heading
from zhulian.output import print_frame
from zhulian.widths import LINES, fitting, shortened, width_of

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
COMMANDS = (
    ("status",), ("match", "--text", "动力电池热管理"), ("match", "--all", "--top", "1"), ("gaps", "--region", "50", "51", "--top", "3"),
    ("show", "KJ0005"), ("show", "KJ0005", "--unmask", "--purpose", "核对"), ("show", "XH09"), ("show", "JG001"), ("audit",),
    ("match", "--need", "XQ001", "--unmask", "--purpose", "联系"), ("federate", "keji_talent", "xuehui"), ("assign",),
    ("team", "--study", "ZK01", "--across"), ("team", "--need", "XQ001"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's workspace, in which one source was loaded twice with a change."""
    folder = tmp_path_factory.mktemp("tables")
    assert run(folder, "load", str(SAMPLE)).status == 0
    for title in ("教授", "研究员"):
        write_source(folder / "s", {"scientists": [{"id": "1", "name": "样例甲", "title": title, "institution": "无名单位"}]})
        assert run(folder, "load", "s").status == 0
    return folder


def bodies(text: str) -> list[int]:
    """How many lines each table has below its head."""
    return [len(re.findall(r"^│", table, re.MULTILINE)) for table in text.split("┡")[1:]]


def heads(text: str) -> list[str]:
    """The heads of all tables in a text that was printed wide enough."""
    return [cell.strip() for line in text.splitlines() if line.startswith("┃") for cell in line.strip("┃").split("┃")]


@pytest.mark.parametrize("command", [*COMMANDS, ("load", str(SAMPLE)), ("history", "s"), ("show", "s/scientists/1")])
def test_every_column_has_a_chinese_head_and_no_row_becomes_a_tower(sample: Path, command: tuple[str, ...]) -> None:
    wide, narrow = (run(sample, *command, COLUMNS=columns) for columns in ("400", "80"))
    assert wide.status == narrow.status == 0, wide.err + narrow.err
    found = heads(wide.out)
    assert found
    assert [head for head in found if head not in HEADINGS.values() and not re.search(r"\b(keji_talent|xuehui|[AB])\b", head)] == []
    assert all(re.search(r"[\u4e00-\u9fff]", head) for head in found)
    assert max(map(cell_len, (line for line in narrow.out.splitlines() if line.startswith("│")))) <= 80
    if command != ("audit",):  # the second look finds the first in the audit
        assert all(few <= LINES * many for few, many in zip(bodies(narrow.out), bodies(wide.out), strict=True))


def test_a_column_named_after_a_source() -> None:
    assert [heading(c) for c in ("in keji", "of keji", "newer in keji", "score", "名称")] == ["keji 有", "占 keji", "keji 较新", "得分", "名称"]


def printed(frame: pd.DataFrame, width: int, once: tuple[str, ...] = ()) -> list[str]:
    made = io.StringIO()
    print_frame(frame, Console(file=made, width=width, highlight=False), once=once)
    return made.getvalue().splitlines()


def test_prose_is_cut_before_an_id_is() -> None:
    lines = printed(pd.DataFrame({"scientist_id": ["keji/scientists/a234567"], "score": [0.5], "reasons": ["理由很长" * 40]}), 60)
    body = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    assert len(body) == 3
    assert "".join(row[0] for row in body) == "keji/scientists/a234567"
    assert [row[1] for row in body] == ["0.5", "", ""]
    assert body[2][2].endswith("…")
    assert lines[-1] == "…: cut to fit (a wider terminal shows more, files hold all)"


def test_contacts_and_judgements_are_neither_cut_nor_folded() -> None:
    email, judgement = "a.long.address@mail.example.org", "0123456789abcdef"
    frame = pd.DataFrame({"scientist_name": ["样例甲"], "reasons": ["理由很长" * 40], "scientist_phone": ["13812345678"], "scientist_email": [email]})
    text = "\n".join(printed(frame, 80))
    assert [value for value in ("13812345678", email) if value not in text] == []
    frame = pd.DataFrame({"pair": ["keji/scientists/a · xuehui/scientists/b"] * 2, "evidence": ["依据很长" * 40, ""], "judgement": [judgement] * 2})
    assert "\n".join(printed(frame, 50)).count(judgement) == 2
    made = io.StringIO()
    frame = pd.DataFrame({"value": ["别的值" * 12, email], "place": ["keji 科技工作者.csv:12345"] * 2})
    print_frame(frame, Console(file=made, width=46, highlight=False), whole=[email])
    assert email in made.getvalue()


def test_what_all_rows_say_is_said_once_and_only_if_there_are_several() -> None:
    frame = pd.DataFrame({"region": ["50", "50"], "rank": [1, 1], "score": [0.5, None]})
    lines = printed(frame, 60, once=("region",))
    assert (lines[0], heads("\n".join(lines))) == ("地区: 50", ["名次", "得分"])
    assert heads("\n".join(printed(frame.head(1), 60, once=("region",)))) == ["地区", "名次", "得分"]
    assert len([line for line in printed(frame, 60, once=("region", "score")) if "得分" in line]) == 1


@given(st.text(st.characters(exclude_categories=("C", "M", "Zl", "Zp")) | st.sampled_from("样例 ab\n")), st.integers(2, 20))
def test_a_cell_never_has_more_than_three_lines_nor_wider_ones(text: str, width: int) -> None:
    made = shortened(text, width, Console(file=io.StringIO(), width=80))
    assert len(made.split("\n")) <= LINES
    assert width_of(made) <= width
    if not made.endswith("…"):
        assert re.sub(r"\s", "", made) == re.sub(r"\s", "", text)


cells = st.lists(st.text(st.sampled_from("样例ab "), max_size=90), min_size=3, max_size=3)


@given(st.lists(cells, min_size=1, max_size=6), st.integers(12, 120))
def test_columns_fit_and_are_not_narrowed_without_need(columns: list[list[str]], available: int) -> None:
    widths = fitting(["头"] * len(columns), columns, [False] * len(columns), available)
    assert sum(widths) <= available
    natural = [min(max(2, *map(width_of, column)), 60) for column in columns]
    assert all(1 <= width <= most for width, most in zip(widths, natural, strict=True))
    if sum(natural) <= available:
        assert widths == natural


@pytest.mark.parametrize(("detail", "words"), [
    ('{"entities": ["a/scientists/1"], "fields": ["email"]}', "1 person, fields email"),
    ('{"entities": ["a/scientists/1", "a/scientists/2", "0123456789abcdef"], "fields": ["email", "phone"]}',
     "2 people, 1 forgotten, fields email, phone"),
    ('{"entities": ["a/enterprises/1"], "fields": ["phone"]}', "1 enterprise, fields phone"),
    ('{"tokens": ["0123456789abcdef"], "records": 2}', "tokens 0123456789abcdef, 2 records"),
    ('{"sources": ["s", "t"], "records": 9}', "sources s, t, 9 records")])
def test_the_detail_of_an_event_in_words(detail: str, words: str) -> None:
    assert detail_words(detail) == words
