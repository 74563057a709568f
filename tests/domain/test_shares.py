"""Shares: checked by handle, written by position; test_contents.py has what is refused."""

import pytest

from app.domain.periods import open_period
from app.domain.shares import WHOLE, check_shares, write_shares
from app.models.database import fetch
from tests.world import article, person

pytestmark = pytest.mark.usefixtures("database")


async def test_shares_are_accounts_in_the_order_given() -> None:
    ann, bob = await person("ann"), await person("bob")
    assert await check_shares([("BOB", 1), ("ann", WHOLE - 1)]) == [
        (bob.id, 1),
        (ann.id, WHOLE - 1),
    ]


async def test_writing_replaces_what_the_period_had() -> None:
    ann, bob = await person("ann"), await person("bob")
    content, period = await article(ann, "one"), await open_period()
    await write_shares(content.id, [(bob.id, 4_000), (ann.id, 6_000)], period)
    rows = await fetch("SELECT account_id, share, position FROM content_shares ORDER BY position")
    assert [tuple(row.values()) for row in rows] == [(bob.id, 4_000, 1), (ann.id, 6_000, 2)]
    await write_shares(content.id, [], period)
    assert await fetch("SELECT 1 AS n FROM content_shares") == []
