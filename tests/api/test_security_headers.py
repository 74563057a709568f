"""What a browser is told not to do."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from app.api.security_headers import SecurityHeadersMiddleware

from .sample import Door


async def page(request: Request) -> HTMLResponse:
    return HTMLResponse("<p>")


async def own(request: Request) -> HTMLResponse:
    return HTMLResponse("<p>", headers={"Content-Security-Policy": "default-src 'none'"})


async def text(request: Request) -> PlainTextResponse:
    return PlainTextResponse("x")


def app(*, https: bool = False) -> Starlette:
    return Starlette(
        routes=[Route("/page", page), Route("/own", own), Route("/text", text)],
        middleware=[Middleware(SecurityHeadersMiddleware, https=https)],
    )


async def test_pages_are_held_tighter_than_data() -> None:
    async with Door.open(app()) as door:
        html, plain = await door.http.get("/page"), await door.http.get("/text")
    assert "frame-ancestors 'none'" in html.headers["content-security-policy"]
    assert "content-security-policy" not in plain.headers
    for response in (html, plain):
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_page_may_set_its_own() -> None:
    async with Door.open(app()) as door:
        response = await door.http.get("/own")
    assert response.headers["content-security-policy"] == "default-src 'none'"


@pytest.mark.parametrize(
    ("base_url", "https", "expected"),
    [("http://test", False, False), ("https://test", False, True), ("http://test", True, True)],
)
async def test_https_is_kept_to(base_url: str, https: bool, expected: bool) -> None:
    async with Door.open(app(https=https), base_url) as door:
        response = await door.http.get("/text")
    assert ("strict-transport-security" in response.headers) is expected
