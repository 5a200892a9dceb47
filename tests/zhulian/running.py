"""Runs a command line as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


def run(folder: Path, *arguments: str, **environment: str) -> Ran:
    """`zhulian …` in a folder, with its own environment variables beside ours; the workspace is the folder's."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("ZHULIAN_WORKSPACE", "NEO4J_"))}
    done = subprocess.run([sys.executable, "-m", "zhulian", *arguments], cwd=folder, env={**ours, "COLUMNS": "200", **environment},
                          capture_output=True, text=True, encoding="utf-8", check=False, timeout=300)
    return Ran(done.returncode, done.stdout, done.stderr)


def failed(ran: Ran, status: int, *words: str) -> None:
    """Assert that a command failed as the contract says: its exit status, and one line that holds the words."""
    assert ran.status == status, ran.out
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1
    for word in words:
        assert word in ran.err
