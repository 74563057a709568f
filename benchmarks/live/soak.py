"""Correctness under load: displays that come and go while counters are clicked up and down.

Real servers, real sockets, real clicks through the API. At the end every display shows what the
database says; on the way none saw a `seq` go back on one connection, or two numbers for one `seq`.
A display that comes back keeps what it shows and drops what is older; what it drops is counted.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import httpx2

from benchmarks.live.contenders import CLICK, WITHDRAW
from benchmarks.live.crowd_process import Display

MOST_WATCHED = 5
"""Contents one display watches at most."""
CALM_S = 15.0
"""How long the last change may take to be on every display."""
LOOK_S = 0.1
AWAY_S = 0.5
"""How long a display that was cut off stays away at most."""
REDIAL_S = 0.2

Meanings = dict[tuple[bytes, int], bytes]


@dataclass(slots=True)
class Found:
    """What went wrong, and how much was tried."""

    deliveries: int = 0
    dropped: int = 0
    reconnects: int = 0
    moves: int = 0
    refused: int = 0
    went_back: int = 0
    contradictions: int = 0
    stale: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether every display saw only true numbers, and shows the last ones."""
        return not (self.went_back or self.contradictions or self.stale)


class Watcher(Display):
    """A display that remembers what it shows, and compares with what all others were told.

    shows: the highest `seq` of each content, kept from one connection to the next. newest: what
    this connection said last.
    """

    __slots__ = ("found", "meanings", "newest", "shows")

    def __init__(
        self,
        display_id: str,
        ids: list[str],
        ready: asyncio.Future[None],
        found: Found,
        meanings: Meanings,
        shows: dict[bytes, int],
    ) -> None:
        super().__init__(display_id, ids, ready)
        self.found = found
        self.meanings = meanings
        self.shows = shows
        self.newest: dict[bytes, tuple[int, bytes]] = {}

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("closed"))

    def next(self, text: bytes) -> None:
        """A state: newer than the last one here, and the same wherever its `seq` is shown.

        What is older than what is shown is dropped; on one connection that must not happen.
        """
        content = text.split(b'"contentId":"')[1].split(b'"')[0]
        numbers = text.split(b'"total":')[1].split(b',"asOf"')[0]
        seq = int(numbers.split(b'"seq":')[1])
        self.found.deliveries += 1
        if seq < self.newest.get(content, (0, b""))[0]:
            self.found.went_back += 1
        if self.meanings.setdefault((content, seq), numbers) != numbers:
            self.found.contradictions += 1
        self.newest[content] = seq, numbers
        if seq < self.shows.get(content, 0):
            self.found.dropped += 1
        else:
            self.shows[content] = seq


