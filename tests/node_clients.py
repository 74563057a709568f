"""The stock clients of tests/clients, installed by themselves where their lock has changed."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scripts.node import NodeFailed, install, node_environment, run

CLIENTS = Path(__file__).parent / "clients"
END_S = 15.0

Line = dict[str, Any]


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


def told(script: str, *arguments: str, timeout_s: float) -> list[Line]:
    """Run one of the scripts to its end; the JSON lines it wrote. Raises NodeFailed."""
    out = run(["node", script, *arguments], CLIENTS, needs_clients(), timeout_s)
    return [json.loads(line) for line in out.splitlines()]


class Talker:
    """A script that runs on: what it has said so far, by client."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: list[Line] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def lines(self) -> list[Line]:
        """All that was said, in order."""
        with self._news:
            return list(self._lines)

    def wait_for(self, holds: Callable[[list[Line]], bool], *, within_s: float) -> float:
        """Wait until it holds of what was said; the seconds it took. Raises TimeoutError."""
        began = time.monotonic()
        with self._news:
            if not self._news.wait_for(lambda: holds(self._lines), within_s):
                raise TimeoutError("\n".join(json.dumps(line) for line in self._lines))
        return time.monotonic() - began

    def end(self) -> tuple[int, str]:
        """Close its standard input; its exit code, and what it wrote to standard error."""
        assert self.process.stdin is not None and self.process.stderr is not None
        self.process.stdin.close()
        code = self.process.wait(END_S)
        self._reader.join(END_S)
        return code, self.process.stderr.read()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self._lines.append(json.loads(line))
                self._news.notify_all()


@contextmanager
def talking(script: str, *arguments: str) -> Iterator[Talker]:
    """Run one of the scripts meanwhile; killed in the end if it has not ended."""
    with subprocess.Popen(
        ["node", script, *arguments],
        cwd=CLIENTS,
        env=needs_clients(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Talker(process)
        finally:
            process.kill()
