"""What the tests share: the real server, the shared data, workspaces."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.neo4j_server.server import Neo4jAddress, Neo4jServer, provision

CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jAddress]:
    """A Neo4j server that the tests may fill and empty: NEO4J_URI if set, else one of our own for the session."""
    uri = os.environ.get("NEO4J_URI")
    if uri:
        yield Neo4jAddress(uri, os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ["NEO4J_PASSWORD"])
        return
    with Neo4jServer(provision()) as server:
        yield server.address


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data and benchmarks, in ../shared/data or under ZHULIAN_SHARED. In CI they must be there."""
    folder = Path(os.environ.get("ZHULIAN_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}: set ZHULIAN_SHARED")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        yield started
        started.close()
