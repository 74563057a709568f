"""What can be read."""

import asyncio
from typing import Annotated

import strawberry

from app.domain.listings import ContentFilter as Wanted
from app.domain.listings import ContentOrder
from app.resolvers.account import read_viewer
from app.resolvers.content import find_content, search_contents
from app.resolvers.counter import read_counters, read_viewer_states
from app.resolvers.creator import find_creator
from app.resolvers.node import read_node
from app.resolvers.paging import check_ids
from app.resolvers.period import find_period, read_periods
from app.resolvers.platform import find_platform
from app.schema.account import Account
from app.schema.answers import Checked
from app.schema.connection import Connection, connection
from app.schema.content import Content, listed
from app.schema.counter import Counter, ViewerState
from app.schema.creator import Creator
from app.schema.fields import After, First, Info, argument, field
from app.schema.node import Node, shape
from app.schema.platform import Platform
from app.schema.scalars import URL
from app.schema.settlement import Period


@strawberry.input(
    description="What a list of contents is narrowed to; all that is given must hold."
)
class ContentFilter:
    platform: str | None = strawberry.field(
        default=None, description="The slug of the platform that carries it."
    )
    creator: str | None = strawberry.field(
        default=None, description="The handle of one of its creators."
    )
    language: str | None = strawberry.field(
        default=None, description="Its language, a BCP 47 tag such as `fr`."
    )
    tag: str | None = strawberry.field(default=None, description="One of its tags.")
    search: str | None = strawberry.field(
        default=None,
        description="Words its title holds as they stand here, at most 100 characters.",
    )


Ids = Annotated[list[strawberry.ID], argument("Ids of contents, at most 100.")]


@strawberry.type(description="What can be read. Public things need no sign-in.")
class Query:
    @field(
        "Anything by its id; null where there is nothing, or nothing for you.", viewer_bound=True
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, argument("The id, as it came.")]
    ) -> Node | None:
        return await _node(info, id)

    @field(
        "Things by their ids, in that order; null where there is nothing, or nothing for you.",
        viewer_bound=True,
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], argument("Ids, as they came; at most 100.")],
    ) -> list[Node | None]:
        check_ids(ids)
        return await asyncio.gather(*(_node(info, global_id) for global_id in ids))

    @field("Who is signed in; null for a stranger. Needs the scope `READ`.", viewer_bound=True)
    async def viewer(self, info: Info) -> Account | None:
        account = await read_viewer(info.context)
        return Account.of(account) if account is not None else None

    @field(
        "One content by its id, by its address, or by its platform's own id for it: name it in one "
        "of the three ways. Null where there is none.",
        extensions=[Checked()],
    )
    async def content(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, argument("Its id.")] = None,
        url: Annotated[
            URL | None, argument("Its address, present or of before, normalised or not.")
        ] = None,
        platform: Annotated[
            str | None, argument("A platform's slug; needs `externalId` as well.")
        ] = None,
        external_id: Annotated[
            str | None, argument("The platform's own id for it; needs `platform` as well.")
        ] = None,
    ) -> Content | None:
        found = await find_content(
            info.context, global_id=id, url=url, platform=platform, external_id=external_id
        )
        return Content.of(found) if found is not None else None

    @field("All contents, a page at a time.", extensions=[Checked()])
    async def contents(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        filter: Annotated[ContentFilter | None, argument("What to narrow the list to.")] = None,
        order_by: Annotated[ContentOrder, argument("In which order.")] = ContentOrder.NEWEST,
    ) -> Connection[Content]:
        given = filter or ContentFilter()
        page = await search_contents(
            info.context,
            platform=given.platform,
            creator=given.creator,
            wanted=Wanted(language=given.language, tag=given.tag, search=given.search),
            order=order_by,
            first=first,
            after=after,
        )
        return connection(page, listed)

    @field(
        "The numbers of a page of buttons in one request, in the order of the ids; null where "
        "there is no such content."
    )
    async def counters(self, info: Info, ids: Ids) -> list[Counter | None]:
        found = await read_counters(info.context, ids)
        return [Counter.of(counter) if counter is not None else None for counter in found]

    @field(
        "What a page of buttons shows to the viewer in one request, in the order of the ids; null "
        "where there is no such content.",
        viewer_bound=True,
    )
    async def viewer_states(self, info: Info, ids: Ids) -> list[ViewerState | None]:
        found = await read_viewer_states(info.context, ids)
        return [ViewerState.of(state) if state is not None else None for state in found]

    @field("A creator; null where nobody of that handle has content.", extensions=[Checked()])
    async def creator(
        self, info: Info, handle: Annotated[str, argument("The handle, in any case.")]
    ) -> Creator | None:
        account = await find_creator(info.context, handle)
        return Creator.of(account) if account is not None else None

    @field("A platform; null where there is none.", extensions=[Checked()])
    async def platform(self, slug: Annotated[str, argument("Its short name.")]) -> Platform | None:
        found = await find_platform(slug)
        return Platform.of(found) if found is not None else None

    @field("A period, by default the open one; null where there is none.")
    async def period(
        self, key: Annotated[str | None, argument("Year and month, `2026-11`.")] = None
    ) -> Period | None:
        found = await find_period(key)
        return Period.of(found) if found is not None else None

    @field("All periods, newest first, a page at a time.")
    async def periods(self, first: First = 12, after: After = None) -> Connection[Period]:
        return connection(await read_periods(first=first, after=after), Period.of)


async def _node(info: Info, global_id: str) -> Node | None:
    found = await read_node(info.context, global_id)
    return shape(*found) if found is not None else None
