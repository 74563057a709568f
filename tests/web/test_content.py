"""A content's page: over HTTP, and in a browser."""

import re

import httpx2
import pytest
from graphql import build_schema, parse, validate
from playwright.async_api import Browser, expect

from app.core.ids import to_global_id
from app.domain.accounts import account_by_handle, suspend_account
from app.domain.contents import Content, content_by_url, delete_content, register_content
from app.domain.drafts import ContentDraft
from app.settlement.statements import content_page
from app.web.content import CLICK_OPERATION, content_path, shown_address
from tests.web.conftest import visit
from tests.web.test_graphiql import SDL

RADIO = "https://lanterne.example/radio"
HOSTILE = "https://elsewhere.example/x?a=1&b=2"


async def _content(url: str) -> Content:
    content = await content_by_url(url)
    assert content is not None
    return content


async def _get(http: httpx2.AsyncClient, url: str, **options: object) -> httpx2.Response:
    return await http.get(content_path((await _content(url)).id), **options)  # type: ignore[arg-type]


async def test_it_says_what_whose_and_how_many(http: httpx2.AsyncClient) -> None:
    html = (await _get(http, RADIO)).text
    assert f'<a href="{RADIO}" rel="noopener">The valve radio</a>' in html
    assert "by Ada Hartley and Odile Marchand" in html
    assert '<p class="eyebrow">Lanterne</p>' in html
    assert "<dt>click this month</dt><dd>1</dd>" in html
    assert "November 2026 closes in 6 days" in html
    assert '<meta property="og:title" content="The valve radio">' in html


async def test_it_is_the_page_that_reports_name(http: httpx2.AsyncClient) -> None:
    content = await _content(RADIO)
    named = content_page(content.id)
    assert named.endswith(content_path(content.id))
    html = (await http.get(content_path(content.id) + "?lang=fr")).text
    assert f'<link rel="canonical" href="{named}">' in html


async def test_it_speaks_french(http: httpx2.AsyncClient) -> None:
    response = await _get(http, RADIO, headers={"Accept-Language": "fr"})
    assert response.headers["content-language"] == "fr"
    assert "par Ada Hartley et Odile Marchand" in response.text
    assert "Novembre 2026 se termine dans 6\xa0jours" in response.text
    assert '<li class="tongue">Anglais</li>' in response.text


async def test_it_may_be_kept_and_asks_nobody(http: httpx2.AsyncClient) -> None:
    response = await _get(http, RADIO)
    assert response.headers["cache-control"] == "public, max-age=5"
    assert response.headers["vary"].split(", ")[0] == "Accept-Language"
    assert "set-cookie" not in response.headers
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    again = await _get(http, RADIO, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_what_people_wrote_is_escaped(http: httpx2.AsyncClient) -> None:
    ada = await account_by_handle("ada")
    assert ada is not None
    draft = ContentDraft(
        "https://a.example/",
        "A title",
        description='"><script>alert(2)</script>',
        tags=('"><b>',),
    )
    content = await register_content(ada, draft)
    for html in ((await _get(http, HOSTILE)).text, (await http.get(content_path(content.id))).text):
        assert "<script" not in html and "<b>" not in html
    assert 'href="https://elsewhere.example/x?a=1&amp;b=2"' in (await _get(http, HOSTILE)).text


async def test_unclaimed_says_so(http: httpx2.AsyncClient) -> None:
    ada = await account_by_handle("ada")
    assert ada is not None
    draft = ContentDraft("https://a.example/", "Found")
    content = await register_content(ada, draft, creators=[])
    assert "Not claimed by anybody yet" in (await http.get(content_path(content.id))).text


async def test_a_suspended_creators_content_is_not_offered(http: httpx2.AsyncClient) -> None:
    ada = await account_by_handle("ada")
    assert ada is not None
    await suspend_account(ada.id)
    html = (await _get(http, RADIO)).text
    assert "takes no clicks at the moment" in html
    assert "click-operation" not in html


async def test_the_operation_to_paste_is_valid_and_names_it(http: httpx2.AsyncClient) -> None:
    content = await _content(RADIO)
    operation = CLICK_OPERATION % to_global_id("Content", content.id)
    assert validate(build_schema(SDL.read_text("utf-8")), parse(operation)) == []
    assert to_global_id("Content", content.id) in (await _get(http, RADIO)).text


@pytest.mark.parametrize(
    "global_id",
    [
        to_global_id("Content", 999_999),
        to_global_id("Content", 2**63 - 1),
        to_global_id("Content", 2**64),
        to_global_id("Account", 1),
        "1",
        "not-an-id",
        "%00",
        "%C3%A9",
        "x" * 5_000,
    ],
)
async def test_anything_else_is_404(http: httpx2.AsyncClient, global_id: str) -> None:
    response = await http.get(f"/contents/{global_id}", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "Nothing at this address" in response.text


async def test_what_was_deleted_is_404(http: httpx2.AsyncClient) -> None:
    content, ada = await _content(RADIO), await account_by_handle("ada")
    assert ada is not None
    await delete_content(ada, content.id)
    assert (await http.get(content_path(content.id))).status_code == 404


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/", "a.example"),
        ("https://a.example/b/", "a.example/b/"),
        ("http://a.example/?page_id=42", "a.example/?page_id=42"),
        ("https://a.example/" + "x" * 100, "a.example/" + "x" * 61 + "…"),
    ],
)
def test_addresses_are_shown_short(url: str, shown: str) -> None:
    assert shown_address(url) == shown


@pytest.mark.parametrize("width", [1280, 360, 320])
async def test_home_leads_to_it_and_it_fits(browser: Browser, site: str, width: int) -> None:
    seen = await visit(browser, site, width=width, scheme="dark")
    titles = seen.page.locator(".contents .title")
    paths = [await titles.nth(n).get_attribute("href") for n in range(await titles.count())]
    assert len(paths) == 3
    for path in paths:
        assert path is not None and re.fullmatch(r"/contents/[\w-]+", path)
        there = await visit(browser, site + path, width=width)
        assert await there.overflow_px() == 0
        assert (there.complaints, there.strangers) == ([], [])
        await expect(there.page.locator("h1")).to_be_visible()
