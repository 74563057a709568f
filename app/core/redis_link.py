"""One connection to a Redis server. It never comes back by itself.

redis-py reconnects quietly where it can; for a reader a quiet reconnect is a gap nobody hears of.
So links are made without retries, and whoever holds one starts afresh when it breaks.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError

Command = tuple[str | bytes, ...]

CONNECT_S = 5.0
"""How long connecting, or writing what the server does not read, may take, in seconds."""

SILENCE_S = 5.0
"""After this many silent seconds a link is asked for a sign of life; after as many more it is lost.

It finds what TCP does not tell: a machine that is gone, or a server that hangs."""


class LinkLost(RedisConnectionError):
    """The link cannot be used any more; the message says why."""


class Link:
    """A connection, its commands and its answers."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection
        self._pings: deque[asyncio.Future[None]] = deque()

    async def open(self) -> None:
        """Connect and sign in, within CONNECT_S. Raises RedisError or TimeoutError."""
        async with asyncio.timeout(CONNECT_S):
            # redis-py leaves some of its methods without types.
            await self._connection.connect()  # type: ignore[no-untyped-call]

    async def send(self, commands: Sequence[Command]) -> None:
        """Send commands in one go, within CONNECT_S. Raises RedisError or TimeoutError."""
        if not self._connection.is_connected:
            raise LinkLost("the link is closed")
        packed = self._connection.pack_commands(commands)
        async with asyncio.timeout(CONNECT_S):
            await self._connection.send_packed_command(packed)

    async def receive(self) -> Any:
        """The next answer or message; None after SILENCE_S. Raises RedisError."""
        return await self._connection.read_response(timeout=SILENCE_S, disconnect_on_error=False)

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands and return the answer to each. Raises RedisError."""
        await self.send(commands)
        return await self.answers(len(commands))

    async def answers(self, count: int) -> list[Any]:
        """The next `count` answers. Raises RedisError."""
        answers = []
        for _ in range(count):
            if (answer := await self.receive()) is None:
                raise LinkLost("no answer in time")
            answers.append(answer)
        return answers

    async def ping(self) -> asyncio.Future[None]:
        """Ask for a sign of life. The future is done when all that was sent before has been done.

        For a link of which somebody else reads the answers, and says `pong` for each.
        """
        pong: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pings.append(pong)
        await self.send([("PING",)])
        return pong

    def pong(self) -> None:
        """The oldest ping was answered."""
        pong = self._pings.popleft()
        if not pong.done():
            pong.set_result(None)

    async def close(self) -> None:
        """Disconnect, without waiting for a server that may hang."""
        await self._connection.disconnect(nowait=True)
