"""Resolving a workspace: scored pairs → judgements, and the clusters that follow at any threshold.

What is certain enough is merged by a `same` of the model; what is doubtful becomes `unsure`, one pair for two clusters, for a person to decide.
Only what changed since the last run is appended to the judgements.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.parquet as pq

from graph.build import build
from graph.errors import WorkspaceError
from graph.ids import digest
from graph.learned_names import keep_names
from graph.resolution.clustering import Pair, cluster
from graph.resolution.engine import Model, evidence
from graph.resolution.resolver import MODELS, Scored, Scoring, records_digest, score_pairs
from graph.resolve import MODEL, REVIEW, Judgement, append, clusters, derived_judgements, open_reviews, reviewed_pairs, stored_judgements
from graph.sql import strings
from graph.workspace import Workspace

AUTOMATIC = 0.97
"""From this probability on, and without a conflict, records are merged without a person's look."""
DOUBTFUL = 0.2
"""Below this nobody is asked."""
RECOMMENDED = 0.5
"""The threshold at which most pairs are right on data like the benchmarks': for an analysis that cannot wait for the review."""
_VERSION = "10"
"""Raise it when scoring changes: it is part of the name of the cached pairs."""

_NAMES = "names"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ResolveReport:
    """What a run did: candidate pairs, records merged in how many clusters, open reviews, judgements appended, and the graph's revision."""

    pairs: int
    merged_records: int
    clusters: int
    open_reviews: int
    appended: int
    revision: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A record, the entity it belongs to at a threshold, and how probable that is."""

    record: str
    entity: str
    probability: float


def resolve(workspace: Workspace, progress: Progress = lambda step: None) -> ResolveReport:
    """Score all records, append what the model judges anew, and build the graph. One transaction."""
    scoring = scored_pairs(workspace, progress)
    progress("judging")
    with workspace.transaction():
        judged = [j for s in scoring.pools for j in _judgements(workspace, s)]
        appended = _append_changes(workspace, judged)
        named = keep_names(workspace.connection, scoring.names)
        if appended or named:
            progress("building the graph")
            build(workspace)
        merged = merged_clusters(workspace)
        report = ResolveReport(sum(s.pairs.num_rows for s in scoring.pools), sum(map(len, merged)), len(merged), len(open_reviews(workspace)),
                               appended, workspace.meta("revision") or "")
        workspace.log_run("resolve", {}, f"{report.merged_records} records in {report.clusters} clusters, {report.open_reviews} open reviews")
    return report


def scored_pairs(workspace: Workspace, progress: Progress = lambda step: None) -> Scoring:
    """The scored pairs of the records as they are; from the cache where the records did not change.

    Raises:
        WorkspaceError: nothing is loaded yet.
    """
    if workspace.meta("revision") is None:
        raise WorkspaceError(f"{workspace.path}: nothing is loaded yet (zhulian load PATH)")
    name = digest("pairs", _VERSION, records_digest(workspace.connection))
    paths = {part: workspace.cache_folder / f"pairs-{name}-{part}.parquet" for part in (*MODELS, _NAMES)}
    if all(p.exists() for p in paths.values()):
        names = pq.read_table(paths[_NAMES])
        return Scoring([Scored(pool, MODELS[pool], pq.read_table(paths[pool])) for pool in MODELS],
                       dict(zip(names["name"].to_pylist(), names["organisation"].to_pylist(), strict=True)))
    scoring = score_pairs(workspace.connection, progress)
    if not os.access(workspace.path.parent, os.W_OK):
        return scoring
    workspace.cache_folder.mkdir(exist_ok=True)
    for old in workspace.cache_folder.glob("pairs-*.parquet"):
        old.unlink(missing_ok=True)
    tables = {s.pool: s.pairs for s in scoring.pools}
    tables[_NAMES] = strings(name=list(scoring.names), organisation=list(scoring.names.values()))
    for part, path in paths.items():
        partial = path.with_suffix(f".{os.getpid()}.partial")
        pq.write_table(tables[part], partial)
        partial.replace(path)
    return scoring


def clusters_at(workspace: Workspace, probability: float, progress: Progress = lambda step: None) -> list[Membership]:
    """The clusters that a threshold would give, people's verdicts and shared identifiers respected; nothing is changed."""
    made: list[Membership] = []
    for s in scored_pairs(workspace, progress).pools:
        pairs = _pairs(workspace, s)
        joined = _joined(workspace, s.pool)
        made += _memberships(workspace, s.pool, cluster(pairs, probability, joined), pairs, joined)
    return made


