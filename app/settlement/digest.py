"""The digest of a settlement: one number for what went in and what came out.

SHA-256 over the sorted rows (idempotency key, account, currency, micro-units), tab-separated, a
line each: the frozen pots under `freeze:{period}`, and every leg of the settlement's entries. No
database ids and no times, so the same month has the same digest on every database.
Source: DESIGN.md §4.
"""

import asyncio
import hashlib
from typing import Any

import polars as pl

from app.domain.periods import Period
from app.models.database import fetch

ROWS_AT_ONCE = 50_000


async def digest_of(period: Period) -> str:
    """The digest of a period's frozen pots and posted entries, 64 hex digits."""
    lines = await _pots(period) + await _legs(period)
    return await asyncio.to_thread(_digest, lines)


async def _pots(period: Period) -> list[pl.Series]:
    return await _pages(
        "SELECT f.wallet_id AS page, 'freeze:' || d.key AS key, a.kind || ':' || a.holder AS name,"
        " f.currency, f.pot_micros AS micros FROM frozen_wallets f"
        " JOIN periods d ON d.id = f.period_id JOIN ledger_accounts a ON a.id = f.wallet_id"
        " WHERE f.period_id = $1 AND f.wallet_id > $2 ORDER BY f.wallet_id LIMIT $3",
        period.id,
    )


async def _legs(period: Period) -> list[pl.Series]:
    return await _pages(
        "SELECT p.id AS page, e.idempotency_key AS key, a.kind || ':' || a.holder AS name,"
        " p.currency, p.amount_micros AS micros FROM postings p"
        " JOIN entries e ON e.id = p.entry_id AND e.period_id = $1 AND e.kind = 'settle'"
        " JOIN ledger_accounts a ON a.id = p.account_id"
        " WHERE p.id > $2 ORDER BY p.id LIMIT $3",
        period.id,
    )


async def _pages(sql: str, period_id: int) -> list[pl.Series]:
    pages, last = [], 0
    while rows := await fetch(sql, period_id, last, ROWS_AT_ONCE):
        pages.append(pl.Series("line", [_line(row) for row in rows], dtype=pl.String))
        last = rows[-1]["page"]
    return pages


def _line(row: dict[str, Any]) -> str:
    return f"{row['key']}\t{row['name']}\t{row['currency']}\t{row['micros']}\n"


def _digest(pages: list[pl.Series]) -> str:
    digest = hashlib.sha256()
    if pages:
        for line in pl.concat(pages).sort():
            digest.update(line.encode())
    return digest.hexdigest()
