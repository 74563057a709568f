"""The first page before anything is registered; a module of its own, for one process, one database.

The application keeps one database open in a process, so no two sites are served at once.
"""

import pytest
from playwright.async_api import Browser

from tests.web.conftest import visit


@pytest.mark.parametrize("width", [1280, 320])
async def test_an_empty_obole_says_what_to_do(
    browser: Browser, empty_site: str, width: int
) -> None:
    seen = await visit(browser, empty_site, width=width)
    assert await seen.overflow_px() == 0
    assert (seen.complaints, seen.strangers) == ([], [])
    assert await seen.page.locator("#list-title").inner_text() == "This Obole is empty"
