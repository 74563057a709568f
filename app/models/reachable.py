"""Whether a database can be opened at all, asked before Tortoise is.

Tortoise keeps its connection's lock when a first connection fails, and its migrations take a
database that does not answer for an empty one: a command would hang, or say the wrong thing.
"""

import asyncio
import os
import re
import sqlite3
from pathlib import Path

import asyncpg
from tortoise.exceptions import BaseORMException

from app.core.errors import SettingsError

CONNECT_TIMEOUT_S = 10.0
"""How long PostgreSQL may take to answer, and SQLite to let a file be read."""
DATABASE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    BaseORMException,
    sqlite3.Error,
)
"""What a database, its driver or Tortoise raises."""


async def check_reachable(url: str) -> None:
    """Raises SettingsError where the database of this URL cannot be opened; nothing is created."""
    if url.startswith("sqlite://"):
        path = url.removeprefix("sqlite://").partition("?")[0]
        reason = await asyncio.to_thread(_sqlite_reason, path)
    elif url.startswith(("postgres://", "postgresql://")):
        reason = await _postgres_reason(url)
    else:
        reason = "its address starts with sqlite:// or postgresql://"
    if reason:
        raise SettingsError(f"The database {shown_url(url)} cannot be opened: {reason}")


def shown_url(url: str) -> str:
    """The URL as it may be shown and logged: without its password and options."""
    named = re.sub(r"://([^:/@?]*):.*@", r"://\1@", url)
    return named.partition("?")[0]


def _sqlite_reason(name: str) -> str:
    """Why SQLite cannot use this file, or nothing; a file that is not there yet can be made."""
    path = Path(name)
    if not name or path.is_dir():
        return "it is a folder, not a file" if name else "it names no file"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if not os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK):
        return "it may not be written"
    return _not_sqlite(path) if path.exists() else ""


def _not_sqlite(path: Path) -> str:
    try:
        connection = sqlite3.connect(path, timeout=CONNECT_TIMEOUT_S)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        return str(error)
    return ""


async def _postgres_reason(url: str) -> str:
    """Why PostgreSQL does not let us in, or nothing. What cannot be read is not repeated."""
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S)
        await connection.close()
    except TimeoutError:
        return f"no answer in {CONNECT_TIMEOUT_S:.0f} s"
    except (OSError, asyncpg.PostgresError) as error:
        return str(error)
    except (ValueError, asyncpg.InterfaceError):
        return "its address cannot be read"
    return ""
