"""Who a socket or a stream speaks for, and that nobody else hears what is theirs."""

import httpx2
import pytest

from tests.api.board import board

from .serving import Serving, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = 'subscription { ownNumbers(keys: ["x"]) }'
SPREAD = """
subscription { numbers(keys: ["x"]) { ...F } } fragment F on Number { key value ...G }
fragment G on Number { whose }
"""


@pytest.mark.parametrize("payload", [
    {"authorization": "Bearer ada"}, {"Authorization": "Bearer ada"},
    {"authorization": "bearer  ada ", "more": 1},
])  # fmt: skip
async def test_the_init_payload_may_carry_a_token(served: Serving, payload: object) -> None:
    async with served.socket(init=False) as socket:
        await socket.init(payload)
        await socket.subscribe("o", OWN)
        assert (await socket.receive())["payload"]["data"] == {"ownNumbers": "ada False x 0"}


@pytest.mark.parametrize("payload", [
    None, {}, {"authorization": None}, {"authorization": ""}, {"authorization": "Basic YTpi"},
    {"authorization": 5}, {"authorization": ["Bearer ada"]},
])  # fmt: skip
async def test_without_a_token_a_socket_is_a_strangers(served: Serving, payload: object) -> None:
    async with served.socket(init=False) as socket:
        await socket.init(payload)
        await socket.subscribe("o", OWN)
        assert (await socket.receive())["payload"]["data"] == {"ownNumbers": "None False x 0"}


async def test_the_handshake_may_carry_a_token_and_init_another(served: Serving) -> None:
    headers = {"Authorization": "Bearer ada"}
    async with served.socket(init=False, additional_headers=headers) as socket:
        await socket.init()
        await socket.subscribe("o", OWN)
        assert (await socket.receive())["payload"]["data"] == {"ownNumbers": "ada False x 0"}
    async with served.socket(init=False, additional_headers=headers) as socket:
        await socket.init({"authorization": "Bearer bob"})
        await socket.subscribe("o", OWN)
        assert (await socket.receive())["payload"]["data"] == {"ownNumbers": "bob False x 0"}


@pytest.mark.parametrize(
    ("origin", "viewer"),
    [
        ("http://127.0.0.1:{port}", "ada True"),
        ("http://127.0.0.1:8000", "ada True"),
        (None, "ada True"),
        ("https://news.example", "None False"),
        ("http://127.0.0.1:1", "None False"),
        ("https://127.0.0.1:{port}", "None False"),
        ("ws://127.0.0.1:{port}", "None False"),
        ("null", "None False"),
    ],
)
async def test_the_cookie_counts_from_our_own_pages_only(
    served: Serving, origin: str | None, viewer: str
) -> None:
    headers = {"Cookie": "obole_session=ada"}
    own = origin.format(port=served.port) if origin else None
    async with served.socket(additional_headers=headers, origin=own) as socket:
        await socket.subscribe("o", OWN)
        assert (await socket.receive())["payload"]["data"] == {"ownNumbers": f"{viewer} x 0"}


@pytest.mark.parametrize("query", [OWN, SPREAD])
async def test_what_is_bound_to_its_viewer_is_never_shared(served: Serving, query: str) -> None:
    async with served.socket(init=False) as ada, served.socket(init=False) as bob:
        for socket, token in ((ada, "ada"), (bob, "bob")):
            await socket.init({"authorization": f"Bearer {token}"})
            for operation_id in ("1", "2"):
                await socket.subscribe(operation_id, query)
                assert token in str(await socket.receive())
        assert (board.runs, len(served.live.streams)) == (4, 4)
        board.put("x", 1)
        for socket, token in ((ada, "ada"), (bob, "bob")):
            for _ in range(2):
                assert token in str(await socket.receive())
    await eventually(lambda: (board.watching, len(served.live.streams)) == (0, 0))


async def test_what_is_public_runs_for_a_stranger_whoever_asks_first(served: Serving) -> None:
    query = 'subscription { numbers(keys: ["x"]) { key value } }'
    async with served.socket(init=False) as ada, served.socket() as stranger:
        await ada.init({"authorization": "Bearer ada"})
        await ada.subscribe("1", query)
        await ada.next_number()
        await stranger.subscribe("1", query)
        assert await stranger.next_number() == ("1", "x", 0)
        assert board.runs == 1


async def test_an_event_stream_speaks_for_its_requests_token(served: Serving) -> None:
    headers = {"Accept": "text/event-stream", "Authorization": "Bearer ada"}
    async with (
        httpx2.AsyncClient() as http,
        http.stream("POST", served.url, headers=headers, json={"query": OWN}) as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                assert line == 'data: {"data":{"ownNumbers":"ada False x 0"}}'
                break


async def test_a_query_over_the_socket_sees_the_callers_address(served: Serving) -> None:
    async with served.socket(init=False) as socket:
        await socket.init({"authorization": "Bearer ada"})
        await socket.subscribe("q", "{ viewer }")
        data = (await socket.receive())["payload"]["data"]
        assert data == {"viewer": "ada False False 127.0.0.1"}
