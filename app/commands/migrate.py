"""`obole migrate`: bring the database to the newest schema."""

import asyncio

from app.commands.bars import bar
from app.commands.exits import out
from app.domain.periods import ensure_open_period
from app.models.database import open_database
from app.models.migrate import migrate_database, pending_migrations


def migrate() -> None:
    """Bring the database of DATABASE_URL to the newest schema. Safe to run again."""
    applied = asyncio.run(_migrate())
    out.print(f"Applied {', '.join(applied)}." if applied else "The database is up to date.")


async def _migrate() -> list[str]:
    async with open_database():
        applied = await _apply(await pending_migrations())
        await ensure_open_period()
    return applied


async def _apply(pending: list[str]) -> list[str]:
    """Apply what is missing, with a bar if there is something."""
    with bar() as shown:
        task = shown.add_task("Migrating", total=len(pending), visible=bool(pending))
        return await migrate_database(lambda name: shown.advance(task))
