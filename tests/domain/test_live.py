"""The hub: snapshots, changes, pace, gaps, and nothing left when the watchers are gone."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import pytest

from app.core.bus import open_bus
from app.core.clock import FixedClock
from app.core.errors import ContentNotFound
from app.core.local_bus import LocalBus
from app.domain import live
from app.domain.announce import announce, counter_topic, wallet_topic
from app.domain.clicks import withdraw_click
from app.domain.contents import delete_content
from app.domain.counters import Counter, counters_of, message_of
from app.domain.live import PACE_S, TOUCH_PACE_S, Hub, current_hub
from app.domain.periods import close_period
from app.models.database import execute, transaction
from tests.conftest import START
from tests.core.bus_ends import until
from tests.redis_server import RedisServer
from tests.schema.test_statements_of_sql import counting
from tests.watching import idle, watching
from tests.world import article, click, fund, person


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Hub]:
    """The hub over each kind of database, on a bus within the process."""
    async with open_bus(None):
        hub = current_hub()
        yield hub
        await idle(hub)
        assert isinstance(hub.bus, LocalBus) and not hub.bus.topics


@pytest.fixture
async def lite(sqlite_database: str) -> AsyncIterator[Hub]:
    """The hub over SQLite, for what does not depend on the kind of database."""
    async with open_bus(None):
        hub = current_hub()
        yield hub
        await idle(hub)
        assert isinstance(hub.bus, LocalBus) and not hub.bus.topics


async def contents(count: int) -> list[int]:
    """The ids of many new contents nobody has clicked."""
    first = 1000
    await execute(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)"
        " INSERT INTO contents (id, url, registered_url, title, tags, created_at, updated_at)"
        " SELECT $2 + i, 'https://a.example/' || i, 'https://a.example/' || i, 'a', '[]',"
        " p.starts_at, p.starts_at FROM n, periods p",
        *(count, first),
    )
    return list(range(first, first + count))


def reads(seen: Sequence[str]) -> int:
    return sum("LEFT JOIN counters" in statement for statement in seen)


def counter(content_id: int, seq: int, total: int) -> bytes:
    at = FixedClock(START).now()
    return message_of(Counter(content_id, "2026-11", total, total, total, seq, at))


async def test_a_snapshot_then_every_change_in_absolute_numbers(hub: Hub) -> None:
    bob = await person("bob")
    one, two = await article(bob, "one"), await article(bob, "two")
    alice = await person("alice")
    await fund(alice, "10.00")
    await click(alice, one)
    async with watching(hub.counters([one.id, two.id])) as seen:
        snapshots = await seen.some(2)
        assert {(c.content_id, c.total) for c in snapshots} == {(one.id, 1), (two.id, 0)}
        await click(alice, two)
        assert (await seen.some(3))[2] == (await counters_of([two.id]))[0]
        await withdraw_click(alice, two.id)
        assert (await seen.some(4))[3] == (await counters_of([two.id]))[0]


async def test_of_many_changes_the_newest_is_sent_ten_times_a_second(hub: Hub) -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    supporters = [await person(f"s{n}") for n in range(30)]
    for supporter in supporters:
        await fund(supporter, "1.00")
    async with watching(hub.counters([content.id])) as seen:
        await seen.some(1)
        for supporter in supporters:
            await click(supporter, content)
            await asyncio.sleep(0.01)
        await seen.until(lambda values: values[-1].total == 30)
        sequence = [c.seq for c in seen.values]
        assert sequence == sorted(set(sequence))
        assert all(c.total == c.seq for c in seen.values)
        # After the snapshot and the first change, which is sent at once, one in each PACE_S.
        changes = len(seen.values) - 2
        assert 0 < changes <= (seen.at_s[-1] - seen.at_s[1]) / PACE_S + 2


async def test_the_first_change_after_a_pause_is_sent_at_once(
    lite: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a pace so slow that waiting for it would be seen."""
    monkeypatch.setattr(live, "PACE_S", 60.0)
    content = (await article(await person("bob"), "one")).id
    async with watching(lite.counters([content])) as seen:
        await seen.some(1)
        lite.bus.publish(counter_topic(content), counter(content, 7, 1))
        await seen.some(2)


