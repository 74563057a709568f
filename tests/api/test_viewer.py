"""Which credential counts, and where the session cookie is set and read."""

from typing import Any

import pytest
from starlette.requests import HTTPConnection

from app.api.viewer import PLAIN_NAME, SECURE_NAME, Sessions

from .sample import Door, sample_app, sample_endpoint

HTTPS = "https://obole.example"
LOCAL = "http://127.0.0.1:8000"


async def seen(base_url: str, headers: dict[str, str], public_url: str = LOCAL) -> str:
    """The viewer as the resolvers see it: token, via_cookie, origin_refused, client_ip."""
    app = sample_app(sample_endpoint(public_url=public_url))
    async with Door.open(app, base_url) as door:
        response = await door.http.post("/graphql", json={"query": "{viewer}"}, headers=headers)
        viewer: str = response.json()["data"]["viewer"]
        assert viewer.endswith(" 203.0.113.7")
        return viewer.removesuffix(" 203.0.113.7")


NOBODY = "None False False"
REFUSED = "None False True"
COOKIE = {"Cookie": f"{PLAIN_NAME}=c"}
SECURE_COOKIE = {"Cookie": f"{SECURE_NAME}=c"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, NOBODY),
        ({"Authorization": "Bearer t"}, "t False False"),
        ({"Authorization": "bearer  t "}, "t False False"),
        ({"Authorization": "Basic dTpw"}, NOBODY),
        ({"Authorization": "Bearer"}, NOBODY),
        ({"Authorization": "Bearer "}, NOBODY),
        (COOKIE, "c True False"),
        ({"Authorization": "Basic dTpw", **COOKIE}, "c True False"),
        ({"Authorization": "Bearer t", **COOKIE}, "t False False"),
        ({"Authorization": "Bearer t", "Origin": "https://evil.example"}, "t False False"),
        ({"Origin": "https://evil.example"}, NOBODY),
        ({"Origin": LOCAL, **COOKIE}, "c True False"),
        ({"Origin": "null", **COOKIE}, REFUSED),
        ({"Origin": "https://evil.example", **COOKIE}, REFUSED),
        ({"Origin": "http://127.0.0.1:8001", **COOKIE}, REFUSED),
        ({"Origin": "https://127.0.0.1:8000", **COOKIE}, REFUSED),
        ({"Origin": "http://127.0.0.1:8000.evil.example", **COOKIE}, REFUSED),
        ({"Origin": "", **COOKIE}, REFUSED),
        ({"Sec-Fetch-Site": "cross-site", **COOKIE}, REFUSED),
        ({"Sec-Fetch-Site": "same-site", **COOKIE}, REFUSED),
        ({"Sec-Fetch-Site": "same-origin", **COOKIE}, "c True False"),
        ({"Sec-Fetch-Site": "none", **COOKIE}, "c True False"),
        ({"Cookie": f"{PLAIN_NAME}="}, NOBODY),
        ({"Cookie": f"{PLAIN_NAME}={'c' * 600}"}, NOBODY),
        (SECURE_COOKIE, NOBODY),
    ],
)
async def test_credentials_on_the_loopback(headers: dict[str, str], expected: str) -> None:
    assert await seen(LOCAL, headers) == expected


@pytest.mark.parametrize(
    ("base_url", "public_url", "headers", "expected"),
    [
        # Over https only the __Host- name counts: a plain one may come from a network attacker.
        (HTTPS, HTTPS, SECURE_COOKIE, "c True False"),
        (HTTPS, HTTPS, COOKIE, NOBODY),
        (HTTPS, HTTPS, {"Origin": HTTPS, **SECURE_COOKIE}, "c True False"),
        (HTTPS, HTTPS, {"Origin": "http://obole.example", **SECURE_COOKIE}, REFUSED),
        # A proxy ends TLS and forwards plain http; the public address says what browsers see.
        ("http://obole.example", HTTPS, {"Origin": HTTPS, **SECURE_COOKIE}, "c True False"),
        ("http://10.0.0.5:8000", HTTPS, {"Origin": HTTPS, **SECURE_COOKIE}, "c True False"),
        ("http://10.0.0.5:8000", HTTPS, {"Origin": HTTPS, **COOKIE}, NOBODY),
        # Other loopback names than the public one.
        (
            "http://localhost:8000",
            LOCAL,
            {"Origin": "http://localhost:8000", **COOKIE},
            "c True False",
        ),
        ("http://obole.localhost", LOCAL, COOKIE, "c True False"),
        ("http://[::1]:8000", LOCAL, COOKIE, "c True False"),
        # Plain http elsewhere: no cookie, unless the operator says that this is the address.
        ("http://192.168.1.5:8000", LOCAL, COOKIE, NOBODY),
        ("http://192.168.1.5:8000", "http://192.168.1.5:8000", COOKIE, "c True False"),
        ("http://localhost.evil.example", LOCAL, COOKIE, NOBODY),
    ],
)
async def test_where_the_cookie_counts(
    base_url: str, public_url: str, headers: dict[str, str], expected: str
) -> None:
    assert await seen(base_url, headers, public_url) == expected


async def cookie_set(base_url: str, query: str, public_url: str, **headers: str) -> str:
    app = sample_app(sample_endpoint(public_url=public_url))
    async with Door.open(app, base_url) as door:
        response: Any = await door.post({"query": query}, **headers)
        return str(response.headers.get("set-cookie", ""))


async def test_the_cookie_over_https() -> None:
    cookie = await cookie_set(HTTPS, "mutation { signIn }", HTTPS)
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert cookie.startswith(f"{SECURE_NAME}=fresh;")
    assert {"secure", "httponly", "path=/", "samesite=lax", "max-age=3600"} <= parts
    assert "domain" not in cookie.lower()


async def test_the_cookie_on_the_loopback() -> None:
    cookie = await cookie_set(LOCAL, "mutation { signIn }", LOCAL)
    assert cookie.startswith(f"{PLAIN_NAME}=fresh;")
    assert "secure" not in cookie.lower()
    assert "httponly" in cookie.lower()


async def test_signing_out_clears_it() -> None:
    cookie = await cookie_set(LOCAL, "mutation { signOut }", LOCAL)
    assert cookie.startswith(f'{PLAIN_NAME}="";')
    assert "max-age=0" in cookie.lower()


async def test_the_last_wish_counts() -> None:
    cookie = await cookie_set(LOCAL, "mutation { signOut signIn }", LOCAL)
    assert cookie.startswith(f"{PLAIN_NAME}=fresh;")


@pytest.mark.parametrize(
    ("base_url", "headers"),
    [("http://192.168.1.5", {}), (LOCAL, {"origin": "https://news.example"})],
)
async def test_no_cookie_where_it_would_not_count(base_url: str, headers: dict[str, str]) -> None:
    assert await cookie_set(base_url, "mutation { signIn }", LOCAL, **headers) == ""


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (b"127.0.0.1:8000", PLAIN_NAME),
        (b"[::1]:8000", PLAIN_NAME),
        (b"[::1", None),
        (b"obole.example", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_an_address_of_any_bytes_has_a_cookie_or_none(host: bytes, name: str | None) -> None:
    scope = {"type": "http", "scheme": "http", "path": "/graphql", "query_string": b"x=\xff"}
    request = HTTPConnection({**scope, "headers": [(b"host", host)]})
    assert Sessions(LOCAL).cookie_name(request) == name
