"""Clicks: idempotence, weights, withdrawal, every refusal, and the counter beside them."""

import asyncio

import pytest

from app.core.clock import FixedClock
from app.core.errors import (
    AccountSuspended,
    ContentNotFound,
    InvalidInput,
    NotEligible,
    OwnContent,
    RateLimited,
    TooManyClicks,
    WalletEmpty,
)
from app.core.settings import use_settings
from app.domain.accounts import account_by_handle, suspend_account
from app.domain.clicks import ClickPage, click_pages, record_click, wallet_clicks, withdraw_click
from app.domain.contents import delete_content
from app.domain.counters import counters_of
from app.domain.periods import close_period, open_period
from app.domain.wallets import set_budget, wallet_for, wallet_state
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")


async def test_a_click_counts_once_however_often_it_is_sent() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "10.00")
    first = await click(alice, content)
    again = await click(alice, content)
    assert (first.changed, again.changed) == (True, False)
    assert first.click.id == again.click.id
    assert (again.counter.total, again.counter.period, again.counter.supporters) == (1, 1, 1)
    assert again.counter.seq == first.counter.seq


async def test_a_second_click_sets_the_weight_and_not_the_counter() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "10.00")
    await click(alice, content)
    heavier = await click(alice, content, weight=4)
    assert (heavier.changed, heavier.click.weight, heavier.counter.total) == (False, 4, 1)
    wallet = await wallet_for(alice.id)
    assert wallet is not None
    assert (await wallet_state(wallet.id)).total_weight == 4


async def test_withdrawing_takes_the_click_back_everywhere() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "10.00")
    clicked = await click(alice, content)
    gone = await withdraw_click(alice, content.id)
    assert gone is not None and gone.changed
    assert gone.click.withdrawn_at is not None
    assert (gone.counter.total, gone.counter.period, gone.counter.supporters) == (0, 0, 0)
    assert gone.counter.seq == clicked.counter.seq + 1
    twice = await withdraw_click(alice, content.id)
    assert twice is not None and not twice.changed
    back = await click(alice, content, weight=2)
    assert back.changed and back.click.weight == 2 and back.counter.total == 1


async def test_withdrawing_what_was_never_clicked_is_nothing() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    assert await withdraw_click(alice, content.id) is None
    await fund(alice, "1.00")
    assert await withdraw_click(alice, content.id) is None


async def test_supporters_are_distinct_wallets_ever(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=1_000_000)
    await click(alice, content)
    await close_period("2026-11")
    clock.advance(days=1)
    second = await click(alice, content)
    assert (second.counter.total, second.counter.period, second.counter.supporters) == (2, 1, 1)
    gone = await withdraw_click(alice, content.id)
    assert gone is not None
    assert (gone.counter.total, gone.counter.period, gone.counter.supporters) == (1, 0, 1)


async def test_after_a_close_the_counter_reads_zero_with_the_next_seq(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    content, untouched = await article(bob, "one"), await article(bob, "two")
    await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=1_000_000)
    await click(alice, content)
    [before, never] = await counters_of([content.id, untouched.id])
    await close_period("2026-11")
    [after, still] = await counters_of([content.id, untouched.id])
    assert (after.total, after.period, after.period_key) == (1, 0, "2026-12")
    assert after.seq == before.seq + 1
    assert still.seq == never.seq + 1
    clock.advance(hours=1)
    moved = (await click(alice, content)).counter
    assert moved.seq == after.seq + 1 and moved.period == 1


async def test_own_content_is_refused_also_for_a_co_creator() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one", creators=[("bob", 5000), ("alice", 5000)])
    await fund(alice, "10.00")
    with pytest.raises(OwnContent):
        await click(alice, content)
    assert (await counters_of([content.id]))[0].total == 0


@pytest.mark.parametrize("how", ["no wallet", "budget of nothing"])
async def test_an_empty_wallet_is_refused(how: str) -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    if how == "budget of nothing":
        await fund(alice, "10.00")
        await set_budget(alice, currency="EUR", budget_micros=0)
    with pytest.raises(WalletEmpty):
        await click(alice, content)


async def test_what_an_empty_wallet_is_to_do_depends_on_why() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    with pytest.raises(WalletEmpty, match="Add any amount"):
        await click(alice, content)
    await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=0)
    with pytest.raises(WalletEmpty, match="Raise it"):
        await click(alice, content)


