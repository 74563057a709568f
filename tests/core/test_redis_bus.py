"""Redis killed, hung, cut off and moved: what is kept and announced, and that it comes back."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.core import kept, redis_bus, redis_link, redis_writer
from app.core.redis_bus import RedisBus
from tests.core.bus_ends import End, a_moment, end, together, until
from tests.redis_server import Cable, RedisServer


@pytest.fixture
async def far(redis_server: RedisServer) -> AsyncIterator[End]:
    """A process that reaches Redis all the while."""
    async with end(redis_server.url) as far:
        yield far


@pytest.fixture
async def cable(redis_server: RedisServer) -> AsyncIterator[Cable]:
    async with Cable(redis_server.port) as cable:
        yield cable


@pytest.fixture
async def near(cable: Cable, far: End) -> AsyncIterator[End]:
    """A process that reaches Redis by a cable; joined with the far one, both ways."""
    async with end(cable.url) as near:
        await together(near, far)
        await together(far, near)
        far.ear.gaps = near.ear.gaps = 0
        yield near


@pytest.fixture
def short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_link, "SILENCE_S", 0.2)
    monkeypatch.setattr(redis_writer, "SILENCE_S", 0.2)
    monkeypatch.setattr(redis_link, "CONNECT_S", 0.3)


async def test_redis_is_killed_and_started_again(
    redis_server: RedisServer, near: End, far: End
) -> None:
    for one in (near, far):
        await one.bus.watch(["counter:1", "counter:2"])
    redis_server.kill()
    await a_moment()
    for n in range(100):
        near.bus.publish("counter:1", b"%d" % n)
    await until(lambda: near.ear.of("counter:1") == [b"99"])
    assert far.ear.heard == []
    redis_server.start()
    await until(lambda: near.ear.gaps and far.ear.gaps)
    await together(far, near)
    await together(near, far)
    far.bus.publish("counter:2", b"1")
    await until(lambda: near.ear.of("counter:2") == [b"1"])


async def test_killed_again_and_again_it_comes_back_every_time(
    redis_server: RedisServer, near: End, far: End
) -> None:
    await far.bus.watch(["a"])
    for n in range(5):
        redis_server.kill()
        near.bus.publish("a", b"%d" % n)
        redis_server.start()
        await until(lambda: near.ear.gaps >= 0 and far.ear.gaps)
        await together(near, far)
    assert near.ear.heard == []


async def test_what_was_told_while_away_is_kept_and_the_newest_told(
    near: End, far: End, cable: Cable
) -> None:
    topics = [f"counter:{n}" for n in range(2_000)]
    await far.bus.watch(topics)
    await near.bus.watch(["counter:7"])
    cable.cut()
    await a_moment()
    for round_ in range(3):
        for topic in topics:
            near.bus.publish(topic, b"%d" % round_)
    await a_moment()
    assert far.ear.heard == []
    cable.mend()
    await until(lambda: len(far.ear.heard) >= len(topics))
    assert sorted(far.ear.heard) == sorted((topic, b"2") for topic in topics)
    assert (far.ear.gaps, near.ear.gaps) == (0, 1)
    assert near.ear.of("counter:7") == [b"2"], "in this process it was told at once"


async def test_beyond_the_bound_everybody_is_told_of_a_gap(
    near: End, far: End, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MAX_KEPT", 100)
    await far.bus.watch(["counter:1", "after"])
    cable.cut()
    await a_moment()
    for n in range(5_000):
        near.bus.publish(f"counter:{n}", b"1")
    cable.mend()
    await until(lambda: far.ear.gaps == 1)
    near.bus.publish("after", b"1")
    await until(lambda: far.ear.of("after"))
    await a_moment()
    assert (far.ear.gaps, far.ear.of("counter:1")) == (1, [])


async def test_what_is_watched_while_away_is_heard_after_a_gap(
    near: End, far: End, cable: Cable
) -> None:
    cable.cut()
    await a_moment()
    async with asyncio.timeout(redis_link.CONNECT_S / 2):  # nobody waits for a Redis that is away
        await near.bus.watch(["a", "b"])
        await near.bus.unwatch(["b"])
    cable.mend()
    await until(lambda: near.ear.gaps == 1)
    far.bus.publish("b", b"1")
    far.bus.publish("a", b"1")
    await until(lambda: near.ear.heard)
    assert near.ear.heard == [("a", b"1")]


async def test_publishing_neither_waits_nor_raises_while_away(near: End, cable: Cable) -> None:
    cable.cut()
    await a_moment()
    before = time.process_time()
    for n in range(100_000):
        near.bus.publish(f"counter:{n}", b"1")
    assert time.process_time() - before < 2
    assert isinstance(near.bus, RedisBus) and len(near.bus._kept) <= kept.MAX_KEPT


async def test_a_dropped_reader_comes_back_with_a_gap(
    redis_server: RedisServer, near: End, far: End
) -> None:
    await near.bus.watch(["a"])
    await far.bus.watch(["a"])
    assert redis_server.ask("CLIENT KILL", "TYPE", "pubsub") == 2
    await until(lambda: near.ear.gaps and far.ear.gaps)
    near.bus.publish("a", b"1")
    await until(lambda: far.ear.of("a"))


async def test_a_dropped_writer_loses_nothing(
    redis_server: RedisServer, near: End, far: End
) -> None:
    topics = [f"t:{n}" for n in range(400)]
    await far.bus.watch(topics)
    for start in range(0, 400, 100):
        assert redis_server.ask("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes")
        for topic in topics[start : start + 100]:
            near.bus.publish(topic, b"1")
        told = set(topics[: start + 100])
        await until(lambda told=told: told <= {t for t, _ in far.ear.heard})  # type: ignore[misc]


async def test_two_connections_a_process(redis_server: RedisServer, near: End, far: End) -> None:
    await near.bus.watch([f"t:{n}" for n in range(5_000)])
    clients = str(redis_server.ask("CLIENT LIST"))
    assert clients.count("'name': 'obole'") == 4


async def test_a_thousand_changes_at_once_are_few_exchanges(
    redis_server: RedisServer, near: End
) -> None:
    before = redis_server.calls("subscribe")
    await asyncio.gather(*(near.bus.watch([f"w:{n}"]) for n in range(5_000)))
    assert redis_server.calls("subscribe") - before <= 10


@pytest.mark.usefixtures("short_silence")
async def test_a_hanging_redis_is_noticed_and_left(redis_server: RedisServer) -> None:
    async with end(redis_server.url) as one, end(redis_server.url) as other:
        await together(one, other)
        await other.bus.watch(["a"])
        redis_server.hang()
        try:
            one.bus.publish("a", b"1")
            async with asyncio.timeout(2):
                await one.bus.watch(["b"])
            with capture_logs() as logs:
                await asyncio.sleep(1)
        finally:
            redis_server.go_on()
        assert any(line["event"] == "bus_away" for line in logs)
        await until(lambda: other.ear.gaps and one.ear.gaps)
        one.bus.publish("a", b"2")
        await until(lambda: other.ear.of("a")[-1:] == [b"2"])


@pytest.mark.usefixtures("short_silence")
async def test_quiet_links_stay(redis_server: RedisServer) -> None:
    async with end(redis_server.url) as one, end(redis_server.url) as other:
        await together(one, other)
        await one.bus.watch(["a"])
        await asyncio.sleep(1.5)
        other.bus.publish("a", b"1")
        await until(lambda: one.ear.heard)
        assert (one.ear.gaps, other.ear.gaps) == (0, 0)


async def test_redis_may_come_after_the_server(redis_server: RedisServer) -> None:
    redis_server.kill()
    with capture_logs() as logs:
        async with end(redis_server.url) as one:
            await one.bus.watch(["a"])
            one.bus.publish("a", b"mine")
            await until(lambda: one.ear.of("a") == [b"mine"])
            await asyncio.sleep(1.5)
            redis_server.start()
            await until(lambda: one.ear.gaps == 1)
            async with end(redis_server.url) as other:
                await together(other, one)
    said = [line["event"] for line in logs]
    assert (said.count("bus_away"), said.count("bus_back")) == (1, 1), "said once, not at each try"


async def test_it_says_whether_others_can_be_heard(near: End, far: End, cable: Cable) -> None:
    await together(far, near)
    assert not near.bus.away
    cable.cut()
    await until(lambda: near.bus.away)
    assert not far.bus.away
    cable.mend()
    await until(lambda: not near.bus.away)
    await together(far, near)


async def test_it_tries_again_with_longer_pauses(near: End, cable: Cable) -> None:
    """The pauses before six tries are 1.6 s or more; how long the tries take is the machine's."""
    loop = asyncio.get_running_loop()
    tried, began = cable.tried, loop.time()
    cable.cut()
    await until(lambda: cable.tried - tried >= 6, within_s=30)
    assert loop.time() - began > 1.5