async def test_an_older_number_is_never_sent(lite: Hub) -> None:
    content = (await article(await person("bob"), "one")).id
    async with watching(lite.counters([content])) as seen:
        await seen.some(1)
        for seq in (5, 3, 9, 4, 9, 1):
            lite.bus.publish(counter_topic(content), counter(content, seq, seq))
            await asyncio.sleep(0.02)
        await seen.until(lambda values: values[-1].seq == 9)
        async with watching(lite.counters([content])) as late:
            assert [c.seq for c in await late.some(1)] == [9]
        await asyncio.sleep(2 * PACE_S)
        assert [c.seq for c in seen.values] == [0, 5, 9]


async def test_a_slow_watcher_skips_to_the_newest_and_delays_nobody(lite: Hub) -> None:
    ids = await contents(3)
    slow = lite.counters(ids)
    assert {(await anext(slow)).content_id for _ in ids} == set(ids)
    async with watching(lite.counters(ids)) as fast:
        await fast.some(3)
        for total in range(1, 6):
            for content_id in ids:
                lite.bus.publish(counter_topic(content_id), counter(content_id, total, total))
            await asyncio.sleep(PACE_S * 1.2)
        assert len(fast.values) == 18
    assert [(await anext(slow)).total for _ in ids] == [5, 5, 5]
    await slow.aclose()


async def test_unknown_contents_are_left_out(hub: Hub) -> None:
    bob = await person("bob")
    here, deleted = await article(bob, "one"), await article(bob, "two")
    await delete_content(bob, deleted.id)
    async with watching(hub.counters([deleted.id, here.id, 999_999])) as seen:
        assert [c.content_id for c in await seen.some(1)] == [here.id]
        await asyncio.sleep(0.1)
        assert not seen.over
    for ids in ([deleted.id], [999_999, 888_888, 999_999]):
        with pytest.raises(ContentNotFound):
            await anext(hub.counters(ids))


async def test_a_content_deleted_while_it_is_watched_stays(lite: Hub) -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    async with watching(lite.counters([content.id])) as seen:
        await seen.some(1)
        await delete_content(bob, content.id)
        lite._read_anew()
        await asyncio.sleep(0.2)
        assert not seen.over
        async with watching(lite.counters([content.id])) as late:
            assert len(await late.some(1)) == 1


async def test_five_thousand_watchers_at_once_cost_a_few_statements(hub: Hub) -> None:
    ids = await contents(5000)
    streams = [hub.counters([content_id]) for content_id in ids]
    with counting() as seen:
        first = await asyncio.gather(*(anext(stream) for stream in streams))
    assert [c.content_id for c in first] == ids
    assert reads(seen) == len(seen) <= 6
    await asyncio.gather(*(stream.aclose() for stream in streams))


async def test_a_storm_that_takes_a_second_costs_a_few_statements(lite: Hub) -> None:
    ids = await contents(2000)
    streams = [lite.counters([content_id]) for content_id in ids]

    async def come(place: int, stream: AsyncGenerator[Counter, None]) -> None:
        await asyncio.sleep(place / len(streams))
        await anext(stream)

    with counting() as seen:
        await asyncio.gather(*(come(n, stream) for n, stream in enumerate(streams)))
    assert len(seen) <= 30
    await asyncio.gather(*(stream.aclose() for stream in streams))


async def test_who_comes_to_a_watched_counter_costs_nothing(lite: Hub) -> None:
    [content_id] = await contents(1)
    async with watching(lite.counters([content_id])) as first:
        await first.some(1)
        streams = [lite.counters([content_id]) for _ in range(500)]
        with counting() as seen:
            await asyncio.gather(*(anext(stream) for stream in streams))
        assert seen == []
        await asyncio.gather(*(stream.aclose() for stream in streams))


