"""Wallets: budget, pot and worth, movements a page at a time, many read as one is."""

import pytest

from app.core.clock import FixedClock
from app.core.errors import InvalidInput
from app.core.ids import MAX_ID
from app.core.settings import get_settings
from app.domain.accounts import Account
from app.domain.clicks import withdraw_click
from app.domain.deposits import refund_deposit
from app.domain.periods import close_period
from app.domain.wallets import (
    EntryPage,
    entry_pages,
    set_budget,
    wallet_entries,
    wallet_for,
    wallet_state,
    wallet_states,
    wallets_by_ids,
    wallets_of,
    wallets_of_each,
)
from app.models.database import fetch
from tests.world import article, click, fund, person


async def wallet_id(account: Account, currency: str | None = None) -> int:
    wallet = await wallet_for(account.id, currency)
    assert wallet is not None
    return wallet.id


@pytest.mark.usefixtures("database")
async def test_the_first_wallet_is_the_default(clock: FixedClock) -> None:
    alice = await person("alice")
    assert (await wallet_for(alice.id), await wallets_of(alice.id)) == (None, [])
    for currency in ("USD", "EUR", "JPY"):
        await fund(alice, "1.00", currency, key=currency)
        clock.advance(seconds=1)
    assert [w.currency for w in await wallets_of(alice.id)] == ["USD", "EUR", "JPY"]
    default, euros = await wallet_for(alice.id), await wallet_for(alice.id, "EUR")
    assert default is not None and euros is not None
    assert (default.currency, euros.currency) == ("USD", "EUR")
    assert await wallet_for(alice.id, "CHF") is None
    assert await wallets_by_ids([10**9, euros.id]) == [None, euros]
    assert await wallets_by_ids([]) == []
    with pytest.raises(InvalidInput):
        await wallet_for(alice.id, "XXX")


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(
    ("budget", "pot"),
    [(None, 10_000_000), (0, 0), (1, 1), (3_000_000, 3_000_000), (10_000_000, 10_000_000),
     (10_000_001, 10_000_000), (10**13, 10_000_000)],
)  # fmt: skip
async def test_a_pot_is_the_budget_or_what_there_is(budget: int | None, pot: int) -> None:
    alice = await person("alice")
    await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=5)
    await set_budget(alice, currency="EUR", budget_micros=budget)
    state = await wallet_state(await wallet_id(alice))
    assert (state.budget_micros, state.pot_micros, state.worth_micros) == (budget, pot, None)
    assert state.balance_micros == state.spendable_micros == 10_000_000


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("budget", [-1, 10**13 + 1, 2**63])
async def test_a_budget_out_of_range_changes_nothing(budget: int) -> None:
    alice = await person("alice")
    with pytest.raises(InvalidInput) as refused:
        await set_budget(alice, currency="EUR", budget_micros=budget)
    assert refused.value.field == "budget"
    with pytest.raises(InvalidInput):
        await set_budget(alice, currency="XXX", budget_micros=1)
    assert await wallets_of(alice.id) == []
    assert get_settings().max_wallet_micros == 10**13


@pytest.mark.usefixtures("database")
async def test_worth_is_the_pot_over_the_weights() -> None:
    alice, bob = await person("alice"), await person("bob")
    contents = [await article(bob, name) for name in "abc"]
    await fund(alice, "10.00")
    seen = []
    for content, weight in zip(contents, (1, 2, 4), strict=True):
        await click(alice, content, weight)
        state = await wallet_state(await wallet_id(alice))
        seen.append((state.clicks, state.total_weight, state.worth_micros))
    assert seen == [(1, 1, 10_000_000), (2, 3, 3_333_333), (3, 7, 1_428_571)]
    await withdraw_click(alice, contents[2].id)
    assert (await wallet_state(await wallet_id(alice))).worth_micros == 3_333_333


