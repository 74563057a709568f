"""Wallets: read and filled by the account that holds them."""

from app.core.errors import InvalidInput
from app.core.money import Money
from app.domain.clicks import Click, wallet_clicks
from app.domain.deposits import Deposit, deposit
from app.domain.periods import open_period, period_by_key
from app.domain.sessions import Scope
from app.domain.wallets import Wallet, WalletEntry, WalletState, set_budget, wallet_entries
from app.resolvers.account import require_self
from app.resolvers.context import Context
from app.resolvers.paging import Page, page_by_id
from app.settlement.statements import SupporterStatement, supporter_statement


async def read_wallet_state(context: Context, wallet: Wallet) -> WalletState:
    """The wallet's numbers now."""
    await require_self(context, wallet.account_id, Scope.WALLET)
    return await context.loaders.wallet_states.load(wallet.id)


async def read_wallet_clicks(
    context: Context, wallet: Wallet, *, first: int, after: str | None, period_key: str | None
) -> Page[Click]:
    """The wallet's clicks of a period, by default the open one, newest first."""
    await require_self(context, wallet.account_id, Scope.WALLET)
    period = await (period_by_key(period_key) if period_key is not None else open_period())

    async def read(limit: int, before_id: int | None) -> list[Click]:
        return await wallet_clicks(wallet.id, period.id, limit=limit, before_id=before_id)

    return await page_by_id(
        "clicks", first=first, after=after, read=read, id_of=lambda click: click.id
    )


async def read_wallet_entries(
    context: Context, wallet: Wallet, *, first: int, after: str | None
) -> Page[WalletEntry]:
    """The wallet's movements, newest first."""
    await require_self(context, wallet.account_id, Scope.WALLET)

    async def read(limit: int, before_id: int | None) -> list[WalletEntry]:
        return await wallet_entries(wallet.id, limit=limit, before_id=before_id)

    return await page_by_id(
        "entries", first=first, after=after, read=read, id_of=lambda entry: entry.entry_id
    )


async def read_supporter_statement(
    context: Context, wallet: Wallet, period_key: str
) -> SupporterStatement | None:
    """What the wallet gave in a settled period; None before."""
    await require_self(context, wallet.account_id, Scope.WALLET)
    return await supporter_statement(wallet.id, period_key)


async def put_money(
    context: Context, amount: Money, *, idempotency_key: str, provider: str, method: str
) -> Deposit:
    """Deposit into the viewer's wallet of the amount's currency."""
    account = await context.require(Scope.WALLET)
    return await deposit(
        account, amount, idempotency_key=idempotency_key, provider=provider, method=method
    )


async def choose_budget(context: Context, *, currency: str, budget: Money | None) -> Wallet:
    """What the viewer's wallet gives at most a period; None gives all it holds."""
    account = await context.require(Scope.WALLET)
    if budget is not None and budget.currency != currency:
        raise InvalidInput(f"The budget of a {currency} wallet is in {currency}.", field="budget")
    micros = budget.micros if budget is not None else None
    return await set_budget(account, currency=currency, budget_micros=micros)
