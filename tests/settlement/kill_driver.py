"""Close and settle 2026-11 in a process of its own, and die (or stand still) where one is told to.

    python -m tests.settlement.kill_driver URL [kill|stop POINT]

POINT is a name of POINTS, or `sql:N`: just before the N-th SQL statement. Prints one line of JSON
when it gets to the end. Nothing in `app` knows of it: functions are wrapped from outside.
"""

import asyncio
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from app.core.clock import FixedClock, use_clock
from app.core.errors import PeriodNotOpen
from app.core.settings import use_settings
from app.domain import periods
from app.models import database
from app.models.database import fetch, open_database
from app.settlement import freeze, post, settle
from app.settlement.settlements import settlement_of

CLOSES_AT = datetime(2026, 12, 1, 0, 0, 5, tzinfo=UTC)
POINTS: dict[str, tuple[Any, str, str]] = {
    "in the close": (periods, "_open_next", "before"),
    "when it is due": (settle, "closed_periods", "after"),
    "after the close": (settle, "check_conservation", "before"),
    "in the freeze": (freeze, "_freeze_contents", "before"),
    "at the freeze's end": (freeze, "_open_settlement", "after"),
    "after the freeze": (settle, "_post", "before"),
    "after allocating": (settle, "allocated", "after"),
    "in a wallet batch": (post, "post_entry", "after"),
    "after a wallet batch": (settle, "post_batch", "after"),
    "before the check": (settle, "check_posted", "before"),
    "after the check": (settle, "check_posted", "after"),
    "while marking settled": (settle, "_write_checkpoints", "after"),
    "after it is settled": (settle, "settlement_of", "before"),
}
"""Where to die: the module, the function as that module knows it, and on which side of it."""
BETWEEN = "between wallet and content batches"
IN_CONTENTS = "in a content batch"


def die(how: str) -> None:
    """Kill this process, or stop it, the first time, until somebody says SIGCONT."""
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif not stopped_before:
        stopped_before.append(True)
        os.kill(os.getpid(), signal.SIGSTOP)


stopped_before: list[bool] = []


def arm(how: str, point: str) -> None:
    """Wrap what has to be wrapped so that `point` is deadly, once."""
    if point.startswith("sql:"):
        _arm_statement(how, int(point[4:]))
    elif point in (BETWEEN, IN_CONTENTS):
        _arm_contents(how, point)
    else:
        module, name, side = POINTS[point]
        deadly, harmless = (lambda *_: die(how)), (lambda *_: None)
        _wrap(module, name, *((deadly, harmless) if side == "before" else (harmless, deadly)))


def _wrap(
    module: Any, name: str, before: Callable[..., Any], after: Callable[..., Any] = lambda *_: None
) -> None:
    inner = getattr(module, name)

    async def wrapped(*args: Any, **options: Any) -> Any:
        before(*args)
        result = await inner(*args, **options)
        after(*args)
        return result

    setattr(module, name, wrapped)


def _arm_contents(how: str, point: str) -> None:
    def on(draft: Any) -> None:
        if ":contents:0" in draft.key:
            die(how)

    if point == IN_CONTENTS:
        _wrap(post, "post_entry", lambda *_: None, on)
    else:
        _wrap(settle, "post_batch", lambda period, batch: on(batch.draft))


def _arm_statement(how: str, number: int) -> None:
    inner, seen = database.connection, 0

    def counted() -> Any:
        nonlocal seen
        seen += 1
        if seen == number:
            die(how)
        return inner()

    database.connection = counted


async def ledger_digest() -> str:
    """SHA-256 over every leg of the ledger by its names: no ids, no times."""
    rows = await fetch(
        "SELECT e.idempotency_key AS key, a.kind, a.holder, p.currency, p.amount_micros AS micros"
        " FROM postings p JOIN entries e ON e.id = p.entry_id"
        " JOIN ledger_accounts a ON a.id = p.account_id"
    )
    lines = sorted(json.dumps([str(value) for value in row.values()]) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


async def close_and_settle(url: str) -> dict[str, Any]:
    """Do whatever is left to do, and say what came of it."""
    with use_clock(FixedClock(CLOSES_AT)), use_settings(settle_batch_size=2):
        async with open_database(url):
            with suppress(PeriodNotOpen):
                await periods.close_period("2026-11")
            if (await periods.period_by_key("2026-11")).status == "closed":
                await settle.settle_period("2026-11")
            settlement = await settlement_of(1)
            return {"digest": settlement.digest, "ledger": await ledger_digest()}


async def _counted(url: str) -> dict[str, Any]:
    inner, seen = database.connection, [0]

    def counted() -> Any:
        seen[0] += 1
        return inner()

    database.connection = counted
    result = await close_and_settle(url)
    return result | {"statements": seen[0]}


if __name__ == "__main__":
    if len(sys.argv) > 2:
        arm(sys.argv[2], sys.argv[3])
        print(json.dumps(asyncio.run(close_and_settle(sys.argv[1]))))  # noqa: T201
    else:
        print(json.dumps(asyncio.run(_counted(sys.argv[1]))))  # noqa: T201
