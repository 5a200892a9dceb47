"""Which records are the same thing: judgements, and the clusters that follow from them.

Derived judgements (equal valid credit codes, ORCIDs, official codes) are computed from the records at every build, so
that the graph stays a function of records and judgements. Stored judgements (a person's verdicts, and undoing) are
append-only; the latest verdict on a pair counts and goes before a derived one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import pyarrow as pa
from stdnum import isni
from stdnum.cn import uscc as credit_code

from graph.errors import UnknownId, UsageError
from graph.ids import digest
from graph.names import name_key, organisation_names_agree, person_names_agree, simplified
from graph.schema import CODE_POOLS
from graph.sql import lent, quoted, strings
from graph.workspace import Workspace, now

VERDICTS = ("same", "different", "unsure", "undone")
REVIEW, MODEL = "review", "model"
"""Who judged: a person, or the model of graph/resolution. Other methods are derived from identifiers and never stored."""
_LARGEST_GROUP = 50


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on two records (full ids, the smaller first): same, different, unsure, or undone (a verdict taken back)."""

    left: str
    right: str
    verdict: str
    score: float
    method: str
    evidence: str
    who: str = "zhulian"

    @property
    def judgement_id(self) -> str:
        return digest(self.left, self.right, self.method)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A record with the identifier it claims, and its names."""

    record: str
    names: tuple[str, ...]


def valid_credit_code(text: str) -> str | None:
    """The code in its compact form where its check digit is right and it is not all zeros (GB 32100-2015)."""
    compact = simplified(text).replace(" ", "").replace("-", "").upper()
    if not compact.strip("0") or not credit_code.is_valid(compact):
        return None
    return compact


def valid_orcid(text: str) -> str | None:
    """The ORCID as sixteen characters where its check digit is right: an ISNI in form (ISO 7064 mod 11-2)."""
    compact = simplified(text).strip().rsplit("/", 1)[-1]
    return str(isni.compact(compact)) if isni.is_valid(compact) else None


def _judge_group(method: str, value: str, claims: list[_Claim], agree: Callable[[str, str], bool]) -> Iterable[Judgement]:
    """All pairs of a group as `same`, or none where any two names contradict: then the identifier is bad or shared."""
    claims = sorted(claims, key=lambda c: c.record)
    if not 1 < len(claims) <= _LARGEST_GROUP:
        return
    if not all(_can_be_one(x, y, agree) for x, y in combinations(claims, 2)):
        return
    evidence = json.dumps({method: value}, ensure_ascii=False)
    for x, y in combinations(claims, 2):
        yield Judgement(x.record, y.record, "same", 1.0, method, evidence)


def _can_be_one(left: _Claim, right: _Claim, agree: Callable[[str, str], bool]) -> bool:
    """Whether some spelling of one agrees with some spelling of the other. Where both have Chinese ones, those alone can tell."""
    chinese = [[n for n in claim.names if not n.isascii()] for claim in (left, right)]
    ours, theirs = chinese if all(chinese) else (list(left.names), list(right.names))
    return any(agree(a, b) for a in ours for b in theirs)


def _claims(workspace: Workspace, tables: Iterable[str], column: str, names: Iterable[str]) -> Iterable[tuple[str, _Claim]]:
    for table in tables:
        has = {row[0] for row in workspace.connection.execute(f"DESCRIBE records.{quoted(table)}").fetchall()}
        listed = [n for n in names if n in has]
        lists = [f"CASE WHEN {quoted(n)} IS NULL THEN [] ELSE " + (quoted(n) if n in ("aliases", "former_names") else f"[{quoted(n)}]") + " END"
                 for n in listed]
        query = (f"SELECT source || '/{table}/' || id, {quoted(column)}, list_concat({', '.join(lists)}) "
                 f"FROM records.{quoted(table)} WHERE {quoted(column)} IS NOT NULL")
        for record, value, spellings in workspace.connection.execute(query).fetchall():
            yield value, _Claim(record, tuple(spellings))


def _by_identifier(workspace: Workspace, method: str, tables: Iterable[str], column: str, names: Iterable[str],
                   valid: Callable[[str], str | None], agree: Callable[[str, str], bool]) -> Iterable[Judgement]:
    groups: dict[str, list[_Claim]] = defaultdict(list)
    for value, claim in _claims(workspace, tables, column, names):
        if (code := valid(value)) is not None:
            groups[code].append(claim)
    for code in sorted(groups):
        yield from _judge_group(method, code, groups[code], agree)


def region_code(text: str) -> str:
    """A region's code without trailing zeros: 500000 and 5000 are 50 (GB/T 2260)."""
    code = simplified(text).strip()
    while len(code) in (4, 6) and code.isdigit() and code.endswith("00"):
        code = code[:-2]
    return code


def _same_key(left: str, right: str) -> bool:
    return name_key(left) == name_key(right)


def derived_judgements(workspace: Workspace) -> list[Judgement]:
    """Every join that the identifiers on the records support. Deterministic, whatever the order of loading."""
    organisations = ("organisations", "institutions", "enterprises", "societies", "associations")
    found = [
        *_by_identifier(workspace, "uscc", organisations, "uscc", ("name", "aliases", "former_names", "short_name"),
                        valid_credit_code, organisation_names_agree),
        *_by_identifier(workspace, "orcid", ("scientists",), "orcid", ("name", "name_en", "aliases"), valid_orcid, person_names_agree),
    ]
    for table in CODE_POOLS:
        names = ("name",) if table == "region_groups" else ("name", "aliases")
        found += _by_identifier(workspace, "code", (table,), "id", names, region_code if table == "regions" else str.strip, _same_key)
    return found


