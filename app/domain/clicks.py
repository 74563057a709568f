"""Clicks: one wallet supports one content in one period.

Locks are taken in this order: the open period's pointer, the click, the counter. An acknowledged
click is in the database. Source: DESIGN.md §3, §4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.clock import now
from app.core.errors import (
    AccountSuspended,
    ContentNotFound,
    DomainError,
    InvalidInput,
    NotEligible,
    OwnContent,
    TooManyClicks,
    Unauthenticated,
    WalletEmpty,
)
from app.core.settings import get_settings
from app.core.sharing import click_gross_micros, unit_micros
from app.domain.accounts import Account, require_active
from app.domain.contents import Content, any_contents_by_ids, shares_of
from app.domain.counters import Counter, count_click, counters_of, uncount_click
from app.domain.eligibility import eligibility_of
from app.domain.limiters import limiter
from app.domain.periods import Period, in_open_period, open_period
from app.domain.wallets import Wallet, WalletState, wallet_for, wallet_states
from app.models.database import (
    as_datetime,
    as_datetime_or_none,
    dialect,
    execute,
    fetch,
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
class ViewerState:
    """What the button shows to one viewer.

    weight: of the counted click, else 0. refusal: why a click would be refused now, else None.
    worth_micros: what the click is, or a click of weight 1 would be, worth if the period closed
    now, in micro-units of `currency`. undo_until: the end of the open period, while clicked.
    """

    content_id: int
    weight: int
    refusal: DomainError | None
    worth_micros: int | None
    currency: str | None
    undo_until: datetime | None


async def record_click(
    supporter: Account, content_id: int, *, weight: int = 1, currency: str | None = None
) -> ClickOutcome:
    """Click a content with the supporter's wallet. Safe to retry: the second time nothing is new.

    weight: 1 to 5; clicking again with another weight sets it. currency: which wallet, by default
    the oldest. Raises the refusals of DESIGN.md §3, each a DomainError with its code.
    """
    require_active(supporter)
    check_weight(weight)
    _limit(supporter)
    wallet = await wallet_for(supporter.id, currency)
    async with in_open_period() as period:
        await _hold_wallet(wallet)
        held = await _held_click(wallet, content_id, period)
        if held is None or held.withdrawn_at is not None:
            await _refuse(supporter, wallet, content_id)
        if wallet is None:
            raise WalletEmpty
        click, created = await _write_click(wallet, content_id, period, weight, held)
        if not created:
            return ClickOutcome(click, False, (await counters_of([content_id]))[0])
        first = not await _clicked_before(wallet, content_id, click.id)
        counter = await count_click(content_id, period, new_supporter=first)
    return ClickOutcome(click, True, counter)


async def withdraw_click(
    supporter: Account, content_id: int, *, currency: str | None = None
) -> ClickOutcome | None:
    """Take a click of the open period back; None where there is none. Safe to retry."""
    _limit(supporter)
    wallet = await wallet_for(supporter.id, currency)
    if wallet is None:
        return None
    async with in_open_period() as period:
        held = await _held_click(wallet, content_id, period)
        if held is None:
            return None
        if held.withdrawn_at is not None:
            return ClickOutcome(held, False, (await counters_of([content_id]))[0])
        row = await fetch_one(
            "UPDATE clicks SET withdrawn_at = $1 WHERE id = $2 RETURNING *", *(now(), held.id)
        )
        last = not await _clicked_before(wallet, content_id, held.id)
        counter = await uncount_click(content_id, period, lost_supporter=last)
    return ClickOutcome(_click(row), True, counter)


async def viewer_states(
    viewer: Account | None, content_ids: Sequence[int], *, currency: str | None = None
) -> list[ViewerState]:
    """What the button shows for each content, in the order of `content_ids`.

    A constant number of statements. The refusals are the very ones `record_click` would raise.
    """
    ids = list(content_ids)
    if viewer is None:
        return [ViewerState(i, 0, Unauthenticated(), None, None, None) for i in ids]
    wallet = await wallet_for(viewer.id, currency)
    state = (await wallet_states([wallet.id]))[0] if wallet else None
    weights = await _weights_of(wallet, ids)
    facts = await _facts(viewer, state, ids)
    until = (await open_period()).ends_at
    return [
        _viewer_state(i, weights.get(i, 0), _refusal(viewer, facts[i]), wallet, state, until)
        for i in ids
    ]


async def wallet_clicks(
    wallet_id: int, period_id: int, *, limit: int, before_id: int | None = None
) -> list[Click]:
    """A wallet's counted clicks of a period, newest first, those before click `before_id`."""
    rows = await fetch(
        "SELECT * FROM clicks WHERE wallet_id = $1 AND period_id = $2 AND withdrawn_at IS NULL"
        " AND id < $3 ORDER BY id DESC LIMIT $4",
        *(wallet_id, period_id, before_id if before_id is not None else 2**62, limit),
    )
    return [_click(row) for row in rows]


async def clicks_by_ids(ids: Sequence[int]) -> list[Click | None]:
    """Clicks in the order of `ids`, the withdrawn ones too, None where there is none."""
    rows = await fetch(f"SELECT * FROM clicks WHERE id IN ({placeholders(len(ids))})", *ids)
    return in_order(ids, {row["id"]: _click(row) for row in rows})


