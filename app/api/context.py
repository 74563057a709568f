"""The context of one operation, from the request or the socket that carries it."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from app.api.request_id import request_id_of
from app.api.viewer import Credential, Sessions
from app.resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Caller:
    """Who opened a connection: all that is kept of its headers while a socket lives."""

    credential: Credential
    client_ip: str = ""


STRANGER = Caller(Credential())
"""Nobody in particular: what is shared between thousands is executed for this one."""


class ContextMaker:
    """Makes a fresh context for every operation; loaders are never carried over."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def __call__(self, request: HTTPConnection) -> Context:
        return self.of(self.caller(request), request_id=request_id_of(request.scope))

    def caller(self, request: HTTPConnection) -> Caller:
        """Who sends this request, or opens this socket."""
        return Caller(
            self._sessions.credential(request), request.client.host if request.client else ""
        )

    def of(self, caller: Caller, *, request_id: str) -> Context:
        """A fresh context for this caller."""
        return Context(
            token=caller.credential.token,
            via_cookie=caller.credential.via_cookie,
            origin_refused=caller.credential.origin_refused,
            client_ip=caller.client_ip,
            request_id=request_id,
        )