@pytest.mark.usefixtures("database")
async def test_a_budget_lasts_until_it_is_changed_and_no_past_one_is(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=1_000_000)
    await click(alice, await article(bob, "one"))
    await close_period("2026-11")
    clock.advance(hours=1)
    state = await wallet_state(await wallet_id(alice))
    assert (state.budget_micros, state.spendable_micros, state.clicks) == (1_000_000, 9_000_000, 0)
    await set_budget(alice, currency="EUR", budget_micros=None)
    state = await wallet_state(await wallet_id(alice))
    assert (state.budget_micros, state.spendable_micros) == (None, 9_000_000)
    assert state.pot_micros == 9_000_000


@pytest.mark.usefixtures("database")
async def test_movements_are_paged_newest_first() -> None:
    alice, bob = await person("alice"), await person("bob")
    given = [await fund(alice, f"{n}.00", key=f"k{n}") for n in range(1, 6)]
    await fund(bob, "9.00")
    await refund_deposit(given[0].id, micros=1, key="r")
    wallet = await wallet_id(alice)
    seen: list[int] = []
    before_id = MAX_ID
    while page := await wallet_entries(wallet, limit=2, before_id=before_id):
        assert len(page) <= 2
        seen += [entry.micros for entry in page]
        before_id = page[-1].entry_id
    assert seen == [-1, 5_000_000, 4_000_000, 3_000_000, 2_000_000, 1_000_000]
    [newest] = await wallet_entries(wallet, limit=1)
    assert (newest.kind, newest.period_id, newest.posted_at.tzinfo is not None) == (
        "refund", 1, True,
    )  # fmt: skip


@pytest.mark.usefixtures("database")
async def test_many_states_at_once_are_each_state(clock: FixedClock) -> None:
    bob = await person("bob")
    contents = [await article(bob, name) for name in "ab"]
    ids = []
    for n, budget in enumerate((None, 0, 1_500_000, 10**13)):
        supporter = await person(f"s{n}")
        await fund(supporter, "3.00")
        if n != 1:
            await click(supporter, contents[0], weight=n + 1)
        await set_budget(supporter, currency="EUR", budget_micros=budget)
        ids.append(await wallet_id(supporter))
    await close_period("2026-11")
    clock.advance(hours=1)
    batch = await wallet_states(list(reversed(ids)))
    assert batch == [await wallet_state(wallet) for wallet in reversed(ids)]
    assert [s.spendable_micros for s in reversed(batch)] == [0, 3_000_000, 1_500_000, 0]
    assert await wallet_states([]) == []
    assert len(await fetch("SELECT 1 AS n FROM wallets")) == 4


@pytest.mark.usefixtures("database")
async def test_pages_of_many_wallets_are_read_at_once() -> None:
    ann, ben = await person("ann"), await person("ben")
    for who in (ann, ben):
        for n in range(1, 4):
            await fund(who, f"{n}.00", key=f"k{n}")
    one, two = await wallet_id(ann), await wallet_id(ben)
    [newest, *older] = await wallet_entries(one, limit=9)
    pages = [EntryPage(two, 1), EntryPage(one, 9, newest.entry_id), EntryPage(10**9, 9)]
    found = await entry_pages(pages)
    assert [[e.micros for e in page] for page in found] == [
        [3_000_000], [2_000_000, 1_000_000], [],
    ]  # fmt: skip
    assert found[1] == older
    assert await wallets_of_each([ben.id, 10**9, ann.id]) == [
        await wallets_of(ben.id), [], await wallets_of(ann.id),
    ]  # fmt: skip


@pytest.mark.usefixtures("database")
async def test_an_account_has_a_most_of_wallets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.domain.wallets.MAX_WALLETS", 2)
    ann = await person("ann")
    await fund(ann, "1.00")
    await set_budget(ann, currency="USD", budget_micros=1)
    for attempt in (
        set_budget(ann, currency="JPY", budget_micros=1),
        fund(ann, "1.00", "JPY", key="new"),
    ):
        with pytest.raises(InvalidInput, match="at most 2 wallets") as refused:
            await attempt
        assert refused.value.field == "currency"
    await fund(ann, "1.00", "USD", key="again")
    assert [wallet.currency for wallet in await wallets_of(ann.id)] == ["EUR", "USD"]
