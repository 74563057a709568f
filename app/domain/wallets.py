"""Wallets: the money an account holds to give, and what of it is free.

Spendable is the balance less what closed, unsettled periods will still give. Until such a period is
frozen its whole pot counts, so that whatever the freeze decides, nothing falls below zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.clock import now
from app.core.errors import InvalidInput
from app.core.ids import MAX_ID
from app.core.money import check_currency
from app.core.settings import get_settings
from app.core.sharing import given_micros, pot_micros, unit_micros
from app.domain.accounts import Account
from app.domain.announce import announce, wallet_topic
from app.domain.ledger import AccountName, ensure_accounts
from app.domain.periods import in_open_period, open_period
from app.models.database import (
    Row,
    as_datetime,
    execute,
    fetch,
    fetch_each,
    in_order,
    placeholders,
)

MAX_WALLETS = 20
"""Wallets of one account, so that whatever reads them all is bounded."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """One account's money to give in one ISO 4217 currency."""

    id: int
    account_id: int
    currency: str


@dataclass(frozen=True, slots=True)
class WalletState:
    """A wallet's numbers now, in micro-units of its currency.

    budget_micros: the most it gives a period; None gives the whole balance.
    pot_micros: what it would give if the open period closed now.
    total_weight, clicks: of its counted clicks in the open period.
    """

    wallet_id: int
    balance_micros: int
    spendable_micros: int
    budget_micros: int | None
    total_weight: int
    clicks: int

    @property
    def pot_micros(self) -> int:
        """What would be given if the open period closed now."""
        return pot_micros(budget_micros=self.budget_micros, balance_micros=self.spendable_micros)

    @property
    def worth_micros(self) -> int | None:
        """What a click of weight 1 is worth if the period closed now; None without clicks."""
        if not self.total_weight:
            return None
        return unit_micros(pot_micros=self.pot_micros, total_weight=self.total_weight)


@dataclass(frozen=True, slots=True)
class WalletEntry:
    """One movement of a wallet: signed micro-units, and what kind of entry moved them."""

    entry_id: int
    kind: str
    micros: int
    posted_at: datetime
    period_id: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of a wallet's movements: at most `limit`, those before entry `before_id`."""

    wallet_id: int
    limit: int
    before_id: int = MAX_ID


async def open_wallet(account: Account, currency: str) -> Wallet:
    """The account's wallet in a currency, opened if need be. Raises InvalidInput.

    Runs inside the caller's transaction.
    """
    await check_wallet_room(account, currency)
    name = AccountName("wallet", account.handle, currency)
    wallet_id = (await ensure_accounts([name]))[name]
    await execute(
        "INSERT INTO wallets (id, account_id, currency, created_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        *(wallet_id, account.id, currency, now()),
    )
    return Wallet(wallet_id, account.id, currency)


async def check_wallet_room(account: Account, currency: str) -> None:
    """Raise InvalidInput for what is no currency, or for a wallet more than MAX_WALLETS."""
    check_currency(currency)
    currencies = {wallet.currency for wallet in await wallets_of(account.id)}
    if currency not in currencies and len(currencies) >= MAX_WALLETS:
        raise InvalidInput(
            f"An account has at most {MAX_WALLETS} wallets. Use one that there is.",
            field="currency",
        )


async def wallets_of(account_id: int) -> list[Wallet]:
    """An account's wallets, oldest first: the first one is its default."""
    return (await wallets_of_each([account_id]))[0]


async def wallets_of_each(account_ids: Sequence[int]) -> list[list[Wallet]]:
    """Each account's wallets, oldest first, in the order of `account_ids`; one statement."""
    rows = await fetch(
        "SELECT id, account_id, currency FROM wallets"
        f" WHERE account_id IN ({placeholders(len(account_ids))}) ORDER BY created_at, id",
        *account_ids,
    )
    found: dict[int, list[Wallet]] = {}
    for row in rows:
        found.setdefault(row["account_id"], []).append(Wallet(**row))
    return [found.get(account_id, []) for account_id in account_ids]


async def wallets_by_ids(ids: Sequence[int]) -> list[Wallet | None]:
    """Wallets in the order of `ids`, None where there is none."""
    rows = await fetch(
        f"SELECT id, account_id, currency FROM wallets WHERE id IN ({placeholders(len(ids))})", *ids
    )
    return in_order(ids, {row["id"]: Wallet(**row) for row in rows})


