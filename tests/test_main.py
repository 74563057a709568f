"""The application as it is wired."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from app.core.bus import current_bus
from app.core.settings import use_settings
from app.main import create_app
from app.models.database import ping
from app.resolvers import settlement


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    pages = [Route("/long", lambda request: PlainTextResponse("x" * 5_000))]
    with use_settings(public_url="http://test"):
        transport = httpx2.ASGITransport(app=create_app(pages=pages))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


async def test_graphql_is_served(http: httpx2.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "{ __typename }"})
    assert response.json() == {"data": {"__typename": "Query"}}
    assert response.headers["x-request-id"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_it_lives_without_a_database_but_is_not_ready(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/healthz")).status_code == 200
    with capture_logs():
        assert (await http.get("/readyz")).status_code == 503


async def test_text_is_compressed(http: httpx2.AsyncClient) -> None:
    response = await http.get("/long", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.text == "x" * 5_000


async def test_what_is_not_there_is_404(http: httpx2.AsyncClient) -> None:
    response = await http.get("/nowhere")
    assert response.status_code == 404
    assert response.headers["x-request-id"]


@pytest.mark.parametrize(("work_s", "ended"), [(0.05, "done"), (60.0, "stopped")])
async def test_a_stopping_server_waits_a_little_for_what_outlives_its_answer(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, work_s: float, ended: str
) -> None:
    seen: list[str] = []

    async def settle_period(key: str) -> None:
        try:
            await asyncio.sleep(work_s)
            await ping()
            seen.append("done")
        except asyncio.CancelledError:
            await ping()
            seen.append("stopped")
            raise

    monkeypatch.setattr("app.main.STOP_S", 0.2)
    with use_settings(database_url=sqlite_url, scheduler_interval_s=0, settle_wait_s=0.001):
        app = create_app()
        async with app.router.lifespan_context(app):
            await settlement._started(settle_period("2026-11"))
            assert seen == []
    assert seen == [ended]


async def test_what_does_not_end_is_waited_for_once(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler, a settlement and a Redis that is away have one deadline together."""

    async def never(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("app.main.STOP_S", 0.5)
    monkeypatch.setattr("app.main.run_scheduler", never)
    away = "redis://127.0.0.1:1/0"
    with use_settings(database_url=sqlite_url, redis_url=away, settle_wait_s=0.001), capture_logs():
        app = create_app()
        async with app.router.lifespan_context(app):
            await settlement._started(never())
            current_bus().publish("counter:1", b"1")
            began = monotonic()
        assert monotonic() - began < 1.5
