"""Conservation: every rule finds what breaks it, and a sound month breaks none."""

import pytest

from app.core.errors import BrokenInvariant
from app.domain.periods import Period, close_period, period_by_key
from app.models.database import dialect, execute
from app.settlement.check import breaches, check_conservation, check_posted
from app.settlement.settle import settle_period
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")


async def settled_month() -> Period:
    """A settled month with a paid and an unclaimed content."""
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "1.00")
    await click(alice, await article(bob, "paid"))
    await click(alice, await article(bob, "held", creators=[]))
    await close_period("2026-11")
    await settle_period("2026-11")
    return await period_by_key("2026-11")


BROKEN = [
    (
        "UPDATE balances SET micros = micros + 1 WHERE kind = 'earnings'",
        "a cached balance is the sum of its postings",
        "earnings:bob EUR: 1 micro-units off",
    ),
    (
        "DELETE FROM balances WHERE kind = 'earnings'",
        "every account of a cached kind has a balance",
        "earnings:bob: 0 micro-units off",
    ),
    (
        "UPDATE escrow_lots SET gross_micros = gross_micros + 2",
        "escrow holds exactly its open lots",
        "https://news.example/held EUR: 2 micro-units off",
    ),
    (
        "DELETE FROM escrow_lots",
        "escrow holds exactly its open lots",
        "https://news.example/held EUR: -500000 micro-units off",
    ),
    (
        "UPDATE contents SET registered_url = 'https://news.example/other'"
        " WHERE registered_url = 'https://news.example/held'",
        "every open lot has its escrow account",
        "https://news.example/other EUR: 500000 micro-units off",
    ),
]


@pytest.mark.parametrize(("sql", "rule", "where"), BROKEN)
async def test_what_breaks_a_rule_is_found_and_named(sql: str, rule: str, where: str) -> None:
    await settled_month()
    assert await breaches() == []
    await execute(sql)
    found = {breach.rule: breach.where for breach in await breaches()}
    assert where in found[rule]
    with pytest.raises(BrokenInvariant, match=rule):
        await check_conservation()


async def unguard(*triggers: tuple[str, str]) -> None:
    """Take triggers away, as only somebody with the database's own keys can."""
    for name, table in triggers:
        on = f" ON {table}" if dialect() == "postgres" else ""
        await execute(f"DROP TRIGGER {name}{on}")


async def test_a_leg_that_was_changed_by_force_is_found_three_times() -> None:
    period = await settled_month()
    name = "postings_no_change" if dialect() == "postgres" else "postings_no_update"
    await unguard((name, "postings"))
    await execute(
        "UPDATE postings SET amount_micros = amount_micros - 1 WHERE account_id IN"
        " (SELECT id FROM ledger_accounts WHERE kind = 'settlement') AND amount_micros < 0"
    )
    assert {breach.rule for breach in await breaches()} == {
        "postings sum to zero per currency",
        "the clearing account of a settled period is zero",
    }
    with pytest.raises(BrokenInvariant, match="wallets gave 1000000"):
        await check_posted(period)


async def test_an_empty_ledger_is_sound() -> None:
    assert await breaches() == []
    await check_conservation()
