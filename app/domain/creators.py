"""Creators: accounts that own content, or did when a period closed; and whose a content is."""

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


async def owners_of(content_id: int) -> tuple[int | None, list[int]]:
    """A content's platform and the accounts that share it now, as ids; one statement."""
    rows = await fetch(
        "SELECT c.platform_id, s.account_id FROM contents c LEFT JOIN content_shares s"
        " ON s.content_id = c.id AND s.period_id = c.shares_period_id WHERE c.id = $1",
        content_id,
    )
    creators = [row["account_id"] for row in rows if row["account_id"] is not None]
    return (rows[0]["platform_id"] if rows else None), creators
