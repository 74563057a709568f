"""`obole serve` as an operator sees it: real processes, real sockets, real signals."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.commands.exits import ExitCode, run
from app.commands.serve import check_workers
from app.core.errors import SettingsError
from app.core.settings import get_settings, use_settings
from benchmarks.live.contenders import Place
from benchmarks.live.place import make_place
from tests.api.live.fast_server import INIT, RawSocket, subscribe, text
from tests.redis_server import RedisServer

START_S, STOP_S = 60.0, 5.0
COUNTER = "subscription($ids: [ID!]!) { counters(ids: $ids) { contentId total seq } }"
CLICK = "mutation($input: ClickInput!) { click(input: $input) { __typename } }"
REDIS = "redis://127.0.0.1:6379/0"
POSTGRES = "postgresql://127.0.0.1/obole"


class Served:
    """`obole serve` in processes of its own, its words on standard error kept in a file."""

    def __init__(self, folder: Path, words: tuple[str, ...], env: dict[str, str]) -> None:
        self.said = folder / "stderr"
        with self.said.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from app.cli import main; main()", "serve", *words],
                env={"PATH": "", "PYTHONUNBUFFERED": "1", **env},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        self.port = 0

    def wait_until_it_serves(self, processes: int) -> None:
        until = time.monotonic() + START_S
        said = ""
        while said.count("startup complete") < processes or "running on " not in said:
            assert time.monotonic() < until and self.process.poll() is None, said
            time.sleep(0.05)
            said = self.said.read_text()
        self.port = int(said.split("running on ")[1].split()[0].rsplit(":", 1)[1])

    def children(self) -> list[int]:
        """The processes that serve for it, as Linux knows them; without its resource tracker."""
        pid = self.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        words = {child: Path(f"/proc/{child}/cmdline").read_text() for child in found}
        return [int(child) for child, said in words.items() if "spawn_main" in said]

    def stop(self) -> float:
        """SIGTERM; how long it took to end."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        return time.monotonic() - began

    def post(self, query: str, token: str | None = None, **variables: Any) -> Any:
        """The data of an operation."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["data"]

    def click(self, place: Place) -> None:
        answer = self.post(CLICK, place.tokens[0], input={"contentId": place.ids[0]})
        assert answer["click"]["__typename"] == "ClickSuccess"


@contextmanager
def served(folder: Path, url: str, *words: str, processes: int = 1, **env: str) -> Iterator[Served]:
    """A server on a free port, killed when the block ends."""
    server = Served(folder, ("--port", "0", *words), {"DATABASE_URL": url, **env})
    try:
        server.wait_until_it_serves(processes)
        yield server
    finally:
        for pid in (
            [*server.children(), server.process.pid] if server.process.poll() is None else ()
        ):
            os.kill(pid, signal.SIGKILL)
        server.process.wait()


def display(server: Served, place: Place, stack: ExitStack, name: str = "1") -> RawSocket:
    """A socket that shows the first content's counter; its snapshot has not been read yet."""
    client = RawSocket(server.port)
    stack.callback(client.socket.close)
    client.handshake()
    client.send(INIT, subscribe(name, COUNTER, ids=place.ids[:1]))
    assert client.json() == {"type": "connection_ack"}
    return client


