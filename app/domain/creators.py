"""Creators: accounts that own content, or did when a period closed."""

from collections.abc import Sequence

from app.models.database import fetch, placeholders


async def who_created(account_ids: Sequence[int]) -> list[bool]:
    """Whether each account has a share in a content, or had one when a period closed.

    In the order of `account_ids`; one statement.
    """
    rows = await fetch(
        "SELECT DISTINCT account_id FROM content_shares"
        f" WHERE account_id IN ({placeholders(len(account_ids))})",
        *account_ids,
    )
    found = {row["account_id"] for row in rows}
    return [account_id in found for account_id in account_ids]
