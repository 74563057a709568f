"""Where the demo and the replay begin: an empty database, in a month of the past."""

from app.domain.periods import next_key, start_of
from app.models.database import execute, fetch_one, transaction
from app.models.migrate import has_tables, migrate_database, pending_migrations


async def begin_in(key: str) -> bool:
    """Let time begin with the month `key` in the open database; whether it was empty.

    A database without tables is migrated. `obole migrate` may have opened the present month: while
    nothing has happened in it, and only then, it may be another one. A database that is not empty,
    or of an older schema, is left as it is.
    """
    if await pending_migrations():
        if await has_tables():
            return False
        await migrate_database()
    async with transaction():
        used = await fetch_one(
            "SELECT 1 AS used WHERE EXISTS (SELECT 1 FROM accounts)"
            " OR EXISTS (SELECT 1 FROM platforms) OR EXISTS (SELECT 1 FROM contents)"
            " OR EXISTS (SELECT 1 FROM entries)"
            " OR EXISTS (SELECT 1 FROM periods WHERE id > 1)"
        )
        if used is None:
            await _open(key)
    return used is None


async def _open(key: str) -> None:
    await execute(
        "INSERT INTO periods (id, key, starts_at, ends_at, status)"
        " VALUES (1, $1, $2, $3, 'open') ON CONFLICT (id) DO UPDATE"
        " SET key = excluded.key, starts_at = excluded.starts_at, ends_at = excluded.ends_at",
        *(key, start_of(key), start_of(next_key(key))),
    )
    await execute("INSERT INTO open_period (id, period_id) VALUES (1, 1) ON CONFLICT DO NOTHING")
