"""What two sources say of the links between things (authorships, memberships, …): which one states and the other does not.

A link is its two ends and its key (a membership's role, an investment's year); it is stated by a row of the link table, or by a reference
column that means the same (a person's works, for an authorship) where no row speaks of the two. Ends are known by the entity that they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from graph.build_edges import reference_key, reference_values
from graph.federation.naming import Calling, is_bundled, names_of, own_things, unmasked
from graph.federation.overlap import Lone, Overlap
from graph.federation.sending import NEW, Handover, Row, sendable, written
from graph.federation.sides import FIRST, SECOND, titles
from graph.ids import split_id
from graph.names import name_key
from graph.schema import BUNDLED_SOURCE, NODES, LinkTable, NodeTable, Property
from graph.sql import first_row, quoted

_APART = "chr(31)"
_ELSEWHERE = "ANTI JOIN (SELECT link FROM stated WHERE side <> {side}) there ON there.link = s.link"


@contextmanager
def known_ends(con: duckdb.DuckDBPyConnection, first: str, second: str) -> Iterator[None]:
    """`known_ends`: each entity that either source lists, and whether both do. The code tables of the program are known to both."""
    con.execute("""
        CREATE TEMP TABLE known_ends AS
        SELECT entity, bool_or(source IN ($first, $bundled)) AND bool_or(source IN ($second, $bundled)) AS in_both
        FROM graph.members WHERE source IN ($first, $second, $bundled) GROUP BY entity
        """, {"first": first, "second": second, "bundled": BUNDLED_SOURCE})
    try:
        yield
    finally:
        con.execute("DROP TABLE known_ends")


@contextmanager
def stated(con: duckdb.DuckDBPyConnection, link: LinkTable, first: str, second: str) -> Iterator[bool]:
    """`stated`: a row a link and side, of links whose ends either source lists. (`known_ends` must be there.)

    Columns: side, source, target, pair and link (one text each), bare (it has no key), record, rows, in_both (both ends are listed by both
    sources), and the properties as they may be sent.

    Yields:
        Whether either source has a row of the link table; the table is there only then.
    """
    there = first_row(con, f"SELECT 1 FROM records.{quoted(link.name)} WHERE source IN (?, ?) LIMIT 1", [first, second]) is not None
    if there:
        con.execute(_stated(link), {"first": first, "second": second})
    try:
        yield there
    finally:
        if there:
            con.execute("DROP TABLE stated")


def _stated(link: LinkTable) -> str:
    sources = f"SELECT $first AS source, {FIRST} AS side UNION ALL SELECT $second, {SECOND}"
    parts = [_from_rows(link), *(_from_reference(table, p, link) for table in NODES.values() for p in table.properties if p.edge == link.name)]
    return f"""
        CREATE TEMP TABLE stated AS
        WITH every AS (
            SELECT e.* EXCLUDE (source_name), o.side, concat_ws({_APART}, e.source, e.target) AS pair,
                   concat_ws({_APART}, e.source, e.target, e.key) AS link
            FROM ({' UNION ALL BY NAME '.join(parts)}) e JOIN ({sources}) o ON o.source = e.source_name),
        spoken AS (SELECT * FROM every QUALIFY implied = min(implied) OVER (PARTITION BY side, pair)),
        once AS (SELECT *, count(*) OVER (PARTITION BY side, link) AS rows FROM spoken
                 QUALIFY row_number() OVER (PARTITION BY side, link ORDER BY record) = 1)
        SELECT s.* EXCLUDE (key, implied), s.key = '' AS bare, a.in_both AND b.in_both AS in_both
        FROM once s JOIN known_ends a ON a.entity = s.source JOIN known_ends b ON b.entity = s.target"""


def _from_rows(link: LinkTable) -> str:
    """Rows of the link table whose two ends mean something."""
    plain = [f"coalesce(lower(regexp_replace(CAST({quoted(name)} AS VARCHAR), '\\s', '', 'g')), '')" for name in link.key]
    key = f"CASE WHEN concat({', '.join(plain)}) = '' THEN '' ELSE concat_ws({_APART}, {', '.join(plain)}) END" if plain else "''"
    own = "".join(f", {sendable(p)} AS {quoted(p.name)}" for p in link.properties)
    ends = ", ".join(f"{reference_key(p.refers, quoted(p.name), 'source')} AS {end}" for p, end in ((link.source, "one"), (link.target, "other")))
    rows = (f"SELECT source AS source_name, source || '/{link.name}/' || id AS record, {key} AS key, 0 AS implied, {ends}{own} "
            f"FROM records.{quoted(link.name)} WHERE source IN ($first, $second)")
    return (f"SELECT r.* EXCLUDE (one, other), a.entity AS source, b.entity AS target FROM ({rows}) r "
            "JOIN graph.resolved a ON a.reference = r.one AND a.outcome = 'resolved' "
            "JOIN graph.resolved b ON b.reference = r.other AND b.outcome = 'resolved'")


def _from_reference(table: NodeTable, p: Property, link: LinkTable) -> str:
    """A reference column that says the same as a row of the link table."""
    here, there = ("target", "source") if p.inverse else ("source", "target")
    nulls = "".join(f", CAST(NULL AS {q.duckdb_type}) AS {quoted(q.name)}" for q in link.properties)
    return (f"SELECT v.source AS source_name, m.record, '' AS key, 1 AS implied{nulls}, m.entity AS {here}, x.entity AS {there} "
            f"FROM ({reference_values(table, p)}) v JOIN graph.members m ON m.record = v.source || '/{table.name}/' || v.id "
            f"JOIN graph.resolved x ON x.reference = {reference_key(p.refers, 'v.value', 'v.source')} AND x.outcome = 'resolved' "
            "WHERE v.source IN ($first, $second)")


def link_overlap(con: duckdb.DuckDBPyConnection, link: LinkTable) -> Overlap:
    """The links between what both have: how many each states, and how many both do. (`stated` must be there.)"""
    row = first_row(con, f"SELECT count(*) FILTER (WHERE side = {FIRST}), count(*) FILTER (WHERE side = {SECOND}), count(*) - count(DISTINCT link) "
                         "FROM stated WHERE in_both")
    return Overlap(link.name, *(row or (0, 0, 0)))


def lone_links(con: duckdb.DuckDBPyConnection, link: LinkTable, side: int) -> Iterator[Lone]:
    """The links between what both have that only this side states: named `end → end (key)`, by that name. (`stated` must be there.)"""
    key = "".join(f", CAST(s.{quoted(name)} AS VARCHAR)" for name in link.key)
    rows = con.execute(f"""
        SELECT s.record, s.rows, coalesce(a.title, s.source), coalesce(b.title, s.target){key}
        FROM stated s {_ELSEWHERE.format(side=side)} LEFT JOIN ({titles()}) a ON a.id = s.source LEFT JOIN ({titles()}) b ON b.id = s.target
        WHERE s.side = {side} AND s.in_both""").fetchall()
    found = [Lone(link.name, record, f"{one} → {other}{_bracketed(cells)}", "", "", count, (), ()) for record, count, one, other, *cells in rows]
    yield from sorted(found, key=lambda x: (x.name, x.record))


def _bracketed(key: list[str | None]) -> str:
    said = " ".join(cell for cell in key if cell)
    return f" ({said})" if said else ""


def link_handover(con: duckdb.DuckDBPyConnection, link: LinkTable, side: int, giver: str, taker: str, waiting: frozenset[str]) -> Handover | None:
    """The links that one source states and the other does not, to send to it. (`stated` must be there.)

    Also those of which an end is new to the taker: the row goes along with it. A link without a key is not sent where the taker states one with a
    key between the same two: it would say less. Nor are links to what is `waiting` for a review, and not sent itself.
    """
    own = "".join(f", s.{quoted(p.name)}" for p in link.properties)
    rows = con.execute(f"""
        SELECT s.record, s.source, s.target{own} FROM stated s {_ELSEWHERE.format(side=side)}
        WHERE s.side = {side} AND NOT (s.bare AND s.pair IN (SELECT pair FROM stated WHERE side <> {side})) ORDER BY s.record, s.link""").fetchall()
    if not rows:
        return None
    ends = [_Ends(con, p.refers, giver, taker) for p in (link.source, link.target)]
    made = []
    for record, *entities_and_cells in rows:
        if not waiting.isdisjoint(entities_and_cells[:2]):
            continue
        called = {p.name: end.text(entity) for p, end, entity in zip((link.source, link.target), ends, entities_and_cells, strict=False)}
        if all(called.values()):
            cells = {p.name: cell for p, cell in zip(link.properties, entities_and_cells[2:], strict=True)}
            made.append(Row(NEW, record, {**called, **cells}, frozenset(called)))
    return written(con, link, made, giver, taker) if made else None


class _Ends:
    """How the taker finds the things that a link joins."""

    def __init__(self, con: duckdb.DuckDBPyConnection, refers: tuple[str, ...], giver: str, taker: str) -> None:
        self._theirs = Calling(con, taker, refers)
        self._mine = own_things(con, giver, refers)
        self._taken = names_of(own_things(con, taker, refers)) + names_of(self._mine)

    def text(self, entity: str) -> str:
        """As the taker calls it; what is new to it, by the name under which it is sent, or by its code.

        Where that name could mean another thing, by the record that the row of the thing names: a link that waits is better than a wrong one.
        """
        if (theirs := self._theirs.text(entity)) is not None:
            return unmasked(theirs)
        if is_bundled(entity):
            return split_id(entity)[2]
        mine = self._mine.get(entity)
        if mine is None:
            return ""
        if NODES[mine.table].needs_id:
            return mine.id
        return unmasked(mine.title if mine.title is not None and self._taken[name_key(mine.title)] == 1 else mine.record)
