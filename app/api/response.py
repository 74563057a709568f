"""A result as bytes, with the status that GraphQL over HTTP gives it."""

import json

from starlette.responses import Response
from strawberry.types.execution import ExecutionResult, PreExecutionError

from app.api.errors import Formatted, format_errors
from app.api.negotiation import GRAPHQL_RESPONSE, JSON

VARY = "Accept, Authorization, Cookie, Origin, Sec-Fetch-Site"


def result_response(result: ExecutionResult, *, media_type: str, request_id: str) -> Response:
    """The response to an operation that was understood, whether or not it was executed.

    A result without data is 400 in the newer form and 200 in plain JSON, as both forms' clients
    expect; 500 in the newer form if the fault was ours. A result with data, even null, is 200.
    """
    payload, executed = result_payload(result, request_id=request_id)
    status = 200 if executed or media_type == JSON else _request_error_status(payload)
    return json_response(payload, status=status, media_type=media_type)


def result_payload(result: ExecutionResult, *, request_id: str) -> tuple[dict[str, object], bool]:
    """The result as a JSON object, and whether anything was executed; errors are logged here."""
    errors = format_errors(result, request_id=request_id) if result.errors else []
    executed = not isinstance(result, PreExecutionError) and not _before_execution(result)
    payload: dict[str, object] = {}
    if errors:
        payload["errors"] = errors
    if executed:
        payload["data"] = result.data
    if result.extensions:
        payload["extensions"] = result.extensions
    return payload, executed


def errors_response(errors: list[Formatted], *, status: int, media_type: str) -> Response:
    """A response without data."""
    return json_response({"errors": errors}, status=status, media_type=media_type)


def json_response(payload: dict[str, object], *, status: int, media_type: str) -> Response:
    """The payload as strict JSON in UTF-8. Raises ValueError for NaN and infinities."""
    return Response(
        encoded(payload),
        status,
        {
            "Content-Type": f"{media_type}; charset=utf-8",
            "Cache-Control": "no-store",
            "Vary": VARY,
        },
    )


def encoded(value: object) -> bytes:
    """The value as strict JSON in UTF-8. Raises ValueError for NaN and infinities."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _before_execution(result: ExecutionResult) -> bool:
    """Whether variables were refused: then nothing ran, and no error has a path."""
    return result.data is None and all(not error.path for error in result.errors or ())


def _request_error_status(payload: dict[str, object]) -> int:
    errors = payload.get("errors")
    codes = {_code(error) for error in errors} if isinstance(errors, list) else set()
    return 500 if "INTERNAL" in codes else 400


def _code(error: Formatted) -> object:
    extensions = error.get("extensions")
    return extensions.get("code") if isinstance(extensions, dict) else None


__all__ = [
    "GRAPHQL_RESPONSE",
    "JSON",
    "encoded",
    "errors_response",
    "json_response",
    "result_payload",
    "result_response",
]
