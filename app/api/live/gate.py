"""What all fast sockets of one server share, and the way in: who comes from where, and to whom."""

from collections.abc import Coroutine, Sequence
from typing import Any
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.server import ServerState
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from app.api.live.messages import SUBPROTOCOL
from app.api.live.parsers import Parsers
from app.api.live.server import LiveServer

PATH = "/graphql"
_KEY = "fast_gate"
_UNREADABLE = b"""HTTP/1.1 400 Bad Request\r
Connection: close\r
Content-Type: text/plain; charset=utf-8\r
Content-Length: 32\r
\r
The request's head is malformed.
""".removesuffix(b"\n")


class Gate:
    """One for each running server; kept in its lifespan state, beside the LiveServer."""

    def __init__(self, config: Config, state: ServerState, live: LiveServer) -> None:
        self.live = live
        self.connections: set[Any] = state.connections
        self.parsers = Parsers(live.limits.max_message_bytes)
        self._root_path = config.root_path
        # uvicorn names ASGI's types its own way; to a checker they are others than Starlette's.
        self._trusting = (
            ProxyHeadersMiddleware(_nothing, config.forwarded_allow_ips)  # type: ignore[arg-type]
            if config.proxy_headers
            else None
        )

    @classmethod
    def of(cls, config: Config, state: ServerState, app_state: dict[str, Any]) -> "Gate":
        """The server's gate. Raises KeyError if the application offers no LiveServer as `live`."""
        gate = app_state.get(_KEY)
        if gate is None:
            gate = app_state[_KEY] = cls(config, state, app_state["live"])
        assert isinstance(gate, Gate)
        return gate

    def answer(self, handshake: ServerProtocol, request: Request) -> Response:
        """101 for an upgrade of the one path that there is; else the refusal, ready to be sent."""
        if unquote(request.path.partition("?")[0]) != PATH:
            return handshake.reject(404, f"Sockets are served at {PATH}.\n")
        return handshake.accept(request)

    def scope(
        self, request: Request, *, client: Any, server: Any, secure: bool, subprotocol: str | None
    ) -> Scope:
        """The request as ASGI has it, with the client's own address where a trusted proxy says it.

        client, server: host and port of the two ends of the connection, or None.
        """
        path, _, query = request.path.partition("?")
        scope: Scope = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if secure else "ws",
            "server": server,
            "client": client,
            "root_path": self._root_path,
            "path": self._root_path + unquote(path),
            "raw_path": (self._root_path + path).encode("ascii"),
            "query_string": query.encode("ascii"),
            "headers": [
                (name.lower().encode("ascii"), value.encode("latin-1"))
                for name, value in request.headers.raw_items()
            ],
            "subprotocols": [subprotocol] if subprotocol else [],
            "state": {},
        }
        if self._trusting is not None:  # the types: as in __init__
            _run_through(self._trusting(scope, _unused, _unused))  # type: ignore[arg-type]
        return scope


def select_subprotocol(
    handshake: ServerProtocol, offered: Sequence[Subprotocol]
) -> Subprotocol | None:
    """Ours if it is offered. A client that does not is let in, to be told in a close frame."""
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


def unreadable(handshake: ServerProtocol) -> bytes:
    """The answer to a head that uvicorn's parser reads and that of `websockets` does not."""
    return b"".join(handshake.data_to_send()) or _UNREADABLE


def _run_through(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run what awaits nothing: uvicorn's middleware changes the scope, then calls `_nothing`."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("uvicorn's proxy middleware waits for something")


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    return


async def _unused(*_: Any) -> Any:
    raise RuntimeError("Not called")
