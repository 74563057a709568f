"""Earnings: the money an account has received, per currency."""

from app.core.money import Money
from app.domain.accounts import Account
from app.models.database import fetch


async def earnings_of(account: Account) -> list[Money]:
    """What the account has received and still holds, a currency each, by code."""
    rows = await fetch(
        "SELECT a.currency, b.micros FROM ledger_accounts a JOIN balances b ON b.account_id = a.id"
        " WHERE a.kind = 'earnings' AND a.holder = $1 ORDER BY a.currency",
        account.handle,
    )
    return [Money(int(row["micros"]), row["currency"]) for row in rows]
