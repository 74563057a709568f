"""A request that is refused before anything is executed."""

from collections.abc import Mapping


class Refused(Exception):
    """The request cannot be served: an HTTP status, a stable code, and what to do instead."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        super().__init__(message)


def bad_request(message: str) -> Refused:
    """400: the request is not a well-formed GraphQL-over-HTTP request."""
    return Refused(400, "BAD_REQUEST", message)
