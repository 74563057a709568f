"""The first page: what Obole is, how a month is divided, and what is being clicked now."""

import asyncio
import re
import time

from starlette.requests import Request
from starlette.responses import Response

from app.core.clock import now
from app.core.errors import NotFound
from app.core.settings import get_settings
from app.domain.front import FrontPage
from app.domain.urls import host_of
from app.resolvers.front import read_front_page
from app.web.caching import cacheable
from app.web.content import content_path
from app.web.pot import pot_picture
from app.web.rendering import page

FRESH_S = 5.0
"""How long the numbers are kept in this process, whatever the crowd."""
SAMPLE_QUERY = """{
  contents(first: 3, orderBy: MOST_CLICKED) {
    edges { node { title counter { period total } } }
  }
}"""
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


class Front:
    """The front page's numbers, read at most once in FRESH_S, by one reader at a time."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._read_at = 0.0
        self._front: FrontPage | None = None

    async def read(self) -> FrontPage | None:
        """The numbers; None before the first period was opened."""
        async with self._lock:
            if self._front is None or time.monotonic() - self._read_at > FRESH_S:
                self._front = await _read()
                self._read_at = time.monotonic()
            return self._front


async def serve_home(request: Request) -> Response:
    """The page at `/`. It sets no cookie and differs by language only, so anybody may keep it."""
    front = await _front_of(request).read()
    response = page(
        request,
        "home.html",
        front=front,
        content_path=content_path,
        host_of=host_of,
        left=front.period_ends_at - now() if front else None,
        pot=pot_picture(),
        query=SAMPLE_QUERY,
        curl=curl_line(origin_of(request)),
    )
    return cacheable(request, response, cache_control="public, max-age=5", vary="Accept-Language")


def origin_of(request: Request) -> str:
    """Where the reader found us, as `http://host:port`; the settings' origin if that is odd."""
    if _HOST.fullmatch(request.url.netloc) and request.url.scheme in ("http", "https"):
        return f"{request.url.scheme}://{request.url.netloc}"
    return get_settings().public_url


def curl_line(origin: str) -> str:
    """The sample query as a command for a POSIX shell."""
    return f"curl -sG {origin}/graphql --data-urlencode 'query={SAMPLE_QUERY}'"


def _front_of(request: Request) -> Front:
    """One for each application: two in one process have two databases."""
    state = request.app.state
    if not hasattr(state, "front"):
        state.front = Front()
    front: Front = state.front
    return front


async def _read() -> FrontPage | None:
    try:
        return await read_front_page()
    except NotFound:
        return None
