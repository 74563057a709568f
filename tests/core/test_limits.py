"""Rate limits: bursts up to the count, then one after another, on our own clock."""

from datetime import timedelta

import pytest

from app.core import limits
from app.core.clock import FixedClock
from app.core.errors import RateLimited
from app.core.limits import RateLimit

pytestmark = pytest.mark.usefixtures("clock")
MINUTE = timedelta(minutes=1)


def taken(limit: RateLimit, key: str, *, at_most: int = 1000) -> int:
    """How many can be taken at this moment."""
    for n in range(at_most):
        try:
            limit.take(key)
        except RateLimited:
            return n
    return at_most


@pytest.mark.parametrize("count", [1, 2, 3, 7, 11, 13, 100, 120])
def test_a_burst_has_exactly_the_count(count: int, clock: FixedClock) -> None:
    limit = RateLimit(count, MINUTE)
    assert taken(limit, "a") == count
    clock.advance(minutes=2)
    assert taken(limit, "a") == count


def test_what_is_refused_may_be_tried_after_the_wait_it_names(clock: FixedClock) -> None:
    limit = RateLimit(3, MINUTE)
    assert taken(limit, "a") == 3
    for _ in range(5):
        with pytest.raises(RateLimited) as refused:
            limit.take("a")
        assert 1 <= refused.value.retry_after_s <= 20
        clock.advance(seconds=refused.value.retry_after_s)
        assert taken(limit, "a") == 1


def test_being_refused_does_not_lengthen_the_wait(clock: FixedClock) -> None:
    limit = RateLimit(2, MINUTE)
    assert taken(limit, "a") == 2
    for _ in range(100):
        with pytest.raises(RateLimited):
            limit.take("a")
    clock.advance(seconds=30)
    assert taken(limit, "a") == 1


def test_keys_do_not_share() -> None:
    limit = RateLimit(2, MINUTE)
    assert (taken(limit, "a"), taken(limit, "b")) == (2, 2)


def test_the_longest_unused_key_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_KEYS", 3)
    limit = RateLimit(1, MINUTE)
    for key in "abcd":
        limit.take(key)
    assert [taken(limit, key, at_most=1) for key in "dcb"] == [0, 0, 0]
    assert taken(limit, "a", at_most=1) == 1