async def wallet_for(account_id: int, currency: str | None = None) -> Wallet | None:
    """The account's wallet in `currency`, or its default (oldest) one; None without."""
    wallets = await wallets_for(account_id, currency)
    return wallets[0] if wallets else None


async def wallets_for(account_id: int, currency: str | None = None) -> list[Wallet]:
    """The account's wallet in `currency`, or all of them, oldest first. Raises InvalidInput."""
    wallets = await wallets_of(account_id)
    if currency is None:
        return wallets
    check_currency(currency)
    return [wallet for wallet in wallets if wallet.currency == currency]


async def set_budget(account: Account, *, currency: str, budget_micros: int | None) -> Wallet:
    """What the wallet gives at most a period, from the open one on; None gives all it holds.

    Opens the wallet if need be. Raises InvalidInput beyond what a wallet may hold.
    """
    most = get_settings().max_wallet_micros
    if budget_micros is not None and not 0 <= budget_micros <= most:
        raise InvalidInput(
            "A budget is between nothing and what a wallet may hold.", field="budget"
        )
    async with in_open_period() as period:
        wallet = await open_wallet(account, currency)
        await execute(
            "INSERT INTO wallet_budgets (wallet_id, period_id, budget_micros) VALUES ($1, $2, $3)"
            " ON CONFLICT (wallet_id, period_id)"
            " DO UPDATE SET budget_micros = excluded.budget_micros",
            *(wallet.id, period.id, budget_micros),
        )
        announce(wallet_topic(wallet.id))
    return wallet


async def wallet_states(wallet_ids: Sequence[int]) -> list[WalletState]:
    """The numbers of wallets, in the order of `wallet_ids`; a constant number of statements."""
    ids = list(wallet_ids)
    period = await open_period()
    balances = await _balances(ids)
    budgets = await _budgets(ids, period.id)
    weights = await _weights(ids, period.id)
    reserved = await _reserved(ids, balances)
    return [
        WalletState(
            wallet_id=wallet_id,
            balance_micros=balances[wallet_id],
            spendable_micros=max(0, balances[wallet_id] - reserved.get(wallet_id, 0)),
            budget_micros=budgets.get(wallet_id),
            total_weight=weights.get(wallet_id, (0, 0))[0],
            clicks=weights.get(wallet_id, (0, 0))[1],
        )
        for wallet_id in ids
    ]


async def wallet_state(wallet_id: int) -> WalletState:
    """One wallet's numbers now."""
    return (await wallet_states([wallet_id]))[0]


async def wallet_entries(
    wallet_id: int, *, limit: int, before_id: int = MAX_ID
) -> list[WalletEntry]:
    """A wallet's movements, newest first, those before entry `before_id`."""
    return (await entry_pages([EntryPage(wallet_id, limit, before_id)]))[0]


async def entry_pages(pages: Sequence[EntryPage]) -> list[list[WalletEntry]]:
    """The movements of several pages, in the order of `pages`, at most MAX_SETS; one statement."""
    found = await fetch_each(
        "SELECT p.entry_id, e.kind, p.amount_micros AS micros, e.posted_at, e.period_id"
        " FROM postings p JOIN entries e ON e.id = p.entry_id"
        " WHERE p.account_id = $1 AND p.entry_id < $2 ORDER BY p.entry_id DESC LIMIT $3",
        [(p.wallet_id, p.before_id, p.limit) for p in pages],
    )
    return [
        sorted((_entry(row) for row in rows), key=lambda entry: entry.entry_id, reverse=True)
        for rows in found
    ]


def _entry(row: Row) -> WalletEntry:
    return WalletEntry(**row | {"posted_at": as_datetime(row["posted_at"])})


async def _balances(ids: Sequence[int]) -> dict[int, int]:
    rows = await fetch(
        f"SELECT account_id, micros FROM balances WHERE account_id IN ({placeholders(len(ids))})",
        *ids,
    )
    return {row["account_id"]: int(row["micros"]) for row in rows}


