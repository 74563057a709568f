"""What a creator's wall shows: what is clicked most, the sum of it all, and the last minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.clock import now
from app.domain.accounts import Account
from app.domain.contents import Content
from app.domain.counters import Counter, counters_of
from app.domain.listings import ContentFilter, ContentOrder, list_contents
from app.domain.live_stats import creator_stats
from app.models.database import as_datetime, fetch, fetch_one

MAX_CONTENTS = 5
"""As many as are readable from across a hall."""
STEP_S = 10
STEPS = 60
"""The last ten minutes, in steps of ten seconds."""
MAX_RECENT = 5_000
"""Clicks looked back at, whoever got them; no index by time is kept for a picture."""


@dataclass(frozen=True, slots=True)
class WallContent:
    """A content with its counter; `recent`: clicks made in each of the last steps, oldest first."""

    content: Content
    counter: Counter
    recent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wall:
    """A creator's most clicked contents, and clicks over all that they have now.

    recent: as in WallContent, over all contents; at most STEPS, fewer where looking back that far
    would pass MAX_RECENT. as_of: when these numbers were true.
    """

    creator: Account
    contents: tuple[WallContent, ...]
    total: int
    period: int
    recent: tuple[int, ...]
    as_of: datetime


async def wall_of(creator: Account) -> Wall:
    """The wall of this account, in a constant number of statements."""
    as_of = now()
    contents = await _most_clicked(creator)
    counters = await counters_of([content.id for content in contents]) if contents else []
    stats = (await creator_stats([creator.id]))[0]
    recent = await _recent(creator, as_of)
    return Wall(
        creator=creator,
        contents=tuple(
            WallContent(content, counter, recent.of(content.id))
            for content, counter in zip(contents, counters, strict=True)
        ),
        total=stats.total,
        period=stats.period,
        recent=recent.of(None),
        as_of=as_of,
    )


async def _most_clicked(creator: Account) -> list[Content]:
    """The most clicked ever; where those are few, the newest besides."""
    found: dict[int, Content] = {}
    for order in (ContentOrder.MOST_CLICKED_EVER, ContentOrder.NEWEST):
        wanted = ContentFilter(creator_id=creator.id)
        listed = await list_contents(order=order, wanted=wanted, limit=MAX_CONTENTS)
        for item in listed:
            found.setdefault(item.content.id, item.content)
    return list(found.values())[:MAX_CONTENTS]


@dataclass(frozen=True, slots=True)
class _Recent:
    """Clicks as (content id, step): step 0 is the oldest of `steps`."""

    clicks: Sequence[tuple[int, int]]
    steps: int

    def of(self, content_id: int | None) -> tuple[int, ...]:
        """Clicks in each step on one content, or, with None, on all."""
        counts = [0] * self.steps
        for clicked, step in self.clicks:
            if 0 <= step < self.steps and content_id in (None, clicked):
                counts[step] += 1
        return tuple(counts)


async def _recent(creator: Account, as_of: datetime) -> _Recent:
    since = await _look_back_to(as_of)
    steps = int((as_of - since).total_seconds()) // STEP_S
    first = as_of - timedelta(seconds=steps * STEP_S)
    rows = await fetch(
        "SELECT k.content_id, k.created_at FROM clicks k"
        " JOIN contents c ON c.id = k.content_id"
        " JOIN content_shares s ON s.content_id = c.id AND s.period_id = c.shares_period_id"
        " WHERE k.id > (SELECT COALESCE(MAX(id), 0) - $1 FROM clicks) AND k.created_at > $2"
        " AND k.withdrawn_at IS NULL AND s.account_id = $3 AND c.deleted_at IS NULL",
        *(MAX_RECENT, first, creator.id),
    )
    return _Recent([(row["content_id"], _step(row["created_at"], first)) for row in rows], steps)


async def _look_back_to(as_of: datetime) -> datetime:
    """Where the last minutes begin: later than usual where more than MAX_RECENT clicks are in."""
    since = as_of - timedelta(seconds=STEPS * STEP_S)
    row = await fetch_one(
        "SELECT created_at FROM clicks WHERE id <= (SELECT MAX(id) - $1 FROM clicks)"
        " ORDER BY id DESC LIMIT 1",
        MAX_RECENT,
    )
    return since if row is None else min(max(since, as_datetime(row["created_at"])), as_of)


def _step(made_at: object, first: datetime) -> int:
    """Which step a click falls into; one made this very moment belongs to the last."""
    behind = as_datetime(made_at) - first
    return -(-behind // timedelta(seconds=STEP_S)) - 1
