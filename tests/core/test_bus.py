"""The port, on every adapter alike: in the process, through a Redis, through a Redis cluster."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from app.core.bus import Bus, OnGap, OnMessage, current_bus, open_bus
from app.core.errors import SettingsError
from app.core.listener import Listener
from app.core.local_bus import LocalBus
from app.core.redis_bus import RedisBus
from tests.core.bus_ends import Ear, End, a_moment, end, together, until
from tests.redis_server import RedisServer

ADAPTERS = ["local", "redis", "cluster"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RedisServer]]:
    """Those asked for so far, by adapter; they are killed after the last test."""
    started: dict[str, RedisServer] = {}
    yield started
    for server in started.values():
        server.kill()


@pytest.fixture(params=ADAPTERS)
def url(
    request: pytest.FixtureRequest,
    servers: dict[str, RedisServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> str | None:
    """REDIS_URL for each adapter; None for the one within the process."""
    name = request.param
    if name == "local":
        return None
    if name not in servers:
        server = RedisServer(tmp_path_factory.mktemp(name), cluster=name == "cluster")
        servers[name] = server
        server.start()
        if server.cluster:
            server.serve_slots()
            server.wait_for_cluster()
    return servers[name].url


@dataclass
class Ends:
    """Who tells and who hears: two processes' ends, or twice the same one within the process."""

    teller: End
    hearer: End


@pytest.fixture
async def ends(url: str | None) -> AsyncIterator[Ends]:
    async with end(url) as hearer:
        if url is None:
            yield Ends(hearer, hearer)
            return
        async with end(url) as teller:
            await together(teller, hearer)
            yield Ends(teller, hearer)


async def test_what_is_watched_is_heard_and_nothing_else(ends: Ends) -> None:
    await ends.hearer.bus.watch(["counter:1", "period"])
    for topic in ("counter:1", "counter:2", "period", "counter:11"):
        ends.teller.bus.publish(topic, topic.encode())
    await until(lambda: len(ends.hearer.ear.heard) == 2)
    await a_moment()
    assert sorted(ends.hearer.ear.heard) == [("counter:1", b"counter:1"), ("period", b"period")]
    assert ends.hearer.ear.gaps == 0


async def test_nothing_is_heard_before_the_loop_turns(ends: Ends) -> None:
    await ends.hearer.bus.watch(["a"])
    ends.teller.bus.publish("a", b"1")
    assert ends.hearer.ear.heard == []


async def test_watching_is_sure_once_it_returns(ends: Ends) -> None:
    for n in range(200):
        await ends.hearer.bus.watch([f"sure:{n}"])
        ends.teller.bus.publish(f"sure:{n}", b"!")
    await until(lambda: len(ends.hearer.ear.heard) == 200)


async def test_unwatched_is_silent_at_once(ends: Ends) -> None:
    await ends.hearer.bus.watch(["a", "b"])
    ends.teller.bus.publish("a", b"1")
    await ends.hearer.bus.unwatch(["a", "never watched"])
    ends.teller.bus.publish("a", b"2")
    ends.teller.bus.publish("b", b"3")
    await until(lambda: ends.hearer.ear.of("b"))
    await a_moment()
    assert ends.hearer.ear.heard == [("b", b"3")]


async def test_watching_twice_is_watching_once(ends: Ends) -> None:
    await ends.hearer.bus.watch(["a"])
    await ends.hearer.bus.watch(["a", "a", "b"])
    ends.teller.bus.publish("a", b"1")
    await until(lambda: ends.hearer.ear.of("a"))
    await ends.hearer.bus.unwatch(["a"])
    ends.teller.bus.publish("a", b"2")
    await a_moment()
    assert ends.hearer.ear.heard == [("a", b"1")]


async def test_watched_unwatched_and_watched_again(ends: Ends) -> None:
    for n in range(20):
        await asyncio.gather(ends.hearer.bus.watch(["a"]), ends.hearer.bus.unwatch(["a"]))
        await ends.hearer.bus.watch(["a"])
        ends.teller.bus.publish("a", b"%d" % n)
        last = [b"%d" % n]
        await until(lambda last=last: ends.hearer.ear.of("a")[-1:] == last)  # type: ignore[misc]


async def test_the_newest_wins_and_nothing_goes_back(ends: Ends) -> None:
    await ends.hearer.bus.watch(["a"])
    for n in range(3_000):
        ends.teller.bus.publish("a", b"%d" % n)
        if n % 100 == 0:
            await asyncio.sleep(0)
    await until(lambda: ends.hearer.ear.of("a")[-1:] == [b"2999"])
    numbers = [int(message) for message in ends.hearer.ear.of("a")]
    assert numbers == sorted(numbers)


