"""Who serves: our own server by both paths, Mercurius, and graphql-ws on ws.

Each is a process of its own on one core. Ours keeps its clicks in SQLite and moves a counter by a
real click or withdrawal through the API; a peer moves a number in memory when it is asked to.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2

from benchmarks.live.crowd import pin

SERVER_CORE = 0
START_S = 20.0
PEERS = Path(__file__).parent.parent / "peers"
CLICK = (
    "mutation ($id: ID!) { click(input: { contentId: $id }) {"
    " __typename ... on ClickSuccess { counter { seq } } ... on Failure { message } } }"
)
WITHDRAW = CLICK.replace("click(", "withdrawClick(").replace("ClickSuccess", "WithdrawClickSuccess")
LIMITS = {
    "OBOLE_CLICKS_PER_MINUTE": "1000000000",
    "OBOLE_MAX_SOCKETS": "20000",
    "OBOLE_SCHEDULER_INTERVAL_S": "0",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A database with contents that can be clicked, and who clicks."""

    url: str
    ids: list[str]
    tokens: list[str]


class Contender(ABC):
    """A server that runs; `ids` are the contents it has."""

    name: str

    def __init__(self, command: list[str], env: dict[str, str], cwd: Path | None) -> None:
        self.port = free_port()
        words = [word.format(port=self.port) for word in command]
        self.process = subprocess.Popen(
            words,
            env=os.environ | env,
            cwd=cwd,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        pin(self.process.pid, SERVER_CORE)
        self._wait()

    @abstractmethod
    async def move(self, content_id: str) -> None:
        """Change one counter, and return when the server has."""

    def cpu_s(self) -> float:
        """Seconds of a core the server has used so far, its threads and the kernel included."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """What the server holds in memory now."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not start within {START_S:g} s")


class Obole(Contender):
    """Our server, its sockets by the `fast` or the `plain` path."""

    def __init__(self, place: Place, ws: str, env: Mapping[str, str] | None = None) -> None:
        self.name = f"obole, {ws}"
        self.token = place.tokens[0]
        self.clicked: set[str] = set()
        command = str(Path(sys.executable).parent / "obole")
        words = [command, "serve", "--port", "{port}", "--ws", ws]
        super().__init__(words, {"DATABASE_URL": place.url, **LIMITS, **(env or {})}, None)
        self.http = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=30)

    async def move(self, content_id: str) -> None:
        """Click, or withdraw what was clicked."""
        query = WITHDRAW if content_id in self.clicked else CLICK
        body = {"query": query, "variables": {"id": content_id}}
        headers = {"authorization": f"Bearer {self.token}"}
        answer = (await self.http.post("/graphql", json=body, headers=headers)).json()
        [(_, result)] = answer["data"].items()
        if not result["__typename"].endswith("Success"):
            raise RuntimeError(str(result))
        self.clicked ^= {content_id}


class Peer(Contender):
    """A Node server of `benchmarks/peers`."""

    def __init__(self, name: str, script: str, node: str) -> None:
        self.name = name
        super().__init__([node, script, "{port}"], {"NODE_ENV": "production"}, PEERS)

    async def move(self, content_id: str) -> None:
        """Ask for it by HTTP."""
        await asyncio.to_thread(self._bump, content_id)

    def _bump(self, content_id: str) -> None:
        url = f"http://127.0.0.1:{self.port}/bump?id={content_id}"
        with urllib.request.urlopen(urllib.request.Request(url, method="POST")) as answer:
            answer.read()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
