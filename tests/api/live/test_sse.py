"""GraphQL over server-sent events, from a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
import pytest

from app.api.live.limits import LiveLimits
from tests.api.board import board
from tests.api.sample import codes

from .serving import NUMBERS, WAIT_S, Serving, eventually, serving

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
)
TICKS = "subscription { ticks }"


@pytest.fixture
async def served() -> AsyncIterator[Serving]:
    async with serving("fast") as running:
        yield running


class Stream:
    """An event stream as it arrives, frame by frame."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.ended = False
        self._frames = self._split()

    async def _split(self) -> AsyncIterator[str]:
        rest = ""
        async for text in self.response.aiter_text():
            assert "\r" not in text
            *frames, rest = (rest + text).split("\n\n")
            for frame in frames:
                yield frame
        self.ended = True
        assert rest == ""

    async def frame(self) -> dict[str, str]:
        """The next frame's fields; a comment's name is empty. Raises StopAsyncIteration."""
        async with asyncio.timeout(WAIT_S):
            frame = await anext(self._frames)
        fields = (line.partition(":") for line in frame.split("\n"))
        return {name: value.removeprefix(" ") for name, _, value in fields}

    async def payload(self) -> Any:
        """The next frame, a `next` event's data."""
        frame = await self.frame()
        assert frame["event"] == "next", frame
        return json.loads(frame["data"])


@asynccontextmanager
async def streaming(
    served: Serving,
    query: str,
    *,
    accept: str = "text/event-stream",
    get: bool = False,
    **more: Any,
) -> AsyncIterator[Stream]:
    """An operation's event stream, past its first comment."""
    headers = {"Accept": accept}
    sent: dict[str, Any] = (
        {"params": {"query": query}} if get else {"json": {"query": query, **more}}
    )
    async with (
        httpx2.AsyncClient(timeout=WAIT_S) as http,
        http.stream("GET" if get else "POST", served.url, headers=headers, **sent) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        stream = Stream(response)
        first = await stream.frame()
        assert first[""] == "welcome" and 1_000 <= int(first["retry"]) <= 4_000
        yield stream


@pytest.mark.parametrize("get", [False, True])
async def test_a_subscription_from_its_first_event_to_its_end(served: Serving, get: bool) -> None:
    async with streaming(served, TICKS, get=get) as stream:
        headers = stream.response.headers
        assert headers["x-accel-buffering"] == "no"
        assert headers["cache-control"] == "no-store"
        assert headers["access-control-allow-origin"] == "*"
        assert "content-length" not in headers and "content-encoding" not in headers
        assert await stream.frame() == {
            "id": "1",
            "event": "next",
            "data": '{"data":{"ticks":1}}',
        }
        assert await stream.frame() == {"event": "complete", "data": ""}
        with pytest.raises(StopAsyncIteration):
            await stream.frame()


async def test_changes_arrive_until_the_client_goes(served: Serving) -> None:
    async with streaming(served, NUMBERS, variables={"keys": ["x", "y"]}) as stream:
        assert [(await stream.payload())["data"]["numbers"]["key"] for _ in "xy"] == ["x", "y"]
        board.put("y", 5)
        assert (await stream.payload())["data"]["numbers"] == {"key": "y", "value": 5}
        assert served.live.connections == 1
    live = served.live
    await eventually(
        lambda: (
            (live.connections, len(live.streams), live.streams.tasks, board.watching) == (0,) * 4
        )
    )


async def test_sockets_and_streams_share_one_execution(served: Serving) -> None:
    async with served.socket() as socket, streaming(
        served, NUMBERS, variables={"keys": ["x"]}
    ) as stream:  # fmt: skip
        await socket.numbers("a", "x")
        assert await socket.next_number() == ("a", "x", 0)
        assert (await stream.payload())["data"]["numbers"]["value"] == 0
        board.put("x", 1)
        assert await socket.next_number() == ("a", "x", 1)
        assert (await stream.payload())["data"]["numbers"]["value"] == 1
        assert board.runs == 1


@pytest.mark.parametrize("accept", ["*/*", URQL, "application/json;q=0.5, text/event-stream"])
async def test_a_subscription_streams_where_streams_are_read(served: Serving, accept: str) -> None:
    async with streaming(served, TICKS, accept=accept) as stream:
        assert await stream.payload() == {"data": {"ticks": 1}}


@pytest.mark.parametrize("accept", ["*/*", URQL, "application/json, text/event-stream"])
async def test_a_query_is_not_streamed_merely_because_streams_are_listed(
    served: Serving, accept: str
) -> None:
    async with httpx2.AsyncClient() as http:
        body = {"query": "{ hello }"}
        response = await http.post(served.url, json=body, headers={"Accept": accept})
        assert response.headers["content-type"].startswith("application/")
        assert response.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(
    ("query", "data"),
    [("{ hello }", {"hello": "hello world"}), ("mutation { signIn }", {"signIn": "fresh"})],
)
async def test_anything_streams_where_streams_are_preferred(
    served: Serving, query: str, data: object
) -> None:
    async with streaming(served, query) as stream:
        assert await stream.payload() == {"data": data}
        assert (await stream.frame())["event"] == "complete"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "SYNTAX_ERROR"),
        ("subscription { tikcs }", "VALIDATION_FAILED"),
        ("{ helo }", "VALIDATION_FAILED"),
        ("subscription A { ticks } subscription B { ticks }", "OPERATION_NAME_REQUIRED"),
        ("query A { hello } query B { hello }", "OPERATION_NAME_REQUIRED"),
        ("subscription { refuses }", "INVALID_INPUT"),
        ("subscription { breaks }", "INTERNAL"),
        (NUMBERS, "INVALID_VARIABLES"),
    ],
)
async def test_errors_come_as_an_event_of_the_stream(
    served: Serving, query: str, code: str
) -> None:
    async with streaming(served, query) as stream:
        payload = await stream.payload()
        assert [error["extensions"]["code"] for error in payload["errors"]] == [code]
        assert "data" not in payload and "secret" not in str(payload)
        assert (await stream.frame())["event"] == "complete"


