"""A creator's wall: their counters on a big screen, live, with nobody at the keyboard."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.core.errors import InvalidInput, NotFound
from app.core.ids import to_global_id
from app.domain.wall import STEP_S
from app.resolvers.front import read_wall
from app.web.caching import cacheable
from app.web.content import content_path
from app.web.rendering import page

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Its own script and style, and its own server; `connect-src 'self'` is the WebSocket's too."""
THEMES = ("light", "dark")


async def serve_wall(request: Request) -> Response:
    """The page at `/wall/{handle}`; 404 where nobody has the handle, or made anything.

    It shows its numbers without script as well, and then loads itself anew from time to time.
    `?theme=` is light or dark where the screen's system cannot say so; `?lang=` is en or fr.
    """
    try:
        wall = await read_wall(request.path_params["handle"])
    except (InvalidInput, NotFound):
        raise HTTPException(404) from None
    asked = request.query_params.get("theme", "")
    response = page(
        request,
        "wall.html",
        wall=wall,
        theme=asked if asked in THEMES else None,
        step_s=STEP_S,
        content_path=content_path,
        global_id=lambda content_id: to_global_id("Content", content_id),
    )
    response.headers["Content-Security-Policy"] = POLICY
    return cacheable(request, response, cache_control="public, max-age=2", vary="Accept-Language")
