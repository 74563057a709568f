"""The context of one operation, from the request that carries it."""

from starlette.requests import Request

from app.api.request_id import request_id_of
from app.api.viewer import Sessions
from app.resolvers.context import Context


class ContextMaker:
    """Makes a fresh context for every operation; loaders are never carried over."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def __call__(self, request: Request) -> Context:
        credential = self._sessions.credential(request)
        return Context(
            token=credential.token,
            via_cookie=credential.via_cookie,
            origin_refused=credential.origin_refused,
            client_ip=request.client.host if request.client else "",
            request_id=request_id_of(request.scope),
        )
