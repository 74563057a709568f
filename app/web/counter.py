"""A content's counter as JSON: for a page's own script, a widget, or a shell."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.core.errors import ContentNotFound, DomainError, InvalidInput, NotFound
from app.core.ids import to_global_id
from app.domain.counters import Counter
from app.resolvers.front import read_counter
from app.web.caching import cacheable

FRESH = "public, max-age=2, stale-while-revalidate=30"
"""A crowd behind a shared cache costs one question in two seconds."""
GONE = "public, max-age=60"
FOR_EVERY_SITE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Public numbers: any page may read them, and none with a cookie."""


async def serve_counter(request: Request) -> Response:
    """The numbers at `/contents/{id}/counter`; 404 and a code for what is no content."""
    try:
        counter = await read_counter(request.path_params["id"])
    except (InvalidInput, NotFound):
        return _not_found(ContentNotFound())
    response = cacheable(
        request, JSONResponse(numbers(counter)), cache_control=FRESH, vary="Accept-Encoding"
    )
    response.headers.update(FOR_EVERY_SITE)
    return response


def numbers(counter: Counter) -> dict[str, object]:
    """The counter as GraphQL names it; without the time, so that the same numbers are one ETag."""
    return {
        "contentId": to_global_id("Content", counter.content_id),
        "periodKey": counter.period_key,
        "total": counter.total,
        "period": counter.period,
        "supporters": counter.supporters,
        "seq": counter.seq,
    }


def _not_found(error: DomainError) -> Response:
    headers = {**FOR_EVERY_SITE, "Cache-Control": GONE}
    return JSONResponse({"code": error.code, "message": str(error)}, 404, headers)
