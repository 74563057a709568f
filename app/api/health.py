"""Whether the process lives (`/healthz`), and whether it can serve (`/readyz`)."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

log = structlog.get_logger("obole.api")

READY_TIMEOUT_S = 2.0
_UNCACHED = {"Cache-Control": "no-store"}


def health_routes(ping: Callable[[], Awaitable[None]]) -> list[Route]:
    """The two routes. `ping` raises, or does not return in time, where the database is away."""

    async def readyz(request: Request) -> JSONResponse:
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                await ping()
        except Exception as error:
            log.warning("not ready", error=type(error).__name__)
            return JSONResponse({"status": "database unreachable"}, 503, _UNCACHED)
        return JSONResponse({"status": "ok"}, headers=_UNCACHED)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


async def healthz(request: Request) -> JSONResponse:
    """200 as long as the process answers."""
    return JSONResponse({"status": "ok"}, headers=_UNCACHED)
