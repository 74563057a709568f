"""Accounts and their money: the viewer's own, and nobody else's."""

from app.core.errors import Forbidden
from app.domain.accounts import Account
from app.domain.sessions import Scope
from app.domain.wallets import Wallet
from app.resolvers.context import Context


async def read_viewer(context: Context) -> Account | None:
    """Who asks; None for a stranger. Raises Forbidden for a token without the scope `read`."""
    viewer = await context.viewer()
    return viewer.require(Scope.READ) if viewer is not None else None


async def read_email(context: Context, account: Account) -> str | None:
    """The account's e-mail for itself; None for everybody else."""
    viewer = await context.viewer_with(Scope.READ)
    return account.email if viewer is not None and viewer.id == account.id else None


async def read_wallets(context: Context, account: Account) -> list[Wallet]:
    """The account's own wallets, oldest first. Raises Unauthenticated, Forbidden."""
    await require_self(context, account.id, Scope.WALLET)
    return await context.loaders.account_wallets.load(account.id)


async def is_creator(context: Context, account: Account) -> bool:
    """Whether the account has, or ever had, a share in a content."""
    return await context.loaders.creators.load(account.id)


async def require_self(context: Context, account_id: int, scope: Scope) -> Account:
    """The viewer's account, which must be this one. Raises Unauthenticated, Forbidden."""
    viewer = await context.require(scope)
    if viewer.id != account_id:
        raise Forbidden
    return viewer
