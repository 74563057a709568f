"""click."""

from typing import Annotated

import strawberry

from app.resolvers.click import place_click
from app.schema.answers import Answers
from app.schema.counter import Counter, ViewerState
from app.schema.failure import (
    AccountSuspended,
    ContentNotFound,
    Forbidden,
    InvalidInput,
    NotEligible,
    OriginNotAllowed,
    Overloaded,
    OwnContent,
    RateLimited,
    TooManyClicks,
    Unauthenticated,
    WalletEmpty,
)
from app.schema.fields import Info, argument, field
from app.schema.scalars import URL, CurrencyCode
from app.schema.wallet import Click


@strawberry.input(description="What to click: exactly one of `contentId` and `url`.")
class ClickInput:
    content_id: strawberry.ID | None = strawberry.field(
        default=None, description="The content's id."
    )
    url: URL | None = strawberry.field(
        default=None, description="The content's address, present or of before."
    )
    weight: int = strawberry.field(
        default=1, description="1 to 5. Clicking again with another weight sets it."
    )
    currency: CurrencyCode | None = strawberry.field(
        default=None,
        description="Which wallet gives; by default one that has clicked it, else the oldest.",
    )


@strawberry.type(description="The click counts, and is kept.")
class ClickSuccess:
    click: Click = strawberry.field(description="The click.")
    created: bool = strawberry.field(
        description="Whether it is new (or counts again); false when it was there already."
    )
    counter: Counter = strawberry.field(description="The content's numbers with it.")
    viewer_state: ViewerState = strawberry.field(description="What the button shows now.")


ClickResult = Annotated[
    ClickSuccess
    | OwnContent
    | WalletEmpty
    | NotEligible
    | ContentNotFound
    | AccountSuspended
    | TooManyClicks
    | RateLimited
    | Overloaded
    | InvalidInput
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("ClickResult", description="What a click can lead to."),
]


@strawberry.type
class ClickMutation:
    @field(
        "Click a content: support it with a part of what the viewer's wallet gives this period. "
        "Safe to send again. Needs the scope `CLICK`.",
        extensions=[Answers(ClickResult)],
    )
    async def click(
        self, info: Info, input: Annotated[ClickInput, argument("What to click.")]
    ) -> ClickResult:
        outcome, state = await place_click(
            info.context,
            content_id=input.content_id,
            url=input.url,
            weight=input.weight,
            currency=input.currency,
        )
        return ClickSuccess(
            click=Click.of(outcome.click),
            created=outcome.changed,
            counter=Counter.of(outcome.counter),
            viewer_state=ViewerState.of(state),
        )
