"""The peer: the same settlement as set-based SQL, inside PostgreSQL, with nothing left to gain.

The inputs are tables as narrow as the settlement's own inputs, loaded, vacuumed, analysed and warm.
Unlogged tables take what comes out (they may be filled and read in parallel), hashes have a
gigabyte, and the steps are those of the engines: the checks, what is given, the grosses, the
results, the parts and the lots. What comes out stays in the database: reading it is not timed.
"""

import time
from pathlib import Path
from types import TracebackType
from typing import Any

import asyncpg
import polars as pl

from app.core.sharing import MAX_MICROS
from app.settlement.allocation import COLUMNS, KEYS
from app.settlement.engines import Allocation
from benchmarks.measure import digest_of
from benchmarks.postgres import copy_csv, fresh_database
from benchmarks.world import TABLES

SESSION_SETTINGS = {
    "work_mem": "1GB",
    "hash_mem_multiplier": "2",
    "maintenance_work_mem": "1GB",
    "max_parallel_workers_per_gather": "2",
    "parallel_setup_cost": "100",
    "parallel_tuple_cost": "0.01",
    "jit": "off",
    "random_page_cost": "1.1",
}

SCHEMA = """
CREATE UNLOGGED TABLE clicks (
    wallet_id BIGINT NOT NULL, content_id BIGINT NOT NULL, weight SMALLINT NOT NULL
);
CREATE UNLOGGED TABLE wallets (
    wallet_id BIGINT NOT NULL, currency SMALLINT NOT NULL, pot_micros BIGINT NOT NULL,
    total_weight BIGINT NOT NULL
);
CREATE UNLOGGED TABLE exclusions (wallet_id BIGINT NOT NULL, content_id BIGINT NOT NULL);
CREATE UNLOGGED TABLE contents (
    content_id BIGINT NOT NULL, escrow BOOLEAN NOT NULL, commission_bps INT NOT NULL,
    platform_bps INT NOT NULL
);
CREATE UNLOGGED TABLE shares (
    content_id BIGINT NOT NULL, account_id BIGINT NOT NULL, share INT NOT NULL,
    position INT NOT NULL
);
"""

KEYS_OF_INPUTS = """
ALTER TABLE wallets ADD PRIMARY KEY (wallet_id);
ALTER TABLE exclusions ADD PRIMARY KEY (wallet_id, content_id);
ALTER TABLE contents ADD PRIMARY KEY (content_id);
ALTER TABLE shares ADD PRIMARY KEY (content_id, account_id);
"""

FORGET = "DROP TABLE IF EXISTS given, grosses, results, parts, lots"

COUNTED = """
clicks c WHERE NOT EXISTS (SELECT FROM exclusions x
    WHERE x.wallet_id = c.wallet_id AND x.content_id = c.content_id)
"""

CHECKS = (
    f"SELECT wallet_id FROM wallets WHERE total_weight <= 0"
    f" OR pot_micros NOT BETWEEN 0 AND {MAX_MICROS - 1} LIMIT 1",
    f"SELECT w.wallet_id FROM wallets w FULL JOIN (SELECT c.wallet_id, SUM(c.weight) AS weight"
    f" FROM {COUNTED} GROUP BY c.wallet_id) k ON k.wallet_id = w.wallet_id"
    f" WHERE w.total_weight IS DISTINCT FROM k.weight LIMIT 1",
)
"""Each finds what breaks a rule."""

GIVEN = """
CREATE UNLOGGED TABLE given AS
SELECT wallet_id, currency, pot_micros / total_weight AS unit_micros,
    pot_micros / total_weight * total_weight AS given_micros
FROM wallets
"""

TOO_MUCH = f"SELECT currency FROM given GROUP BY 1 HAVING SUM(given_micros) >= {MAX_MICROS}"

GROSSES = f"""
CREATE UNLOGGED TABLE grosses AS
SELECT k.content_id, w.currency, COUNT(*) AS clicks,
    SUM(w.pot_micros / w.total_weight * k.weight)::BIGINT AS gross_micros
FROM (SELECT c.* FROM {COUNTED}) k JOIN wallets w ON w.wallet_id = k.wallet_id
GROUP BY k.content_id, w.currency
"""
"""The unit anew: a sixth faster than from `given`, whose key the planner does not know."""

