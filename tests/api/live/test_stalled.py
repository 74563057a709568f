"""Whoever does not read for a while is not told all the old numbers afterwards, on any wire."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from app.api.live.limits import LiveLimits
from tests.api.board import board

from .serving import NUMBERS, WAIT_S, Serving, serving

CHANGES = 3_000
MOST_REPLAYED = 200
"""What a send buffer of 16 KB and a receive buffer of 4 KB may hold of small events."""


async def test_a_stalled_socket_skips_to_the_newest(wire: str) -> None:
    async with serving(wire, LiveLimits(keepalive_s=600)) as served:
        async with served.socket(sock=small_socket(served), open_timeout=WAIT_S) as stalled:
            await stalled.numbers("n", "x")
            assert await stalled.next_number() == ("n", "x", 0)
            stalled.connection.transport.pause_reading()
            await change_often(served)
            stalled.connection.transport.resume_reading()
            seen = [0]
            while seen[-1] < CHANGES:
                seen.append((await stalled.next_number())[2])
        assert seen == sorted(set(seen)) and len(seen) < MOST_REPLAYED, len(seen)


async def test_a_stalled_event_stream_skips_to_the_newest() -> None:
    async with (
        serving("fast", LiveLimits(keepalive_s=600)) as served,
        event_stream(served) as (stalled, transport),
    ):
        await stalled.readuntil(b'"value":0')
        transport.pause_reading()
        await change_often(served)
        transport.resume_reading()
        told = await asyncio.wait_for(stalled.readuntil(b'"value":%d}' % CHANGES), WAIT_S)
        seen = [int(value) for value in re.findall(rb'"value":(\d+)', told)]
        assert seen == sorted(set(seen)) and len(seen) < MOST_REPLAYED, len(seen)


async def change_often(served: Serving) -> None:
    """So many changes, each of them told to whoever reads."""
    async with served.socket() as good:
        await good.numbers("good", "x")
        for value in range(1, CHANGES + 1):
            board.put("x", value)
            while (await good.next_number())[2] < value:
                pass


def small_socket(served: Serving) -> socket.socket:
    """Connected, with a receive buffer that does not grow."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect(("127.0.0.1", served.port))
    client.setblocking(False)
    return client


@asynccontextmanager
async def event_stream(
    served: Serving,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.ReadTransport]]:
    """A number of the board, as server-sent events."""
    reader, writer = await asyncio.open_connection(sock=small_socket(served), limit=10_000_000)
    body = json.dumps({"query": NUMBERS, "variables": {"keys": ["x"]}}).encode()
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        b"Accept: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    try:
        yield reader, cast(asyncio.ReadTransport, writer.transport)
    finally:
        writer.transport.abort()
