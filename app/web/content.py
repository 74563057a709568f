"""A content's own page: what it is, who made it, its numbers, and how to click it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.core.clock import now
from app.core.errors import InvalidInput, NotFound
from app.core.ids import to_global_id
from app.resolvers.front import read_content_page
from app.settlement.statements import content_page
from app.web.caching import cacheable
from app.web.rendering import page

MAX_ADDRESS = 72
"""Characters of an address that are shown; the link has them all."""
CLICK_OPERATION = """mutation {
  click(input: {
    contentId: "%s"
  }) {
    ... on ClickSuccess {
      created counter { period total }
    }
    ... on Failure { message }
  }
}"""


async def serve_content(request: Request) -> Response:
    """The page at `/contents/{id}`; 404 for what is no content, or is not there any more."""
    try:
        shown = await read_content_page(request.path_params["id"])
    except (InvalidInput, NotFound):
        raise HTTPException(404) from None
    content = shown.content
    response = page(
        request,
        "content.html",
        content=content,
        shown=shown,
        left=shown.period.ends_at - now(),
        address=shown_address(content.url),
        canonical=content_page(content.id),
        operation=CLICK_OPERATION % to_global_id("Content", content.id),
    )
    return cacheable(request, response, cache_control="public, max-age=5", vary="Accept-Language")


def content_path(content_id: int) -> str:
    """Where a content's page is on this site."""
    return f"/contents/{to_global_id('Content', content_id)}"


def shown_address(url: str) -> str:
    """An address as people say it: without its scheme, a bare slash, or its end if it is long."""
    said = url.partition("://")[2]
    said = said.removesuffix("/") if said.count("/") == 1 else said
    return said if len(said) <= MAX_ADDRESS else f"{said[: MAX_ADDRESS - 1]}…"
