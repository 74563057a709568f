"""SQLite's REPLACE deletes without a word where recursive triggers are off: not here."""

import sqlite3
from contextlib import closing

import pytest

from app.models.database import database_url, execute, sqlite_path
from app.settlement.check import breaches
from tests.models.test_guards import everything, good_entry

pytestmark = pytest.mark.usefixtures("sqlite_database")

REPLACED = [
    "REPLACE INTO entries SELECT id, 'forged', idempotency_key, digest, period_id, posted_at"
    " FROM entries",
    "REPLACE INTO entries (kind, idempotency_key, digest, period_id, posted_at)"
    " SELECT 'forged', idempotency_key, digest, period_id, posted_at FROM entries",
    "REPLACE INTO postings SELECT id, entry_id, account_id, currency, amount_micros * 2"
    " FROM postings",
    "REPLACE INTO postings (entry_id, account_id, currency, amount_micros)"
    " SELECT entry_id, account_id, currency, amount_micros * 2 FROM postings",
]


@pytest.mark.parametrize("statement", REPLACED)
async def test_what_is_written_is_not_replaced(statement: str) -> None:
    await good_entry()
    before = await everything()
    with pytest.raises(Exception, match=r"never|sealed"):
        await execute(statement)
    assert await everything() == before


@pytest.mark.parametrize("statement", [REPLACED[0], REPLACED[2], REPLACED[3]])
async def test_nor_by_a_client_with_settings_of_its_own(statement: str) -> None:
    await good_entry()
    before = await everything()
    refused = pytest.raises(sqlite3.IntegrityError, match=r"never|sealed")
    with closing(sqlite3.connect(sqlite_path(database_url()))) as file, refused:
        file.execute(statement)
    assert await everything() == before


async def test_an_entry_such_a_client_replaced_by_its_key_is_found() -> None:
    await good_entry()
    with closing(sqlite3.connect(sqlite_path(database_url()))) as file, file:
        file.execute(REPLACED[1])
    rules = {breach.rule for breach in await breaches()}
    assert {"every entry is sealed", "every seal and every posting has its entry"} <= rules
