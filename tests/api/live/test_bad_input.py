"""What strangers send to a socket: it ends with the protocol's code, and nothing else suffers."""

import asyncio
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from app.api.live.limits import LiveLimits
from app.api.live.server import LiveServer
from tests.api.board import board

from .serving import NUMBERS, Serving, Socket, eventually, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

TICKS = {"query": "subscription { ticks }"}


def gone(live: LiveServer) -> bool:
    """Whether nothing is left of anybody."""
    return (live.connections, len(live.streams), live.streams.tasks, board.watching) == (0,) * 4


def subscribe(**fields: Any) -> str:
    return json.dumps({"type": "subscribe", "id": "1", "payload": TICKS, **fields})


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (['{"type":"connection_init"}'] * 2, 4429),
        ([subscribe()], 4401),
        ([b"binary"], 4400),
        ([b'{"type":"connection_init"}'], 4400),
        (["garbage"], 4400),
        ([""], 4400),
        (["null"], 4400),
        (["5"], 4400),
        (['"connection_init"'], 4400),
        (['["connection_init"]'], 4400),
        (["{}"], 4400),
        (['{"type":null}'], 4400),
        (['{"type":["ping"]}'], 4400),
        (['{"type":"start","id":"1"}'], 4400),
        (['{"type":"connection_ack"}'], 4400),
        (['{"type":"next","id":"1"}'], 4400),
        (['{"type":"ping","type":"pong"}'], 4400),
        (['{"type":"ping","payload":NaN}'], 4400),
        (['{"type":"ping","payload":"x"}'], 4400),
        (['{"type":"pong","payload":[]}'], 4400),
        (['{"type":"connection_init","payload":"x"}'], 4400),
        (['{"type":"ping","payload":{"a":' + "9" * 5_000 + "}}"], 4400),
        (['{"type":"ping","payload":{"a":"\\ud800"}}'], 4400),
        (["[" * 20_000], 4400),
        (['{"a":' * 10_000], 4400),
        (["x" * 65_537], 1009),
        (['{"type":"ping","payload":{"a":"' + "é" * 40_000 + '"}}'], 1009),
        (["x" * 200_000], 1009),
    ],
)
async def test_what_the_protocol_does_not_know_closes(
    served: Serving, messages: list[str | bytes], code: int
) -> None:
    async with served.socket(init=False) as socket:
        for message in messages:
            await socket.connection.send(message)
        assert await socket.close_code() == code
    await eventually(lambda: gone(served.live))


@pytest.mark.parametrize(
    "message",
    [
        subscribe(id=None),
        subscribe(id=5),
        subscribe(id=""),
        subscribe(id={"a": 1}),
        subscribe(id=["1"]),
        subscribe(id="x" * 257),
        '{"type":"subscribe","id":"1"}',
        subscribe(payload=None),
        subscribe(payload="subscription { ticks }"),
        subscribe(payload=[TICKS]),
        subscribe(payload={}),
        subscribe(payload={"query": None}),
        subscribe(payload={"query": 5}),
        subscribe(payload={**TICKS, "variables": "x"}),
        subscribe(payload={**TICKS, "variables": [1]}),
        subscribe(payload={**TICKS, "operationName": 5}),
        subscribe(payload={**TICKS, "extensions": 5}),
        '{"type":"complete"}',
        '{"type":"complete","id":7}',
    ],
)
async def test_a_malformed_message_closes_with_4400(served: Serving, message: str) -> None:
    async with served.socket() as socket:
        await socket.connection.send(message)
        assert await socket.close_code() == 4400
    await eventually(lambda: gone(served.live))


async def test_an_id_that_is_in_use_closes_with_4409(served: Serving) -> None:
    async with served.socket() as socket:
        await socket.numbers("twice", "x")
        await socket.numbers("twice", "y")
        assert await socket.close_code() == 4409
        assert socket.connection.close_reason == "Subscriber for twice already exists"
    await eventually(lambda: gone(served.live))


async def test_a_frame_of_no_utf8_closes(served: Serving) -> None:
    async with served.socket() as socket:
        await socket.connection.send(b"\xff\xfe", text=True)
        assert await socket.close_code() == 1007
    await eventually(lambda: gone(served.live))


async def test_a_frame_that_says_it_is_huge_is_not_waited_for(served: Serving) -> None:
    async with served.socket() as socket:
        header = b"\x81\xff" + (2**40).to_bytes(8, "big") + b"mask"
        socket.connection.transport.write(header + b"x" * 1_000)
        assert await socket.close_code() == 1009
    await eventually(lambda: gone(served.live))


async def test_a_message_in_endless_pieces_is_not_collected(served: Serving) -> None:
    async def pieces() -> Any:
        while True:
            yield "x" * 10_000
            await asyncio.sleep(0)

    async with served.socket() as socket:
        sending = asyncio.create_task(socket.connection.send(pieces()))
        assert await socket.close_code() == 1009
        await asyncio.wait({sending})
        sending.exception()


async def test_a_socket_that_never_inits_is_closed_with_4408(wire: str) -> None:
    limits = LiveLimits(connection_init_timeout_s=0.1)
    async with serving(wire, limits) as served, served.socket(init=False) as socket:
        assert await socket.close_code() == 4408
        await eventually(lambda: gone(served.live))


async def test_a_thousand_sockets_that_never_init_are_all_closed(wire: str) -> None:
    async with serving(wire, LiveLimits(connection_init_timeout_s=2.0)) as served:
        async with served.socket() as good, asyncio.TaskGroup() as group:
            idle = [group.create_task(never_init(served)) for _ in range(1_000)]
            await good.numbers("n", "x")
            assert await good.next_number() == ("n", "x", 0)
        assert {task.result() for task in idle} == {4408}
        await eventually(lambda: gone(served.live))


