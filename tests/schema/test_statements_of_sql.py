"""No query runs SQL for each row: a page of 50 takes as many statements as a page of 5."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.sqlite.client import SqliteClient

from app.core.clock import FixedClock
from app.domain.platforms import create_platform, set_commission_rate
from tests.schema.client import Api

METHODS = ("execute_query", "execute_query_dict", "execute_insert", "execute_many")
CONTENTS = """query($n: Int!) { contents(first: $n) {
  edges { cursor node {
    id title
    creators { share creator { handle contents(first: 1) { nodes { title } } } }
    platform { name hosts rates { commissionBps } }
    counter { total } viewerState { canClick reason worth { micros } } eligibility { eligible }
  } }
  pageInfo { hasNextPage }
} }"""
BUTTONS = """query($ids: [ID!]!) {
  counters(ids: $ids) { total } viewerStates(ids: $ids) { reason }
  nodes(ids: $ids) { id ... on Content { eligibility { eligible } creators { share } } }
}"""
STATEMENTS = """query($n: Int!) { viewer {
  creator { statement(periodKey: "2026-11") { lines(first: $n) { nodes {
    net { micros } content { title counter { total } creators { creator { handle } } } } } } }
  wallets { clicks(first: $n, periodKey: "2026-11") { nodes {
    weight period { key settlement { status } } content { title } } } }
} }"""


@contextmanager
def counting() -> Iterator[list[str]]:
    """Every statement sent to a database meanwhile."""
    seen: list[str] = []
    patch = pytest.MonkeyPatch()

    def wrap(cls: type[BaseDBAsyncClient], name: str) -> None:
        original = getattr(cls, name)

        async def counted(self: Any, query: str, *values: Any, **more: Any) -> Any:
            seen.append(query)
            return await original(self, query, *values, **more)

        patch.setattr(cls, name, counted)

    for cls in (SqliteClient, AsyncpgDBClient):
        for name in METHODS:
            wrap(cls, name)
    try:
        yield seen
    finally:
        patch.undo()


@pytest.fixture
async def crowd(api: Api, clock: FixedClock) -> AsyncIterator[tuple[Api, str, list[str]]]:
    """Sixty contents of five creators on a platform, some clicked; a supporter's token; ids."""
    platform = await create_platform(slug="video", name="Video", hosts=["video.example"])
    await set_commission_rate(
        platform_id=platform.id, commission_bps=1500, platform_bps=500, starts_at=clock.now()
    )
    supporter = await api.joined("sue")
    await api.fund(supporter)
    creators = [await api.joined(f"creator-{n}") for n in range(5)]
    ids = []
    for n in range(60):
        url = f"https://{'video' if n % 2 else 'blog'}.example/{n}"
        ids.append(await api.register(creators[n % 5], f"text-{n}", url=url))
    for content_id in ids[::3]:
        await api.do("click", supporter, contentId=content_id)
    yield api, supporter, ids


async def count(api: Api, query: str, token: str, **variables: Any) -> int:
    await api.read(query, token, **variables)
    with counting() as seen:
        await api.read(query, token, **variables)
    assert seen
    return len(seen)


async def test_a_page_of_contents(crowd: tuple[Api, str, list[str]]) -> None:
    api, token, _ = crowd
    few, many = [await count(api, CONTENTS, token, n=n) for n in (5, 50)]
    assert few == many
    assert many <= 30


async def test_a_page_of_buttons(crowd: tuple[Api, str, list[str]]) -> None:
    api, token, ids = crowd
    few, many = [await count(api, BUTTONS, token, ids=ids[:n]) for n in (5, 50)]
    assert few == many


