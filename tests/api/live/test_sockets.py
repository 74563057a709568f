"""`graphql-transport-ws` over real sockets, with both wires."""

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed

from app.api.live.limits import LiveLimits
from tests.api.board import board

from .fast_server import upgrade
from .serving import WAIT_S, Serving, eventually, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

TICKS = "subscription { ticks }"


async def test_a_subscription_from_its_first_event_to_its_end(served: Serving) -> None:
    async with served.socket() as socket:
        await socket.subscribe("a", TICKS)
        assert await socket.receive() == {
            "id": "a",
            "type": "next",
            "payload": {"data": {"ticks": 1}},
        }
        assert await socket.receive() == {"id": "a", "type": "complete"}
        await socket.subscribe("a", TICKS)
        assert (await socket.receive())["type"] == "next"


async def test_changes_arrive_until_the_client_has_enough(served: Serving) -> None:
    async with served.socket() as socket:
        await socket.numbers("n", "x", "y")
        assert [await socket.next_number(), await socket.next_number()] == [
            ("n", "x", 0),
            ("n", "y", 0),
        ]
        board.put("y", 5)
        assert await socket.next_number() == ("n", "y", 5)
        await socket.send({"id": "n", "type": "complete"})
        await eventually(lambda: board.watching == 0 and len(served.live.streams) == 0)
        board.put("y", 6)
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("{ hello }", {"hello": "hello world"}),
        ("mutation { signIn }", {"signIn": "fresh"}),
        ("query A { hello } query B { double }", {"double": 2}),
    ],
)
async def test_queries_and_mutations_go_over_the_socket_too(
    served: Serving, query: str, data: object
) -> None:
    async with served.socket() as socket:
        await socket.subscribe("q", query, operationName="B" if " B " in query else None)
        assert (await socket.receive())["payload"] == {"data": data}
        assert await socket.receive() == {"id": "q", "type": "complete"}


async def test_ids_may_be_any_string_and_are_given_back_as_they_are(served: Serving) -> None:
    strange = 'quote " back \\ line \n ünïcode 🎉'
    async with served.socket() as socket:
        await socket.subscribe(strange, TICKS)
        assert (await socket.receive())["id"] == strange
        assert (await socket.receive()) == {"id": strange, "type": "complete"}


async def test_a_ping_is_answered_before_and_after_init(served: Serving) -> None:
    async with served.socket(init=False) as socket:
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}
        await socket.init()
        await socket.send({"type": "ping", "payload": {"at": 5}})
        assert await socket.receive() == {"type": "pong", "payload": {"at": 5}}
        await socket.send({"type": "pong"})
        await socket.send({"type": "complete", "id": "nobody's"})
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}


@pytest.mark.parametrize("message", [{"type": "connection_init"}, {"type": "connection_init",
    "payload": None}, {"type": "connection_init", "payload": {}}])  # fmt: skip
async def test_init_needs_no_payload(served: Serving, message: object) -> None:
    async with served.socket(init=False) as socket:
        await socket.send(message)
        assert await socket.receive() == {"type": "connection_ack"}


@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        ("subscription {", {}, "SYNTAX_ERROR"),
        ("", {}, "BAD_REQUEST"),
        ("  ", {}, "BAD_REQUEST"),
        ("subscription { tikcs }", {}, "VALIDATION_FAILED"),
        ("{ helo }", {}, "VALIDATION_FAILED"),
        ("subscription { ticks other: ticks }", {}, "VALIDATION_FAILED"),
        (TICKS, {"operationName": "A"}, "OPERATION_NOT_FOUND"),
        ("{ hello }", {"operationName": "A"}, "OPERATION_NOT_FOUND"),
        ("fragment F on Query { hello }", {}, "OPERATION_NOT_FOUND"),
        ("subscription A { ticks } subscription B { ticks }", {}, "OPERATION_NAME_REQUIRED"),
        ("query A { hello } query B { double }", {}, "OPERATION_NAME_REQUIRED"),
        ("query A { hello } subscription B { ticks }", {}, "OPERATION_NAME_REQUIRED"),
        ("query($n: Int!) { double(number: $n) }", {}, "INVALID_VARIABLES"),
        ("query($n: Int!) { double(number: $n) }", {"variables": {"n": "1"}}, "INVALID_VARIABLES"),
        (
            "subscription($k: [String!]!) { numbers(keys: $k) { key } }",
            {"variables": {"k": 5}},
            "INVALID_VARIABLES",
        ),
        ("subscription { refuses }", {}, "INVALID_INPUT"),
        ("subscription { refusesAtOnce }", {}, "INVALID_INPUT"),
        ("{ thing " + "{ things " * 40 + "{ name }" + " }" * 40 + " }", {}, "TOO_DEEP"),
        ("{ " + "hello " * 2_100 + "}", {}, "TOO_MANY_TOKENS"),
        (
            "{ things(ids: [" + '"a" ' * 990 + "]) { things { things { name } } } }",
            {},
            "TOO_COSTLY",
        ),
        ("{ hello(name: \\uD800) }", {}, "SYNTAX_ERROR"),
    ],
)
async def test_a_bad_operation_is_an_error_and_the_others_go_on(
    served: Serving, query: str, more: dict[str, object], code: str
) -> None:
    async with served.socket() as socket:
        await socket.numbers("good", "x")
        assert await socket.next_number() == ("good", "x", 0)
        await socket.subscribe("bad", query, **more)
        assert code in await socket.error_codes("bad")
        board.put("x", 1)
        assert await socket.next_number() == ("good", "x", 1)
    await eventually(lambda: len(served.live.streams) == 0 and served.live.streams.tasks == 0)


