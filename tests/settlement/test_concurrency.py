"""Clicks while periods close: each acknowledged one is in exactly one period, and none is late."""

import asyncio
import json
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest

from app.core.errors import TooManyClicks
from app.core.settings import use_settings
from app.domain.accounts import Account
from app.domain.clicks import record_click, withdraw_click
from app.domain.counters import counters_of
from app.domain.periods import close_period, ensure_open_period, open_period
from app.domain.viewer_states import viewer_states
from app.domain.wallets import set_budget
from app.models.database import as_datetime, fetch, open_database
from app.settlement.check import breaches
from tests.settlement.click_driver import click_away
from tests.world import article, fund, person

CLOSES = 40
TASKS = 8


async def clickers(count: int) -> tuple[list[Account], list[int]]:
    maker = await person("maker")
    contents = [(await article(maker, f"c{n}")).id for n in range(20)]
    accounts = [await person(f"clicker{n}") for n in range(count)]
    for account in accounts:
        await fund(account, "1000.00")
        await set_budget(account, currency="EUR", budget_micros=1_000_000)
    return accounts, contents


async def close_forty_times() -> None:
    for _ in range(CLOSES):
        await asyncio.sleep(0.03)
        await close_period((await open_period()).key)


async def check_periods(said: list[list[Any]]) -> None:
    """What was acknowledged is what is there, in the period it was acknowledged for."""
    rows = await fetch(
        "SELECT a.handle, c.content_id, c.period_id, c.created_at, p.closed_at FROM clicks c"
        " JOIN wallets w ON w.id = c.wallet_id JOIN accounts a ON a.id = w.account_id"
        " JOIN periods p ON p.id = c.period_id"
    )
    there = sorted([r["handle"], r["content_id"], r["period_id"]] for r in rows)
    assert there == sorted(said)
    assert len({row["period_id"] for row in rows}) > CLOSES // 2
    late = [
        row for row in rows if row["closed_at"] and _at(row, "created_at") > _at(row, "closed_at")
    ]
    assert late == []
    totals: dict[int, int] = {}
    for row in rows:
        totals[row["content_id"]] = totals.get(row["content_id"], 0) + 1
    for counter in await counters_of(list(totals)):
        assert counter.total == totals[counter.content_id]
    assert await breaches() == []


def _at(row: dict[str, Any], name: str) -> datetime:
    return as_datetime(row[name])


async def watch(account: Account, contents: list[int], stop: asyncio.Event) -> None:
    """What a display and a button see meanwhile: no `seq` goes back, or means two numbers."""
    meant: dict[tuple[int, int], tuple[str, int, int]] = {}
    newest: dict[int, int] = {}
    while not stop.is_set():
        for counter in await counters_of(contents):
            numbers = counter.period_key, counter.total, counter.period
            key = counter.content_id, counter.seq
            assert meant.setdefault(key, numbers) == numbers
            assert counter.seq >= newest.get(counter.content_id, 0)
            newest[counter.content_id] = counter.seq
        await viewer_states(account, contents)
        await asyncio.sleep(0)


async def test_eight_tasks_click_during_forty_closes(database_url: str) -> None:
    """By the machine's own clock: by one that stands still no click could be late."""
    async with open_database(database_url):
        await ensure_open_period()
        accounts, contents = await clickers(TASKS)
        stop, said = asyncio.Event(), list[list[Any]]()
        async with asyncio.TaskGroup() as group:
            for account in accounts:
                group.create_task(click_away(account.handle, contents, stop, said))
            group.create_task(watch(accounts[0], contents, stop))
            await close_forty_times()
            stop.set()
        await check_periods(said)


def start(url: str, first: int, contents: list[int]) -> subprocess.Popen[str]:
    words = [url, str(first), str(TASKS // 2), json.dumps(contents)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.settlement.click_driver", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_two_processes_click_during_forty_closes(database_url: str) -> None:
    async with open_database(database_url):
        await ensure_open_period()
        _, contents = await clickers(TASKS)
        processes = [start(database_url, first, contents) for first in (0, TASKS // 2)]
        while not await fetch("SELECT 1 AS n FROM clicks LIMIT 1"):  # noqa: ASYNC110  two processes
            await asyncio.sleep(0.05)
        await close_forty_times()
        said = []
        for process in processes:
            out, _ = await asyncio.to_thread(process.communicate, "stop\n", 60)
            assert process.returncode == 0
            said += json.loads(out)
        await check_periods(said)


@pytest.mark.usefixtures("database")
async def test_a_wallets_last_free_click_is_taken_once() -> None:
    [account], contents = await clickers(1)
    with use_settings(max_clicks_per_period=2):
        sent = (record_click(account, content_id) for content_id in contents[:TASKS])
        answers = await asyncio.gather(*sent, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(answer) for answer in refused] == [TooManyClicks] * (TASKS - 2)


@pytest.mark.usefixtures("database")
async def test_the_same_click_sent_eight_times_at_once_is_one() -> None:
    [account], contents = await clickers(1)
    with use_settings(clicks_per_minute=10_000_000):
        stop, said = asyncio.Event(), list[list[Any]]()
        async with asyncio.TaskGroup() as group:
            for _ in range(TASKS):
                group.create_task(click_away(account.handle, contents[:1], stop, said))
            await asyncio.sleep(0.3)
            stop.set()
    assert len(said) == 1
    [counter] = await counters_of(contents[:1])
    assert (counter.total, counter.supporters) == (1, 1)
    await asyncio.gather(*(withdraw_click(account, contents[0]) for _ in range(TASKS)))
    [counter] = await counters_of(contents[:1])
    assert (counter.total, counter.supporters) == (0, 0)
