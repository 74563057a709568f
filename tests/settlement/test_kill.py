"""A settlement killed anywhere and run again is the settlement that was never disturbed.

Real processes, SIGKILL and SIGSTOP, on both databases; the world is small here, `make bench` has
the full size.
"""

import asyncio
import json
import random
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.core.clock import FixedClock, use_clock
from app.core.settings import use_settings
from app.domain.periods import ensure_open_period
from app.domain.wallets import set_budget
from app.models.database import open_database
from app.settlement.check import breaches
from app.settlement.verify import verify_period
from tests.conftest import START, TEMPLATE, _admin, postgres_url
from tests.settlement.kill_driver import BETWEEN, CLOSES_AT, IN_CONTENTS, POINTS, close_and_settle
from tests.world import article, click, fund, person

RANDOM_POINTS = 20
NAMED = [*POINTS, BETWEEN, IN_CONTENTS]
Copy = Callable[[], str]


async def _build_world(url: str) -> None:
    """Five supporters, seven contents (one shared, one unclaimed), two currencies."""
    with use_clock(FixedClock(START)):
        async with open_database(url):
            await ensure_open_period()
            makers = [await person(f"maker{n}") for n in range(3)]
            shares = [("maker0", 3333), ("maker1", 6667)]
            contents = [await article(makers[0], "shared", creators=shares)]
            contents.append(await article(makers[0], "orphan", creators=[]))
            contents += [await article(makers[n % 3], f"c{n}") for n in range(5)]
            for n in range(5):
                supporter = await person(f"supporter{n}")
                await fund(supporter, f"{10 + n}.00", "USD" if n == 4 else "EUR")
                if n % 2:
                    await set_budget(supporter, currency="EUR", budget_micros=3_333_331)
                for content in contents[: 3 + n]:
                    await click(supporter, content, 1 + n % 5)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Makes fresh copies of one small world, ready to be closed; their URLs."""
    folder = tmp_path_factory.mktemp("kill")
    with use_settings(argon2_memory_kib=8, argon2_time_cost=1):
        if request.param == "sqlite":
            return _sqlite_copies(request.getfixturevalue("sqlite_template"), folder)
        return _postgres_copies(request.getfixturevalue("postgres_template"))


def _sqlite_copies(template: Path, folder: Path) -> Copy:
    world = folder / "world.db"
    shutil.copy(template, world)
    asyncio.run(_build_world(f"sqlite://{world}"))

    def copy() -> str:
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(world, path)
        return f"sqlite://{path}"

    return copy


def _postgres_copies(uri: str) -> Copy:
    world = f"w_{uuid.uuid4().hex[:12]}"
    asyncio.run(_admin(uri, f"CREATE DATABASE {world} TEMPLATE {TEMPLATE}"))
    asyncio.run(_build_world(postgres_url(uri, world)))

    def copy() -> str:
        name = f"k_{uuid.uuid4().hex[:12]}"
        asyncio.run(_admin(uri, f"CREATE DATABASE {name} TEMPLATE {world}"))
        return postgres_url(uri, name)

    return copy


def command(url: str, *words: str) -> list[str]:
    return [sys.executable, "-m", "tests.settlement.kill_driver", url, *words]


@pytest.fixture(scope="module")
def undisturbed(copies: Copy) -> dict[str, Any]:
    """What the same month comes to when nobody disturbs it."""
    done = subprocess.run(command(copies()), check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def settle_again(url: str) -> dict[str, Any]:
    """Another process (this one) does what is left, and everything adds up."""

    async def again() -> dict[str, Any]:
        result = await close_and_settle(url)
        with use_clock(FixedClock(CLOSES_AT)), use_settings(settle_batch_size=2):
            async with open_database(url):
                assert await breaches() == []
                assert (await verify_period("2026-11")).differences == ()
        return result

    return asyncio.run(again())


def killed_at(url: str, point: str) -> None:
    died = subprocess.run(command(url, "kill", point), capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr


@pytest.mark.parametrize("point", NAMED)
def test_killed_at_a_named_point(point: str, copies: Copy, undisturbed: dict[str, Any]) -> None:
    url = copies()
    killed_at(url, point)
    result = settle_again(url)
    assert (result["digest"], result["ledger"]) == (undisturbed["digest"], undisturbed["ledger"])


@pytest.mark.parametrize("number", range(RANDOM_POINTS))
def test_killed_at_a_random_point(number: int, copies: Copy, undisturbed: dict[str, Any]) -> None:
    url = copies()
    statements = random.Random(1901).sample(range(1, undisturbed["statements"]), RANDOM_POINTS)
    killed_at(url, f"sql:{statements[number]}")
    result = settle_again(url)
    assert (result["digest"], result["ledger"]) == (undisturbed["digest"], undisturbed["ledger"])


def test_killed_again_and_again(copies: Copy, undisturbed: dict[str, Any]) -> None:
    url = copies()
    for point in ("in the close", "in the freeze", "in a wallet batch", BETWEEN, "after the check"):
        killed_at(url, point)
    assert settle_again(url)["digest"] == undisturbed["digest"]


def test_two_settlements_at_once(copies: Copy, undisturbed: dict[str, Any]) -> None:
    """Both have seen that the period is due before either may settle it."""
    url = copies()
    both = [start(url, "stop", "when it is due") for _ in range(2)]
    for process in both:
        _wait_until_stopped(process.pid)
    for process in both:
        process.send_signal(signal.SIGCONT)
    ends = [process.communicate(timeout=60) for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes, ends
    for code, (out, problem) in zip(codes, ends, strict=True):
        refused = "SettlementRunning" in problem or "PeriodAlreadySettled" in problem
        assert refused if code else json.loads(out)["digest"] == undisturbed["digest"], problem
    assert settle_again(url)["ledger"] == undisturbed["ledger"]


def start(url: str, *words: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command(url, *words), stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize("point", ["after a wallet batch", BETWEEN, "before the check"])
def test_a_settler_stopped_replaced_and_continued(
    point: str, copies: Copy, undisturbed: dict[str, Any]
) -> None:
    url = copies()
    stopped = start(url, "stop", point)
    try:
        _wait_until_stopped(stopped.pid)
        refused = subprocess.run(command(url), capture_output=True, text=True)
        assert "SettlementRunning" in refused.stderr
        _take_the_lock_away(url)
        assert settle_again(url)["digest"] == undisturbed["digest"]
    finally:
        stopped.send_signal(signal.SIGCONT)
    out, problem = stopped.communicate(timeout=60)
    assert stopped.returncode == 0, problem
    assert json.loads(out)["digest"] == undisturbed["digest"]
    assert settle_again(url)["ledger"] == undisturbed["ledger"]


def _wait_until_stopped(pid: int) -> None:
    state = Path(f"/proc/{pid}/stat")
    for _ in range(600):
        if state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "T":
            return
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError("the settler never stopped")


def _take_the_lock_away(url: str) -> None:
    """What an operator does who replaces a settler that hangs."""
    if url.startswith("sqlite://"):
        Path(f"{url.removeprefix('sqlite://')}.settle.lock").unlink()
        return
    asyncio.run(_terminate_lock_holder(url))


async def _terminate_lock_holder(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d"
        " ON d.oid = l.database WHERE l.locktype = 'advisory' AND d.datname = current_database()"
    )
    await connection.close()
