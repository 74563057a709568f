"""A GraphQL client for the application in this process: no socket, all the rest is real.

The replay, the demo and tests send their operations through it, so that they go through the very
door that strangers use. It does not run the application's lifespan: open the database first.
"""

from types import TracebackType
from typing import Any, Self

import httpx2
from starlette.types import ASGIApp

from app.api.negotiation import GRAPHQL_RESPONSE


class GraphQLRequestFailed(Exception):
    """The answer holds errors; `errors` are its entries as sent, `message` the first one's."""

    def __init__(self, errors: list[dict[str, Any]], *, status: int) -> None:
        self.errors = errors
        self.status = status
        self.message = str(errors[0].get("message", "")) if errors else f"HTTP status {status}"
        super().__init__(f"{self.message} ({self.code})" if self.code else self.message)

    @property
    def code(self) -> str | None:
        """The first error's `extensions.code`."""
        extensions = self.errors[0].get("extensions", {}) if self.errors else {}
        return extensions.get("code")


class _SignedInAs:
    """Says that `execute` was given no token of its own."""


_CLIENTS_OWN = _SignedInAs()


class GraphQLClient:
    """Sends operations to an ASGI application's `/graphql`, as one viewer or as many.

    token: whose operations these are unless `execute` says otherwise; None is a stranger.
    """

    def __init__(self, app: ASGIApp, token: str | None = None, *, path: str = "/graphql") -> None:
        self.token = token
        self._path = path
        transport = httpx2.ASGITransport(app=app)
        self._http = httpx2.AsyncClient(
            transport=transport, base_url="http://obole.localhost", timeout=None
        )

    async def execute(
        self,
        document: str,
        variables: dict[str, Any] | None = None,
        *,
        token: str | _SignedInAs | None = _CLIENTS_OWN,
    ) -> dict[str, Any]:
        """The answer's `data`. Raises GraphQLRequestFailed if errors come back."""
        bearer = self.token if isinstance(token, _SignedInAs) else token
        headers = {"Accept": GRAPHQL_RESPONSE}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        body = {"query": document, "variables": variables}
        self._http.cookies.clear()  # one client may serve many viewers: no session is kept
        response = await self._http.post(self._path, json=body, headers=headers)
        return _data(response)

    async def aclose(self) -> None:
        """Let go of the transport."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()


def _data(response: httpx2.Response) -> dict[str, Any]:
    if "json" not in response.headers.get("content-type", ""):
        raise GraphQLRequestFailed([], status=response.status_code)
    answer = response.json()
    if answer.get("errors") or answer.get("data") is None:
        raise GraphQLRequestFailed(answer.get("errors", []), status=response.status_code)
    data: dict[str, Any] = answer["data"]
    return data
