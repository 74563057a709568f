"""A closed month settled by `settle_period`, from its tables to its statements, in its own process.

`python -m benchmarks.end_to_end URL ENGINE BATCH` answers with one line of JSON: the seconds of
each step, the peak memory of the process, and a digest of what was posted.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from app.core.settings import use_settings
from app.models.database import fetch, open_database
from app.settlement import settle
from benchmarks.database import KEY
from benchmarks.measure import POSTED, digest_of_rows, peak_bytes

STEPS = {
    "freeze_period": "freeze",
    "read_inputs": "read",
    "allocate": "allocate",
    "slices_of": "allocate",
    "post_batch": "post",
    "check_conservation": "check",
    "check_posted": "check",
    "digest_of": "digest",
    "_write_totals": "check",
    "_write_checkpoints": "check",
}
"""The functions of `app.settlement.settle` that are timed, and the step each counts for."""

RESULTS = f"SELECT {', '.join(POSTED)} FROM content_results ORDER BY content_id, currency"


def settle_in_process(url: str, *, engine: str, batch: int) -> dict[str, Any]:
    """Settle the loaded month in a process of its own; what it answered."""
    command = [sys.executable, "-m", "benchmarks.end_to_end", url, engine, str(batch)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


async def settle_and_time(url: str, *, engine: str, batch: int) -> dict[str, Any]:
    """Settle the loaded month here: seconds of each step, `other` for what is between them."""
    with use_settings(settle_batch_size=batch):
        async with open_database(url):
            with _timed() as seconds:
                began = time.perf_counter()
                settlement = await settle.settle_period(KEY, engine=engine)
                total = time.perf_counter() - began
            peak = peak_bytes()
            digest = await _digest_of_results()
    seconds["prepare and between"] = total - sum(seconds.values())
    return {
        "seconds": total,
        "steps": dict(seconds),
        "peak_bytes": peak,
        "clicks": settlement.clicks,
        "posted": digest,
    }


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """Add up the seconds of the settlement's steps until the block ends."""
    seconds: dict[str, float] = defaultdict(float)
    originals = {name: getattr(settle, name) for name in STEPS}
    for name, original in originals.items():
        setattr(settle, name, _timing(original, STEPS[name], seconds))
    try:
        yield seconds
    finally:
        for name, original in originals.items():
            setattr(settle, name, original)


def _timing(
    function: Callable[..., Any], step: str, seconds: dict[str, float]
) -> Callable[..., Any]:
    async def in_turn(*values: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return await function(*values, **named)
        finally:
            seconds[step] += time.perf_counter() - began

    def at_once(*values: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*values, **named)
        finally:
            seconds[step] += time.perf_counter() - began

    return in_turn if asyncio.iscoroutinefunction(function) else at_once


async def _digest_of_results() -> str:
    """The digest of the posted results; `posted_digest_of` gives that of computed ones."""
    return digest_of_rows(row.values() for row in await fetch(RESULTS))


if __name__ == "__main__":
    print(
        json.dumps(
            asyncio.run(settle_and_time(sys.argv[1], engine=sys.argv[2], batch=int(sys.argv[3])))
        )
    )
