"""What a client is told of an error, and what only the log is told.

Expected errors keep their message and carry a stable `extensions.code`. Everything else is
logged with its traceback under the request's id, and the client is told that id and no more.
"""

import re

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from app.api.refusal import Refused
from app.core.errors import DomainError, InvalidInput, RateLimited

log = structlog.get_logger("obole.api")

MAX_LOGGED = 5
"""Unexpected errors of one operation that are logged in full; a list of a thousand is one bug."""

_OF_A_VALUE = ("Variable '$", "Expected value of ")
"""How graphql-core begins what a scalar said of a variable's value, or of a literal."""
_SUGGESTION = re.compile(r" Did you mean [^?]*\?$")
"""Names of the schema are told to nobody who does not know them; introspection is the way."""

Formatted = dict[str, object]


def format_refusal(refusal: Refused) -> Formatted:
    """A refused request as an entry of `errors`."""
    return {"message": refusal.message, "extensions": {"code": refusal.code}}


def format_internal(request_id: str) -> Formatted:
    """The only thing a client is told of a bug."""
    return {
        "message": f"Unexpected error. Quote request id {request_id}.",
        "extensions": {"code": "INTERNAL", "requestId": request_id},
    }


def format_errors(result: ExecutionResult, *, request_id: str) -> list[Formatted]:
    """The entries of `errors` for a result, in order; unexpected ones are logged and masked."""
    before_execution = isinstance(result, PreExecutionError)
    formatted, logged = [], 0
    for error in result.errors or ():
        entry = _expected(error, before_execution=before_execution)
        if entry is None:
            if logged < MAX_LOGGED:
                log_unexpected(_cause(error), request_id=request_id, path=error.path)
            logged += 1
            entry = format_internal(request_id)
        formatted.append(_located(entry, error))
    if logged > MAX_LOGGED:
        log.error("more unexpected errors", request_id=request_id, count=logged - MAX_LOGGED)
    return formatted


def format_failure(error: BaseException, *, request_id: str) -> Formatted:
    """What ended a stream, or kept it from beginning; logged and masked if it is our fault."""
    cause = _cause(error) if isinstance(error, GraphQLError) else error
    if isinstance(cause, DomainError):
        return {"message": cause.message, "extensions": _extensions_of(cause)}
    log_unexpected(cause, request_id=request_id)
    return format_internal(request_id)


def log_unexpected(error: BaseException, *, request_id: str, path: object = None) -> None:
    """Log a bug with its traceback. Never the query or its variables: they may hold secrets."""
    where = ".".join(str(key) for key in path) if isinstance(path, list | tuple) else None
    log.error(
        "unexpected error",
        request_id=request_id,
        path=where,
        error=type(error).__name__,
        exc_info=error,
    )


def _expected(error: GraphQLError, *, before_execution: bool) -> Formatted | None:
    """The entry for an error that the client may read, or None for one it may not."""
    cause = _cause(error)
    if isinstance(cause, DomainError):
        message = cause.message if error.path else error.message
        return {"message": message, "extensions": _extensions_of(cause)}
    if error.extensions and "code" in error.extensions:
        return {"message": error.message, "extensions": dict(error.extensions)}
    code = _client_code(error, cause, before_execution=before_execution)
    if code is None:
        return None
    return {"message": _SUGGESTION.sub("", error.message), "extensions": {"code": code}}


def _extensions_of(error: DomainError) -> dict[str, object]:
    extensions: dict[str, object] = {"code": error.code}
    if isinstance(error, InvalidInput) and error.field:
        extensions["field"] = error.field
    if isinstance(error, RateLimited):
        extensions["retryAfterSeconds"] = error.retry_after_s
    return extensions


def _client_code(
    error: GraphQLError, cause: BaseException, *, before_execution: bool
) -> str | None:
    """The code of what the client did wrong, or None if it was us.

    Without a path nothing was executed yet: graphql-core blames the client in words of its own, or
    passes on what a scalar said of a value. Afterwards it has one way left to blame the client: an
    argument that only its variables made wrong.
    """
    if isinstance(error, GraphQLSyntaxError):
        too_long = "tokens. Parsing aborted" in error.message
        return "TOO_MANY_TOKENS" if too_long else "SYNTAX_ERROR"
    if isinstance(cause, CannotGetOperationTypeError):
        return "OPERATION_NOT_FOUND"
    if not error.path:
        if not isinstance(cause, GraphQLError) and not error.message.startswith(_OF_A_VALUE):
            return None
        return "VALIDATION_FAILED" if before_execution else "INVALID_VARIABLES"
    of_argument = isinstance(cause, GraphQLError) and cause.message.startswith("Argument ")
    return "INVALID_VARIABLES" if of_argument else None


def _cause(error: GraphQLError) -> BaseException:
    """What was raised first, under graphql-core's wrappings."""
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _located(entry: Formatted, error: GraphQLError) -> Formatted:
    if error.locations:
        entry["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        entry["path"] = list(error.path)
    return entry