async def test_a_process_that_neither_hears_nor_tells_does_not_connect(
    redis_server: RedisServer, cable: Cable
) -> None:
    bus = RedisBus(cable.url)
    await a_moment()
    await bus.close()
    assert cable.tried == 0


async def test_the_last_words_are_told_before_the_end(far: End, redis_server: RedisServer) -> None:
    topics = [f"t:{n}" for n in range(1_500)]
    await far.bus.watch(topics)
    bus = RedisBus(redis_server.url)
    for topic in topics:
        bus.publish(topic, b"1")
    await bus.close()
    await until(lambda: len(far.ear.heard) == len(topics))


async def test_it_ends_at_any_moment(redis_server: RedisServer) -> None:
    async def busy(bus: RedisBus) -> None:
        for n in range(200):
            await bus.watch([f"t:{n}"])
            bus.publish(f"t:{n}", b"1")
            await bus.unwatch([f"t:{n}"])

    before = asyncio.all_tasks()
    for n in range(40):
        bus = RedisBus(redis_server.url)
        task = asyncio.create_task(busy(bus))
        await asyncio.sleep(n / 2_000)
        async with asyncio.timeout(1):
            await bus.close()
        async with asyncio.timeout(1):
            await task
    assert asyncio.all_tasks() == before


async def test_it_ends_in_time_and_says_what_was_not_told(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_bus, "LAST_WORDS_S", 0.2)
    redis_server.kill()
    bus = RedisBus(redis_server.url)
    bus.publish("a", b"1")
    with capture_logs() as logs:
        async with asyncio.timeout(1):
            await bus.close()
    assert ("bus_closed_untold", 1) in [(line["event"], line.get("topics")) for line in logs]


