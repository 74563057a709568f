"""The first page: public, so there is no permission to check."""

from app.domain.front import FrontPage, front_page


async def read_front_page() -> FrontPage:
    """The open period, its most clicked contents, and how much there is."""
    return await front_page()
