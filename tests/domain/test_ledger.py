"""The ledger: every entry of DESIGN.md §5 posted for real, balances, keys, and spendable money."""

from collections.abc import Callable

import pytest

from app.core.clock import FixedClock
from app.core.errors import BrokenInvariant, IdempotencyConflict, InsufficientFunds
from app.core.sharing import GrossSplit
from app.domain import entries
from app.domain.deposits import charge_back, owed_micros, refund_deposit
from app.domain.ledger import AccountName, EntryDraft, Leg, balance_of, post_entry
from app.domain.periods import close_period, in_open_period
from app.domain.wallets import set_budget, wallet_for, wallet_state
from app.models.database import fetch
from app.settlement.check import breaches
from app.settlement.settle import settle_due, settle_period
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")

SPLIT = GrossSplit(gross=1000, commission=100, platform=40, house=60, net=900)
PARTS = [("bob", 600), ("cid", 300)]
Expected = dict[str, int]

ENTRIES: list[tuple[Callable[[], EntryDraft | None], Expected]] = [
    (
        lambda: entries.deposit(
            key="k", holder="al", provider="p", currency="EUR", micros=10, recovers_micros=3
        ),
        {"external:p": -10, "receivable:al": 3, "wallet:al": 7},
    ),
    (
        lambda: entries.provider_fee(key="k", provider="p", currency="EUR", micros=2),
        {"external:p": 2, "fees:p": -2},
    ),
    (
        lambda: entries.refund(
            key="k", deposit="d", holder="al", provider="p", currency="EUR", micros=4
        ),
        {"wallet:al": -4, "external:p": 4},
    ),
    (
        lambda: entries.chargeback(
            key="k",
            deposit="d",
            holder="al",
            provider="p",
            currency="EUR",
            micros=10,
            spendable_micros=6,
        ),
        {"external:p": 10, "wallet:al": -6, "receivable:al": -4},
    ),
    (
        lambda: entries.settle_wallets(
            key="k", period_key="2026-11", given={("al", "EUR"): 5, ("be", "EUR"): 6}
        ),
        {"wallet:al": -5, "wallet:be": -6, "settlement:2026-11": 11},
    ),
    (
        lambda: entries.merge(
            "settle",
            "k",
            [
                entries.settle_content_legs(
                    period_key="2026-11", currency="EUR", split=SPLIT, platform="t", parts=PARTS
                ),
                entries.hold_escrow_legs(
                    period_key="2026-11", content="u", currency="EUR", gross_micros=7
                ),
            ],
        ),
        {
            "settlement:2026-11": -1007,
            "earnings:bob": 600,
            "earnings:cid": 300,
            "commission:platform:t": 40,
            "commission:house:house": 60,
            "escrow:u": 7,
        },
    ),
    (
        lambda: entries.release_escrow(
            key="k", content="u", currency="EUR", split=SPLIT, platform="t", parts=PARTS
        ),
        {
            "escrow:u": -1000,
            "earnings:bob": 600,
            "earnings:cid": 300,
            "commission:platform:t": 40,
            "commission:house:house": 60,
        },
    ),
    (
        lambda: entries.return_escrow(key="k", content="u", holder="al", currency="EUR", micros=7),
        {"escrow:u": -7, "wallet:al": 7},
    ),
    (
        lambda: entries.return_escrow(
            key="k", content="u", holder="al", currency="EUR", micros=7, dormant=True
        ),
        {"escrow:u": -7, "dormant:al": 7},
    ),
    (
        lambda: entries.donation(
            key="k", holder="al", currency="EUR", split=SPLIT, platform="t", parts=PARTS
        ),
        {
            "wallet:al": -1000,
            "earnings:bob": 600,
            "earnings:cid": 300,
            "commission:platform:t": 40,
            "commission:house:house": 60,
        },
    ),
    (
        lambda: entries.move_earnings(key="k", holder="al", currency="EUR", micros=7),
        {"earnings:al": -7, "wallet:al": 7},
    ),
    (
        lambda: entries.ask_payout(key="k", holder="al", currency="EUR", micros=7),
        {"earnings:al": -7, "pending:al": 7},
    ),
    (
        lambda: entries.send_payout(key="k", holder="al", provider="p", currency="EUR", micros=7),
        {"pending:al": -7, "external:p": 7},
    ),
    (
        lambda: entries.fail_payout(key="k", holder="al", currency="EUR", micros=7),
        {"pending:al": -7, "earnings:al": 7},
    ),
]


ABOUT_LOTS = {"escrow holds exactly its open lots"}
"""Entries are posted here without the settlement, which alone writes lots (tests/settlement)."""


async def post(draft: EntryDraft) -> bool:
    async with in_open_period() as period:
        return (await post_entry(draft, period_id=period.id)).created


async def endow(*names: str, micros: int = 10_000) -> None:
    """Give accounts something to lose, from outside."""
    for name in names:
        kind, _, holder = name.rpartition(":")
        legs = (
            Leg(AccountName(kind, holder, "EUR"), micros),
            Leg(AccountName("external", "endowment", "EUR"), -micros),
        )
        await post(EntryDraft("test", f"endow:{name}", legs))


@pytest.mark.parametrize(("build", "expected"), ENTRIES)
async def test_every_entry_of_the_design(
    build: Callable[[], EntryDraft | None], expected: Expected
) -> None:
    draft = build()
    assert draft is not None
    assert {f"{n.kind}:{n.holder}": m for n, m in draft.legs} == expected
    losers = [name for name, micros in expected.items() if micros < 0]
    await endow(
        *(n for n in losers if n.split(":")[0] in ("wallet", "escrow", "earnings", "pending"))
    )
    for name, micros in expected.items():
        if name.startswith("receivable") and micros > 0:
            await endow(name, micros=-micros)
    assert await post(draft)
    assert [b.rule for b in await breaches() if b.rule not in ABOUT_LOTS] == []
    assert not await post(draft)


