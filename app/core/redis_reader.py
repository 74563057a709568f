"""The reading half of a session with Redis: one link a server, on which topics are watched."""

import asyncio
from collections.abc import Iterable, Set
from typing import Any

from app.core.kept import GAP
from app.core.listener import OnMessage
from app.core.redis_link import Link, LinkLost
from app.core.redis_servers import Address, Servers

TURN = 50
"""Answers taken before others get their turn: what has arrived already is read without a pause."""


class RedisReader:
    """Keeps what Redis sends us in step with what is watched, and hands over what arrives."""

    def __init__(
        self,
        servers: Servers,
        group: asyncio.TaskGroup,
        topics: Set[str],
        on_message: OnMessage,
    ) -> None:
        """Tasks start in `group`; a link that breaks ends it. `topics`: what is watched, live."""
        self._servers = servers
        self._group = group
        self._topics = topics
        self._on_message = on_message
        self._links: dict[Address, Link] = {}
        self._subscribed: set[str] = set()
        self._changed: set[str] = set()
        self._woken = asyncio.Event()
        self._round = self._new_round()
        group.create_task(self._keep_in_step())

    def note(self, topics: Iterable[str]) -> None:
        """These are watched now, or no more: tell Redis in the next round.

        In rounds, so that a thousand changes at once cost one exchange.
        """
        self._changed.update(topics)
        self._woken.set()

    async def change(self, topics: Iterable[str]) -> bool:
        """`note`, and wait. True when Redis knows; False when the session ended before."""
        self.note(topics)
        return await asyncio.shield(self._round)

    async def close(self) -> None:
        """Close the links, and let go who waits for a change."""
        _end(self._round)
        for link in self._links.values():
            await link.close()

    async def _keep_in_step(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            changed, self._changed = self._changed, set()
            done, self._round = self._round, self._new_round()
            try:
                await self._send(changed)
                done.set_result(True)
            finally:
                _end(done)

    async def _send(self, changed: set[str]) -> None:
        watched = {topic for topic in changed if topic in self._topics or topic == GAP}
        new, gone = watched - self._subscribed, (changed - watched) & self._subscribed
        self._subscribed |= new
        self._subscribed -= gone
        pongs = []
        for naming, topics in ((self._servers.unwatching, gone), (self._servers.watching, new)):
            for address, commands in naming(topics):
                link = await self._link(address)
                await link.send(commands)
                pongs.append(await link.ping())
        for pong in pongs:
            await pong

    async def _link(self, address: Address) -> Link:
        if address not in self._links:
            link = self._links[address] = self._servers.link(address)
            await link.open()
            self._group.create_task(self._read(link))
        return self._links[address]

    async def _read(self, link: Link) -> None:
        asked, taken = False, 0
        while True:
            answer = await link.receive()
            if answer is not None:
                asked, taken = False, taken + 1
                self._take(link, answer)
                if taken % TURN == 0:
                    await asyncio.sleep(0)
            elif asked:
                raise LinkLost("the server has gone silent")
            else:
                asked = True
                await link.ping()

    def _take(self, link: Link, answer: Any) -> None:
        """A message, a pong, or word of a subscription. Outside of one a pong is no list."""
        kind = answer[0] if isinstance(answer, list) else b"pong"
        if kind in (b"message", b"smessage"):
            self._on_message(self._servers.topic(answer[1]), answer[2])
        elif kind == b"pong":
            link.pong()
        elif kind == b"sunsubscribe" and self._servers.topic(answer[1]) in self._subscribed:
            # A cluster says so when a slot moves to another node: find out who serves it now.
            raise LinkLost("the cluster has moved a slot")

    @staticmethod
    def _new_round() -> asyncio.Future[bool]:
        return asyncio.get_running_loop().create_future()


def _end(waiting: asyncio.Future[bool]) -> None:
    """The session ended before Redis knew, unless it knows."""
    if not waiting.done():
        waiting.set_result(False)
