"""What can be watched."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, TypeVar

import strawberry

from app.domain import live_stats
from app.resolvers.live import (
    watch_counters,
    watch_creator,
    watch_platform,
    watch_settlement,
    watch_wallet,
)
from app.schema.answers import Checked
from app.schema.counter import Counter
from app.schema.fields import Info, argument, subscription
from app.schema.scalars import CurrencyCode
from app.schema.settlement import Settlement
from app.schema.wallet import Wallet

Value = TypeVar("Value")
Shaped = TypeVar("Shaped")


@strawberry.type(
    description="The numbers of all contents of a creator or platform that are there now. They "
    "count clicks, never weights or money, and need no sign-in."
)
class LiveStats:
    period_key: str = strawberry.field(description="The open period, `2026-11`.")
    total: int = strawberry.field(description="Clicks of all time.")
    period: int = strawberry.field(description="Clicks in the open period.")
    supporters: int | None = strawberry.field(
        description="Wallets that ever clicked any of them, each once. Null beyond 200 000 "
        "clicks, where counting would take too long."
    )
    contents: int = strawberry.field(description="How many contents there are.")
    as_of: datetime = strawberry.field(description="When these numbers held.")

    @classmethod
    def of(cls, value: live_stats.LiveStats) -> "LiveStats":
        return cls(
            period_key=value.period_key,
            total=value.total,
            period=value.period,
            supporters=value.supporters,
            contents=value.contents,
            as_of=value.as_of,
        )


@strawberry.type(
    description="What can be watched. Everything is state, not events: first how it is, then how "
    "it has become, always in whole numbers; what a slow reader misses, the next message has. "
    "After a lost connection subscribe again, and nothing is missing or counted twice."
)
class Subscription:
    @subscription(
        "The numbers of contents: a snapshot of each, then every change, at most 10 a second for "
        "each content. Drop what has a lower `seq` than what you show. Ids of no content are left "
        "out; `INVALID_INPUT` if none is a content's."
    )
    async def counters(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], argument("Ids of contents, 1 to 100.")],
    ) -> AsyncIterator[Counter]:
        return _shaped(await watch_counters(info.context, ids), Counter.of)

    @subscription(
        "The numbers of a creator's contents, now and after every change, at most 4 a second.",
        extensions=[Checked()],
    )
    async def creator_stats(
        self, info: Info, handle: Annotated[str, argument("The handle, in any case.")]
    ) -> AsyncIterator[LiveStats]:
        return _shaped(await watch_creator(info.context, handle), LiveStats.of)

    @subscription(
        "The numbers of what a platform carries, now and after every change, at most 4 a second.",
        extensions=[Checked()],
    )
    async def platform_totals(
        self, info: Info, slug: Annotated[str, argument("Its short name.")]
    ) -> AsyncIterator[LiveStats]:
        return _shaped(await watch_platform(info.context, slug), LiveStats.of)

    @subscription(
        "The viewer's own wallet, now and whenever its money, its budget or its clicks change. "
        "Needs the scope `WALLET`, and ends with an error when the token does.",
        viewer_bound=True,
    )
    async def wallet(
        self, info: Info, currency: Annotated[CurrencyCode, argument("Which wallet.")]
    ) -> AsyncIterator[Wallet]:
        return _shaped(await watch_wallet(info.context, currency), Wallet.of)

    @subscription(
        "How far the settlement of a period is, for operators: nothing until it begins, and "
        "complete once it is settled. Needs the scope `OPERATE`.",
        viewer_bound=True,
    )
    async def settlement(
        self, info: Info, period_key: Annotated[str, argument("The period, `2026-11`.")]
    ) -> AsyncIterator[Settlement]:
        return _shaped(await watch_settlement(info.context, period_key), Settlement.of)


async def _shaped(
    values: AsyncGenerator[Value, None], shape: Callable[[Value], Shaped]
) -> AsyncIterator[Shaped]:
    async with aclosing(values):
        async for value in values:
            yield shape(value)
