"""Accounts: who signs in."""

from datetime import datetime

import strawberry

from app.domain import accounts
from app.resolvers.account import is_creator, read_email, read_wallets
from app.schema.creator import Creator
from app.schema.fields import Info, field
from app.schema.node import Node, node_id, shaped
from app.schema.wallet import Wallet


@shaped
@strawberry.type(
    description="A person or organisation that signs in; it may support and create at once."
)
class Account(Node):
    value: strawberry.Private[accounts.Account]
    handle: str = strawberry.field(description="Public, unique, and never changes.")
    display_name: str = strawberry.field(description="The name to show.")
    is_operator: bool = strawberry.field(description="Whether it may close and settle periods.")
    suspended: bool = strawberry.field(
        description="Whether the operator suspended it: then it neither clicks nor receives."
    )
    created_at: datetime = strawberry.field(description="When it was opened.")

    @classmethod
    def of(cls, value: accounts.Account) -> "Account":
        return cls(
            id=node_id("Account", value.id),
            value=value,
            handle=value.handle,
            display_name=value.display_name,
            is_operator=value.is_operator,
            suspended=value.suspended_at is not None,
            created_at=value.created_at,
        )

    @field("The e-mail it signs in with; null for everybody but itself.", viewer_bound=True)
    async def email(self, info: Info) -> str | None:
        return await read_email(info.context, self.value)

    @field(
        "Its wallets, the oldest (the default) first. For the account itself, with the scope "
        "`WALLET`; others get null and the error `FORBIDDEN`.",
        viewer_bound=True,
    )
    async def wallets(self, info: Info) -> list[Wallet] | None:
        return [Wallet.of(wallet) for wallet in await read_wallets(info.context, self.value)]

    @field("Its side as a creator; null until it has content.")
    async def creator(self, info: Info) -> Creator | None:
        return Creator.of(self.value) if await is_creator(info.context, self.value) else None
