"""A real uvicorn in a thread, with sockets served by FastProtocol, and raw sockets to try it."""

import asyncio
import base64
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import strawberry
import uvicorn
import uvloop
from starlette.applications import Starlette
from websockets.frames import Frame, Opcode

from app.api.context import ContextMaker
from app.api.guarded import GuardedSchema
from app.api.live.fast import FastProtocol
from app.api.live.limits import LiveLimits
from app.api.live.server import LiveServer
from app.api.viewer import Sessions
from tests.api.sample import Info, Query

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "uvloop": uvloop.new_event_loop,
    "asyncio": asyncio.new_event_loop,
}
TIMEOUT_S = 10.0


class Numbers:
    """A number that subscriptions tell: at once, and whenever it changes."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.now = 0
        self.runs = 0
        self.changed = asyncio.Event()

    def set(self, now: int) -> None:
        self.now = now
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    async def watch(self) -> AsyncIterator[int]:
        self.runs += 1
        while True:
            changed = self.changed
            yield self.now
            await changed.wait()


numbers = Numbers()


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def number(self, info: Info, padding: int = 0) -> AsyncIterator[str]:
        async for now in numbers.watch():
            info.context.event_key = "number"
            yield f"{now}{' ' * padding}"


class FastServer:
    """A server that runs; what is asked of its loop's objects is asked there."""

    def __init__(self, limits: LiveLimits, proxies: str) -> None:
        schema = GuardedSchema(Query, subscription=Subscription)
        contexts = ContextMaker(Sessions("http://127.0.0.1:8000"))
        self.live = LiveServer(schema, contexts, limits)
        self.numbers = numbers
        self.port = 0
        self.loop: asyncio.AbstractEventLoop
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(
                Starlette(lifespan=self._lifespan),
                port=0,
                http="app.api.live.fast_http:FastHttp",
                ws="app.api.live.fast:FastProtocol",
                forwarded_allow_ips=proxies,
                timeout_graceful_shutdown=3,
                log_level="warning",
            )
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"live": self.live}
        await self.live.aclose()

    async def _run(self) -> None:
        self.loop = asyncio.get_running_loop()
        numbers.reset()
        await self.uvicorn.serve()

    def wait_until_it_serves(self) -> None:
        until = time.monotonic() + TIMEOUT_S
        while not self.uvicorn.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        self.port = self.uvicorn.servers[0].sockets[0].getsockname()[1]

    def run(self, loop_factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(self._run())

    def ask(self, call: Callable[[], Any]) -> Any:
        """What `call` returns in the server's loop."""

        async def inside() -> Any:
            return call()

        return asyncio.run_coroutine_threadsafe(inside(), self.loop).result(TIMEOUT_S)

    def sockets(self) -> list[FastProtocol]:
        """The sockets that uvicorn knows of; to be called in its loop."""
        connections = cast(set[Any], self.uvicorn.server_state.connections)
        return [found for found in connections if isinstance(found, FastProtocol)]

    def set(self, now: int) -> None:
        """Change the number."""
        self.ask(lambda: self.numbers.set(now))

    def stop(self) -> None:
        self.uvicorn.should_exit = True


@contextmanager
def fast_server(
    loop: str = "uvloop", *, limits: LiveLimits | None = None, proxies: str = "127.0.0.1"
) -> Iterator[FastServer]:
    """A server, running until the block ends."""
    server = FastServer(limits or LiveLimits(), proxies)
    thread = threading.Thread(target=server.run, args=(LOOPS[loop],), daemon=True)
    thread.start()
    server.wait_until_it_serves()
    try:
        yield server
    finally:
        server.stop()
        thread.join(TIMEOUT_S)
        assert not thread.is_alive()


def upgrade(path: str = "/graphql", **headers: str | None) -> bytes:
    """A handshake; `headers` with underscores for dashes, None to leave one out."""
    given: dict[str, str | None] = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
        "Sec-WebSocket-Protocol": "graphql-transport-ws",
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


def masked(opcode: Opcode, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A client's frame."""
    return Frame(opcode, payload, fin).serialize(mask=True)


def text(message: object) -> bytes:
    """A client's text message, as JSON."""
    return masked(Opcode.TEXT, json.dumps(message).encode())


INIT = text({"type": "connection_init"})


def subscribe(operation_id: str, query: str = "subscription { number }", **variables: Any) -> bytes:
    """A `subscribe` message."""
    payload = {"query": query, "variables": variables}
    return text({"id": operation_id, "type": "subscribe", "payload": payload})


class RawSocket:
    """A client that sends what it likes and reads frame by frame."""

    def __init__(self, port: int, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect(("127.0.0.1", port))
        self._unread = b""

    def send(self, *data: bytes) -> None:
        self.socket.sendall(b"".join(data))

    def handshake(self, *more: bytes, **headers: str | None) -> str:
        """Shake hands, with more in the same packet; the answer's head."""
        self.send(upgrade("/graphql", **headers), *more)
        return self.head()

    def head(self) -> str:
        """The answer's status line and headers."""
        while b"\r\n\r\n" not in self._unread:
            self._fill()
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        return head.decode()

    def frame(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload."""
        first, length = self._take(2)
        if length == 126:
            length = int.from_bytes(self._take(2), "big")
        elif length == 127:
            length = int.from_bytes(self._take(8), "big")
        assert first & 0x70 == 0
        return first & 0x0F, self._take(length)

    def json(self) -> Any:
        """The next frame, which is a text message."""
        opcode, payload = self.frame()
        assert opcode == Opcode.TEXT, (opcode, payload)
        return json.loads(payload)

    def number(self) -> int:
        """The number that the next frame tells."""
        return int(self.json()["payload"]["data"]["number"])

    def closed(self) -> tuple[int, str]:
        """The close frame's code and reason; whatever comes before it is skipped."""
        opcode, payload = self.frame()
        while opcode != Opcode.CLOSE:
            opcode, payload = self.frame()
        return int.from_bytes(payload[:2], "big"), payload[2:].decode()

    def ended(self) -> bool:
        """Whether the server has ended the connection."""
        try:
            return self._unread == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _take(self, count: int) -> bytes:
        while len(self._unread) < count:
            self._fill()
        taken, self._unread = self._unread[:count], self._unread[count:]
        return taken

    def _fill(self) -> None:
        data = self.socket.recv(65_536)
        if not data:
            raise EOFError(self._unread)
        self._unread += data


@contextmanager
def raw_socket(server: FastServer, **options: Any) -> Iterator[RawSocket]:
    """A socket, closed when the block ends."""
    client = RawSocket(server.port, **options)
    try:
        yield client
    finally:
        client.socket.close()


@contextmanager
def subscriber(server: FastServer, operation_id: str = "1", **options: Any) -> Iterator[RawSocket]:
    """A socket that has subscribed to the number."""
    with raw_socket(server, **options) as client:
        assert " 101 " in client.handshake()
        client.send(INIT)
        assert client.json() == {"type": "connection_ack"}
        client.send(subscribe(operation_id))
        yield client