async def test_databases_do_not_hear_each_other(redis_server: RedisServer) -> None:
    other = redis_server.url.removesuffix("0") + "1"
    async with end(redis_server.url) as zero, end(other) as one, end(other) as too:
        await together(one, too)
        await zero.bus.watch(["a"])
        await too.bus.watch(["a"])
        one.bus.publish("a", b"1")
        await until(lambda: too.ear.heard)
        await a_moment()
        assert zero.ear.heard == []


async def test_a_wrong_password_is_said_and_not_told(redis_server: RedisServer) -> None:
    redis_server.ask("CONFIG SET", "requirepass", "opensesame")
    right = redis_server.url.replace("//", "//:opensesame@")
    wrong = redis_server.url.replace("//", "//:crunch@")
    async with end(right) as one, end(right) as other:
        await together(one, other)
    with capture_logs() as logs:
        async with end(wrong) as one:
            one.bus.publish("a", b"1")
            await a_moment()
    (said, *_) = [line for line in logs if line["event"] == "bus_away"]
    assert "Authentication" in said["reason"] and "crunch" not in str(said)


async def test_a_user_with_the_documented_rights_is_enough(redis_server: RedisServer) -> None:
    rights = ["resetchannels", "&obole:*", "-@all", "+@connection", "+@pubsub", "+cluster|slots"]
    redis_server.ask("ACL SETUSER", "bus", "on", ">sesame", *rights)
    url = redis_server.url.replace("//", "//bus:sesame@")
    async with end(url) as one, end(url) as other:
        await together(one, other)


