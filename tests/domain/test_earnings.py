"""What an account has received: a sum a currency, from the ledger itself."""

import pytest

from app.core.money import Money
from app.domain.earnings import earnings_of
from app.domain.periods import close_period
from app.settlement.settle import settle_period
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")


async def test_earnings_are_per_currency_by_code() -> None:
    ann, ben, bob = [await person(name) for name in ("ann", "ben", "bob")]
    content = await article(bob, "one")
    assert await earnings_of([bob.id]) == [[]]
    for supporter, amount, currency in ((ann, "3.00", "USD"), (ben, "2.00", "EUR")):
        await fund(supporter, amount, currency)
        await click(supporter, content)
    await close_period("2026-11")
    assert await earnings_of([bob.id]) == [[]]
    await settle_period("2026-11")
    earned = [Money(1_800_000, "EUR"), Money(2_700_000, "USD")]
    assert await earnings_of([ann.id, bob.id, 10**9, bob.id]) == [[], earned, [], earned]
    assert await earnings_of([]) == []
