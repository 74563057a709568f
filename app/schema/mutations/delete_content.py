"""deleteContent."""

from typing import Annotated

import strawberry

from app.resolvers.content import remove_content
from app.schema.answers import Answers
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


@strawberry.input(description="A content to take away.")
class DeleteContentInput:
    content_id: strawberry.ID = strawberry.field(description="Which content.")


@strawberry.type(description="The content takes no more clicks; those it has are still paid.")
class DeleteContentSuccess:
    content_id: strawberry.ID = strawberry.field(description="The content that was taken away.")


DeleteContentResult = Annotated[
    DeleteContentSuccess
    | ContentNotFound
    | AccountSuspended
    | InvalidInput
    | Overloaded
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("DeleteContentResult", description="What deleting can lead to."),
]


@strawberry.type
class DeleteContent:
    @field(
        "Take a content away. The clicks it has are still paid. For the creator at position 1, or, "
        "while nobody has claimed it, for who registered it: they may register it again, and it is "
        "back. Needs the scope `CONTENT`.",
        extensions=[Answers(DeleteContentResult)],
    )
    async def delete_content(
        self, info: Info, input: Annotated[DeleteContentInput, argument("Which content.")]
    ) -> DeleteContentResult:
        await remove_content(info.context, input.content_id)
        return DeleteContentSuccess(content_id=input.content_id)
