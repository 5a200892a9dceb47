"""A load or a resolution killed at any moment leaves the workspace as before or as after."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from graph.resolution.run import resolve, scored_pairs
from graph.workspace import Workspace
from loaders.load import load
from tests.graph.resolution.worlds import write_lists
from tests.loaders.making import new_workspace

MOMENTS = 50
"""Of each of the two; a hundred in all."""

State = str


def state(path: Path) -> State:
    """All that a workspace holds, as digests: records, judgements, graph."""
    with Workspace(path) as workspace:
        con = workspace.connection
        loads = con.execute("SELECT source, tbl, digest FROM loads ORDER BY ALL").fetchall()
        query = "SELECT source, count(*), md5(string_agg(raw, ' ' ORDER BY raw)) FROM records.scientists GROUP BY ALL ORDER BY ALL"
        records = con.execute(query).fetchall()
        judgements = con.execute("SELECT left_record, right_record, verdict FROM judgements ORDER BY ALL").fetchall()
        members = con.execute("SELECT md5(string_agg(record || entity, ' ' ORDER BY record)) FROM graph.members").fetchall()
        return repr((loads, records, judgements, members, workspace.meta("revision")))


def load_again(path: str, source: str) -> None:
    with Workspace(path) as workspace:
        load(workspace, [Path(source)])


def resolve_again(path: str, source: str) -> None:
    with Workspace(path) as workspace:
        resolve(workspace)


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    """Processes that start with the program already imported."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["tests.graph.test_kill"])
    return made


def ends(context: ForkServerContext, work: str, before: Path, folder: Path, source: Path) -> Counter[State]:
    """Kill the work at random moments; the states in which it left copies of the workspace."""
    target = {"load": load_again, "resolve": resolve_again}[work]
    rng = random.Random(work)
    found: Counter[State] = Counter()
    duration = 0.0
    for moment in range(-1, MOMENTS + 1):
        trial = folder / f"trial-{moment}"
        trial.mkdir()
        shutil.copy(before, trial / before.name)
        if (cache := before.with_name(before.name + ".cache")).exists():
            shutil.copytree(cache, trial / cache.name)
        process = context.Process(target=target, args=(str(trial / before.name), str(source)))
        started = time.monotonic()
        process.start()
        if moment < 1:  # to the end: once for the imports, once to know how long it takes
            process.join(120)
            duration = time.monotonic() - started
            assert process.exitcode == 0
        else:
            process.join(rng.uniform(0, duration))
            process.kill()
            process.join()
        found[state(trial / before.name)] += 1
        shutil.rmtree(trial)
    return found


def test_a_killed_load(context: ForkServerContext, tmp_path: Path) -> None:
    sources = write_lists(tmp_path)
    with new_workspace(tmp_path) as workspace:
        load(workspace, sources[:2])
    before = state(workspace.path)
    found = ends(context, "load", workspace.path, tmp_path, sources[2])
    with Workspace(workspace.path) as workspace:
        load(workspace, sources[2:])
    assert set(found) <= {before, state(workspace.path)}
    assert len(found) == 2, "no kill came before the end"


def test_a_killed_resolution(context: ForkServerContext, tmp_path: Path) -> None:
    sources = write_lists(tmp_path)
    with new_workspace(tmp_path) as workspace:
        load(workspace, sources)
        scored_pairs(workspace)  # cached: what is killed is what writes
    before = state(workspace.path)
    found = ends(context, "resolve", workspace.path, tmp_path, sources[0])
    with Workspace(workspace.path) as workspace:
        resolve(workspace)
    assert set(found) <= {before, state(workspace.path)}
    assert len(found) == 2, "no kill came before the end"
