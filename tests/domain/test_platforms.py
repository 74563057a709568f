"""Platforms: hosts that are one platform's alone, and dated commission rates."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.errors import AlreadyTaken, InvalidInput
from app.domain.platforms import (
    MAX_HOSTS,
    CommissionRate,
    create_platform,
    hosts_of,
    platform_by_host,
    platform_by_slug,
    platforms_by_ids,
    rates_of,
    set_commission_rate,
)
from app.models.database import fetch
from tests.conftest import START

GOOD: dict[str, Any] = {"slug": "news", "name": "News", "hosts": ["news.example"]}
BAD: list[tuple[str, Any]] = [
    *(("slug", value) for value in (
        "", "News", "-a", "a-", "a_b", "a" * 41, "ü", "a\n", "a\x00", "\ud800",
    )),
    *(("name", value) for value in ("", " ", "x" * 81, "a\x00", "\ud800")),
    *(("hosts", value) for value in (
        [], [""], ["a b"], ["https://a.example"], ["a:80"], ["a\x00"], ["\ud800"],
        [f"h{n}.example" for n in range(MAX_HOSTS + 1)],
    )),
]  # fmt: skip


@pytest.mark.usefixtures("database")
async def test_a_platform_is_found_by_slug_and_by_each_host() -> None:
    hosts = ["Video.example", "bücher.example", "video.example."]
    video = await create_platform(slug="video", name="Video", hosts=hosts)
    assert await platform_by_slug("video") == video
    assert await hosts_of([10**9, video.id]) == [[], ["video.example", "xn--bcher-kva.example"]]
    assert await platform_by_host("xn--bcher-kva.example") == video
    assert await platforms_by_ids([10**9, video.id]) == [None, video]
    assert await platform_by_host("other.example") is None


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("hostile", ["", "a\x00", "\ud800", "x" * 10_000])
async def test_hostile_names_lead_nowhere(hostile: str) -> None:
    assert await platform_by_slug(hostile) is None
    assert await platform_by_host(hostile) is None


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(("field", "value"), BAD, ids=lambda value: ascii(value)[:20])
async def test_what_cannot_be_a_platform_is_refused(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        await create_platform(**(GOOD | {field: value}))
    assert refused.value.field == field
    assert await fetch("SELECT 1 AS n FROM platforms") == []


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("change", [{"slug": "other"}, {"hosts": ["new.example"]}])
async def test_slugs_and_hosts_are_taken_once_and_nothing_is_left_half_done(
    change: dict[str, Any],
) -> None:
    await create_platform(**GOOD)
    with pytest.raises(AlreadyTaken):
        await create_platform(**(GOOD | change))
    assert len(await fetch("SELECT 1 AS n FROM platforms")) == 1
    assert len(await fetch("SELECT 1 AS n FROM platform_hosts")) == 1


@pytest.mark.usefixtures("database")
async def test_rates_are_dated_and_each_moment_has_one() -> None:
    news = await create_platform(**GOOD)
    later = START + timedelta(days=30)
    for starts_at, bps in ((later, 500), (START, 1000)):
        await set_commission_rate(
            platform_id=news.id, commission_bps=bps, platform_bps=bps // 2, starts_at=starts_at
        )
    [rates] = await rates_of([news.id])
    assert rates == [CommissionRate(1000, 500, START), CommissionRate(500, 250, later)]
    for platform_id in (news.id, None):
        rate: dict[str, Any] = {"commission_bps": 0, "platform_bps": 0, "starts_at": START}
        if platform_id is None:
            await set_commission_rate(platform_id=None, **rate)
        with pytest.raises(AlreadyTaken):
            await set_commission_rate(platform_id=platform_id, **rate)


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(
    ("commission", "platform"), [(-1, 0), (10_001, 0), (1000, -1), (1000, 1001), (-2, -1)]
)
async def test_rates_out_of_order_are_refused(commission: int, platform: int) -> None:
    news = await create_platform(**GOOD)
    with pytest.raises(InvalidInput):
        await set_commission_rate(
            platform_id=news.id, commission_bps=commission, platform_bps=platform, starts_at=START
        )
    assert await rates_of([news.id]) == [[]]


@pytest.mark.usefixtures("sqlite_database")
async def test_the_house_shares_with_nobody() -> None:
    with pytest.raises(InvalidInput):
        await set_commission_rate(
            platform_id=None, commission_bps=1000, platform_bps=1, starts_at=START
        )
