"""The pages anybody may read: public, so there is no permission to check."""

from app.core.errors import NotFound
from app.core.ids import row_id_of
from app.domain.accounts import account_by_handle
from app.domain.content_page import ContentPage, page_of_content
from app.domain.contents import content_by_id
from app.domain.counters import Counter, counters_of
from app.domain.creators import who_created
from app.domain.front import FrontPage, front_page
from app.domain.wall import Wall, wall_of


async def read_front_page() -> FrontPage:
    """The open period, its most clicked contents, and how much there is."""
    return await front_page()


async def read_content_page(global_id: str) -> ContentPage:
    """What a content's page shows. Raises InvalidInput for an id of something else, NotFound."""
    return await page_of_content(row_id_of(global_id, "Content"))


async def read_counter(global_id: str) -> Counter:
    """A content's public numbers. Raises InvalidInput for an id of something else, NotFound."""
    content = await content_by_id(row_id_of(global_id, "Content"))
    return (await counters_of([content.id]))[0]


async def read_wall(handle: str) -> Wall:
    """A creator's wall. Raises NotFound where nobody has the handle, or created anything."""
    account = await account_by_handle(handle)
    if account is None or not (await who_created([account.id]))[0]:
        raise NotFound
    return await wall_of(account)
