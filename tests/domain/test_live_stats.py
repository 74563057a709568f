"""The live numbers of creators and platforms, against what the counters and clicks say."""

import pytest

from app.core.clock import FixedClock
from app.domain import live_stats
from app.domain.clicks import withdraw_click
from app.domain.contents import (
    Content,
    delete_content,
    register_content,
    set_content_shares,
)
from app.domain.drafts import ContentDraft
from app.domain.live_stats import LiveStats, creator_stats, platform_stats
from app.domain.periods import close_period
from app.domain.platforms import create_platform
from tests.schema.test_statements_of_sql import counting
from tests.world import click, fund, person

pytestmark = pytest.mark.usefixtures("database")


def numbers(stats: LiveStats) -> tuple[int, int, int | None, int]:
    return stats.total, stats.period, stats.supporters, stats.contents


async def test_creators_and_platforms(clock: FixedClock) -> None:
    video = await create_platform(slug="video", name="Video", hosts=["video.example"])
    empty = await create_platform(slug="empty", name="Empty", hosts=["empty.example"])
    bob, carol = await person("bob"), await person("carol")

    async def content(path: str, creators: list[tuple[str, int]]) -> Content:
        return await register_content(
            bob, ContentDraft(url=f"https://{path}", title=path), creators=creators
        )

    both = await content("video.example/1", [("bob", 5000), ("carol", 5000)])
    bobs = await content("video.example/2", [("bob", 10_000)])
    elsewhere = await content("blog.example/3", [("bob", 10_000)])
    supporters = [await person(f"s{n}") for n in range(3)]
    for supporter in supporters:
        await fund(supporter, "1.00")
        await click(supporter, both)
    await click(supporters[0], bobs)
    await click(supporters[1], elsewhere)
    await withdraw_click(supporters[2], both.id)

    with counting() as seen:
        found = await creator_stats([carol.id, bob.id, 999])
    assert [numbers(s) for s in found] == [(2, 2, 2, 1), (4, 4, 2, 3), (0, 0, 0, 0)]
    assert len(seen) == 3
    found = await platform_stats([empty.id, video.id])
    assert [numbers(s) for s in found] == [(0, 0, 0, 0), (3, 3, 2, 2)]
    assert {(s.period_key, s.as_of) for s in found} == {("2026-11", clock.now())}

    clock.advance(hours=1)
    await close_period("2026-11")
    await set_content_shares(bob, both.id, [("bob", 10_000)])
    await click(supporters[2], bobs)
    await delete_content(bob, elsewhere.id)
    found = await creator_stats([bob.id, carol.id])
    assert [numbers(s) for s in found] == [(4, 1, 3, 2), (0, 0, 0, 0)]
    assert [numbers(s) for s in await platform_stats([video.id])] == [(4, 1, 3, 2)]
    assert found[0].period_key == "2026-12"


async def test_of_very_many_clicks_supporters_are_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bob, alice, carol = [await person(name) for name in ("bob", "alice", "carol")]
    draft = ContentDraft(url="https://blog.example/1", title="one")
    content = await register_content(bob, draft)
    for supporter in (alice, carol):
        await fund(supporter, "1.00")
        await click(supporter, content)
    monkeypatch.setattr(live_stats, "MAX_COUNTED", 1)
    with counting() as seen:
        assert [numbers(s) for s in await creator_stats([bob.id])] == [(2, 2, None, 1)]
    assert len(seen) == 2