async def test_statements_and_clicks(crowd: tuple[Api, str, list[str]], clock: FixedClock) -> None:
    api, supporter, ids = crowd
    for content_id in ids:
        await api.do("click", supporter, contentId=content_id)
    operator = await api.operator()
    clock.advance(days=1)
    await api.do("closePeriod", operator, periodKey="2026-11")
    await api.do("settlePeriod", operator, periodKey="2026-11")
    creator = await api.signed_in("creator-0")
    few, many = [await count(api, STATEMENTS, supporter, n=n) for n in (1, 50)]
    assert few == many
    few, many = [await count(api, STATEMENTS, creator, n=n) for n in (1, 12)]
    assert few == many


MONEY = """{ viewer { wallets {
  currency pot { micros } clicks(first: 5) { nodes { weight } }
  old: clicks(first: 5, periodKey: "2026-11") { nodes { weight } }
  entries(first: 5) { nodes { kind } }
  statement(periodKey: "2026-11") { given { micros } lines(first: 2) { nodes { weight } } }
} } }"""
SAME_WALLET = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Wallet {
  clicks(first: 1) { nodes { id } } entries(first: 1) { nodes { kind } }
  statement(periodKey: "2026-11") { unit { micros } } } } }"""
SAME_ACCOUNT = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Account { wallets { id } } } }"
SAME_CREATOR = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Creator {
  earnings { balance { micros } }
  statement(periodKey: "2026-11") { lineCount csv { text } lines(first: 1) { nodes { clicks } } }
} } }"""


async def settled(api: Api, clock: FixedClock) -> None:
    operator = await api.operator()
    clock.advance(days=1)
    await api.do("closePeriod", operator, periodKey="2026-11")
    await api.do("settlePeriod", operator, periodKey="2026-11")


async def test_ten_wallets_are_read_as_one(
    crowd: tuple[Api, str, list[str]], clock: FixedClock
) -> None:
    api, supporter, ids = crowd
    rich = await api.joined("ric")
    currencies = ("EUR", "USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK")
    for currency in currencies:
        await api.fund(rich, "1.00", currency, currency)
        for content_id in ids[:2]:
            await api.do("click", rich, contentId=content_id, currency=currency)
    await settled(api, clock)
    one, ten = [await count(api, MONEY, token) for token in (supporter, rich)]
    assert one == ten
    wallets = (await api.read(MONEY, rich))["viewer"]["wallets"]
    assert [wallet["currency"] for wallet in wallets] == list(currencies)
    for wallet in wallets:
        assert len(wallet["old"]["nodes"]) == len(wallet["statement"]["lines"]["nodes"]) == 2
        assert [e["kind"] for e in wallet["entries"]["nodes"]] == ["settle", "deposit"]
        assert wallet["statement"]["given"]["micros"] == "1000000"


async def test_one_thing_asked_for_many_times_is_read_once(
    crowd: tuple[Api, str, list[str]], clock: FixedClock
) -> None:
    api, supporter, _ = crowd
    await settled(api, clock)
    own = (await api.read("{ viewer { id wallets { id } } }", supporter))["viewer"]
    for query, global_id in ((SAME_WALLET, own["wallets"][0]["id"]), (SAME_ACCOUNT, own["id"])):
        once, often = [await count(api, query, supporter, ids=[global_id] * n) for n in (1, 100)]
        assert once == often
    creator = await api.signed_in("creator-0")
    own = (await api.read("{ viewer { creator { id } } }", creator))["viewer"]["creator"]
    once, often = [await count(api, SAME_CREATOR, creator, ids=[own["id"]] * n) for n in (1, 100)]
    assert once == often


async def test_nodes_of_many_types(crowd: tuple[Api, str, list[str]]) -> None:
    api, token, _ = crowd
    read = await api.read(
        '{ platform(slug: "video") { id } period { id } contents(first: 50) {'
        " nodes { creators { creator { id } } } } }"
    )
    creators = list({n["creators"][0]["creator"]["id"] for n in read["contents"]["nodes"]})
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    fixed = [read["platform"]["id"], read["period"]["id"]]
    few, many = [await count(api, query, token, ids=[*fixed, *creators[:n]]) for n in (1, 5)]
    assert few == many
