"""One execution for all who ask for the same public thing."""

import asyncio
import json
import re

import httpx2
import pytest

from app.api.live.limits import LiveLimits
from tests.api.board import board

from .serving import NUMBERS, WAIT_S, Serving, Socket, eventually, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_many_identical_operations_are_one_execution(served: Serving) -> None:
    async with served.socket() as first, served.socket() as second:
        for number in range(50):
            await first.numbers(f"first-{number}", "x", "y")
            await second.numbers(f"second-{number}", "x", "y")
        got = [await socket.next_number() for socket in (first, second) for _ in range(100)]
        assert len({name for name, _, _ in got}) == 100
        board.put("x", 3)
        for socket, name in ((first, "first"), (second, "second")):
            changes = {await socket.next_number() for _ in range(50)}
            assert changes == {(f"{name}-{number}", "x", 3) for number in range(50)}
        assert (board.runs, board.watching, len(served.live.streams)) == (1, 1, 1)
    await eventually(lambda: board.watching == 0 and len(served.live.streams) == 0)


async def test_a_late_joiner_gets_the_newest_of_each_key_at_once(served: Serving) -> None:
    async with served.socket() as early, served.socket() as late:
        await early.numbers("a", "x", "y")
        for value in range(1, 4):
            board.put("x", value)
            while await early.next_number() != ("a", "x", value):
                pass
        await late.numbers("b", "x", "y")
        got = {await late.next_number(), await late.next_number()}
        assert got == {("b", "x", 3), ("b", "y", 0)}
        board.put("y", 9)
        assert await late.next_number() == ("b", "y", 9)
        assert board.runs == 1


@pytest.mark.parametrize(
    "payload",
    [
        {"query": NUMBERS, "variables": {"keys": ["y", "x"]}},
        {"query": NUMBERS + " ", "variables": {"keys": ["x", "y"]}},
        {"query": NUMBERS.replace("subscription", "subscription S"),
         "operationName": "S", "variables": {"keys": ["x", "y"]}},
    ],
)  # fmt: skip
async def test_what_differs_is_not_shared(served: Serving, payload: dict[str, object]) -> None:
    async with served.socket() as socket:
        await socket.numbers("a", "x", "y")
        await socket.send({"id": "b", "type": "subscribe", "payload": payload})
        await eventually(lambda: board.runs == 2)


async def test_the_order_of_variables_does_not_matter(served: Serving) -> None:
    query = "subscription($keys: [String!]!, $yes: Boolean!) "
    query += "{ numbers(keys: $keys) { key value @include(if: $yes) } }"
    async with served.socket() as socket:
        await socket.subscribe("a", query, variables={"keys": ["x"], "yes": True})
        await socket.subscribe("b", query, variables={"yes": True, "keys": ["x"]})
        assert {(await socket.next_number())[0] for _ in range(2)} == {"a", "b"}
        assert board.runs == 1


async def test_a_stream_begins_anew_after_its_last_reader_left(served: Serving) -> None:
    async with served.socket() as socket:
        for round_number in range(1, 6):
            board.put("x", round_number)
            await socket.numbers("a", "x")
            assert await socket.next_number() == ("a", "x", round_number)
            await socket.send({"id": "a", "type": "complete"})
            await eventually(lambda: board.watching == 0)
        assert board.runs == 5


async def test_the_first_reader_may_leave_before_anything_comes(served: Serving) -> None:
    async with served.socket() as socket:
        await socket.numbers("a", "x")
        await socket.send({"id": "a", "type": "complete"})
        await socket.numbers("b", "x")
        assert await socket.next_number() == ("b", "x", 0)
        await socket.send({"id": "b", "type": "complete"})
        live = served.live
        await eventually(
            lambda: (len(live.streams), live.streams.tasks, board.watching) == (0,) * 3
        )


async def test_an_error_before_the_first_event_goes_to_all_who_wait(served: Serving) -> None:
    async with served.socket() as first, served.socket() as second:
        for socket in (first, second):
            await socket.subscribe("r", "subscription { refuses }")
        assert await first.error_codes("r") == ["INVALID_INPUT"]
        assert await second.error_codes("r") == ["INVALID_INPUT"]
        await second.subscribe("r", "subscription { refuses }")
        assert await second.error_codes("r") == ["INVALID_INPUT"]


async def test_queries_are_never_shared(served: Serving) -> None:
    async with served.socket() as socket:
        for number in range(5):
            await socket.subscribe(str(number), "{ contextId }")
        seen = {str((await socket.receive()).get("payload")) for _ in range(10)} - {"None"}
        assert len(seen) == 5


async def test_a_reader_that_never_reads_costs_the_others_nothing(wire: str) -> None:
    """The events are large, so that what the kernel buffers is soon full."""
    key = "k" * 20_000
    limits = LiveLimits(keepalive_s=600)
    async with serving(wire, limits) as served, served.socket() as good:
        async with served.socket() as idle:
            await idle.numbers("idle", key)
            await good.numbers("good", key)
            assert (await idle.next_number())[2] == (await good.next_number())[2] == 0
            idle.connection.transport.pause_reading()
            slowest_s = await storm(good, key, count=1_500)
            assert slowest_s < 1.0
            idle.connection.transport.resume_reading()
            got = [0]
            while got[-1] != 1_500:
                got.append((await idle.next_number())[2])
            assert got == sorted(set(got))
            assert len(got) < 1_000, "it skipped"
        assert board.runs == 1


async def storm(reader: Socket, key: str, *, count: int) -> float:
    """Change a number so often; the longest that the reader waited for one change, in s."""
    loop, slowest_s = asyncio.get_running_loop(), 0.0
    for value in range(1, count + 1):
        changed_at = loop.time()
        board.put(key, value)
        while (await reader.next_number())[2] != value:
            pass
        slowest_s = max(slowest_s, loop.time() - changed_at)
    return slowest_s


async def test_so_many_different_operations_and_no_more(wire: str) -> None:
    async with serving(wire, LiveLimits(max_streams=2)) as served, served.socket() as socket:
        for key in ("x", "y", "x", "y"):
            await socket.numbers(f"{key}{len(served.live.streams)}", key)
            assert (await socket.next_number())[1] == key
        for _ in range(2):  # the id is free again
            await socket.numbers("many", "z")
            assert await socket.error_codes("many") == ["OVERLOADED"]
        assert await streamed(served, "z") == "OVERLOADED"
        await socket.send({"id": "x0", "type": "complete"})
        await socket.send({"id": "x2", "type": "complete"})
        await socket.numbers("many", "z")
        assert await socket.next_number() == ("many", "z", 0)


async def streamed(served: Serving, key: str) -> str:
    """The code that an event stream ends with."""
    body = {"query": NUMBERS, "variables": {"keys": [key]}}
    async with httpx2.AsyncClient(timeout=WAIT_S) as http:
        headers = {"Accept": "text/event-stream"}
        response = await http.post(served.url, json=body, headers=headers)
        (data,) = re.findall(r"data: (.+)", response.text)
        code: str = json.loads(data)["errors"][0]["extensions"]["code"]
        return code
