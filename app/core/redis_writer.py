"""The writing half of a session with Redis: what is kept is published, many at once."""

import asyncio

from app.core.kept import Kept
from app.core.redis_link import SILENCE_S, Link
from app.core.redis_servers import Address, Servers

BATCH = 500
"""Messages sent before their answers are read."""


class RedisWriter:
    """Publishes what is kept, in batches; what a server did not confirm is kept again."""

    def __init__(self, servers: Servers, kept: Kept) -> None:
        self._servers = servers
        self._kept = kept
        self._links: dict[Address, Link] = {}

    async def run(self) -> None:
        """Publish for ever. Raises RedisError when a link breaks."""
        while True:
            try:
                async with asyncio.timeout(SILENCE_S):
                    await self._kept.some()
            except TimeoutError:
                await self._say_hello()
            else:
                await self._publish()

    async def close(self) -> None:
        """Close the links."""
        for link in self._links.values():
            await link.close()

    async def _publish(self) -> None:
        taken = self._kept.take(BATCH)
        try:
            await self._tell(taken)
        except BaseException:
            self._kept.give_back(taken)
            raise
        self._kept.sent()

    async def _tell(self, messages: dict[str, bytes]) -> None:
        """Send to every server first, then read: the slowest one is waited for, not their sum."""
        asked = []
        for address, commands in self._servers.telling(messages):
            link = await self._link(address)
            await link.send(commands)
            asked.append((link, len(commands)))
        for link, count in asked:
            await link.answers(count)

    async def _say_hello(self) -> None:
        """Keep idle links from being closed, and notice those that have been."""
        for link in self._links.values():
            await link.ask([("PING",)])

    async def _link(self, address: Address) -> Link:
        if address not in self._links:
            link = self._links[address] = self._servers.link(address)
            await link.open()
        return self._links[address]
