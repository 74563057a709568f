"""Deposits into wallets, and how they may go back: refunds and chargebacks."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.core.clock import now
from app.core.errors import (
    BrokenInvariant,
    IdempotencyConflict,
    InsufficientFunds,
    InvalidInput,
    NotFound,
    WalletFull,
)
from app.core.money import Money, check_currency
from app.core.settings import get_settings
from app.domain import entries
from app.domain.accounts import Account, require_active
from app.domain.announce import announce, wallet_topic
from app.domain.ledger import (
    AccountName,
    digest_of_subject,
    ensure_accounts,
    locked_balance,
    post_entry,
    posted_entry,
)
from app.domain.payments import Payment, provider_named
from app.domain.periods import Period, in_open_period
from app.domain.wallets import (
    Wallet,
    check_wallet_room,
    open_wallet,
    wallet_for,
    wallet_state,
    wallets_by_ids,
)
from app.models import Deposit as DepositRow
from app.models.database import execute, fetch_one, in_order

MAX_KEY = 100


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money put into a wallet: `amount` in its currency, by a provider."""

    id: int
    account_id: int
    wallet_id: int
    amount: Money
    refunded_micros: int
    provider: str
    idempotency_key: str
    created_at: datetime


async def deposit(
    account: Account,
    amount: Money,
    *,
    idempotency_key: str,
    provider: str = "sandbox",
    method: str = "sandbox",
) -> Deposit:
    """Put money into the account's wallet in the amount's currency, opened if need be.

    The same key with the same input is one deposit, and answers the first one.
    Raises IdempotencyConflict for the same key with other input, WalletFull, PaymentDeclined,
    AccountSuspended, InvalidInput.
    """
    require_active(account)
    check_key(idempotency_key)
    check_currency(amount.currency)
    if amount.micros <= 0:
        raise InvalidInput("Deposit more than nothing.", field="amount")
    digest = _digest(amount, provider, method)
    if (known := await _known(account.id, idempotency_key, digest)) is not None:
        return known
    await _check_room(account, amount)
    payer = provider_named(provider)
    charge_key = f"{account.handle}:{idempotency_key}"
    paid = await payer.charge(amount, method=method, idempotency_key=charge_key)
    try:
        return await _credit(account, amount, payer.name, paid, idempotency_key, digest)
    except (WalletFull, InvalidInput):  # filled meanwhile, or one wallet too many
        await payer.void(paid)
        raise


async def _credit(
    account: Account, amount: Money, provider: str, paid: Payment, key: str, digest: str
) -> Deposit:
    """Write down a confirmed payment, once per key, with what the provider kept of it."""
    async with in_open_period() as period:
        wallet = await open_wallet(account, amount.currency)
        held = await _hold(account, wallet)
        if (known := await _known(account.id, key, digest)) is not None:
            return known
        entry_id = await _post(account, held, amount, provider, key, period)
        await _post_fee(account, amount.currency, provider, paid, key, period)
        row = await DepositRow.create(
            account_id=account.id,
            wallet_id=wallet.id,
            provider=provider,
            reference=paid.reference,
            amount_micros=amount.micros,
            idempotency_key=key,
            digest=digest,
            entry_id=entry_id,
            created_at=now(),
        )
        announce(wallet_topic(wallet.id))
    return _deposit(row, amount.currency)  # fmt: skip


async def refund_deposit(deposit_id: int, *, micros: int, key: str) -> int:
    """Send a deposit, or part of it, back; the entry's id. Safe to repeat with the same key.

    Raises InsufficientFunds beyond what is spendable or left of it, NotFound, InvalidInput, and
    IdempotencyConflict for a key used for another deposit or amount.
    """
    if micros <= 0:
        raise InvalidInput("Refund more than nothing.", field="amount")
    async with in_open_period() as period:
        row, holder, currency = await _held_deposit(deposit_id)
        await locked_balance(row.wallet_id)
        draft = entries.refund(
            key=f"refund:{holder}:{key}",
            deposit=_subject(holder, row),
            holder=holder,
            provider=row.provider,
            currency=currency,
            micros=micros,
        )
        known = await posted_entry(key=draft.key, digest=draft.digest())
        free = (await wallet_state(row.wallet_id)).spendable_micros
        if known is None and micros > min(free, row.amount_micros - row.refunded_micros):
            raise InsufficientFunds("Only what is spendable and left of the deposit can go back.")
        posted = await post_entry(draft, period_id=period.id)
        if posted.created:
            await execute(
                "UPDATE deposits SET refunded_micros = refunded_micros + $1 WHERE id = $2",
                *(micros, row.id),
            )
            announce(wallet_topic(row.wallet_id))
    return posted.entry_id


async def charge_back(deposit_id: int, *, key: str) -> int:
    """The provider took a deposit back: from what is spendable, and the rest is owed to us.

    Returns the entry's id. Safe to repeat with the same key. Raises NotFound, InsufficientFunds
    where nothing is left of it, IdempotencyConflict for a key used for another deposit.
    """
    async with in_open_period() as period:
        row, holder, currency = await _held_deposit(deposit_id)
        entry_key, subject = f"chargeback:{holder}:{key}", _subject(holder, row)
        digest = digest_of_subject("chargeback", subject)
        if (known := await posted_entry(key=entry_key, digest=digest)) is not None:
            return known
        if row.amount_micros == row.refunded_micros:
            raise InsufficientFunds("Nothing is left of this deposit to take back.")
        await locked_balance(row.wallet_id)
        draft = entries.chargeback(
            key=entry_key,
            deposit=subject,
            holder=holder,
            provider=row.provider,
            currency=currency,
            micros=row.amount_micros - row.refunded_micros,
            spendable_micros=(await wallet_state(row.wallet_id)).spendable_micros,
        )
        posted = await post_entry(draft, period_id=period.id)
        await execute(
            "UPDATE deposits SET refunded_micros = amount_micros WHERE id = $1", deposit_id
        )
        announce(wallet_topic(row.wallet_id))
    return posted.entry_id


