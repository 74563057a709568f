"""Displays that come and go while counters move: in the end all of them show the truth.

Small here; `python -m benchmarks.live.soaks` has the full size.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from benchmarks.live.contenders import Obole, Place
from benchmarks.live.place import make_place, truth_of
from benchmarks.live.soak import Found, Soak, Watcher
from benchmarks.live.soaks import is_flat
from benchmarks.postgres import fresh_database
from tests.redis_server import RedisServer

DISPLAYS = 120
SECONDS = 3.0


@contextmanager
def serving(place: Place, count: int, ws: str, redis_url: str = "") -> Iterator[list[int]]:
    """So many servers over one database; their ports."""
    env = {"REDIS_URL": redis_url} if redis_url else {}
    with ExitStack() as stack:
        servers = []
        for _ in range(count):
            server = Obole(place, ws, env)
            stack.callback(server.close)
            servers.append(server)
        yield [server.port for server in servers]


async def soak(place: Place, ports: list[int], redis: RedisServer | None = None) -> Found:
    async def kill_and_restart() -> None:
        assert redis is not None
        redis.kill()
        await asyncio.sleep(SECONDS / 4)
        await asyncio.to_thread(redis.start)

    return await Soak(ports, place.ids, place.tokens).run(
        displays=DISPLAYS,
        seconds=SECONDS,
        truth=partial(truth_of, place),
        disturb=kill_and_restart if redis is not None else None,
    )


def check(found: Found) -> None:
    assert found.is_right, found
    assert found.moves > 3 and found.reconnects > 3, found
    assert found.deliveries > DISPLAYS, found


def state(seq: int, total: int) -> bytes:
    return (
        f'{{"contentId":"a","total":{total},"period":1,"supporters":1,"seq":{seq},"asOf":""}}'
    ).encode()


async def test_what_is_older_is_dropped_after_a_reconnect_and_wrong_on_one_connection() -> None:
    found, meanings, shows = Found(), dict[tuple[bytes, int], bytes](), dict[bytes, int]()

    def dialled() -> Watcher:
        return Watcher("d0", ["a"], asyncio.Future(), found, meanings, shows)

    dialled().next(state(5, 5))
    again = dialled()
    again.next(state(4, 4))
    assert (found.dropped, shows, found.is_right) == (1, {b"a": 5}, True)
    again.next(state(6, 6))
    again.next(state(5, 5))
    assert (found.dropped, shows, found.went_back) == (2, {b"a": 6}, 1)


async def test_a_wrong_number_is_found_even_if_it_is_dropped() -> None:
    found, meanings, shows = Found(), dict[tuple[bytes, int], bytes](), dict[bytes, int]()
    for seq, total in ((4, 4), (5, 5), (4, 9)):
        Watcher("d0", ["a"], asyncio.Future(), found, meanings, shows).next(state(seq, total))
    assert (found.dropped, found.contradictions, found.is_right) == (1, 1, False)


def test_memory_that_grows_is_seen() -> None:
    assert is_flat([100, 180, 105, 104])
    assert not is_flat([100, 100, 100, 106])


@pytest.mark.parametrize("ws", ["fast", "plain"])
async def test_every_display_shows_the_truth(ws: str, tmp_path: Path) -> None:
    place = await make_place(f"sqlite://{tmp_path}/o.db", contents=20, supporters=4)
    with serving(place, 1, ws) as ports:
        check(await soak(place, ports))


@pytest.mark.parametrize("killed", [False, True], ids=["undisturbed", "redis killed"])
async def test_two_processes_tell_each_other(
    killed: bool, postgres_template: str, redis_server: RedisServer
) -> None:
    url = await fresh_database(postgres_template, f"soak_{killed}".lower())
    place = await make_place(url, contents=20, supporters=4)
    with serving(place, 2, "fast", redis_server.url) as ports:
        check(await soak(place, ports, redis_server if killed else None))
