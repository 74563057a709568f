"""Announcements: after the commit and only then, by whatever moves, and never the older number."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.core.bus import open_bus
from app.core.clock import FixedClock
from app.core.local_bus import LocalBus
from app.domain import announce as domain_announce
from app.domain.announce import (
    PERIOD,
    announce,
    announce_number,
    counter_topic,
    creator_topic,
    platform_topic,
    settlement_topic,
    wallet_topic,
)
from app.domain.clicks import withdraw_click
from app.domain.contents import (
    delete_content,
    register_content,
    set_content_shares,
    update_content,
)
from app.domain.counters import counter_in, counters_of
from app.domain.deposits import charge_back, refund_deposit
from app.domain.drafts import ContentDraft
from app.domain.periods import close_period
from app.domain.platforms import create_platform
from app.domain.wallets import set_budget
from app.models.database import after_commit, execute, fetch_one, transaction
from app.settlement.settle import settle_period
from tests.world import article, click, fund, person


class Heard:
    """What was published, and whether it could be read in the database by others then."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []

    @property
    def topics(self) -> set[str]:
        """What was published on since the last time it was asked; then it is forgotten."""
        found = {topic for topic, _ in self.messages}
        self.messages.clear()
        return found


@pytest.fixture
async def heard(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Heard]:
    """Everything published on the bus of this test, over each kind of database."""
    heard = Heard()
    async with open_bus(None):
        monkeypatch.setattr(LocalBus, "publish", lambda _, *said: heard.messages.append(said))
        yield heard


async def test_a_click_and_its_withdrawal_are_announced(heard: Heard) -> None:
    platform = await create_platform(slug="video", name="Video", hosts=["video.example"])
    bob, carol, alice = [await person(name) for name in ("bob", "carol", "alice")]
    draft = ContentDraft(url="https://video.example/1", title="one")
    content = await register_content(bob, draft, creators=[("bob", 5000), ("carol", 5000)])
    wallet_id = (await fund(alice, "10.00")).wallet_id
    everybody = {
        counter_topic(content.id),
        wallet_topic(wallet_id),
        platform_topic(platform.id),
        creator_topic(bob.id),
        creator_topic(carol.id),
    }
    heard.messages.clear()
    await click(alice, content)
    [said] = [message for topic, message in heard.messages if topic == counter_topic(content.id)]
    assert counter_in(content.id, said) == (await counters_of([content.id]))[0]
    assert heard.topics == everybody
    await click(alice, content)
    await click(alice, content, weight=3)
    assert heard.topics == {wallet_topic(wallet_id)}
    await withdraw_click(alice, content.id)
    [said] = [message for topic, message in heard.messages if topic == counter_topic(content.id)]
    assert counter_in(content.id, said) == (await counters_of([content.id]))[0]
    assert heard.topics == everybody
    await withdraw_click(alice, content.id)
    assert heard.topics == set()


async def test_money_is_announced_to_its_wallet(heard: Heard) -> None:
    alice = await person("alice")
    first = await fund(alice, "10.00")
    wallet = {wallet_topic(first.wallet_id)}
    assert heard.topics == wallet
    await set_budget(alice, currency="EUR", budget_micros=5)
    assert heard.topics == wallet
    await refund_deposit(first.id, micros=1_000_000, key="r")
    assert heard.topics == wallet
    await charge_back(first.id, key="c")
    assert heard.topics == wallet
    await fund(alice, "10.00")
    await refund_deposit(first.id, micros=1_000_000, key="r")
    await charge_back(first.id, key="c")
    assert heard.topics == set()


async def test_contents_are_announced_to_whom_they_are_and_were(heard: Heard) -> None:
    one = await create_platform(slug="one", name="One", hosts=["one.example"])
    two = await create_platform(slug="two", name="Two", hosts=["two.example"])
    bob, carol = await person("bob"), await person("carol")
    heard.messages.clear()
    content = await register_content(bob, ContentDraft(url="https://one.example/1", title="one"))
    assert heard.topics == {creator_topic(bob.id), platform_topic(one.id)}
    await update_content(bob, content.id, {"url": "https://two.example/1"})
    assert heard.topics == {creator_topic(bob.id), platform_topic(one.id), platform_topic(two.id)}
    await set_content_shares(bob, content.id, [("carol", 10_000)])
    assert heard.topics == {creator_topic(bob.id), creator_topic(carol.id), platform_topic(two.id)}
    await delete_content(carol, content.id)
    assert heard.topics == {creator_topic(carol.id), platform_topic(two.id)}


async def test_closing_and_settling_are_announced(heard: Heard, clock: FixedClock) -> None:
    bob, alice = await person("bob"), await person("alice")
    wallet = wallet_topic((await fund(alice, "10.00")).wallet_id)
    await click(alice, await article(bob, "one"))
    clock.advance(hours=1)
    heard.messages.clear()
    await close_period("2026-11")
    assert heard.topics == {PERIOD}
    await settle_period("2026-11")
    steps = [topic for topic, _ in heard.messages]
    step = settlement_topic("2026-11")
    assert steps == [step, wallet, step, step, step, PERIOD]
    assert {message for _, message in heard.messages} == {b""}


async def test_nothing_is_announced_of_what_is_rolled_back(heard: Heard) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            announce("a")
            raise ZeroDivisionError
    async with transaction():
        announce("b")
        with pytest.raises(ZeroDivisionError):
            async with transaction():
                announce("c")
                raise ZeroDivisionError
        async with transaction():
            announce("d")
        assert heard.topics == set()
    assert heard.topics == {"b", "d"}
    announce("e")
    assert heard.topics == {"e"}


async def test_what_is_announced_can_be_read_by_everybody(heard: Heard) -> None:
    seen: list[asyncio.Task[dict[str, object] | None]] = []

    async with transaction():
        await execute("UPDATE periods SET key = '2031-01'")
        after_commit(
            lambda sure: seen.append(asyncio.create_task(fetch_one("SELECT key FROM periods")))
        )
        await asyncio.sleep(0.05)
    assert await seen[0] == {"key": "2031-01"}


async def test_where_the_commit_is_in_doubt_watchers_are_told_to_read_twice(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, and when it has landed if it does."""
    monkeypatch.setattr(domain_announce, "DOUBT_S", 0.1)

    async def write() -> None:
        async with transaction():
            await execute("UPDATE periods SET key = '2031-01'")
            announce("a", b"7")
            announce_number("b", 7, b"7")
            task = asyncio.current_task()
            assert task
            task.cancel()  # it is noticed at the next await: the commit's

    task = asyncio.create_task(write())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard.messages == [("a", b""), ("b", b"")]
    await asyncio.sleep(0.2)
    assert heard.messages == [("a", b""), ("b", b"")] * 2


async def test_an_older_number_is_not_published_after_a_newer_one(heard: Heard) -> None:
    for seq in (1, 3, 2, 3, 4):
        announce_number("a", seq, b"%d" % seq)
    announce_number("b", 1, b"1")
    assert heard.messages == [("a", b"1"), ("a", b"3"), ("a", b"3"), ("a", b"4"), ("b", b"1")]
    async with open_bus(None):
        announce_number("a", 1, b"new")
    assert heard.messages[-1] == ("a", b"new")
