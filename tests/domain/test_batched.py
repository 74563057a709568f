"""Batches: one reading for many, fresh for everybody, and its rest."""

import asyncio
from collections.abc import Sequence

import pytest

from app.domain.batched import Batched


class Source:
    """Squares, with the batches that were asked for and when."""

    def __init__(self, *, takes_s: float = 0.0) -> None:
        self.batches: list[list[int]] = []
        self.at_s: list[float] = []
        self.takes_s = takes_s

    async def read(self, keys: Sequence[int]) -> list[int]:
        self.batches.append(list(keys))
        self.at_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.takes_s)
        if 13 in keys:
            raise ZeroDivisionError
        return [key * key for key in keys]


async def test_what_is_asked_at_the_same_time_is_one_batch() -> None:
    source = Source()
    batched = Batched(source.read, at_most=4)
    assert await asyncio.gather(*(batched.load(n % 6) for n in range(12))) == [
        (n % 6) ** 2 for n in range(12)
    ]
    assert source.batches == [[0, 1, 2, 3], [4, 5]]


async def test_what_is_asked_during_a_reading_is_read_after_it() -> None:
    source = Source(takes_s=0.05)
    batched = Batched(source.read)
    first = asyncio.create_task(batched.load(1))
    await asyncio.sleep(0.03)
    assert await batched.load(1) == 1
    assert await first == 1
    assert source.batches == [[1], [1]]


async def test_a_costly_reading_rests() -> None:
    source = Source(takes_s=0.05)
    batched = Batched(source.read, rest=4)
    await batched.load(1)
    await batched.load(2)
    assert source.at_s[1] - source.at_s[0] >= 0.24


async def test_who_goes_away_takes_nobody_along() -> None:
    batched = Batched(Source(takes_s=0.02).read)
    one, two = (asyncio.create_task(batched.load(3)) for _ in range(2))
    await asyncio.sleep(0.01)
    one.cancel()
    assert await two == 9
    gone = asyncio.create_task(batched.load(13))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0.05)
    assert await batched.load(2) == 4


async def test_a_failure_is_everybodys_and_the_next_reading_is_not_hurt() -> None:
    batched = Batched(Source().read)
    for answer in await asyncio.gather(*(batched.load(n) for n in (1, 13)), return_exceptions=True):
        assert isinstance(answer, ZeroDivisionError)
    with pytest.raises(ZeroDivisionError):
        await batched.load(13)
    assert await batched.load(1) == 1
    assert len(asyncio.all_tasks()) == 1


async def test_a_reader_that_answers_too_few_is_a_failure_of_the_batch_and_not_of_the_next() -> (
    None
):
    async def read(keys: Sequence[int]) -> list[int]:
        return [key for key in keys if key != 13]

    batched = Batched(read)
    for answer in await asyncio.gather(*(batched.load(n) for n in (1, 13)), return_exceptions=True):
        assert isinstance(answer, ValueError), "whose value is whose is not known"
    assert await batched.load(1) == 1


async def test_a_reading_that_is_stopped_leaves_nobody_waiting() -> None:
    batched = Batched(Source(takes_s=60).read, at_most=1)
    asked = [asyncio.create_task(batched.load(n)) for n in (1, 2)]
    await asyncio.sleep(0.02)
    assert batched._task is not None
    batched._task.cancel()
    for answer in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(answer, RuntimeError)
    batched._read = Source().read
    assert await batched.load(3) == 9
