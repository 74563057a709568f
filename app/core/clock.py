"""The one clock. Replaceable, so that 2013 is 2013 for periods, tokens and limits alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time as an aware UTC datetime."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's time in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved: for tests, the demo and the replay."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def now(self) -> datetime:
        """The moment last set."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to `at` (aware)."""
        if at.tzinfo is None:
            raise ValueError("a clock wants an aware datetime")
        self._at = at.astimezone(UTC)

    def advance(self, **duration: float) -> None:
        """Move on by a timedelta's keywords: `advance(days=3)`."""
        self._at += timedelta(**duration)


_current: Clock = SystemClock()


def now() -> datetime:
    """The present moment, aware, in UTC, by the clock in use."""
    return _current.now()


@contextmanager
def use_clock(clock: Clock) -> Iterator[Clock]:
    """Put `clock` in place of the one in use, for the whole process, until the block ends."""
    global _current
    before, _current = _current, clock
    try:
        yield clock
    finally:
        _current = before
