"""`obole serve` as a process of its own on a free port, to be stopped, killed and started again."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.redis_server import free_port

OBOLE = Path(sys.executable).with_name("obole")
START_S = 60.0
STOP_S = 10.0
COMPLAINTS = ("error", "warning", "exception", "traceback", "critical")
CHEAP = {
    "OBOLE_ARGON2_MEMORY_KIB": "8",
    "OBOLE_ARGON2_TIME_COST": "1",
    "OBOLE_SCHEDULER_INTERVAL_S": "0",
}


class OboleServer:
    """The server over one database; it keeps its port when it is started again.

    log: the file that takes what the process says; it is shown where it does not start.
    """

    def __init__(self, database_url: str, log: Path, *arguments: str, **environment: str) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.origin}/graphql"
        self.socket_url = f"ws://127.0.0.1:{self.port}/graphql"
        self.log = log
        self._command = [str(OBOLE), "serve", "--port", str(self.port), *arguments]
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
            **CHEAP,
            "DATABASE_URL": database_url,
            "OBOLE_PUBLIC_URL": self.origin,
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready. Raises AssertionError if it ends, or takes long."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def stop(self) -> float:
        """SIGTERM; the seconds it took to end. Raises TimeoutExpired after STOP_S."""
        return self._end(signal.SIGTERM)

    def kill(self) -> float:
        """SIGKILL: nobody is told."""
        return self._end(signal.SIGKILL)

    def complaints(self) -> list[str]:
        """What it has logged that an operator should look at."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if any(word in line.lower() for word in COMPLAINTS)]

    def _end(self, how: signal.Signals) -> float:
        process, self._process = self._process, None
        if process is None:
            return 0.0
        began = time.monotonic()
        process.send_signal(how)
        try:
            process.wait(STOP_S)
        finally:
            process.kill()
            process.wait()
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
