"""Bring a database to the newest schema, one process at a time."""

from collections.abc import Callable
from typing import Any

from tortoise.migrations.executor import MigrationExecutor

from app.models.database import MIGRATIONS, MODULES, connection, dialect, fetch_one
from app.models.locks import exclusive_lock


async def migrate_database(progress: Callable[[str], object] | None = None) -> list[str]:
    """Apply what is missing to the open database; the names applied. Safe to run twice at once."""
    applied: list[str] = []

    def note(event: str, app: str, name: str) -> None:
        if event == "apply_done":
            applied.append(name)
            if progress is not None:
                progress(name)

    async with exclusive_lock("migrate", wait=True):
        await _executor().migrate(progress=note)
    return applied


async def pending_migrations() -> list[str]:
    """The names of migrations the open database lacks."""
    plan = await _executor().plan()
    return [step.migration.name for step in plan]


async def has_tables() -> bool:
    """Whether there is any table in the open database, ours or not."""
    tables = {
        "sqlite": "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' LIMIT 1",
        "postgres": "SELECT 1 AS found FROM pg_tables WHERE schemaname = current_schema() LIMIT 1",
    }
    return await fetch_one(tables[dialect()]) is not None


def _executor() -> MigrationExecutor:
    app: dict[str, Any] = {"models": MODULES, "migrations": MIGRATIONS}
    app["default_connection"] = dialect()
    return MigrationExecutor(connection(), {"models": app})
