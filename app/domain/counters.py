"""Counters: the public numbers of a content, moved in the click's own transaction.

A row keeps the period it last moved in. After a close it reads as `period = 0` with `seq` one
higher for each close since, without any row being touched; the next move goes on from there, so
that `seq` never goes back and one `seq` never means two numbers. Source: DESIGN.md §3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.clock import now
from app.core.errors import BrokenInvariant
from app.domain.periods import Period, open_period
from app.models.database import Row, fetch, fetch_one, placeholders, slices


@dataclass(frozen=True, slots=True)
class Counter:
    """Clicks (not weights): ever, in the open period, and distinct wallets ever."""

    content_id: int
    period_key: str
    total: int
    period: int
    supporters: int
    seq: int
    as_of: datetime


async def count_click(content_id: int, period: Period, *, new_supporter: bool) -> Counter:
    """One click more on a content. Runs inside the click's transaction."""
    row = await fetch_one(
        "INSERT INTO counters AS c (content_id, period_id, total, period_clicks, supporters, seq)"
        " VALUES ($1, $2, 1, 1, $3, $2) ON CONFLICT (content_id) DO UPDATE SET"
        " total = c.total + 1,"
        " period_clicks = CASE WHEN c.period_id = excluded.period_id"
        "   THEN c.period_clicks + 1 ELSE 1 END,"
        " supporters = c.supporters + excluded.supporters,"
        " seq = c.seq + 1 + excluded.period_id - c.period_id,"
        " period_id = excluded.period_id"
        " RETURNING content_id, period_id, total, period_clicks, supporters, seq",
        *(content_id, period.id, int(new_supporter)),
    )
    return _counter(row, period, now())


async def uncount_click(content_id: int, period: Period, *, lost_supporter: bool) -> Counter:
    """One click of the open period less. Runs inside the withdrawal's transaction."""
    row = await fetch_one(
        "UPDATE counters SET total = total - 1, period_clicks = period_clicks - 1,"
        " supporters = supporters - $3, seq = seq + 1 WHERE content_id = $1 AND period_id = $2"
        " RETURNING content_id, period_id, total, period_clicks, supporters, seq",
        *(content_id, period.id, int(lost_supporter)),
    )
    return _counter(row, period, now())


async def counters_of(content_ids: Sequence[int]) -> list[Counter]:
    """Each content's counter now, in the order of `content_ids`; zeros before its first click."""
    period, at = await open_period(), now()
    rows = [row for some in slices(content_ids) for row in await _rows(some)]
    found = {row["content_id"]: _counter(row, period, at) for row in rows}
    return [found.get(row_id) or _untouched(row_id, period, at) for row_id in content_ids]


async def _rows(content_ids: Sequence[int]) -> list[Row]:
    return await fetch(
        "SELECT content_id, period_id, total, period_clicks, supporters, seq FROM counters"
        f" WHERE content_id IN ({placeholders(len(content_ids))})",
        *content_ids,
    )


def _untouched(content_id: int, period: Period, at: datetime) -> Counter:
    return Counter(content_id, period.key, 0, 0, 0, period.id - 1, at)


def _counter(row: dict[str, Any] | None, period: Period, at: datetime) -> Counter:
    if row is None:
        raise BrokenInvariant("a counter moved that was not there")
    closes = period.id - row["period_id"]
    return Counter(
        content_id=row["content_id"],
        period_key=period.key,
        total=row["total"],
        period=row["period_clicks"] if closes == 0 else 0,
        supporters=row["supporters"],
        seq=row["seq"] + closes,
        as_of=at,
    )
