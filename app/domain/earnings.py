"""Earnings: the money an account has received, per currency."""

from collections.abc import Sequence

from app.core.money import Money
from app.models.database import fetch, placeholders


async def earnings_of(account_ids: Sequence[int]) -> list[list[Money]]:
    """What each account has received and still holds, a currency each, by code.

    In the order of `account_ids`; one statement.
    """
    rows = await fetch(
        "SELECT u.id, a.currency, b.micros FROM accounts u"
        " JOIN ledger_accounts a ON a.kind = 'earnings' AND a.holder = u.handle"
        " JOIN balances b ON b.account_id = a.id"
        f" WHERE u.id IN ({placeholders(len(account_ids))}) ORDER BY a.currency",
        *account_ids,
    )
    found: dict[int, list[Money]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(Money(int(row["micros"]), row["currency"]))
    return [found.get(account_id, []) for account_id in account_ids]
