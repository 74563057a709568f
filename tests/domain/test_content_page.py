"""What a content's page shows, on both databases."""

import pytest

from app.core.clock import FixedClock
from app.core.errors import ContentNotFound
from app.domain.accounts import suspend_account
from app.domain.content_page import page_of_content
from app.domain.contents import delete_content, register_content
from app.domain.drafts import ContentDraft
from app.domain.periods import close_if_over
from app.domain.platforms import create_platform
from tests.world import article, click, fund, person


async def test_it_names_who_made_it_and_where(database: str) -> None:
    ada, _ = await person("ada"), await person("odile")
    await create_platform(slug="lanterne", name="Lanterne", hosts=["lanterne.example"])
    radio = await register_content(
        ada,
        ContentDraft("https://lanterne.example/radio", "The valve radio"),
        creators=[("odile", 4_000), ("ada", 6_000)],
    )
    shown = await page_of_content(radio.id)
    assert shown.content == radio
    assert [name.lower() for name in shown.creators] == ["odile", "ada"]
    assert (shown.platform, shown.eligible) == ("Lanterne", True)
    assert (shown.counter.period, shown.counter.total, shown.counter.supporters) == (0, 0, 0)


async def test_unclaimed_content_has_no_creators(database: str) -> None:
    content = await register_content(
        await person("ada"), ContentDraft("https://a.example/", "Found"), creators=[]
    )
    shown = await page_of_content(content.id)
    assert (shown.creators, shown.platform) == ((), None)


async def test_numbers_are_of_the_open_period(database: str, clock: FixedClock) -> None:
    maker, giver = await person("maker"), await person("giver")
    await fund(giver, "10.00")
    content = await article(maker, "one")
    await click(giver, content)
    shown = await page_of_content(content.id)
    assert (shown.counter.period, shown.counter.total) == (1, 1)
    assert shown.period.key == shown.counter.period_key
    clock.set(shown.period.ends_at)
    assert await close_if_over() is not None
    after = await page_of_content(content.id)
    assert (after.counter.period, after.counter.total) == (0, 1)
    assert after.period.starts_at == shown.period.ends_at


async def test_a_suspended_creators_content_takes_no_clicks(database: str) -> None:
    maker = await person("maker")
    content = await article(maker, "one")
    await suspend_account(maker.id)
    assert not (await page_of_content(content.id)).eligible


async def test_what_was_deleted_has_no_page(database: str) -> None:
    maker = await person("maker")
    content = await article(maker, "one")
    await delete_content(maker, content.id)
    with pytest.raises(ContentNotFound):
        await page_of_content(content.id)
