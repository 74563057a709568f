"""The benchmark's pieces on a tiny month: all give the same. No time is asserted."""

from pathlib import Path

import pytest

from app.settlement.engines import ENGINES, allocate
from benchmarks.compute import ROUND_TRIP, contest
from benchmarks.database import load_database
from benchmarks.end_to_end import settle_and_time
from benchmarks.measure import digest_of, peak_bytes, posted_digest_of
from benchmarks.postgres import fresh_database
from benchmarks.report import compute_table, end_to_end_table
from benchmarks.world import World, make_world, read_world

CLICKS = 2_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A month of two thousand clicks."""
    return make_world(tmp_path_factory.mktemp("world"), clicks=CLICKS)


def test_a_month_has_something_of_everything(world: World, tmp_path: Path) -> None:
    inputs = read_world(world.folder)
    assert world.clicks == len(inputs.clicks) == CLICKS
    assert all(count > 0 for count in world.rows.values()), world.rows
    again = read_world(make_world(tmp_path, clicks=CLICKS).folder)
    assert all(getattr(again, name).equals(getattr(inputs, name)) for name in inputs.__slots__)


def test_every_engine_gives_one_digest(world: World) -> None:
    inputs = read_world(world.folder)
    assert len({digest_of(allocate(inputs, engine)) for engine in ENGINES}) == 1


async def test_every_contender_equals_the_reference(world: World, postgres_server: str) -> None:
    said: list[str] = []
    result = await contest(world, postgres_server, rounds=1, say=said.append)
    rows = result.rows()
    assert {row["contender"] for row in rows} == {"polars", "duckdb", "postgresql", ROUND_TRIP}
    assert all(row["equals_reference"] for row in rows)
    assert said and compute_table(rows).row_count == 4


async def test_the_month_settles_end_to_end(world: World, postgres_server: str) -> None:
    url = await fresh_database(postgres_server, "bench_end_to_end")
    await load_database(url, world)
    answer = await settle_and_time(url, engine="polars", batch=50)
    expected = allocate(read_world(world.folder), "polars")
    assert answer["clicks"] == expected.results["clicks"].sum()
    assert answer["posted"] == posted_digest_of(expected)
    assert {"freeze", "read", "allocate", "post", "check"} <= set(answer["steps"])
    assert end_to_end_table([answer | {"equals_reference": True}]).row_count > len(answer["steps"])


def test_memory_is_counted_in_bytes() -> None:
    assert 2**24 < peak_bytes() < 2**40
