"""Whether what a period gives fits: asked before anything is posted, for a half cannot stay.

Source: DESIGN.md, money rules 1 and 8.
"""

import polars as pl

from app.core.errors import BrokenInvariant
from app.core.money import currency_number, currency_of_number
from app.core.sharing import MAX_MICROS
from app.models.database import fetch
from app.settlement.slices import Slices

NEAR = (
    "SELECT a.kind, a.holder, a.currency, b.micros, COALESCE(u.id, c.id) AS row_id"
    " FROM balances b JOIN ledger_accounts a ON a.id = b.account_id"
    " LEFT JOIN accounts u ON a.kind = 'earnings' AND u.handle = a.holder"
    " LEFT JOIN contents c ON a.kind = 'escrow' AND c.registered_url = a.holder"
    " WHERE b.kind IN ('earnings', 'escrow') AND a.currency = $1 AND b.micros >= $2"
)
"""Balances so large that the whole period's total might be too much: hardly ever any."""


async def check_room(allocation: Slices) -> None:
    """No earnings and no escrow would reach 2**53 micro-units. Raises BrokenInvariant."""
    totals = allocation.given.group_by("currency").agg(pl.col("given_micros").sum())
    for number, total in totals.iter_rows():
        for row in await fetch(NEAR, currency_of_number(number), MAX_MICROS - total):
            gets = _gets(allocation, row["kind"], row["row_id"], currency_number(row["currency"]))
            if row["micros"] + gets >= MAX_MICROS:
                raise BrokenInvariant(
                    f"{row['kind']}:{row['holder']} holds {row['micros']} micro-units of"
                    f" {row['currency']} and would get {gets}: 2**53 is reached"
                )


def _gets(allocation: Slices, kind: str, row_id: int, currency: int) -> int:
    """What a creator's earnings, or a content's escrow, would get, in micro-units."""
    if kind == "earnings":
        own = allocation.parts.filter(account_id=row_id, currency=currency)
        return int(own["part_micros"].sum())
    held = allocation.results.filter(content_id=row_id, currency=currency, escrow=True)
    return int(held["gross_micros"].sum())
