"""The first page in a browser: wide and narrow, light and dark, by mouse-less readers too."""

import pytest
from playwright.async_api import Browser

from tests.web.conftest import visit

WIDTHS = (1280, 360, 320)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_home_fits_and_asks_nobody_else(
    browser: Browser, site: str, width: int, scheme: str
) -> None:
    seen = await visit(browser, site, width=width, scheme=scheme)
    assert await seen.overflow_px() == 0
    assert (seen.complaints, seen.strangers) == ([], [])
    assert await seen.page.locator("h1").inner_text() == "A coin for what you liked."
    rows = seen.page.locator(".contents li")
    assert await rows.count() == 3
    assert await rows.nth(0).locator(".big b").inner_text() == "2"
    assert await rows.nth(0).locator(".title").inner_text() == "Le pain au levain"
    ground = await seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(251, 248, 241)" if scheme == "light" else "rgb(23, 21, 16)")


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_link_is_large_enough_for_a_finger(
    browser: Browser, site: str, width: int
) -> None:
    """24 pixels (WCAG 2.2 AA, 2.5.8)."""
    seen = await visit(browser, site, width=width)
    title = await seen.page.locator(".contents .title").first.get_attribute("href")
    for path in ("/", title):
        await seen.page.goto(f"{site}{path}")
        sizes = await seen.page.locator("a:not(.skip)").evaluate_all(
            "links => links.map(link => link.getBoundingClientRect().height)"
        )
        assert len(sizes) > 5 and min(sizes) >= 24


async def test_home_needs_no_script(browser: Browser, site: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(site)
    assert await page.locator(".contents li").count() == 3


async def test_home_in_french_fits_a_phone(browser: Browser, site: str) -> None:
    seen = await visit(browser, site, width=320, locale="fr-FR")
    assert await seen.overflow_px() == 0
    assert await seen.page.locator("h1").inner_text() == "Une obole pour ce qui vous a plu."


async def test_the_keyboard_sees_where_it_is(browser: Browser, site: str) -> None:
    seen = await visit(browser, site)
    await seen.page.keyboard.press("Tab")
    assert await seen.page.locator(":focus").get_attribute("class") == "skip"
    box = await seen.page.locator(":focus").bounding_box()
    assert box is not None and box["y"] >= 0
    await seen.page.keyboard.press("Tab")
    style = await seen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"


@pytest.mark.parametrize("width", WIDTHS)
async def test_other_pages_fit(browser: Browser, site: str, width: int) -> None:
    for path in ("/readme", "/nowhere"):
        seen = await visit(browser, site + path, width=width)
        assert await seen.overflow_px() == 0, path
        assert seen.strangers == []
