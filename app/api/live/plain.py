"""uvicorn's WebSocket protocol, for sockets over plain ASGI, with three things more.

`uvicorn.Config(ws="app.api.live.plain:PlainProtocol")`.
"""

import asyncio
from typing import TYPE_CHECKING, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from app.api.live.buffers import keep_buffers_small
from app.api.live.frames import text_frame
from app.api.live.gate import unreadable

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent


class PlainProtocol(WebSocketsSansIOProtocol):
    """Keeps its buffers small, and writes a text that nothing stands against without a detour."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by uvicorn's HTTP protocol when a request asks for an upgrade."""
        super().connection_made(transport)
        keep_buffers_small(cast(asyncio.Transport, transport))

    def data_received(self, data: bytes) -> None:
        """A head that cannot be read is answered; uvicorn would leave the client waiting."""
        super().data_received(data)
        unread = self.conn.handshake_exc is not None and not self.handshake_initiated
        if unread and not self.transport.is_closing():
            self.transport.write(unreadable(self.conn))
            self.transport.close()

    async def send(self, message: "ASGISendEvent") -> None:
        """One text is one frame. All else, and what must wait or cannot be sent, is uvicorn's."""
        if (
            message["type"] == "websocket.send"
            and self.writable.is_set()
            and self.handshake_complete
            and not (self.close_sent or self.disconnected)
            and self.conn.state is OPEN
        ):
            text = message.get("text")
            if text is not None:
                self.transport.write(text_frame(text.encode()))
                return
        await super().send(message)
