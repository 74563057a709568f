"""The application itself: clicks, the displays that show them, and what displays may ask for."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import uvicorn

from app.api.live.server import LiveServer
from app.core.ids import to_global_id
from app.core.settings import use_settings
from app.domain.contents import Content
from app.domain.sessions import sign_in
from app.main import create_app
from tests import world

from .serving import WAIT_S, WIRES, Serving, Socket, eventually

COUNTERS = "subscription($ids: [ID!]!) { counters(ids: $ids) { total seq } }"
WALLET = 'subscription { wallet(currency: "EUR") { balance { micros } } }'


@pytest.fixture
async def served(wire: str, sqlite_url: str) -> AsyncIterator[Serving]:
    """Obole with an empty database; what the test does to it is done in this process."""
    with use_settings(database_url=sqlite_url, scheduler_interval_s=0):
        app = create_app()
        config = uvicorn.Config(
            app, port=0, ws=WIRES[wire], http="app.api.live.fast_http:FastHttp",
            lifespan="on", log_level="critical", timeout_graceful_shutdown=5,
        )  # fmt: skip
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        await eventually(lambda: server.started)
        live = server.lifespan.state["live"]
        assert isinstance(live, LiveServer)
        yield Serving(server, live)
        server.should_exit = True
        await asyncio.wait_for(task, WAIT_S)


def ids(*contents: Content) -> dict[str, Any]:
    return {"ids": [to_global_id("Content", content.id) for content in contents]}


async def counter(socket: Socket) -> tuple[str, int]:
    """The next message: an operation's id, and a total."""
    message = await socket.receive()
    return message["id"], message["payload"]["data"]["counters"]["total"]


async def test_a_click_moves_every_display_and_a_withdrawal_too(served: Serving) -> None:
    ada, bob = await world.person("ada"), await world.person("bob")
    await world.fund(bob, "5.00")
    content, other = await world.article(ada, "one"), await world.article(ada, "two")
    async with served.socket() as first, served.socket() as second:
        for socket in (first, second):
            await socket.subscribe("c", COUNTERS, variables=ids(content))
            assert await counter(socket) == ("c", 0)
        await second.subscribe("both", COUNTERS, variables=ids(content, other))
        assert [await counter(second), await counter(second)] == [("both", 0)] * 2
        await world.click(bob, content)
        assert await counter(first) == ("c", 1)
        assert {await counter(second), await counter(second)} == {("c", 1), ("both", 1)}
        assert len(served.live.streams) == 2
    await eventually(lambda: len(served.live.streams) == 0)


async def test_one_unknown_id_leaves_the_others_alone_and_only_unknown_ones_do_not(
    served: Serving,
) -> None:
    content = await world.article(await world.person("ada"), "one")
    unknown = to_global_id("Content", 999_999)
    async with served.socket() as socket:
        known = ids(content)["ids"]
        await socket.subscribe("some", COUNTERS, variables={"ids": [unknown, *known]})
        assert await counter(socket) == ("some", 0)
        for nonsense in ([unknown], ["nonsense"], [""], [to_global_id("Wallet", 1)], []):
            await socket.subscribe("none", COUNTERS, variables={"ids": nonsense})
            assert await socket.error_codes("none") == ["INVALID_INPUT"]


async def test_too_many_ids_are_an_error(served: Serving) -> None:
    many = [to_global_id("Content", number) for number in range(10_000)]
    async with served.socket() as socket:
        await socket.subscribe("many", COUNTERS, variables={"ids": many[:101]})
        assert await socket.error_codes("many") in (["INVALID_INPUT"], ["TOO_COSTLY"])
        await socket.subscribe("many", COUNTERS, variables={"ids": many})
        assert await socket.close_code() == 1009
    async with httpx2.AsyncClient() as http:
        body = {"query": COUNTERS, "variables": {"ids": many}}
        headers = {"Accept": "text/event-stream"}
        response = await http.post(served.url, json=body, headers=headers)
        assert '"code":"TOO_COSTLY"' in response.text or "INVALID_INPUT" in response.text
        assert response.text.endswith("event: complete\ndata:\n\n")


async def test_a_wallet_is_for_its_owner(served: Serving) -> None:
    bob, eve = await world.person("bob"), await world.person("eve")
    await world.fund(bob, "5.00")
    await world.fund(eve, "1.00")
    balances = {"bob": "5000000", "eve": "1000000"}
    async with served.socket() as stranger:
        await stranger.subscribe("w", WALLET)
        assert await stranger.error_codes("w") == ["UNAUTHENTICATED"]
    for account in (bob, eve):
        email = f"{account.handle}@people.example"
        token = (await sign_in(email=email, password=world.PASSWORD)).token
        async with served.socket(init=False) as socket:
            await socket.init({"authorization": f"Bearer {token}"})
            await socket.subscribe("w", WALLET)
            wallet = (await socket.receive())["payload"]["data"]["wallet"]
            assert wallet == {"balance": {"micros": balances[account.handle]}}
