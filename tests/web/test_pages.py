"""The pages over HTTP: languages, caching, content policy, files and errors."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from app.core.clock import FixedClock
from app.main import create_app
from app.web.assets import FOLDER, asset_url, assets
from app.web.graphiql import GRAPHIQL_POLICY, graphiql_page
from app.web.routes import routes
from tests.web.sample import HOSTILE_TITLE, SAMPLE_NOW, populate


async def _boom(request: Request) -> None:
    raise RuntimeError("secret")


def _client(app: Starlette, base_url: str = "http://obole.example:8000") -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url=base_url)


def _app() -> Starlette:
    """The real application, with one page that fails."""
    return create_app(pages=[*routes, Route("/boom", _boom)])


@pytest.fixture
async def http(sqlite_database: str, clock: FixedClock) -> AsyncIterator[httpx2.AsyncClient]:
    clock.set(SAMPLE_NOW)
    await populate()
    async with _client(_app()) as client:
        yield client


async def test_home_shows_the_most_clicked_first(http: httpx2.AsyncClient) -> None:
    html = (await http.get("/")).text
    assert html.index("Le pain au levain") < html.index("The valve radio")
    assert "by Ada Hartley and Odile Marchand" in html
    assert "on Lanterne" in html
    assert "November 2026 closes in 6 days" in html
    assert "4 clicks so far" in html
    assert "Never clicked" not in html


async def test_titles_are_escaped(http: httpx2.AsyncClient) -> None:
    html = (await http.get("/")).text
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;quotes&#34;" in html
    assert HOSTILE_TITLE not in html
    assert 'href="https://elsewhere.example/x?a=1&amp;b=2" rel="noopener"' in html


async def test_home_in_french(http: httpx2.AsyncClient) -> None:
    by_header = await http.get("/", headers={"Accept-Language": "fr-FR, en;q=0.5"})
    by_query = await http.get("/?lang=fr", headers={"Accept-Language": "en"})
    for response in (by_header, by_query):
        assert response.headers["content-language"] == "fr"
        assert '<html lang="fr">' in response.text
        assert "Novembre 2026 se termine dans 6\xa0jours" in response.text
        assert "1,00\xa0€" in response.text
    assert (await http.get("/?lang=xx")).headers["content-language"] == "en"


async def test_home_may_be_kept_and_asks_nobody(http: httpx2.AsyncClient) -> None:
    response = await http.get("/")
    assert response.headers["cache-control"] == "public, max-age=5"
    assert response.headers["vary"] == "Accept-Language, Accept-Encoding"
    assert "set-cookie" not in response.headers
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert " style=" not in response.text
    again = await http.get("/", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == response.headers["etag"]
    other = await http.get("/?lang=fr", headers={"If-None-Match": response.headers["etag"]})
    assert other.status_code == 200


async def test_head_has_no_body(http: httpx2.AsyncClient) -> None:
    response = await http.head("/")
    assert (response.status_code, response.content) == (200, b"")


async def test_the_command_names_where_the_reader_is(http: httpx2.AsyncClient) -> None:
    html = (await http.get("/")).text
    assert "curl -sG http://obole.example:8000/graphql --data-urlencode" in html
    odd = (await http.get("/", headers={"Host": "x'; rm -rf ~"})).text
    assert "rm -rf" not in odd


async def test_an_empty_database_says_what_to_do(sqlite_database: str) -> None:
    async with _client(_app()) as client:
        html = (await client.get("/")).text
    assert "obole demo" in html
    assert "This Obole is empty" in html


async def test_a_month_that_is_over_is_closing(http: httpx2.AsyncClient, clock: FixedClock) -> None:
    clock.advance(days=7)
    html = (await http.get("/")).text
    assert "November 2026 is closing" in html


async def test_every_file_is_served_for_a_year_by_its_digest(http: httpx2.AsyncClient) -> None:
    names = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert names == set(assets()), "a file of a kind that assets.TYPES does not know"
    for name in names:
        response = await http.get(asset_url(name))
        assert response.content == assets()[name].body
        assert "immutable" in response.headers["cache-control"]
    stale = await http.get("/static/obole.css?v=000000000000")
    assert stale.headers["cache-control"] == "public, max-age=60"
    plain = await http.get("/static/obole.css", headers={"Accept-Encoding": "identity"})
    assert plain.content == assets()["obole.css"].body
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["/static/nothing.css", "/static/../routes.py", "/static/"])
async def test_nothing_else_is_served(http: httpx2.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


async def test_a_chosen_language_stays(http: httpx2.AsyncClient) -> None:
    """From page to page, and only if it was chosen."""
    left, seen = ["/?lang=fr"], set[str]()
    while left:
        seen.add(address := left.pop())
        html = (await http.get(address)).text
        assert '<html lang="fr">' in html, address
        links = set(re.findall(r'href="(/(?:readme|contents/[^"]*)?(?:\?[^"]*)?)"', html))
        left += sorted(links - seen - set(left))
    assert {"/?lang=fr", "/readme?lang=fr"} <= seen and len(seen) >= 5
    french = (await http.get("/", headers={"Accept-Language": "fr"})).text
    assert re.findall(r'href="([^"]*lang=[^"]*)"', french) == ["?lang=en"]
    missing = await http.get("/nowhere?lang=fr", headers={"Accept": "text/html"})
    assert 'class="go" href="/?lang=fr"' in missing.text


@pytest.mark.parametrize("path", ["//evil.example/x", "/%2F/evil.example", "/x'\"><b>"])
async def test_no_address_becomes_a_link(http: httpx2.AsyncClient, path: str) -> None:
    address = f"http://obole.example:8000{path}"
    html = (await http.get(address, headers={"Accept": "text/html"})).text
    assert 'href="?lang=fr"' in html
    assert "evil.example" not in html and "<b>" not in html


async def test_errors_have_pages(http: httpx2.AsyncClient) -> None:
    missing = await http.get("/nowhere", headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert missing.status_code == 404
    assert "Rien à cette adresse" in missing.text
    assert missing.headers["cache-control"] == "no-store"
    broken = await http.get("/boom", headers={"Accept": "text/html"})
    assert broken.status_code == 500
    assert "no money has moved" in broken.text
    assert "secret" not in broken.text
    plain = await http.get("/nowhere", headers={"Accept": "application/json"})
    assert plain.text == "404 Not Found\n"
    refused = await http.post("/", headers={"Accept": "text/html"})
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_the_readme_is_a_page(http: httpx2.AsyncClient) -> None:
    response = await http.get("/readme")
    assert response.status_code == 200
    assert "<article" in response.text


async def test_graphiql_has_its_own_policy(http: httpx2.AsyncClient) -> None:
    response = await http.get("/graphql", headers={"Accept": "text/html"})
    assert response.headers["content-security-policy"] == GRAPHIQL_POLICY
    assert "unsafe-inline" not in GRAPHIQL_POLICY.replace("style-src 'self' 'unsafe-inline'", "")


def test_graphiql_runs_no_inline_script() -> None:
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", graphiql_page(), re.DOTALL)
    assert scripts == [""]
    assert "http://" not in graphiql_page() and "https://" not in graphiql_page()
