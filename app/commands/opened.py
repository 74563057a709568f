"""The database as commands need it: open, migrated, with its first period."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from app.core.bus import open_bus
from app.core.errors import SettingsError
from app.core.logs import log_to_stderr
from app.core.settings import get_settings
from app.domain.periods import ensure_open_period
from app.models.database import open_database
from app.models.migrate import pending_migrations

Result = TypeVar("Result")


@asynccontextmanager
async def opened(url: str | None = None) -> AsyncIterator[None]:
    """Open the settings' database and bus, or the database `url`, of which no server hears.

    Raises SettingsError where migrations are missing.
    """
    settings = get_settings()
    where, told = (url, None) if url else (settings.database_url, settings.redis_url)
    log_to_stderr()
    try:
        async with open_database(where), open_bus(told):
            if await pending_migrations():
                raise SettingsError("The database is not up to date. Run `obole migrate` first.")
            await ensure_open_period()
            yield
    except (ConnectionError, OSError) as error:
        raise SettingsError(f"The database cannot be reached: {error}") from error


def in_database(work: Callable[[], Awaitable[Result]]) -> Result:
    """Run `work` with the settings' database open, and return what it returns."""

    async def inside() -> Result:
        async with opened():
            return await work()

    return asyncio.run(inside())
