"""Periods: keys, early and late closes, and one winner where several close."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import FixedClock
from app.core.errors import Conflict, InvalidInput, NotFound, Overloaded, PeriodNotOpen
from app.domain.periods import (
    close_if_over,
    close_period,
    closed_periods,
    ensure_open_period,
    in_open_period,
    list_periods,
    next_key,
    open_period,
    period_by_key,
    periods_by_ids,
    start_of,
)
from app.models.database import execute, fetch, open_database
from tests.conftest import START


@pytest.mark.parametrize(
    ("key", "start"),
    [("2026-11", datetime(2026, 11, 1, tzinfo=UTC)), ("0001-01", datetime(1, 1, 1, tzinfo=UTC)),
     ("9999-12", datetime(9999, 12, 1, tzinfo=UTC))],
)  # fmt: skip
def test_a_key_is_its_months_first_moment(key: str, start: datetime) -> None:
    assert start_of(key) == start


@pytest.mark.parametrize(
    "key",
    ["", "2026", "2026-1", "2026-13", "2026-00", "0000-01", "26-11", "2026/11", "2026-11-01",
     "2026-1\n", " 2026-1", "2026-1 ", "-026-11", "+026-11", "２０２６-11", "2026-١١", "2026-1\x00",
     "2026-1\ud800", "x" * 10_000],
    ids=lambda key: ascii(key)[:20],
)  # fmt: skip
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        start_of(key)
    assert refused.value.field == "periodKey"
    with pytest.raises(InvalidInput) as refused:
        start_of(key, field="key")
    assert refused.value.field == "key"


@pytest.mark.parametrize(
    ("key", "following"), [("2026-11", "2026-12"), ("2026-12", "2027-01"), ("2013-09", "2013-10")]
)
def test_after_a_month_comes_the_next(key: str, following: str) -> None:
    assert next_key(key) == following


@pytest.mark.usefixtures("database")
async def test_the_first_period_is_the_present_month_and_opened_once() -> None:
    await asyncio.gather(*(ensure_open_period() for _ in range(4)))
    period = await open_period()
    assert (period.id, period.key, period.status) == (1, "2026-11", "open")
    assert period.starts_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert period.ends_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert await list_periods(limit=10) == [period]


async def test_two_at_once_open_one_period(database_url: str, clock: FixedClock) -> None:
    async with open_database(database_url):
        with pytest.raises(NotFound):
            await open_period()
        with pytest.raises(NotFound, match="migrate"):
            async with in_open_period():
                raise AssertionError
        await asyncio.gather(ensure_open_period(), ensure_open_period())
        assert len(await fetch("SELECT 1 AS n FROM periods")) == 1


@pytest.mark.usefixtures("database")
async def test_an_early_close_ends_now_and_the_next_begins_there(clock: FixedClock) -> None:
    closed = await close_period("2026-11")
    assert (closed.status, closed.ends_at, closed.closed_at) == ("closed", START, START)
    following = await open_period()
    assert (following.id, following.key, following.starts_at) == (2, "2026-12", START)
    assert following.ends_at == datetime(2027, 1, 1, tzinfo=UTC)
    with pytest.raises(Conflict, match="only just begun"):
        await close_period("2026-12")
    clock.advance(seconds=1)
    assert (await close_period("2026-12")).ends_at == START + timedelta(seconds=1)
    assert await periods_by_ids([10**9, 1]) == [None, closed]
    assert [p.key for p in await closed_periods()] == ["2026-11", "2026-12"]
    assert [p.id for p in await list_periods(limit=2, before_id=3)] == [2, 1]


@pytest.mark.usefixtures("database")
async def test_a_server_that_was_down_closes_every_month_at_its_own_end(clock: FixedClock) -> None:
    clock.set(datetime(2027, 2, 10, tzinfo=UTC))
    async with in_open_period() as period:
        assert (period.id, period.key) == (4, "2027-02")
    closed = await closed_periods()
    assert [(p.key, p.ends_at) for p in closed] == [
        ("2026-11", datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-12", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2027-01", datetime(2027, 2, 1, tzinfo=UTC)),
    ]
    for before, after in zip(closed, [*closed[1:], period], strict=True):
        assert before.ends_at == after.starts_at
        assert before.closed_at == clock.now()


@pytest.mark.usefixtures("sqlite_database")
async def test_a_period_is_over_at_its_very_end(clock: FixedClock) -> None:
    clock.set(datetime(2026, 12, 1, tzinfo=UTC) - timedelta(microseconds=1))
    assert await close_if_over() is None
    clock.advance(microseconds=1)
    closed = await close_if_over()
    assert closed is not None and closed.key == "2026-11"
    assert await close_if_over() is None


@pytest.mark.usefixtures("sqlite_database")
async def test_too_many_months_are_an_answer_and_no_endless_loop(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.domain.periods.MAX_LATE_CLOSES", 2)
    clock.advance(days=300)
    with pytest.raises(Overloaded):
        async with in_open_period():
            raise AssertionError
    assert len(await closed_periods()) == 2


@pytest.mark.usefixtures("database")
async def test_of_eight_closes_at_once_one_wins() -> None:
    done = await asyncio.gather(
        *(close_period("2026-11") for _ in range(8)), return_exceptions=True
    )
    assert sorted(type(d).__name__ for d in done) == ["Period"] + ["PeriodNotOpen"] * 7
    assert (await open_period()).key == "2026-12"


@pytest.mark.usefixtures("database")
async def test_only_the_open_period_closes(clock: FixedClock) -> None:
    await close_period("2026-11")
    clock.advance(days=1)
    for key, refusal in (("2026-11", PeriodNotOpen), ("2030-01", NotFound), ("x", InvalidInput)):
        with pytest.raises(refusal):
            await close_period(key)
    with pytest.raises(NotFound):
        await period_by_key("2030-01")
    assert (await open_period()).key == "2026-12"


@pytest.mark.usefixtures("database")
async def test_what_fails_inside_leaves_nothing_and_the_period_open() -> None:
    with pytest.raises(RuntimeError):
        async with in_open_period() as period:
            await execute("UPDATE periods SET key = 'x' WHERE id = $1", period.id)
            raise RuntimeError
    assert (await open_period()).key == "2026-11"
