"""Platforms: the sites that carry content."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.domain import platforms
from app.domain.listings import ContentOrder
from app.resolvers.platform import read_hosts, read_platform_contents, read_rates
from app.schema.connection import Connection, connection
from app.schema.content import Content, listed
from app.schema.fields import After, First, Info, argument, field
from app.schema.node import Node, node_id, shaped


@strawberry.type(description="From a moment on, how much of what contents are given is kept.")
class CommissionRate:
    commission_bps: int = strawberry.field(
        description="Kept in all, in basis points of gross: 1000 is 10 %."
    )
    platform_bps: int = strawberry.field(
        description="The platform's part of that, in basis points of gross."
    )
    starts_at: datetime = strawberry.field(
        description="From when on. A period takes the rate of its close."
    )

    @classmethod
    def of(cls, value: platforms.CommissionRate) -> "CommissionRate":
        return cls(
            commission_bps=value.commission_bps,
            platform_bps=value.platform_bps,
            starts_at=value.starts_at,
        )


@shaped
@strawberry.type(description="A site that carries creators' content: a video site, a newspaper.")
class Platform(Node):
    value: strawberry.Private[platforms.Platform]
    slug: str = strawberry.field(description="Its short name in addresses; never changes.")
    name: str = strawberry.field(description="The name to show.")

    @classmethod
    def of(cls, value: platforms.Platform) -> "Platform":
        return cls(id=node_id("Platform", value.id), value=value, slug=value.slug, name=value.name)

    @field("Its host names. Content that is registered at an address on one of them belongs to it.")
    async def hosts(self, info: Info) -> list[str]:
        return await read_hosts(info.context, self.value)

    @field("Its commission rates, oldest first. Empty: the house's own rate, 10 % by default.")
    async def rates(self, info: Info) -> list[CommissionRate]:
        return [CommissionRate.of(rate) for rate in await read_rates(info.context, self.value)]

    @field("What it carries, a page at a time.")
    async def contents(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        order_by: Annotated[ContentOrder, argument("In which order.")] = ContentOrder.NEWEST,
    ) -> Connection[Content]:
        page = await read_platform_contents(
            info.context, self.value, order=order_by, first=first, after=after
        )
        return connection(page, listed)
