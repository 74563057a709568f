"""uvicorn's HTTP protocol with four things more: what live connections want of it.

`uvicorn.Config(http="app.api.live.fast_http:FastHttp")`.
"""

import sys
from functools import partial
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.live.buffers import EXTENSION, keep_buffers_small


class FastHttp(HttpToolsProtocol):
    """Hands sockets over whole and frees itself; tells the streams when the server stops."""

    _received = b""

    def data_received(self, data: bytes) -> None:
        """Keeps the bytes while they are looked at: frames may follow the request's head."""
        self._received = data
        super().data_received(data)
        self._received = b""

    def on_message_begin(self) -> None:
        """Lets the answer ask for small buffers, as an event stream does."""
        super().on_message_begin()
        keep = partial(keep_buffers_small, self.transport)
        self.scope["extensions"] = {EXTENSION: {"keep": keep}}

    def handle_websocket_upgrade(self) -> None:
        """Passes on what came after the head, which uvicorn drops.

        A client should wait for the answer before it sends frames (RFC 6455 §4.1); some do not.
        Then the tie between this and its parser is cut: neither is used again, and thousands would
        wait for the garbage collector.
        """
        upgrade = sys.exc_info()[1]
        super().handle_websocket_upgrade()
        if isinstance(upgrade, httptools.HttpParserUpgrade):
            early = self._received[upgrade.args[0] :]
            if early:
                self._now().data_received(early)
        # uvicorn says that it always has one; after the upgrade nobody asks for it.
        self.parser = None  # type: ignore[assignment]

    def _now(self) -> Any:
        """The protocol that has the transport now."""
        return self.transport.get_protocol()

    def shutdown(self) -> None:
        """Ends the event streams: uvicorn waits for them, and tells the application only then."""
        live = self.app_state.get("live")
        if live is not None and not live.draining:
            live.drain()
        super().shutdown()
