"""Lists of contents in an order, a page at a time, by keyset: no row is skipped or shown twice."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.errors import InvalidInput
from app.domain.contents import Content, contents_by_ids
from app.domain.periods import open_period
from app.models.database import dialect, fetch

MAX_SEARCH = 100


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
    source, value, content_id = _SOURCES[order]
    conditions, values = _conditions(wanted)
    if order is ContentOrder.MOST_CLICKED:
        values.append((await open_period()).id)
        conditions.append(f"k.period_id = ${len(values)} AND k.period_clicks > 0")
    if after is not None:
        values += after
        conditions.append(
            f"({value}, {content_id}) < (${len(values) - 1}::bigint, ${len(values)}::bigint)"
            if dialect() == "postgres"
            else f"({value}, {content_id}) < (${len(values) - 1}, ${len(values)})"
        )
    rows = await fetch(
        f"SELECT {content_id} AS id, {value} AS value FROM {source}"
        f" WHERE {' AND '.join(conditions)}"
        f" ORDER BY {value} DESC, {content_id} DESC LIMIT ${len(values) + 1}",
        *(*values, limit),
    )
    contents = await contents_by_ids([row["id"] for row in rows])
    return [
        ListedContent(content, int(row["value"]))
        for content, row in zip(contents, rows, strict=True)
        if content is not None
    ]


_CLICKED = "counters k JOIN contents c ON c.id = k.content_id"
_SOURCES = {
    ContentOrder.NEWEST: ("contents c", "c.id", "c.id"),
    ContentOrder.MOST_CLICKED: (_CLICKED, "k.period_clicks", "k.content_id"),
    ContentOrder.MOST_CLICKED_EVER: (_CLICKED, "k.total", "k.content_id"),
}
"""Each order's tables, value and id, as an index of `counters` or `contents` has them."""


def _conditions(wanted: ContentFilter) -> tuple[list[str], list[Any]]:
    conditions, values = ["c.deleted_at IS NULL"], []

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
        also("c.language = $?", wanted.language)
    if wanted.tag is not None:
        also(_has_tag(), wanted.tag.lower())
    if wanted.search is not None:
        also("LOWER(c.title) LIKE $? ESCAPE '!'", _pattern(wanted.search))
    return conditions, values


def _has_tag() -> str:
    if dialect() == "postgres":
        return "c.tags @> jsonb_build_array($?::text)"
    return "EXISTS (SELECT 1 FROM json_each(c.tags) t WHERE t.value = $?)"


def _pattern(search: str) -> str:
    if not 1 <= len(search.strip()) <= MAX_SEARCH:
        raise InvalidInput(f"Search for 1 to {MAX_SEARCH} characters.", field="search")
    text = search.strip().lower()
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return f"%{text}%"