async def test_after_a_close_every_counter_is_read_anew_in_batches(
    hub: Hub, clock: FixedClock
) -> None:
    ids = await contents(2500)
    bob = await person("bob")
    content = await article(bob, "one")
    alice = await person("alice")
    await fund(alice, "10.00")
    await click(alice, content)
    streams = [hub.counters(ids[n : n + 100]) for n in range(0, 2500, 100)]
    async with watching(hub.counters([content.id])) as seen:
        [before] = await seen.some(1)
        assert (before.total, before.period, before.period_key) == (1, 1, "2026-11")
        for stream in streams:
            for _ in range(100):
                await anext(stream)
        clock.advance(hours=1)
        with counting() as statements:
            await close_period("2026-11")
            after = (await seen.some(2))[1]
            assert (after.total, after.period, after.period_key) == (1, 0, "2026-12")
            assert after.seq == before.seq + 1
            for stream in streams:
                assert {(await anext(stream)).period_key for _ in range(100)} == {"2026-12"}
        assert reads(statements) == 3
    await asyncio.gather(*(stream.aclose() for stream in streams))


async def test_after_a_gap_what_was_missed_is_read_and_only_that_is_sent(hub: Hub) -> None:
    bob = await person("bob")
    one, two = await article(bob, "one"), await article(bob, "two")
    alice = await person("alice")
    await fund(alice, "10.00")
    async with watching(hub.counters([one.id, two.id])) as seen:
        await seen.some(2)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LocalBus, "publish", lambda *_: None)
            await click(alice, two)
        assert isinstance(hub.bus, LocalBus)
        hub.bus.mind_the_gap()
        assert (await seen.some(3))[2].content_id == two.id
        await asyncio.sleep(0.3)
        assert len(seen.values) == 3


