"""An HTTP request read as one GraphQL operation, or refused with the reason."""

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from app.api.refusal import Refused, bad_request
from app.api.strict_json import parse_json, parse_json_text

MAX_BODY_BYTES = 1_048_576
MAX_QUERY_STRING_BYTES = 32_768
BODY_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Operation:
    """What the client asks to have executed."""

    query: str
    operation_name: str | None
    variables: dict[str, object] | None
    extensions: dict[str, object] | None


async def read_post(request: Request) -> Operation:
    """The operation in a POST body. Raises Refused (400, 408, 413, 415)."""
    _check_content_type(request)
    body = parse_json(await _read_body(request))
    if isinstance(body, list):
        raise Refused(
            400,
            "BATCHING_NOT_SUPPORTED",
            "Several operations in one request are not served. Send one request each, "
            "or one operation with several fields.",
        )
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object with a `query`.")
    return operation_of(body)


def read_get(request: Request) -> Operation:
    """The operation in a query string. Raises Refused (400, 414)."""
    raw: bytes = request.scope["query_string"]
    if len(raw) > MAX_QUERY_STRING_BYTES:
        raise Refused(414, "URI_TOO_LONG", "The query string is too long. Use POST.")
    parameters: dict[str, object] = dict(_query_parameters(raw))
    for name in ("variables", "extensions"):
        text = parameters.get(name)
        if isinstance(text, str):
            parameters[name] = parse_json_text(text, what=f"`{name}`") if text else None
    if parameters.get("operationName") == "":
        parameters["operationName"] = None
    return operation_of(parameters)


def _query_parameters(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=64
        )
    except ValueError:
        raise bad_request("The query string is not percent-encoded UTF-8.") from None
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise bad_request("A parameter appears twice in the query string.")
    return parameters


def operation_of(fields: dict[str, object]) -> Operation:
    """The operation in the fields of a JSON object or a query string. Raises Refused (400)."""
    query = fields.get("query")
    if not isinstance(query, str):
        raise bad_request("`query` is required and must be a string.")
    if not query.strip():
        raise bad_request("`query` is empty.")
    name = fields.get("operationName")
    if name is not None and not isinstance(name, str):
        raise bad_request("`operationName` must be a string or null.")
    return Operation(
        query=query,
        operation_name=name,
        variables=_map(fields, "variables"),
        extensions=_map(fields, "extensions"),
    )


def _map(fields: dict[str, object], name: str) -> dict[str, object] | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, dict):
        raise bad_request(f"`{name}` must be a JSON object or null.")
    return value


def _check_content_type(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send `Content-Type: application/json`.")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in ("utf-8", "utf8"):
            raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "JSON is sent in UTF-8, always.")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body without Content-Encoding.")


async def _read_body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdigit()):
        raise bad_request("`Content-Length` is not a number.")
    if len(declared) > 15 or int(declared) > MAX_BODY_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await _read_stream(request)
    except TimeoutError:
        raise Refused(408, "REQUEST_TIMEOUT", "The body did not arrive in time.") from None
    except ClientDisconnect:
        raise bad_request("The connection ended before the body did.") from None


async def _read_stream(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
    return bytes(body)


def _too_large() -> Refused:
    return Refused(
        413, "BODY_TOO_LARGE", f"The body is larger than {MAX_BODY_BYTES} bytes. Send less at once."
    )
