"""Shares: who gets which part of a content's net, in parts of 10 000, by position."""

from collections.abc import Sequence

from app.core.errors import InvalidInput
from app.domain.accounts import accounts_by_handles
from app.domain.periods import Period
from app.models import ContentShare as ShareRow
from app.models.database import execute

MAX_CREATORS = 50
WHOLE = 10_000
"""A content's whole net, as shares."""


async def check_shares(creators: Sequence[tuple[str, int]]) -> list[tuple[int, int]]:
    """(handle, share) pairs as (account id, share). Raises InvalidInput naming `creators`.

    One to fifty of them, none twice, each of at least 1, in all exactly 10 000.
    """
    if not 1 <= len(creators) <= MAX_CREATORS:
        raise InvalidInput(f"A content has 1 to {MAX_CREATORS} creators.", field="creators")
    if any(not 1 <= share <= WHOLE for _, share in creators):
        raise InvalidInput("A share is between 1 and 10000.", field="creators")
    if sum(share for _, share in creators) != WHOLE:
        raise InvalidInput("Shares must sum to exactly 10000.", field="creators")
    handles = [handle.lower() for handle, _ in creators]
    if len(set(handles)) != len(handles):
        raise InvalidInput("A creator is named twice.", field="creators")
    accounts = await accounts_by_handles(handles)
    for handle, account in zip(handles, accounts, strict=True):
        if account is None:
            raise InvalidInput(f"Nobody has the handle {handle[:40]!r}.", field="creators")
    return [(a.id, share) for a, (_, share) in zip(accounts, creators, strict=True) if a]


async def write_shares(content_id: int, shares: Sequence[tuple[int, int]], period: Period) -> None:
    """Replace a content's shares from `period` on. Runs inside the caller's transaction.

    shares: (account id, share of 10 000) in the order of their positions. Whoever shares a content
    that is there already holds its row.
    """
    await execute(
        "DELETE FROM content_shares WHERE content_id = $1 AND period_id = $2",
        *(content_id, period.id),
    )
    for position, (account_id, share) in enumerate(shares, 1):
        await ShareRow.create(
            content_id=content_id,
            period_id=period.id,
            account_id=account_id,
            share=share,
            position=position,
        )
