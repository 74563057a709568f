"""Contenders side by side on one month: engines in processes of their own, and SQL.

The engines have the month in memory; one of them also does the SQL's very job, which begins and
ends in the database.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.sql_peer import SqlPeer
from benchmarks.worker import Worker
from benchmarks.world import World

SQL = "postgresql"
ENGINES = ("polars", "duckdb")
ROUND_TRIP = "polars, from and to the database"

Say = Callable[[str], object]


@dataclass
class Contest:
    """One month's rounds: seconds per contender, and what each answered at the end."""

    clicks: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    reference: dict[str, Any] = field(default_factory=dict)
    reference_seconds: float = 0.0

    def rows(self) -> list[dict[str, Any]]:
        """Medians, clicks a second, ratios to the SQL, bytes a click; the fastest first."""
        medians = {name: statistics.median(some) for name, some in self.seconds.items()}
        return [
            {
                "contender": name,
                "clicks": self.clicks,
                "median_s": median,
                "rounds_s": self.seconds[name],
                "clicks_per_s": self.clicks / median,
                "times_the_sql": medians[SQL] / median,
                "bytes_per_click": _per_click(self.answers[name]["peak_bytes"], self.clicks),
                "equals_reference": self.answers[name]["digest"] == self.reference["digest"],
            }
            for name, median in sorted(medians.items(), key=lambda item: item[1])
        ]


async def contest(world: World, uri: str, *, rounds: int, say: Say) -> Contest:
    """Let every contender settle the month once to warm up, then `rounds` times by turns.

    uri: a PostgreSQL server for the SQL peer. say: told what is going on.
    """
    result = Contest(world.clicks)
    say(f"{world.clicks:,} clicks: the reference, once")
    reference = Worker("reference", world.folder)
    result.reference_seconds = reference.round()
    result.reference = reference.finish()
    say(f"{world.clicks:,} clicks: loading the SQL peer")
    async with SqlPeer(uri, world.folder) as peer:
        workers = {name: Worker(name, world.folder) for name in ENGINES}
        workers[ROUND_TRIP] = Worker("polars", world.folder, peer.url)
        for number in range(rounds + 1):
            say(f"{world.clicks:,} clicks: {f'round {number}' if number else 'warming up'}")
            taken = {name: worker.round() for name, worker in workers.items()}
            taken[SQL] = await peer.round()
            if number:
                for name, seconds in taken.items():
                    result.seconds.setdefault(name, []).append(seconds)
        result.answers = {name: worker.finish() for name, worker in workers.items()}
        result.answers[SQL] = await peer.finish()
    return result


def _per_click(peak_bytes: int | None, clicks: int) -> float | None:
    return None if peak_bytes is None else peak_bytes / clicks
