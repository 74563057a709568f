"""closePeriod."""

from typing import Annotated

import strawberry

from app.resolvers.period import close
from app.schema.answers import Answers
from app.schema.failure import (
    AccountSuspended,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    OriginNotAllowed,
    Overloaded,
    PeriodNotOpen,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.settlement import Period


@strawberry.input(description="The period to close.")
class ClosePeriodInput:
    period_key: str = strawberry.field(
        description="The open period, `2026-11`: said aloud, so that none is closed by accident."
    )


@strawberry.type(description="The period is closed, and the next one is open.")
class ClosePeriodSuccess:
    period: Period = strawberry.field(description="The period that was closed.")
    open_period: Period = strawberry.field(description="The one that is open now.")


ClosePeriodResult = Annotated[
    ClosePeriodSuccess
    | PeriodNotOpen
    | Conflict
    | NotFound
    | AccountSuspended
    | InvalidInput
    | Overloaded
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("ClosePeriodResult", description="What closing can lead to."),
]


@strawberry.type
class ClosePeriod:
    @field(
        "Close the open period, before its time if need be. Periods also close by themselves. For "
        "operators, with the scope `OPERATE`.",
        extensions=[Answers(ClosePeriodResult)],
    )
    async def close_period(
        self, info: Info, input: Annotated[ClosePeriodInput, argument("Which period.")]
    ) -> ClosePeriodResult:
        closed, now_open = await close(info.context, input.period_key)
        return ClosePeriodSuccess(period=Period.of(closed), open_period=Period.of(now_open))
