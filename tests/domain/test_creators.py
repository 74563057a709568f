"""Who is a creator: whoever has a share in a content, or had one when a period closed."""

import pytest

from app.core.clock import FixedClock
from app.domain.contents import delete_content, set_content_shares
from app.domain.creators import who_created
from app.domain.periods import close_period
from tests.world import article, person

pytestmark = pytest.mark.usefixtures("database")


async def test_a_share_at_a_close_makes_a_creator_for_good(clock: FixedClock) -> None:
    ann, bob, cid = [await person(name) for name in ("ann", "bob", "cid")]
    ids = [cid.id, ann.id, 999, bob.id, ann.id]
    assert await who_created(ids) == [False] * 5
    content = await article(ann, "one", creators=[("ann", 5000), ("bob", 5000)])
    assert await who_created(ids) == [False, True, False, True, True]
    await close_period("2026-11")
    clock.advance(days=1)
    await set_content_shares(ann, content.id, [("ann", 10_000)])
    await delete_content(ann, content.id)
    assert await who_created(ids) == [False, True, False, True, True]


async def test_a_share_taken_back_within_its_period_leaves_nothing() -> None:
    ann, bob = await person("ann"), await person("bob")
    content = await article(ann, "one", creators=[("ann", 5000), ("bob", 5000)])
    await set_content_shares(ann, content.id, [("ann", 10_000)])
    assert await who_created([ann.id, bob.id]) == [True, False]


async def test_nothing_asked_is_nothing_told() -> None:
    assert await who_created([]) == []
