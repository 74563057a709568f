"""setContentShares."""

from typing import Annotated

import strawberry

from app.resolvers.content import share_content
from app.schema.answers import Answers
from app.schema.content import Content
from app.schema.failure import (
    AccountSuspended,
    ContentNotFound,
    Forbidden,
    InvalidInput,
    OriginNotAllowed,
    Overloaded,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.mutations.register_content import ContentShareInput, parts


@strawberry.input(description="How a content is shared.")
class SetContentSharesInput:
    content_id: strawberry.ID = strawberry.field(description="Which content.")
    creators: list[ContentShareInput] = strawberry.field(
        description="All its creators, 1 to 50, in the order of their positions; their shares sum "
        "to exactly 10 000. Another one may come first."
    )


@strawberry.type(description="The content is shared so, from the open period on.")
class SetContentSharesSuccess:
    content: Content = strawberry.field(description="The content as it is now.")


SetContentSharesResult = Annotated[
    SetContentSharesSuccess
    | ContentNotFound
    | AccountSuspended
    | InvalidInput
    | Overloaded
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("SetContentSharesResult", description="What sharing can lead to."),
]


@strawberry.type
class SetContentShares:
    @field(
        "Share a content among creators, from the open period on; periods that are closed keep "
        "their shares. For the creator at position 1, once it is claimed. Needs the scope "
        "`CONTENT`.",
        extensions=[Answers(SetContentSharesResult)],
    )
    async def set_content_shares(
        self, info: Info, input: Annotated[SetContentSharesInput, argument("Who gets what part.")]
    ) -> SetContentSharesResult:
        content = await share_content(info.context, input.content_id, parts(input.creators))
        return SetContentSharesSuccess(content=Content.of(content))
