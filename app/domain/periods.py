"""Periods: which one is open, how it closes, and what comes next.

A click or a posting that finds the open period over closes it first, so the close lives here, below
the settlement. Source: DESIGN.md §4.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound, Overloaded, PeriodNotOpen
from app.core.ids import MAX_ID
from app.domain.announce import PERIOD, announce
from app.models.database import (
    Row,
    as_datetime,
    as_datetime_or_none,
    dialect,
    execute,
    fetch,
    fetch_one,
    in_order,
    placeholders,
    transaction,
)

MAX_LATE_CLOSES = 600
"""Months that may be closed one after another for a server that was down: fifty years."""
LOCK_TIMEOUT = "5s"
"""How long a close waits for clicks under way before it gives up and is tried again."""
_POINTER = (
    "WITH gate AS MATERIALIZED (SELECT pg_advisory_xact_lock{shared}(185430003))"
    " SELECT o.period_id FROM gate, open_period o WHERE o.id = 1 FOR {lock} OF o"
)
POINTER_TO_USE = _POINTER.format(shared="_shared", lock="SHARE")
POINTER_TO_CLOSE = _POINTER.format(shared="", lock="UPDATE")
"""The pointer row decides; the gate only queues. Row locks are not fair: a stream of clicks that
share the row would keep a close waiting for ever, while an advisory lock lets it in by turn."""


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open interval `[starts_at, ends_at)` in UTC; `status` is open, closed or settled."""

    id: int
    key: str
    starts_at: datetime
    ends_at: datetime
    status: str
    closed_at: datetime | None
    settled_at: datetime | None


async def ensure_open_period() -> None:
    """Open the present month if no period was ever opened. Safe to run from several processes."""
    async with transaction():
        if await fetch_one("SELECT 1 AS found FROM open_period WHERE id = 1"):
            return
        at = now()
        key = f"{at:%Y-%m}"
        await execute(
            "INSERT INTO periods (id, key, starts_at, ends_at, status)"
            " VALUES (1, $1, $2, $3, 'open') ON CONFLICT DO NOTHING",
            *(key, start_of(key), start_of(next_key(key))),
        )
        await execute(
            "INSERT INTO open_period (id, period_id) VALUES (1, 1) ON CONFLICT DO NOTHING"
        )


@asynccontextmanager
async def in_open_period() -> AsyncIterator[Period]:
    """A transaction in which the open period stays open; one that is over is closed first.

    Everything that moves clicks or money runs inside. Raises NotFound before the first period.
    """
    for _ in range(MAX_LATE_CLOSES):
        async with transaction():
            period = await _hold_pointer(to_close=False)
            if now() < period.ends_at:
                yield period
                return
        await close_if_over()
    raise Overloaded("Too many months are waiting to be closed. Try again.")


async def close_if_over() -> Period | None:
    """Close the open period if its end has passed; the closed period, or None."""
    period = await open_period()
    if now() < period.ends_at:
        return None
    try:
        return await close_period(period.key)
    except PeriodNotOpen:
        return None


async def close_period(key: str) -> Period:
    """Close the open period, which must be `key`, and open the next; the closed period.

    Before its end it closes early: `ends_at` becomes this moment. One short transaction.
    Raises PeriodNotOpen, or Overloaded where clicks under way hold it for too long.
    """
    async with transaction():
        if dialect() == "postgres":
            await execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        period = await _hold_pointer(to_close=True)
        if period.key != key:
            await _refuse_close(key)
        at = now()
        if at <= period.starts_at:
            raise Conflict("This period has only just begun. Close it later.")
        ends_at = min(period.ends_at, at)
        await execute(
            "UPDATE periods SET status = 'closed', ends_at = $1, closed_at = $2 WHERE id = $3",
            *(ends_at, at, period.id),
        )
        await _open_next(period, ends_at)
        announce(PERIOD)
    return await period_by_key(key)


async def open_period() -> Period:
    """The open period. Raises NotFound before the first one."""
    row = await fetch_one(
        "SELECT p.* FROM open_period o JOIN periods p ON p.id = o.period_id WHERE o.id = 1"
    )
    return _period(row)


