"""Creators: the public side of accounts that own content."""

from typing import Annotated

import strawberry

from app.domain.accounts import Account
from app.domain.listings import ContentOrder
from app.resolvers.creator import (
    read_creator_contents,
    read_creator_statement,
    read_earnings,
)
from app.schema.connection import Connection, connection
from app.schema.content import Content, listed
from app.schema.fields import After, First, Info, argument, field
from app.schema.money import Money
from app.schema.node import Node, node_id, shaped
from app.schema.statement import CreatorStatement


@strawberry.type(description="What a creator has received in one currency.")
class Earnings:
    balance: Money = strawberry.field(description="What was received and is still held here.")


@shaped
@strawberry.type(description="Somebody who makes things: an account that owns, or owned, content.")
class Creator(Node):
    account: strawberry.Private[Account]
    handle: str = strawberry.field(description="Public, unique, and never changes.")
    display_name: str = strawberry.field(description="The name to show.")

    @classmethod
    def of(cls, value: Account) -> "Creator":
        return cls(
            id=node_id("Creator", value.id),
            account=value,
            handle=value.handle,
            display_name=value.display_name,
        )

    @field("What they made, a page at a time.")
    async def contents(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        order_by: Annotated[ContentOrder, argument("In which order.")] = ContentOrder.NEWEST,
    ) -> Connection[Content]:
        page = await read_creator_contents(
            info.context, self.account, order=order_by, first=first, after=after
        )
        return connection(page, listed)

    @field(
        "What they received, one for each currency. For the creator only, with the scope `READ`; "
        "others get null and the error `FORBIDDEN`.",
        viewer_bound=True,
    )
    async def earnings(self, info: Info) -> list[Earnings] | None:
        found = await read_earnings(info.context, self.account)
        return [Earnings(balance=Money.of(money)) for money in found]

    @field(
        "What a settled period paid, content by content; null before it is settled, or where there "
        "is no such period. For the creator only, with the scope `READ`; others get null and the "
        "error `FORBIDDEN`.",
        viewer_bound=True,
    )
    async def statement(
        self, info: Info, period_key: Annotated[str, argument("The period, `2026-11`.")]
    ) -> CreatorStatement | None:
        found = await read_creator_statement(info.context, self.account, period_key)
        return CreatorStatement.of(self.account, found) if found is not None else None
