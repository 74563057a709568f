"""The clockwork: what is due is closed and settled, by one server at a time, whatever fails."""

import asyncio

import pytest

from app.core.clock import FixedClock
from app.core.settings import use_settings
from app.domain.periods import list_periods
from app.models.locks import exclusive_lock
from app.settlement import scheduler
from app.settlement.scheduler import run_due, run_scheduler
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")


async def statuses() -> list[tuple[str, str]]:
    return [(p.key, p.status) for p in reversed(await list_periods(limit=20))]


async def test_what_is_over_is_closed_and_settled(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    await click(alice, await article(bob, "one"))
    await run_due()
    assert await statuses() == [("2026-11", "open")]
    clock.advance(days=30)
    await run_due()
    assert await statuses() == [("2026-11", "settled"), ("2026-12", "open")]
    clock.advance(days=62)
    for _ in range(2):
        await run_due()
    assert [status for _, status in await statuses()] == ["settled", "settled", "settled", "open"]


async def test_what_another_server_settles_is_left_to_it(clock: FixedClock) -> None:
    clock.advance(days=30)
    async with exclusive_lock("settle", wait=False):
        await run_due()
    assert await statuses() == [("2026-11", "closed"), ("2026-12", "open")]
    await run_due()
    assert (await statuses())[0] == ("2026-11", "settled")


async def test_it_goes_on_after_a_failure_and_stops_when_told(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = 0
    inner = run_due

    async def fails_first() -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise RuntimeError("the database was away")
        await inner()

    monkeypatch.setattr(scheduler, "run_due", fails_first)
    clock.advance(days=30)
    stop = asyncio.Event()
    with use_settings(scheduler_interval_s=0.01):
        task = asyncio.create_task(run_scheduler(stop))
        async with asyncio.timeout(30):
            while (await statuses())[0][1] != "settled":  # noqa: ASYNC110  another task settles
                await asyncio.sleep(0.01)
        stop.set()
        await task
    assert turns >= 2


async def test_zero_never_runs() -> None:
    with use_settings(scheduler_interval_s=0):
        await run_scheduler(asyncio.Event())
