"""One clock for the process, replaceable, always aware and in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.core.clock import FixedClock, SystemClock, now, use_clock

NOON = datetime(2013, 9, 30, 12, tzinfo=UTC)


def test_the_machines_clock_is_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fixed_clock_stands_until_it_is_moved() -> None:
    clock = FixedClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(days=1, seconds=0.5)
    assert clock.now() == NOON + timedelta(days=1, seconds=0.5)
    clock.set(NOON.astimezone(timezone(timedelta(hours=5))))
    assert (clock.now(), clock.now().tzinfo) == (NOON, UTC)


def test_a_naive_time_is_refused() -> None:
    clock = FixedClock(NOON)
    with pytest.raises(ValueError, match="aware"):
        clock.set(NOON.replace(tzinfo=None))
    assert clock.now() == NOON


def test_the_clock_in_use_is_put_back_whatever_happens() -> None:
    with pytest.raises(RuntimeError), use_clock(FixedClock(NOON)):
        with use_clock(FixedClock(NOON + timedelta(days=1))):
            assert now() == NOON + timedelta(days=1)
        assert now() == NOON
        raise RuntimeError
    assert now().year > 2013
