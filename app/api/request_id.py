"""A fresh id for each request: on the answer, in the log, and in what a client is told of a bug.

A client's own `X-Request-Id` is not taken over: what the log says must be ours.
"""

from secrets import token_hex

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import format_internal, log_unexpected

HEADER = "X-Request-Id"


def request_id_of(scope: Scope) -> str:
    """The id of this request, made now if nobody asked before."""
    state: dict[str, object] = scope.setdefault("state", {})
    found = state.setdefault("request_id", "")
    if not found:
        found = state["request_id"] = token_hex(8)
    return str(found)


class RequestIdMiddleware:
    """Puts the id on every answer, and answers for whatever is raised below."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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
            body = {"errors": [format_internal(request_id)]}
            await JSONResponse(body, 500)(scope, receive, send_with_id)
