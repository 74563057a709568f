"""Stock clients before `obole serve`: npm graphql-ws, graphql-sse, Apollo Client and urql.

Each shows two contents' counters. It gets a snapshot, sees a click that comes through the API, and
after the server has gone and come back it shows what was clicked meanwhile.
"""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from app.core.ids import to_global_id
from app.domain.contents import Content
from app.domain.periods import ensure_open_period
from app.domain.sessions import sign_in
from app.models.database import open_database
from tests.node_clients import Line, Talker, talking
from tests.obole_server import OboleServer
from tests.world import PASSWORD, article, click, fund, person

SOCKETS = ("graphql-ws", "apollo", "urql-ws")
RETURNING = (*SOCKETS, "graphql-sse", "urql-sse")
ONCE = "urql-fetch"
"""urql's own reading of event streams does not come back by itself."""
EVERYBODY = (*RETURNING, ONCE)
QUERYING = ("apollo", "urql-ws", "urql-sse", ONCE)
OWNERS = ("graphql-ws", "graphql-sse")
START_S = 20.0
SOON_S = 5.0
BACK_S = 40.0
"""Their own back-off: by the third try up to 1 + 2 + 4 and three times 3 seconds have passed."""
TOLD_S = 5.0
RESTARTING = 1012
CUT = 1006
CLICK = "mutation($i: ClickInput!) { click(input: $i) { __typename } }"


@dataclass(frozen=True, slots=True)
class World:
    """Two contents, and a supporter for each click, whose tokens these are."""

    url: str
    contents: tuple[Content, Content]
    tokens: list[str]

    @property
    def ids(self) -> tuple[str, str]:
        """The contents' global ids."""
        first, second = (to_global_id("Content", content.id) for content in self.contents)
        return first, second


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path) -> World:
    """A database with two contents that nobody has clicked, and three who may."""
    path = tmp_path / "obole.db"
    shutil.copy(sqlite_template, path)
    return asyncio.run(_populate(f"sqlite://{path}"))


async def _populate(url: str) -> World:
    async with open_database(url):
        await ensure_open_period()
        author = await person("author")
        contents = (await article(author, "first"), await article(author, "second"))
        tokens = []
        for handle in ("anna", "ben", "cleo"):
            await fund(await person(handle), "10")
            tokens.append(
                (await sign_in(email=f"{handle}@people.example", password=PASSWORD)).token
            )
        return World(url, contents, tokens)


@pytest.fixture(params=["fast", "plain"])
def server(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Iterator[OboleServer]:
    """The server with either way of delivery."""
    served = OboleServer(world.url, tmp_path / "log", "--ws", request.param)
    served.start()
    yield served
    served.kill()


@pytest.fixture
def clients(server: OboleServer, world: World) -> Iterator[Talker]:
    """All clients before that server."""
    address = {
        "url": server.url,
        "socketUrl": server.socket_url,
        "ids": world.ids,
        "token": world.tokens[0],
    }
    with talking("live.mjs", json.dumps(address)) as talker:
        yield talker


def send_click(server: OboleServer, token: str, content_id: str) -> None:
    """A click as a button sends it."""
    answer = httpx2.post(
        server.url,
        json={"query": CLICK, "variables": {"i": {"contentId": content_id}}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.json() == {"data": {"click": {"__typename": "ClickSuccess"}}}


async def click_meanwhile(world: World, handle: str) -> None:
    """A click on the second content that another process takes."""
    async with open_database(world.url):
        account = await person(handle)
        await fund(account, "10")
        await click(account, world.contents[1])


def shown(lines: list[Line], client: str) -> dict[str, int]:
    """What a client shows: the last total of each content."""
    counters = events(lines, client, "counter")
    return {line["contentId"]: line["total"] for line in counters}


def events(lines: list[Line], client: str, *kinds: str) -> list[Line]:
    """What a client was told of these kinds."""
    return [line for line in lines if line["client"] == client and line["event"] in kinds]


def wait_until_all_show(
    clients: Talker, who: tuple[str, ...], totals: dict[str, int], within_s: float
) -> float:
    """Wait until they show these totals; the seconds it took."""
    return clients.wait_for(
        lambda lines: all(shown(lines, client) == totals for client in who), within_s=within_s
    )


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_they_live_and_come_back(
    how: str, server: OboleServer, world: World, clients: Talker
) -> None:
    first, second = world.ids
    wait_until_all_show(clients, EVERYBODY, {first: 0, second: 0}, START_S)
    clients.wait_for(_worth(None), within_s=SOON_S)
    clients.wait_for(_titles, within_s=SOON_S)

    send_click(server, world.tokens[0], first)
    wait_until_all_show(clients, EVERYBODY, {first: 1, second: 0}, SOON_S)
    clients.wait_for(_worth("10.00"), within_s=SOON_S)

    took_s = server.stop() if how == "stopped" else server.kill()
    assert took_s < TOLD_S
    asyncio.run(click_meanwhile(world, "dora"))
    server.start()
    wait_until_all_show(clients, RETURNING, {first: 1, second: 1}, BACK_S)

    send_click(server, world.tokens[1], first)
    wait_until_all_show(clients, RETURNING, {first: 2, second: 1}, SOON_S)
    assert_all_was_well(clients, RESTARTING if how == "stopped" else CUT)
    assert clients.end() == (0, "")
    server.stop()
    assert server.complaints() == []


def _worth(decimal: str | None) -> Callable[[list[Line]], bool]:
    """Whether the wallet's owners show that a click is worth so much."""

    def holds(lines: list[Line]) -> bool:
        last = [events(lines, client, "wallet")[-1:] for client in OWNERS]
        return all(told and told[0]["worth"] == decimal for told in last)

    return holds


def _titles(lines: list[Line]) -> bool:
    """Whether everybody who sent a query has its answer."""
    answers = [events(lines, client, "query") for client in QUERYING]
    return all([line["title"] for line in lines] == ["first"] for lines in answers)


def assert_all_was_well(clients: Talker, code: int) -> None:
    """No error and no end reached a display; numbers only went up; sockets were told why."""
    lines = clients.lines
    for client in RETURNING:
        assert events(lines, client, "error", "complete") == []
        for counters in by_content(events(lines, client, "counter")).values():
            assert [line["seq"] for line in counters] == sorted(line["seq"] for line in counters)
            assert len({line["seq"] for line in counters}) == len({str(c) for c in counters})
    for client in SOCKETS:
        assert events(lines, client, "closed")[0]["code"] == code
    if code == RESTARTING:
        assert events(lines, ONCE, "error") == []


def by_content(counters: list[Line]) -> dict[str, list[Line]]:
    """The counters of each content, in order."""
    found: dict[str, list[Line]] = {}
    for line in counters:
        found.setdefault(line["contentId"], []).append(line)
    return found
