"""GraphQL over HTTP, after https://graphql.github.io/graphql-over-http/draft/.

A thin endpoint over any Strawberry schema: read the request, execute one operation with a fresh
context, write the result in the form the client accepts. Whatever is wrong with a request is a
4xx with a code and a sentence; nothing a client sends makes a 500.
"""

import asyncio
from collections.abc import Awaitable, Callable

import strawberry
import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from app.api.cors import CORS_HEADERS, PREFLIGHT_HEADERS
from app.api.errors import Formatted, format_internal, format_refusal, log_unexpected
from app.api.negotiation import JSON, prefers_html, response_type
from app.api.refusal import Refused, bad_request
from app.api.request import Operation, read_get, read_post
from app.api.request_id import HEADER, request_id_of
from app.api.response import errors_response, result_response
from app.api.viewer import Sessions
from app.resolvers.context import Context

log = structlog.get_logger("obole.api")

METHODS = "GET, HEAD, POST, OPTIONS"
_OVER_GET = frozenset({OperationType.QUERY})
_OVER_POST = frozenset({OperationType.QUERY, OperationType.MUTATION})

MakeContext = Callable[[Request], Awaitable[Context]]


class GraphQLEndpoint:
    """An ASGI application that serves one schema.

    make_context: called once for every operation.
    sessions: writes the cookies that the context's `response_cookies` wish for.
    timeout_s: how long an operation may take. page: the page a browser gets, if there is one.
    page_policy: that page's Content-Security-Policy; without one, the one of all pages.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        make_context: MakeContext,
        *,
        sessions: Sessions,
        timeout_s: float = 10.0,
        page: Callable[[], str] | None = None,
        page_policy: str | None = None,
    ) -> None:
        self._schema = schema
        self._make_context = make_context
        self._sessions = sessions
        self._timeout_s = timeout_s
        self._page = page
        self._page_headers = {"Vary": "Accept"}
        if page_policy is not None:
            self._page_headers["Content-Security-Policy"] = page_policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._respond(request)
        response.headers.update(CORS_HEADERS)
        response.headers[HEADER] = request_id_of(scope)
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

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
            if media_type is None:
                raise _not_acceptable()
            return await self._serve(request, media_type)
        except Refused as refusal:
            return _refused(refusal, media_type or JSON)
        except Exception as error:
            request_id = request_id_of(request.scope)
            log_unexpected(error, request_id=request_id)
            return _errors([format_internal(request_id)], 500, media_type or JSON)

    async def _serve(self, request: Request, media_type: str) -> Response:
        if request.method == "POST":
            operation, allowed = await read_post(request), _OVER_POST
        else:
            operation, allowed = read_get(request), _OVER_GET
        context = await self._make_context(request)
        try:
            result = await self._execute(operation, context, allowed)
        except TimeoutError:
            return self._timed_out(operation, context, media_type)
        response = result_response(result, media_type=media_type, request_id=context.request_id)
        self._sessions.write(request, response, context.response_cookies)
        return response

    async def _execute(
        self, operation: Operation, context: Context, allowed: frozenset[OperationType]
    ) -> ExecutionResult:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._schema.execute(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.operation_name,
                    allowed_operation_types=allowed,
                    operation_extensions=operation.extensions,
                )
        except MissingQueryError:
            raise bad_request("`query` is empty.") from None
        except CannotGetOperationTypeError:
            raise _unknown_operation(operation.operation_name) from None
        except InvalidOperationTypeError as error:
            raise _wrong_operation_type(error.operation_type) from None

    def _timed_out(self, operation: Operation, context: Context, media_type: str) -> Response:
        log.warning(
            "operation timed out",
            request_id=context.request_id,
            operation=operation.operation_name,
            timeout_s=self._timeout_s,
        )
        entry: Formatted = {
            "message": f"The operation took longer than {self._timeout_s:g} s and was stopped. "
            "Ask for less at once; a mutation may be sent again with the same idempotency key.",
            "extensions": {"code": "TIMEOUT", "requestId": context.request_id},
        }
        return _errors([entry], 200 if media_type == JSON else 503, media_type)


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
        "Answers are `application/graphql-response+json` or `application/json`. Accept one.",
    )


def _unknown_operation(name: str | None) -> Refused:
    if name is None:
        return Refused(400, "OPERATION_NOT_FOUND", "The document holds no operation.")
    return Refused(400, "OPERATION_NOT_FOUND", f"The document holds no operation {name!r}.")


def _wrong_operation_type(operation_type: OperationType) -> Refused:
    if operation_type is OperationType.SUBSCRIPTION:
        return Refused(400, "SUBSCRIPTION_NOT_SERVED", "Subscriptions are not served here.")
    return _method_not_allowed("POST", "Mutations are sent with POST.")
