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
from app.core.errors import BrokenInvariant, NotFound
from app.domain.periods import Period
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
    return _moved(row, period)


async def uncount_click(content_id: int, period: Period, *, lost_supporter: bool) -> Counter:
    """One click of the open period less. Runs inside the withdrawal's transaction."""
    row = await fetch_one(
        "UPDATE counters SET total = total - 1, period_clicks = period_clicks - 1,"
        " supporters = supporters - $3, seq = seq + 1 WHERE content_id = $1 AND period_id = $2"
        " RETURNING content_id, period_id, total, period_clicks, supporters, seq",
        *(content_id, period.id, int(lost_supporter)),
    )
    return _moved(row, period)


async def counters_of(content_ids: Sequence[int]) -> list[Counter]:
    """Each content's counter now, in the order of `content_ids`; zeros before its first click.

    The open period and the rows come by one statement (for each slice of very many): a close
    between two would let one `seq` mean two numbers.
    """
    counters: list[Counter] = []
    for some in slices(content_ids):
        rows, at = await _rows(some), now()
        open_id, key = rows[0]["open_id"], rows[0]["open_key"]
        there = (row for row in rows if row["content_id"] is not None)
        found = {row["content_id"]: _counter(row, open_id, key, at) for row in there}
        counters += [found.get(i) or _untouched(i, open_id, key, at) for i in some]
    return counters


async def _rows(content_ids: Sequence[int]) -> list[Row]:
    """The open period, beside each counter there is, or beside none."""
    rows = await fetch(
        "SELECT p.id AS open_id, p.key AS open_key, c.content_id, c.period_id, c.total,"
        " c.period_clicks, c.supporters, c.seq FROM open_period o"
        " JOIN periods p ON p.id = o.period_id"
        f" LEFT JOIN counters c ON c.content_id IN ({placeholders(len(content_ids))})"
        " WHERE o.id = 1",
        *content_ids,
    )
    if not rows:
        raise NotFound("No period was opened yet. Run `obole migrate`.")
    return rows


def _untouched(content_id: int, open_id: int, key: str, at: datetime) -> Counter:
    return Counter(content_id, key, 0, 0, 0, open_id - 1, at)


def _moved(row: dict[str, Any] | None, period: Period) -> Counter:
    if row is None:
        raise BrokenInvariant("a counter moved that was not there")
    return _counter(row, period.id, period.key, now())


def _counter(row: dict[str, Any], open_id: int, key: str, at: datetime) -> Counter:
    closes = open_id - row["period_id"]
    return Counter(
        content_id=row["content_id"],
        period_key=key,
        total=row["total"],
        period=row["period_clicks"] if closes == 0 else 0,
        supporters=row["supporters"],
        seq=row["seq"] + closes,
        as_of=at,
    )
