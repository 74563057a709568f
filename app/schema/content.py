"""Contents: what can be clicked."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.domain import contents, eligibility
from app.domain.accounts import Account
from app.domain.listings import ListedContent
from app.resolvers.content import read_eligibility, read_platform, read_shares
from app.resolvers.counter import read_counter, read_viewer_state
from app.schema.connection import Connection
from app.schema.counter import Counter, ViewerState
from app.schema.fields import Info, field
from app.schema.node import Node, node_id, shape, shaped
from app.schema.scalars import URL

if TYPE_CHECKING:
    from app.schema.creator import Creator
    from app.schema.platform import Platform


@strawberry.type(description="A creator's part in a content.")
class ContentShare:
    creator: Annotated["Creator", strawberry.lazy("app.schema.creator")] = strawberry.field(
        description="Who."
    )
    share: int = strawberry.field(
        description="Parts of 10 000 of the content's net that this creator gets."
    )
    position: int = strawberry.field(
        description="From 1 on. The creator at position 1 also gets what does not divide."
    )

    @classmethod
    def of(cls, value: tuple[contents.ContentShare, Account]) -> "ContentShare":
        share, account = value
        return cls(creator=shape("Creator", account), share=share.share, position=share.position)


@strawberry.type(description="Whether a content takes clicks.")
class Eligibility:
    eligible: bool = strawberry.field(description="Whether clicks are taken.")
    reason: str | None = strawberry.field(description="Why not, in words; null while they are.")
    since: datetime | None = strawberry.field(
        description="Since when it has been so, where that is known."
    )

    @classmethod
    def of(cls, value: eligibility.Eligibility) -> "Eligibility":
        return cls(eligible=value.eligible, reason=value.reason, since=value.since)


@shaped
@strawberry.type(
    description="One item with an address of its own that can be clicked: an article, a video, an "
    "episode, a repository."
)
class Content(Node):
    value: strawberry.Private[contents.Content]
    url: URL = strawberry.field(
        description="Its present address, normalised. Addresses it had before lead to it too."
    )
    title: str = strawberry.field(description="One line, at most 300 characters.")
    description: str | None = strawberry.field(description="At most 2000 characters of plain text.")
    language: str | None = strawberry.field(description="A BCP 47 tag such as `fr` or `pt-BR`.")
    tags: list[str] = strawberry.field(description="At most 20, in lower case.")
    external_id: str | None = strawberry.field(description="The platform's own id for it.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    updated_at: datetime = strawberry.field(description="When it was last edited.")
    deleted: bool = strawberry.field(
        description="Whether its creator took it away. Then it is met only in clicks and "
        "statements of what was, and takes no more clicks."
    )

    @classmethod
    def of(cls, value: contents.Content) -> "Content":
        return cls(
            id=node_id("Content", value.id),
            value=value,
            url=URL(value.url),
            title=value.title,
            description=value.description,
            language=value.language,
            tags=list(value.tags),
            external_id=value.external_id,
            created_at=value.created_at,
            updated_at=value.updated_at,
            deleted=value.deleted_at is not None,
        )

    @field(
        "Who shares what it gets, by position; their shares sum to 10 000. Empty while nobody has "
        "claimed it."
    )
    async def creators(self, info: Info) -> list[ContentShare]:
        return [ContentShare.of(pair) for pair in await read_shares(info.context, self.value)]

    @field("The platform that carries it; null for a site of its own.")
    async def platform(
        self, info: Info
    ) -> Annotated["Platform", strawberry.lazy("app.schema.platform")] | None:
        platform = await read_platform(info.context, self.value)
        return shape("Platform", platform) if platform is not None else None

    @field("Its public numbers. To keep a page of buttons fresh, ask `counters(ids:)` instead.")
    async def counter(self, info: Info) -> Counter:
        return Counter.of(await read_counter(info.context, self.value))

    @field(
        "What its button shows to the viewer; for a stranger it says `UNAUTHENTICATED`.",
        viewer_bound=True,
    )
    async def viewer_state(self, info: Info) -> ViewerState:
        return ViewerState.of(await read_viewer_state(info.context, self.value))

    @field("Whether it takes clicks, whoever asks.")
    async def eligibility(self, info: Info) -> Eligibility:
        return Eligibility.of(await read_eligibility(info.context, self.value))


ContentConnection = Connection[Content]


def listed(row: ListedContent) -> Content:
    """A listed content as the type."""
    return Content.of(row.content)