def merged(workspace: Workspace, progress: Progress = lambda step: None) -> list[Membership]:
    """What is one entity in the graph."""
    made: list[Membership] = []
    groups = merged_clusters(workspace)
    for s in scored_pairs(workspace, progress).pools:
        pool = set(_ranked(workspace, s.pool))
        made += _memberships(workspace, s.pool, [g for g in groups if g[0] in pool], _pairs(workspace, s), _joined(workspace, s.pool))
    return made


def merged_clusters(workspace: Workspace) -> list[tuple[str, ...]]:
    """The entities of several records, in the pools that the model resolves."""
    query = ("SELECT list(record ORDER BY record) FROM graph.members WHERE pool IN (SELECT unnest(?)) "
             "GROUP BY entity HAVING count(*) > 1 ORDER BY min(record)")
    return [tuple(members) for (members,) in workspace.connection.execute(query, [list(MODELS)]).fetchall()]


def _pairs(workspace: Workspace, scored: Scored) -> list[Pair]:
    """The pairs of a pool with people's verdicts on them: what was judged different is a conflict."""
    apart = _told_apart(workspace)
    columns = [scored.pairs.column(name).to_pylist() for name in ("left", "right", "weight", "conflict")]
    pairs = [Pair(left, right, weight, bool(conflict) or (left, right) in apart) for left, right, weight, conflict in zip(*columns, strict=True)]
    seen = {(p.left, p.right) for p in pairs}
    known = set(_ranked(workspace, scored.pool))
    return [*pairs, *(Pair(left, right, 0.0, True) for left, right in sorted(apart - seen) if left in known and right in known)]


def _told_apart(workspace: Workspace) -> set[tuple[str, str]]:
    """The pairs that a person judged different."""
    return {pair for pair, j in stored_judgements(workspace).items() if j.method == REVIEW and j.verdict == "different"}


def _joined(workspace: Workspace, pool: str) -> list[tuple[str, ...]]:
    """Records that are one for certain: by a person's verdict, or by a valid identifier that they share."""
    stored = stored_judgements(workspace)
    certain = [j for j in stored.values() if j.method == REVIEW and j.verdict in ("same", "different")]
    judged = {(j.left, j.right) for j in certain}
    certain += [j for j in derived_judgements(workspace) if (j.left, j.right) not in judged]
    return clusters(certain, _ranked(workspace, pool))


def _ranked(workspace: Workspace, pool: str) -> dict[str, int]:
    """Every record of a pool with its place in the order of trust."""
    return dict(workspace.connection.execute("SELECT record, ord FROM graph.members WHERE pool = ?", [pool]).fetchall())


def _memberships(workspace: Workspace, pool: str, groups: Iterable[Sequence[str]], pairs: Iterable[Pair],
                 joined: Iterable[Sequence[str]]) -> list[Membership]:
    """Each record of a pool with its entity. The probability of a record in a cluster is that of its best pair there; of one alone, that
    none of its pairs holds; of one that a person or an identifier joined, 1."""
    order = _ranked(workspace, pool)
    entity = {record: min(group, key=order.__getitem__) for group in groups for record in group}
    inside: dict[str, float] = defaultdict(float)
    outside: dict[str, float] = defaultdict(float)
    for pair in pairs:
        probability = 0.0 if pair.conflict else 1 / (1 + 2.0 ** -max(-50.0, min(50.0, pair.weight)))
        together = entity.get(pair.left, pair.left) == entity.get(pair.right, pair.right)
        for record in (pair.left, pair.right):
            kept = inside if together else outside
            kept[record] = max(kept[record], probability)
    inside.update((record, 1.0) for group in joined for record in group)
    return [Membership(r, entity.get(r, r), round((inside[r] or 1.0) if r in entity else 1 - outside[r], 4))
            for r in sorted(order, key=order.__getitem__)]


