"""The sample schema behind a real uvicorn, and a raw WebSocket client that speaks to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.api.live.limits import LiveLimits
from app.api.live.server import LiveServer
from tests.api.sample import sample_app, sample_endpoint

SUBPROTOCOL = "graphql-transport-ws"
WIRES = {
    "plain": "app.api.live.plain:PlainProtocol",
    "fast": "app.api.live.fast:FastProtocol",
}
WAIT_S = 10.0
NUMBERS = "subscription($keys: [String!]!) { numbers(keys: $keys) { key value } }"


class Serving:
    """A running server, its LiveServer, and the way to it."""

    def __init__(self, server: uvicorn.Server, live: LiveServer) -> None:
        self.server = server
        self.live = live
        self.port: int = server.servers[0].sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """Where GraphQL is served, over HTTP."""
        return f"http://127.0.0.1:{self.port}/graphql"

    @asynccontextmanager
    async def socket(self, *, init: bool = True, **options: Any) -> AsyncIterator["Socket"]:
        """An open socket, past `connection_ack` unless told otherwise."""
        options.setdefault("subprotocols", [SUBPROTOCOL])
        url = self.url.replace("http:", "ws:")
        async with connect(url, compression=None, max_queue=None, **options) as connection:
            socket = Socket(connection)
            if init:
                await socket.init()
            yield socket

    def stop(self) -> None:
        """As SIGTERM does."""
        self.server.should_exit = True


class Socket:
    """The client's side of `graphql-transport-ws`, with nothing between us and the messages."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: object) -> None:
        """Send a message as JSON."""
        await self.connection.send(json.dumps(message))

    async def init(self, payload: object = None) -> Self:
        """Say hello and be welcomed."""
        await self.send({"type": "connection_init", "payload": payload})
        assert await self.receive() == {"type": "connection_ack"}
        return self

    async def subscribe(self, operation_id: str, query: str, **more: Any) -> None:
        """Ask for an operation."""
        payload = {"query": query, **more}
        await self.send({"id": operation_id, "type": "subscribe", "payload": payload})

    async def numbers(self, operation_id: str, *keys: str) -> None:
        """Subscribe to numbers of the board."""
        await self.subscribe(operation_id, NUMBERS, variables={"keys": list(keys)})

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(WAIT_S):
            message: dict[str, Any] = json.loads(await self.connection.recv())
            return message

    async def next_number(self) -> tuple[str, str, int]:
        """The next message, an event of the board: operation id, key and value."""
        message = await self.receive()
        number = message["payload"]["data"]["numbers"]
        return message["id"], number["key"], number["value"]

    async def error_codes(self, operation_id: str) -> list[str]:
        """The codes of the next message, an `error` of this operation."""
        message = await self.receive()
        assert (message["type"], message["id"]) == ("error", operation_id), message
        return [error["extensions"]["code"] for error in message["payload"]]

    async def close_code(self) -> int:
        """The code that the server closes this with, whatever it says before."""
        try:
            async with asyncio.timeout(WAIT_S):
                while True:
                    await self.connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    def abort(self) -> None:
        """Vanish without a goodbye."""
        self.connection.transport.abort()


@asynccontextmanager
async def serving(
    wire: str, limits: LiveLimits | None = None, **options: Any
) -> AsyncIterator[Serving]:
    """The sample behind uvicorn with the plain or the fast wire; stopped in the end."""
    endpoint = sample_endpoint(live=limits, **options)
    assert endpoint.live is not None
    config = uvicorn.Config(
        sample_app(endpoint),
        port=0,
        http="app.api.live.fast_http:FastHttp",
        ws=WIRES[wire],
        ws_max_size=endpoint.live.limits.max_message_bytes,
        ws_per_message_deflate=False,
        lifespan="on",
        log_level="critical",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    try:
        yield Serving(server, endpoint.live)
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, WAIT_S)


async def eventually(holds: Callable[[], bool], *, within_s: float = WAIT_S) -> None:
    """Wait until it holds. Raises TimeoutError if it does not in time."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
