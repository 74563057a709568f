"""`python -m benchmarks.live.soaks [--small]`: right under load, at full size.

2,000 displays for 30 s at one server, at two over PostgreSQL and Redis, and at two whose Redis is
killed and started again; then 15,000 displays held by one server for a minute. Ends with 1 where a
display was lost, was told something wrong, or does not show the truth in the end, and where the
server's memory grew while it held them.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from rich.console import Console

from benchmarks.live.contenders import Obole, Place, free_port
from benchmarks.live.crowd import Crowd
from benchmarks.live.place import make_place, truth_of
from benchmarks.live.soak import Found, Soak
from benchmarks.postgres import fresh_database, postgres

CONTENTS, SUPPORTERS = 50, 4
HELD_EVENTS = 30
MOST_GROWTH = 1.05
"""The most memory a server may take while it holds its displays, against when all had come."""


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live.soaks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    return parser.parse_args()


@contextmanager
def servers(place: Place, count: int, redis_url: str = "") -> Iterator[list[Obole]]:
    """So many servers over one database."""
    env = {"REDIS_URL": redis_url} if redis_url else {}
    with ExitStack() as stack:
        found = []
        for _ in range(count):
            server = Obole(place, "fast", env)
            stack.callback(server.close)
            found.append(server)
        yield found


class Redis:
    """A redis-server of our own that can be killed and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it; keeps nothing."""
        program = shutil.which("redis-server")
        if program is None:
            raise SystemExit("redis-server is missing: `make system` as root installs it")
        words = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())

    def kill(self) -> None:
        """As a crash would."""
        self.process.kill()
        self.process.wait()


async def soak(place: Place, ports: list[int], *, small: bool, redis: Redis | None = None) -> Found:
    """One run of random clicks, withdrawals, disconnects and reconnects."""
    displays, seconds = (100, 3.0) if small else (2_000, 30.0)

    async def kill_and_restart() -> None:
        assert redis is not None
        redis.kill()
        await asyncio.sleep(seconds / 5)
        redis.start()

    return await Soak(ports, place.ids, place.tokens).run(
        displays=displays,
        seconds=seconds,
        truth=partial(truth_of, place),
        disturb=kill_and_restart if redis is not None else None,
    )


async def by_one(small: bool) -> Found:
    """One server, SQLite."""
    with tempfile.TemporaryDirectory(prefix="obole-soak-", dir="/tmp") as folder:
        url = f"sqlite://{folder}/o.db"
        place = await make_place(url, contents=CONTENTS, supporters=SUPPORTERS)
        with servers(place, 1) as [server]:
            return await soak(place, [server.port], small=small)


async def by_two(small: bool, *, killed: bool) -> Found:
    """Two servers, PostgreSQL and Redis."""
    redis = Redis()
    try:
        with postgres() as uri:
            url = await fresh_database(uri, "soak")
            place = await make_place(url, contents=CONTENTS, supporters=SUPPORTERS)
            with servers(place, 2, redis.url) as found:
                ports = [server.port for server in found]
                return await soak(place, ports, small=small, redis=redis if killed else None)
    finally:
        redis.kill()


async def held(small: bool, say: Callable[[str], object]) -> bool:
    """Many displays on one content for a minute while clicks arrive; whether none was lost."""
    displays, seconds = (500, 4.0) if small else (15_000, 60.0)
    with tempfile.TemporaryDirectory(prefix="obole-held-", dir="/tmp") as folder:
        place = await make_place(f"sqlite://{folder}/o.db", contents=1)
        with servers(place, 1) as [server]:
            crowd = Crowd(server.port)
            try:
                await asyncio.to_thread(crowd.connect, displays, place.ids)
                crowd.reset()
                before = server.resident_bytes()
                sizes, moves = [before], int(HELD_EVENTS * seconds / 60)
                for _ in range(moves):
                    await server.move(place.ids[0])
                    await asyncio.sleep(seconds / moves)
                    sizes.append(server.resident_bytes())
                report = await asyncio.to_thread(crowd.report)
            finally:
                crowd.close()
    say(
        f"{displays:,} displays held {seconds:g} s by one server: {report['deliveries']:,} of"
        f" {moves * displays:,} deliveries, {report['lost']} lost, {report['went_back']} went back,"
        f" p99 {report['p99_ms']:.0f} ms,"
        f" memory {before / 2**20:.0f} to {max(sizes) / 2**20:.0f} MB"
    )
    told = report["deliveries"] == moves * displays and not report["lost"] + report["went_back"]
    return told and is_flat(sizes)


def is_flat(sizes: Sequence[int]) -> bool:
    """Whether memory stayed what it was; the first event's buffers, in sizes[1], are let go."""
    return max(sizes[2:]) <= sizes[0] * MOST_GROWTH


async def run(small: bool, say: Callable[[str], object]) -> bool:
    """Everything; whether all was right."""
    right = True
    for name, work in (
        ("one server", by_one(small)),
        ("two servers", by_two(small, killed=False)),
        ("two servers, Redis killed and started again", by_two(small, killed=True)),
    ):
        found = await work
        right = right and found.is_right
        say(
            f"{name}: {'right' if found.is_right else 'WRONG'}; {found.moves:,} clicks and"
            f" withdrawals, {found.refused} refused, {found.deliveries:,} deliveries,"
            f" {found.reconnects:,} reconnects, {found.dropped} older ones dropped,"
            f" {found.went_back} went back,"
            f" {found.contradictions} contradictions, {len(found.stale)} stale"
        )
    return await held(small, say) and right


def main() -> int:
    """Run and say; 1 where something was wrong."""
    console = Console(width=130)
    return 0 if asyncio.run(run(arguments().small, console.print)) else 1


if __name__ == "__main__":
    sys.exit(main())
