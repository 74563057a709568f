"""The bus: one port to tell the other processes what changed, with two adapters.

In-process where the server is one process, Redis where REDIS_URL is set. Messages are absolute
state, never a difference: the newest wins, and a lost one costs nothing but a reading of the truth.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Protocol

from app.core.listener import OnGap, OnMessage
from app.core.local_bus import LocalBus
from app.core.redis_bus import RedisBus

__all__ = ["Bus", "OnGap", "OnMessage", "current_bus", "open_bus"]


class Bus(Protocol):
    """One port to tell other processes what changed."""

    @property
    def away(self) -> bool:
        """Whether others may have changed what is watched without this process hearing of it."""
        ...

    def attach(self, on_message: OnMessage, on_gap: OnGap) -> None:
        """Make this the process's one listener. Both are called in the event loop.

        on_message: called with a watched topic and its newest message; twice with one is possible.
        on_gap: called when messages may have been lost, after a reconnect for instance.
        """
        ...

    def publish(self, topic: str, message: bytes) -> None:
        """Tell all processes that watch `topic`, this one too. Called in the event loop.

        Never blocks and never raises. While the other processes cannot be reached, the newest
        message of each topic is kept, of at most MAX_KEPT topics; beyond, they are told of a gap.
        """
        ...

    async def watch(self, topics: Collection[str]) -> None:
        """Hear of these topics; once it returns, whatever is published will be heard.

        Watching twice is watching once. While the others cannot be reached it returns at once,
        and a gap is announced when they can.
        """
        ...

    async def unwatch(self, topics: Collection[str]) -> None:
        """Hear of these topics no more. Topics that are not watched are no error."""
        ...


_open: list[Bus] = []
_nobody: Bus = LocalBus()


@asynccontextmanager
async def open_bus(redis_url: str | None) -> AsyncIterator[Bus]:
    """The process's bus until the block ends: Redis at `redis_url`, or within the process if None.

    An unreachable Redis is waited for in the background. Raises SettingsError where the address
    cannot be used at all.
    """
    bus: LocalBus | RedisBus = RedisBus(redis_url) if redis_url else LocalBus()
    _open.append(bus)
    try:
        yield bus
    finally:
        _open.remove(bus)
        if isinstance(bus, RedisBus):
            await bus.close()


def current_bus() -> Bus:
    """The bus opened last; where none is open, one that nobody listens to."""
    return _open[-1] if _open else _nobody