async def test_a_click_goes_on_in_the_wallet_that_has_clicked() -> None:
    alice, bob = await person("alice"), await person("bob")
    one, two = await article(bob, "one"), await article(bob, "two")
    for currency in ("EUR", "USD"):
        await fund(alice, "1.00", currency, key=currency)
    dollars = await wallet_for(alice.id, "USD")
    assert dollars is not None
    first = await record_click(alice, one.id, currency="USD")
    again = await record_click(alice, one.id, weight=3)
    assert (again.changed, again.click.weight, again.click.wallet_id) == (False, 3, dollars.id)
    assert first.click.id == again.click.id and again.counter.supporters == 1
    assert (await record_click(alice, two.id)).click.wallet_id != dollars.id


async def test_a_withdrawal_takes_back_the_click_of_whichever_wallet() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    for currency in ("EUR", "USD", "JPY"):
        await fund(alice, "1.00", currency, key=currency)
    await record_click(alice, content.id, currency="USD")
    gone = await withdraw_click(alice, content.id)
    assert gone is not None and gone.changed and gone.counter.total == 0
    for currency in ("USD", "EUR", "JPY"):
        await record_click(alice, content.id, currency=currency)
    one = await withdraw_click(alice, content.id, currency="EUR")
    assert one is not None and (one.counter.total, one.counter.supporters) == (2, 2)
    rest = await asyncio.gather(*(withdraw_click(alice, content.id) for _ in range(4)))
    assert [r is not None and r.changed for r in rest].count(True) == 1
    counter = (await counters_of([content.id]))[0]
    assert (counter.total, counter.period, counter.supporters) == (0, 0, 0)


async def test_what_was_deleted_is_not_clicked_again_but_may_be_withdrawn() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "1.00")
    await click(alice, content)
    await delete_content(bob, content.id)
    with pytest.raises(ContentNotFound):
        await click(alice, content)
    gone = await withdraw_click(alice, content.id)
    assert gone is not None and gone.changed


async def test_refusals_of_the_account_and_the_content() -> None:
    alice, bob, carol = await person("alice"), await person("bob"), await person("carol")
    content, gone = await article(bob, "one"), await article(bob, "gone")
    await fund(alice, "10.00")
    await delete_content(bob, gone.id)
    for content_id in (gone.id, 10**9):
        with pytest.raises(ContentNotFound):
            await record_click(alice, content_id)
    await suspend_account(bob.id)
    with pytest.raises(NotEligible, match="suspended"):
        await click(alice, content)
    await suspend_account(alice.id)
    suspended = await account_by_handle("alice")
    assert suspended is not None
    with pytest.raises(AccountSuspended):
        await click(suspended, await article(carol, "other"))


@pytest.mark.parametrize("weight", [0, 6, -1])
async def test_a_weight_is_1_to_5(weight: int) -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "10.00")
    with pytest.raises(InvalidInput):
        await click(alice, content, weight=weight)


async def test_a_wallet_has_a_most_of_clicks() -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    contents = [await article(bob, name) for name in ("a", "b", "c")]
    with use_settings(max_clicks_per_period=2):
        await click(alice, contents[0])
        await click(alice, contents[1])
        with pytest.raises(TooManyClicks):
            await click(alice, contents[2])
        assert not (await click(alice, contents[0])).changed


async def test_too_fast_is_refused_by_our_own_clock(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "10.00")
    with use_settings(clicks_per_minute=2):
        await click(alice, content)
        await click(alice, content)
        with pytest.raises(RateLimited) as refused:
            await click(alice, content)
        clock.advance(seconds=refused.value.retry_after_s)
        await click(alice, content)


async def test_a_wallets_clicks_are_listed_newest_first() -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "3.00")
    contents = [await article(bob, name) for name in ("a", "b", "c")]
    for content in contents:
        await click(alice, content)
    await withdraw_click(alice, contents[1].id)
    wallet = await wallet_for(alice.id)
    assert wallet is not None
    period = await open_period()
    listed = await wallet_clicks(wallet.id, period.id, limit=10)
    assert [c.content_id for c in listed] == [contents[2].id, contents[0].id]
    [older] = await wallet_clicks(wallet.id, period.id, limit=10, before_id=listed[0].id)
    assert older.content_id == contents[0].id
    pages = [ClickPage(wallet.id, period.id, 1), ClickPage(wallet.id, 99, 5),
             ClickPage(wallet.id, period.id, 5, listed[0].id), ClickPage(10**9, period.id, 5),
             ClickPage(wallet.id, period.id, 9)]  # fmt: skip
    assert await click_pages(pages) == [listed[:1], [], listed[1:], [], listed]
    assert await click_pages([]) == []
