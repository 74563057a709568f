"""A creator's wall over HTTP: it is whole before any script runs."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from app.core.clock import FixedClock
from app.domain.accounts import account_by_handle
from app.domain.contents import content_by_url, delete_content
from app.main import create_app
from app.web.assets import assets
from app.web.wall import POLICY
from tests.web.sample import HOSTILE_TITLE, SAMPLE_NOW, populate

SPEAKERS = ("en", "fr")


@pytest.fixture
async def http(sqlite_database: str, clock: FixedClock) -> AsyncIterator[httpx2.AsyncClient]:
    clock.set(SAMPLE_NOW)
    await populate()
    transport = httpx2.ASGITransport(app=create_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://obole.example") as client:
        yield client


async def test_it_shows_the_most_clicked_and_the_sum(http: httpx2.AsyncClient) -> None:
    html = (await http.get("/wall/ada")).text
    assert '<h1 dir="auto">Ada Hartley</h1>' in html
    titles = re.findall(r"<h2[^>]*><a [^>]*>([^<]*)</a>", html)
    assert titles == ["Le pain au levain", "The valve radio", "Never clicked"]
    assert re.findall(r'data-total="(\d+)"', html) == ["3", "2", "1", "0"]
    assert re.findall(r'<p class="numeral" data-length="1">(\d)</p>', html) == ["3", "2", "1", "0"]
    assert 'lang="fr" dir="auto"' in html


async def test_the_last_minutes_are_in_the_page(
    http: httpx2.AsyncClient, clock: FixedClock
) -> None:
    recent = re.findall(r'data-recent="([\d ]+)"', (await http.get("/wall/ada")).text)
    assert [sum(map(int, steps.split())) for steps in recent] == [3, 2, 1, 0]
    clock.advance(minutes=11)
    later = re.findall(r'data-recent="([\d ]+)"', (await http.get("/wall/ada")).text)
    assert all(set(steps.split()) == {"0"} for steps in later)


async def test_it_speaks_french(http: httpx2.AsyncClient) -> None:
    for response in (
        await http.get("/wall/ada", headers={"Accept-Language": "fr"}),
        await http.get("/wall/ada?lang=fr"),
    ):
        assert response.headers["content-language"] == "fr"
        assert "Clics en tout" in response.text
        assert 'data-lost="Connexion perdue' in response.text


@pytest.mark.parametrize("language", SPEAKERS)
async def test_what_the_script_fills_in_is_left_open(
    http: httpx2.AsyncClient, language: str
) -> None:
    html = (await http.get(f"/wall/ada?lang={language}")).text
    for name, places in (("gained", ("gain", "minutes")), ("lost", ("time",)), ("this-month", "n")):
        sentence = re.search(rf'data-{name}="([^"]*)"', html)
        assert sentence is not None
        assert all(f"{{{place}}}" in sentence[1] for place in places)


async def test_the_script_is_a_file_and_nothing_else_may_run(http: httpx2.AsyncClient) -> None:
    response = await http.get("/wall/ada")
    assert response.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert re.findall(r"<script[^>]*>(.*?)</script>", response.text, re.DOTALL) == [""]
    assert " style=" not in response.text and not re.search(r"\son\w+=", response.text)


async def test_what_people_wrote_is_escaped(http: httpx2.AsyncClient) -> None:
    html = (await http.get("/wall/odile")).text
    assert "<script>" not in html and HOSTILE_TITLE not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


async def test_a_screen_may_choose_its_theme(http: httpx2.AsyncClient) -> None:
    assert 'data-theme="dark"' in (await http.get("/wall/ada?theme=dark")).text
    for path in ("/wall/ada", "/wall/ada?theme=%22%3E"):
        assert "data-theme" not in (await http.get(path)).text


async def test_it_may_be_kept_a_moment(http: httpx2.AsyncClient) -> None:
    response = await http.get("/wall/ada")
    assert response.headers["cache-control"] == "public, max-age=2"
    assert response.headers["vary"].split(", ")[0] == "Accept-Language"
    assert "set-cookie" not in response.headers
    same = await http.get("/wall/ADA", headers={"If-None-Match": response.headers["etag"]})
    assert same.status_code == 304


@pytest.mark.parametrize("handle", ["nobody", "wilf", "%00", "a b", "x" * 5_000])
async def test_who_made_nothing_has_no_wall(http: httpx2.AsyncClient, handle: str) -> None:
    response = await http.get(f"/wall/{handle}", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "Nothing at this address" in response.text


async def test_an_empty_wall_says_so(http: httpx2.AsyncClient) -> None:
    odile = await account_by_handle("odile")
    ada = await account_by_handle("ada")
    assert odile is not None and ada is not None
    for owner, url in (
        (odile, "https://elsewhere.example/x?a=1&b=2"),
        (ada, "https://lanterne.example/radio"),
    ):
        content = await content_by_url(url)
        assert content is not None
        await delete_content(owner, content.id)
    html = (await http.get("/wall/odile")).text
    assert "Nothing is registered here yet" in html
    assert 'data-total="0"' in html


def test_its_colours_are_those_of_every_page() -> None:
    pattern = r"--ob-(\w+):\s*(#[0-9a-f]{6})"
    pages = re.findall(pattern, assets()["obole.css"].body.decode())
    wall = re.findall(pattern, assets()["wall/wall.css"].body.decode())
    assert wall and set(wall) <= set(pages)