async def test_what_nobody_was_told_of_is_read_before_long(
    lite: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process was killed between its commit and its message."""
    monkeypatch.setattr(live, "REFRESH_S", 0.05)
    bob = await person("bob")
    content = await article(bob, "one")
    await execute(
        "INSERT INTO counters (content_id, period_id, total, period_clicks, supporters, seq)"
        " VALUES ($1, 1, 1, 1, 1, 1)",
        content.id,
    )
    async with watching(lite.counters([content.id])) as seen:
        assert [c.seq for c in await seen.some(1)] == [1]
        await execute("UPDATE counters SET total = 7, seq = 7 WHERE content_id = $1", content.id)
        assert (await seen.some(2))[1].total == 7


async def test_while_others_cannot_be_heard_whoever_comes_is_shown_the_database(
    lite: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may have shown them a higher `seq` already."""
    ids = await contents(200)
    streams = [lite.counters([content_id]) for content_id in ids]
    await asyncio.gather(*(anext(stream) for stream in streams))
    await execute("INSERT INTO counters SELECT id, 1, 7, 7, 7, 7 FROM contents")
    monkeypatch.setattr(LocalBus, "away", True)
    late = [lite.counters([content_id]) for content_id in ids]
    with counting() as statements:
        assert {(await anext(stream)).seq for stream in late[:1]} == {7}
        first = await asyncio.gather(*(anext(stream) for stream in late[1:]))
    assert {c.seq for c in first} == {7}
    assert len(statements) <= 4
    assert (await anext(streams[0])).seq == 7, "who was there before is told as well"
    await asyncio.gather(*(stream.aclose() for stream in streams + late))


async def test_while_others_cannot_be_heard_everything_is_read_more_often(
    lite: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "AWAY_REFRESH_S", 0.05)
    monkeypatch.setattr(LocalBus, "away", True)
    [one, two] = await contents(2)
    async with watching(lite.counters([one, two])) as seen:
        await seen.some(2)
        await execute("INSERT INTO counters SELECT id, 1, 7, 7, 7, 7 FROM contents")
        assert {c.seq for c in (await seen.some(4))[2:]} == {7}


async def test_all_that_is_watched_is_read_again_in_slices(
    lite: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything in its turn, and never everything at once."""
    monkeypatch.setattr(live, "SLICES", 4)
    again: list[str] = []
    topics = [wallet_topic(n) for n in range(19)]
    async with watching(lite.touched(topics)) as seen:
        await seen.some(1)
        monkeypatch.setattr(lite, "_read_again", lambda topic: again.append(topic.name))
        for count in (4, 9, 14, 19, 23):
            lite._read_slice()
            assert len(again) == count
        assert set(again[:19]) == set(topics) and again[19:] == again[:4]


async def test_what_cannot_be_read_from_a_message_is_read_from_the_database(lite: Hub) -> None:
    bob, alice = await person("bob"), await person("alice")
    content = await article(bob, "one")
    await fund(alice, "10.00")
    async with watching(lite.counters([content.id])) as seen:
        await seen.some(1)
        for nonsense in (b"", b"{", b"[1]", b"\xff", b"null", b'["2026-11",1,1,1,9,"then"]'):
            await execute("UPDATE counters SET seq = seq + 1")
            await execute(
                "INSERT INTO counters SELECT $1, 1, 0, 0, 0, 1"
                " WHERE NOT EXISTS (SELECT 1 FROM counters)",
                content.id,
            )
            had = len(seen.values)
            lite.bus.publish(counter_topic(content.id), nonsense)
            await seen.some(had + 1)
        assert [c.seq for c in seen.values] == list(range(7))


async def test_a_database_that_fails_is_asked_again(
    lite: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    [content_id] = await contents(1)
    await execute("ALTER TABLE counters RENAME TO away")
    async with watching(lite.counters([content_id])) as seen:
        await asyncio.sleep(0.4)
        assert not seen.values and not seen.over
        await execute("ALTER TABLE away RENAME TO counters")
        assert (await seen.some(1))[0].content_id == content_id


async def test_a_reading_that_is_stopped_is_begun_again_by_whoever_comes_next(lite: Hub) -> None:
    [one, two] = await contents(2)
    async with watching(lite.counters([one])) as seen:
        for _ in range(3):
            await asyncio.sleep(0)
        assert lite._worker is not None
        lite._worker.cancel()
        await asyncio.wait({lite._worker})
        async with watching(lite.counters([two])) as late:
            assert len(await late.some(1)) == len(await seen.some(1)) == 1


async def test_nothing_is_left_when_watchers_are_gone(lite: Hub) -> None:
    ids = await contents(50)
    tasks = []
    for n in range(1000):
        stream = lite.counters(random.Random(n).sample(ids, 5))
        tasks.append(asyncio.create_task(_read_all(stream)))
    for task in tasks[::3]:
        task.cancel()
    await asyncio.sleep(0.05)
    for task in tasks[1::3]:
        task.cancel()
    await asyncio.sleep(0.2)
    assert not lite.idle
    for content_id in ids:
        lite.bus.publish(counter_topic(content_id), counter(content_id, 1, 1))
        lite.bus.publish(counter_topic(content_id), counter(content_id, 2, 2))
    await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await idle(lite)
    assert not lite._topics and not lite._worker
    await asyncio.sleep(2 * PACE_S)
    assert len(asyncio.all_tasks()) == 1


async def _read_all(stream: AsyncGenerator[Counter, None]) -> None:
    async for _ in stream:
        pass


async def test_come_and_go_at_random_and_everybody_ends_with_the_newest(lite: Hub) -> None:
    """A watcher that comes while others leave must not be left with what they knew."""
    ids = await contents(8)
    dice = random.Random(7)
    seqs = dict.fromkeys(ids, 0)

    async def visit() -> None:
        for _ in range(20):
            async with watching(lite.counters(dice.sample(ids, 3))) as seen:
                await seen.some(3)
                await asyncio.sleep(dice.uniform(0, 0.02))

    async def move() -> None:
        for _ in range(600):
            content_id = dice.choice(ids)
            seqs[content_id] += 1
            await execute(
                "INSERT INTO counters VALUES ($1, 1, $2, $2, $2, $2) ON CONFLICT (content_id)"
                " DO UPDATE SET total = $2, period_clicks = $2, supporters = $2, seq = $2",
                *(content_id, seqs[content_id]),
            )
            lite.bus.publish(
                counter_topic(content_id), counter(content_id, seqs[content_id], seqs[content_id])
            )

    async def stay(content_id: int) -> None:
        await asyncio.sleep(dice.uniform(0, 0.2))
        async with watching(lite.counters([content_id])) as seen:
            await mover
            await seen.until(lambda values: values and values[-1].seq == seqs[content_id])
            assert all(c.total == c.seq for c in seen.values)

    mover = asyncio.create_task(move())
    await asyncio.gather(*(visit() for _ in range(5)), *(stay(i) for i in ids * 3))


async def test_touched_says_once_when_it_is_watched_and_again_after_changes(lite: Hub) -> None:
    topics = [wallet_topic(1), wallet_topic(2)]
    async with watching(lite.touched(topics)) as seen:
        await seen.some(1)
        announce(topics[0])
        await seen.some(2)
        for _ in range(20):
            announce(topics[1])
            await asyncio.sleep(0.01)
        await seen.some(3)
        await asyncio.sleep(2 * TOUCH_PACE_S)
        assert len(seen.values) < 20
        assert len(seen.values) <= (seen.at_s[-1] - seen.at_s[0]) / TOUCH_PACE_S + 2
        known = len(seen.values)
        announce(wallet_topic(3))
        await asyncio.sleep(2 * TOUCH_PACE_S)
        assert len(seen.values) == known


async def test_touched_also_hears_of_closes_and_gaps(lite: Hub, clock: FixedClock) -> None:
    async with watching(lite.touched([wallet_topic(1)])) as seen:
        await seen.some(1)
        clock.advance(hours=1)
        await close_period("2026-11")
        await seen.some(2)
        assert isinstance(lite.bus, LocalBus)
        lite.bus.mind_the_gap()
        await seen.some(3)


async def test_a_watcher_that_begins_inside_a_transaction_reads_outside_of_it(hub: Hub) -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    async with transaction():
        stream = hub.counters([content.id])
        task = asyncio.create_task(anext(stream))
        await asyncio.sleep(0)
        await execute("UPDATE contents SET title = 'two'")
    assert (await task).content_id == content.id
    await stream.aclose()


@pytest.mark.usefixtures("database")
async def test_two_processes_on_redis_that_is_killed_and_started_again(
    redis_server: RedisServer,
) -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    supporters = [await person(f"s{n}") for n in range(3)]
    for supporter in supporters:
        await fund(supporter, "1.00")
    async with open_bus(redis_server.url) as there:
        far = Hub(there)
        async with open_bus(redis_server.url):
            async with watching(far.counters([content.id])) as seen:
                await seen.some(1)
                await click(supporters[0], content)
                await seen.until(lambda values: values[-1].total == 1)
                redis_server.kill()
                await click(supporters[1], content)
                await until(lambda: there.away)
                async with watching(far.counters([content.id])) as late:
                    assert [c.seq for c in await late.some(1)] == [2], "not what it remembers"
                redis_server.start()
                await seen.until(lambda values: values[-1].total == 2, 20)
                await click(supporters[2], content)
                await seen.until(lambda values: values[-1].total == 3, 20)
                assert [c.seq for c in seen.values] == [c.total for c in seen.values]
            await idle(far)
