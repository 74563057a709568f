"""A fresh id for each request: on the answer, in the log, and in what a client is told of a bug.

A client's own `X-Request-Id` is not taken over: what the log says must be ours.
"""

from collections.abc import Callable
from secrets import token_hex

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import format_internal, log_unexpected
from app.api.negotiation import prefers_html

HEADER = "X-Request-Id"


def request_id_of(scope: Scope) -> str:
    """The id of this request, made now if nobody asked before."""
    state: dict[str, object] = scope.setdefault("state", {})
    found = state.setdefault("request_id", "")
    if not found:
        found = state["request_id"] = token_hex(8)
    return str(found)


class RequestIdMiddleware:
    """Puts the id on every answer, and answers for whatever is raised below.

    page: the answer for those who would rather read HTML, if there is one.
    """

    def __init__(self, app: ASGIApp, *, page: Callable[[Request], Response] | None = None) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["state"] = dict(scope.get("state", {}))
        request_id = request_id_of(scope)
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            log_unexpected(error, request_id=request_id, path=[scope["path"]])
            if started:
                raise
            await self._failed(Request(scope))(scope, receive, send_with_id)

    def _failed(self, request: Request) -> Response:
        if self._page is not None and prefers_html(request.headers.get("accept")):
            return self._page(request)
        return JSONResponse({"errors": [format_internal(request_id_of(request.scope))]}, 500)
