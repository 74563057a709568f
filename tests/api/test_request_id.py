"""Every answer has an id, and whatever is raised below becomes an answer."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route
from structlog.testing import capture_logs

from app.api.request_id import HEADER, RequestIdMiddleware, request_id_of

from .sample import Door


async def broken(request: Request) -> None:
    raise RuntimeError("the secret of the house")


@pytest.fixture
def app() -> Starlette:
    return Starlette(
        routes=[Route("/broken", broken)], middleware=[Middleware(RequestIdMiddleware)]
    )


async def test_an_id_of_our_own_on_every_answer(app: Starlette) -> None:
    async with Door.open(app) as door:
        first = await door.http.get("/nowhere", headers={HEADER: "theirs"})
        second = await door.http.get("/nowhere")
    assert first.status_code == 404
    assert first.headers[HEADER] not in ("theirs", second.headers[HEADER])


async def test_a_bug_in_a_page_is_masked_and_logged(app: Starlette) -> None:
    with capture_logs() as logs:
        async with Door.open(app) as door:
            response = await door.http.get("/broken")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.headers[HEADER] in response.text
    assert logs[0]["request_id"] == response.headers[HEADER]


def test_one_request_has_one_id() -> None:
    scope: dict[str, object] = {"type": "http"}
    assert request_id_of(scope) == request_id_of(scope)
