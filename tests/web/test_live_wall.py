"""The wall and the badge in a browser, before a server that runs, stops, is killed and hangs."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from app.core.settings import use_settings
from app.domain.contents import content_by_url
from app.domain.periods import ensure_open_period
from app.models.database import open_database
from app.web.content import content_path
from tests.obole_server import OboleServer
from tests.web.conftest import Visit, visit
from tests.web.sample import populate

NEVER = "https://elsewhere.example/"
BREAD = "https://lanterne.example/pain"
SIGN_IN = """mutation($email:String!){signIn(input:{email:$email,password:"correct horse"}){
  ... on SignInSuccess { token }}}"""
CLICK = "mutation($url:URL!){click(input:{url:$url}){... on ClickSuccess{counter{total}}}}"
WITHDRAW = (
    "mutation($url:URL!){withdrawClick(input:{url:$url}){"
    "... on WithdrawClickSuccess{counter{total}}}}"
)
LOST_MS = 10_000
BACK_MS = 20_000
HANGS_MS = 25_000
"""A ping after ten seconds, five to answer it, and one of grace."""


class Site:
    """A server that can be stopped and started again, and what supporters do there."""

    def __init__(self, server: OboleServer, paths: dict[str, str]) -> None:
        self.server = server
        self.origin = server.origin
        self.paths = paths

    async def ask(self, query: str, token: str | None = None, **variables: str) -> dict[str, dict]:  # type: ignore[type-arg]
        """One operation over HTTP; its data."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx2.AsyncClient(base_url=self.origin) as client:
            body = {"query": query, "variables": variables}
            answer = (await client.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer
        data: dict[str, dict] = answer["data"]  # type: ignore[type-arg]
        return data

    async def click(self, handle: str, url: str, query: str = CLICK) -> int:
        """Somebody clicks, or withdraws; the content's total then."""
        signed_in = await self.ask(SIGN_IN, email=f"{handle}@people.example")
        done = await self.ask(query, signed_in["signIn"]["token"], url=url)
        return int(next(iter(done.values()))["counter"]["total"])


def _started(template: Path, folder: Path) -> Site:
    path = folder / "obole.db"
    shutil.copy(template, path)
    url = f"sqlite://{path}"
    paths = asyncio.run(_fill(url))
    server = OboleServer(url, folder / "server.log")
    server.start()
    return Site(server, paths)


async def _fill(url: str) -> dict[str, str]:
    """The small world, made now; where two of its contents have their pages."""
    async with open_database(url):
        await ensure_open_period()
        await populate()
        found = {address: await content_by_url(address) for address in (NEVER, BREAD)}
    return {address: content_path(c.id) for address, c in found.items() if c is not None}


@pytest.fixture
def live(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """The application as `obole serve` runs it, by the machine's clock, for this test alone."""
    site = _started(sqlite_template, tmp_path)
    yield site
    site.server.stop()


@pytest.fixture(scope="module")
def shown(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same, for tests that only look."""
    with use_settings(argon2_memory_kib=8, argon2_time_cost=1):
        site = _started(sqlite_template, tmp_path_factory.mktemp("shown"))
    yield site
    site.server.stop()


def _sum(page: Page) -> Locator:
    return page.locator(".sum .numeral .said")


def _row(page: Page, title: str) -> Locator:
    return page.locator(".contents li", has_text=title)


def _total(page: Page, title: str) -> Locator:
    return _row(page, title).locator(".numeral .said")


async def _open_wall(browser: Browser, live: Site, query: str = "", **options: object) -> Visit:
    seen = await visit(browser, f"{live.origin}/wall/ada{query}", **options)  # type: ignore[arg-type]
    await expect(seen.page.locator("html[data-state=live]")).to_be_attached()
    return seen


async def test_a_click_moves_the_wall_without_a_reload(browser: Browser, live: Site) -> None:
    seen = await _open_wall(browser, live)
    page = seen.page
    await page.evaluate("window.stayed = true")
    await expect(_sum(page)).to_have_text("3")
    assert await live.click("wilf", NEVER) == 1
    await expect(_total(page, "Never clicked")).to_have_text("1", timeout=2_000)
    await expect(_sum(page)).to_have_text("4", timeout=2_000)
    await expect(_row(page, "Never clicked").locator(".brief")).to_have_text("+1")
    await expect(page.locator(".sum .sentence")).to_have_text("+4 in 10 min")
    assert await live.click("wilf", NEVER, WITHDRAW) == 0
    await expect(_total(page, "Never clicked")).to_have_text("0", timeout=2_000)
    await expect(_sum(page)).to_have_text("3", timeout=2_000)
    assert await page.evaluate("window.stayed") is True
    assert (seen.complaints, seen.strangers) == ([], [])


HEAR_ROLLS = """() => {
  window.rolls = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, timing) {
    window.rolls.push([this.className, timing.duration]);
    return animate.call(this, frames, timing);
  };
}"""


async def test_digits_roll_in_200_ms(browser: Browser, live: Site) -> None:
    page = (await _open_wall(browser, live)).page
    await page.evaluate(HEAR_ROLLS)
    await live.click("wilf", NEVER)
    await expect(_sum(page)).to_have_text("4")
    rolls = await page.evaluate("window.rolls")
    assert sorted(map(tuple, rolls)) == sorted([("face", 200), ("face arriving", 200)] * 2)


async def test_nothing_moves_where_motion_is_not_wanted(browser: Browser, live: Site) -> None:
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{live.origin}/wall/ada")
    await expect(page.locator("html[data-state=live]")).to_be_attached()
    await page.evaluate(HEAR_ROLLS)
    await live.click("wilf", NEVER)
    await expect(_sum(page)).to_have_text("4")
    assert await page.evaluate("window.rolls") == []
    assert await page.evaluate("document.getAnimations().length") == 0


async def test_who_is_overtaken_moves_down(browser: Browser, live: Site) -> None:
    page = (await _open_wall(browser, live)).page
    titles = page.locator(".contents h2")
    await expect(titles.nth(2)).to_have_text("Never clicked")
    for handle in ("wilf", "odile"):
        await live.click(handle, NEVER)
    await expect(titles).to_have_text(["Never clicked", "Le pain au levain", "The valve radio"])
    await live.click("wilf", BREAD, WITHDRAW)
    await expect(_total(page, "Le pain au levain")).to_have_text("1")


@pytest.mark.parametrize("how", [OboleServer.stop, OboleServer.kill], ids=["stopped", "killed"])
async def test_it_says_that_the_connection_is_lost_and_comes_back_by_itself(
    browser: Browser, live: Site, how: Callable[[OboleServer], float]
) -> None:
    page = (await _open_wall(browser, live)).page
    state, root = page.locator(".status .state"), page.locator("html")
    await page.evaluate("window.stayed = true")
    await asyncio.to_thread(how, live.server)
    await expect(root).to_have_attribute("data-state", "lost", timeout=LOST_MS)
    await expect(state).to_contain_text("Connection lost. Numbers as of")
    await expect(_sum(page)).to_have_text("3")
    await asyncio.to_thread(live.server.start)
    await live.click("wilf", NEVER)
    await expect(root).to_have_attribute("data-state", "back", timeout=BACK_MS)
    await expect(state).to_have_text("Live again")
    await expect(_sum(page)).to_have_text("4")
    await expect(_total(page, "Never clicked")).to_have_text("1")
    await expect(root).to_have_attribute("data-state", "live", timeout=LOST_MS)
    assert await page.evaluate("window.stayed") is True


async def test_a_server_that_hangs_is_lost_too(browser: Browser, live: Site) -> None:
    page = (await _open_wall(browser, live)).page
    process = live.server._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        lost = page.locator("html[data-state=lost]")
        await expect(lost).to_be_attached(timeout=HANGS_MS)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    await live.click("wilf", NEVER)
    await expect(_sum(page)).to_have_text("4", timeout=BACK_MS)


@pytest.mark.parametrize("width", [1920, 1280, 700, 360])
async def test_it_fits(browser: Browser, shown: Site, width: int) -> None:
    for locale, scheme in (("en-GB", "light"), ("fr-FR", "dark")):
        seen = await _open_wall(browser, shown, width=width, locale=locale, scheme=scheme)
        assert await seen.overflow_px() == 0
        inside = "element => element.scrollWidth <= element.clientWidth"
        for numeral in await seen.page.locator(".numeral").all():
            assert await numeral.evaluate(inside)
        assert (seen.complaints, seen.strangers) == ([], [])


async def test_a_theme_asked_for_wins(browser: Browser, shown: Site) -> None:
    page = (await _open_wall(browser, shown, "?theme=dark", scheme="light")).page
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(23, 21, 16)"


async def test_without_script_the_numbers_are_there(browser: Browser, shown: Site) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{shown.origin}/wall/ada")
    await expect(page.locator(".sum .numeral")).to_have_text("3")
    await expect(page.locator(".status .state")).to_contain_text("Numbers as of")


async def test_a_click_changes_the_badge(browser: Browser, live: Site) -> None:
    page = await (await browser.new_context()).new_page()
    source = f"{live.origin}{live.paths[BREAD]}/badge.svg?theme=light"
    await page.set_content(f'<img alt="clicks" src="{source}">')
    image = page.get_by_alt_text("clicks")
    assert await _drawn_height(image) == 20
    before = await image.screenshot()
    await live.click("odile", BREAD, WITHDRAW)
    await image.evaluate("(image, source) => { image.src = source; }", f"{source}&again")
    assert await _drawn_height(image) == 20
    assert await image.screenshot() != before


async def _drawn_height(image: Locator) -> int:
    """The image's own height once it is loaded."""
    await image.evaluate("image => image.decode()")
    return int(await image.evaluate("image => image.naturalHeight"))
