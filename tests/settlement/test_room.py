"""A month that does not fit is refused before anything of it is posted."""

import pytest

from app.core.errors import BrokenInvariant
from app.core.sharing import MAX_MICROS
from app.domain.ledger import AccountName, EntryDraft, Leg, balance_of, post_entry
from app.domain.periods import close_period, in_open_period, period_by_key
from app.models.database import fetch
from app.settlement.freeze import freeze_period
from app.settlement.room import check_room
from app.settlement.settle import allocated, settle_period
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")
TOP = MAX_MICROS - 1
HELD = AccountName("earnings", "bob", "EUR")


async def endow(name: AccountName, micros: int) -> None:
    legs = Leg(name, micros), Leg(AccountName("external", "endowment", name.currency), -micros)
    async with in_open_period() as period:
        await post_entry(EntryDraft("test", f"endow:{name}", legs), period_id=period.id)


async def month(held: int) -> None:
    """bob holds so much and gets 0.900000 more; the wallet gives 1.000000 each to two contents."""
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "2.00")
    await click(alice, await article(bob, "paid"))
    await click(alice, await article(bob, "unclaimed", creators=[]))
    await endow(HELD, held)
    await close_period("2026-11")


async def test_as_much_as_there_may_be_is_paid() -> None:
    await month(TOP - 900_000)
    await settle_period("2026-11")
    assert await balance_of(HELD) == TOP


async def test_a_micro_more_is_refused_before_anything_is_posted() -> None:
    await month(TOP - 899_999)
    with pytest.raises(BrokenInvariant, match=r"earnings:bob holds .* would get 900000"):
        await settle_period("2026-11")
    assert await fetch("SELECT 1 AS n FROM entries WHERE kind = 'settle'") == []
    assert await balance_of(AccountName("wallet", "alice", "EUR")) == 2_000_000


@pytest.mark.parametrize(("held", "fits"), [(TOP - 1_000_000, True), (TOP - 999_999, False)])
async def test_escrow_has_its_room_too(held: int, fits: bool) -> None:
    await month(1)
    await endow(AccountName("escrow", "https://news.example/unclaimed", "EUR"), held)
    period = await period_by_key("2026-11")
    await freeze_period(period)
    allocation = await allocated(period, "polars")
    if fits:
        await check_room(allocation)
        return
    with pytest.raises(BrokenInvariant, match=r"escrow:https://news\.example/unclaimed"):
        await check_room(allocation)
