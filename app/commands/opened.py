"""The database as commands need it: open, migrated, with its first period."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from app.core.errors import SettingsError
from app.core.settings import get_settings
from app.domain.periods import ensure_open_period
from app.models.database import open_database
from app.models.migrate import pending_migrations

Result = TypeVar("Result")


@asynccontextmanager
async def opened(url: str | None = None) -> AsyncIterator[None]:
    """Open the settings' database (or `url`). Raises SettingsError where migrations are missing."""
    where = url or get_settings().database_url
    try:
        async with open_database(where):
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
