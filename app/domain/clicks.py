"""Clicks: one wallet supports one content in one period.

Locks are taken in this order: the open period's pointer, the click, the counter. An acknowledged
click is in the database. Source: DESIGN.md §3, §4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.clock import now
from app.core.errors import ContentNotFound, InvalidInput, WalletEmpty
from app.core.ids import MAX_ID
from app.core.settings import get_settings
from app.domain.accounts import Account, require_active
from app.domain.announce import announce, wallet_topic
from app.domain.counters import Counter, count_click, counters_of, uncount_click
from app.domain.limiters import limiter
from app.domain.periods import Period, in_open_period
from app.domain.refusals import facts_of, refusal_of
from app.domain.wallets import Wallet, wallet_states, wallets_for
from app.models.database import (
    as_datetime,
    as_datetime_or_none,
    dialect,
    execute,
    fetch,
    fetch_each,
    fetch_one,
    for_update,
    in_order,
    placeholders,
)

MIN_WEIGHT, MAX_WEIGHT = 1, 5


@dataclass(frozen=True, slots=True)
class Click:
    """A click; `withdrawn_at` is None while it counts."""

    id: int
    wallet_id: int
    content_id: int
    period_id: int
    weight: int
    created_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClickOutcome:
    """What a click or a withdrawal led to; `changed`: it was new, or is gone now."""

    click: Click
    changed: bool
    counter: Counter


@dataclass(frozen=True, slots=True)
class ClickPage:
    """A page of a wallet's counted clicks of a period: at most `limit`, before `before_id`."""

    wallet_id: int
    period_id: int
    limit: int
    before_id: int = MAX_ID


async def record_click(
    supporter: Account, content_id: int, *, weight: int = 1, currency: str | None = None
) -> ClickOutcome:
    """Click a content with the supporter's wallet. Safe to retry: the second time nothing is new.

    weight: 1 to 5; clicking again with another weight sets it. currency: which wallet, by default
    one that has clicked it already, else the oldest. Raises the refusals of DESIGN.md §3, each a
    DomainError with its code.
    """
    require_active(supporter)
    check_weight(weight)
    _limit(supporter)
    wallets = await wallets_for(supporter.id, currency)
    async with in_open_period() as period:
        wallet = await _giving(wallets, content_id, period)
        await _hold_wallet(wallet)
        held = await _held_click(wallet, content_id, period)
        clicked = held is not None and held.withdrawn_at is None
        await _refuse(supporter, wallet, content_id, clicked=clicked)
        if wallet is None:
            raise WalletEmpty
        click, created = await _write_click(wallet, content_id, period, weight, held)
        announce(wallet_topic(wallet.id))
        if not created:
            return ClickOutcome(click, False, (await counters_of([content_id]))[0])
        first = not await _clicked_before(wallet.id, content_id, click.id)
        counter = await count_click(content_id, period, new_supporter=first)
    return ClickOutcome(click, True, counter)


async def withdraw_click(
    supporter: Account, content_id: int, *, currency: str | None = None
) -> ClickOutcome | None:
    """Take a click of the open period back; None where there is none. Safe to retry.

    currency: which wallet's, by default that of whichever wallet clicked: all of them, if several.
    """
    _limit(supporter)
    wallets = await wallets_for(supporter.id, currency)
    if not wallets:
        return None
    async with in_open_period() as period:
        held = await _held_clicks(wallets, content_id, period)
        if not held:
            return None
        outcome = ClickOutcome(held[0], False, (await counters_of([content_id]))[0])
        for click in held:
            if click.withdrawn_at is None:
                outcome = await _withdraw(click, period)
    return outcome


async def _withdraw(click: Click, period: Period) -> ClickOutcome:
    """Take back a click that is held."""
    row = await fetch_one(
        "UPDATE clicks SET withdrawn_at = $1 WHERE id = $2 RETURNING *", *(now(), click.id)
    )
    last = not await _clicked_before(click.wallet_id, click.content_id, click.id)
    announce(wallet_topic(click.wallet_id))
    counter = await uncount_click(click.content_id, period, lost_supporter=last)
    return ClickOutcome(_click(row), True, counter)


async def wallet_clicks(
    wallet_id: int, period_id: int, *, limit: int, before_id: int = MAX_ID
) -> list[Click]:
    """A wallet's counted clicks of a period, newest first, those before click `before_id`."""
    return (await click_pages([ClickPage(wallet_id, period_id, limit, before_id)]))[0]


async def click_pages(pages: Sequence[ClickPage]) -> list[list[Click]]:
    """The clicks of several pages, in the order of `pages`, at most MAX_SETS; one statement."""
    found = await fetch_each(
        "SELECT * FROM clicks WHERE wallet_id = $1 AND period_id = $2 AND withdrawn_at IS NULL"
        " AND id < $3 ORDER BY id DESC LIMIT $4",
        [(p.wallet_id, p.period_id, p.before_id, p.limit) for p in pages],
    )
    return [
        sorted((_click(row) for row in rows), key=lambda click: click.id, reverse=True)
        for rows in found
    ]


