"""template: an empty workbook to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhulian.commands.common import console


def template(
    tables: Annotated[list[str], typer.Argument(metavar="TABLE…", help="The tables: scientists, 企业 …")],
    out: Annotated[Path, typer.Option("--out", help="The workbook to write (.xlsx).")],
) -> None:
    """An empty workbook, a sheet a table: headers, required columns, drop-downs, and how to fill it in."""
    from loaders.template import write_template  # the headers of all tables are many, and few commands need them

    written = write_template(tables, out)
    console().print(f"{', '.join(written)} → {out}; fill it in and load it: zhulian load {out}", markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    app.command()(template)
