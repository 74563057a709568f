"""The pages anybody may read: public, so there is no permission to check."""

from app.core.ids import row_id_of
from app.domain.content_page import ContentPage, page_of_content
from app.domain.front import FrontPage, front_page


async def read_front_page() -> FrontPage:
    """The open period, its most clicked contents, and how much there is."""
    return await front_page()


async def read_content_page(global_id: str) -> ContentPage:
    """What a content's page shows. Raises InvalidInput for an id of something else, NotFound."""
    return await page_of_content(row_id_of(global_id, "Content"))