class Soak:
    """So many displays at these ports, on these contents, clicked by these tokens."""

    def __init__(
        self, ports: list[int], ids: list[str], tokens: list[str], seed: int = 1901
    ) -> None:
        self.ports = ports
        self.ids = ids
        self.tokens = tokens
        self.random = random.Random(seed)
        self.found = Found()
        self.meanings: Meanings = {}
        self.watchers: list[Watcher | None] = []
        self.shown: list[dict[bytes, int]] = []
        self.over = False

    async def run(
        self,
        *,
        displays: int,
        seconds: float,
        truth: Callable[[], Awaitable[dict[str, dict[str, int]]]],
        disturb: Callable[[], Awaitable[object]] | None = None,
    ) -> Found:
        """Everything at once for so long, then calm; what was found.

        truth: each content's numbers by its id, from the database. disturb: something bad that
        happens meanwhile.
        """
        choices = [self._choice() for _ in range(displays)]
        self.watchers = [None] * displays
        self.shown = [{} for _ in choices]
        await asyncio.gather(*(self._dial(n, ids) for n, ids in enumerate(choices)))
        async with asyncio.TaskGroup() as group:
            for token in self.tokens:
                group.create_task(self._click(token))
            for _ in range(max(1, displays // 50)):
                group.create_task(self._churn(choices))
            if disturb is not None:
                group.create_task(self._disturb(disturb, seconds / 4))
            await asyncio.sleep(seconds)
            self.over = True
        await self._calm(choices, truth)
        for watcher in self.watchers:
            if watcher is not None:
                watcher.transport.abort()
        return self.found

    def _choice(self) -> list[str]:
        return self.random.sample(
            self.ids, self.random.randint(1, min(MOST_WATCHED, len(self.ids)))
        )

    async def _disturb(self, disturb: Callable[[], Awaitable[object]], after_s: float) -> None:
        await asyncio.sleep(after_s)
        await disturb()

    async def _dial(self, number: int, ids: list[str]) -> None:
        """Connect, again and again until it works."""
        loop = asyncio.get_running_loop()
        while True:
            ready: asyncio.Future[None] = loop.create_future()
            watcher = Watcher(
                f"d{number}", ids, ready, self.found, self.meanings, self.shown[number]
            )
            try:
                port = self.random.choice(self.ports)
                await loop.create_connection(partial(_itself, watcher), "127.0.0.1", port)
                await ready
            except OSError:
                await asyncio.sleep(REDIAL_S)
                continue
            self.watchers[number] = watcher
            return

    async def _churn(self, choices: list[list[str]]) -> None:
        """Cut displays off, one after another, and let each come back."""
        while not self.over:
            number = self.random.randrange(len(choices))
            watcher, self.watchers[number] = self.watchers[number], None
            if watcher is None:
                await asyncio.sleep(0.01)
                continue
            watcher.transport.abort()
            self.found.reconnects += 1
            await asyncio.sleep(self.random.random() * AWAY_S)
            await self._dial(number, choices[number])

    async def _click(self, token: str) -> None:
        """Click and withdraw at random, at any server."""
        clicked: set[str] = set()
        async with httpx2.AsyncClient(timeout=30) as http:
            while not self.over:
                content_id = self.random.choice(self.ids)
                query = WITHDRAW if content_id in clicked else CLICK
                body = {"query": query, "variables": {"id": content_id}}
                url = f"http://127.0.0.1:{self.random.choice(self.ports)}/graphql"
                headers = {"authorization": f"Bearer {token}"}
                answer = await http.post(url, json=body, headers=headers)
                [(_, result)] = answer.json()["data"].items()
                if result["__typename"].endswith("Success"):
                    clicked ^= {content_id}
                    self.found.moves += 1
                else:
                    self.found.refused += 1

    async def _calm(
        self,
        choices: list[list[str]],
        truth: Callable[[], Awaitable[dict[str, dict[str, int]]]],
    ) -> None:
        """Wait until every display shows the truth, or say which ones never did."""
        expected = {
            content_id.encode(): _numbers(counter)
            for content_id, counter in (await truth()).items()
        }
        for _ in range(int(CALM_S / LOOK_S)):
            self.found.stale = list(self._stale(choices, expected))
            if not self.found.stale:
                return
            await asyncio.sleep(LOOK_S)

    def _stale(self, choices: list[list[str]], expected: dict[bytes, bytes]) -> Iterator[str]:
        for watcher, shows, ids in zip(self.watchers, self.shown, choices, strict=True):
            for content_id in ids:
                key = content_id.encode()
                told = watcher.newest.get(key) if watcher is not None else None
                if told is None or told[1] != expected[key] or told[0] != shows.get(key):
                    yield f"{content_id}: was told {told}, the database says {expected[key]!r}"


def _itself(watcher: Watcher) -> Watcher:
    return watcher


def _numbers(counter: dict[str, int]) -> bytes:
    """The numbers as the servers write them, from `total` to `seq`."""
    names = ("total", "period", "supporters", "seq")
    return ",".join(f'"{name}":{counter[name]}' for name in names).removeprefix('"total":').encode()
