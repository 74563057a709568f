"""Refusals: why a click would be refused, decided in one place for the button and the mutation."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import (
    AccountSuspended,
    ContentNotFound,
    DomainError,
    NotEligible,
    OwnContent,
    TooManyClicks,
    WalletEmpty,
)
from app.core.settings import get_settings
from app.domain.accounts import Account
from app.domain.contents import Content, any_contents_by_ids, shares_of
from app.domain.eligibility import eligibility_of
from app.domain.wallets import WalletState


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a content decides on a supporter's click; `ineligible` is the reason why, or None."""

    content: Content | None
    own: bool = False
    ineligible: str | None = None


_MISSING = Facts(content=None)


async def facts_of(supporter: Account, content_ids: Sequence[int]) -> dict[int, Facts]:
    """The facts by content id; a deleted content is none. A constant number of statements."""
    found = [c for c in await any_contents_by_ids(content_ids) if c and c.deleted_at is None]
    shares = await shares_of(found)
    eligible = await eligibility_of(found)
    facts = {
        content.id: Facts(
            content=content,
            own=any(share.account_id == supporter.id for share in shared),
            ineligible=verdict.reason if not verdict.eligible else None,
        )
        for content, shared, verdict in zip(found, shares, eligible, strict=True)
    }
    return {content_id: facts.get(content_id, _MISSING) for content_id in content_ids}


def refusal_of(
    supporter: Account, facts: Facts, state: WalletState | None, *, clicked: bool
) -> DomainError | None:
    """Why a click would be refused; None where it would be taken.

    state: of the wallet that would give; None without a wallet. clicked: its click counts already,
    then only what is gone, or who is suspended, is refused.
    """
    checks: list[tuple[bool, DomainError]] = [
        (supporter.suspended_at is not None, AccountSuspended()),
        (facts.content is None, ContentNotFound()),
        (not clicked and facts.own, OwnContent()),
        (not clicked and facts.ineligible is not None, NotEligible(facts.ineligible)),
    ]
    refusal = next((refusal for holds, refusal in checks if holds), None)
    return refusal if refusal is not None or clicked else _of_wallet(state)


def _of_wallet(state: WalletState | None) -> DomainError | None:
    if state is None:
        return WalletEmpty()
    if state.budget_micros == 0:
        return WalletEmpty("This wallet's budget is nothing. Raise it and this click counts.")
    if state.pot_micros == 0:
        return WalletEmpty()
    too_many = state.clicks >= get_settings().max_clicks_per_period
    return TooManyClicks() if too_many else None