@pytest.mark.parametrize("query", ["subscription { breaks }", "{ breaksAll }"])
async def test_a_bug_is_masked(served: Serving, query: str) -> None:
    async with served.socket() as socket:
        await socket.subscribe("b", query)
        message = await socket.receive()
        assert "INTERNAL" in json.dumps(message) and "secret" not in json.dumps(message)


async def test_a_fault_of_ours_in_the_middle_is_borne_for_a_while(wire: str) -> None:
    limits = LiveLimits(retries_s=(0.01, 0.01))
    async with serving(wire, limits) as served, served.socket() as socket:
        await socket.subscribe("b", "subscription { breaksLater }")
        for _ in range(3):
            assert (await socket.receive())["payload"] == {"data": {"breaksLater": 1}}
        assert await socket.error_codes("b") == ["INTERNAL"]


async def test_a_field_that_fails_leaves_the_event_and_the_stream(served: Serving) -> None:
    async with served.socket() as socket:
        await socket.subscribe("n", 'subscription { numbers(keys: ["x"]) { key breaks } }')
        for value in range(2):
            payload = (await socket.receive())["payload"]
            assert payload["data"] == {"numbers": {"key": "x", "breaks": None}}
            assert payload["errors"][0]["extensions"]["code"] == "INTERNAL"
            board.put("x", value)


async def test_a_head_that_cannot_be_read_is_answered(served: Serving) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(upgrade(Content_Length="1") + b"x")
    answer = await asyncio.wait_for(reader.read(), WAIT_S)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ") and head.endswith(b"Content-Length: %d" % len(body))
    assert body == b"The request's head is malformed."
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("field", ["breaksAt", "nullAt", "hangsAt"])
async def test_an_event_that_fails_for_once_is_not_the_newest_for_long(
    wire: str, field: str
) -> None:
    """What is told of it, if anything, is followed by how things are, though nothing moves."""
    query = f'subscription {{ numbers(keys: ["x"]) {{ value it: {field}(value: 1) }} }}'
    limits = LiveLimits(retries_s=(0.01,), operation_timeout_s=0.2)
    whole = {"data": {"numbers": {"value": 1, "it": "whole"}}}
    async with serving(wire, limits) as served, served.socket() as socket:
        await socket.subscribe("n", query)
        assert (await socket.receive())["payload"]["data"]["numbers"]["value"] == 0
        board.broken = 1
        board.put("x", 1)
        if field == "nullAt":
            flawed = (await socket.receive())["payload"]
            assert flawed["data"] == {"numbers": {"value": 1, "it": None}}
        assert (await socket.receive())["payload"] == whole
        await socket.subscribe("late", query)
        assert (await socket.receive())["payload"] == whole
        assert board.watching == 1


async def test_a_subscription_begins_in_time(wire: str) -> None:
    limits = LiveLimits(operation_timeout_s=0.1)
    async with serving(wire, limits) as served, served.socket() as socket:
        await socket.subscribe("n", "subscription { neverBegins }")
        assert await socket.error_codes("n") == ["INTERNAL"]
        await socket.numbers("x", "x")
        assert await socket.next_number() == ("x", "x", 0)
        await asyncio.sleep(0.3)
        board.put("x", 1)
        assert await socket.next_number() == ("x", "x", 1)


async def test_an_operation_has_its_time(wire: str) -> None:
    limits = LiveLimits(operation_timeout_s=0.1)
    async with serving(wire, limits) as served, served.socket() as socket:
        await socket.subscribe("slow", "{ slow }")
        assert await socket.error_codes("slow") == ["TIMEOUT"]


async def test_an_operation_that_is_completed_early_says_nothing(served: Serving) -> None:
    async with served.socket() as socket:
        await socket.subscribe("slow", "{ slow }")
        await socket.send({"id": "slow", "type": "complete"})
        await eventually(lambda: served.live.streams.tasks == 0)
        await socket.subscribe("slow", "{ hello }")
        assert (await socket.receive())["payload"] == {"data": {"hello": "hello world"}}


async def test_all_are_told_when_the_server_stops(wire: str) -> None:
    async with serving(wire) as served:
        async with served.socket() as first, served.socket(init=False) as second:
            await first.numbers("n", "x")
            await first.next_number()
            served.stop()
            assert [await first.close_code(), await second.close_code()] == [1012, 1012]
        assert (served.live.connections, len(served.live.streams)) == (0, 0)


async def test_a_handshake_for_another_protocol_is_told_so(served: Serving) -> None:
    for offered in (None, ["graphql-ws"]):
        async with served.socket(init=False, subprotocols=offered) as socket:
            assert await socket.close_code() == 4406
    assert served.live.connections == 0


async def test_the_order_of_many_operations_of_one_socket(served: Serving) -> None:
    async with served.socket() as socket:
        for number in range(100):
            await socket.subscribe(str(number), "query($n: Int) { double(number: $n) }",
                variables={"n": number})  # fmt: skip
        got: dict[str, int] = {}
        while len(got) < 100:
            message = await socket.receive()
            if message["type"] == "next":
                got[message["id"]] = message["payload"]["data"]["double"]
        assert got == {str(number): 2 * number for number in range(100)}


async def test_a_socket_may_be_left_at_any_moment(served: Serving) -> None:
    for moment in range(12):
        async with served.socket() as socket:
            await socket.numbers("n", "x")
            await socket.subscribe("slow", "{ slow }")
            await asyncio.sleep(0.001 * moment)
            socket.abort()
            with pytest.raises(ConnectionClosed):
                while True:
                    await socket.connection.recv()
    live = served.live
    await eventually(lambda: (live.connections, len(live.streams), live.streams.tasks) == (0, 0, 0))
    assert board.watching == 0
