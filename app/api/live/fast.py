"""One WebSocket under uvicorn, without an ASGI task, a queue or a parser of its own.

uvicorn's extension point: `uvicorn.Config(ws="app.api.live.fast:FastProtocol")`. `websockets` does
the handshake and the reading; what is sent goes to the transport as ready frames. A peer that does
not read is not read either, and what waits for it is bounded by its send buffer.
"""

import asyncio
from typing import Any, cast

from starlette.requests import HTTPConnection
from uvicorn.config import Config
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN, Protocol
from websockets.server import ServerProtocol

from app.api.live.buffers import keep_buffers_small
from app.api.live.frames import close_frame, shared_frame, text_frame
from app.api.live.gate import Gate, select_subprotocol, unreadable
from app.api.live.messages import NO_SUBPROTOCOL, NOT_UTF8, SUBPROTOCOL
from app.api.live.parsers import release
from app.api.live.session import Session

CLOSE_WAIT_S = 2.0
"""How long a closed socket waits for the other side to say so too."""
MAX_HELD_BYTES = 16_384
"""Answers to what came in one go are written in one go, up to so much."""
MAX_UNSENT_BYTES = 1_048_576
"""Answers that may wait for a peer that does not read; with more, it is dropped."""


class FastProtocol(asyncio.Protocol):
    """A socket of the GraphQL endpoint: the `Wire` of its Session."""

    __slots__ = (
        "_gate",
        "_held",
        "_open",
        "_parser",
        "_pieces",
        "_session",
        "_timer",
        "_transport",
        "congested",
    )

    _transport: asyncio.Transport

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._gate = Gate.of(config, server_state, app_state)
        self._session: Session | None = None
        self._parser: Protocol | None = None
        self._pieces: bytearray | None = None
        self._held: bytearray | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._open = False
        self.congested = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by uvicorn's HTTP protocol when a request asks for an upgrade."""
        self._transport = cast(asyncio.Transport, transport)
        self._gate.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever the reason, all is released here."""
        self._open = False
        self._gate.connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._parser is not None:
            release(self._parser)
            self._parser = None
        session, self._session = self._session, None
        if session is not None:
            session.on_closed()

    # Writing: the Wire

    def send(self, frame: bytes) -> None:
        """One text message. A peer that asks on and on without reading is dropped."""
        if not self._open:
            return
        if self.congested and self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self._open = False
            self._transport.abort()
            return
        self._write(text_frame(frame))

    def send_shared(self, head: bytes, tail: bytes) -> None:
        """`head + tail` as one text message."""
        if not self._open:
            return
        if self._held is None:
            self._transport.write(shared_frame(head, tail))
        else:
            self._write(shared_frame(head, tail))

    def close(self, code: int, reason: str) -> None:
        """Say why, and give the peer a moment to say goodbye."""
        if not self._open:
            return
        self._write(close_frame(code, reason))
        self._part()

    def _write(self, frame: bytes) -> None:
        """Write now, or, while an incoming message is handled, together with what follows."""
        if self._held is None:
            self._transport.write(frame)
            return
        self._held += frame
        if len(self._held) > MAX_HELD_BYTES:
            self._flush()
            self._hold()

    def _hold(self) -> None:
        if self._held is None:
            self._held = bytearray()

    def _flush(self) -> None:
        held, self._held = self._held, None
        if held:
            self._transport.write(bytes(held))

    def pause_writing(self) -> None:
        """The peer has not taken what it was sent: nothing more for now, in either direction."""
        self.congested = True
        if self._open:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The peer has taken all of it, so it lives."""
        self.congested = False
        self._transport.resume_reading()
        if self._open and self._session is not None:
            self._session.heard = True
            self._hold()
            self._session.on_drained()
            self._flush()

    # Reading

    def data_received(self, data: bytes) -> None:
        """First the handshake, as uvicorn passes it on; then frames."""
        if self._session is not None:
            self._session.heard = True
            self._hold()
            self._read(data)
            self._flush()
        elif self._timer is None and not self._transport.is_closing():
            self._shake_hands(data)

    def _shake_hands(self, data: bytes) -> None:
        handshake = ServerProtocol(select_subprotocol=select_subprotocol)
        handshake.receive_data(data)
        requests = handshake.events_received()
        if not requests:
            self._transport.write(unreadable(handshake))
        for request in requests:
            assert isinstance(request, Request)
            response = self._gate.answer(handshake, request)
            handshake.send_response(response)
            self._transport.write(b"".join(handshake.data_to_send()))
            if response.status_code == 101:
                self._begin(request, handshake.subprotocol)
        release(handshake)
        if self._session is None:
            self._transport.close()

    def _begin(self, request: Request, subprotocol: str | None) -> None:
        """The socket is open: from here on the Session has the word."""
        keep_buffers_small(self._transport)
        self._open = True
        scope = self._gate.scope(
            request,
            client=get_remote_addr(self._transport),
            server=get_local_addr(self._transport),
            secure=is_ssl(self._transport),
            subprotocol=subprotocol,
        )
        self._session = Session(self._gate.live, self, HTTPConnection(scope))
        if subprotocol is None:
            self.close(NO_SUBPROTOCOL, f"The subprotocol is {SUBPROTOCOL}")

    def _read(self, data: bytes) -> None:
        parser = self._parser or self._gate.parsers.lend()
        if parser.parser_exc is not None:
            return
        parser.receive_data(data)
        for frame in parser.events_received():
            if self._open and isinstance(frame, Frame):
                self._on_frame(frame)
        reply = b"".join(parser.data_to_send())
        if reply and self._open:
            self._write(reply)
        self._parser = self._gate.parsers.take_back(parser)
        if parser.state is not OPEN:
            self._flush()
            self._on_end(failed=parser.parser_exc is not None)

    def _on_frame(self, frame: Frame) -> None:
        assert self._session is not None
        if frame.opcode is Opcode.BINARY:
            self._session.on_binary()
        elif frame.opcode is Opcode.TEXT or frame.opcode is Opcode.CONT:
            self._on_piece(frame)

    def _on_piece(self, frame: Frame) -> None:
        """A message or a part of one; the parser bounds their sum."""
        data: bytes | bytearray = bytes(frame.data)
        if self._pieces is not None or not frame.fin:
            if self._pieces is None:
                self._pieces = bytearray()
            self._pieces += data
            if not frame.fin:
                return
            data, self._pieces = self._pieces, None
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.close(NOT_UTF8, "A text message is UTF-8")
            return
        assert self._session is not None
        self._session.on_text(text)

    # Ending

    def _on_end(self, *, failed: bool) -> None:
        """The peer closed, which has been echoed, or broke the protocol, which it has been told.

        After a failure the rest of what it sends is read away for a moment: a socket that is closed
        with unread data resets, and the peer would never learn why.
        """
        self._part()
        if not failed:
            self._transport.close()
        elif self._transport.can_write_eof():
            self._transport.write_eof()

    def _part(self) -> None:
        """Nothing is sent any more, and in a moment the connection ends."""
        self._open = False
        self._transport.resume_reading()
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(CLOSE_WAIT_S, self._transport.abort)

    def shutdown(self) -> None:
        """Called by uvicorn when the server stops: the peer is told to come again elsewhere."""
        if self._session is not None:
            self._session.drain()
        else:
            self._transport.close()
