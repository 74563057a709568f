"""The way to the database: open, close, one transaction, and SQL written once for both.

SQL here and above is written with PostgreSQL's `$1` placeholders; on SQLite they become `?1`.
"""

import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from app.core.errors import Overloaded
from app.core.settings import get_settings
from app.models.reachable import check_reachable

MODULES = ["app.models"]
MIGRATIONS = "app.models.migrations"
BUSY_TIMEOUT_MS = 15_000
"""How long SQLite waits for another process's write, in milliseconds."""

MAX_VALUES = 1_000
"""Values of one IN list; both databases take some 32,000 in a statement."""
MAX_SETS = 100
"""SELECTs joined in one statement; SQLite takes 500."""
_TOO_BUSY = (
    asyncpg.LockNotAvailableError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
"""What PostgreSQL says where nothing is wrong with the transaction but its moment."""

Row = dict[str, Any]
Aftermath = Callable[[bool], None]
Value = TypeVar("Value")


class _State:
    url: str = ""


_state = _State()
_aftermath: ContextVar[list[Aftermath] | None] = ContextVar("aftermath", default=None)
"""What the transaction one is in leads to once it is committed; None outside of one."""


def dialect() -> str:
    """`sqlite` or `postgres`: the kind of database that is open."""
    return dialect_of(_state.url)


def dialect_of(url: str) -> str:
    """`sqlite` or `postgres`, by a database URL's scheme."""
    return "sqlite" if url.startswith("sqlite://") else "postgres"


def database_url() -> str:
    """The URL of the database that is open."""
    return _state.url


def sqlite_path(url: str) -> str:
    """The file of a `sqlite://FILE` URL (three slashes and a slash more for an absolute one)."""
    return url.removeprefix("sqlite://").partition("?")[0]


def tortoise_config(url: str) -> dict[str, Any]:
    """Tortoise's configuration; the connection is named after its dialect (STACK.md, hazard 9)."""
    name = dialect_of(url)
    connection = expand_db_url(url)
    credentials = connection["credentials"]
    connection["engine"] = f"app.models.{name}_engine"
    if name == "sqlite":
        credentials |= {"busy_timeout": BUSY_TIMEOUT_MS, "synchronous": "FULL"}
        credentials["recursive_triggers"] = "ON"  # so that REPLACE meets the delete triggers
    else:
        credentials |= {"minsize": 1, "maxsize": get_settings().pool_size}
    app = {"models": MODULES, "migrations": MIGRATIONS, "default_connection": name}
    return {
        "connections": {name: connection},
        "apps": {"models": app},
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def open_database(url: str | None = None) -> AsyncIterator[None]:
    """Connect to the settings' database (or `url`) for as long as the block lasts.

    Raises SettingsError where it cannot be opened.
    """
    await check_reachable(url or get_settings().database_url)
    _state.url = url or get_settings().database_url
    await Tortoise.init(config=tortoise_config(_state.url), _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()
        _state.url = ""


def connection() -> BaseDBAsyncClient:
    """The connection of the transaction one is in, or the pool."""
    return get_connection(dialect())


@asynccontextmanager
async def transaction(*, repeatable_read: bool = False) -> AsyncIterator[BaseDBAsyncClient]:
    """One transaction (a savepoint inside another); on SQLite it begins IMMEDIATE.

    repeatable_read: one snapshot for all its statements (always so on SQLite).
    Raises Overloaded where the database is too busy to take it, and where it chose this one of
    several that were in each other's way: nothing was changed then.
    """
    outer, mine = _aftermath.get(), list[Aftermath]()
    _aftermath.set(mine)
    committed: bool | None = False
    try:
        async with _transaction(repeatable_read) as client:
            yield client
            committed = None
        committed = True
    finally:
        _aftermath.set(outer)
        _pass_on(mine, outer, committed)


def after_commit(work: Aftermath) -> None:
    """Do `work` once what is written here is committed, never if it is not; at once outside.

    work: short, raises nothing. It is told True; or False where nobody knows whether it was
    committed, because the task was cancelled meanwhile.
    """
    waiting = _aftermath.get()
    if waiting is None:
        work(True)
    else:
        waiting.append(work)


def _pass_on(mine: list[Aftermath], outer: list[Aftermath] | None, committed: bool | None) -> None:
    """Do it, or leave it to the transaction around; committed: None where nobody knows."""
    if committed is False:
        return
    if outer is not None:
        outer.extend(mine)
        return
    for work in mine:
        work(committed is True)


@asynccontextmanager
async def _transaction(repeatable_read: bool) -> AsyncIterator[BaseDBAsyncClient]:
    try:
        async with in_transaction(dialect()) as client:
            if repeatable_read and dialect() == "postgres":
                await client.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield client
    except (sqlite3.OperationalError, OperationalError) as error:
        if "locked" in str(error) or "busy" in str(error):
            raise Overloaded from error
        raise
    except _TOO_BUSY as error:
        raise Overloaded from error


async def fetch(sql: str, *values: Any) -> list[Row]:
    """The rows of a statement as dicts (also of `INSERT … RETURNING`)."""
    return await connection().execute_query_dict(_sql(sql), list(values))


async def fetch_one(sql: str, *values: Any) -> Row | None:
    """The first row, or None."""
    rows = await fetch(sql, *values)
    return rows[0] if rows else None


async def fetch_each(sql: str, sets: Sequence[Sequence[Any]]) -> list[list[Row]]:
    """The rows of one SELECT for several sets of values, in the order of `sets`; one statement.

    At most MAX_SETS. Which rows it limits itself to is kept, in which order they come is not.
    """
    if not sets:
        return []
    selects, values = [], list[Any]()
    for place, given in enumerate(sets):
        numbered = _shifted(sql, len(values))
        selects.append(f"SELECT * FROM (SELECT {place} AS place, q.* FROM ({numbered}) AS q) AS p")
        values += given
    found: list[list[Row]] = [[] for _ in sets]
    for row in await fetch(" UNION ALL ".join(selects), *values):
        found[row.pop("place")].append(row)
    return found


def _shifted(sql: str, by: int) -> str:
    return re.sub(r"\$(\d+)", lambda match: f"${int(match[1]) + by}", sql)


async def execute(sql: str, *values: Any) -> int:
    """Run a statement; how many rows it touched."""
    affected, _ = await connection().execute_query(_sql(sql), list(values))
    return affected


async def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement once for each row of values."""
    if rows:
        await connection().execute_many(_sql(sql), [list(row) for row in rows])


async def insert_rows(table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows at once: one statement on PostgreSQL, so statement triggers run once.

    columns: name to PostgreSQL type, in the order of each row's values.
    """
    if not rows:
        return
    names = ", ".join(columns)
    if dialect() == "sqlite":
        places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        await execute_many(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)
        return
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(columns.values(), 1))
    values = [list(column) for column in zip(*rows, strict=True)]
    await execute(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})", *values)


async def for_each(sql: str, kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement for rows of values: at once on PostgreSQL, one after another on SQLite.

    sql: has `{rows}` where a SELECT of columns c1, c2, … is to stand. kinds: PostgreSQL types.
    """
    if not rows:
        return
    if dialect() == "sqlite":
        columns = ", ".join(f"${n} AS c{n}" for n in range(1, len(kinds) + 1))
        await execute_many(sql.replace("{rows}", f"SELECT {columns} WHERE TRUE"), rows)
        return
    names = ", ".join(f"c{n}" for n in range(1, len(kinds) + 1))
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(kinds, 1))
    values = [list(column) for column in zip(*rows, strict=True)]
    source = f"SELECT {names} FROM unnest({arrays}) AS r ({names})"
    await execute(sql.replace("{rows}", source), *values)


def value_rows(count: int, width: int) -> str:
    """`($1, $2), ($3, $4), …`: placeholders for `count` rows of `width` values."""
    rows = (placeholders(width, first=1 + row * width) for row in range(count))
    return ", ".join(f"({row})" for row in rows)


def placeholders(count: int, *, first: int = 1) -> str:
    """`$1, $2, …` for an IN list; empty lists become a NULL that matches nothing."""
    return ", ".join(f"${n}" for n in range(first, first + count)) or "NULL"


def slices(values: Sequence[Value], at_most: int = MAX_VALUES) -> Iterator[Sequence[Value]]:
    """The values, in their order, a statement's worth at a time."""
    return (values[first : first + at_most] for first in range(0, len(values), at_most))


def for_update() -> str:
    """`FOR UPDATE` where there are row locks."""
    return " FOR UPDATE" if dialect() == "postgres" else ""


def for_edit() -> str:
    """`FOR NO KEY UPDATE`: held against other edits, while rows that refer to it still come."""
    return " FOR NO KEY UPDATE" if dialect() == "postgres" else ""


def as_datetime(value: Any) -> datetime:
    """A time read by plain SQL: SQLite gives text, PostgreSQL a datetime. Aware, in UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def as_datetime_or_none(value: Any) -> datetime | None:
    """`as_datetime`, or None for NULL."""
    return None if value is None else as_datetime(value)


async def ping() -> None:
    """Ask the database for a row; raises what the driver raises."""
    await fetch("SELECT 1 AS alive")


def is_unique_violation(error: IntegrityError, constraint: str, *columns: str) -> bool:
    """Whether an insert failed at this unique constraint (SQLite names the columns instead)."""
    text = str(error)
    return constraint in text or all(column in text for column in columns or (constraint,))


@lru_cache(maxsize=1024)
def _sqlite_sql(sql: str) -> str:
    return re.sub(r"\$(\d+)", r"?\1", sql)


def _sql(sql: str) -> str:
    return _sqlite_sql(sql) if dialect() == "sqlite" else sql


def in_order(ids: Iterable[int], rows: dict[int, Any]) -> list[Any]:
    """The values of `rows` in the order of `ids`, None where there is nothing."""
    return [rows.get(row_id) for row_id in ids]
