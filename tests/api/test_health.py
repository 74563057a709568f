"""Liveness and readiness."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from app.api import health

from .sample import Door


async def away() -> None:
    raise ConnectionError("postgresql://user:password@host")


async def hanging() -> None:
    await asyncio.sleep(30)


async def there() -> None:
    return None


async def test_ready() -> None:
    async with Door.open(Starlette(routes=health.health_routes(there))) as door:
        assert (await door.http.get("/readyz")).status_code == 200


@pytest.mark.parametrize("ping", [away, hanging])
async def test_not_ready_but_alive(
    ping: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "READY_TIMEOUT_S", 0.05)
    with capture_logs() as logs:
        async with Door.open(Starlette(routes=health.health_routes(ping))) as door:
            ready = await door.http.get("/readyz")
            alive = await door.http.get("/healthz")
    assert ready.status_code == 503
    assert "password" not in ready.text + str(logs)
    assert alive.status_code == 200
