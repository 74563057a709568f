"""Read what the settlement needs as Arrow tables, on a connection of its own, in a thread.

Closed clicks and frozen rows never change, so another connection sees the same. From PostgreSQL by
ADBC. From SQLite by Python's own library and not by ADBC's: a second copy of SQLite in one process
drops the first one's POSIX locks when it closes the file (sqlite.org/howtocorrupt.html, 2.2.1),
and then the databases' readers and writers no longer see each other.
"""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import polars as pl
import pyarrow as pa

from app.core.money import currencies
from app.models.database import database_url, dialect, sqlite_path
from app.settlement.engines import AllocationInputs

ROWS_AT_ONCE = 100_000
"""Rows fetched from SQLite before they become a piece of an Arrow table."""

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

ALL = (CLICKS, WALLETS, EXCLUSIONS, CONTENTS, SHARES)


async def read_inputs(period_id: int) -> AllocationInputs:
    """The clicks and frozen rows of a period, in a thread."""
    return await asyncio.to_thread(_read_inputs, period_id)


def _read_inputs(period_id: int) -> AllocationInputs:
    read = _read_postgres if dialect() == "postgres" else _read_sqlite
    tables = read([sql.format(period_id=int(period_id)) for sql in ALL])
    clicks, wallets, exclusions, contents, shares = tables
    return AllocationInputs(
        clicks=clicks,
        wallets=_numbered(wallets),
        exclusions=exclusions,
        contents=_with_flag(contents, "escrow"),
        shares=shares,
    )


def _read_postgres(statements: list[str]) -> list[pa.Table]:
    tables = []
    with postgres.connect(database_url()) as connection, connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
            tables.append(cursor.fetch_arrow_table())
    return tables


def _read_sqlite(statements: list[str]) -> list[pa.Table]:
    with closing(sqlite3.connect(sqlite_path(database_url()))) as connection:
        return [_sqlite_table(connection.execute(sql)) for sql in statements]


def _sqlite_table(cursor: sqlite3.Cursor) -> pa.Table:
    names = [column[0] for column in cursor.description]
    kinds = [pa.string() if name == "currency" else pa.int64() for name in names]
    pieces: list[Any] = []
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
        pieces.append(pa.table(arrays, names=names))
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    return pa.concat_tables(pieces) if pieces else schema.empty_table()


def _numbered(wallets: pa.Table) -> pa.Table:
    """ISO 4217 codes as their numbers."""
    frame = pl.DataFrame(wallets)
    numbers = pl.col("currency").cast(pl.String).replace_strict(currencies(), return_dtype=pl.Int16)
    return frame.with_columns(numbers).to_arrow()


def _with_flag(table: pa.Table, name: str) -> pa.Table:
    """SQLite keeps flags as numbers."""
    return pl.DataFrame(table).with_columns(pl.col(name).cast(pl.Boolean)).to_arrow()
