"""Who may receive: a suspended creator stops all that is shared with them, now and no longer."""

import pytest

from app.domain.accounts import reinstate_account, suspend_account
from app.domain.contents import (
    any_contents_by_ids,
    contents_by_ids,
    delete_content,
    set_content_shares,
)
from app.domain.eligibility import eligibility_of
from tests.world import article, person

pytestmark = pytest.mark.usefixtures("database")


async def test_a_suspended_creator_stops_what_they_share_in() -> None:
    bob, cid = await person("bob"), await person("cid")
    alone = await article(bob, "alone")
    shared = await article(bob, "shared", creators=[("bob", 5000), ("cid", 5000)])
    unclaimed = await article(cid, "unclaimed", creators=[])
    contents = [shared, unclaimed, alone]
    assert [e.eligible for e in await eligibility_of(contents)] == [True] * 3
    await suspend_account(cid.id)
    told = await eligibility_of(contents)
    assert [(e.eligible, e.reason is None) for e in told] == [
        (False, False), (True, True), (True, True),
    ]  # fmt: skip
    assert told[2].since == alone.created_at
    await reinstate_account(cid.id)
    assert all(e.eligible for e in await eligibility_of(contents))


async def test_only_those_count_who_share_in_it_now() -> None:
    bob, cid = await person("bob"), await person("cid")
    content = await article(bob, "one", creators=[("bob", 5000), ("cid", 5000)])
    await suspend_account(cid.id)
    await set_content_shares(bob, content.id, [("bob", 10_000)])
    [now] = await contents_by_ids([content.id])
    assert now is not None
    assert [e.eligible for e in await eligibility_of([now])] == [True]


async def test_what_was_taken_away_takes_no_clicks() -> None:
    bob = await person("bob")
    content = await article(bob, "one")
    await delete_content(bob, content.id)
    [told] = await eligibility_of([c for c in await any_contents_by_ids([content.id]) if c])
    assert (told.eligible, told.reason) == (False, "This content was taken away.")


async def test_nothing_asked_is_nothing_told() -> None:
    assert await eligibility_of([]) == []
