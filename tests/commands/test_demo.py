"""`obole demo`: a small world in a real database, and the command around it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from rich.console import Console

from app.commands import demo as command
from app.commands.beginning import begin_in
from app.commands.demo import DEFAULT_SEED, PASSWORD, demo, sign_ins
from app.commands.demo_load import first_key, load_world, steps_of
from app.commands.demo_world import World, build_world
from app.commands.exits import ExitCode
from app.core.clock import FixedClock
from app.core.settings import use_settings
from app.domain.accounts import sign_up
from app.domain.periods import list_periods
from app.domain.sessions import Scope, sign_in
from app.models.database import fetch, fetch_one, open_database
from app.settlement.verify import verify_period
from tests.commands.environment import HOSTILE

SMALL = {"creators": 8, "supporters": 25}


@pytest.fixture
def small_world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = build_world(3, **SMALL)
    monkeypatch.setattr(command, "build_world", lambda seed: world)
    return world


async def _count(table: str) -> int:
    row = await fetch_one(f"SELECT COUNT(*) AS n FROM {table}")
    return int(row["n"]) if row else 0


async def _load(world: World) -> dict[str, int]:
    steps: dict[str, int] = {}

    def step(what: str, count: int) -> None:
        steps[what] = steps.get(what, 0) + count

    assert await begin_in(first_key(datetime(2026, 11, 3, 12, tzinfo=UTC)))
    await load_world(world, password=PASSWORD, step=step)
    return steps


async def test_a_world_is_loaded_with_three_months_settled(
    database_url: str, clock: FixedClock, small_world: World
) -> None:
    async with open_database(database_url):
        steps = await _load(small_world)
        assert sum(steps.values()) == steps_of(small_world)
        periods = await list_periods(limit=10)
        assert [(period.key, period.status) for period in periods] == [
            ("2026-11", "open"),
            ("2026-10", "settled"),
            ("2026-09", "settled"),
            ("2026-08", "settled"),
        ]
        for period in periods[1:]:
            assert (await verify_period(period.key)).differences == ()
        assert await _count("contents") == len(small_world.contents)
        clicks = [event for event in small_world.events if event.kind == "click"]
        assert await _count("clicks") == len(clicks)
        assert await _count("escrow_lots") > 0


async def test_nothing_of_the_demo_is_in_the_future(
    sqlite_url: str, clock: FixedClock, small_world: World
) -> None:
    async with open_database(sqlite_url):
        await _load(small_world)
        for table, column in (("clicks", "created_at"), ("entries", "posted_at")):
            (row,) = await fetch(f"SELECT MAX({column}) AS latest FROM {table}")
            assert str(row["latest"]) < "2026-11-03 12:00:01"
        assert clock.now() == datetime(2026, 11, 3, 12, tzinfo=UTC)


async def test_everybody_shown_can_sign_in(
    sqlite_url: str, clock: FixedClock, small_world: World
) -> None:
    async with open_database(sqlite_url):
        await _load(small_world)
        emails = [str(cell) for cell in sign_ins(small_world).columns[1].cells]
        signed = [await sign_in(email=email, password=PASSWORD) for email in emails]
    assert len(emails) == 4
    assert [Scope.OPERATE in each.viewer.session.scopes for each in signed] == [False] * 3 + [True]


@pytest.mark.parametrize(
    ("at", "key"), [("2026-11-03", "2026-08"), ("2026-02-28", "2025-11"), ("2026-03-01", "2025-12")]
)
def test_the_first_month(at: str, key: str) -> None:
    assert first_key(datetime.fromisoformat(f"{at}T12:00:00+00:00")) == key


def test_the_command_loads_once_and_leaves_what_is_there(
    sqlite_url: str, clock: FixedClock, small_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    with use_settings(database_url=sqlite_url):
        demo(seed=3, if_empty=True)
        assert PASSWORD in capsys.readouterr().out
        demo(seed=3, if_empty=True)
        said = capsys.readouterr().out
        assert "not empty" in said and PASSWORD in said
        with pytest.raises(typer.Exit) as left:
            demo(seed=3, if_empty=False)
        assert left.value.exit_code == ExitCode.UNUSABLE


def test_the_sign_ins_fit_a_narrow_terminal(small_world: World) -> None:
    console = Console(width=80, record=True)
    console.print(sign_ins(small_world))
    shown = console.export_text()
    assert small_world.operator.email in shown and "…" not in shown


def test_a_demo_that_was_interrupted_says_so(
    sqlite_url: str, clock: FixedClock, small_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    class Killed(Exception):
        pass

    async def interrupted() -> None:
        def step(what: str, _count: int) -> None:
            if what == "settlements":
                raise Killed

        async with open_database(sqlite_url):
            assert await begin_in(first_key(clock.now()))
            with pytest.raises(Killed):
                await load_world(small_world, password=PASSWORD, step=step)

    asyncio.run(interrupted())
    with use_settings(database_url=sqlite_url), pytest.raises(typer.Exit) as end:
        demo(if_empty=True)
    assert end.value.exit_code == ExitCode.UNUSABLE
    said = capsys.readouterr().err
    assert "interrupted" in said and sqlite_url in said


def test_a_demo_of_another_seed_is_a_good_database(
    database_url: str,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "build_world", lambda seed: build_world(seed, **SMALL))
    with use_settings(database_url=database_url):
        demo(seed=3, if_empty=True)
        assert PASSWORD in capsys.readouterr().out
        demo(seed=4, if_empty=True)
        said = capsys.readouterr()
        with pytest.raises(typer.Exit) as end:
            demo(seed=4, if_empty=False)
    assert "a demo of another seed" in said.out and PASSWORD not in said.out
    assert "Delete" not in said.out + said.err
    assert end.value.exit_code == ExitCode.UNUSABLE


def test_what_is_no_demo_is_only_not_empty(
    sqlite_url: str, clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    async def somebody() -> None:
        async with open_database(sqlite_url):
            await sign_up(handle="ada", email="ada@people.example", password="12345678")

    asyncio.run(somebody())
    with use_settings(database_url=sqlite_url):
        demo(if_empty=True)
    said = capsys.readouterr().out
    assert "not empty" in said and "demo of another" not in said and PASSWORD not in said


def test_the_operators_environment_changes_nothing(
    sqlite_url: str, clock: FixedClock, small_world: World
) -> None:
    with use_settings(database_url=sqlite_url, **HOSTILE):
        demo(seed=3)


async def test_the_world_of_make_run_is_loaded(tmp_path: Path, clock: FixedClock) -> None:
    """The whole of it, as `make run` loads it, and not a smaller one."""
    world = build_world(DEFAULT_SEED)
    async with open_database(f"sqlite://{tmp_path}/demo.db"):
        await _load(world)
        assert await _count("contents") == len(world.contents) == 302
        assert await _count("accounts") == 40 + 200 + len(world.platforms) + 1
        settled = [p.key for p in await list_periods(limit=10) if p.status == "settled"]
        assert len(settled) == 3
        for key in settled:
            assert (await verify_period(key)).differences == ()