async def test_a_mistake_of_ours_does_not_end_it(
    near: End, far: End, monkeypatch: pytest.MonkeyPatch, redis_server: RedisServer
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    await far.bus.watch(["a"])
    with capture_logs() as logs:
        monkeypatch.setattr(redis_writer.RedisWriter, "_tell", broken)
        near.bus.publish("a", b"1")
        await a_moment()
        monkeypatch.undo()
        await until(lambda: far.ear.of("a") == [b"1"])
    assert any("ZeroDivisionError" in line.get("reason", "") for line in logs)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[RedisServer]]:
    """A cluster of two nodes, each with half of the slots."""
    nodes = [RedisServer(tmp_path, cluster=True) for _ in range(2)]
    try:
        for node, name in zip(nodes, "ab", strict=True):
            node.folder = tmp_path / name
            node.folder.mkdir()
            node.start()
        nodes[0].serve_slots(0, 8_191)
        nodes[1].serve_slots(8_192, 16_383)
        nodes[0].meet(nodes[1])
        yield nodes
    finally:
        for node in nodes:
            node.kill()


async def test_a_cluster_of_two_shares_the_topics(cluster: list[RedisServer]) -> None:
    topics = [f"counter:{n}" for n in range(3_000)]
    async with end(cluster[0].url) as one, end(cluster[1].url) as other:
        await together(one, other)
        await other.bus.watch(topics)
        for topic in topics:
            one.bus.publish(topic, topic.encode())
        await until(lambda: len(other.ear.heard) == len(topics))
        assert other.ear.gaps == 0
        for node in cluster:
            assert node.calls("spublish") > 1_000
            assert node.calls("publish") == node.calls("subscribe") == 0
            held = str(node.ask("CLIENT LIST")).count("'name': 'obole'")
            assert 2 <= held <= 4, "of each process at most a reading and a writing link"


async def test_a_node_of_a_cluster_is_killed_and_started_again(cluster: list[RedisServer]) -> None:
    topics = [f"counter:{n}" for n in range(100)]
    async with end(cluster[0].url) as one, end(cluster[0].url) as other:
        await together(one, other)
        await other.bus.watch(topics)
        cluster[1].kill()
        for topic in topics:
            one.bus.publish(topic, b"1")
        await asyncio.sleep(0.5)
        cluster[1].start()
        await until(lambda: other.ear.gaps, within_s=30)
        for topic in topics:
            one.bus.publish(topic, b"2")
        await until(lambda: dict(other.ear.heard) == dict.fromkeys(topics, b"2"), within_s=30)


async def test_a_slot_moves_to_another_node(cluster: list[RedisServer]) -> None:
    async with end(cluster[0].url) as one, end(cluster[0].url) as other:
        await together(one, other)
        await other.bus.watch(["moving", "staying"])
        other.ear.gaps = 0
        slot = int(cluster[0].ask("CLUSTER KEYSLOT", "obole:0:moving"))
        source, target = cluster if slot < 8_192 else reversed(cluster)
        new = target.ask("CLUSTER MYID")
        for node in (target, source):
            node.ask("CLUSTER SETSLOT", slot, "NODE", new)
        await until(lambda: other.ear.gaps)
        one.bus.publish("moving", b"1")
        await until(lambda: other.ear.of("moving") == [b"1"], within_s=30)
