"""Anything by its global id, for those who may see it; None for everybody else."""

from collections.abc import Awaitable, Callable

from app.core.errors import InvalidInput
from app.core.ids import from_global_id
from app.domain.sessions import Scope
from app.resolvers.content import present
from app.resolvers.context import Context

Read = Callable[[Context, int], Awaitable[object | None]]


async def read_node(context: Context, global_id: str) -> tuple[str, object] | None:
    """The type's name and the domain value behind a global id; None where there is nothing.

    An id that is none of ours is nothing too: one bad id never empties a page.
    """
    try:
        type_name, row_id = from_global_id(global_id)
    except InvalidInput:
        return None
    read = _READERS.get(type_name)
    found = await read(context, row_id) if read is not None else None
    return (type_name, found) if found is not None else None


async def _creator(context: Context, row_id: int) -> object | None:
    created = await context.loaders.creators.load(row_id)
    return await context.loaders.accounts.load(row_id) if created else None


async def _account(context: Context, row_id: int) -> object | None:
    viewer = await context.viewer_with(Scope.READ)
    return viewer if viewer is not None and viewer.id == row_id else None


async def _wallet(context: Context, row_id: int) -> object | None:
    viewer = await context.viewer_with(Scope.WALLET)
    wallet = await context.loaders.wallets.load(row_id)
    owned = wallet is not None and viewer is not None and wallet.account_id == viewer.id
    return wallet if owned else None


async def _deposit(context: Context, row_id: int) -> object | None:
    viewer = await context.viewer_with(Scope.WALLET)
    deposit = await context.loaders.deposits.load(row_id)
    owned = deposit is not None and viewer is not None and deposit.account_id == viewer.id
    return deposit if owned else None


async def _click(context: Context, row_id: int) -> object | None:
    click = await context.loaders.clicks.load(row_id)
    owned = click is not None and await _wallet(context, click.wallet_id) is not None
    return click if owned else None


async def _platform(context: Context, row_id: int) -> object | None:
    return await context.loaders.platforms.load(row_id)


async def _period(context: Context, row_id: int) -> object | None:
    return await context.loaders.periods.load(row_id)


_READERS: dict[str, Read] = {
    "Account": _account,
    "Click": _click,
    "Content": present,
    "Creator": _creator,
    "Deposit": _deposit,
    "Period": _period,
    "Platform": _platform,
    "Wallet": _wallet,
}
