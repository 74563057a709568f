"""The first page's numbers, on both databases."""

import logging

import pytest

from app.core.clock import FixedClock
from app.domain.clicks import withdraw_click
from app.domain.front import front_page
from app.domain.periods import close_if_over
from tests.web.sample import SAMPLE_NOW, populate
from tests.world import article, click, fund, person


async def test_an_empty_database(database: str) -> None:
    front = await front_page()
    assert front.period_key == "2026-11"
    assert (front.contents, front.ever) == ((), True)
    assert (front.contents_total, front.creators, front.clicks_period) == (0, 0, 0)
    assert (front.platforms_total, front.platforms) == (0, ())


async def test_the_most_clicked_of_the_open_period(database: str, clock: FixedClock) -> None:
    clock.set(SAMPLE_NOW)
    await populate()
    front = await front_page()
    assert [(c.title[:8], c.period, c.total, c.supporters) for c in front.contents] == [
        ("Le pain ", 2, 2, 2),
        ("<script>", 1, 1, 1),
        ("The valv", 1, 1, 1),
    ]
    radio = front.contents[2]
    assert radio.creators == ("Ada Hartley", "Odile Marchand")
    assert (radio.platform, radio.language) == ("Lanterne", "en")
    assert front.contents[1].platform is None
    assert (front.contents_total, front.creators) == (4, 2)
    assert (front.clicks_period, front.clicks_total) == (4, 4)
    assert front.platforms == ("Lanterne",)
    assert front.as_of == SAMPLE_NOW


async def test_after_the_close_it_shows_all_months(database: str, clock: FixedClock) -> None:
    clock.set(SAMPLE_NOW)
    await populate()
    clock.advance(days=8)
    assert await close_if_over() is not None
    front = await front_page()
    assert (front.period_key, front.ever, front.clicks_period) == ("2026-12", True, 0)
    assert [c.total for c in front.contents] == [2, 1, 1]
    assert [c.period for c in front.contents] == [0, 0, 0]


async def test_limits(database: str) -> None:
    creator, supporter = await person("maker"), await person("giver")
    await fund(supporter, "10.00")
    contents = [await article(creator, f"a{n}") for n in range(3)]
    for content in contents:
        await click(supporter, content)
    assert len((await front_page(limit=2)).contents) == 2
    assert len((await front_page(limit=0)).contents) == 1
    await withdraw_click(supporter, contents[0].id)
    front = await front_page(limit=1_000)
    assert (len(front.contents), front.clicks_period) == (2, 2)


async def test_the_number_of_statements_is_constant(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    creator, supporter = await person("maker"), await person("giver")
    await fund(supporter, "10.00")
    counts = []
    for n in range(12):
        await click(supporter, await article(creator, f"a{n}"))
        if n in (0, 11):
            with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
                caplog.clear()
                await front_page()
                counts.append(len(caplog.records))
    assert counts[0] == counts[1] > 0
    assert counts[1] <= 12
