"""settlePeriod."""

from typing import Annotated

import strawberry

from app.resolvers.settlement import settle
from app.schema.answers import Answers
from app.schema.failure import (
    AccountSuspended,
    Forbidden,
    InvalidInput,
    NotFound,
    OriginNotAllowed,
    Overloaded,
    PeriodAlreadySettled,
    PeriodNotClosed,
    PeriodOutOfOrder,
    SettlementRunning,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.settlement import Period, Settlement


@strawberry.input(description="The period to settle.")
class SettlePeriodInput:
    period_key: str = strawberry.field(description="The oldest closed period, `2026-11`.")


@strawberry.type(description="The settlement is done, or well under way.")
class SettlePeriodSuccess:
    done: bool = strawberry.field(
        description="Whether it is done. If not it goes on by itself: ask "
        "`period(key:) { settlement { progress } }`."
    )
    period: Period = strawberry.field(description="The period.")
    settlement: Settlement | None = strawberry.field(
        description="The settlement as it is now; null while it prepares."
    )


SettlePeriodResult = Annotated[
    SettlePeriodSuccess
    | PeriodNotClosed
    | PeriodAlreadySettled
    | PeriodOutOfOrder
    | SettlementRunning
    | NotFound
    | AccountSuspended
    | InvalidInput
    | Overloaded
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("SettlePeriodResult", description="What settling can lead to."),
]


@strawberry.type
class SettlePeriod:
    @field(
        "Divide a closed period among what was clicked. Periods settle in order, and also by "
        "themselves. It answers after a few seconds at most, done or not. For operators, with the "
        "scope `OPERATE`.",
        extensions=[Answers(SettlePeriodResult)],
    )
    async def settle_period(
        self, info: Info, input: Annotated[SettlePeriodInput, argument("Which period.")]
    ) -> SettlePeriodResult:
        settling = await settle(info.context, input.period_key)
        found = settling.settlement
        return SettlePeriodSuccess(
            done=settling.done,
            period=Period.of(settling.period),
            settlement=Settlement.of(found) if found is not None else None,
        )
