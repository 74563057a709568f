"""Counters: absolute numbers, and a sequence that never goes back and never says two things."""

import asyncio

import pytest

from app.core.clock import FixedClock
from app.core.errors import BrokenInvariant
from app.domain.clicks import withdraw_click
from app.domain.counters import Counter, count_click, counters_of, uncount_click
from app.domain.periods import close_period, in_open_period
from app.domain.wallets import set_budget
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")


def numbers(counter: Counter) -> tuple[int, int, int]:
    return counter.total, counter.period, counter.supporters


async def test_before_its_first_click_a_counter_reads_zero(clock: FixedClock) -> None:
    [untouched] = await counters_of([7])
    assert (numbers(untouched), untouched.seq) == ((0, 0, 0), 0)
    assert (untouched.period_key, untouched.as_of) == ("2026-11", clock.now())
    assert await counters_of([]) == []


async def test_clicks_are_counted_and_not_weights() -> None:
    bob = await person("bob")
    first, second = await article(bob, "one"), await article(bob, "two")
    for n in range(3):
        supporter = await person(f"s{n}")
        await fund(supporter, "1.00")
        await click(supporter, first, weight=n + 3)
    read = await counters_of([second.id, first.id])
    assert [numbers(c) for c in read] == [(0, 0, 0), (3, 3, 3)]
    assert [c.content_id for c in read] == [second.id, first.id]


async def test_of_many_at_once_none_is_lost() -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    supporters = [await person(f"s{n}") for n in range(8)]
    for supporter in supporters:
        await fund(supporter, "1.00")
    done = await asyncio.gather(*(click(s, content) for s in supporters))
    assert sorted(d.counter.seq for d in done) == list(range(1, 9))
    assert sorted(d.counter.total for d in done) == list(range(1, 9))
    [read] = await counters_of([content.id])
    assert (numbers(read), read.seq) == ((8, 8, 8), 8)


async def test_a_sequence_never_goes_back_nor_means_two_numbers(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=1)
    seen: list[Counter] = await counters_of([content.id])
    for key in ("2026-11", "2026-12", "2027-01"):
        for _ in range(2):
            await click(alice, content)
            seen += await counters_of([content.id])
            await withdraw_click(alice, content.id)
            seen += await counters_of([content.id])
        await click(alice, content)
        seen += await counters_of([content.id])
        clock.advance(hours=1)
        await close_period(key)
        seen += await counters_of([content.id])
    sequence = [counter.seq for counter in seen]
    assert sequence == sorted(sequence)
    meanings = {(c.seq, numbers(c), c.period_key) for c in seen}
    assert len(meanings) == len(set(sequence))
    assert numbers(seen[-1]) == (3, 0, 1)


async def test_several_closes_read_as_several_steps(clock: FixedClock) -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    async with in_open_period() as period:
        moved = await count_click(content.id, period, new_supporter=True)
    clock.advance(days=70)
    async with in_open_period() as period:
        assert period.key == "2027-01"
    [read] = await counters_of([content.id])
    assert (numbers(read), read.seq) == ((1, 0, 1), moved.seq + 2)


async def test_nothing_is_uncounted_that_was_not_counted_in_this_period() -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    with pytest.raises(BrokenInvariant):
        async with in_open_period() as period:
            await uncount_click(content.id, period, lost_supporter=False)
