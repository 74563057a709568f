"""The two ends of a bus for the tests: who listens, and who is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.core.bus import Bus, open_bus


async def until(true: Callable[[], object], *, within_s: float = 10.0) -> None:
    """Wait until this is true, in the end loudly."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 (nobody sets an event for what a test waits for)
            await asyncio.sleep(0.002)


async def a_moment() -> None:
    """Long enough for what should not come to have come."""
    await asyncio.sleep(0.1)


@dataclass
class Ear:
    """Hears what a bus brings: the messages by topic, in order, and the number of gaps."""

    heard: list[tuple[str, bytes]] = field(default_factory=list)
    gaps: int = 0

    def on_message(self, topic: str, message: bytes) -> None:
        self.heard.append((topic, message))

    def on_gap(self) -> None:
        self.gaps += 1

    def of(self, topic: str) -> list[bytes]:
        return [message for heard, message in self.heard if heard == topic]


@dataclass
class End:
    """One process's bus, and its ear."""

    bus: Bus
    ear: Ear


@asynccontextmanager
async def end(url: str | None) -> AsyncIterator[End]:
    """A process's end of the bus, as open_bus makes it, with an ear."""
    async with open_bus(url) as bus:
        ear = Ear()
        bus.attach(ear.on_message, ear.on_gap)
        yield End(bus, ear)


async def together(teller: End, hearer: End) -> None:
    """Wait until what the one tells reaches the other."""
    await hearer.bus.watch(["together"])
    told = 0
    async with asyncio.timeout(10):
        while not hearer.ear.of("together"):
            if told % 50 == 0:
                teller.bus.publish("together", b"?")
            told += 1
            await asyncio.sleep(0.002)
    await hearer.bus.unwatch(["together"])
    hearer.ear.heard.clear()
    hearer.ear.gaps = 0