async def never_init(served: Serving) -> int:
    async with served.socket(init=False, open_timeout=60) as socket:
        return await socket.close_code()


async def test_a_full_server_sends_away_with_1013(wire: str) -> None:
    full = serving(wire, LiveLimits(max_sockets=2))
    async with full as served, served.socket(), served.socket() as second:
        async with served.socket(init=False) as third:
            assert await third.close_code() == 1013
        second.abort()
        await eventually(lambda: served.live.connections == 1)
        async with served.socket() as fourth:
            await fourth.numbers("n", "x")
            assert await fourth.next_number() == ("n", "x", 0)


async def test_a_socket_holds_so_many_operations_and_no_more(wire: str) -> None:
    limits = LiveLimits(max_subscriptions_per_socket=3)
    async with serving(wire, limits) as served, served.socket() as socket:
        for number in range(3):
            await socket.numbers(str(number), "x")
            await socket.next_number()
        await socket.numbers("many", "x")
        assert await socket.error_codes("many") == ["TOO_MANY_SUBSCRIPTIONS"]
        await socket.send({"id": "1", "type": "complete"})
        await socket.numbers("many", "x")
        assert await socket.next_number() == ("many", "x", 0)


async def test_ten_thousand_keys_are_too_big_a_message(served: Serving) -> None:
    async with served.socket() as socket:
        await socket.numbers("n", *(f"key-{number}" for number in range(10_000)))
        assert await socket.close_code() == 1009
    await eventually(lambda: gone(served.live))


async def test_silence_is_asked_and_then_ended(wire: str) -> None:
    limits = LiveLimits(keepalive_s=0.1)
    async with serving(wire, limits) as served, served.socket() as socket:
        await socket.connection.send('{"type":"pong"}')
        assert await socket.close_code() in (4499, 1006)
        await eventually(lambda: gone(served.live))


async def test_whoever_answers_pings_stays(wire: str) -> None:
    async with serving(wire, LiveLimits(keepalive_s=0.1)) as served, served.socket() as socket:
        await socket.numbers("n", "x")
        assert await socket.next_number() == ("n", "x", 0)
        answering = asyncio.create_task(answer_pings(socket))
        await asyncio.sleep(1.0)
        board.put("x", 7)
        assert await asyncio.wait_for(answering, 5) == ("n", "x", 7)


async def answer_pings(socket: Socket) -> tuple[str, str, int]:
    while True:
        message = await socket.receive()
        if message["type"] != "ping":
            number = message["payload"]["data"]["numbers"]
            return message["id"], number["key"], number["value"]
        await socket.send({"type": "pong"})


@pytest.fixture
def memory_traced() -> Iterator[None]:
    """tracemalloc, for as long as the test takes."""
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("memory_traced")
async def test_a_socket_that_never_reads_holds_little(wire: str) -> None:
    key = "k" * 60_000
    async with serving(wire, LiveLimits(keepalive_s=600)) as served, served.socket() as idle:
        await idle.numbers("n", key)
        assert (await idle.next_number())[2] == 0
        idle.connection.transport.pause_reading()
        sizes = [await held_after(served, key, 100) for _ in range(6)]
        assert max(sizes[2:]) - sizes[1] < 1_500_000, "of 24 MB that were to be told"
        assert served.live.connections == 1
        idle.abort()


async def test_a_socket_that_never_reads_is_let_go(wire: str) -> None:
    key = "k" * 60_000
    async with serving(wire, LiveLimits(keepalive_s=0.2)) as served, served.socket() as idle:
        await idle.numbers("n", key)
        assert (await idle.next_number())[2] == 0
        idle.connection.transport.pause_reading()
        for value in range(1, 11):
            board.put(key, value)
            await asyncio.sleep(0.01)
        await eventually(lambda: gone(served.live))
        idle.abort()


async def held_after(served: Serving, key: str, changes: int) -> int:
    """Bytes that this process holds after so many more changes."""
    for _ in range(changes):
        board.put(key, board.numbers.get(key, 0) + 1)
        await asyncio.sleep(0.002)
    return tracemalloc.get_traced_memory()[0]


async def test_who_asks_on_and_on_without_reading_is_let_go(wire: str) -> None:
    async def ask(socket: Socket) -> None:
        message = json.dumps({"type": "ping", "payload": {"a": "x" * 10_000}})
        with suppress(ConnectionClosed):
            while True:
                await socket.connection.send(message)

    async with serving(wire, LiveLimits(keepalive_s=0.3)) as served, served.socket() as deaf:
        deaf.connection.transport.pause_reading()
        asking = asyncio.create_task(ask(deaf))
        await eventually(lambda: gone(served.live))
        deaf.abort()
        await asyncio.wait_for(asking, 10)


async def test_nothing_is_left_after_a_thousand_abrupt_disconnects(served: Serving) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(10):
        async with asyncio.TaskGroup() as group:
            for number in range(100):
                group.create_task(vanish(served, number))
    await eventually(lambda: gone(served.live))
    await eventually(lambda: len(asyncio.all_tasks()) <= before)
    assert served.server.server_state.connections == set()


async def vanish(served: Serving, number: int) -> None:
    """Leave at one of several moments: unwelcomed, welcomed, asking, told."""
    async with served.socket(init=number % 5 > 0, open_timeout=60) as socket:
        if number % 5 > 1:
            await socket.numbers("shared", "x", "y")
            await socket.subscribe("own", NUMBERS, variables={"keys": [f"own-{number}"]})
        if number % 5 > 2:
            await socket.subscribe("slow", "{ slow }")
            await socket.receive()
        socket.abort()
