"""Pages for what went wrong; whoever does not read HTML gets one plain line."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.web.rendering import page

_WORDS = {404: "not_found", 500: "error"}


async def http_error(request: Request, error: Exception) -> Response:
    """404 and its like, as raised by Starlette's router."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = getattr(error, "headers", None) or {}
    response = _answer(request, status)
    response.headers.update(headers)
    return response


def server_error(request: Request) -> Response:
    """What nobody expected. It is logged where it was caught; the page says nothing of it."""
    return _answer(request, 500)


error_handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    HTTPException: http_error,
}
"""For `Starlette(exception_handlers=…)`."""


def _answer(request: Request, status: int) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        words = _WORDS.get(status, "refused")
        response: Response = page(request, "error.html", status=status, code=status, words=words)
    else:
        response = PlainTextResponse(f"{status} {HTTPStatus(status).phrase}\n", status)
    response.headers["Cache-Control"] = "no-store"
    return response
