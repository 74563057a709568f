"""Periods: read by everybody, closed by an operator."""

from app.core.errors import Forbidden, NotFound
from app.domain.accounts import Account, require_active
from app.domain.periods import Period, close_period, list_periods, open_period, period_by_key
from app.domain.sessions import Scope
from app.resolvers.context import Context
from app.resolvers.paging import Page, page_by_id


async def find_period(key: str | None) -> Period | None:
    """The period with this key, by default the open one; None where there is none."""
    try:
        return await (open_period() if key is None else period_by_key(key, field="key"))
    except NotFound:
        return None


async def read_periods(*, first: int, after: str | None) -> Page[Period]:
    """Periods, newest first."""

    async def read(limit: int, before_id: int) -> list[Period]:
        return await list_periods(limit=limit, before_id=before_id)

    return await page_by_id(
        "periods", first=first, after=after, read=read, id_of=lambda period: period.id
    )


async def close(context: Context, key: str) -> tuple[Period, Period]:
    """Close the open period on an operator's word; it, and the one that is open now."""
    await require_operator(context)
    closed = await close_period(key)
    return closed, await open_period()


async def require_operator(context: Context) -> Account:
    """The viewer's account, an operator's. Raises Unauthenticated, Forbidden, AccountSuspended."""
    viewer = await context.signed_in()
    if not viewer.account.is_operator:
        raise Forbidden("Only an operator may do this.")
    return require_active(viewer.require(Scope.OPERATE))
