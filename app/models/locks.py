"""Locks between processes: a session advisory lock on PostgreSQL, a file lock beside SQLite."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import TextIOWrapper
from pathlib import Path

import asyncpg

from app.models.database import database_url, dialect, sqlite_path

KEYS = {"migrate": 0x0B01E001, "settle": 0x0B01E002}
"""Each lock's number on PostgreSQL; on SQLite its name ends the lock file's."""


class LockTaken(Exception):
    """Another process holds the lock, and we were not to wait for it."""


@asynccontextmanager
async def exclusive_lock(name: str, *, wait: bool) -> AsyncIterator[None]:
    """Hold the lock `name` of the open database; freed when the process dies, however it dies.

    Raises LockTaken at once where another holds it and `wait` is False.
    """
    hold = _advisory_lock if dialect() == "postgres" else _file_lock
    async with hold(name, wait=wait):
        yield


@asynccontextmanager
async def _advisory_lock(name: str, *, wait: bool) -> AsyncIterator[None]:
    connection = await asyncpg.connect(database_url())
    try:
        if wait:
            await connection.execute("SELECT pg_advisory_lock($1)", KEYS[name])
        elif not await connection.fetchval("SELECT pg_try_advisory_lock($1)", KEYS[name]):
            raise LockTaken(name)
        yield
    finally:
        await connection.close()


@asynccontextmanager
async def _file_lock(name: str, *, wait: bool) -> AsyncIterator[None]:
    file = await asyncio.to_thread(_locked_file, name, wait)
    try:
        yield
    finally:
        file.close()


def _locked_file(name: str, wait: bool) -> TextIOWrapper:
    path = Path(f"{sqlite_path(database_url())}.{name}.lock")
    file = path.open("w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        file.close()
        raise LockTaken(name) from None
    return file