async def clicks_by_ids(ids: Sequence[int]) -> list[Click | None]:
    """Clicks in the order of `ids`, the withdrawn ones too, None where there is none."""
    rows = await fetch(f"SELECT * FROM clicks WHERE id IN ({placeholders(len(ids))})", *ids)
    return in_order(ids, {row["id"]: _click(row) for row in rows})


def check_weight(weight: int) -> int:
    """A weight of 1 to 5. Raises InvalidInput."""
    if not MIN_WEIGHT <= weight <= MAX_WEIGHT:
        raise InvalidInput(f"A click has a weight of {MIN_WEIGHT} to {MAX_WEIGHT}.", field="weight")
    return weight


async def _refuse(
    supporter: Account, wallet: Wallet | None, content_id: int, *, clicked: bool
) -> None:
    facts = await facts_of(supporter, [content_id])
    state = (await wallet_states([wallet.id]))[0] if wallet and not clicked else None
    refusal = refusal_of(supporter, facts[content_id], state, clicked=clicked)
    if refusal is not None:
        raise refusal


def _limit(supporter: Account) -> None:
    count = get_settings().clicks_per_minute
    limiter("clicks", count, timedelta(minutes=1)).take(str(supporter.id))


async def _hold_wallet(wallet: Wallet | None) -> None:
    """One click of a wallet at a time: two at once would both find room for the last one.

    NO KEY UPDATE, for that goes with the foreign keys' own locks: a settlement is not in the way.
    """
    if wallet is not None and dialect() == "postgres":
        await execute("SELECT id FROM wallets WHERE id = $1 FOR NO KEY UPDATE", wallet.id)


async def _giving(wallets: Sequence[Wallet], content_id: int, period: Period) -> Wallet | None:
    """Which wallet a click is of: one that has clicked the content already, else the oldest."""
    if len(wallets) < 2:
        return wallets[0] if wallets else None
    rows = await fetch(
        "SELECT wallet_id FROM clicks WHERE content_id = $1 AND period_id = $2"
        f" AND withdrawn_at IS NULL AND wallet_id IN ({placeholders(len(wallets), first=3)})",
        *(content_id, period.id, *(wallet.id for wallet in wallets)),
    )
    clicked = {row["wallet_id"] for row in rows}
    return next((wallet for wallet in wallets if wallet.id in clicked), wallets[0])


async def _held_click(wallet: Wallet | None, content_id: int, period: Period) -> Click | None:
    held = await _held_clicks([wallet], content_id, period) if wallet is not None else []
    return held[0] if held else None


async def _held_clicks(wallets: Sequence[Wallet], content_id: int, period: Period) -> list[Click]:
    """The wallets' clicks on this content in this period, held until the transaction ends."""
    rows = await fetch(
        "SELECT * FROM clicks WHERE content_id = $1 AND period_id = $2"
        f" AND wallet_id IN ({placeholders(len(wallets), first=3)}) ORDER BY id{for_update()}",
        *(content_id, period.id, *(wallet.id for wallet in wallets)),
    )
    return [_click(row) for row in rows]


async def _write_click(
    wallet: Wallet, content_id: int, period: Period, weight: int, held: Click | None
) -> tuple[Click, bool]:
    """The click as it is now, and whether it is new (or counts again)."""
    if held is None:
        row = await fetch_one(
            "INSERT INTO clicks (wallet_id, content_id, period_id, weight, created_at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (wallet_id, content_id, period_id)"
            " DO NOTHING RETURNING *",
            *(wallet.id, content_id, period.id, weight, now()),
        )
        if row is not None:
            return _click(row), True
        held = await _held_click(wallet, content_id, period)
    again = held is not None and held.withdrawn_at is not None
    row = await fetch_one(
        "UPDATE clicks SET weight = $1, withdrawn_at = NULL WHERE wallet_id = $2"
        " AND content_id = $3 AND period_id = $4 RETURNING *",
        *(weight, wallet.id, content_id, period.id),
    )
    return _click(row), again


async def _clicked_before(wallet_id: int, content_id: int, click_id: int) -> bool:
    """Whether the wallet has another counted click on this content, of any period."""
    row = await fetch_one(
        "SELECT 1 AS found FROM clicks WHERE wallet_id = $1 AND content_id = $2 AND id <> $3"
        " AND withdrawn_at IS NULL LIMIT 1",
        *(wallet_id, content_id, click_id),
    )
    return row is not None


def _click(row: dict[str, Any] | None) -> Click:
    if row is None:
        raise ContentNotFound
    return Click(
        **{name: row[name] for name in ("id", "wallet_id", "content_id", "period_id", "weight")},
        created_at=as_datetime(row["created_at"]),
        withdrawn_at=as_datetime_or_none(row["withdrawn_at"]),
    )
