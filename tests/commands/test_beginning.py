"""Time begins in a month of the past, in an empty database only."""

from pathlib import Path

import pytest

from app.commands import beginning
from app.commands.beginning import begin_in
from app.core.clock import FixedClock
from app.domain.accounts import sign_up
from app.domain.periods import open_period
from app.domain.platforms import create_platform
from app.models.database import execute, fetch, open_database


async def test_time_begins_anew_only_where_nothing_happened(
    database: str, clock: FixedClock
) -> None:
    assert (await open_period()).key == "2026-11"
    assert await begin_in("2026-08")
    assert (await open_period()).key == "2026-08"
    await sign_up(handle="ada", email="ada@demo.example", password="12345678")
    assert not await begin_in("2026-05")
    assert (await open_period()).key == "2026-08"


async def test_time_begins_where_no_period_was_opened_yet(
    database_url: str, clock: FixedClock
) -> None:
    async with open_database(database_url):
        assert await begin_in("2013-03")
        period = await open_period()
        assert (period.id, period.key, period.status) == (1, "2013-03", "open")


async def test_a_platform_is_something_too(database: str) -> None:
    await create_platform(slug="lanterne", name="Lanterne", hosts=["lanterne.example"])
    assert not await begin_in("2026-08")


async def test_a_new_database_is_migrated(tmp_path: Path, clock: FixedClock) -> None:
    async with open_database(f"sqlite://{tmp_path}/new.db"):
        assert await begin_in("2013-03")
        assert (await open_period()).key == "2013-03"


async def test_somebody_elses_tables_are_left_alone(tmp_path: Path) -> None:
    async with open_database(f"sqlite://{tmp_path}/theirs.db"):
        await execute("CREATE TABLE letters (id INTEGER)")
        assert not await begin_in("2013-03")
        tables = await fetch("SELECT name FROM sqlite_master")
    assert [table["name"] for table in tables] == ["letters"]


async def test_an_older_schema_is_left_alone(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pending() -> list[str]:
        return ["0002_later"]

    async def migrate() -> list[str]:
        raise AssertionError("migrated")

    monkeypatch.setattr(beginning, "pending_migrations", pending)
    monkeypatch.setattr(beginning, "migrate_database", migrate)
    assert not await begin_in("2026-08")
    assert (await open_period()).key == "2026-11"
