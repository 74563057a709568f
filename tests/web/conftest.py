"""A real browser before a real server: Debian's Chromium, uvicorn in a thread, SQLite."""

import asyncio
import os
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from app.core.clock import FixedClock, use_clock
from app.core.settings import get_settings, use_settings
from app.domain.limiters import forget_limits
from app.domain.periods import ensure_open_period
from app.main import create_app
from app.models.database import open_database
from scripts.system import chromium
from tests.web.sample import SAMPLE_NOW, populate

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_S = 20.0


@pytest.fixture
async def http(sqlite_database: str, clock: FixedClock) -> AsyncIterator[httpx2.AsyncClient]:
    """The application over the sample world, without a browser or a socket."""
    clock.set(SAMPLE_NOW)
    await populate()
    transport = httpx2.ASGITransport(app=create_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://obole.example") as client:
        yield client


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium with a fresh profile; skipped where there is none, but never under CI=true."""
    path = chromium()
    if path is None:
        reason = "chromium is not on the PATH: `make system` as root installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=path, args=list(ARGUMENTS), headless=True
        )
        yield started
        await started.close()


@dataclass(slots=True)
class Visit:
    """An open page with all that it complained of and everybody it asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    async def overflow_px(self) -> int:
        """How much wider than the window the document is, in pixels."""
        script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(await self.page.evaluate(script))


async def visit(
    browser: Browser, url: str, *, width: int = 1280, scheme: str = "light", locale: str = "en-GB"
) -> Visit:
    """Open `url` in a window `width` pixels wide, in the light or the dark `scheme`."""
    context = await browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=locale,
    )
    seen = Visit(await context.new_page())
    own = urlsplit(url).netloc

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            seen.complaints.append(message.text)

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != own:
            seen.strangers.append(request.url)

    seen.page.on("console", on_console)
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("request", on_request)
    await seen.page.goto(url, wait_until="networkidle")
    return seen


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application over a small world, served for real; its origin."""
    with _world(sqlite_template, tmp_path_factory, populated=True) as url, _served(url) as origin:
        yield origin


@pytest.fixture(scope="module")
def empty_site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application over an empty database; its origin."""
    with _world(sqlite_template, tmp_path_factory, populated=False) as url, _served(url) as origin:
        yield origin


@contextmanager
def _world(template: Path, folders: pytest.TempPathFactory, *, populated: bool) -> Iterator[str]:
    path = folders.mktemp("site") / "obole.db"
    shutil.copy(template, path)
    url = f"sqlite://{path}"
    cheap = use_settings(database_url=url, argon2_memory_kib=8, argon2_time_cost=1)
    with use_clock(FixedClock(SAMPLE_NOW)), cheap:
        forget_limits()
        asyncio.run(_fill(url, populated))
        yield url


async def _fill(url: str, populated: bool) -> None:
    async with open_database(url):
        await ensure_open_period()
        if populated:
            await populate()


@contextmanager
def _served(url: str) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = get_settings().model_copy(update={"database_url": url, "public_url": origin})
    config = uvicorn.Config(create_app(settings), log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started, "the server did not start"
    try:
        yield origin
    finally:
        server.should_exit = True
        thread.join(START_S)
        listener.close()