def check_weight(weight: int) -> int:
    """A weight of 1 to 5. Raises InvalidInput."""
    if not MIN_WEIGHT <= weight <= MAX_WEIGHT:
        raise InvalidInput(f"A click has a weight of {MIN_WEIGHT} to {MAX_WEIGHT}.", field="weight")
    return weight


@dataclass(frozen=True, slots=True)
class _Facts:
    """What decides on a click."""

    content: Content | None
    own: bool
    ineligible: str | None
    state: WalletState | None


def _refusal(supporter: Account, facts: _Facts) -> DomainError | None:
    """Why a new click would be refused; the one place that decides, for button and mutation."""
    state = facts.state
    checks: list[tuple[bool, DomainError]] = [
        (supporter.suspended_at is not None, AccountSuspended()),
        (facts.content is None, ContentNotFound()),
        (facts.own, OwnContent()),
        (facts.ineligible is not None, NotEligible(facts.ineligible)),
        (state is None or state.pot_micros == 0, WalletEmpty()),
        (
            state is not None and state.clicks >= get_settings().max_clicks_per_period,
            TooManyClicks(),
        ),
    ]
    return next((refusal for holds, refusal in checks if holds), None)


async def _refuse(supporter: Account, wallet: Wallet | None, content_id: int) -> None:
    state = (await wallet_states([wallet.id]))[0] if wallet else None
    facts = await _facts(supporter, state, [content_id])
    refusal = _refusal(supporter, facts[content_id])
    if refusal is not None:
        raise refusal


async def _facts(
    supporter: Account, state: WalletState | None, content_ids: Sequence[int]
) -> dict[int, _Facts]:
    found = [c for c in await any_contents_by_ids(content_ids) if c and c.deleted_at is None]
    shares = await shares_of(found)
    eligible = await eligibility_of(found)
    facts = {
        content.id: _Facts(
            content=content,
            own=any(share.account_id == supporter.id for share in shared),
            ineligible=verdict.reason if not verdict.eligible else None,
            state=state,
        )
        for content, shared, verdict in zip(found, shares, eligible, strict=True)
    }
    missing = _Facts(content=None, own=False, ineligible=None, state=state)
    return {content_id: facts.get(content_id, missing) for content_id in content_ids}


def _viewer_state(
    content_id: int,
    weight: int,
    refusal: DomainError | None,
    wallet: Wallet | None,
    state: WalletState | None,
    until: datetime,
) -> ViewerState:
    return ViewerState(
        content_id=content_id,
        weight=weight,
        refusal=None if weight and not isinstance(refusal, AccountSuspended) else refusal,
        worth_micros=_worth(state, weight),
        currency=wallet.currency if wallet else None,
        undo_until=until if weight else None,
    )  # fmt: skip


def _worth(state: WalletState | None, weight: int) -> int | None:
    if state is None:
        return None
    if weight:  # read after the state: a first click may have come in between
        total = max(state.total_weight, weight)
        unit = unit_micros(pot_micros=state.pot_micros, total_weight=total)
        return click_gross_micros(unit_micros=unit, weight=weight)
    return unit_micros(pot_micros=state.pot_micros, total_weight=state.total_weight + 1)


def _limit(supporter: Account) -> None:
    count = get_settings().clicks_per_minute
    limiter("clicks", count, timedelta(minutes=1)).take(str(supporter.id))


async def _hold_wallet(wallet: Wallet | None) -> None:
    """One click of a wallet at a time: two at once would both find room for the last one.

    NO KEY UPDATE, for that goes with the foreign keys' own locks: a settlement is not in the way.
    """
    if wallet is not None and dialect() == "postgres":
        await execute("SELECT id FROM wallets WHERE id = $1 FOR NO KEY UPDATE", wallet.id)


async def _held_click(wallet: Wallet | None, content_id: int, period: Period) -> Click | None:
    """The wallet's click on this content in this period, held until the transaction ends."""
    if wallet is None:
        return None
    row = await fetch_one(
        "SELECT * FROM clicks WHERE wallet_id = $1 AND content_id = $2 AND period_id = $3"
        f"{for_update()}",
        *(wallet.id, content_id, period.id),
    )
    return _click(row) if row is not None else None


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


async def _clicked_before(wallet: Wallet, content_id: int, click_id: int) -> bool:
    """Whether the wallet has another counted click on this content, of any period."""
    row = await fetch_one(
        "SELECT 1 AS found FROM clicks WHERE wallet_id = $1 AND content_id = $2 AND id <> $3"
        " AND withdrawn_at IS NULL LIMIT 1",
        *(wallet.id, content_id, click_id),
    )
    return row is not None


async def _weights_of(wallet: Wallet | None, content_ids: Sequence[int]) -> dict[int, int]:
    if wallet is None:
        return {}
    period = await open_period()
    places = placeholders(len(content_ids), first=3)
    rows = await fetch(
        "SELECT content_id, weight FROM clicks WHERE wallet_id = $1 AND period_id = $2"
        f" AND withdrawn_at IS NULL AND content_id IN ({places})",
        *(wallet.id, period.id, *content_ids),
    )
    return {row["content_id"]: row["weight"] for row in rows}


def _click(row: dict[str, Any] | None) -> Click:
    if row is None:
        raise ContentNotFound
    return Click(
        **{name: row[name] for name in ("id", "wallet_id", "content_id", "period_id", "weight")},
        created_at=as_datetime(row["created_at"]),
        withdrawn_at=as_datetime_or_none(row["withdrawn_at"]),
    )
