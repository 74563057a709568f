"""withdrawClick."""

from typing import Annotated

import strawberry

from app.resolvers.click import take_click_back
from app.schema.answers import Answers
from app.schema.counter import Counter, ViewerState
from app.schema.failure import (
    ContentNotFound,
    Forbidden,
    InvalidInput,
    OriginNotAllowed,
    Overloaded,
    RateLimited,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.scalars import URL, CurrencyCode


@strawberry.input(description="Whose click to withdraw: exactly one of `contentId` and `url`.")
class WithdrawClickInput:
    content_id: strawberry.ID | None = strawberry.field(
        default=None, description="The content's id."
    )
    url: URL | None = strawberry.field(
        default=None, description="The content's address, present or of before."
    )
    currency: CurrencyCode | None = strawberry.field(
        default=None,
        description="Which wallet's click; by default that of whichever wallet clicked, of all of "
        "them if several did.",
    )


@strawberry.type(description="The viewer has no click on this content in the open period now.")
class WithdrawClickSuccess:
    withdrawn: bool = strawberry.field(
        description="Whether a click was withdrawn; false where there was none."
    )
    counter: Counter = strawberry.field(description="The content's numbers without it.")
    viewer_state: ViewerState = strawberry.field(description="What the button shows now.")


WithdrawClickResult = Annotated[
    WithdrawClickSuccess
    | ContentNotFound
    | RateLimited
    | Overloaded
    | InvalidInput
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("WithdrawClickResult", description="What a withdrawal can lead to."),
]


@strawberry.type
class WithdrawClick:
    @field(
        "Withdraw the viewer's click of the open period; older ones stand. Safe to send again. "
        "Needs the scope `CLICK`.",
        extensions=[Answers(WithdrawClickResult)],
    )
    async def withdraw_click(
        self, info: Info, input: Annotated[WithdrawClickInput, argument("On which content.")]
    ) -> WithdrawClickResult:
        taken = await take_click_back(
            info.context, content_id=input.content_id, url=input.url, currency=input.currency
        )
        return WithdrawClickSuccess(
            withdrawn=taken.withdrawn,
            counter=Counter.of(taken.counter),
            viewer_state=ViewerState.of(taken.state),
        )
