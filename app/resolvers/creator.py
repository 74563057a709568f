"""Creators: what they made is public, what it earned is theirs."""

from app.core.money import Money
from app.domain.accounts import Account, account_by_handle
from app.domain.listings import ContentFilter, ContentOrder, ListedContent
from app.domain.periods import start_of
from app.domain.sessions import Scope
from app.resolvers.account import is_creator, require_self
from app.resolvers.content import list_page
from app.resolvers.context import Context
from app.resolvers.paging import Page, page_at_hand
from app.settlement.statements import CreatorLine, CreatorStatement


async def find_creator(context: Context, handle: str) -> Account | None:
    """The creator with this handle; None where nobody has it, or nothing was created."""
    account = await account_by_handle(handle)
    return account if account is not None and await is_creator(context, account) else None


async def read_creator_contents(
    context: Context, creator: Account, *, order: ContentOrder, first: int, after: str | None
) -> Page[ListedContent]:
    """The creator's contents in an order."""
    wanted = ContentFilter(creator_id=creator.id)
    return await list_page(context, wanted, order=order, first=first, after=after)


async def read_earnings(context: Context, creator: Account) -> list[Money]:
    """What the creator has received and still holds. Raises Unauthenticated, Forbidden."""
    await require_self(context, creator.id, Scope.READ)
    return await context.loaders.earnings.load(creator.id)


async def read_creator_statement(
    context: Context, creator: Account, period_key: str
) -> CreatorStatement | None:
    """What the creator's contents got in a settled period; None before. Raises InvalidInput."""
    await require_self(context, creator.id, Scope.READ)
    start_of(period_key)
    return await context.loaders.creator_statements.load((creator.id, period_key))


async def read_creator_lines(
    statement: CreatorStatement, *, first: int, after: str | None
) -> Page[CreatorLine]:
    """A page of a statement that its creator was given, the most given first."""
    return page_at_hand(
        f"creator:{statement.period_key}",
        statement.lines,
        first=first,
        after=after,
        key=lambda line: (line.gross_micros, line.content_id, line.currency),
    )


async def read_reports(context: Context, creator: Account, period_key: str) -> dict[str, str]:
    """The creator's revenue in Flattr's CSV form, a text for each currency."""
    await require_self(context, creator.id, Scope.READ)
    return await context.loaders.creator_reports.load((creator.id, period_key))
