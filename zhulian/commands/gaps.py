"""gaps: where the industry chain is broken or weak."""

from __future__ import annotations

from typing import Annotated

import typer

from queries.gaps import find_gaps
from queries.regions import RegionTree
from zhulian.commands.common import DEFAULT_WORKSPACE, OutOption, StoreOption, WorkspaceOption, deliver, notes, progress
from zhulian.output import check_target
from zhulian.places import open_snapshot

_ROWS, _ROWS_OF_MANY = 50, 10
"""Rows a region; on the terminal, where nobody named a region and there are many."""


def gaps(
    region: Annotated[list[str] | None, typer.Option("--region", help="Codes, names or region groups: 50, 重庆市, CHUANYU.")] = None,
    chain: Annotated[list[str] | None, typer.Option("--chain", help="Chains by name or id: only what belongs to them.")] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="missing 补链, weak 强链, extension 延链.")] = None,
    top: Annotated[int | None, typer.Option(help="Rows a region; 0 gives every candidate. Without it 50; 10 where all regions are printed.")] = None,
    out: OutOption = None,
    store: StoreOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Where the industry chain is broken or weak, and what lies within reach."""
    check_target(out)
    snapshot = open_snapshot(workspace, store)
    with progress("regions") as tell:
        result = find_gaps(snapshot, regions=region or (), chains=chain or (), kinds=kind or (), top=_ROWS if top is None else top,
                           progress=lambda done, _: tell(done))
    frame = result.frame()
    cut = 0
    if out is None:
        if top is None and not region:
            frame = frame.groupby("region", sort=False).head(_ROWS_OF_MANY)
            cut = len(result.gaps) - len(frame)
        regions = RegionTree(snapshot)
        called = {code: f"{code} {regions.scope(code).name}" for code in frame["region"].unique()}
        frame = frame.drop(columns=["product_id", "path"]).replace({"region": called})
    deliver(frame, out, "gaps", once=("region", "kind", "status"))
    if cut:
        notes().print(f"the first {_ROWS_OF_MANY} of each region; {cut} more: --region or --top shows them, --out FILE writes them", markup=False)
    for note in result.notes:
        notes().print(note, markup=False)


def register(app: typer.Typer) -> None:
    app.command()(gaps)
