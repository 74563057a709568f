"""What is asked of every contender: so many displays on so many contents, moved so often.

All contenders of a scenario run at once, each with its crowd connected, and are measured by turns:
a round of one, then of the next. Only one of them moves at any time.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.live.contenders import Contender
from benchmarks.live.crowd import Crowd

SETTLE_S = 0.5
"""Waited after the last event of a round, so that what is under way arrives."""

Start = Callable[[], Awaitable[Contender]]
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Scenario:
    """displays, spread evenly over contents; events a second in all, for seconds a round."""

    name: str
    displays: int
    contents: int
    events_per_s: float
    seconds: float


@dataclass
class Runner:
    """One contender with its crowd, and what was measured of it, a number a round."""

    contender: Contender
    crowd: Crowd
    ids: list[str]
    idle: dict[str, float] = field(default_factory=dict)
    rounds: list[dict[str, Any]] = field(default_factory=list)

    def close(self) -> None:
        """End both."""
        self.crowd.close()
        self.contender.close()


async def hold(
    scenario: Scenario,
    starts: dict[str, Start],
    ids: dict[str, list[str]],
    *,
    rounds: int,
    say: Say,
) -> list[dict[str, Any]]:
    """Measure a scenario: a row a contender, medians over `rounds` interleaved rounds."""
    runners: list[Runner] = []
    try:
        for name, start in starts.items():
            say(f"{scenario.name}: {name} takes {scenario.displays:,} displays")
            contender = await start()
            runner = Runner(contender, Crowd(contender.port), ids[name][: scenario.contents])
            runners.append(runner)
            await _connect(runner, scenario)
        for number in range(rounds):
            for runner in runners:
                say(f"{scenario.name}: round {number + 1} of {rounds}, {runner.contender.name}")
                runner.rounds.append(await _round(runner, scenario))
        return [_row(runner, scenario) for runner in runners]
    finally:
        for runner in runners:
            runner.close()


async def _connect(runner: Runner, scenario: Scenario) -> None:
    """All displays, and what they cost while nothing moves. One event warms everything up."""
    contender = runner.contender
    await contender.move(runner.ids[0])
    before_bytes, before_s = contender.resident_bytes(), contender.cpu_s()
    await asyncio.to_thread(runner.crowd.connect, scenario.displays, runner.ids)
    await asyncio.sleep(SETTLE_S)
    used = contender.cpu_s() - before_s
    runner.idle = {
        "bytes_per_display": (contender.resident_bytes() - before_bytes) / scenario.displays,
        "connect_us": used / scenario.displays * 1e6,
    }
    for content_id in runner.ids[:20]:
        await contender.move(content_id)
    await asyncio.sleep(SETTLE_S)


async def _round(runner: Runner, scenario: Scenario) -> dict[str, Any]:
    """Move counters at a steady pace, each content in turn; what arrived, and what it cost."""
    contender, crowd = runner.contender, runner.crowd
    crowd.reset()
    before_s, began, moved = contender.cpu_s(), time.monotonic(), 0
    events = int(scenario.events_per_s * scenario.seconds)
    for number in range(events):
        due = began + number / scenario.events_per_s
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await contender.move(runner.ids[number % len(runner.ids)])
        moved += 1
    await asyncio.sleep(SETTLE_S)
    used = contender.cpu_s() - before_s
    report = crowd.report()
    expected = moved * scenario.displays // len(runner.ids)
    return report | {
        "server_cpu_s": used,
        "deliveries_per_core_s": report["deliveries"] / used if used else 0.0,
        "expected": expected,
    }


def _row(runner: Runner, scenario: Scenario) -> dict[str, Any]:
    def median(name: str) -> float:
        found = [float(row[name]) for row in runner.rounds if row[name] is not None]
        return statistics.median(found) if found else 0.0

    names = ("deliveries_per_core_s", "p50_ms", "p99_ms", "busy", "deliveries", "expected")
    return {
        "scenario": scenario.name,
        "contender": runner.contender.name,
        **{name: median(name) for name in names},
        **runner.idle,
        "lost": sum(row["lost"] for row in runner.rounds),
        "went_back": sum(row["went_back"] for row in runner.rounds),
        "rounds": runner.rounds,
    }
