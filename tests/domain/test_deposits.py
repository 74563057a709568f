"""Deposits: one for each key, refused before anybody is charged, and what is owed comes first."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.core.errors import (
    AccountSuspended,
    DomainError,
    IdempotencyConflict,
    InsufficientFunds,
    InvalidInput,
    NotFound,
    PaymentDeclined,
    WalletFull,
)
from app.core.money import Money
from app.core.settings import use_settings
from app.domain import entries, payments
from app.domain.accounts import account_by_handle, suspend_account
from app.domain.deposits import (
    charge_back,
    deposit,
    deposits_by_ids,
    owed_micros,
    refund_deposit,
)
from app.domain.ledger import AccountName, balance_of, post_entry
from app.domain.payments import Payment
from app.domain.periods import in_open_period
from app.domain.wallets import wallets_of
from app.models.database import fetch
from tests.world import fund, person

pytestmark = pytest.mark.usefixtures("database")
TEN = Money(10_000_000, "EUR")
GOOD: dict[str, Any] = {"amount": TEN, "idempotency_key": "k"}


async def counted() -> tuple[int, ...]:
    """How many deposits, entries and postings there are."""
    tables = ("deposits", "entries", "postings")
    rows = [await fetch(f"SELECT COUNT(*) AS n FROM {table}") for table in tables]
    return tuple(row["n"] for [row] in rows)


async def test_the_same_key_twice_is_one_deposit() -> None:
    alice = await person("alice")
    first = await deposit(alice, TEN, idempotency_key="k")
    assert await deposit(alice, TEN, idempotency_key="k") == first
    assert await deposits_by_ids([10**9, first.id]) == [None, first]
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == TEN.micros
    assert await balance_of(AccountName("external", "sandbox", "EUR")) == -TEN.micros
    assert await counted() == (1, 1, 2)


async def test_eight_at_once_with_one_key_are_one_deposit() -> None:
    alice = await person("alice")
    done = await asyncio.gather(*(deposit(alice, TEN, idempotency_key="k") for _ in range(8)))
    assert len({answer.id for answer in done}) == 1
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == TEN.micros
    assert await counted() == (1, 1, 2)


async def test_eight_at_once_with_keys_of_their_own_are_eight() -> None:
    alice = await person("alice")
    await asyncio.gather(*(deposit(alice, TEN, idempotency_key=f"k{n}") for n in range(8)))
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == 8 * TEN.micros


async def test_a_key_is_its_accounts_own() -> None:
    first = await fund(await person("alice"), "1.00", key="k")
    second = await fund(await person("bob"), "2.00", key="k")
    assert (first.amount.micros, second.amount.micros) == (1_000_000, 2_000_000)


@pytest.mark.parametrize(
    "other",
    [
        {"amount": Money(10_000_001, "EUR")},
        {"amount": Money(10_000_000, "USD")},
        {"method": "sandbox-declined"},
        {"provider": "other"},
    ],
)
async def test_the_same_key_with_other_input_is_refused(other: dict[str, Any]) -> None:
    alice = await person("alice")
    await deposit(alice, TEN, idempotency_key="k")
    before = await counted()
    with pytest.raises(IdempotencyConflict):
        await deposit(alice, **(GOOD | other))
    assert await counted() == before


REFUSED: list[tuple[dict[str, Any], type[DomainError], str]] = [
    ({"amount": Money(0, "EUR")}, InvalidInput, "amount"),
    ({"amount": Money(-1, "EUR")}, InvalidInput, "amount"),
    ({"amount": Money(1, "XXX")}, InvalidInput, "currency"),
    ({"amount": Money(1, "eur")}, InvalidInput, "currency"),
    ({"amount": Money(1, "\x00")}, InvalidInput, "currency"),
    ({"amount": Money(10**13 + 1, "EUR")}, WalletFull, ""),
    ({"amount": Money(2**53 - 1, "EUR")}, WalletFull, ""),
    ({"method": "sandbox-declined"}, PaymentDeclined, ""),
    ({"method": "\x00"}, InvalidInput, "method"),
    ({"provider": "\ud800"}, InvalidInput, "provider"),
    *(
        ({"idempotency_key": key}, InvalidInput, "idempotencyKey")
        for key in ("", "k" * 101, "a\x00", "\ud800", "é", "a\nb", "\x7f")
    ),
]


async def test_what_is_refused_leaves_nothing() -> None:
    alice = await person("alice")
    for change, refusal, field in REFUSED:
        with pytest.raises(refusal) as refused:
            await deposit(alice, **(GOOD | change))
        assert getattr(refused.value, "field", "") == field, change
    assert await counted() == (0, 0, 0)
    assert await wallets_of(alice.id) == []
    await deposit(alice, TEN, idempotency_key="k")


async def test_a_wallet_holds_so_much_and_no_more_also_at_once() -> None:
    alice = await person("alice")
    with use_settings(max_wallet_micros=30_000_000):
        keys = (deposit(alice, TEN, idempotency_key=f"k{n}") for n in range(5))
        done = await asyncio.gather(*keys, return_exceptions=True)
        assert sorted(type(d).__name__ for d in done) == ["Deposit"] * 3 + ["WalletFull"] * 2
        with pytest.raises(WalletFull):
            await deposit(alice, Money(1, "EUR"), idempotency_key="one-more")
        await deposit(alice, Money(30_000_000, "USD"), idempotency_key="other-wallet")
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == 30_000_000


async def test_a_suspended_account_deposits_nothing() -> None:
    alice = await person("alice")
    await suspend_account(alice.id)
    suspended = await account_by_handle("alice")
    assert suspended is not None
    with pytest.raises(AccountSuspended):
        await deposit(suspended, TEN, idempotency_key="k")


async def test_a_chargeback_is_once_per_key_and_takes_what_is_left() -> None:
    alice = await person("alice")
    given = await fund(alice, "10.00")
    await refund_deposit(given.id, micros=4_000_000, key="r")
    first = await charge_back(given.id, key="c")
    assert await charge_back(given.id, key="c") == first
    with pytest.raises(InsufficientFunds):
        await charge_back(given.id, key="again")
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == 0
    assert await owed_micros(alice, "EUR") == 0


async def test_a_key_used_for_another_deposit_is_refused() -> None:
    alice = await person("alice")
    first, second = await fund(alice, "10.00"), await fund(alice, "10.00", key="second")
    await refund_deposit(first.id, micros=1_000_000, key="r")
    await charge_back(first.id, key="c")
    for attempt in (
        refund_deposit(second.id, micros=1_000_000, key="r"),
        charge_back(second.id, key="c"),
    ):
        with pytest.raises(IdempotencyConflict):
            await attempt
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == 10_000_000
    await charge_back(second.id, key="c2")
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == 0


class Till:
    """A provider that keeps a fee, notes what it did, and lets something happen on the way."""

    name = "till"

    def __init__(self, meanwhile: Callable[[], Awaitable[object]] | None = None) -> None:
        self.meanwhile = meanwhile
        self.voided: list[str] = []

    async def charge(self, amount: Money, *, method: str, idempotency_key: str) -> Payment:
        if self.meanwhile is not None:
            await self.meanwhile()
        return Payment(reference=idempotency_key, fee_micros=350_000)

    async def void(self, payment: Payment) -> None:
        self.voided.append(payment.reference)


async def test_a_providers_fee_is_written_down_with_the_deposit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    till = Till()
    monkeypatch.setattr(payments, "providers", lambda: {"till": till})
    alice = await person("alice")
    given = await deposit(alice, TEN, idempotency_key="k", provider="till")
    assert await deposit(alice, TEN, idempotency_key="k", provider="till") == given
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == 10_000_000
    assert await balance_of(AccountName("fees", "till", "EUR")) == -350_000
    assert await balance_of(AccountName("external", "till", "EUR")) == -9_650_000
    assert till.voided == []


async def test_a_payment_that_finds_the_wallet_full_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice = await person("alice")
    fill = Money(10**13 - 5_000_000, "EUR")
    till = Till(meanwhile=lambda: deposit(alice, fill, idempotency_key="fill"))
    known = {"till": till, "sandbox": payments.Sandbox()}
    monkeypatch.setattr(payments, "providers", lambda: known)
    with pytest.raises(WalletFull):
        await deposit(alice, TEN, idempotency_key="k", provider="till")
    assert till.voided == ["alice:k"]
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == fill.micros
    assert await balance_of(AccountName("external", "till", "EUR")) == 0


@pytest.mark.parametrize(
    ("amount", "owed", "held"), [("3.00", 2, 0), ("5.00", 0, 0), ("9.00", 0, 4)]
)
async def test_a_deposit_pays_a_debt_first(amount: str, owed: int, held: int) -> None:
    alice = await person("alice")
    await owe(alice.handle, 5_000_000)
    assert await owed_micros(alice, "EUR") == 5_000_000
    given = await fund(alice, amount)
    assert await fund(alice, amount) == given
    assert await owed_micros(alice, "EUR") == owed * 1_000_000
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == held * 1_000_000


async def owe(holder: str, micros: int) -> None:
    """A debt as a chargeback leaves it when nothing is spendable."""
    draft = entries.chargeback(
        key="debt",
        deposit="another",
        holder=holder,
        provider="p",
        currency="EUR",
        micros=micros,
        spendable_micros=0,
    )
    async with in_open_period() as period:
        await post_entry(draft, period_id=period.id)


async def test_unknown_deposits_are_not_found() -> None:
    for attempt in (refund_deposit(10**9, micros=1, key="k"), charge_back(10**9, key="k")):
        with pytest.raises(NotFound):
            await attempt


@pytest.mark.parametrize("micros", [0, -1, 2**53])
async def test_a_refund_of_nothing_or_too_much_is_refused(micros: int) -> None:
    given = await fund(await person("alice"), "1.00")
    before = await counted()
    with pytest.raises((InvalidInput, InsufficientFunds)):
        await refund_deposit(given.id, micros=micros, key="k")
    assert await counted() == before