@pytest.mark.parametrize(
    ("method", "accept", "query", "status", "code"),
    [
        ("POST", "application/json", TICKS, 400, "SUBSCRIPTION_NOT_SERVED"),
        ("POST", "application/graphql-response+json", TICKS, 400, "SUBSCRIPTION_NOT_SERVED"),
        ("POST", "text/event-stream;q=0, application/json", TICKS, 400, "SUBSCRIPTION_NOT_SERVED"),
        ("GET", "text/event-stream", "mutation { signOut }", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "image/png", TICKS, 406, "NOT_ACCEPTABLE"),
        ("POST", "text/event-stream", "", 400, "BAD_REQUEST"),
    ],
)
async def test_what_cannot_be_streamed_is_refused_in_json(
    served: Serving, method: str, accept: str, query: str, status: int, code: str
) -> None:
    async with httpx2.AsyncClient() as http:
        sent: dict[str, Any] = {"params" if method == "GET" else "json": {"query": query}}
        response = await http.request(method, served.url, headers={"Accept": accept}, **sent)
        assert (response.status_code, codes(response)) == (status, [code])


async def test_a_head_request_streams_nothing(served: Serving) -> None:
    async with httpx2.AsyncClient() as http:
        response = await http.head(
            served.url, params={"query": TICKS}, headers={"Accept": "text/event-stream"}
        )
        assert response.status_code >= 400 and response.content == b""


async def test_a_silent_stream_has_a_heartbeat() -> None:
    async with (
        serving("fast", LiveLimits(keepalive_s=0.1)) as served,
        streaming(served, NUMBERS, variables={"keys": ["x"]}) as stream,
    ):
        await stream.payload()
        for _ in range(5):
            assert await stream.frame() == {"": ""}
        board.put("x", 1)
        while "event" not in (frame := await stream.frame()):
            pass
        assert '"value":1' in frame["data"]


async def test_a_full_server_asks_for_patience() -> None:
    async with (
        serving("fast", LiveLimits(max_sockets=1)) as served,
        streaming(served, NUMBERS, variables={"keys": ["x"]}),
        httpx2.AsyncClient() as http,
    ):
        headers = {"Accept": "text/event-stream"}
        response = await http.post(served.url, json={"query": TICKS}, headers=headers)
        assert (response.status_code, codes(response)) == (503, ["OVERLOADED"])
        assert int(response.headers["retry-after"]) > 0
        assert (await http.post(served.url, json={"query": "{ hello }"})).status_code == 200


async def test_a_stopping_server_ends_streams_without_complete(served: Serving) -> None:
    async with streaming(served, NUMBERS, variables={"keys": ["x"]}) as stream:
        await stream.payload()
        served.stop()
        with pytest.raises(StopAsyncIteration):
            await stream.frame()
        assert stream.ended, "an end, not a cut"
    assert (served.live.connections, len(served.live.streams)) == (0, 0)


async def test_a_reader_that_never_reads_skips_to_the_newest() -> None:
    key = "k" * 20_000
    async with serving("fast", LiveLimits(keepalive_s=600)) as served, served.socket() as good:
        reader, writer = await open_raw(served, key)
        await good.numbers("good", key)
        for value in range(1, 1_501):
            board.put(key, value)
            while (await good.next_number())[2] < value:
                pass
        got = [int(number) for number in await numbers_until(reader, 1_500)]
        assert got == sorted(set(got)) and len(got) < 1_000
        writer.transport.abort()
        await eventually(lambda: served.live.connections == 1)


async def test_a_reader_that_is_stuck_for_long_is_let_go() -> None:
    key = "k" * 200_000
    async with serving("fast", LiveLimits(keepalive_s=0.2)) as served:
        _, writer = await open_raw(served, key)
        await eventually(lambda: board.watching == 1)
        for value in range(1_000):
            board.put(key, value)
            await asyncio.sleep(0.002)
            if not served.live.connections:
                break
        await eventually(lambda: served.live.connections == len(served.live.streams) == 0)
        writer.transport.abort()


async def open_raw(served: Serving, key: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client that has asked for a number of the board, and has not read a byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port, limit=1_000)
    cast(asyncio.ReadTransport, writer.transport).pause_reading()
    body = json.dumps({"query": NUMBERS, "variables": {"keys": [key]}}).encode()
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        b"Accept: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    await writer.drain()
    return reader, writer


async def numbers_until(reader: asyncio.StreamReader, last: int) -> list[str]:
    """Every value that is told, up to the last one."""
    reader._transport.resume_reading()  # type: ignore[attr-defined]
    text = ""
    async with asyncio.timeout(WAIT_S):
        while f'"value":{last}}}' not in text:
            text += (await reader.read(1_000_000)).decode()
    return [part.partition("}")[0] for part in text.split('"value":')[1:]]
