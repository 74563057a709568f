"""The bus between server processes: Redis publishes, and keeps nothing.

A session is one reading and one writing link (a cluster: one a node). When anything about it
breaks, all of it is thrown away and another one is opened, and what may have been lost meanwhile
is announced as a gap. That is the one way back, whatever happened.
"""

import asyncio
import random
import secrets
from collections.abc import Collection
from contextlib import suppress
from time import monotonic

import structlog
from redis.exceptions import RedisError

from app.core.kept import GAP, Kept
from app.core.listener import OnGap, OnMessage
from app.core.local_bus import LocalBus
from app.core.redis_reader import RedisReader
from app.core.redis_servers import find_servers, pool_of
from app.core.redis_writer import RedisWriter

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0
"""Pauses before Redis is tried again: doubled each time, less a random part of up to a half."""

STEADY_S = 5.0
"""A session that has lasted this many seconds makes the next pause the first one again."""

LAST_WORDS_S = 2.0
"""How long a closing process tries to send what is still kept, in seconds."""

log = structlog.get_logger("obole.bus")


class RedisBus:
    """Delivers to this process at once and to all others through Redis.

    It connects when there is something to hear or to tell. Every message carries its sender, so
    that nobody hears itself twice.
    """

    def __init__(self, redis_url: str) -> None:
        """Raises SettingsError where `redis_url` cannot be used. Wants a running loop."""
        self._pool = pool_of(redis_url)
        self._me = secrets.token_bytes(8)
        self._here = LocalBus()
        self._kept = Kept()
        self._reader: RedisReader | None = None
        self._needed = asyncio.Event()
        self._pauses = 0
        self._away = True
        self._away_since: float | None = None
        self._reason = ""
        self._task = asyncio.create_task(self._run())

    @property
    def away(self) -> bool:
        """See Bus.away."""
        return self._away

    def attach(self, on_message: OnMessage, on_gap: OnGap) -> None:
        """See Bus.attach."""
        self._here.attach(on_message, on_gap)
        self._needed.set()

    def publish(self, topic: str, message: bytes) -> None:
        """See Bus.publish."""
        self._here.publish(topic, message)
        self._kept.put(topic, self._me + message)
        self._needed.set()

    async def watch(self, topics: Collection[str]) -> None:
        """See Bus.watch."""
        await self._here.watch(topics)
        self._needed.set()
        if self._reader:
            await self._reader.change(topics)

    async def unwatch(self, topics: Collection[str]) -> None:
        """See Bus.unwatch."""
        await self._here.unwatch(topics)
        if self._reader:
            self._reader.note(topics)

    async def close(self) -> None:
        """Send what is kept, for LAST_WORDS_S at most, and end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await self._kept.none()
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=LAST_WORDS_S)
        if self._kept:
            log.warning("bus_closed_untold", topics=len(self._kept))

    async def _run(self) -> None:
        await self._needed.wait()
        while True:
            began = monotonic()
            try:
                await self._session()
            except Exception as error:
                self._went(error)
            if monotonic() - began > STEADY_S:
                self._pauses = 0
            await asyncio.sleep(self._pause())

    async def _session(self) -> None:
        """From connecting to whatever breaks it. Raises RedisError, or a group of them."""
        servers = await find_servers(self._pool)
        writer = RedisWriter(servers, self._kept)
        reader: RedisReader | None = None
        try:
            async with asyncio.TaskGroup() as group:
                reader = RedisReader(servers, group, self._here.topics, self._heard)
                await self._catch_up(reader)
                group.create_task(writer.run())
        finally:
            self._reader, self._away = None, True
            if reader:
                await reader.close()
            await writer.close()

    async def _catch_up(self, reader: RedisReader) -> None:
        """Watch what is watched already, and only then say what may have been lost.

        From here on whoever watches waits for Redis; who came before is told of the gap.
        """
        watched_before = bool(self._here.topics)
        self._reader = reader
        if await reader.change({GAP, *self._here.topics}):
            self._came_back(gap=watched_before)

    def _heard(self, topic: str, message: bytes) -> None:
        sender, said = message[: len(self._me)], message[len(self._me) :]
        if sender == self._me:
            return
        if topic == GAP:
            self._here.mind_the_gap()
        else:
            self._here.hear(topic, said)

    def _came_back(self, *, gap: bool) -> None:
        if self._away_since is not None:
            log.info("bus_back", away_s=round(monotonic() - self._away_since, 1))
        self._away, self._away_since, self._reason = False, None, ""
        if gap:
            self._here.mind_the_gap()

    def _went(self, error: Exception) -> None:
        """Say once why; a mistake of ours comes with its traceback."""
        if self._away_since is None:
            self._away_since = monotonic()
        cause = _first(error)
        if (reason := f"{type(cause).__name__}: {cause}") != self._reason:
            ours = None if isinstance(cause, RedisError | OSError) else error
            log.warning("bus_away", reason=reason, exc_info=ours)
            self._reason = reason

    def _pause(self) -> float:
        """How long to wait before the next session, in seconds."""
        pause: float = min(FIRST_PAUSE_S * 2**self._pauses, LONGEST_PAUSE_S)
        self._pauses = min(self._pauses + 1, 10)
        return pause * (1 - random.random() / 2)


def _first(error: Exception) -> Exception:
    """The first cause in a group, however nested (to any depth a group can have)."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
