"""Read what the settlement needs as Arrow tables, straight from the database, by ADBC.

Closed clicks and frozen rows never change, so a connection of its own sees the same.
"""

import asyncio
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import adbc_driver_sqlite.dbapi as sqlite
import polars as pl
import pyarrow as pa

from app.core.money import currencies
from app.models.database import database_url, dialect, sqlite_path
from app.settlement.engines import AllocationInputs

CLICKS = """
SELECT c.wallet_id, c.content_id, c.weight FROM clicks c
WHERE c.period_id = {period_id} AND c.withdrawn_at IS NULL
"""
WALLETS = """
SELECT wallet_id, currency, pot_micros, total_weight FROM frozen_wallets
WHERE period_id = {period_id} ORDER BY wallet_id
"""
EXCLUSIONS = """
SELECT wallet_id, content_id FROM frozen_exclusions WHERE period_id = {period_id}
"""
CONTENTS = """
SELECT content_id, escrow, commission_bps, platform_bps FROM frozen_contents
WHERE period_id = {period_id} ORDER BY content_id
"""
SHARES = """
SELECT content_id, account_id, share, position FROM frozen_shares
WHERE period_id = {period_id} ORDER BY content_id, position
"""


async def read_inputs(period_id: int) -> AllocationInputs:
    """The clicks and frozen rows of a period, in a thread."""
    return await asyncio.to_thread(_read_inputs, period_id)


def _read_inputs(period_id: int) -> AllocationInputs:
    with _connect() as connection:
        wallets = _table(connection, WALLETS, period_id)
        contents = _table(connection, CONTENTS, period_id)
        return AllocationInputs(
            clicks=_table(connection, CLICKS, period_id),
            wallets=_numbered(wallets),
            exclusions=_table(connection, EXCLUSIONS, period_id),
            contents=_with_flag(contents, "escrow"),
            shares=_table(connection, SHARES, period_id),
        )


def _connect() -> Any:
    if dialect() == "postgres":
        return postgres.connect(database_url())
    return sqlite.connect(sqlite_path(database_url()))


def _table(connection: Any, sql: str, period_id: int) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(period_id=int(period_id)))
        table: pa.Table = cursor.fetch_arrow_table()
    return table


def _numbered(wallets: pa.Table) -> pa.Table:
    """ISO 4217 codes as their numbers."""
    frame = pl.DataFrame(wallets)
    numbers = pl.col("currency").cast(pl.String).replace_strict(currencies(), return_dtype=pl.Int16)
    return frame.with_columns(numbers).to_arrow()


def _with_flag(table: pa.Table, name: str) -> pa.Table:
    """SQLite keeps flags as numbers."""
    return pl.DataFrame(table).with_columns(pl.col(name).cast(pl.Boolean)).to_arrow()
