"""Loaders: whatever many rows of one answer ask for is read in one go.

A set belongs to one operation. Keys are row ids, or domain values where reading needs more.
"""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from app.domain.accounts import Account, accounts_by_ids
from app.domain.clicks import Click, ViewerState, clicks_by_ids, viewer_states
from app.domain.contents import Content, ContentShare, any_contents_by_ids, shares_of
from app.domain.counters import Counter, counters_of
from app.domain.creators import who_created
from app.domain.deposits import Deposit, deposits_by_ids
from app.domain.eligibility import Eligibility, eligibility_of
from app.domain.listings import MAX_LISTINGS, ListedContent, Listing, list_many
from app.domain.periods import Period, periods_by_ids
from app.domain.platforms import CommissionRate, Platform, hosts_of, platforms_by_ids, rates_of
from app.domain.sessions import Scope, Viewer, viewer_of
from app.domain.wallets import Wallet, WalletState, wallet_states, wallets_by_ids
from app.settlement.settlements import Settlement, settlements_of

MAX_BATCH = 1000
"""Rows read by one statement; both databases take some 32,000 values."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Loaders:
    """One operation's loaders."""

    def __init__(self, viewer: Callable[[], Awaitable[Viewer | None]]) -> None:
        self._viewer = viewer
        self.viewers: DataLoader[str, Viewer | None] = _loader(_viewers_of)
        self.accounts: DataLoader[int, Account | None] = _loader(accounts_by_ids)
        self.creators: DataLoader[int, bool] = _loader(who_created)
        self.clicks: DataLoader[int, Click | None] = _loader(clicks_by_ids)
        self.contents: DataLoader[int, Content | None] = _loader(any_contents_by_ids)
        self.counters: DataLoader[int, Counter] = _loader(counters_of)
        self.deposits: DataLoader[int, Deposit | None] = _loader(deposits_by_ids)
        self.eligibility: DataLoader[Content, Eligibility] = _loader(eligibility_of)
        self.hosts: DataLoader[int, list[str]] = _loader(hosts_of)
        self.listings: DataLoader[Listing, list[ListedContent]] = _loader(list_many, MAX_LISTINGS)
        self.periods: DataLoader[int, Period | None] = _loader(periods_by_ids)
        self.platforms: DataLoader[int, Platform | None] = _loader(platforms_by_ids)
        self.rates: DataLoader[int, list[CommissionRate]] = _loader(rates_of)
        self.settlements: DataLoader[int, Settlement | None] = _loader(settlements_of)
        self.shares: DataLoader[Content, list[ContentShare]] = _loader(shares_of)
        self.viewer_states: DataLoader[int, ViewerState] = _loader(self._viewer_states)
        self.wallets: DataLoader[int, Wallet | None] = _loader(wallets_by_ids)
        self.wallet_states: DataLoader[int, WalletState] = _loader(wallet_states)

    async def _viewer_states(self, content_ids: list[int]) -> list[ViewerState]:
        """What the viewer's buttons show; a token that may neither read nor click is a stranger."""
        viewer = await self._viewer()
        knows = viewer is not None and not viewer.session.scopes.isdisjoint(
            (Scope.READ, Scope.CLICK)
        )
        return await viewer_states(viewer.account if viewer and knows else None, content_ids)


async def _viewers_of(tokens: list[str]) -> list[Viewer | None]:
    return [await viewer_of(token) for token in tokens]


def _loader(
    read: Callable[[list[Any]], Awaitable[Sequence[Any]]], at_most: int = MAX_BATCH
) -> DataLoader[Any, Any]:
    return DataLoader(read, max_batch_size=at_most)
