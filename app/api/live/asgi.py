"""Sockets over plain ASGI, on any server: one reader and one writer each.

Nothing queues: beyond MAX_WAITING frames the wire is congested, the session keeps the newest event
of each key only, and the client is not read until it has read.
"""

import asyncio
from asyncio import Timeout
from collections import deque
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from app.api.live.messages import NO_SUBPROTOCOL, SUBPROTOCOL
from app.api.live.server import LiveServer
from app.api.live.session import Session

MAX_WAITING = 16
"""Frames that may wait for the writer before events are skipped."""
CLOSE_WAIT_S = 2.0
"""How long a closed socket waits until its last frames are out, and the other side says so too."""


async def serve_socket(server: LiveServer, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one socket until it is closed."""
    await receive()  # websocket.connect
    acceptable = SUBPROTOCOL in scope.get("subprotocols", ())
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if acceptable else None})
    if not acceptable:
        reason = f"The subprotocol is {SUBPROTOCOL}"
        await send({"type": "websocket.close", "code": NO_SUBPROTOCOL, "reason": reason})
        return
    try:
        async with asyncio.timeout(None) as patience:
            await SocketWire(send, patience).serve(server, HTTPConnection(scope), receive)
    except TimeoutError:
        return


class SocketWire:
    """The `Wire` of a session over ASGI's `send`."""

    __slots__ = ("_close", "_outbox", "_patience", "_room", "_send", "_session", "_wake")

    def __init__(self, send: Send, patience: Timeout) -> None:
        self._send = send
        self._patience = patience
        self._outbox: deque[str] = deque()
        self._close: dict[str, Any] | None = None
        self._room: asyncio.Future[None] | None = None
        self._wake: asyncio.Future[None] | None = None
        self._session: Session | None = None

    @property
    def congested(self) -> bool:
        """Whether events had better wait."""
        return len(self._outbox) >= MAX_WAITING

    def send(self, frame: bytes) -> None:
        """Send one text message."""
        if self._close is None:
            self._outbox.append(frame.decode())
            self._wake_writer()

    def send_shared(self, head: bytes, tail: bytes) -> None:
        """Send one text message made of two parts."""
        self.send(head + tail)

    def close(self, code: int, reason: str) -> None:
        """Close, after what waits; after CLOSE_WAIT_S in any case."""
        if self._close is None:
            self._close = {"type": "websocket.close", "code": code, "reason": reason}
            self._patience.reschedule(asyncio.get_running_loop().time() + CLOSE_WAIT_S)
            self._wake_writer()

    async def serve(self, server: LiveServer, request: HTTPConnection, receive: Receive) -> None:
        """Read until the socket is closed; nothing of it is left afterwards."""
        writer = asyncio.get_running_loop().create_task(self._write())
        self._session = Session(server, self, request)
        try:
            await self._read(self._session, receive)
        finally:
            self._session.on_closed()
            writer.cancel()

    async def _read(self, session: Session, receive: Receive) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text")
            if text is None:
                session.on_binary()
            else:
                session.on_text(text)
            if self.congested:
                self._room = asyncio.get_running_loop().create_future()
                await self._room

    def _wake_writer(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def _write(self) -> None:
        """Write whatever there is, and wait for more, until the socket is closed."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                while self._outbox:
                    await self._send({"type": "websocket.send", "text": self._outbox.popleft()})
                    if not self._outbox:
                        self._drained()
                if self._close is not None:
                    await self._send(self._close)
                    return
                self._wake = loop.create_future()
                await self._wake
        except Exception:  # servers have their own exceptions for a peer that is gone
            self._gone()

    def _drained(self) -> None:
        if self._session is not None:
            self._session.on_drained()
        self._make_room()

    def _gone(self) -> None:
        self._outbox.clear()
        if self._session is not None:
            self._session.on_closed()
        self._make_room()

    def _make_room(self) -> None:
        if self._room is not None and not self._room.done() and not self.congested:
            self._room.set_result(None)
