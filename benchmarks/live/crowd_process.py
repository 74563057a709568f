"""A crowd of displays in one process: `python -m benchmarks.live.crowd_process HOST PORT`.

Reads one JSON command a line and answers each with one: `connect` holds more sockets, `reset`
forgets what was counted, `report` says it, `close` ends. Raw frames on a bare protocol, so that it
is not the bottleneck; it says how busy it was.
"""

import asyncio
import json
import resource
import sys
import time
from array import array
from datetime import datetime
from typing import Any

import uvloop

AS_OF = b'"asOf":"'
SEQ = b'"seq":'
HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: b2JvbGUtYmVuY2htYXJrIQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
QUERY = (
    "subscription ($ids: [ID!]!) { counters(ids: $ids)"
    " { contentId periodKey total period supporters seq asOf } }"
)
CONNECTING_AT_ONCE = 200
TEXT, PING = 1, 9


class Tally:
    """What the whole crowd has seen since it was last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything, and begin to count anew."""
        self.deliveries = 0
        self.latencies_s = array("d")
        self.lost = 0
        self.went_back = 0
        self.began = time.perf_counter()
        self.cpu_began = _cpu_s()

    def report(self, displays: int) -> dict[str, Any]:
        """The numbers, with the share of a core the crowd itself took."""
        seconds = time.perf_counter() - self.began
        ordered = sorted(self.latencies_s)
        return {
            "displays": displays,
            "deliveries": self.deliveries,
            "seconds": seconds,
            "busy": (_cpu_s() - self.cpu_began) / seconds,
            "p50_ms": _at(ordered, 0.5),
            "p99_ms": _at(ordered, 0.99),
            "lost": self.lost,
            "went_back": self.went_back,
        }


class Display(asyncio.Protocol):
    """One socket with one subscription."""

    __slots__ = ("buffer", "id", "ids", "ready", "seqs", "shaken", "transport")

    def __init__(self, display_id: str, ids: list[str], ready: asyncio.Future[None]) -> None:
        self.id = display_id
        self.ids = ids
        self.ready = ready
        self.shaken = False
        self.buffer = b""
        self.seqs: dict[bytes, int] = {}

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        host, port = transport.get_extra_info("peername")[:2]
        transport.write(HANDSHAKE.format(host=host, port=port).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        tally.lost += 1
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data if self.buffer else data
        if not self.shaken:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self.buffer = head
                return
            if b" 101 " not in head:
                self.transport.abort()
                return
            self.shaken, self.buffer = True, b""
            self.send({"type": "connection_init"})
        self.take(data)

    def take(self, data: bytes) -> None:
        """Every complete frame; what is left waits."""
        place, end = 0, len(data)
        while end - place >= 2:
            length, body = data[place + 1], place + 2
            if length == 126:
                length, body = int.from_bytes(data[body : body + 2]), body + 2
            elif length == 127:
                length, body = int.from_bytes(data[body : body + 8]), body + 8
            if end - body < length:
                break
            self.frame(data[place] & 15, data[body : body + length])
            place = body + length
        self.buffer = data[place:] if place < end else b""

    def frame(self, kind: int, text: bytes) -> None:
        if kind == TEXT and AS_OF in text:
            self.next(text)
        elif kind == PING:
            self.transport.write(bytes([0x8A, 0x80 | len(text), 0, 0, 0, 0]) + text)
        elif kind == TEXT and b'"connection_ack"' in text:
            payload = {"query": QUERY, "variables": {"ids": self.ids}}
            self.send({"id": self.id, "type": "subscribe", "payload": payload})
            if not self.ready.done():
                self.ready.set_result(None)
        elif kind == TEXT and b'"ping"' in text:
            self.send({"type": "pong"})

    def next(self, text: bytes) -> None:
        """Count it, time it, and see that its `seq` is newer."""
        place = text.find(AS_OF) + len(AS_OF)
        at = datetime.fromisoformat(text[place : text.find(b'"', place)].decode())
        tally.deliveries += 1
        tally.latencies_s.append(time.time() - at.timestamp())
        place = text.find(SEQ) + len(SEQ)
        seq = int(text[place : place + 12].split(b",")[0].split(b"}")[0])
        content = text[text.find(b'"contentId":') :][:60].split(b",")[0]
        if seq < self.seqs.get(content, 0):
            tally.went_back += 1
        self.seqs[content] = seq

    def send(self, message: dict[str, Any]) -> None:
        """One masked text frame; a mask of zeros is a mask."""
        text = json.dumps(message).encode()
        length = len(text)
        head = [0x81, 0x80 | length] if length < 126 else [0x81, 0xFE, *length.to_bytes(2)]
        self.transport.write(bytes([*head, 0, 0, 0, 0]) + text)


class Crowd:
    """Displays at one server."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.displays: list[Display] = []

    async def connect(self, count: int, ids: list[str]) -> None:
        """`count` more displays, each on one of `ids` in turn; all subscribed when it returns."""
        gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
        await asyncio.gather(*(self._one(gate, ids) for _ in range(count)))

    async def _one(self, gate: asyncio.Semaphore, ids: list[str]) -> None:
        loop = asyncio.get_running_loop()
        async with gate:
            number = len(self.displays)
            ready: asyncio.Future[None] = loop.create_future()
            display = Display(f"display-{number:07d}", [ids[number % len(ids)]], ready)
            self.displays.append(display)
            await loop.create_connection(lambda: display, self.host, self.port)
            await ready


async def serve(host: str, port: int) -> None:
    """Do as each line says."""
    crowd = Crowd(host, port)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        answer: dict[str, Any] = {}
        match command["do"]:
            case "connect":
                await crowd.connect(command["count"], command["ids"])
            case "reset":
                tally.reset()
            case "report":
                answer = tally.report(len(crowd.displays))
            case "close":
                return
        print(json.dumps(answer), flush=True)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _at(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else None


tally = Tally()

if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2])))
