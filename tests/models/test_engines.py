"""Our two database clients: transactions that survive cancellation, and begin at once on SQLite."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from app.core.errors import Overloaded
from app.models.database import dialect, execute, fetch, ping, slices, sqlite_path, transaction
from app.models.postgres_engine import PooledClient
from app.models.sqlite_engine import ImmediateClient
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")


async def _held(inside: asyncio.Event, leave: asyncio.Event) -> None:
    async with transaction():
        inside.set()
        await leave.wait()


async def test_a_task_cancelled_on_its_way_in_gives_the_connection_back() -> None:
    for delay_s in (0, 0, 0.0001, 0.001, 0.002, 0.005) * 5:
        task = asyncio.create_task(_held(asyncio.Event(), asyncio.Event()))
        await asyncio.sleep(delay_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(5), transaction():
        await ping()


async def test_a_task_cancelled_inside_rolls_back() -> None:
    async def write(inside: asyncio.Event) -> None:
        async with transaction():
            await execute("UPDATE periods SET key = '2031-01'")
            inside.set()
            await asyncio.Event().wait()

    inside = asyncio.Event()
    task = asyncio.create_task(write(inside))
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [row["key"] for row in await fetch("SELECT key FROM periods")] == ["2026-11"]


async def test_a_nested_transaction_is_a_savepoint() -> None:
    async with transaction():
        with pytest.raises(RuntimeError):
            async with transaction():
                await execute("UPDATE periods SET key = '2031-01'")
                raise RuntimeError
        await execute("UPDATE periods SET status = 'open'")
    assert [row["key"] for row in await fetch("SELECT key FROM periods")] == ["2026-11"]


async def test_a_busy_sqlite_is_told_as_overloaded(database: str) -> None:
    if dialect() != "sqlite":
        assert issubclass(PooledClient, object)
        return
    await fetch("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(sqlite_path(database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Overloaded):
            async with transaction():
                pass
        other.execute("ROLLBACK")
    async with transaction():
        await ping()
    assert issubclass(ImmediateClient, object)


async def test_who_is_in_each_others_way_is_told_to_try_again() -> None:
    """Two transactions that lock two rows in opposite orders; SQLite lets one in at a time."""
    for name in "ab":
        await person(name)

    async def rename(first: str, second: str) -> None:
        async with transaction():
            await execute("UPDATE accounts SET display_name = 'x' WHERE handle = $1", first)
            await asyncio.sleep(0.1)
            await execute("UPDATE accounts SET display_name = 'x' WHERE handle = $1", second)

    done = await asyncio.gather(rename("a", "b"), rename("b", "a"), return_exceptions=True)
    refused = [type(d) for d in done if d is not None]
    assert refused == ([Overloaded] if dialect() == "postgres" else [])


async def test_a_snapshot_that_was_overtaken_is_told_to_try_again() -> None:
    async def touch() -> None:
        async with transaction(repeatable_read=True):
            await fetch("SELECT * FROM periods")
            await asyncio.sleep(0.05)
            await execute("UPDATE periods SET status = 'open'")

    done = await asyncio.gather(touch(), touch(), return_exceptions=True)
    refused = [type(d) for d in done if d is not None]
    assert refused == ([Overloaded] if dialect() == "postgres" else [])


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], []), ([1], [[1]]), ([1, 2, 3], [[1, 2], [3]]), ([1, 2, 3, 4], [[1, 2], [3, 4]])],
)
def test_slices_are_a_statements_worth(values: list[int], expected: list[list[int]]) -> None:
    assert list(slices(values, 2)) == expected
