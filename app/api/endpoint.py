"""GraphQL over HTTP, after https://graphql.github.io/graphql-over-http/draft/.

A thin endpoint over any Strawberry schema: read the request, execute one operation with a fresh
context, write the result in the form the client accepts. Whatever is wrong with a request is a
4xx with a code and a sentence; nothing a client sends makes a 500.
"""

from collections.abc import Callable

from graphql import OperationType
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from app.api.context import ContextMaker
from app.api.cors import CORS_HEADERS, PREFLIGHT_HEADERS
from app.api.errors import Formatted, format_internal, format_refusal, log_unexpected
from app.api.execution import (
    QUERIES,
    QUERIES_AND_MUTATIONS,
    WrongOperationType,
    execute,
    format_timeout,
)
from app.api.guarded import GuardedSchema
from app.api.live.asgi import serve_socket
from app.api.live.messages import SUBPROTOCOL
from app.api.live.server import LiveServer
from app.api.live.sse import EventStreamResponse
from app.api.negotiation import JSON, Streaming, prefers_html, response_type, streaming
from app.api.refusal import Refused
from app.api.request import Operation, read_get, read_post
from app.api.request_id import HEADER, request_id_of
from app.api.response import errors_response, result_response
from app.api.viewer import Sessions

METHODS = "GET, HEAD, POST, OPTIONS"
RETRY_AFTER_S = "5"


class GraphQLEndpoint:
    """An ASGI application that serves one schema.

    contexts: makes one for every operation.
    live: serves sockets and event streams; without one there are none.
    sessions: writes the cookies that the context's `response_cookies` wish for.
    timeout_s: how long an operation may take. page: the page a browser gets, if there is one.
    page_policy: that page's Content-Security-Policy; without one, the one of all pages.
    """

    def __init__(
        self,
        schema: GuardedSchema,
        contexts: ContextMaker,
        *,
        sessions: Sessions,
        live: LiveServer | None = None,
        timeout_s: float = 10.0,
        page: Callable[[], str] | None = None,
        page_policy: str | None = None,
    ) -> None:
        self._schema = schema
        self._contexts = contexts
        self.live = live
        self._sessions = sessions
        self._timeout_s = timeout_s
        self._page = page
        self._page_headers = {"Vary": "Accept"}
        if page_policy is not None:
            self._page_headers["Content-Security-Policy"] = page_policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await self._respond(request)
        response.headers.update(CORS_HEADERS)
        response.headers[HEADER] = request_id_of(scope)
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.live is not None:
            await serve_socket(self.live, scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1011, "reason": "No sockets here"})

    async def _respond(self, request: Request) -> Response:
        """Any request's response; never raises."""
        accept = request.headers.get("accept")
        media_type = response_type(accept)
        try:
            if request.method == "OPTIONS":
                return Response(status_code=204, headers={**PREFLIGHT_HEADERS, "Allow": METHODS})
            if request.method not in METHODS.split(", "):
                raise _method_not_allowed(METHODS, "Use GET for queries, POST for anything.")
            if request.method != "POST" and self._page is not None and prefers_html(accept):
                return HTMLResponse(self._page(), headers=self._page_headers)
            if media_type is None and streaming(accept) is Streaming.NO:
                raise _not_acceptable()
            return await self._serve(request, media_type)
        except Refused as refusal:
            return _refused(refusal, media_type or JSON)
        except Exception as error:
            request_id = request_id_of(request.scope)
            log_unexpected(error, request_id=request_id)
            return _errors([format_internal(request_id)], 500, media_type or JSON)

    async def _serve(self, request: Request, media_type: str | None) -> Response:
        if request.method == "POST":
            operation, allowed = await read_post(request), QUERIES_AND_MUTATIONS
        else:
            operation, allowed = read_get(request), QUERIES
        if self.live is not None and self._streams(self.live, request, operation):
            return EventStreamResponse(self.live, operation, self._contexts.caller(request))
        if media_type is None:
            raise _not_acceptable()
        context = await self._contexts(request)
        try:
            result = await execute(
                self._schema, operation, context, allowed=allowed, timeout_s=self._timeout_s
            )
        except WrongOperationType as wrong:
            raise _wrong_operation_type(wrong.operation_type) from None
        except TimeoutError:
            entry = format_timeout(self._timeout_s, request_id=context.request_id)
            return _errors([entry], 200 if media_type == JSON else 503, media_type)
        response = result_response(result, media_type=media_type, request_id=context.request_id)
        self._sessions.write(request, response, context.response_cookies)
        return response

    def _streams(self, live: LiveServer, request: Request, operation: Operation) -> bool:
        """Whether the answer is an event stream. Raises Refused where that is not possible."""
        wish = streaming(request.headers.get("accept"))
        if request.method == "HEAD" or wish is Streaming.NO:
            return False
        kind = live.streams.operation_type(operation)
        if wish is not Streaming.PREFERRED and kind is not OperationType.SUBSCRIPTION:
            return False
        if request.method != "POST" and kind is OperationType.MUTATION:
            raise _wrong_operation_type(kind)
        if live.full:
            raise _full()
        return True


def _errors(errors: list[Formatted], status: int, media_type: str) -> Response:
    return errors_response(errors, status=status, media_type=media_type)


def _refused(refusal: Refused, media_type: str) -> Response:
    response = _errors([format_refusal(refusal)], refusal.status, media_type)
    response.headers.update(refusal.headers)
    return response


def _method_not_allowed(allow: str, message: str) -> Refused:
    return Refused(405, "METHOD_NOT_ALLOWED", message, {"Allow": allow})


def _not_acceptable() -> Refused:
    return Refused(
        406,
        "NOT_ACCEPTABLE",
        "Answers are `application/graphql-response+json`, `application/json` or, of subscriptions, "
        "`text/event-stream`. Accept one.",
    )


def _full() -> Refused:
    return Refused(
        503, "OVERLOADED", "The server is full. Try again later.", {"Retry-After": RETRY_AFTER_S}
    )


def _wrong_operation_type(operation_type: OperationType) -> Refused:
    if operation_type is OperationType.SUBSCRIPTION:
        return Refused(
            400,
            "SUBSCRIPTION_NOT_SERVED",
            "A subscription is a stream. Send `Accept: text/event-stream`, or open a WebSocket "
            f"with the subprotocol `{SUBPROTOCOL}` at this address.",
        )
    return _method_not_allowed("POST", "Mutations are sent with POST.")