async def period_by_key(key: str, *, field: str = "periodKey") -> Period:
    """The period with this key. Raises NotFound, or InvalidInput naming `field` for no key."""
    start_of(key, field=field)
    return _period(await fetch_one("SELECT * FROM periods WHERE key = $1", key))


async def periods_by_keys(keys: Sequence[str]) -> list[Period | None]:
    """Periods in the order of `keys`, None where there is none; one statement."""
    rows = await fetch(f"SELECT * FROM periods WHERE key IN ({placeholders(len(keys))})", *keys)
    found = {row["key"]: _period(row) for row in rows}
    return [found.get(key) for key in keys]


async def periods_by_ids(ids: list[int]) -> list[Period | None]:
    """Periods in the order of `ids`, None where there is none."""
    rows = await fetch(f"SELECT * FROM periods WHERE id IN ({placeholders(len(ids))})", *ids)
    return in_order(ids, {row["id"]: _period(row) for row in rows})


async def list_periods(*, limit: int, before_id: int = MAX_ID) -> list[Period]:
    """Periods, newest first, at most `limit`, those older than `before_id`."""
    rows = await fetch(
        "SELECT * FROM periods WHERE id < $1 ORDER BY id DESC LIMIT $2",
        *(before_id, limit),
    )
    return [_period(row) for row in rows]


async def closed_periods() -> list[Period]:
    """Periods that are closed and not yet settled, oldest first."""
    rows = await fetch("SELECT * FROM periods WHERE status = 'closed' ORDER BY id")
    return [_period(row) for row in rows]


def start_of(key: str, *, field: str = "periodKey") -> datetime:
    """The first moment of a key's month: "2026-11" is 2026-11-01T00:00Z.

    Raises InvalidInput naming `field` for what is no key.
    """
    try:
        if len(key) != 7 or not key.isascii():
            raise ValueError
        return datetime.strptime(key, "%Y-%m").replace(tzinfo=UTC)
    except (ValueError, TypeError):
        raise InvalidInput(
            f"{str(key)[:20]!r} is no period. Write year and month: 2026-11.", field=field
        ) from None


def next_key(key: str) -> str:
    """The key of the month after: "2026-12" → "2027-01"."""
    year, month = int(key[:4]), int(key[5:])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


async def _open_next(period: Period, starts_at: datetime) -> None:
    key = next_key(period.key)
    await execute(
        "INSERT INTO periods (id, key, starts_at, ends_at, status) VALUES ($1, $2, $3, $4, 'open')",
        *(period.id + 1, key, starts_at, start_of(next_key(key))),
    )
    await execute("UPDATE open_period SET period_id = $1 WHERE id = 1", period.id + 1)


async def _hold_pointer(*, to_close: bool) -> Period:
    """The open period with the pointer row locked; the period is read in a statement of its own."""
    if dialect() == "postgres":
        pointer = await fetch_one(POINTER_TO_CLOSE if to_close else POINTER_TO_USE)
    else:
        pointer = await fetch_one("SELECT period_id FROM open_period WHERE id = 1")
    if pointer is None:
        raise NotFound("No period was opened yet. Run `obole migrate`.")
    return _period(await fetch_one("SELECT * FROM periods WHERE id = $1", pointer["period_id"]))


async def _refuse_close(key: str) -> None:
    found = await period_by_key(key)
    raise PeriodNotOpen(f"{found.key} is {found.status} already.")


def _period(row: Row | None) -> Period:
    if row is None:
        raise NotFound("There is no such period. Ask `periods` for those there are.")
    values: dict[str, Any] = {name: row[name] for name in ("id", "key", "status")}
    return Period(
        **values,
        starts_at=as_datetime(row["starts_at"]),
        ends_at=as_datetime(row["ends_at"]),
        closed_at=as_datetime_or_none(row["closed_at"]),
        settled_at=as_datetime_or_none(row["settled_at"]),
    )
