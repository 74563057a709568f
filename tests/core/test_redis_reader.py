"""The reading half: rounds, and that a flood does not hold the others up."""

import asyncio

import pytest

from app.core.kept import GAP
from app.core.redis_reader import TURN, RedisReader
from app.core.redis_servers import find_servers, pool_of
from tests.core.bus_ends import until
from tests.redis_server import RedisServer


async def test_a_flood_leaves_the_others_their_turn(redis_server: RedisServer) -> None:
    flood, heard, turns = 5_000, 0, 0
    servers = await find_servers(pool_of(redis_server.url))

    def hear(topic: str, message: bytes) -> None:
        nonlocal heard
        heard += 1

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with asyncio.TaskGroup() as group:
        started = asyncio.all_tasks()
        reader = RedisReader(servers, group, {"a"}, hear)
        assert await reader.change({GAP, "a"})
        channel = servers.channel("a").decode()
        redis_server.ask("EVAL", FLOOD, 0, flood, channel)  # the loop stands still meanwhile
        other = group.create_task(take_turns())
        await until(lambda: heard == flood)
        other.cancel()
        for task in asyncio.all_tasks() - started:
            task.cancel()
    await reader.close()
    assert turns >= flood // TURN


FLOOD = "for n = 1, ARGV[1] do redis.call('PUBLISH', ARGV[2], n) end"


async def test_who_waits_when_the_session_ends_is_let_go(redis_server: RedisServer) -> None:
    servers = await find_servers(pool_of(redis_server.url))
    topics: set[str] = set()
    waiting: list[asyncio.Task[bool]] = []
    with pytest.raises(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            reader = RedisReader(servers, group, topics, lambda topic, message: None)
            assert await reader.change({GAP})
            redis_server.kill()
            topics |= {f"t:{n}" for n in range(10)}
            waiting += [asyncio.ensure_future(reader.change([topic])) for topic in topics]
            await asyncio.sleep(5)
    await reader.close()
    assert await asyncio.gather(*waiting) == [False] * 10
