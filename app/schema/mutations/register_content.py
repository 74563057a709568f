"""registerContent."""

from typing import Annotated

import strawberry

from app.domain.drafts import ContentDraft
from app.resolvers.content import add_content
from app.schema.answers import Answers
from app.schema.content import Content
from app.schema.failure import (
    AccountSuspended,
    AlreadyTaken,
    Forbidden,
    InvalidInput,
    OriginNotAllowed,
    Overloaded,
    Unauthenticated,
)
from app.schema.fields import Info, argument, field
from app.schema.scalars import URL


@strawberry.input(description="A creator's part in a content.")
class ContentShareInput:
    handle: str = strawberry.field(description="The creator's handle.")
    share: int = strawberry.field(
        description="Parts of 10 000 of the content's net; all shares sum to exactly 10 000."
    )


@strawberry.input(description="A content to register.")
class ContentInput:
    url: URL = strawberry.field(description="Its http or https address; one content has it.")
    title: str = strawberry.field(description="One line, at most 300 characters.")
    description: str | None = strawberry.field(
        default=None, description="Plain text, at most 2000 characters."
    )
    language: str | None = strawberry.field(
        default=None, description="A BCP 47 tag such as `fr` or `pt-BR`."
    )
    tags: list[str] = strawberry.field(
        default_factory=list, description="At most 20, of at most 40 characters each."
    )
    platform: str | None = strawberry.field(
        default=None,
        description="The slug of the platform that must own the address's host. Left out, the one "
        "that owns it is taken, if there is one.",
    )
    external_id: str | None = strawberry.field(
        default=None, description="The platform's own id for it, at most 200 characters."
    )
    creators: list[ContentShareInput] | None = strawberry.field(
        default=None,
        description="Who shares what it gets, at most 50, in the order of their positions; by "
        "default the viewer alone. The viewer is one of them, except for the platform's own "
        "account. The first one decides on shares and on deletion.",
    )
    unclaimed: bool = strawberry.field(
        default=False,
        description="Whether its creator is not here yet. What it gets is held for them.",
    )


@strawberry.type(description="The content is registered.")
class RegisterContentSuccess:
    content: Content = strawberry.field(
        description="The content; unchanged if the viewer had registered this address before. If "
        "it was deleted since, it is back: the same one, with its numbers and creators."
    )


RegisterContentResult = Annotated[
    RegisterContentSuccess
    | AlreadyTaken
    | AccountSuspended
    | InvalidInput
    | Overloaded
    | Unauthenticated
    | Forbidden
    | OriginNotAllowed,
    strawberry.union("RegisterContentResult", description="What registering can lead to."),
]


def parts(creators: list[ContentShareInput]) -> list[tuple[str, int]]:
    """The creators as (handle, share) pairs."""
    return [(creator.handle, creator.share) for creator in creators]


@strawberry.type
class RegisterContent:
    @field(
        "Register a content by its address, so that it can be clicked. Safe to send again. Needs "
        "the scope `CONTENT`.",
        extensions=[Answers(RegisterContentResult)],
    )
    async def register_content(
        self, info: Info, input: Annotated[ContentInput, argument("The content.")]
    ) -> RegisterContentResult:
        draft = ContentDraft(
            url=input.url,
            title=input.title,
            description=input.description,
            language=input.language,
            tags=tuple(input.tags),
            platform=input.platform,
            external_id=input.external_id,
        )
        creators = parts(input.creators) if input.creators is not None else None
        content = await add_content(
            info.context, draft, creators=creators, unclaimed=input.unclaimed
        )
        return RegisterContentSuccess(content=Content.of(content))
