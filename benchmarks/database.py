"""A month in the project's own migrated tables: loaded in bulk, and as the domain would leave it.

Every account has a wallet with the same id; one opening entry deposits every pot, with its legs and
seal, through the database's own guards. Only the clicks skip the lookups of their foreign keys.
"""

from pathlib import Path

import asyncpg
import polars as pl

from app.models.database import open_database
from app.models.migrate import migrate_database
from benchmarks.postgres import copy_csv
from benchmarks.world import World

KEY = "2026-10"
"""The month that is settled; the next one is open."""

STAGING = """
CREATE TEMP TABLE pots (wallet_id BIGINT, currency INT, pot_micros BIGINT, total_weight BIGINT);
CREATE TEMP TABLE frozen (
    content_id BIGINT, escrow BOOLEAN, commission_bps INT, platform_bps INT
);
CREATE TEMP TABLE parts (content_id BIGINT, account_id BIGINT, share INT, position INT);
"""

PERIODS = """
INSERT INTO periods (id, key, starts_at, ends_at, status, closed_at) VALUES
    (1, '2026-10', '2026-10-01T00:00Z', '2026-11-01T00:00Z', 'closed', '2026-11-01T00:00Z'),
    (2, '2026-11', '2026-11-01T00:00Z', '2026-12-01T00:00Z', 'open', NULL);
INSERT INTO open_period (id, period_id) VALUES (1, 2);
"""

PEOPLE = """
INSERT INTO accounts (id, handle, display_name, email, password_hash, created_at)
SELECT n, 'person-' || n, 'Person ' || n, n || '@people.example', 'none', '2026-09-01T00:00Z'
FROM generate_series(1, {accounts}) AS n;
INSERT INTO platforms (id, slug, name, created_at) VALUES (1, 'tube', 'Tube', '2026-09-01T00:00Z');
INSERT INTO commission_rates (platform_id, commission_bps, platform_bps, starts_at)
VALUES (1, 1000, 300, '2026-09-01T00:00Z');
INSERT INTO ledger_accounts (id, kind, holder, currency)
SELECT a.id, 'wallet', a.handle, CASE p.currency WHEN 840 THEN 'USD' ELSE 'EUR' END
FROM accounts a LEFT JOIN pots p ON p.wallet_id = a.id;
INSERT INTO wallets (id, account_id, currency, created_at)
SELECT id, id, currency, '2026-09-01T00:00Z' FROM ledger_accounts;
INSERT INTO balances (account_id, kind, micros)
SELECT w.id, 'wallet', COALESCE(p.pot_micros, 0)
FROM wallets w LEFT JOIN pots p ON p.wallet_id = w.id;
"""

MONEY = """
INSERT INTO ledger_accounts (id, kind, holder, currency) VALUES
    ({accounts} + 1, 'external', 'bank', 'EUR'), ({accounts} + 2, 'external', 'bank', 'USD');
INSERT INTO entries (id, kind, idempotency_key, digest, period_id, posted_at)
VALUES (1, 'deposit', 'opening', repeat('0', 64), 1, '2026-10-01T00:00Z');
INSERT INTO postings (entry_id, account_id, currency, amount_micros)
SELECT 1, w.id, w.currency, p.pot_micros FROM pots p JOIN wallets w ON w.id = p.wallet_id
WHERE p.pot_micros > 0
UNION ALL
SELECT 1, l.id, l.currency, -SUM(p.pot_micros) FROM pots p JOIN wallets w ON w.id = p.wallet_id
JOIN ledger_accounts l ON l.kind = 'external' AND l.currency = w.currency
GROUP BY l.id, l.currency;
INSERT INTO seals (entry_id) VALUES (1);
"""

CONTENTS = """
INSERT INTO contents (id, url, registered_url, title, tags, platform_id, registered_by_id,
    shares_period_id, created_at, updated_at)
SELECT content_id, 'https://news.example/' || content_id, 'https://news.example/' || content_id,
    'Article ' || content_id, '[]', CASE WHEN platform_bps > 0 THEN 1 END, NULL,
    CASE WHEN NOT escrow THEN 1 END, '2026-09-01T00:00Z', '2026-09-01T00:00Z' FROM frozen;
INSERT INTO content_urls (url, content_id) SELECT url, id FROM contents;
INSERT INTO content_shares (content_id, period_id, account_id, share, position)
SELECT content_id, 1, account_id, share, position FROM parts;
"""

NUMBERED = ("accounts", "platforms", "ledger_accounts", "entries", "contents")
"""Tables whose ids were given here: their sequences go on after the last."""


async def load_database(url: str, world: World) -> None:
    """Migrate an empty PostgreSQL database and load a month that is closed, not settled."""
    async with open_database(url):
        await migrate_database()
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await _load(connection, world)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def _load(connection: "asyncpg.Connection[asyncpg.Record]", world: World) -> None:
    await connection.execute(STAGING)
    for table, name in (("pots", "wallets"), ("frozen", "contents"), ("parts", "shares")):
        await _copy(connection, table, pl.read_ipc(world.folder / f"{name}.arrow"), world.folder)
    accounts = max(world.clicks // 10, 1)
    for statements in (PERIODS, PEOPLE, MONEY, CONTENTS):
        await connection.execute(statements.format(accounts=accounts))
    for table in NUMBERED:
        await connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
        )
    await connection.execute("SET LOCAL session_replication_role = replica")
    clicks = pl.read_ipc(world.folder / "clicks.arrow").with_columns(
        period_id=1, created_at=pl.lit("2026-10-15T12:00Z")
    )
    await _copy(connection, "clicks", clicks, world.folder)


async def _copy(
    connection: "asyncpg.Connection[asyncpg.Record]", table: str, rows: pl.DataFrame, folder: Path
) -> None:
    path = folder / f"{table}.csv"
    rows.write_csv(path)
    await copy_csv(connection, table, path)
    path.unlink()
