"""A row's cells → its values and id, and what is wrong or doubtful in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from graph.schema import NODES, NodeTable, Privacy, Property, Table, columns
from loaders.cleaning import Doubt, Problem, Value, clean, is_empty, name_and_english, one_line
from loaders.headers import Mapped, unit_of
from loaders.raw import Cell, RawTable

CACHED = 200
"""Characters of a cell at most whose understanding is remembered for the next like it."""

Say = Callable[[int, str, str, str, str, bool], None]
"""Takes an issue: row, column, value, code, message, and whether the row is rejected."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row understood: `raw` are its cells as they came, `extra` those of columns that the schema does not know."""

    id: str
    values: dict[str, Value]
    raw: dict[str, Cell]
    extra: dict[str, Cell]


class RowReader:
    """Understands the rows of one raw table.

    Args:
        table: the table that it holds.
        raw: the header and units; the rows are given one by one.
        mapped: which column is which property.
        serial: columns of serial numbers, which are kept in `raw` alone.
        say: takes the issues.
    """

    def __init__(self, table: Table, raw: RawTable, mapped: Mapped, serial: frozenset[int], say: Say) -> None:
        self._header, self._say, self._width = raw.header, say, len(raw.header)
        at = {name: i for i, name in enumerate(mapped.properties) if name is not None}
        self._properties: list[_Column] = [(p, at.get(p.name), _unit(raw, at.get(p.name)), {}) for p in columns(table)]
        self._names = _unique(raw.header)
        self._shown = [i for i, h in enumerate(raw.header) if h and h not in mapped.refused]
        self._beyond = [i for i in self._shown if mapped.properties[i] is None and i not in serial]
        self._id_at = at.get("id")
        self._any_of = table.any_of if isinstance(table, NodeTable) else ()
        self._needs_id = isinstance(table, NodeTable) and table.needs_id
        self._bilingual = isinstance(table, NodeTable) and _is_bilingual(table)
        self._people = [p.name for p in columns(table) if p.refers and all(_is_bilingual(NODES[t]) for t in p.refers)]
        self.names_split = 0

    def read(self, number: int, cells: list[Cell]) -> Row | None:
        """Understand a row. None where it is rejected: it lacks what the table requires. Another broken cell is left empty."""
        if len(cells) > self._width and any(cells[self._width:]):
            self._say(number, "", "", "more_cells_than_columns", f"{len(cells)} cells under {self._width} columns: is a comma not quoted?", True)
            return None
        values: dict[str, Value] = {}
        broken = False
        for p, i, unit, cache in self._properties:
            cell: Cell = cells[i] if i is not None and i < len(cells) else ""
            value = _cleaned(p, cell, unit, cache) if cell else None
            if isinstance(value, (Problem, Doubt)):
                self._tell(number, self._header[i or 0], p, cell, value)
                broken = broken or (p.required and isinstance(value, Problem))
                value = value.value if isinstance(value, Doubt) else None
            elif value is None and p.required:
                self._say(number, p.name, "", "missing_value", f"{p.label} ({p.name}) is empty", True)
                broken = True
            values[p.name] = value
        if self._any_of and not any(values[n] for n in self._any_of):
            self._say(number, self._any_of[0], "", "missing_value", f"none of {', '.join(self._any_of)} is given", True)
            broken = True
        id_ = _id_cell(cells, self._id_at)
        if not id_ and self._needs_id:
            self._say(number, "id", "", "missing_value", "编号 (id) is empty", True)
            broken = True
        if broken:
            return None
        self._part_names(values)
        return Row(id_, values, {self._names[i]: cells[i] for i in self._shown if i < len(cells) and cells[i]},
                   {self._names[i]: cells[i] for i in self._beyond if i < len(cells) and cells[i]})

    def _tell(self, number: int, header: str, p: Property, cell: Cell, found: Problem | Doubt) -> None:
        """An issue about a cell; of a contact nothing is shown."""
        hidden = p.privacy is Privacy.CONTACT
        seen = str(cell)[:CACHED]
        if isinstance(found, Problem):
            self._say(number, header, "" if hidden else seen, found.code, found.message, p.required)
        else:
            understood = "" if hidden else f"{seen!r} understood as {'nothing' if found.value is None else found.value}: "
            self._say(number, header, "" if hidden else seen, "doubtful_value", f"{p.label}: {understood}{found.why}", False)

    def _part_names(self, values: dict[str, Value]) -> None:
        """`王磊 (Wang Lei)` is a name and a name_en; a reference to such a thing is by its name."""
        if self._bilingual and isinstance(name := values["name"], str) and "(" in name and (parts := name_and_english(name)):
            values["name"] = parts[0]
            values["name_en"] = values["name_en"] or parts[1]
            self.names_split += 1
        for column in self._people:
            value = values[column]
            if isinstance(value, str) and "(" in value:
                values[column] = _name_alone(value)
            elif isinstance(value, list) and any("(" in item for item in value):
                values[column] = list(dict.fromkeys(_name_alone(item) for item in value))


_Column = tuple[Property, int | None, str, dict[str, Value | Doubt | Problem]]


def _is_bilingual(table: NodeTable) -> bool:
    """Whether a kind has a name and, apart from it, one in English."""
    return {"name", "name_en"} <= {p.name for p in table.properties}


def _name_alone(text: str) -> str:
    parts = name_and_english(text)
    return parts[0] if parts else text


def _unit(raw: RawTable, at: int | None) -> str:
    """The unit of a column: from the row of units under the header, else from brackets in the header."""
    if at is None:
        return ""
    below = raw.units[at].strip("()（）[]【】 ") if at < len(raw.units) else ""
    return below.removeprefix("单位").lstrip("：: ") or unit_of(raw.header[at])


def _cleaned(p: Property, cell: Cell, unit: str, cache: dict[str, Value | Doubt | Problem]) -> Value | Doubt | Problem:
    if isinstance(cell, list) or len(cell) > CACHED:
        return clean(p, cell, unit)
    if cell not in cache:
        cache[cell] = clean(p, cell, unit)
    return cache[cell]


def _id_cell(cells: list[Cell], at: int | None) -> str:
    """The id of a row; what stands for no value (-, 无, null) is none."""
    cell = cells[at] if at is not None and at < len(cells) else ""
    id_ = one_line(cell if isinstance(cell, str) else ";".join(cell))
    return "" if is_empty(id_) else id_


def _unique(header: tuple[str, ...]) -> list[str]:
    """Headers, a repeated one with its number behind it."""
    seen: dict[str, int] = defaultdict(int)
    result = []
    for h in header:
        seen[h] += 1
        result.append(h if seen[h] == 1 else f"{h}#{seen[h]}")
    return result
