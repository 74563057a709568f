"""GraphQL over HTTP to the letter: npm `graphql-http`'s audits against `obole serve`."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node_clients import told
from tests.obole_server import OboleServer

AUDITS = 61
"""As many as graphql-http 1.23.1 has: fewer would mean that some were not run."""
TIMEOUT_S = 120.0


@pytest.fixture
def server(sqlite_template: Path, tmp_path: Path) -> Iterator[OboleServer]:
    """The real schema in a real process, over an empty database."""
    path = tmp_path / "obole.db"
    shutil.copy(sqlite_template, path)
    served = OboleServer(f"sqlite://{path}", tmp_path / "log")
    served.start()
    yield served
    served.stop()


def test_every_audit_passes(server: OboleServer) -> None:
    results = told("audits.mjs", server.url, timeout_s=TIMEOUT_S)
    assert [result for result in results if result["status"] != "ok"] == []
    assert Counter(result["status"] for result in results) == {"ok": AUDITS}
    assert server.complaints() == []
