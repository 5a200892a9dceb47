"""The house itself: which way dependencies point, where the packages come from, and that the documents are in step."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from graph.schema import TABLES
from graph.schema.dictionary import data_dictionary
from zhulian.cli import app

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("graph", "loaders", "queries", "views", "zhulian")
MAY_IMPORT = {
    "graph": {"graph"}, "loaders": {"graph", "loaders"}, "queries": {"graph", "queries"}, "views": {"graph", "queries", "views"},
    "zhulian": set(PACKAGES),
}


def imported(path: Path) -> set[str]:
    """The packages of this house that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found |= {name.split(".")[0] for name in names} & {*PACKAGES, "tests", "data", "benchmarks"}
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_dependencies_point_one_way(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    strays = {str(f.relative_to(ROOT)): sorted(imported(f) - MAY_IMPORT[package]) for f in files if imported(f) - MAY_IMPORT[package]}
    assert strays == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_come_from_here_wherever_one_stands(package: str, tmp_path: Path) -> None:
    code = f"import {package}; print({package}.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == ROOT / package / "__init__.py"


def test_the_data_dictionary_is_in_step_with_the_schema() -> None:
    """`make docs` writes it."""
    text = (ROOT / "docs" / "DATA.md").read_text(encoding="utf-8")
    assert text == data_dictionary()
    for table in TABLES.values():
        assert f"### {table.name} {table.label}\n" in text


def test_every_command_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [c.name or c.callback.__name__ for c in app.registered_commands if c.callback is not None]
    assert len(commands) >= 9
    assert [c for c in commands if f"`zhulian {c}" not in readme] == []


def test_the_locks_name_no_place() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
        assert len(lines) > 20
        assert [line for line in lines if "://" in line or line.startswith(("--index", "--find", "-i ", "-f "))] == []