def _judgements(workspace: Workspace, scored: Scored) -> list[Judgement]:
    """What the model says now: `same` inside the automatic clusters, `unsure` on the best pair between two of them."""
    pairs = _pairs(workspace, scored)
    joined = _joined(workspace, scored.pool)
    asking = {(row.left, row.right) for row in _rows(scored.pairs, DOUBTFUL) if row.asks}
    groups = cluster([replace(p, weight=min(p.weight, 0.0)) if (p.left, p.right) in asking else p for p in pairs], AUTOMATIC, joined)
    owner = {record: group[0] for group in groups for record in group}
    certain = {record: group[0] for group in joined for record in group}
    made: list[Judgement] = []
    doubtful: dict[tuple[str, str], Judgement] = {}
    decided = {_ordered(owner.get(left, left), owner.get(right, right)) for left, right in _told_apart(workspace)}
    for row in _rows(scored.pairs, DOUBTFUL):
        left, right = owner.get(row.left, row.left), owner.get(row.right, row.right)
        if left == right:
            known = certain.get(row.left)
            if row.probability >= AUTOMATIC and not row.conflict and not row.asks and (known is None or known != certain.get(row.right)):
                made.append(row.judgement(scored, "same"))
            continue
        between = _ordered(left, right)
        if row.contradicted(scored.model) or between in decided:
            continue
        if between not in doubtful or doubtful[between].score < row.probability:
            doubtful[between] = row.judgement(scored, "unsure")
    return [*made, *doubtful.values()]


def _ordered(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


@dataclass(frozen=True, slots=True)
class _Row:
    left: str
    right: str
    probability: float
    conflict: str
    asks: bool
    levels: tuple[int, ...]

    def contradicted(self, model: Model) -> bool:
        """Whether what decides (the name) speaks against: nobody need be asked."""
        return any(c.decisive and level == 0 for c, level in zip(model.comparisons, self.levels, strict=True))

    def judgement(self, scored: Scored, verdict: str) -> Judgement:
        said: dict[str, object] = {"evidence": evidence(scored.model, self.levels)}
        if self.conflict:
            said["conflict"] = self.conflict
        return Judgement(self.left, self.right, verdict, round(self.probability, 4), MODEL, json.dumps(said, ensure_ascii=False))


def _rows(pairs: pa.Table, least: float) -> Iterable[_Row]:
    names = [n for n in pairs.column_names if n.startswith("gamma_")]
    kept = pairs.filter(pa.compute.greater_equal(pairs["probability"], least)) if pairs.num_rows else pairs
    columns = [kept.column(n).to_pylist() for n in ("left", "right", "probability", "conflict", "asks", *names)]
    for left, right, probability, conflict, asks, *levels in zip(*columns, strict=True):
        yield _Row(left, right, probability, conflict, asks, tuple(levels))


def _append_changes(workspace: Workspace, judged: Sequence[Judgement]) -> int:
    """Append what differs from the model's latest word on each pair; what it no longer says is undone. Returns how many."""
    before = _model_says(workspace)
    now = {(j.left, j.right): j for j in judged}
    changed = [j for pair, j in now.items() if (old := before.get(pair)) is None or (old.verdict, old.evidence) != (j.verdict, j.evidence)]
    # Where a person spoke, the model's word stays below it: undoing the verdict brings it back.
    reviewed = reviewed_pairs(workspace)
    gone = [Judgement(j.left, j.right, "undone", j.score, MODEL, j.evidence) for pair, j in before.items()
            if pair not in now and pair not in reviewed]
    append(workspace, [*changed, *gone])
    return len(changed) + len(gone)


def _model_says(workspace: Workspace) -> Mapping[tuple[str, str], Judgement]:
    """The model's latest word on each pair, without what is undone."""
    rows = workspace.connection.execute(
        "SELECT left_record, right_record, verdict, score, method, evidence, who FROM judgements WHERE method = ? ORDER BY rowid", [MODEL]).fetchall()
    latest = {(row[0], row[1]): Judgement(*row) for row in rows}
    return {pair: j for pair, j in latest.items() if j.verdict != "undone"}
