"""setBudget."""

from typing import Annotated

import strawberry

from app.resolvers.wallet import choose_budget
from app.schema.answers import Answers
from app.schema.failure import (
    Forbidden,
    InvalidInput,
    OriginNotAllowed,
    Overloaded,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.money import MoneyInput
from app.schema.scalars import CurrencyCode
from app.schema.wallet import Wallet


@strawberry.input(description="How much a wallet gives.")
class SetBudgetInput:
    currency: CurrencyCode = strawberry.field(description="Which wallet; one is opened if need be.")
    budget: MoneyInput | None = strawberry.field(
        default=None,
        description="The most it gives in a period, in the wallet's currency; null or left out: "
        "all it holds.",
    )


@strawberry.type(description="The budget holds, from the open period on.")
class SetBudgetSuccess:
    wallet: Wallet = strawberry.field(description="The wallet.")


SetBudgetResult = Annotated[
    SetBudgetSuccess | InvalidInput | Overloaded | Unauthenticated | Forbidden | OriginNotAllowed,
    strawberry.union("SetBudgetResult", description="What setting a budget can lead to."),
]


@strawberry.type
class SetBudget:
    @field(
        "Choose what the viewer's wallet gives at most in a period, from the open one on. Needs "
        "the scope `WALLET`.",
        extensions=[Answers(SetBudgetResult)],
    )
    async def set_budget(
        self, info: Info, input: Annotated[SetBudgetInput, argument("Which wallet, how much.")]
    ) -> SetBudgetResult:
        budget = input.budget.value() if input.budget is not None else None
        wallet = await choose_budget(info.context, currency=input.currency, budget=budget)
        return SetBudgetSuccess(wallet=Wallet.of(wallet))
