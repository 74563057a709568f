"""updateContent."""

from typing import Annotated, Any

import strawberry

from app.core import errors
from app.resolvers.content import edit_content
from app.schema.answers import Answers
from app.schema.content import Content
from app.schema.failure import (
    AccountSuspended,
    AlreadyTaken,
    ContentNotFound,
    Forbidden,
    InvalidInput,
    OriginNotAllowed,
    Overloaded,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.scalars import URL

EMPTY = {"description": None, "language": None, "external_id": None, "tags": ()}
"""What null means, where it means anything."""


@strawberry.input(
    description="What to change. What is left out stays; null empties `description`, `language`, "
    "`tags` and `externalId`."
)
class UpdateContentInput:
    content_id: strawberry.ID = strawberry.field(description="Which content.")
    url: URL | None = strawberry.field(
        default=strawberry.UNSET,
        description="Its new address. The content stays the same one, and its old addresses lead "
        "to it still.",
    )
    title: str | None = strawberry.field(
        default=strawberry.UNSET, description="One line, at most 300 characters."
    )
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="Plain text, at most 2000 characters."
    )
    language: str | None = strawberry.field(
        default=strawberry.UNSET, description="A BCP 47 tag such as `fr` or `pt-BR`."
    )
    tags: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="At most 20, of at most 40 characters each."
    )
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="The platform's own id for it."
    )

    def changes(self) -> dict[str, Any]:
        """What is to change, by the domain's names. Raises InvalidInput."""
        names = ("url", "title", "description", "language", "tags", "external_id")
        given = {name: getattr(self, name) for name in names}
        changes = {name: value for name, value in given.items() if value is not strawberry.UNSET}
        for name in ("url", "title"):
            if name in changes and changes[name] is None:
                raise errors.InvalidInput("This cannot be emptied. Leave it out.", field=name)
        return {name: EMPTY[name] if value is None else value for name, value in changes.items()}


@strawberry.type(description="The content is changed.")
class UpdateContentSuccess:
    content: Content = strawberry.field(description="The content as it is now.")


UpdateContentResult = Annotated[
    UpdateContentSuccess
    | ContentNotFound
    | AlreadyTaken
    | AccountSuspended
    | InvalidInput
    | Overloaded
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("UpdateContentResult", description="What editing can lead to."),
]


@strawberry.type
class UpdateContent:
    @field(
        "Edit a content of the viewer's. It keeps its identity, its clicks and its old addresses. "
        "Needs the scope `CONTENT`.",
        extensions=[Answers(UpdateContentResult)],
    )
    async def update_content(
        self, info: Info, input: Annotated[UpdateContentInput, argument("What to change.")]
    ) -> UpdateContentResult:
        content = await edit_content(info.context, input.content_id, input.changes())
        return UpdateContentSuccess(content=Content.of(content))
