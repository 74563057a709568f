"""SQLite's REPLACE deletes without a word where recursive triggers are off: not here."""

import pytest

from app.models.database import execute
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
