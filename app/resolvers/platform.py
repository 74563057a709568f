"""Platforms: public."""

from app.domain.listings import ContentFilter, ContentOrder, ListedContent
from app.domain.platforms import CommissionRate, Platform, platform_by_slug
from app.resolvers.content import list_page
from app.resolvers.context import Context
from app.resolvers.paging import Page


async def find_platform(slug: str) -> Platform | None:
    """The platform with this slug."""
    return await platform_by_slug(slug)


async def read_hosts(context: Context, platform: Platform) -> list[str]:
    """The platform's hosts."""
    return await context.loaders.hosts.load(platform.id)


async def read_rates(context: Context, platform: Platform) -> list[CommissionRate]:
    """The platform's dated rates, oldest first."""
    return await context.loaders.rates.load(platform.id)


async def read_platform_contents(
    context: Context, platform: Platform, *, order: ContentOrder, first: int, after: str | None
) -> Page[ListedContent]:
    """The platform's contents in an order."""
    wanted = ContentFilter(platform_id=platform.id)
    return await list_page(context, wanted, order=order, first=first, after=after)
