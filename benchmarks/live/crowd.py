"""The other end of a crowd: what the benchmark tells it, and what it answers."""

import json
import os
import subprocess
import sys
from typing import IO, Any

LOAD_CORE = 1


class Crowd:
    """A crowd of displays in a process of its own, on the core that is not the server's."""

    def __init__(self, port: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.live.crowd_process", "127.0.0.1", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        pin(self.process.pid, LOAD_CORE)

    def connect(self, count: int, ids: list[str]) -> None:
        """Hold `count` more sockets, each subscribed to one of `ids` in turn."""
        self._ask({"do": "connect", "count": count, "ids": ids})

    def reset(self) -> None:
        """Count from here on."""
        self._ask({"do": "reset"})

    def report(self) -> dict[str, Any]:
        """What was counted since."""
        return self._ask({"do": "report"})

    def close(self) -> None:
        """Let go of every socket at once."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            _pipe(pipe).close()

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        _pipe(self.process.stdin).write(json.dumps(command) + "\n")
        _pipe(self.process.stdin).flush()
        line = _pipe(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"the crowd ended with {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def pin(pid: int, core: int) -> None:
    """Keep a process on one core, where there is more than one."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(pid, {cores[core % len(cores)]})


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("a crowd without pipes")
    return pipe
