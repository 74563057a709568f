"""Lists of contents in an order, a page at a time, by keyset: no row is skipped or shown twice."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.errors import InvalidInput
from app.core.text import check_text
from app.domain.accounts import clean_line
from app.domain.contents import Content, contents_by_ids
from app.domain.drafts import MAX_TAG
from app.domain.languages import check_language
from app.domain.periods import open_period
from app.models.database import dialect, fetch

MAX_SEARCH = 100
MAX_LISTINGS = 100
"""Pages read by one statement; SQLite takes 500."""


class ContentOrder(StrEnum):
    """Orders of a list of contents, from most to least; by clicks lists only what was clicked."""

    NEWEST = "newest"
    MOST_CLICKED = "most_clicked"
    MOST_CLICKED_EVER = "most_clicked_ever"


@dataclass(frozen=True, slots=True)
class ContentFilter:
    """What a list of contents is narrowed to; all that is given must hold."""

    platform_id: int | None = None
    creator_id: int | None = None
    language: str | None = None
    tag: str | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list: at most `limit` contents, those behind `after` (value, content id)."""

    order: ContentOrder
    wanted: ContentFilter
    limit: int
    after: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ListedContent:
    """A content with its place in the order: a value, then the id."""

    content: Content
    value: int


async def list_contents(
    *,
    order: ContentOrder,
    wanted: ContentFilter,
    limit: int,
    after: tuple[int, int] | None = None,
) -> list[ListedContent]:
    """Contents in an order, at most `limit`, those behind `after` (value, content id)."""
    return (await list_many([Listing(order, wanted, limit, after)]))[0]


async def list_many(listings: Sequence[Listing]) -> list[list[ListedContent]]:
    """Several pages at once, in the order of `listings`, at most MAX_LISTINGS; two statements."""
    values: list[Any] = []
    period_id = (await open_period()).id
    selects = [
        f"SELECT * FROM ({_select(listing, place, period_id, values)}) AS l{place}"
        for place, listing in enumerate(listings)
    ]
    rows = await fetch(" UNION ALL ".join(selects), *values)
    rows.sort(key=lambda row: (row["value"], row["id"]), reverse=True)
    found = await contents_by_ids(list({row["id"] for row in rows}))
    contents = {content.id: content for content in found if content is not None}
    pages: list[list[ListedContent]] = [[] for _ in listings]
    for row in rows:
        if row["id"] in contents:
            pages[row["place"]].append(ListedContent(contents[row["id"]], int(row["value"])))
    return pages


def _select(listing: Listing, place: int, period_id: int, values: list[Any]) -> str:
    """The statement of one page; its values are added to `values`."""
    source, value, content_id = _SOURCES[listing.order]
    conditions = _conditions(listing.wanted, values)
    if listing.order is ContentOrder.MOST_CLICKED:
        values.append(period_id)
        conditions.append(f"k.period_id = ${len(values)} AND k.period_clicks > 0")
    if listing.after is not None:
        values += listing.after
        cast = "::bigint" if dialect() == "postgres" else ""
        behind = f"(${len(values) - 1}{cast}, ${len(values)}{cast})"
        conditions.append(f"({value}, {content_id}) < {behind}")
    values.append(listing.limit)
    return (
        f"SELECT {place} AS place, {content_id} AS id, {value} AS value FROM {source}"
        f" WHERE {' AND '.join(conditions)}"
        f" ORDER BY {value} DESC, {content_id} DESC LIMIT ${len(values)}"
    )


_CLICKED = "counters k JOIN contents c ON c.id = k.content_id"
_SOURCES = {
    ContentOrder.NEWEST: ("contents c", "c.id", "c.id"),
    ContentOrder.MOST_CLICKED: (_CLICKED, "k.period_clicks", "k.content_id"),
    ContentOrder.MOST_CLICKED_EVER: (_CLICKED, "k.total", "k.content_id"),
}
"""Each order's tables, value and id, as an index of `counters` or `contents` has them."""


def _conditions(wanted: ContentFilter, values: list[Any]) -> list[str]:
    conditions = ["c.deleted_at IS NULL"]

    def also(sql: str, value: Any) -> None:
        values.append(value)
        conditions.append(sql.replace("$?", f"${len(values)}"))

    if wanted.platform_id is not None:
        also("c.platform_id = $?", wanted.platform_id)
    if wanted.creator_id is not None:
        also(
            "EXISTS (SELECT 1 FROM content_shares s WHERE s.content_id = c.id"
            " AND s.period_id = c.shares_period_id AND s.account_id = $?)",
            wanted.creator_id,
        )
    if wanted.language is not None:
        also("c.language = $?", check_language(wanted.language))
    if wanted.tag is not None:
        tag = clean_line(wanted.tag, field="tag", at_most=MAX_TAG)
        also(_has_tag(), tag.lower())
    if wanted.search is not None:
        conditions.append(_title_has(wanted.search, values))
    return conditions


def _has_tag() -> str:
    if dialect() == "postgres":
        return "c.tags @> jsonb_build_array($?::text)"
    return "EXISTS (SELECT 1 FROM json_each(c.tags) t WHERE t.value = $?)"


def _title_has(search: str, values: list[Any]) -> str:
    """The condition that a title has `search`, in small letters, capitals, or as it was written.

    SQLite's LOWER, and PostgreSQL's in the C locale, know ASCII only: so "école" is looked for in
    the spellings a title may have it in.
    """
    text = check_text(unicodedata.normalize("NFC", search.strip()), field="search")
    if not 1 <= len(text) <= MAX_SEARCH:
        raise InvalidInput(f"Search for 1 to {MAX_SEARCH} characters.", field="search")
    small = text.lower()
    spellings = {small, _ascii_lower(text), _ascii_lower(text.upper()), _ascii_lower(text.title())}
    found = []
    for spelling in sorted(spellings):
        values.append(f"%{_escaped(spelling)}%")
        found.append(f"LOWER(c.title) LIKE ${len(values)} ESCAPE '!'")
    return f"({' OR '.join(found)})"


def _ascii_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def _escaped(text: str) -> str:
    return re.sub(r"[!%_]", r"!\g<0>", text)
