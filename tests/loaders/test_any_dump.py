"""Whatever stands in the fields of a dump: every object is a row or is rejected with an issue, and nothing breaks."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.records import RecordTable
from loaders.sources import read_sources
from tests.loaders.openalex_objects import BATTERY, BOYU, author, authorship
from tests.loaders.test_ror import BOYU as BOYU_OF_ROR
from tests.loaders.test_ror import first

WORDS = st.text(st.characters(codec=None), max_size=6)
LEAVES = st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | WORDS | st.sampled_from(
    ["https://openalex.org/A1", "https://openalex.org/I1", "https://ror.org/00invent1", "en", "zh", "教育", "predecessor", "education", "2020"])
KEYS = st.sampled_from(["id", "display_name", "author", "institutions", "value", "types", "label", "field", "type", "years", "score"]) | WORDS
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8)
LIKE = {"W": BATTERY, "A": author("A1", "Lei Wang", topics=[], last_known_institutions=[BOYU], affiliations=[], x_concepts=[]), "I": BOYU,
        "2": BOYU_OF_ROR, "1": first("00invent3", "Old")}


@st.composite
def objects(draw: st.DrawFn) -> list[object]:
    """An object as it is documented, then objects of that kind in which some fields hold anything."""
    like = LIKE[draw(st.sampled_from(sorted(LIKE)))]
    fields = [*(k for k in like if k != "id"), "concepts", "abstract", "geo", "international"]
    changed = st.dictionaries(st.sampled_from(fields), ANYTHING, max_size=4)
    made: list[object] = [like]
    for i, change in enumerate(draw(st.lists(changed, max_size=3))):
        made.append({**like, "id": str(like["id"])[:-1] + str(i + 2), **change})
    if like is BATTERY:
        made.append({**like, "id": "https://openalex.org/W9", "authorships": draw(st.lists(
            st.fixed_dictionaries(dict.fromkeys(authorship("A1", "N"), ANYTHING)), max_size=2))})
    return [*made, *draw(st.lists(ANYTHING, max_size=2))]


def tables(path: Path) -> list[RecordTable]:
    (found,) = read_sources([path], name="s")
    return found.tables


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=objects(), as_list=st.booleans())
def test_every_object_is_a_row_or_rejected(content: list[object], as_list: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dump.json"
        path.write_text(json.dumps(content) if as_list else "".join(json.dumps(c) + "\n" for c in content))
        made = tables(path)
        for table in made:
            assert table.read == table.accepted + sum(i.rejected for i in table.issues)
            assert table.rows.column("id").null_count == 0
            assert len(set(table.rows.column("id").to_pylist())) == table.accepted
        main = [t for t in made if t.table not in ("scientists", "authorships")] if "W" in str(content[0])[:40] else made
        assert sum(t.read for t in main) >= len(content)
        assert [t.rows.to_pylist() for t in tables(path)] == [t.rows.to_pylist() for t in made]
