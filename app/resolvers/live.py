"""What is watched: each stream says, before every value, what it is the newest state of.

A stream that reads again holds no connection while it waits, reads with fresh loaders, and asks
every time whether the viewer may still see it.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from app.core.errors import ContentNotFound, InvalidInput, NotFound
from app.core.money import check_currency
from app.domain.announce import creator_topic, platform_topic, settlement_topic, wallet_topic
from app.domain.batched import Batched
from app.domain.counters import Counter
from app.domain.live import current_hub
from app.domain.live_stats import LiveStats
from app.domain.periods import period_by_key
from app.domain.platforms import platform_by_slug
from app.domain.sessions import Scope
from app.domain.wallets import Wallet, wallet_for
from app.resolvers.context import Context
from app.resolvers.counter import content_row_id
from app.resolvers.creator import find_creator
from app.resolvers.paging import check_ids
from app.resolvers.period import require_operator
from app.settlement.settlements import Settlement

NAMED = 5
"""Ids an error names at most."""


async def watch_counters(context: Context, ids: Sequence[str]) -> AsyncGenerator[Counter, None]:
    """A snapshot of each content's counter, then changes; unknown ids are left out.

    Raises InvalidInput, at once or in place of the first value, where no id is a content's.
    """
    check_ids(ids)
    known = [row_id for row_id in map(content_row_id, ids) if row_id is not None]
    if not known:
        raise _no_contents(ids)
    return _counters(context, ids, known)


async def watch_creator(context: Context, handle: str) -> AsyncGenerator[LiveStats, None]:
    """The numbers of a creator's contents, again whenever they change. Raises NotFound."""
    creator = await find_creator(context, handle)
    if creator is None:
        raise NotFound("Nobody of this handle has content. Check its spelling.")
    return _stats(context, creator_topic(creator.id), creator.id, current_hub().creators)


async def watch_platform(context: Context, slug: str) -> AsyncGenerator[LiveStats, None]:
    """The numbers of a platform's contents, again whenever they change. Raises NotFound."""
    platform = await platform_by_slug(slug)
    if platform is None:
        raise NotFound("There is no platform of this name. Check its spelling.")
    return _stats(context, platform_topic(platform.id), platform.id, current_hub().platforms)


async def watch_wallet(context: Context, currency: str) -> AsyncGenerator[Wallet, None]:
    """The viewer's wallet, again whenever its money or its clicks change.

    Ends with Unauthenticated or Forbidden when the viewer's token is over. Raises NotFound.
    """
    account = await context.require(Scope.WALLET)
    wallet = await wallet_for(account.id, check_currency(currency))
    if wallet is None:
        raise NotFound(f"You have no {currency} wallet yet. The first deposit opens it.")
    return _wallet(context, wallet)


async def watch_settlement(context: Context, period_key: str) -> AsyncGenerator[Settlement, None]:
    """How far the settlement of a period is, from its freeze until it is settled.

    For operators; says nothing until it begins. Raises NotFound for a period that is not there.
    """
    await require_operator(context)
    period = await period_by_key(period_key)
    return _settlement(context, period.id, period.key)


async def _counters(
    context: Context, ids: Sequence[str], known: Sequence[int]
) -> AsyncGenerator[Counter, None]:
    try:
        async with aclosing(current_hub().counters(known)) as counters:
            async for counter in counters:
                context.forget()
                context.event_key = str(counter.content_id)
                yield counter
    except ContentNotFound:
        raise _no_contents(ids) from None


async def _stats(
    context: Context, topic: str, owner_id: int, reader: Batched[int, LiveStats]
) -> AsyncGenerator[LiveStats, None]:
    async with aclosing(current_hub().touched([topic])) as touches:
        async for _ in touches:
            stats = await reader.load(owner_id)
            context.forget()
            yield stats


async def _wallet(context: Context, wallet: Wallet) -> AsyncGenerator[Wallet, None]:
    """Token and numbers are read together with those of whoever else watches a wallet here."""
    hub = current_hub()
    async with aclosing(hub.touched([wallet_topic(wallet.id)])) as touches:
        async for _ in touches:
            viewer, state = await asyncio.gather(
                hub.viewers.load(context.token or ""), hub.wallets.load(wallet.id)
            )
            context.forget()
            context.knows_viewer(viewer)
            await context.require(Scope.WALLET)
            context.loaders.wallet_states.prime(wallet.id, state)
            yield wallet


async def _settlement(
    context: Context, period_id: int, period_key: str
) -> AsyncGenerator[Settlement, None]:
    async with aclosing(current_hub().touched([settlement_topic(period_key)])) as touches:
        async for _ in touches:
            context.forget()
            await require_operator(context)
            settlement = await context.loaders.settlements.load(period_id)
            if settlement is not None:
                yield settlement
            if settlement is not None and settlement.status == "settled":
                return


def _no_contents(ids: Sequence[str]) -> InvalidInput:
    if not ids:
        return InvalidInput("Name at least one content by its id.", field="ids")
    named = ", ".join(repr(str(global_id)[:60]) for global_id in ids[:NAMED])
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return InvalidInput(f"There is no content with these ids: {named}{more}.", field="ids")
