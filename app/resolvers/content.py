"""Contents: found, listed, registered and edited."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.errors import InvalidInput, NotFound
from app.core.ids import decode_cursor, encode_cursor, row_id_of
from app.domain.accounts import Account, account_by_handle
from app.domain.contents import (
    Content,
    ContentShare,
    content_by_external_id,
    content_by_url,
    delete_content,
    register_content,
    set_content_shares,
    update_content,
)
from app.domain.drafts import ContentDraft
from app.domain.eligibility import Eligibility
from app.domain.listings import ContentFilter, ContentOrder, ListedContent, Listing
from app.domain.platforms import Platform, platform_by_slug
from app.domain.sessions import Scope
from app.resolvers.context import Context
from app.resolvers.paging import Page, check_first, page

_WAYS = "Name a content in one way: by `id`, by `url`, or by `platform` and `externalId`."


async def find_content(
    context: Context,
    *,
    global_id: str | None,
    url: str | None,
    platform: str | None,
    external_id: str | None,
) -> Content | None:
    """A content by exactly one of its names; None where there is none, or it was deleted."""
    ways = (global_id is not None, url is not None, platform is not None or external_id is not None)
    if sum(ways) != 1 or (platform is None) != (external_id is None):
        raise InvalidInput(_WAYS)
    if global_id is not None:
        return await present(context, row_id_of(global_id, "Content"))
    if url is not None:
        return await content_by_url(url)
    return await content_by_external_id(platform or "", external_id or "")


async def present(context: Context, content_id: int) -> Content | None:
    """The content with this row id, unless it was deleted."""
    content = await context.loaders.contents.load(content_id)
    return content if content is not None and content.deleted_at is None else None


async def was(context: Context, content_id: int) -> Content:
    """The content with this row id, deleted or not: for clicks and statements of what was."""
    content = await context.loaders.contents.load(content_id)
    if content is None:
        raise NotFound
    return content


async def read_shares(context: Context, content: Content) -> list[tuple[ContentShare, Account]]:
    """Who shares the content now, by position; accounts that were deleted are left out."""
    shares = await context.loaders.shares.load(content)
    accounts = await context.loaders.accounts.load_many([share.account_id for share in shares])
    return [(s, a) for s, a in zip(shares, accounts, strict=True) if a is not None]


async def read_eligibility(context: Context, content: Content) -> Eligibility:
    """Whether the content takes clicks, whoever asks."""
    return await context.loaders.eligibility.load(content)


async def search_contents(
    context: Context,
    *,
    platform: str | None,
    creator: str | None,
    wanted: ContentFilter,
    order: ContentOrder,
    first: int,
    after: str | None,
) -> Page[ListedContent]:
    """A page of all contents, narrowed to a platform's slug and a creator's handle as well.

    A slug or handle that nobody has leads to an empty page.
    """
    check_first(first)
    on = await platform_by_slug(platform) if platform is not None else None
    by = await account_by_handle(creator) if creator is not None else None
    if (platform is not None and on is None) or (creator is not None and by is None):
        return Page([], has_next=False, has_previous=after is not None)
    narrowed = ContentFilter(
        platform_id=on.id if on else None,
        creator_id=by.id if by else None,
        language=wanted.language,
        tag=wanted.tag,
        search=wanted.search,
    )
    return await list_page(context, narrowed, order=order, first=first, after=after)


async def list_page(
    context: Context,
    wanted: ContentFilter,
    *,
    order: ContentOrder,
    first: int,
    after: str | None,
) -> Page[ListedContent]:
    """A page of the contents wanted, in an order; through a loader, for many lists at once."""
    check_first(first)
    listing = Listing(order, wanted, first + 1, _place(after, order))
    rows = await context.loaders.listings.load(listing)
    return page(
        rows,
        first=first,
        after=after,
        cursor=lambda row: encode_cursor(order.value, row.value, row.content.id),
    )


def _place(after: str | None, order: ContentOrder) -> tuple[int, int] | None:
    if after is None:
        return None
    ordered_by, value, content_id = decode_cursor(after, str, int, int)
    if ordered_by != order.value:
        raise InvalidInput("This cursor is of another order. Start without `after`.", field="after")
    return int(value), int(content_id)


async def read_platform(context: Context, content: Content) -> Platform | None:
    """The platform that carries the content."""
    if content.platform_id is None:
        return None
    return await context.loaders.platforms.load(content.platform_id)


async def add_content(
    context: Context,
    draft: ContentDraft,
    *,
    creators: Sequence[tuple[str, int]] | None,
    unclaimed: bool,
) -> Content:
    """Register a content. creators: (handle, share of 10 000); None for the viewer alone."""
    account = await context.require(Scope.CONTENT)
    if unclaimed and creators:
        raise InvalidInput("Unclaimed content has no creators. Leave one out.", field="unclaimed")
    if creators is not None and not creators and not unclaimed:
        raise InvalidInput("Name a creator, or say `unclaimed: true`.", field="creators")
    return await register_content(account, draft, creators=[] if unclaimed else creators)


async def edit_content(context: Context, content_id: str, changes: Mapping[str, Any]) -> Content:
    """Change what is said of a content of the viewer's."""
    account = await context.require(Scope.CONTENT)
    row_id = row_id_of(content_id, "Content", field="contentId")
    return await update_content(account, row_id, changes)


async def share_content(
    context: Context, content_id: str, creators: Sequence[tuple[str, int]]
) -> Content:
    """Share a content of the viewer's among creators, from the open period on."""
    account = await context.require(Scope.CONTENT)
    row_id = row_id_of(content_id, "Content", field="contentId")
    return await set_content_shares(account, row_id, creators)


async def remove_content(context: Context, content_id: str) -> None:
    """Take a content of the viewer's away."""
    account = await context.require(Scope.CONTENT)
    await delete_content(account, row_id_of(content_id, "Content", field="contentId"))
