"""What the first page shows: the open period, its most clicked contents, and how much there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import now
from app.domain.accounts import accounts_by_ids
from app.domain.contents import Content, shares_of
from app.domain.counters import Counter, counters_of
from app.domain.listings import ContentFilter, ContentOrder, list_contents
from app.domain.periods import Period, open_period
from app.domain.platforms import platforms_by_ids
from app.models.database import fetch

MAX_CONTENTS = 50
MAX_PLATFORMS = 12


@dataclass(frozen=True, slots=True)
class FrontContent:
    """A content with its public numbers; creators' names by position, none where unclaimed."""

    content_id: int
    url: str
    title: str
    language: str | None
    creators: tuple[str, ...]
    platform: str | None
    total: int
    period: int
    supporters: int


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The open period `[period_starts_at, period_ends_at)`, what was clicked, and totals.

    ever: the period has no click yet, so `contents` are the most clicked since the beginning.
    as_of: when these numbers were true. clicks_period: clicks of the open period, withdrawn ones
    not counted. platforms: names, at most MAX_PLATFORMS of platforms_total. creators: accounts
    with a share now.
    """

    period_key: str
    period_starts_at: datetime
    period_ends_at: datetime
    as_of: datetime
    contents: tuple[FrontContent, ...]
    ever: bool
    contents_total: int
    creators: int
    clicks_period: int
    clicks_total: int
    platforms_total: int
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Totals:
    contents: int
    creators: int
    platforms: int
    clicks: int
    ever: int


async def front_page(*, limit: int = 12) -> FrontPage:
    """The first page's numbers, in a constant number of statements, whatever `limit` (1 to 50).

    The totals read whole indexes: keep the answer for some seconds where many ask.
    """
    limit = max(1, min(limit, MAX_CONTENTS))
    period, as_of = await open_period(), now()
    contents, ever = await _most_clicked(limit), False
    if not contents:
        contents, ever = await _most_clicked(limit, ContentOrder.MOST_CLICKED_EVER), True
    totals = await _totals(period)
    return FrontPage(
        period_key=period.key,
        period_starts_at=period.starts_at,
        period_ends_at=period.ends_at,
        as_of=as_of,
        contents=await _front_contents(contents),
        ever=ever,
        contents_total=totals.contents,
        creators=totals.creators,
        clicks_period=totals.clicks,
        clicks_total=totals.ever,
        platforms_total=totals.platforms,
        platforms=await _platforms(),
    )


async def _most_clicked(
    limit: int, order: ContentOrder = ContentOrder.MOST_CLICKED
) -> list[Content]:
    listed = await list_contents(order=order, wanted=ContentFilter(), limit=limit)
    return [item.content for item in listed]


async def _totals(period: Period) -> _Totals:
    rows = await fetch(
        "SELECT (SELECT COUNT(*) FROM contents WHERE deleted_at IS NULL) AS contents,"
        " (SELECT COUNT(DISTINCT s.account_id) FROM content_shares s"
        "  JOIN contents c ON c.id = s.content_id AND c.shares_period_id = s.period_id"
        "  WHERE c.deleted_at IS NULL) AS creators,"
        " (SELECT COUNT(*) FROM platforms) AS platforms,"
        " (SELECT COALESCE(SUM(period_clicks), 0) FROM counters WHERE period_id = $1) AS clicks,"
        " (SELECT COALESCE(SUM(total), 0) FROM counters) AS ever",
        period.id,
    )
    return _Totals(**{name: int(value) for name, value in rows[0].items()})


async def _platforms() -> tuple[str, ...]:
    rows = await fetch("SELECT name FROM platforms ORDER BY name LIMIT $1", MAX_PLATFORMS)
    return tuple(str(row["name"]) for row in rows)


async def _front_contents(contents: Sequence[Content]) -> tuple[FrontContent, ...]:
    """Contents with what is beside them, three statements for all; none where there are none."""
    if not contents:
        return ()
    counters = await counters_of([content.id for content in contents])
    creators = await creator_names(contents)
    platforms = await platform_names(contents)
    return tuple(
        _front_content(content, names, platforms.get(content.platform_id or 0), counter)
        for content, names, counter in zip(contents, creators, counters, strict=True)
    )


async def creator_names(contents: Sequence[Content]) -> list[tuple[str, ...]]:
    """The names of those who share each content now, by position, in the order of `contents`."""
    shares = await shares_of(contents)
    ids = sorted({share.account_id for of_one in shares for share in of_one})
    names = {a.id: a.display_name for a in await accounts_by_ids(ids) if a is not None}
    return [
        tuple(names[share.account_id] for share in of_one if share.account_id in names)
        for of_one in shares
    ]


async def platform_names(contents: Sequence[Content]) -> dict[int, str]:
    """The names of the platforms that carry these contents, by platform id."""
    ids = sorted({c.platform_id for c in contents if c.platform_id is not None})
    return {p.id: p.name for p in await platforms_by_ids(ids) if p is not None}


def _front_content(
    content: Content, creators: tuple[str, ...], platform: str | None, counter: Counter
) -> FrontContent:
    return FrontContent(
        content_id=content.id,
        url=content.url,
        title=content.title,
        language=content.language,
        creators=creators,
        platform=platform,
        total=counter.total,
        period=counter.period,
        supporters=counter.supporters,
    )
