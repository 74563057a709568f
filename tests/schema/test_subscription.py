"""The subscriptions as the schema streams them, for a stranger, a supporter and an operator."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from graphql import GraphQLError

from app.api.guarded import GuardedSchema
from app.core.bus import open_bus
from app.core.clock import FixedClock
from app.core.ids import row_id_of, to_global_id
from app.core.local_bus import LocalBus
from app.domain.announce import announce, creator_topic
from app.domain.contents import delete_content
from app.domain.live import current_hub
from app.domain.platforms import create_platform
from app.resolvers.context import Context
from app.schema.build import build_schema
from app.settlement.settle import settle_period
from tests.schema.client import Api
from tests.schema.test_statements_of_sql import counting
from tests.watching import Watched, idle, watching
from tests.world import article, click, fund, person

SCHEMA = build_schema(GuardedSchema)
COUNTERS = """subscription($ids: [ID!]!) {
  counters(ids: $ids) { contentId periodKey total period supporters seq } }"""
STATS = "periodKey total period supporters contents asOf"
CREATOR = f"subscription($handle: String!) {{ creatorStats(handle: $handle) {{ {STATS} }} }}"
PLATFORM = f"subscription($slug: String!) {{ platformTotals(slug: $slug) {{ {STATS} }} }}"
WALLET = """subscription($currency: CurrencyCode!) { wallet(currency: $currency) {
  id currency balance { decimal } pot { decimal } worth { decimal } budget { decimal } } }"""
SETTLEMENT = """subscription($key: String!) { settlement(periodKey: $key) {
  status progress clicks digest } }"""


class Refused(Exception):
    """What a stream ended with: the code, and the sentence."""

    def __init__(self, error: GraphQLError) -> None:
        cause: BaseException = error
        while isinstance(cause, GraphQLError) and cause.original_error is not None:
            cause = cause.original_error
        self.code = getattr(cause, "code", type(cause).__name__)
        super().__init__(str(cause))


async def events(
    query: str, token: str | None = None, **variables: Any
) -> AsyncGenerator[tuple[str, dict[str, Any]], None]:
    """Each event's key and its one field's value. Raises Refused."""
    context = Context(token=token)
    results: Any = await SCHEMA.subscribe(query, variable_values=variables, context_value=context)
    async with aclosing(results):
        async for result in results:
            if result.errors:
                raise Refused(result.errors[0])
            [value] = result.data.values()
            yield context.event_key, value


@pytest.fixture(autouse=True)
async def bus() -> AsyncIterator[None]:
    """A bus within the process; nobody watches anything when the test is over."""
    async with open_bus(None):
        yield
        await idle(current_hub())


async def refusal(query: str, token: str | None = None, **variables: Any) -> Refused:
    """What a subscription that must not begin says."""
    stream = events(query, token, **variables)
    with pytest.raises(Refused) as refused:
        await asyncio.wait_for(anext(stream), 5)
    return refused.value


async def ended(watched: Watched[Any]) -> str:
    await watched.ended()
    assert isinstance(watched.error, Refused), watched.error
    return watched.error.code


async def test_counters(api: Api) -> None:
    token = await api.joined("alice")
    await api.fund(token)
    bob = await api.joined("bob")
    one, two = await api.register(bob, "one"), await api.register(bob, "two")
    unknown = [to_global_id("Content", 999_999), to_global_id("Account", 1), "nonsense", one]
    async with watching(events(COUNTERS, ids=[one, two, *unknown])) as seen:
        first = await seen.some(2)
        assert {value["contentId"]: value["total"] for _, value in first} == {one: 0, two: 0}
        await api.do("click", token, contentId=one)
        key, value = (await seen.some(3))[2]
        assert key == str(row_id_of(one, "Content"))
        assert value == {
            "contentId": one, "periodKey": "2026-11", "total": 1, "period": 1, "supporters": 1,
            "seq": 1,
        }  # fmt: skip
        await api.do("withdrawClick", token, contentId=one)
        _, value = (await seen.some(4))[3]
        assert (value["total"], value["supporters"], value["seq"]) == (0, 0, 2)


async def test_counters_of_nothing_are_refused_by_name(lite: Api) -> None:
    bob = await person("bob")
    gone = await article(bob, "gone")
    await delete_content(bob, gone.id)
    gone_id = to_global_id("Content", gone.id)
    for ids in (["nonsense"], [gone_id], ["nonsense", gone_id]):
        refused = await refusal(COUNTERS, ids=ids)
        assert refused.code == "INVALID_INPUT"
        assert all(content_id in str(refused) for content_id in ids)
    refused = await refusal(COUNTERS, ids=[f"no-{n}" for n in range(100)])
    assert "'no-4' and 95 more" in str(refused) and "no-5" not in str(refused)
    assert "Name at least one" in str(await refusal(COUNTERS, ids=[]))
    assert "at most 100" in str(await refusal(COUNTERS, ids=["x"] * 101))
    assert (await refusal(COUNTERS, ids=["x"] * 10_000)).code in ("INVALID_INPUT", "GraphQLError")


async def test_creator_and_platform(api: Api, clock: FixedClock) -> None:
    await create_platform(slug="video", name="Video", hosts=["video.example"])
    bob, alice = await api.joined("bob"), await api.joined("alice")
    await api.fund(alice)
    one = await api.register(bob, "one", url="https://video.example/1")
    operator = await api.operator()
    async with (
        watching(events(CREATOR, handle="BOB")) as creator,
        watching(events(PLATFORM, slug="video")) as platform,
    ):
        for seen in (creator, platform):
            [(key, value)] = await seen.some(1)
            assert (key, value["asOf"]) == ("", "2026-11-03T12:00:00Z")
            assert (value["total"], value["supporters"], value["contents"]) == (0, 0, 1)
        await api.do("click", alice, contentId=one)
        for seen in (creator, platform):
            await seen.until(lambda v: (v[-1][1]["total"], v[-1][1]["supporters"]) == (1, 1))
        await api.register(bob, "two", url="https://video.example/2")
        for seen in (creator, platform):
            await seen.until(lambda v: v[-1][1]["contents"] == 2)
        clock.advance(hours=1)
        await api.do("closePeriod", operator, periodKey="2026-11")
        for seen in (creator, platform):
            await seen.until(lambda v: v[-1][1]["periodKey"] == "2026-12")
            value = seen.values[-1][1]
            assert (value["total"], value["period"], value["supporters"]) == (1, 0, 1)
    assert (await refusal(CREATOR, handle="alice")).code == "NOT_FOUND"
    assert (await refusal(CREATOR, handle="\x00")).code == "INVALID_INPUT"
    assert (await refusal(PLATFORM, slug="nobody")).code == "NOT_FOUND"


async def test_many_streams_of_one_creator_are_counted_together(lite: Api) -> None:
    bob = await person("bob")
    await article(bob, "one")
    streams = [events(CREATOR, handle="bob") for _ in range(20)]
    for stream in streams:
        await anext(stream)
    waiting = [asyncio.create_task(anext(stream)) for stream in streams]
    await asyncio.sleep(0.4)
    with counting() as seen:
        announce(creator_topic(bob.id))
        await asyncio.gather(*waiting)
    assert len(seen) == 3
    await asyncio.gather(*(stream.aclose() for stream in streams))


async def test_the_viewers_wallet(api: Api) -> None:
    alice, bob = await api.joined("alice"), await api.joined("bob")
    await api.fund(alice)
    one = await api.register(bob, "one")
    async with watching(events(WALLET, alice, currency="EUR")) as seen:
        [(key, first)] = await seen.some(1)
        assert (key, first["balance"]["decimal"], first["worth"]) == ("", "10.00", None)
        await api.do("click", alice, contentId=one)
        await seen.until(lambda v: v[-1][1]["worth"] == {"decimal": "10.00"})
        await api.do("click", alice, contentId=one, weight=4)
        await seen.until(lambda v: v[-1][1]["worth"] == {"decimal": "2.50"})
        await api.fund(alice, "30.00", key="second")
        await seen.until(lambda v: v[-1][1]["balance"] == {"decimal": "40.00"})
        budget = {"decimal": "4.00", "currency": "EUR"}
        await api.do("setBudget", alice, currency="EUR", budget=budget)
        await seen.until(lambda v: v[-1][1]["worth"] == {"decimal": "1.00"})
        await api.do("withdrawClick", alice, contentId=one)
        await seen.until(lambda v: v[-1][1]["worth"] is None)


async def test_many_wallets_are_read_together(lite: Api) -> None:
    """After a gap or a close everybody reads at once: as many statements as for one."""
    tokens = [await lite.joined(f"s{n}") for n in range(20)]
    for n, token in enumerate(tokens, start=1):
        await lite.fund(token, f"{n}.00")
    streams = [events(WALLET, token, currency="EUR") for token in tokens]
    for stream in streams:
        await anext(stream)
    waiting = [asyncio.create_task(anext(stream)) for stream in streams]
    await asyncio.sleep(0.4)
    bus = current_hub().bus
    assert isinstance(bus, LocalBus)
    with counting() as seen:
        bus.mind_the_gap()
        values = await asyncio.gather(*waiting)
    assert [v["balance"]["decimal"] for _, v in values] == [f"{n}.00" for n in range(1, 21)]
    assert len(seen) <= 8
    await asyncio.gather(*(stream.aclose() for stream in streams))


async def test_a_wallet_is_nobody_elses(lite: Api) -> None:
    alice = await lite.joined("alice")
    await lite.fund(alice)
    narrow = await lite.signed_in("alice", scopes=["READ"])
    assert (await refusal(WALLET, currency="EUR")).code == "UNAUTHENTICATED"
    assert (await refusal(WALLET, "obole_nonsense", currency="EUR")).code == "UNAUTHENTICATED"
    assert (await refusal(WALLET, narrow, currency="EUR")).code == "FORBIDDEN"
    assert (await refusal(WALLET, alice, currency="JPY")).code == "NOT_FOUND"
    assert (await refusal(WALLET, alice, currency="XYZ")).code == "INVALID_INPUT"


async def test_a_wallets_stream_ends_with_its_token(lite: Api, clock: FixedClock) -> None:
    alice = await lite.joined("alice")
    other = await lite.signed_in("alice")
    await lite.fund(alice)
    async with watching(events(WALLET, other, currency="EUR")) as seen:
        await seen.some(1)
        assert (await lite.send("mutation { signOut { __typename } }", other)).errors == []
        await lite.fund(alice, "1.00", key="second")
        assert await ended(seen) == "UNAUTHENTICATED"
        assert len(seen.values) == 1


async def test_a_settlement_from_its_freeze_to_its_end(api: Api, clock: FixedClock) -> None:
    alice, bob, operator = await api.joined("alice"), await api.joined("bob"), await api.operator()
    await api.fund(alice)
    await api.do("click", alice, contentId=await api.register(bob, "one"))
    async with watching(events(SETTLEMENT, operator, key="2026-11")) as seen:
        clock.advance(hours=1)
        await api.do("closePeriod", operator, periodKey="2026-11")
        await asyncio.sleep(0.3)
        assert seen.values == []
        settled = await settle_period("2026-11")
        await seen.ended()
        assert seen.error is None
        last = seen.values[-1][1]
        assert (last["status"], last["progress"], last["clicks"]) == ("SETTLED", 1.0, 1)
        assert last["digest"] == settled.digest
        progress = [value["progress"] for _, value in seen.values]
        assert progress == sorted(progress)
    async with watching(events(SETTLEMENT, operator, key="2026-11")) as again:
        await again.ended()
        assert [value["status"] for _, value in again.values] == ["SETTLED"]
    assert (await refusal(SETTLEMENT, operator, key="2031-01")).code == "NOT_FOUND"
    assert (await refusal(SETTLEMENT, operator, key="soon")).code == "INVALID_INPUT"
    assert (await refusal(SETTLEMENT, alice, key="2026-11")).code == "FORBIDDEN"
    assert (await refusal(SETTLEMENT, key="2026-11")).code == "UNAUTHENTICATED"


async def test_one_reader_of_many_ids_is_not_behind_another(lite: Api) -> None:
    """Each event is what is newest when it is read, also for who reads slowly."""
    bob, alice = await person("bob"), await person("alice")
    await fund(alice, "10.00")
    content = await article(bob, "one")
    slow = events(COUNTERS, ids=[to_global_id("Content", content.id)])
    await anext(slow)
    await click(alice, content)
    await asyncio.sleep(0.2)
    for supporter in [await person(f"s{n}") for n in range(3)]:
        await fund(supporter, "1.00")
        await click(supporter, content)
    await asyncio.sleep(0.2)
    assert (await anext(slow))[1]["total"] == 4
    await slow.aclose()


async def test_no_connection_is_held_while_waiting(api: Api) -> None:
    """More streams than the pool has connections, and still everything can be read."""
    alice, bob = await api.joined("alice"), await api.joined("bob")
    await api.fund(alice)
    one = await api.register(bob, "one")
    streams = [
        events(query, alice, **variables)
        for query, variables in (
            (WALLET, {"currency": "EUR"}),
            (COUNTERS, {"ids": [one]}),
            (CREATOR, {"handle": "bob"}),
        )
        for _ in range(15)
    ]
    async with asyncio.timeout(20):
        await asyncio.gather(*(anext(stream) for stream in streams))
        await api.do("click", alice, contentId=one)
        await asyncio.gather(*(anext(stream) for stream in streams))
    await asyncio.gather(*(stream.aclose() for stream in streams))