async def test_the_same_key_with_other_legs_is_refused() -> None:
    await endow("wallet:al")
    first = entries.provider_fee(key="k", provider="p", currency="EUR", micros=4)
    await post(first)
    with pytest.raises(IdempotencyConflict):
        await post(entries.provider_fee(key="k", provider="p", currency="EUR", micros=5))
    assert await balance_of(AccountName("fees", "p", "EUR")) == -4


async def test_nothing_falls_below_zero() -> None:
    await endow("wallet:al")
    with pytest.raises(InsufficientFunds):
        await post(entries.move_earnings(key="k", holder="al", currency="EUR", micros=10_001))
    assert await balance_of(AccountName("wallet", "al", "EUR")) == 10_000
    assert await fetch("SELECT 1 AS n FROM entries WHERE idempotency_key = 'k'") == []


@pytest.mark.parametrize(
    "legs",
    [
        [("wallet", 1), ("external", -2)],
        [("wallet", 1)],
        [("wallet", 0), ("external", 0)],
        [("wallet", 1), ("wallet", -1)],
        [("wallet", 2**53), ("external", -(2**53))],
    ],
)
async def test_what_does_not_balance_is_refused_before_the_database(
    legs: list[tuple[str, int]],
) -> None:
    draft = EntryDraft("t", "k", tuple(Leg(AccountName(kind, "x", "EUR"), m) for kind, m in legs))
    with pytest.raises(BrokenInvariant):
        await post(draft)


async def test_a_checkpointed_balance_is_the_sum_of_everything(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await set_budget(alice, currency="EUR", budget_micros=1_000_000)
    await fund(alice, "10.00")
    for _ in range(3):
        await click(alice, content)
        period = (await fetch("SELECT key FROM periods WHERE status = 'open'"))[0]["key"]
        await close_period(period)
        clock.advance(days=31)
        await settle_due()
    assert await balance_of(AccountName("commission:house", "house", "EUR")) == 300_000
    await fund(alice, "1.00", key="second")
    assert await balance_of(AccountName("external", "sandbox", "EUR")) == -11_000_000
    checkpoints = await fetch("SELECT 1 AS n FROM checkpoints")
    assert len(checkpoints) >= 4


async def test_money_that_moves_between_close_and_settle_changes_no_pot(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    contents = [await article(bob, f"a{n}") for n in range(3)]
    given = await fund(alice, "10.00")
    wallet = await wallet_for(alice.id)
    assert wallet is not None
    for content in contents:
        await click(alice, content)
    await close_period("2026-11")
    state = await wallet_state(wallet.id)
    assert (state.balance_micros, state.spendable_micros) == (10_000_000, 0)
    with pytest.raises(InsufficientFunds):
        await refund_deposit(given.id, micros=1, key="too-much")
    clock.advance(hours=1)
    later = await fund(alice, "5.00", key="later")
    await refund_deposit(later.id, micros=2_000_000, key="back")
    await charge_back(given.id, key="stolen")
    assert await owed_micros(alice, "EUR") == 7_000_000
    await set_budget(alice, currency="EUR", budget_micros=1)
    clock.advance(days=30)
    await close_period("2026-12")
    await settle_period("2026-11")
    rows = await fetch("SELECT pot_micros FROM frozen_wallets WHERE period_id = 1")
    assert [row["pot_micros"] for row in rows] == [10_000_000]
    assert (await wallet_state(wallet.id)).balance_micros == 1
    await settle_period("2026-12")
    assert await breaches() == []
    recovered = await fund(alice, "8.00", key="makes-good")
    assert recovered.amount.micros == 8_000_000
    assert await owed_micros(alice, "EUR") == 0
    assert (await wallet_state(wallet.id)).balance_micros == 1_000_001


async def test_spendable_keeps_what_unsettled_months_will_give(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    given = await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=3_000_001)
    wallet = await wallet_for(alice.id)
    assert wallet is not None
    await click(alice, content, weight=2)
    await close_period("2026-11")
    assert (await wallet_state(wallet.id)).spendable_micros == 6_999_999
    clock.advance(days=30)
    await click(alice, content, weight=2)
    await close_period("2026-12")
    assert (await wallet_state(wallet.id)).spendable_micros == 3_999_998
    period = (await fetch("SELECT id FROM periods WHERE key = '2026-11'"))[0]
    assert period["id"] == 1
    await settle_period("2026-11")
    assert (await wallet_state(wallet.id)).spendable_micros == 3_999_999
    await refund_deposit(given.id, micros=3_999_999, key="rest")
    await settle_period("2026-12")
    assert (await wallet_state(wallet.id)).balance_micros == 1
    assert await breaches() == []


async def test_a_refund_is_once_per_key_and_within_its_deposit() -> None:
    alice = await person("alice")
    given = await fund(alice, "10.00")
    await fund(alice, "5.00", key="other")
    first = await refund_deposit(given.id, micros=4_000_000, key="r")
    assert await refund_deposit(given.id, micros=4_000_000, key="r") == first
    with pytest.raises(InsufficientFunds):
        await refund_deposit(given.id, micros=6_000_001, key="r2")
    await refund_deposit(given.id, micros=6_000_000, key="r3")
