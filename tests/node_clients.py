"""The stock clients of tests/clients, installed by themselves where their lock has changed."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from scripts.node import NodeFailed, install, node_environment, run

CLIENTS = Path(__file__).parent / "clients"


def needs_clients() -> dict[str, str]:
    """The environment that runs them. Skips where npm cannot be reached; fails under CI=true."""
    try:
        environment = node_environment()
        install(CLIENTS, environment)
    except NodeFailed as failure:
        said = f"the stock clients are not here, and so are untested: {failure}"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    return environment


def told(script: str, *arguments: str, timeout_s: float) -> list[dict[str, Any]]:
    """Run one of the scripts to its end; the JSON lines it wrote. Raises NodeFailed."""
    out = run(["node", script, *arguments], CLIENTS, needs_clients(), timeout_s)
    return [json.loads(line) for line in out.splitlines()]
