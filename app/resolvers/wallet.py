"""Wallets: read and filled by the account that holds them."""

from app.core.errors import InvalidInput, NotFound
from app.core.money import Money
from app.domain.clicks import Click, ClickPage
from app.domain.deposits import Deposit, deposit
from app.domain.periods import start_of
from app.domain.sessions import Scope
from app.domain.wallets import EntryPage, Wallet, WalletEntry, WalletState, set_budget
from app.resolvers.account import require_self
from app.resolvers.context import Context
from app.resolvers.paging import Page, page_at_hand, page_by_id
from app.settlement.statements import SupporterLine, SupporterStatement


async def read_wallet_state(context: Context, wallet: Wallet) -> WalletState:
    """The wallet's numbers now."""
    await require_self(context, wallet.account_id, Scope.WALLET)
    return await context.loaders.wallet_states.load(wallet.id)


async def read_wallet_clicks(
    context: Context, wallet: Wallet, *, first: int, after: str | None, period_key: str | None
) -> Page[Click]:
    """The wallet's clicks of a period, by default the open one, newest first.

    None of a period there never was. Raises InvalidInput for what is no key.
    """
    await require_self(context, wallet.account_id, Scope.WALLET)
    if period_key is not None:
        start_of(period_key)
    period = await context.loaders.named_periods.load(period_key)

    async def read(limit: int, before_id: int) -> list[Click]:
        if period is None:
            return []
        wanted = ClickPage(wallet.id, period.id, limit, before_id)
        return await context.loaders.click_pages.load(wanted)

    return await page_by_id(
        "clicks", first=first, after=after, read=read, id_of=lambda click: click.id
    )


async def read_wallet_entries(
    context: Context, wallet: Wallet, *, first: int, after: str | None
) -> Page[WalletEntry]:
    """The wallet's movements, newest first."""
    await require_self(context, wallet.account_id, Scope.WALLET)

    async def read(limit: int, before_id: int) -> list[WalletEntry]:
        return await context.loaders.entry_pages.load(EntryPage(wallet.id, limit, before_id))

    return await page_by_id(
        "entries", first=first, after=after, read=read, id_of=lambda entry: entry.entry_id
    )


async def read_supporter_statement(
    context: Context, wallet: Wallet, period_key: str
) -> SupporterStatement | None:
    """What the wallet gave in a settled period; None before. Raises InvalidInput."""
    await require_self(context, wallet.account_id, Scope.WALLET)
    start_of(period_key)
    return await context.loaders.supporter_statements.load((wallet.id, period_key))


async def read_supporter_lines(
    statement: SupporterStatement, *, first: int, after: str | None
) -> Page[SupporterLine]:
    """A page of a statement that its supporter was given, in the order of the clicks."""
    return page_at_hand(
        "supporter",
        statement.lines,
        first=first,
        after=after,
        key=lambda line: (line.click_id,),
    )


async def put_money(
    context: Context, amount: Money, *, idempotency_key: str, provider: str, method: str
) -> tuple[Deposit, Wallet]:
    """Deposit into the viewer's wallet of the amount's currency; the deposit, and the wallet."""
    account = await context.require(Scope.WALLET)
    made = await deposit(
        account, amount, idempotency_key=idempotency_key, provider=provider, method=method
    )
    wallet = await context.loaders.wallets.load(made.wallet_id)
    if wallet is None:
        raise NotFound
    return made, wallet


async def choose_budget(context: Context, *, currency: str, budget: Money | None) -> Wallet:
    """What the viewer's wallet gives at most a period; None gives all it holds."""
    account = await context.require(Scope.WALLET)
    if budget is not None and budget.currency != currency:
        raise InvalidInput(f"The budget of a {currency} wallet is in {currency}.", field="budget")
    micros = budget.micros if budget is not None else None
    return await set_budget(account, currency=currency, budget_micros=micros)
