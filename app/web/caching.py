"""Answers that may be kept: an ETag of the body, and 304 for whoever has it already."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

KEPT = ("cache-control", "content-security-policy", "etag", "vary")


def cacheable(request: Request, response: Response, *, cache_control: str, vary: str) -> Response:
    """The response with its ETag, or a 304 without a body where the client has the same."""
    digest = hashlib.sha256(bytes(response.body)).hexdigest()[:32]
    response.headers["ETag"] = f'W/"{digest}"'
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = vary
    if not _has(request, digest):
        return response
    headers = {name: value for name, value in response.headers.items() if name in KEPT}
    return Response(status_code=304, headers=headers)


def _has(request: Request, digest: str) -> bool:
    tags = request.headers.get("if-none-match", "").split(",")
    return any(tag.strip().removeprefix("W/") in (f'"{digest}"', "*") for tag in tags)
