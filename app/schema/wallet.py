"""Wallets, their clicks and their movements: for the account that holds them."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.domain import clicks, deposits, wallets
from app.resolvers.click import read_click_period
from app.resolvers.content import was
from app.resolvers.wallet import (
    read_supporter_statement,
    read_wallet_clicks,
    read_wallet_entries,
    read_wallet_state,
)
from app.schema.connection import Connection, connection
from app.schema.content import Content
from app.schema.fields import After, First, Info, argument, field
from app.schema.money import Money, amount
from app.schema.node import Node, node_id, shaped
from app.schema.scalars import CurrencyCode
from app.schema.settlement import Period
from app.schema.statement import SupporterStatement


@shaped
@strawberry.type(description="One wallet's support of one content in one period.")
class Click(Node):
    value: strawberry.Private[clicks.Click]
    weight: int = strawberry.field(description="1 to 5: how many units of the pot it gets.")
    created_at: datetime = strawberry.field(description="When it was first made.")
    withdrawn_at: datetime | None = strawberry.field(
        description="When it was withdrawn; null while it counts."
    )

    @classmethod
    def of(cls, value: clicks.Click) -> "Click":
        return cls(
            id=node_id("Click", value.id),
            value=value,
            weight=value.weight,
            created_at=value.created_at,
            withdrawn_at=value.withdrawn_at,
        )

    @field("What was clicked.")
    async def content(self, info: Info) -> Content:
        return Content.of(await was(info.context, self.value.content_id))

    @field("The period in which it counts.")
    async def period(self, info: Info) -> Period:
        return Period.of(await read_click_period(info.context, self.value))


@shaped
@strawberry.type(description="Money that was put into a wallet.")
class Deposit(Node):
    amount: Money = strawberry.field(description="How much.")
    provider: str = strawberry.field(description="The payment provider it came through.")
    idempotency_key: str = strawberry.field(description="The key it was asked for with.")
    created_at: datetime = strawberry.field(description="When it arrived.")

    @classmethod
    def of(cls, value: deposits.Deposit) -> "Deposit":
        return cls(
            id=node_id("Deposit", value.id),
            amount=Money.of(value.amount),
            provider=value.provider,
            idempotency_key=value.idempotency_key,
            created_at=value.created_at,
        )


@strawberry.type(description="One movement of a wallet, as the ledger has it.")
class WalletEntry:
    kind: str = strawberry.field(
        description="What moved it: `deposit`, `refund`, `chargeback`, `settle`, `escrow:return` …"
    )
    amount: Money = strawberry.field(description="Positive into the wallet, negative out of it.")
    posted_at: datetime = strawberry.field(description="When it was posted.")


@shaped
@strawberry.type(
    description="The money an account holds to give, in one currency. Only the account that holds "
    "it sees it, with the scope `WALLET`."
)
class Wallet(Node):
    value: strawberry.Private[wallets.Wallet]
    currency: CurrencyCode = strawberry.field(description="Its one currency.")

    @classmethod
    def of(cls, value: wallets.Wallet) -> "Wallet":
        return cls(
            id=node_id("Wallet", value.id), value=value, currency=CurrencyCode(value.currency)
        )

    @field("What is in it.", viewer_bound=True)
    async def balance(self, info: Info) -> Money:
        state = await read_wallet_state(info.context, self.value)
        return amount(state.balance_micros, self.value.currency)

    @field(
        "What is free: the balance less what closed, unsettled periods will still give.",
        viewer_bound=True,
    )
    async def spendable(self, info: Info) -> Money:
        state = await read_wallet_state(info.context, self.value)
        return amount(state.spendable_micros, self.value.currency)

    @field("The most it gives in a period; null gives the whole balance.", viewer_bound=True)
    async def budget(self, info: Info) -> Money | None:
        micros = (await read_wallet_state(info.context, self.value)).budget_micros
        return amount(micros, self.value.currency) if micros is not None else None

    @field(
        "What it would give if the open period closed now and it had clicked anything.",
        viewer_bound=True,
    )
    async def pot(self, info: Info) -> Money:
        state = await read_wallet_state(info.context, self.value)
        return amount(state.pot_micros, self.value.currency)

    @field(
        "What a click of weight 1 is worth if the period closed now; null without clicks.",
        viewer_bound=True,
    )
    async def worth(self, info: Info) -> Money | None:
        micros = (await read_wallet_state(info.context, self.value)).worth_micros
        return amount(micros, self.value.currency) if micros is not None else None

    @field("Its counted clicks of a period, newest first.", viewer_bound=True)
    async def clicks(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        period_key: Annotated[
            str | None,
            argument("The period, `2026-11`; by default the open one."),
        ] = None,
    ) -> Connection[Click]:
        page = await read_wallet_clicks(
            info.context, self.value, first=first, after=after, period_key=period_key
        )
        return connection(page, Click.of)

    @field("Its movements, newest first; they sum to the balance.", viewer_bound=True)
    async def entries(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[WalletEntry]:
        page = await read_wallet_entries(info.context, self.value, first=first, after=after)
        return connection(page, self._entry)

    @field(
        "What it gave in a settled period; null before, and where it clicked nothing.",
        viewer_bound=True,
    )
    async def statement(
        self, info: Info, period_key: Annotated[str, argument("The period, `2026-11`.")]
    ) -> SupporterStatement | None:
        found = await read_supporter_statement(info.context, self.value, period_key)
        return SupporterStatement.of(found) if found is not None else None

    def _entry(self, row: wallets.WalletEntry) -> WalletEntry:
        return WalletEntry(
            kind=row.kind,
            amount=amount(row.micros, self.value.currency),
            posted_at=row.posted_at,
        )