async def _budgets(ids: Sequence[int], period_id: int) -> dict[int, int | None]:
    rows = await fetch(
        "SELECT wallet_id, budget_micros FROM wallet_budgets b"
        f" WHERE period_id <= $1 AND wallet_id IN ({placeholders(len(ids), first=2)})"
        " ORDER BY period_id",
        *(period_id, *ids),
    )
    return {row["wallet_id"]: row["budget_micros"] for row in rows}


async def _weights(ids: Sequence[int], period_id: int) -> dict[int, tuple[int, int]]:
    rows = await fetch(
        "SELECT wallet_id, SUM(weight) AS weight, COUNT(*) AS clicks FROM clicks"
        " WHERE withdrawn_at IS NULL AND period_id = $1"
        f" AND wallet_id IN ({placeholders(len(ids), first=2)}) GROUP BY wallet_id",
        *(period_id, *ids),
    )
    return {row["wallet_id"]: (int(row["weight"]), int(row["clicks"])) for row in rows}


async def _reserved(ids: Sequence[int], balances: dict[int, int]) -> dict[int, int]:
    """What closed, unsettled periods will still take from each wallet at most, in micro-units.

    With R the reserve so far, B a wallet's balance at a close and b its budget, a period that is
    not frozen adds up to min(R + b, B): it can give no more than b, and with those before it no
    more than there was. A frozen one adds exactly what it gives, one already posted nothing.
    """
    closed = await _closed_rows(ids)
    if not closed:
        return {}
    moved = await _moved_since(ids, min(row["period_id"] for row in closed))
    reserved: dict[int, int] = {}
    for row in closed:
        wallet_id = row["wallet_id"]
        before = reserved.get(wallet_id, 0)
        if row["frozen"]:
            reserved[wallet_id] = before + _frozen_gift(row)
            continue
        later = sum(m for p, m in moved.get(wallet_id, []) if p > row["period_id"])
        at_close = max(0, balances[wallet_id] - later)
        budget = row["budget_micros"]
        reserved[wallet_id] = at_close if budget is None else min(before + budget, at_close)
        reserved[wallet_id] = max(reserved[wallet_id], before)
    return reserved


def _frozen_gift(row: dict[str, Any]) -> int:
    if row["posted"] or row["pot_micros"] is None:
        return 0
    return given_micros(pot_micros=int(row["pot_micros"]), total_weight=int(row["total_weight"]))


async def _closed_rows(ids: Sequence[int]) -> list[dict[str, Any]]:
    """A row for each wallet and closed, unsettled period in which it clicked, oldest first."""
    return await fetch(
        "SELECT p.id AS period_id, c.wallet_id, s.period_id IS NOT NULL AS frozen,"
        " f.pot_micros, f.total_weight,"
        " EXISTS (SELECT 1 FROM entries e WHERE e.idempotency_key ="
        "   'settle:' || p.key || ':wallets:' || f.batch) AS posted,"
        " (SELECT b.budget_micros FROM wallet_budgets b WHERE b.wallet_id = c.wallet_id"
        "   AND b.period_id <= p.id ORDER BY b.period_id DESC LIMIT 1) AS budget_micros"
        " FROM periods p"
        f" JOIN (SELECT DISTINCT wallet_id, period_id FROM clicks WHERE withdrawn_at IS NULL"
        f"   AND period_id IN (SELECT id FROM periods WHERE status = 'closed')"
        f"   AND wallet_id IN ({placeholders(len(ids))})) c ON c.period_id = p.id"
        " LEFT JOIN settlements s ON s.period_id = p.id"
        " LEFT JOIN frozen_wallets f ON f.period_id = p.id AND f.wallet_id = c.wallet_id"
        " WHERE p.status = 'closed' ORDER BY p.id",
        *ids,
    )


async def _moved_since(ids: Sequence[int], period_id: int) -> dict[int, list[tuple[int, int]]]:
    """What each wallet moved in every period after `period_id`: (period id, micro-units)."""
    rows = await fetch(
        "SELECT p.account_id, e.period_id, SUM(p.amount_micros) AS micros FROM postings p"
        " JOIN entries e ON e.id = p.entry_id WHERE e.period_id > $1"
        f" AND p.account_id IN ({placeholders(len(ids), first=2)})"
        " GROUP BY p.account_id, e.period_id",
        *(period_id, *ids),
    )
    moved: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        moved.setdefault(row["account_id"], []).append((row["period_id"], int(row["micros"])))
    return moved
