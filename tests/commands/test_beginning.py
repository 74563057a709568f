"""Time begins in a month of the past, in an empty database only."""

from app.commands.beginning import begin_in
from app.core.clock import FixedClock
from app.domain.accounts import sign_up
from app.domain.periods import open_period
from app.models.database import open_database


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
