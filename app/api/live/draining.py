"""uvicorn, told to say goodbye first.

An event stream ends when we end it, and uvicorn waits for it before it tells the application that
it stops. So the live connections are told at once, when the server begins to stop.
"""

import socket

import uvicorn

from app.api.live.server import LiveServer


class DrainingServer(uvicorn.Server):
    """Drains the application's LiveServer (lifespan state `live`) before it waits for anybody."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, tell every live client, then stop as uvicorn does."""
        for server in getattr(self, "servers", ()):
            server.close()
        live = self.lifespan.state.get("live")
        if isinstance(live, LiveServer):
            live.drain()
        await super().shutdown(sockets)
