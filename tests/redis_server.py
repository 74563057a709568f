"""A real redis-server of our own, to be killed and started again, and a cable to it to be cut."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis

START_S = 20.0


def needs_redis() -> str:
    """The path of redis-server. Skips the test where there is none; under CI=true it fails."""
    if path := shutil.which("redis-server"):
        return path
    said = "redis-server is not installed (`make system` says how); several processes are untested"
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)


def free_port() -> int:
    """A TCP port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """A redis-server on a free port that keeps nothing, alone or as a cluster's node."""

    def __init__(self, folder: Path, *, cluster: bool = False) -> None:
        self.program = needs_redis()
        self.folder = folder
        self.cluster = cluster
        self.port, self.bus_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as REDIS_URL wants it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        words = ["--port", self.port, "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]
        if self.cluster:
            words += ["--cluster-enabled", "yes", "--cluster-port", self.bus_port]
        self.process = subprocess.Popen(
            [self.program, *(str(word) for word in words)], stdout=subprocess.DEVNULL
        )
        self.wait_for(lambda: self.ask("PING"))

    def kill(self) -> None:
        """SIGKILL: no goodbye to anybody."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def hang(self) -> None:
        """Stop answering without going away."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Answer again."""
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def ask(self, *words: object) -> Any:
        """One command and its answer."""
        with redis.Redis(port=self.port, socket_timeout=5, protocol=2) as client:
            return client.execute_command(*words)

    def serve_slots(self, first: int = 0, last: int = 16_383) -> None:
        """In a cluster: serve these slots."""
        self.ask("CLUSTER ADDSLOTSRANGE", first, last)

    def wait_for_cluster(self) -> None:
        """Wait until all slots are served, as far as this node knows."""
        self.wait_for(lambda: self.ask("CLUSTER INFO")["cluster_state"] == "ok")

    def meet(self, other: "RedisServer") -> None:
        """In a cluster: join the other node, and wait until both know all slots."""
        self.ask("CLUSTER MEET", "127.0.0.1", other.port, other.bus_port)
        self.wait_for_cluster()
        other.wait_for_cluster()

    def calls(self, command: str) -> int:
        """How often a command was called since it started."""
        found = self.ask("INFO", "commandstats").get(f"cmdstat_{command}")
        return int(found["calls"]) if found else 0

    @staticmethod
    def wait_for(true: Any) -> None:
        """Wait until this is true and the server there."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            with suppress(redis.RedisError):
                if true():
                    return
            time.sleep(0.01)
        raise AssertionError("redis-server did not come up")


class Cable:
    """A TCP line to a server which can be cut and mended, while others reach the server."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.port = free_port()
        self.whole = True
        self.tried = 0
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._lines: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The server's address by this cable."""
        return f"redis://127.0.0.1:{self.port}/0"

    async def __aenter__(self) -> "Cable":
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self.cut()
        self._server.close()
        if self._lines:
            await asyncio.wait(self._lines)

    def cut(self) -> None:
        """Cut all lines; who tries again is refused."""
        self.whole = False
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        """Let new lines through."""
        self.whole = True

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.tried += 1
        self._lines.add(task)
        try:
            await self._carry(reader, writer)
        finally:
            self._lines.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.whole:
            writer.transport.abort()
            return
        there, to_there = await asyncio.open_connection("127.0.0.1", self.target)
        self._ends |= {writer, to_there}
        await asyncio.gather(self._pour(reader, to_there), self._pour(there, writer))
        self._ends -= {writer, to_there}

    @staticmethod
    async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                target.write(data)
                await target.drain()
        target.transport.abort()