def _history(workspace: Workspace) -> tuple[dict[tuple[str, str], Judgement], dict[tuple[str, str], Judgement]]:
    """On each pair: a person's latest verdict that was not undone, and the model's latest word."""
    rows = workspace.connection.execute(
        "SELECT left_record, right_record, verdict, score, method, evidence, who FROM judgements ORDER BY rowid").fetchall()
    people: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
    model: dict[tuple[str, str], Judgement] = {}
    for row in rows:
        made = Judgement(*row)
        pair = made.left, made.right
        if made.method == MODEL:
            model[pair] = made
        elif made.verdict != "undone":
            people[pair].append(made)
        elif people[pair]:
            people[pair].pop()
    return {pair: past[-1] for pair, past in people.items() if past}, {pair: j for pair, j in model.items() if j.verdict != "undone"}


def reviewed_pairs(workspace: Workspace) -> dict[tuple[str, str], Judgement]:
    """The pairs on which a person's verdict is in force."""
    return _history(workspace)[0]


def stored_judgements(workspace: Workspace) -> dict[tuple[str, str], Judgement]:
    """The stored verdict that counts on each pair: a person's, else the model's. A person's `unsure` keeps what the model said for it."""
    people, model = _history(workspace)
    counting = {**model, **people}
    for pair, verdict in people.items():
        if verdict.verdict == "unsure" and pair in model:
            counting[pair] = replace(model[pair], verdict="unsure")
    return counting


def append(workspace: Workspace, judgements: Sequence[Judgement]) -> None:
    """Append judgements to the history, in one statement."""
    made = strings(
        judgement_id=[j.judgement_id for j in judgements], left_record=[j.left for j in judgements], right_record=[j.right for j in judgements],
        verdict=[j.verdict for j in judgements], method=[j.method for j in judgements], evidence=[j.evidence for j in judgements],
        who=[j.who for j in judgements])
    made = made.append_column("score", pa.array([j.score for j in judgements], pa.float64()))
    made = made.append_column("judged_at", pa.array([now()] * len(judgements), pa.timestamp("us")))
    with lent(workspace.connection, "made", made):
        workspace.connection.execute("INSERT INTO judgements BY NAME SELECT * FROM made")


def judge(workspace: Workspace, left: str, right: str, verdict: str, *, who: str, evidence: str = "", score: float = 1.0) -> Judgement:
    """Append a person's verdict on two records. It counts from the next build on.

    Raises:
        UsageError: the verdict is none of VERDICTS, or the two are one record.
    """
    if verdict not in VERDICTS:
        raise UsageError(f"a verdict is one of {', '.join(VERDICTS)}, not {verdict!r}")
    if left == right:
        raise UsageError(f"{left}: a record cannot be judged against itself")
    first, second = sorted((left, right))
    made = Judgement(first, second, verdict, score, REVIEW, evidence, who)
    append(workspace, [made])
    return made


def undo(workspace: Workspace, judgement_id: str, *, who: str) -> Judgement:
    """Take a judgement back by a new one: a stored verdict gives way to what counted before it, a derived join to `different`.

    Raises:
        UnknownId: no judgement of that id counts now.
    """
    unsure = [j for j in reviewed_pairs(workspace).values() if j.verdict == "unsure"]
    found = next((j for j in (*current_judgements(workspace), *unsure) if j.judgement_id == judgement_id), None)
    if found is None:
        raise UnknownId(f"there is no judgement {judgement_id!r} in force")
    verdict = "undone" if found.method == REVIEW else "different"
    return judge(workspace, found.left, found.right, verdict, who=who, evidence=f"undoes {judgement_id}")


def current_judgements(workspace: Workspace) -> list[Judgement]:
    """What counts now: people's verdicts, the derived joins on pairs that nobody judged, and what the model merged beside them."""
    reviewed = reviewed_pairs(workspace)
    derived = [j for j in derived_judgements(workspace) if (j.left, j.right) not in reviewed]
    known = {(j.left, j.right) for j in derived}
    return [*(j for pair, j in stored_judgements(workspace).items() if j.verdict in ("same", "different") and pair not in known), *derived]


def open_reviews(workspace: Workspace) -> list[Judgement]:
    """The doubtful pairs that wait for a person, of records that are there and not one already."""
    members = dict(workspace.connection.execute("SELECT record, entity FROM graph.members").fetchall())
    return [j for j in stored_judgements(workspace).values()
            if j.verdict == "unsure" and j.left in members and j.right in members and members[j.left] != members[j.right]]


def clusters(judgements: Iterable[Judgement], records: Iterable[str] | None = None) -> list[tuple[str, ...]]:
    """Records joined by `same`, best score first, never across a `different`; sorted members, clusters of two and more.

    Args:
        records: where given, judgements on records that are not among them do not count.
    """
    known = None if records is None else set(records)
    usable = [j for j in judgements if known is None or (j.left in known and j.right in known)]
    members: dict[str, set[str]] = {}
    apart: dict[str, set[str]] = defaultdict(set)
    for j in usable:
        if j.verdict == "different":
            apart[j.left].add(j.right)
            apart[j.right].add(j.left)
    for j in sorted((j for j in usable if j.verdict == "same"), key=lambda j: (-j.score, j.left, j.right)):
        left, right = members.get(j.left, {j.left}), members.get(j.right, {j.right})
        if left is right or any(apart[record] & right for record in left):
            continue
        joined = left | right
        members.update(dict.fromkeys(joined, joined))
    return sorted({tuple(sorted(m)) for m in members.values()})
