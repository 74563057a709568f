"""The process's rate limits by name, renewed when their setting changes."""

from datetime import timedelta

from app.core.limits import RateLimit

_limiters: dict[tuple[str, int, timedelta], RateLimit] = {}


def limiter(name: str, count: int, window: timedelta) -> RateLimit:
    """The limit `name` of `count` per `window`, the same object each time."""
    return _limiters.setdefault((name, count, window), RateLimit(count, window))


def forget_limits() -> None:
    """Start all limits anew: for tests, which share a process."""
    _limiters.clear()
