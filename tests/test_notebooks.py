"""The notebooks run from top to bottom on the sample, as they stand."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.worlds import load_folder

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load_folder(tmp_path_factory.mktemp("notebooks"), ROOT / "data" / "sample")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("default")
def test_a_notebook_runs(path: Path, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHULIAN_WORKSPACE", str(loaded))
    monkeypatch.setenv("ZHULIAN_SAMPLE", str(ROOT / "data" / "sample"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "commit notebooks without outputs"
    done = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(loaded.parent)}}).execute()
    results = [cell for cell in done.cells if cell.cell_type == "code" and cell.outputs]
    assert len(results) >= 3


def test_there_are_three() -> None:
    assert [p.stem for p in NOTEBOOKS] == ["01_build", "02_match", "03_chains"]
