"""Clicks: idempotence, weights, withdrawal, every refusal, and the counter beside them."""

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
from app.domain.clicks import record_click, viewer_states, wallet_clicks, withdraw_click
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


async def test_the_button_says_what_the_mutation_will() -> None:
    alice, bob = await person("alice"), await person("bob")
    mine, theirs = await article(alice, "mine"), await article(bob, "theirs")
    codes = {}
    for state in await viewer_states(alice, [mine.id, theirs.id, 10**9]):
        codes[state.content_id] = state.refusal.code if state.refusal else None
    assert codes == {
        mine.id: "OWN_CONTENT",
        theirs.id: "WALLET_EMPTY",
        10**9: "CONTENT_NOT_FOUND",
    }
    await fund(alice, "3.00")
    [free] = await viewer_states(alice, [theirs.id])
    assert free.refusal is None and free.worth_micros == 3_000_000
    await click(alice, theirs, weight=2)
    [clicked] = await viewer_states(alice, [theirs.id])
    assert (clicked.weight, clicked.worth_micros) == (2, 3_000_000)
    assert clicked.undo_until == (await open_period()).ends_at
    [stranger] = await viewer_states(None, [theirs.id])
    assert stranger.refusal is not None and stranger.refusal.code == "UNAUTHENTICATED"


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
