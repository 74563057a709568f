"""What the button shows to one viewer: never an offer that the mutation would refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import DomainError, Unauthenticated
from app.core.money import check_currency
from app.core.sharing import click_gross_micros, unit_micros
from app.domain.accounts import Account
from app.domain.periods import open_period
from app.domain.refusals import facts_of, refusal_of
from app.domain.wallets import Wallet, WalletState, wallet_states, wallets_of
from app.models.database import fetch, placeholders


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


async def viewer_states(
    viewer: Account | None,
    content_ids: Sequence[int],
    *,
    currency: str | None = None,
    barred: DomainError | None = None,
) -> list[ViewerState]:
    """What the button shows for each content, in the order of `content_ids`.

    currency: the wallet that would give where none has clicked, by default the oldest; a wallet
    that has clicked is the one that is shown. barred: why no click of this viewer's would be taken,
    whatever the content; without it the refusals are the very ones `record_click` would raise.
    A constant number of statements.
    """
    ids = list(content_ids)
    if viewer is None:
        return [ViewerState(i, 0, barred or Unauthenticated(), None, None, None) for i in ids]
    wallets = await _in_turn(viewer, currency)
    giver = wallets[0] if wallets and currency in (None, wallets[0].currency) else None
    states = {state.wallet_id: state for state in await wallet_states([w.id for w in wallets])}
    weights = await _weights_of(wallets, ids)
    facts = await facts_of(viewer, ids)
    until = (await open_period()).ends_at
    shown = []
    for content_id in ids:
        wallet = _clicker(wallets, content_id, weights) or giver
        state = states[wallet.id] if wallet else None
        weight = weights.get((content_id, wallet.id), 0) if wallet else 0
        refusal = barred or refusal_of(viewer, facts[content_id], state, clicked=weight > 0)
        shown.append(_viewer_state(content_id, weight, refusal, wallet, state, until))
    return shown


async def _in_turn(viewer: Account, currency: str | None) -> list[Wallet]:
    """The viewer's wallets, that of `currency` first, then the oldest."""
    wallets = await wallets_of(viewer.id)
    if currency is not None:
        check_currency(currency)
        wallets.sort(key=lambda wallet: wallet.currency != currency)
    return wallets


def _clicker(
    wallets: Sequence[Wallet], content_id: int, weights: Mapping[tuple[int, int], int]
) -> Wallet | None:
    return next((wallet for wallet in wallets if (content_id, wallet.id) in weights), None)


async def _weights_of(
    wallets: Sequence[Wallet], content_ids: Sequence[int]
) -> dict[tuple[int, int], int]:
    """The weights of counted clicks of the open period, by content and wallet."""
    period, ids = await open_period(), [wallet.id for wallet in wallets]
    rows = await fetch(
        "SELECT content_id, wallet_id, weight FROM clicks WHERE period_id = $1"
        f" AND withdrawn_at IS NULL AND wallet_id IN ({placeholders(len(ids), first=2)})"
        f" AND content_id IN ({placeholders(len(content_ids), first=2 + len(ids))})",
        *(period.id, *ids, *content_ids),
    )
    return {(row["content_id"], row["wallet_id"]): row["weight"] for row in rows}


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
        refusal=refusal,
        worth_micros=_worth(state, weight),
        currency=wallet.currency if wallet else None,
        undo_until=until if weight else None,
    )


def _worth(state: WalletState | None, weight: int) -> int | None:
    if state is None:
        return None
    if weight:  # read after the state: a first click may have come in between
        total = max(state.total_weight, weight)
        unit = unit_micros(pot_micros=state.pot_micros, total_weight=total)
        return click_gross_micros(unit_micros=unit, weight=weight)
    return unit_micros(pot_micros=state.pot_micros, total_weight=state.total_weight + 1)
