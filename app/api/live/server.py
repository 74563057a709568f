"""Everything live in one process: its sockets, its streams, their bounds, and their end."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from app.api.context import ContextMaker
from app.api.guarded import GuardedSchema
from app.api.live import messages
from app.api.live.limits import LiveLimits
from app.api.live.shared import SharedStreams

TURNS = 32
"""Connections are checked in so many turns of a keep-alive period, so that none is long."""
END_S = 2.0
"""How long a stopping server waits for its streams to let go."""


class Connection(Protocol):
    """A socket's session, or an event stream."""

    def check_alive(self) -> None:
        """A keep-alive period is over."""
        ...

    def drain(self) -> None:
        """The server stops: tell the client, and end."""
        ...


class LiveServer:
    """One per application. Counts connections, sends away those too many, keeps them alive."""

    def __init__(
        self, schema: GuardedSchema, contexts: ContextMaker, limits: LiveLimits | None = None
    ) -> None:
        self.limits = limits or LiveLimits()
        self.contexts = contexts
        self.streams = SharedStreams(schema, contexts, self.limits)
        self.draining = False
        self._turns: list[set[Connection]] = [set() for _ in range(TURNS)]
        self._count = 0
        self._admitted = 0
        self._turn = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """Sockets and event streams that are open."""
        return self._count

    @property
    def full(self) -> bool:
        """Whether no more can be taken."""
        return self.draining or self._count >= self.limits.max_sockets

    def admit(self, connection: Connection) -> tuple[int, str] | None:
        """Count this connection in. If it cannot be: the code and reason to close it with."""
        if self.draining:
            return messages.RESTARTING, "The server restarts"
        if self._count >= self.limits.max_sockets:
            return messages.FULL, "The server is full, try again later"
        self._turns[self._admitted % TURNS].add(connection)
        self._admitted += 1
        self._count += 1
        if self._timer is None:
            self._timer = self.call_later(self.limits.keepalive_s / TURNS, self._next_turn)
        return None

    def forget(self, connection: Connection) -> None:
        """This connection is over. May be called again."""
        for turn in self._turns:
            if connection in turn:
                turn.remove(connection)
                self._count -= 1
                break
        if self._count == 0 and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def call_later(self, delay_s: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call later, in the running loop."""
        return asyncio.get_running_loop().call_later(delay_s, call)

    def drain(self) -> None:
        """Tell every client that the server stops, and take no more of them."""
        self.draining = True
        for turn in self._turns:
            for connection in list(turn):
                connection.drain()

    async def aclose(self, *, timeout_s: float = END_S) -> None:
        """Drain, and wait for what runs to let go."""
        self.drain()
        self.streams.stop()
        await self.streams.ended(timeout_s=timeout_s)

    def _next_turn(self) -> None:
        self._turn = (self._turn + 1) % TURNS
        self._timer = self.call_later(self.limits.keepalive_s / TURNS, self._next_turn)
        for connection in list(self._turns[self._turn]):
            connection.check_alive()
