"""A month of any size, from nothing but hashes: the same on every machine, without a seed.

Ten clicks a wallet and fifty a content on average, both by a power law: the first content has
between one and three clicks in a hundred. Weights are mostly 1, some contents have two or three
creators, a few are unclaimed, a third is on a platform with a rate of its own, one wallet in
twelve is in dollars, and where a wallet's owner is a creator of what it clicked, that is excluded.
An account's id is its wallet's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from app.settlement.engines import AllocationInputs

TABLES = ("clicks", "wallets", "exclusions", "contents", "shares")
"""A month's tables, each an Arrow file of its folder, with the database's own column types."""

WORLD = """
CREATE MACRO u(i, salt) AS (hash(i, salt) % 1000000007) / 1000000007.0;

CREATE TABLE clicks AS
SELECT wallet_id, content_id, CASE WHEN dice < 85 THEN 1 WHEN dice < 93 THEN 2
    WHEN dice < 96 THEN 3 WHEN dice < 98 THEN 4 ELSE 5 END::SMALLINT AS weight
FROM (
    SELECT DISTINCT 1 + floor({wallets} * pow(u(i, 1), 1.2))::BIGINT AS wallet_id,
        1 + floor({contents} * pow(u(i, 2), 3))::BIGINT AS content_id,
        hash(wallet_id, content_id, 3) % 100 AS dice
    FROM range({clicks} * 11 // 10 + 10000) AS t(i)
)
ORDER BY hash(wallet_id, content_id), wallet_id, content_id LIMIT {clicks};

CREATE TABLE contents AS
SELECT content_id, hash(content_id, 7) % 100 < 3 AS escrow, 1000::INTEGER AS commission_bps,
    CASE WHEN hash(content_id, 8) % 10 < 3 THEN 300 ELSE 0 END::INTEGER AS platform_bps
FROM (SELECT DISTINCT content_id FROM clicks) ORDER BY content_id;

CREATE TABLE shares AS
SELECT content_id, 1 + (hash(content_id, 11) % {wallets} + position * 7919) % {wallets} AS
        account_id,
    CASE creators WHEN 1 THEN 10000 WHEN 2 THEN 8000 - 2000 * position ELSE 3333 END::INTEGER
        AS share,
    position::INTEGER AS position
FROM (
    SELECT content_id, CASE WHEN hash(content_id, 9) % 100 < 85 THEN 1
        WHEN hash(content_id, 9) % 100 < 95 THEN 2 ELSE 3 END AS creators
    FROM contents WHERE NOT escrow
), range(1, 4) AS p(position)
WHERE position <= creators ORDER BY content_id, position;
ALTER TABLE shares ALTER account_id TYPE BIGINT;

CREATE TABLE exclusions AS
SELECT c.wallet_id, c.content_id FROM clicks c
JOIN shares s ON s.content_id = c.content_id AND s.account_id = c.wallet_id;

CREATE TABLE wallets AS
SELECT wallet_id, CASE WHEN hash(wallet_id, 5) % 12 = 0 THEN 840 ELSE 978 END::SMALLINT AS currency,
    (2000000 + hash(wallet_id, 6) % 1800 * 10000)::BIGINT AS pot_micros,
    sum(weight)::BIGINT AS total_weight
FROM clicks ANTI JOIN exclusions USING (wallet_id, content_id)
GROUP BY wallet_id ORDER BY wallet_id;
"""


@dataclass(frozen=True, slots=True)
class World:
    """A month in a folder, and the number of rows of each of its tables."""

    folder: Path
    rows: Mapping[str, int]

    @property
    def clicks(self) -> int:
        """How many clicks the month has."""
        return self.rows["clicks"]


def make_world(folder: Path, *, clicks: int) -> World:
    """Write a month of `clicks` clicks, a tenth as many wallets and a fiftieth as many contents."""
    rows = {}
    sizes = {"clicks": clicks, "wallets": max(clicks // 10, 1), "contents": max(clicks // 50, 1)}
    with duckdb.connect() as connection:
        connection.execute(WORLD.format(**sizes))
        for name in TABLES:
            table = connection.table(name).to_arrow_table()
            with pa.ipc.new_file(str(folder / f"{name}.arrow"), table.schema) as file:
                file.write_table(table)
            rows[name] = table.num_rows
    return World(folder, rows)


def read_world(folder: Path) -> AllocationInputs:
    """A month as the settlement takes it: Arrow tables in memory, none of it mapped."""
    tables = {}
    for name in TABLES:
        with pa.OSFile(str(folder / f"{name}.arrow"), "rb") as file:
            tables[name] = pa.ipc.open_file(file).read_all()
    return AllocationInputs(**tables)
