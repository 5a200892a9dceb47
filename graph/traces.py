"""What the workspace's own books hold of a person beside the records: history, judgements, runs, audit; and where prose still has the name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from graph.forgotten import PEOPLE, Person, token_of
from graph.ids import split_id
from graph.schema import LINKS, TABLES
from graph.screening import PEOPLE_LINKS, people_columns
from graph.sql import lent, quoted, strings
from graph.workspace import Workspace

_SHORTEST_NAME = 2


def former_records(workspace: Workspace, person: Person) -> None:
    """Take in what the history knows of the person: earlier ids (an id that is derived from name and institution changes with them), and the
    names of somebody who left."""
    con = workspace.connection
    with lent(con, "own", _records(person.records)):
        gone = con.execute("SELECT DISTINCT coalesce(c.before, c.after) FROM changes c JOIN own USING (source, tbl, id) "
                           "WHERE c.property = 'name' AND c.change <> 'changed'").fetchall()
        renamed = con.execute("SELECT DISTINCT unnest([c.before, c.after]) FROM changes c JOIN own USING (source, tbl, id) "
                              "WHERE c.property = 'name' AND c.change = 'changed'").fetchall()
    person.names |= {name for name, in (*gone, *renamed) if name}
    with lent(con, "names", strings(name=sorted(person.names))), lent(con, "own", _records(person.records)):
        earlier = con.execute(f"""
            SELECT DISTINCT c.source || '/{PEOPLE}/' || c.id FROM changes c
            WHERE c.tbl = '{PEOPLE}' AND c.change <> 'changed' AND coalesce(c.before, c.after) IN (SELECT name FROM names)
            AND c.source IN (SELECT source FROM own) AND NOT EXISTS (SELECT 1 FROM records.{PEOPLE} r WHERE r.source = c.source AND r.id = c.id)
            """).fetchall()
    person.records |= {record for record, in earlier}


def sweep(workspace: Workspace, person: Person, touched: dict[tuple[str, str], set[str]], *, whole: bool) -> None:
    """Take a person out of the books.

    Args:
        person: with the ids of all records that went.
        touched: the ids of other rows that went or were changed, by source and table.
        whole: the person is forgotten, not one record alone: then whatever holds a name, a number or an id of theirs goes too.
    """
    con = workspace.connection
    words = _words(person) if whole else sorted(person.records)
    with lent(con, "own", _records(person.records)), lent(con, "words", strings(word=words)):
        _sweep_history(workspace, touched)
        named = "EXISTS (SELECT 1 FROM words WHERE contains({}, word))"
        con.execute(f"UPDATE changes SET before = NULL, after = NULL WHERE {named.format('before')} OR {named.format('after')}")
        con.execute("DELETE FROM judgements WHERE left_record IN (SELECT source || '/' || tbl || '/' || id FROM own) "
                    "OR right_record IN (SELECT source || '/' || tbl || '/' || id FROM own)")
        con.execute(f"UPDATE judgements SET evidence = '{{}}' WHERE {named.format('evidence')}")
        con.execute(f"UPDATE runs SET parameters = '{{}}', summary = '' WHERE {named.format('parameters')} OR {named.format('summary')}")
        con.execute("UPDATE loads SET digest = NULL WHERE source IN (SELECT source FROM own)")
    con.executemany("UPDATE loads SET digest = NULL WHERE source = ?", [(source,) for source in {"", *(source for source, _ in touched)}])
    _sweep_audit(workspace, person, words)


def _records(records: Iterable[str]) -> object:
    parts = [split_id(r) for r in sorted(records)]
    return strings(source=[p[0] for p in parts], tbl=[p[1] for p in parts], id=[p[2] for p in parts])


def _words(person: Person) -> list[str]:
    """The texts that tell of a person: a name of one letter is in every text."""
    names = {n for n in person.names if len(n) >= _SHORTEST_NAME}
    return sorted(names | person.emails | person.phones | person.orcids | person.records)


def _sweep_history(workspace: Workspace, touched: dict[tuple[str, str], set[str]]) -> None:
    """The rows of the person, of the links that went, and of links to them that went before; of others, the values that name the person by id.
    (Relation `own`.)"""
    con = workspace.connection
    con.execute("DELETE FROM changes c WHERE EXISTS (SELECT 1 FROM own o WHERE o.source = c.source AND o.tbl = c.tbl AND o.id = c.id)")
    links = [(source, table, id_) for (source, table), ids in touched.items() if table in LINKS for id_ in sorted(ids)]
    pointing = " UNION ".join(
        f"SELECT c.source, c.tbl, c.id FROM changes c JOIN own o ON o.source = c.source WHERE c.tbl = '{table}' AND o.id IN ({ends})"
        for table in sorted(PEOPLE_LINKS) for ends in [", ".join(_ends(table))])
    with lent(con, "links", strings(source=[x[0] for x in links], tbl=[x[1] for x in links], id=[x[2] for x in links])):
        con.execute(f"CREATE OR REPLACE TEMP TABLE gone_links AS SELECT source, tbl, id FROM links UNION {pointing} UNION "
                    "SELECT c.source, c.tbl, c.id FROM changes c JOIN words w ON contains(c.before, w.word) OR contains(c.after, w.word) "
                    f"WHERE c.tbl IN {tuple(sorted(PEOPLE_LINKS))}")
    con.execute("DELETE FROM changes c WHERE EXISTS (SELECT 1 FROM gone_links o WHERE o.source = c.source AND o.tbl = c.tbl AND o.id = c.id)")
    con.execute("DROP TABLE gone_links")
    mentioning = ", ".join(f"'{table}.{p.name}'" for table in TABLES for p, means_people in people_columns(table) if means_people)
    con.execute(f"UPDATE changes c SET before = NULL, after = NULL WHERE c.tbl || '.' || c.property IN ({mentioning}) AND EXISTS ("
                "SELECT 1 FROM own o WHERE o.source = c.source AND (list_contains(string_split(c.before, '; '), o.id) "
                "OR list_contains(string_split(c.after, '; '), o.id)))")


def _ends(table: str) -> list[str]:
    """SQL for the ends of a link that can be a person, as the history has them: both ends of a row that came or went, or one that changed."""
    found = []
    for place, p in enumerate((LINKS[table].source, LINKS[table].target), 1):
        if PEOPLE in p.refers:
            found += [f"CASE WHEN c.property = '{p.name}' THEN c.{side} WHEN c.change <> 'changed' THEN split_part(c.{side}, ' → ', {place}) END"
                      for side in ("before", "after")]
    return found


def _sweep_audit(workspace: Workspace, person: Person, words: list[str]) -> None:
    """Ids in the audit become tokens, so that it still says who looked at whom without saying whom; words in a purpose are hidden."""
    con = workspace.connection
    tokens = {record: token_of(workspace, record) for record in person.records}
    for event, purpose, detail in con.execute("SELECT event_id, purpose, detail FROM audit").fetchall():
        said = json.loads(detail)
        if isinstance(said.get("entities"), list):
            said["entities"] = [tokens.get(id_, id_) for id_ in said["entities"]]
        plain = purpose
        for word in words:
            plain = plain.replace(word, "****")
        made = json.dumps(said, ensure_ascii=False)
        if (plain, made) != (purpose, detail):
            con.execute("UPDATE audit SET purpose = ?, detail = ? WHERE event_id = ?", [plain, made, event])


def mentions(workspace: Workspace, person: Person) -> Counter[str]:
    """How many records still hold a name or a number of the person in their cells, by `source/table`. They may mean a namesake."""
    con = workspace.connection
    found: Counter[str] = Counter()
    words = [json.dumps(word, ensure_ascii=False)[1:-1] for word in _words(person)]
    with lent(con, "words", strings(word=words)):
        for table in TABLES:
            for source, count in con.execute(f"SELECT source, count(*) FROM records.{quoted(table)} r WHERE EXISTS "
                                             "(SELECT 1 FROM words WHERE contains(r.raw, word)) GROUP BY source ORDER BY source").fetchall():
                found[f"{source}/{table}"] = count
    return found
