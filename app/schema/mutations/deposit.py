"""deposit."""

from typing import Annotated

import strawberry

from app.resolvers.wallet import put_money
from app.schema.answers import Answers
from app.schema.failure import (
    AccountSuspended,
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    OriginNotAllowed,
    Overloaded,
    PaymentDeclined,
    Unauthenticated,
    WalletFull,
)
from app.schema.fields import Info, argument, field
from app.schema.money import MoneyInput
from app.schema.wallet import Deposit, Wallet


@strawberry.input(description="Money to put into the viewer's wallet.")
class DepositInput:
    amount: MoneyInput = strawberry.field(
        description="How much, into the wallet of its currency; one is opened if need be."
    )
    idempotency_key: str = strawberry.field(
        description="Yours to choose, 1 to 100 printable ASCII characters: the same key with the "
        "same input is one deposit, however often it is sent."
    )
    provider: str = strawberry.field(
        default="sandbox", description="The payment provider; `sandbox` has play money."
    )
    method: str = strawberry.field(
        default="sandbox",
        description="The provider's payment method. The sandbox knows `sandbox`, and "
        "`sandbox-declined` to try a refusal.",
    )


@strawberry.type(description="The money is in the wallet.")
class DepositSuccess:
    deposit: Deposit = strawberry.field(description="The deposit; the first one of its key.")
    wallet: Wallet = strawberry.field(description="The wallet it went to.")


DepositResult = Annotated[
    DepositSuccess
    | PaymentDeclined
    | WalletFull
    | IdempotencyConflict
    | AccountSuspended
    | InvalidInput
    | Overloaded
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("DepositResult", description="What a deposit can lead to."),
]


@strawberry.type
class DepositMutation:
    @field(
        "Put money into the viewer's wallet. Needs the scope `WALLET`.",
        extensions=[Answers(DepositResult)],
    )
    async def deposit(
        self, info: Info, input: Annotated[DepositInput, argument("How much, and how.")]
    ) -> DepositResult:
        made, wallet = await put_money(
            info.context,
            input.amount.value(),
            idempotency_key=input.idempotency_key,
            provider=input.provider,
            method=input.method,
        )
        return DepositSuccess(deposit=Deposit.of(made), wallet=Wallet.of(wallet))
