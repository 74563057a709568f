"""GraphQL over Server-Sent Events, distinct connections mode: one response is one operation.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md

A reader that falls behind skips to the newest event of each key. A stream that ends without
`complete` tells the client to come back: so does a server that stops.
"""

import asyncio
import random
from asyncio import Timeout

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.context import Caller
from app.api.errors import format_refusal
from app.api.live.buffers import EXTENSION
from app.api.live.event import Event
from app.api.live.server import LiveServer
from app.api.live.stream import Stream
from app.api.negotiation import EVENT_STREAM
from app.api.refusal import Refused
from app.api.request import Operation
from app.api.response import VARY, encoded

HEADERS = {
    "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "Vary": VARY,
}
RETRY_MS = (1_000, 4_000)
"""How long a client waits before it comes back: spread, so that thousands do not come at once."""
HEARTBEAT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"
MAX_STUCK_PERIODS = 3
"""Keep-alive periods in which a client may read nothing before it is let go."""


class EventStreamResponse(Response):
    """The response that streams one operation's results."""

    def __init__(self, server: LiveServer, operation: Operation, caller: Caller) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers(HEADERS)
        self._server = server
        self._operation = operation
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until the operation, the client or the server ends."""
        _keep_buffers_small(scope)
        await send(
            {"type": "http.response.start", "status": 200, "headers": list(self.raw_headers)}
        )
        try:
            async with asyncio.timeout(None) as patience:
                await self._serve(EventStream(patience), receive, send)
        except (TimeoutError, OSError):  # stuck, or gone
            return

    async def _serve(self, events: "EventStream", receive: Receive, send: Send) -> None:
        if self._server.admit(events) is not None:
            events.drain()
        else:
            self._join(events)
        watcher = asyncio.create_task(_watch(receive, events))
        try:
            await events.write(send)
        finally:
            watcher.cancel()
            events.leave()
            self._server.forget(events)

    def _join(self, events: "EventStream") -> None:
        try:
            events.read(self._server.streams.join(self._operation, self._caller, events))
        except Refused as refusal:
            events.error(encoded([format_refusal(refusal)]))


class EventStream:
    """A stream's reader that writes server-sent events; for the server, one connection."""

    def __init__(self, patience: Timeout) -> None:
        self._patience = patience
        self._stream: Stream | None = None
        self._waiting: dict[str, Event] = {}
        self._last: bytes | None = None
        self._wake = asyncio.Event()
        self._number = 0
        self._beat = False
        self._silent_periods = 0

    def read(self, stream: Stream) -> None:
        """This is the stream that was joined."""
        self._stream = stream

    def leave(self) -> None:
        """Be told nothing more."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.remove(self)

    def next(self, event: Event) -> None:
        """Write the event soon; it takes the place of an older one with its key."""
        self._waiting.pop(event.key, None)
        self._waiting[event.key] = event
        self._wake.set()

    def error(self, errors: bytes) -> None:
        """Tell the client that the operation failed."""
        self._stream = None
        number = self._number + len(self._waiting) + 1
        self._finish(_next(number, b'{"errors":%b}' % errors) + COMPLETE)

    def complete(self) -> None:
        """Tell the client that the operation is over."""
        self._stream = None
        self._finish(COMPLETE)

    def drain(self) -> None:
        """End without `complete`: the client comes back."""
        self._finish(b"")

    def check_alive(self) -> None:
        """A keep-alive period is over: tell the client that we live, or let it go if it is stuck.

        The loop that writes begins to count anew with each thing it has written.
        """
        self._silent_periods += 1
        if self._silent_periods > MAX_STUCK_PERIODS:
            self._patience.reschedule(0)
        self._beat = True
        self._wake.set()

    async def write(self, send: Send) -> None:
        """Write events until the last one."""
        await _body(send, b": welcome\nretry: %d\n\n" % random.randint(*RETRY_MS))
        while self._last is None:
            await self._wake.wait()
            self._wake.clear()
            await self._write_waiting(send)
            self._silent_periods = 0
        await self._write_waiting(send)
        await _body(send, self._last, more=False)

    async def _write_waiting(self, send: Send) -> None:
        """What waits; a heartbeat, where the period ended with nothing to write."""
        if self._beat and not self._waiting:
            await _body(send, HEARTBEAT)
        self._beat = False
        while self._waiting:
            event = self._waiting.pop(next(iter(self._waiting)))
            self._number += 1
            await _body(send, _next(self._number, event.payload))

    def _finish(self, last: bytes) -> None:
        if self._last is None:
            self._last = last
        self._wake.set()


def _next(number: int, payload: bytes) -> bytes:
    return b"id: %d\nevent: next\ndata: %b\n\n" % (number, payload)


def _keep_buffers_small(scope: Scope) -> None:
    """Where the server can; elsewhere a stalled reader is sent more of what is old."""
    small = scope.get("extensions", {}).get(EXTENSION)
    if small is not None:
        small["keep"]()


async def _body(send: Send, data: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": more})


async def _watch(receive: Receive, events: EventStream) -> None:
    """End the stream when the client goes."""
    while (await receive())["type"] != "http.disconnect":
        pass
    events.leave()
    events.drain()
