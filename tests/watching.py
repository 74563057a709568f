"""A live stream as its watcher sees it: everything that came, and when."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from app.domain.live import Hub

Value = TypeVar("Value")


class Watched(Generic[Value]):
    """What has come of a stream; `error` is what it ended with, `over` whether it has ended."""

    def __init__(self, stream: AsyncGenerator[Value, None]) -> None:
        self.values: list[Value] = []
        self.at_s: list[float] = []
        self.error: Exception | None = None
        self.over = False
        self._stream = stream
        self._more = asyncio.Condition()

    async def run(self) -> None:
        """Read the stream to its end."""
        try:
            async for value in self._stream:
                self.values.append(value)
                self.at_s.append(asyncio.get_running_loop().time())
                await self._tell()
        except Exception as error:
            self.error = error
        finally:
            await self._stream.aclose()
        self.over = True
        await self._tell()

    async def until(self, holds: Callable[[list[Value]], object], timeout_s: float = 10) -> None:
        """Wait until something holds of all values so far, or the stream is over."""
        async with asyncio.timeout(timeout_s), self._more:
            await self._more.wait_for(lambda: self.over or holds(self.values))
        assert holds(self.values) or self.error, self.values

    async def some(self, count: int) -> list[Value]:
        """The values, when there are as many or more."""
        await self.until(lambda values: len(values) >= count)
        return self.values

    async def ended(self, timeout_s: float = 10) -> None:
        """Wait for the end."""
        async with asyncio.timeout(timeout_s), self._more:
            await self._more.wait_for(lambda: self.over)

    async def _tell(self) -> None:
        async with self._more:
            self._more.notify_all()


@asynccontextmanager
async def watching(stream: AsyncGenerator[Value, None]) -> AsyncIterator[Watched[Value]]:
    """Read a stream in a task of its own for as long as the block lasts."""
    watched = Watched(stream)
    task = asyncio.create_task(watched.run())
    try:
        yield watched
    finally:
        task.cancel()
        await asyncio.wait({task})


async def idle(hub: Hub, timeout_s: float = 10) -> None:
    """Wait until nobody watches anything and nothing is left."""
    for _ in range(int(timeout_s / 0.01)):
        if hub.idle:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("somebody still watches")