RESULTS = """
CREATE UNLOGGED TABLE results AS
SELECT content_id, currency, clicks, gross_micros, commission_micros, platform_micros,
    commission_micros - platform_micros AS house_micros,
    CASE WHEN escrow THEN 0 ELSE gross_micros - commission_micros END AS net_micros, escrow
FROM (
    SELECT g.*, c.escrow,
        CASE WHEN c.escrow THEN 0 ELSE g.gross_micros / 10000 * c.commission_bps
            + g.gross_micros % 10000 * c.commission_bps / 10000 END AS commission_micros,
        CASE WHEN c.escrow THEN 0 ELSE g.gross_micros / 10000 * c.platform_bps
            + g.gross_micros % 10000 * c.platform_bps / 10000 END AS platform_micros
    FROM grosses g JOIN contents c ON c.content_id = g.content_id
) s
"""

PARTS = """
CREATE UNLOGGED TABLE parts AS
SELECT content_id, currency, account_id, CASE WHEN position = MIN(position) OVER content
    THEN part_micros + net_micros - (SUM(part_micros) OVER content)::BIGINT
    ELSE part_micros END AS part_micros
FROM (
    SELECT r.content_id, r.currency, s.account_id, s.position, r.net_micros,
        r.net_micros / 10000 * s.share + r.net_micros % 10000 * s.share / 10000 AS part_micros
    FROM results r JOIN shares s ON s.content_id = r.content_id WHERE NOT r.escrow
) p
WINDOW content AS (PARTITION BY content_id, currency)
"""

LOTS = f"""
CREATE UNLOGGED TABLE lots AS
SELECT k.content_id, k.wallet_id, g.currency, g.unit_micros * k.weight AS gross_micros
FROM (SELECT c.* FROM {COUNTED}) k JOIN contents o ON o.content_id = k.content_id AND o.escrow
JOIN given g ON g.wallet_id = k.wallet_id WHERE g.unit_micros > 0
"""


class SqlPeer:
    """A contender inside PostgreSQL, loaded with a month."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri = uri
        self.folder = folder

    async def __aenter__(self) -> "SqlPeer":
        self.url = await fresh_database(self.uri, "sql_peer")
        self.connection = await asyncpg.connect(self.url)
        await self.connection.execute(SCHEMA)
        for name in TABLES:
            path = self.folder / f"{name}.csv"
            pl.read_ipc(self.folder / f"{name}.arrow").write_csv(path)
            await copy_csv(self.connection, name, path)
            path.unlink()
        await self.connection.execute(KEYS_OF_INPUTS)
        await self.connection.execute("VACUUM (ANALYZE)")
        for name, value in SESSION_SETTINGS.items():
            await self.connection.execute(f"SET {name} = '{value}'")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.connection.close()

    async def round(self) -> float:
        """Settle once; the seconds it took."""
        await self.connection.execute(FORGET)
        began = time.perf_counter()
        for check in CHECKS:
            await self._hold(check)
        await self.connection.execute(GIVEN)
        await self.connection.execute("ANALYZE given")
        await self._hold(TOO_MUCH)
        await self.connection.execute(GROSSES)
        await self.connection.execute("ANALYZE grosses")
        await self.connection.execute(RESULTS)
        await self.connection.execute("ANALYZE results")
        await self.connection.execute(PARTS)
        await self.connection.execute(LOTS)
        return time.perf_counter() - began

    async def finish(self) -> dict[str, Any]:
        """The digest of what came out."""
        allocation = {name: await self._read(name) for name in Allocation.__slots__}
        return {"peak_bytes": None, "digest": digest_of(Allocation(**allocation))}

    async def _read(self, name: str) -> pl.DataFrame:
        columns = COLUMNS[name]
        path = self.folder / f"{name}.out.csv"
        await self.connection.copy_from_query(
            f"SELECT {', '.join(columns)} FROM {name} ORDER BY {', '.join(KEYS[name])}",
            output=str(path),
            format="csv",
        )
        kinds = {column: pl.String if column == "escrow" else pl.Int64 for column in columns}
        frame = pl.read_csv(path, has_header=False, new_columns=list(columns), schema=kinds)
        path.unlink()
        if "escrow" in columns:
            frame = frame.with_columns(pl.col("escrow") == "t")
        return frame

    async def _hold(self, check: str) -> None:
        if row := await self.connection.fetchrow(check):
            raise RuntimeError(f"the SQL peer refuses: {row}")
