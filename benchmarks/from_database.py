"""The whole way round for an engine: from the SQL peer's own tables, and back into its database.

The very job of the SQL peer: the inputs are its tables, read by ADBC as the settlement reads its
own, and what comes out is written into unlogged tables beside them. Reading and writing are timed.
"""

import adbc_driver_postgresql.dbapi as postgres
import polars as pl

from app.settlement.allocation import COLUMNS, KEYS
from app.settlement.engines import Allocation, AllocationInputs

PREFIX = "ours_"
"""Before the names of what is written back, for the peer has tables of the same names."""


def read_tables(url: str) -> AllocationInputs:
    """The month's inputs as Arrow tables."""
    tables = {}
    with postgres.connect(url) as connection, connection.cursor() as cursor:
        for name in AllocationInputs.__slots__:
            cursor.execute(f"SELECT {', '.join(COLUMNS[name])} FROM {name}")
            tables[name] = cursor.fetch_arrow_table()
    return AllocationInputs(**tables)


def forget_tables(url: str) -> None:
    """Empty tables for the next round's results."""
    with postgres.connect(url) as connection, connection.cursor() as cursor:
        for name in Allocation.__slots__:
            columns = ", ".join(f"{column} {_kind(column)} NOT NULL" for column in COLUMNS[name])
            cursor.execute(f"DROP TABLE IF EXISTS {PREFIX}{name}")
            cursor.execute(f"CREATE UNLOGGED TABLE {PREFIX}{name} ({columns})")
        connection.commit()


def write_tables(url: str, allocation: Allocation) -> None:
    """Write what came out, by COPY, in one transaction."""
    with postgres.connect(url) as connection, connection.cursor() as cursor:
        for name in Allocation.__slots__:
            table = getattr(allocation, name).to_arrow()
            cursor.adbc_ingest(f"{PREFIX}{name}", table, mode="append")
        connection.commit()


def read_back(url: str) -> Allocation:
    """What was written, sorted by its keys as an engine hands it out."""
    frames = {}
    with postgres.connect(url) as connection, connection.cursor() as cursor:
        for name in Allocation.__slots__:
            cursor.execute(f"SELECT {', '.join(COLUMNS[name])} FROM {PREFIX}{name}")
            frames[name] = pl.DataFrame(cursor.fetch_arrow_table()).sort(KEYS[name])
    return Allocation(**frames)


def _kind(column: str) -> str:
    return "BOOLEAN" if column == "escrow" else "BIGINT"
