"""Counters: the public numbers of a content, moved in the click's own transaction.

A row keeps the period it last moved in. After a close it reads as `period = 0` with `seq` one
higher for each close since, without any row being touched; the next move goes on from there, so
that `seq` never goes back and one `seq` never means two numbers. Whatever moves is announced after
the commit, as a message that `counter_in` reads. Source: DESIGN.md §3.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.clock import now
from app.core.errors import BrokenInvariant, NotFound
from app.domain.announce import announce_contents, announce_number, counter_topic
from app.domain.periods import Period
from app.models.database import Row, dialect, fetch, fetch_one, placeholders, slices


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
        f" period_id = excluded.period_id{_returning()}",
        *(content_id, period.id, int(new_supporter)),
    )
    return _moved(row, period)


async def uncount_click(content_id: int, period: Period, *, lost_supporter: bool) -> Counter:
    """One click of the open period less. Runs inside the withdrawal's transaction."""
    row = await fetch_one(
        "UPDATE counters SET total = total - 1, period_clicks = period_clicks - 1,"
        " supporters = supporters - $3, seq = seq + 1 WHERE content_id = $1 AND period_id = $2"
        f"{_returning()}",
        *(content_id, period.id, int(lost_supporter)),
    )
    return _moved(row, period)


async def counters_of(content_ids: Sequence[int]) -> list[Counter]:
    """Each content's counter now, in the order of `content_ids`; zeros before its first click.

    The open period and the rows come by one statement (for each slice of very many): a close
    between two would let one `seq` mean two numbers.
    """
    return [counter for some in slices(content_ids) for counter in await _counters(some)]


async def _counters(content_ids: Sequence[int]) -> list[Counter]:
    rows = await fetch(
        f"{_READ} LEFT JOIN counters c ON c.content_id IN ({placeholders(len(content_ids))})"
        " WHERE o.id = 1",
        *content_ids,
    )
    open_row, at = _opened(rows), now()
    found = {row["content_id"]: _read(row, at) for row in rows if row["content_id"] is not None}
    return [found.get(row_id) or _untouched(row_id, open_row, at) for row_id in content_ids]


async def present_counters(content_ids: Sequence[int]) -> list[Counter | None]:
    """Like `counters_of`, with None where there is no such content, or it was deleted."""
    rows = await fetch(
        f"{_READ.replace('c.content_id', 'x.id AS content_id')}"
        f" LEFT JOIN contents x ON x.id IN ({placeholders(len(content_ids))})"
        " AND x.deleted_at IS NULL LEFT JOIN counters c ON c.content_id = x.id WHERE o.id = 1",
        *content_ids,
    )
    _opened(rows)
    at = now()
    found = {
        row["content_id"]: _untouched(row["content_id"], row, at)
        if row["period_id"] is None
        else _read(row, at)
        for row in rows
    }
    return [found.get(content_id) for content_id in content_ids]


def message_of(counter: Counter) -> bytes:
    """The counter as its topic carries it: compact JSON."""
    values = [getattr(counter, name) for name in _CARRIED]
    return json.dumps([*values, counter.as_of.isoformat()], separators=(",", ":")).encode()


def counter_in(content_id: int, message: bytes) -> Counter | None:
    """The counter that a message on its topic carries; None where it has to be read again."""
    if not message:
        return None
    try:
        *values, at = json.loads(message)
        numbers = dict(zip(_CARRIED, values, strict=True))
        return Counter(content_id=content_id, **numbers, as_of=datetime.fromisoformat(at))
    except (ValueError, TypeError):
        return None


_CARRIED = ("period_key", "total", "period", "supporters", "seq")
_READ = (
    "SELECT o.period_id AS open_id, p.key, c.content_id, c.period_id, c.total, c.period_clicks,"
    " c.supporters, c.seq FROM open_period o JOIN periods p ON p.id = o.period_id"
)
"""The open period and the counters in one statement: a close in between would make a wrong number
of a right one."""


def _opened(rows: list[Row]) -> Row:
    if not rows:
        raise NotFound("No period was opened yet. Run `obole migrate`.")
    return rows[0]


def _untouched(content_id: int, row: Row, at: datetime) -> Counter:
    return Counter(content_id, row["key"], 0, 0, 0, row["open_id"] - 1, at)


def _read(row: Row, at: datetime) -> Counter:
    return _counter(row, row["open_id"], row["key"], at)


def _returning() -> str:
    """A moved counter, and whose numbers it moves as well: ids with spaces between."""
    listed = (
        "string_agg(s.account_id::text, ' ')"
        if dialect() == "postgres"
        else "group_concat(s.account_id, ' ')"
    )
    return (
        " RETURNING content_id, period_id, total, period_clicks, supporters, seq,"
        " (SELECT x.platform_id FROM contents x WHERE x.id = $1) AS platform_id,"
        f" (SELECT {listed} FROM contents x JOIN content_shares s"
        "   ON s.content_id = x.id AND s.period_id = x.shares_period_id WHERE x.id = $1)"
        " AS creators"
    )


def _moved(row: Row | None, period: Period) -> Counter:
    """The counter as it was just written, to be announced once that is committed."""
    if row is None:
        raise BrokenInvariant("a counter moved that was not there")
    counter = _counter(row, period.id, period.key, now())
    announce_number(counter_topic(counter.content_id), counter.seq, message_of(counter))
    announce_contents(row["platform_id"], map(int, (row["creators"] or "").split()))
    return counter


def _counter(row: dict[str, Any], open_id: int, period_key: str, at: datetime) -> Counter:
    closes = open_id - row["period_id"]
    return Counter(
        content_id=row["content_id"],
        period_key=period_key,
        total=row["total"],
        period=row["period_clicks"] if closes == 0 else 0,
        supporters=row["supporters"],
        seq=row["seq"] + closes,
        as_of=at,
    )