def event_stream(server: Served, place: Place, stack: ExitStack) -> socket.socket:
    """An open event stream of the same counter; nothing of it has been read yet."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    stack.callback(client.close)
    body = json.dumps({"query": COUNTER, "variables": {"ids": place.ids[:1]}}).encode()
    client.sendall(
        b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    return client


def total(client: RawSocket) -> int:
    return int(client.json()["payload"]["data"]["counters"]["total"])


def all_of(client: socket.socket) -> bytes:
    """What an event stream said until it ended."""
    said = b""
    while data := client.recv(65_536):
        said += data
    return said


@pytest.mark.parametrize(
    ("workers", "settings", "wants"),
    [
        (1, {"database_url": "sqlite://obole.db", "redis_url": None}, None),
        (2, {"database_url": "sqlite://obole.db", "redis_url": None}, "REDIS_URL"),
        (2, {"database_url": POSTGRES, "redis_url": None}, "REDIS_URL"),
        (2, {"database_url": "sqlite://obole.db", "redis_url": REDIS}, "PostgreSQL"),
        (2, {"database_url": POSTGRES, "redis_url": REDIS}, None),
    ],
)
def test_what_several_workers_want(
    workers: int, settings: dict[str, str | None], wants: str | None
) -> None:
    with use_settings(**settings):
        if wants is None:
            check_workers(get_settings(), workers)
            return
        with pytest.raises(SettingsError, match=wants):
            check_workers(get_settings(), workers)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "2"], "REDIS_URL"),
        (["--workers", "0"], "workers"),
        (["--ws", "slow"], "fast"),
    ],
)
def test_a_server_that_cannot_be_is_refused_before_it_starts(
    words: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["obole", "serve", *words])
    assert run(cli.app) == ExitCode.UNUSABLE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("ws", ["fast", "plain"])
def test_sigterm_with_a_thousand_live_connections(sqlite_url: str, tmp_path: Path, ws: str) -> None:
    place = asyncio.run(make_place(sqlite_url, contents=1))
    with served(tmp_path, place.url, "--ws", ws) as server, ExitStack() as stack:
        sockets = [display(server, place, stack, str(n)) for n in range(700)]
        streams = [event_stream(server, place, stack) for _ in range(300)]
        assert {total(client) for client in sockets} == {0}
        server.click(place)
        assert {total(client) for client in sockets} == {1}
        assert server.stop() < STOP_S
        assert {client.closed()[0] for client in sockets} == {1012}
        ends = [all_of(client) for client in streams]
        assert all(end.endswith(b"\r\n0\r\n\r\n") and b'"total":1' in end for end in ends)
        assert server.process.returncode == -signal.SIGTERM
        assert "timeout graceful shutdown exceeded" not in server.said.read_text()


def test_sigterm_does_not_wait_for_who_never_reads(sqlite_url: str, tmp_path: Path) -> None:
    place = asyncio.run(make_place(sqlite_url, contents=1))
    with served(tmp_path, place.url) as server, ExitStack() as stack:
        clients = [RawSocket(server.port, receive_buffer=4_096) for _ in range(10)]
        flood = text({"type": "ping", "payload": {"echo": "x" * 10_000}}) * 100
        for client in clients:
            stack.callback(client.socket.close)
            client.handshake()
            client.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                for _ in range(1_000):
                    client.send(flood)
        assert server.stop() < STOP_S


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_workers_are_one_server(
    database_url: str, redis_server: RedisServer, tmp_path: Path
) -> None:
    """A click in one process reaches the displays of both; a worker that dies is replaced."""
    place = asyncio.run(make_place(database_url, contents=1))
    env = {"REDIS_URL": redis_server.url}
    with (
        served(tmp_path, database_url, "--workers", "2", processes=2, **env) as server,
        ExitStack() as stack,
    ):
        workers = server.children()
        assert len(workers) == 2
        before = [sockets_of(pid) for pid in workers]
        clients = [display(server, place, stack, str(n)) for n in range(100)]
        assert {total(client) for client in clients} == {0}
        held = [sockets_of(pid) - others for pid, others in zip(workers, before, strict=True)]
        assert sum(held) >= 100 and min(held) > 5, held
        server.click(place)
        assert {total(client) for client in clients} == {1}

        os.kill(workers[0], signal.SIGKILL)
        server.wait_until_it_serves(processes=3)
        assert len(server.children()) == 2
        assert server.stop() < STOP_S
        assert server.process.returncode == 0


def sockets_of(pid: int) -> int:
    """How many sockets a process has open."""
    links = Path(f"/proc/{pid}/fd").iterdir()
    return sum(os.readlink(link).startswith("socket:") for link in links)
