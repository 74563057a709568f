"""The application as it is wired."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from app.core.settings import use_settings
from app.main import create_app


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
