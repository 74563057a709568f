"""Loaders: whatever many rows of one answer ask for is read in one go.

A set belongs to one operation. Keys are row ids, or domain values where reading needs more.
"""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from app.core.errors import DomainError, OriginNotAllowed, Unauthenticated
from app.core.money import Money
from app.domain.accounts import Account, accounts_by_ids
from app.domain.clicks import Click, ClickPage, click_pages, clicks_by_ids
from app.domain.contents import Content, ContentShare, any_contents_by_ids, shares_of
from app.domain.counters import Counter, counters_of
from app.domain.creators import who_created
from app.domain.deposits import Deposit, deposits_by_ids
from app.domain.earnings import earnings_of
from app.domain.eligibility import Eligibility, eligibility_of
from app.domain.listings import MAX_LISTINGS, ListedContent, Listing, list_many
from app.domain.periods import Period, open_period, periods_by_ids, periods_by_keys
from app.domain.platforms import CommissionRate, Platform, hosts_of, platforms_by_ids, rates_of
from app.domain.sessions import Scope, Viewer, viewers_of
from app.domain.viewer_states import ViewerState, viewer_states
from app.domain.wallets import (
    EntryPage,
    Wallet,
    WalletEntry,
    WalletState,
    entry_pages,
    wallet_states,
    wallets_by_ids,
    wallets_of_each,
)
from app.settlement.settlements import Settlement, settlements_of
from app.settlement.statements import (
    CreatorStatement,
    SupporterStatement,
    creator_statements,
    reports_of,
    supporter_statements,
)

MAX_BATCH = 1000
"""Rows read by one statement; both databases take some 32,000 values."""
MAX_PAGES = 100
"""Pages read by one statement, each with several values."""

StatementKey = tuple[int, str]
"""Whose statement, an account's or a wallet's id, and of which period, by its key."""
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Loaders:
    """One operation's loaders."""

    def __init__(
        self, viewer: Callable[[], Awaitable[Viewer | None]], *, origin_refused: bool
    ) -> None:
        self._viewer = viewer
        self._origin_refused = origin_refused
        self.viewers: DataLoader[str, Viewer | None] = _loader(viewers_of)
        self.accounts: DataLoader[int, Account | None] = _loader(accounts_by_ids)
        self.account_wallets: DataLoader[int, list[Wallet]] = _loader(wallets_of_each)
        self.creators: DataLoader[int, bool] = _loader(who_created)
        self.clicks: DataLoader[int, Click | None] = _loader(clicks_by_ids)
        self.click_pages: DataLoader[ClickPage, list[Click]] = _loader(click_pages, MAX_PAGES)
        self.contents: DataLoader[int, Content | None] = _loader(any_contents_by_ids)
        self.counters: DataLoader[int, Counter] = _loader(counters_of)
        self.creator_reports: DataLoader[StatementKey, dict[str, str]] = _loader(self._reports)
        self.creator_statements: DataLoader[StatementKey, CreatorStatement | None] = _loader(
            creator_statements
        )
        self.deposits: DataLoader[int, Deposit | None] = _loader(deposits_by_ids)
        self.earnings: DataLoader[int, list[Money]] = _loader(earnings_of)
        self.eligibility: DataLoader[Content, Eligibility] = _loader(eligibility_of)
        self.entry_pages: DataLoader[EntryPage, list[WalletEntry]] = _loader(entry_pages, MAX_PAGES)
        self.hosts: DataLoader[int, list[str]] = _loader(hosts_of)
        self.listings: DataLoader[Listing, list[ListedContent]] = _loader(list_many, MAX_LISTINGS)
        self.named_periods: DataLoader[str | None, Period | None] = _loader(_periods_named)
        self.periods: DataLoader[int, Period | None] = _loader(periods_by_ids)
        self.platforms: DataLoader[int, Platform | None] = _loader(platforms_by_ids)
        self.rates: DataLoader[int, list[CommissionRate]] = _loader(rates_of)
        self.settlements: DataLoader[int, Settlement | None] = _loader(settlements_of)
        self.shares: DataLoader[Content, list[ContentShare]] = _loader(shares_of)
        self.supporter_statements: DataLoader[StatementKey, SupporterStatement | None] = _loader(
            supporter_statements
        )
        self.viewer_states: DataLoader[int, ViewerState] = _loader(self._viewer_states)
        self.wallets: DataLoader[int, Wallet | None] = _loader(wallets_by_ids)
        self.wallet_states: DataLoader[int, WalletState] = _loader(wallet_states)

    async def _viewer_states(self, content_ids: list[int]) -> list[ViewerState]:
        """What the viewer's buttons show; a token that may neither read nor click is told nothing.

        Whatever bars every click of theirs is said in the order in which `click` looks for it.
        """
        viewer = await self._viewer()
        if viewer is None:
            barred: DomainError = Unauthenticated()
            if self._origin_refused:
                barred = OriginNotAllowed()
            return await viewer_states(None, content_ids, barred=barred)
        knows = not viewer.session.scopes.isdisjoint((Scope.READ, Scope.CLICK))
        account = viewer.account if knows else None
        return await viewer_states(account, content_ids, barred=viewer.lack_of(Scope.CLICK))

    async def _reports(self, keys: list[StatementKey]) -> list[dict[str, str]]:
        """Reports of statements that were read already."""
        statements = await self.creator_statements.load_many(keys)
        return [await reports_of(s) if s is not None else {} for s in statements]


async def _periods_named(keys: list[str | None]) -> list[Period | None]:
    """Periods by their keys; None stands for the open one."""
    named = [key for key in keys if key is not None]
    found: dict[str | None, Period | None] = dict(
        zip(named, await periods_by_keys(named), strict=True)
    )
    if len(named) < len(keys):
        found[None] = await open_period()
    return [found[key] for key in keys]


def _loader(
    read: Callable[[list[Any]], Awaitable[Sequence[Any]]], at_most: int = MAX_BATCH
) -> DataLoader[Any, Any]:
    return DataLoader(read, max_batch_size=at_most)
