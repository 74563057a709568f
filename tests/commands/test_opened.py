"""What commands open: the settings' database, and the bus on which the servers hear of it."""

import asyncio
import subprocess
import sys

from structlog.testing import capture_logs

from app.commands.opened import opened
from app.core.bus import current_bus
from app.core.settings import use_settings
from tests.core.bus_ends import a_moment, end, until
from tests.redis_server import RedisServer

TELLS = """
from app.commands.opened import in_database
from app.core.bus import current_bus

async def tell():
    current_bus().publish("period", b"told by a command")

in_database(tell)
"""


async def run(database_url: str, server: RedisServer) -> subprocess.CompletedProcess[str]:
    """Tell in another process."""
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", TELLS],
        env={"DATABASE_URL": database_url, "REDIS_URL": server.url},
        capture_output=True,
        text=True,
        timeout=60,
    )


async def test_what_a_command_does_is_told_to_the_servers(
    redis_server: RedisServer, sqlite_url: str
) -> None:
    async with end(redis_server.url) as server:
        await server.bus.watch(["period"])
        await until(lambda: redis_server.calls("subscribe"))
        done = await run(sqlite_url, redis_server)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        await until(lambda: server.ear.heard)
    assert server.ear.heard == [("period", b"told by a command")]


async def test_a_command_without_news_does_not_ask_redis(
    redis_server: RedisServer, sqlite_url: str
) -> None:
    redis_server.kill()
    with use_settings(database_url=sqlite_url, redis_url=redis_server.url), capture_logs() as logs:
        async with opened():
            await a_moment()
    assert logs == []


async def test_of_another_database_no_server_hears(
    redis_server: RedisServer, sqlite_url: str
) -> None:
    async with end(redis_server.url) as server:
        await server.bus.watch(["period"])
        with use_settings(redis_url=redis_server.url):
            async with opened(sqlite_url):
                assert current_bus() is not server.bus
                current_bus().publish("period", b"1")
        await a_moment()
    assert server.ear.heard == []


async def test_a_redis_that_is_away_does_not_stop_a_command(
    redis_server: RedisServer, sqlite_url: str
) -> None:
    redis_server.kill()
    done = await run(sqlite_url, redis_server)
    assert (done.returncode, done.stdout) == (0, "")
    assert "bus_away" in done.stderr and "bus_closed_untold" in done.stderr