async def test_ten_thousand_topics_at_once(ends: Ends) -> None:
    topics = [f"counter:{n}" for n in range(10_000)]
    await ends.hearer.bus.watch(topics)
    for start in range(0, len(topics), 1_000):
        for topic in topics[start : start + 1_000]:
            ends.teller.bus.publish(topic, topic.encode())
        await asyncio.sleep(0)
    await until(lambda: len(ends.hearer.ear.heard) >= len(topics), within_s=30)
    assert dict(ends.hearer.ear.heard) == {topic: topic.encode() for topic in topics}
    assert ends.hearer.ear.gaps == 0
    await ends.hearer.bus.unwatch(topics)


async def test_five_thousand_watchers_in_one_moment(ends: Ends) -> None:
    async with asyncio.timeout(10):
        await asyncio.gather(*(ends.hearer.bus.watch([f"w:{n}"]) for n in range(5_000)))
    for n in range(5_000):
        ends.teller.bus.publish(f"w:{n}", b"")
    await until(lambda: len(ends.hearer.ear.heard) == 5_000, within_s=20)


@pytest.mark.parametrize("topic", ["a:b:c", "with space", "{braces}", "{}", "ünï·çode", "x" * 500])
@pytest.mark.parametrize("message", [b"", b"\r\n$5\r\n", bytes(range(256)), b"x" * 65_536])
async def test_names_and_messages_arrive_as_they_are(
    ends: Ends, topic: str, message: bytes
) -> None:
    await ends.hearer.bus.watch([topic])
    ends.teller.bus.publish(topic, message)
    await until(lambda: ends.hearer.ear.heard)
    assert ends.hearer.ear.heard == [(topic, message)]


async def test_who_fails_to_listen_hears_the_next_all_the_same(ends: Ends) -> None:
    def fail(topic: str, message: bytes) -> None:
        ends.hearer.ear.on_message(topic, message)
        raise RuntimeError("no")

    ends.hearer.bus.attach(fail, ends.hearer.ear.on_gap)
    await ends.hearer.bus.watch(["a", "b"])
    with capture_logs() as logs:
        ends.teller.bus.publish("a", b"1")
        ends.teller.bus.publish("b", b"2")
        await until(lambda: len(ends.hearer.ear.heard) == 2)
    assert [line["event"] for line in logs] == ["bus_listener_failed"] * 2


async def test_a_process_hears_itself_once(ends: Ends) -> None:
    await ends.teller.bus.watch(["a"])
    await ends.hearer.bus.watch(["a"])
    ends.teller.bus.publish("a", b"1")
    await until(lambda: ends.teller.ear.heard and ends.hearer.ear.heard)
    await a_moment()
    assert ends.teller.ear.heard == ends.hearer.ear.heard == [("a", b"1")]


async def test_the_last_listener_is_the_one(ends: Ends) -> None:
    later = Ear()
    ends.hearer.bus.attach(later.on_message, later.on_gap)
    await ends.hearer.bus.watch(["a"])
    ends.teller.bus.publish("a", b"1")
    await until(lambda: later.heard)
    assert ends.hearer.ear.heard == []


async def test_without_a_listener_nothing_happens(url: str | None) -> None:
    async with open_bus(url) as bus:
        await bus.watch(["a"])
        bus.publish("a", b"1")
        await a_moment()


async def test_nothing_is_left_of_a_closed_bus(url: str | None) -> None:
    before = asyncio.all_tasks()
    async with end(url) as one:
        await one.bus.watch(["a"])
        one.bus.publish("a", b"1")
    one.bus.publish("a", b"2")
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_the_open_bus_is_the_current_one(url: str | None) -> None:
    nobodys = current_bus()
    nobodys.publish("a", b"nobody is told, and nothing happens")
    async with open_bus(url) as outer:
        assert current_bus() is outer
        async with open_bus(None) as inner:
            assert current_bus() is inner
        assert current_bus() is outer
    assert current_bus() is nobodys


async def test_buses_may_close_in_any_order() -> None:
    first, second = open_bus(None), open_bus(None)
    await first.__aenter__()
    inner = await second.__aenter__()
    await first.__aexit__(None, None, None)
    assert current_bus() is inner
    await second.__aexit__(None, None, None)
    assert current_bus() not in (first, inner)


def test_nobodys_bus_wants_no_loop() -> None:
    current_bus().publish("a", b"1")


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost:port",
        "redis://localhost?db=x",
        "redis://[::1",
        "redis://localhost?colour=red",
    ],
)
async def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    before = current_bus()
    with pytest.raises(SettingsError, match="REDIS_URL"):
        async with open_bus(url):
            pass
    assert current_bus() is before


def test_both_adapters_are_the_port() -> None:
    def port(bus: type[Bus]) -> set[str]:
        return {name for name in vars(Bus) if not name.startswith("_")} - set(vars(bus))

    assert port(LocalBus) == port(RedisBus) == set()
    heard: list[str] = []
    message: OnMessage = lambda topic, _: heard.append(topic)  # noqa: E731
    gap: OnGap = lambda: heard.append("gap")  # noqa: E731
    Listener(message, gap).mind_the_gap()
    assert heard == ["gap"]
