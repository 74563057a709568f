"""verifyPeriod."""

from typing import Annotated

import strawberry

from app.resolvers.settlement import verify
from app.schema.answers import Answers
from app.schema.failure import (
    AccountSuspended,
    Forbidden,
    InvalidInput,
    NotFound,
    OriginNotAllowed,
    Overloaded,
    PeriodNotClosed,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.settlement import Period, Verification


@strawberry.input(description="The period to verify.")
class VerifyPeriodInput:
    period_key: str = strawberry.field(description="A settled period, `2026-11`.")


@strawberry.type(description="The period was recomputed, or soon is.")
class VerifyPeriodSuccess:
    period: Period = strawberry.field(description="The period.")
    verification: Verification | None = strawberry.field(
        description="What came of it. Null while it goes on: `settlement { verifiedAt }` tells "
        "when all agreed."
    )


VerifyPeriodResult = Annotated[
    VerifyPeriodSuccess
    | PeriodNotClosed
    | NotFound
    | AccountSuspended
    | InvalidInput
    | Overloaded
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("VerifyPeriodResult", description="What verifying can lead to."),
]


@strawberry.type
class VerifyPeriod:
    @field(
        "Compute a settled period anew from its clicks, and compare it with the ledger to the "
        "micro-unit. For operators, with the scope `OPERATE`.",
        extensions=[Answers(VerifyPeriodResult)],
    )
    async def verify_period(
        self, info: Info, input: Annotated[VerifyPeriodInput, argument("Which period.")]
    ) -> VerifyPeriodResult:
        period, found = await verify(info.context, input.period_key)
        return VerifyPeriodSuccess(
            period=Period.of(period),
            verification=Verification.of(found) if found is not None else None,
        )