async def deposits_by_ids(ids: Sequence[int]) -> list[Deposit | None]:
    """Deposits in the order of `ids`, None where there is none."""
    rows = await DepositRow.filter(id__in=list(ids))
    wallets = await wallets_by_ids([row.wallet_id for row in rows])
    currencies = {wallet.id: wallet.currency for wallet in wallets if wallet is not None}
    return in_order(ids, {row.id: _deposit(row, currencies[row.wallet_id]) for row in rows})


async def owed_micros(account: Account, currency: str) -> int:
    """What the account owes us after chargebacks, in micro-units, >= 0."""
    row = await fetch_one(
        "SELECT b.micros FROM balances b JOIN ledger_accounts a ON a.id = b.account_id"
        " WHERE a.kind = 'receivable' AND a.holder = $1 AND a.currency = $2",
        *(account.handle, currency),
    )
    return -int(row["micros"]) if row else 0


def check_key(key: str, *, field: str = "idempotencyKey") -> str:
    """An idempotency key of 1 to 100 printable ASCII characters. Raises InvalidInput."""
    if not 1 <= len(key) <= MAX_KEY or not (key.isascii() and key.isprintable()):
        raise InvalidInput(f"A key has 1 to {MAX_KEY} printable ASCII characters.", field=field)
    return key


class _Held(NamedTuple):
    """Balances held until the transaction ends, in micro-units: the wallet's, and what is owed."""

    wallet_micros: int
    owed_micros: int


async def _hold(account: Account, wallet: Wallet) -> _Held:
    """Deposits into one wallet go one after another from here on, those with one key too."""
    owed = AccountName("receivable", account.handle, wallet.currency)
    owed_id = (await ensure_accounts([owed]))[owed]
    held = {row_id: await locked_balance(row_id) for row_id in sorted((wallet.id, owed_id))}
    return _Held(held[wallet.id], -held[owed_id])


async def _post(
    account: Account, held: _Held, amount: Money, provider: str, key: str, period: Period
) -> int:
    _check_fits(held.wallet_micros, amount)
    draft = entries.deposit(
        key=f"deposit:{account.handle}:{key}",
        holder=account.handle,
        provider=provider,
        currency=amount.currency,
        micros=amount.micros,
        recovers_micros=min(amount.micros, held.owed_micros),
    )
    return (await post_entry(draft, period_id=period.id)).entry_id


async def _post_fee(
    account: Account, currency: str, provider: str, paid: Payment, key: str, period: Period
) -> None:
    if paid.fee_micros:
        draft = entries.provider_fee(
            key=f"fee:{account.handle}:{key}",
            provider=provider,
            currency=currency,
            micros=paid.fee_micros,
        )
        await post_entry(draft, period_id=period.id)


async def _check_room(account: Account, amount: Money) -> None:
    """Refuse what cannot fit, or has no wallet to go to, before anybody is charged."""
    await check_wallet_room(account, amount.currency)
    wallet = await wallet_for(account.id, amount.currency)
    held = (await wallet_state(wallet.id)).balance_micros if wallet else 0
    _check_fits(held, amount)


def _check_fits(held_micros: int, amount: Money) -> None:
    if held_micros + amount.micros > get_settings().max_wallet_micros:
        raise WalletFull


async def _known(account_id: int, key: str, digest: str) -> Deposit | None:
    row = await DepositRow.get_or_none(account_id=account_id, idempotency_key=key)
    if row is None:
        return None
    if row.digest != digest:
        raise IdempotencyConflict
    return _deposit(row, await _currency(row.wallet_id))


async def _held_deposit(deposit_id: int) -> tuple[DepositRow, str, str]:
    """The deposit's row, held until the transaction ends, its holder's handle and its currency."""
    row = await DepositRow.filter(id=deposit_id).select_for_update().first()
    if row is None:
        raise NotFound("There is no such deposit.")
    wallet = await fetch_one(
        "SELECT holder, currency FROM ledger_accounts WHERE id = $1", row.wallet_id
    )
    if wallet is None:
        raise BrokenInvariant(f"wallet {row.wallet_id} has no ledger account")
    return row, wallet["holder"], wallet["currency"]


def _subject(holder: str, row: DepositRow) -> str:
    """A deposit by a name without a database id: that of its own entry."""
    return f"deposit:{holder}:{row.idempotency_key}"


async def _currency(wallet_id: int) -> str:
    row = await fetch_one("SELECT currency FROM wallets WHERE id = $1", wallet_id)
    return str(row["currency"]) if row else ""


def _deposit(row: DepositRow, currency: str) -> Deposit:
    return Deposit(
        id=row.id,
        account_id=row.account_id,
        wallet_id=row.wallet_id,
        amount=Money(row.amount_micros, currency),
        refunded_micros=row.refunded_micros,
        provider=row.provider,
        idempotency_key=row.idempotency_key,
        created_at=row.created_at,
    )


def _digest(amount: Money, provider: str, method: str) -> str:
    text = json.dumps([amount.micros, amount.currency, provider, method])
    return hashlib.sha256(text.encode()).hexdigest()
