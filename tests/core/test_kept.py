"""What waits to be sent: the newest of each topic, within a bound."""

import asyncio

import pytest

from app.core import kept as module
from app.core.kept import GAP, Kept


def test_the_newest_of_each_topic_is_kept() -> None:
    kept = Kept()
    kept.put("a", b"1")
    kept.put("b", b"2")
    kept.put("a", b"3")
    assert kept.take(10) == {"a": b"3", "b": b"2"}
    assert (len(kept), kept.take(10)) == (0, {})


def test_some_are_taken_and_the_rest_stays() -> None:
    kept = Kept()
    for n in range(5):
        kept.put(str(n), b"")
    assert list(kept.take(3)) == ["0", "1", "2"]
    assert list(kept.take(3)) == ["3", "4"]


def test_what_is_given_back_is_not_newer_than_what_came_since() -> None:
    kept = Kept()
    kept.put("a", b"1")
    kept.put("b", b"1")
    taken = kept.take(10)
    kept.put("a", b"2")
    kept.give_back(taken)
    assert kept.take(10) == {"a": b"2", "b": b"1"}


def test_beyond_the_bound_a_gap_is_kept_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 3)
    kept = Kept()
    for n in range(3):
        kept.put(str(n), b"")
    assert len(kept) == 3
    kept.put("0", b"again")
    assert len(kept) == 3
    for n in range(10):
        kept.put(f"more {n}", b"")
    assert kept.take(10) == {GAP: b""}
    kept.put("after", b"1")
    assert kept.take(10) == {"after": b"1"}


def test_a_gap_given_back_swallows_what_came_since() -> None:
    kept = Kept()
    kept.put(GAP, b"")
    taken = kept.take(10)
    kept.put("a", b"1")
    kept.give_back(taken)
    assert kept.take(10) == {GAP: b""}


def test_giving_back_keeps_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 3)
    kept = Kept()
    for n in range(3):
        kept.put(str(n), b"")
    taken = kept.take(3)
    kept.put("new", b"")
    kept.give_back(taken)
    assert kept.take(10) == {GAP: b""}


async def test_waiting_for_some_and_for_none() -> None:
    kept = Kept()
    await kept.none()
    some = asyncio.create_task(kept.some())
    await asyncio.sleep(0)
    assert not some.done()
    kept.put("a", b"1")
    await some
    none = asyncio.create_task(kept.none())
    taken = kept.take(10)
    await asyncio.sleep(0)
    assert not none.done(), "what is under way has not arrived"
    kept.give_back(taken)
    kept.sent()
    await asyncio.sleep(0)
    assert not none.done()
    kept.take(10)
    kept.sent()
    await none
