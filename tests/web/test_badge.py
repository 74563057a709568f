"""A content's badge: as SVG, over HTTP, and as a browser draws it."""

import re
from xml.etree import ElementTree

import httpx2
import pytest
from playwright.async_api import Browser, Page

from app.core.ids import to_global_id
from app.domain.accounts import account_by_handle
from app.domain.clicks import withdraw_click
from app.domain.contents import content_by_url
from app.web.assets import assets
from app.web.badge import COLOURS, badge
from app.web.content import content_path
from app.web.language import Language
from tests.web.conftest import visit
from tests.web.test_style import READABLE, _contrast

SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Language("en")
RADIO = "https://lanterne.example/radio"


async def _path() -> str:
    content = await content_by_url(RADIO)
    assert content is not None
    return f"{content_path(content.id)}/badge.svg"


def _texts(svg: str) -> list[str | None]:
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("total", "shown", "title"),
    [
        (0, "0", "Obole: 0 clicks"),
        (1, "1", "Obole: 1 click"),
        (1_284, "1,284", "Obole: 1,284 clicks"),
        (1_999_999, "1.9M", "Obole: 1,999,999 clicks"),
        (None, "–", "Obole: no such content"),
    ],
)
def test_it_shows_the_count_and_says_it_in_full(total: int | None, shown: str, title: str) -> None:
    svg = badge(total, theme="auto", language=ENGLISH)
    root = ElementTree.fromstring(svg)
    assert _texts(svg) == ["Obole", shown]
    assert root.attrib["role"] == "img" and root.attrib["aria-label"] == title
    first = root.find(f"{SVG}title")
    assert first is not None and first.text == title


def test_a_theme_asked_for_is_the_only_one() -> None:
    auto = badge(1, theme="auto", language=ENGLISH)
    assert "prefers-color-scheme:dark" in auto
    for theme, other in (("light", "dark"), ("dark", "light")):
        svg = badge(1, theme=theme, language=ENGLISH)
        assert "@media" not in svg
        assert COLOURS[theme]["ground"] in svg and COLOURS[other]["ground"] not in svg


@pytest.mark.parametrize("theme", sorted(COLOURS))
def test_its_colours_are_the_tokens_and_readable(theme: str) -> None:
    of, css = COLOURS[theme], assets()["obole.css"].body.decode()
    assert all(colour in css for colour in of.values())
    for part in ("ink", "mark"):
        assert _contrast(of[part], of["ground"]) >= READABLE


async def test_it_may_be_kept_and_shown_anywhere(http: httpx2.AsyncClient) -> None:
    path = await _path()
    response = await http.get(path)
    assert response.headers["content-type"].startswith("image/svg+xml")
    assert response.headers["cache-control"] == "public, max-age=2, stale-while-revalidate=30"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "Accept-Language" not in response.headers["vary"]
    again = await http.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_address_alone_decides(http: httpx2.AsyncClient) -> None:
    path = await _path()
    plain = await http.get(path)
    asked = await http.get(path, headers={"Accept-Language": "fr", "Sec-CH-UA": "x"})
    assert asked.text == plain.text
    french = (await http.get(f"{path}?lang=fr&theme=dark")).text
    assert "<title>Obole\u00a0: 1 clic</title>" in french and 'lang="fr"' in french
    assert COLOURS["light"]["ground"] not in french
    odd = await http.get(path + "?theme=%22%3E%3Cscript%3E&lang=xx")
    assert odd.text == plain.text


async def test_a_click_less_is_another_badge(http: httpx2.AsyncClient) -> None:
    path, wilf = await _path(), await account_by_handle("wilf")
    content = await content_by_url(RADIO)
    assert wilf is not None and content is not None
    before = await http.get(path)
    await withdraw_click(wilf, content.id)
    after = await http.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert (_texts(before.text)[1], after.status_code, _texts(after.text)[1]) == ("1", 200, "0")


@pytest.mark.parametrize("global_id", [to_global_id("Content", 999_999), "nothing", "%00"])
async def test_anything_else_is_404_and_still_an_image(
    http: httpx2.AsyncClient, global_id: str
) -> None:
    response = await http.get(f"/contents/{global_id}/badge.svg")
    assert response.status_code == 404
    assert _texts(response.text) == ["Obole", "–"]
    assert response.headers["cache-control"] == "public, max-age=60"


async def _open_badge(browser: Browser, site: str, scheme: str) -> Page:
    home = (await visit(browser, site, scheme=scheme)).page
    path = await home.locator(".contents .title").first.get_attribute("href")
    assert path is not None
    seen = await visit(browser, f"{site}{path}/badge.svg", scheme=scheme)
    assert (seen.complaints, seen.strangers) == ([], [])
    return seen.page


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_browser_draws_it_in_its_scheme(browser: Browser, site: str, scheme: str) -> None:
    page = await _open_badge(browser, site, scheme)
    fill = "element => getComputedStyle(element).fill"
    assert await page.locator(".g").evaluate(fill) == _rgb(COLOURS[scheme]["ground"])
    assert await page.locator("text").first.evaluate(fill) == _rgb(COLOURS[scheme]["ink"])


def _rgb(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


MEASURE = """text => {
  const held = text.getComputedTextLength();
  const box = text.getBBox();
  text.removeAttribute('textLength');
  return [held, text.getComputedTextLength(), box.x, box.x + box.width];
}"""


@pytest.mark.parametrize("total", [7, 1_284, 88_800, 1_234_567])
async def test_text_is_as_wide_as_the_badge_believes(browser: Browser, total: int) -> None:
    page = await (await browser.new_context()).new_page()
    await page.set_content(badge(total, theme="light", language=ENGLISH))
    width = float(await page.locator("svg").get_attribute("width") or 0)
    edges = [0.0]
    for text in await page.locator("text").all():
        held, natural, left, right = await text.evaluate(MEASURE)
        assert abs(held - natural) / natural < 0.04, "Verdana, or DejaVu, which is nearly as wide"
        assert left >= edges[-1] + 5
        edges.append(right)
    assert 5 <= width - edges[-1] <= 9
    assert not re.search(r"\.\d", str(await page.locator("svg").get_attribute("width")))
