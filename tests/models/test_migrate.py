"""Migrations: from nothing, twice, two at once, and after a process died halfway."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from app.models.database import fetch, open_database
from app.models.migrate import migrate_database, pending_migrations
from app.models.migration_operations import statements_of
from tests.conftest import _admin, postgres_url

MIGRATE = "import asyncio\nfrom app.commands.migrate import migrate\nmigrate()"


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/bare.db"
    uri = str(request.getfixturevalue("postgres_server"))
    name = f"bare_{tmp_path.name[-12:].replace('-', '_').lower()}"
    asyncio.run(_admin(uri, f"CREATE DATABASE {name}"))
    return postgres_url(uri, name)


async def test_from_nothing_and_again(bare_url: str) -> None:
    async with open_database(bare_url):
        assert await pending_migrations() == ["0001_initial"]
        assert await migrate_database() == ["0001_initial"]
        assert await migrate_database() == []
        assert await pending_migrations() == []


def test_two_processes_at_once(bare_url: str) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", MIGRATE], env={"DATABASE_URL": bare_url}, text=True,
                         stdout=subprocess.PIPE)
        for _ in range(2)
    ]  # fmt: skip
    said = sorted(process.communicate(timeout=60)[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said == ["Applied 0001_initial.\n", "The database is up to date.\n"]


async def test_a_process_that_died_before_it_was_recorded_starts_over(bare_url: str) -> None:
    async with open_database(bare_url):
        await migrate_database()
        await fetch("DELETE FROM tortoise_migrations")
        assert await migrate_database() == ["0001_initial"]
        assert len(await fetch("SELECT 1 AS n FROM commission_rates")) == 1


def test_a_trigger_stays_one_statement_on_sqlite() -> None:
    script = "CREATE TABLE a (id {id});\nCREATE TRIGGER t BEFORE UPDATE ON a\nBEGIN\n"
    script += "    SELECT 1;\n    SELECT 2;\nEND;\n"
    statements = [s.strip() for s in statements_of(script, "sqlite")]
    assert len(statements) == 2 and statements[1].endswith("END;")
    assert "AUTOINCREMENT" in statements[0]
    assert len(list(statements_of(script, "postgres"))) == 1
