"""Verify finds whatever was changed behind the settlement's back, by somebody with all the keys."""

import pytest

from app.domain.contents import set_content_shares
from app.domain.periods import close_period
from app.models.database import dialect, execute, transaction
from app.settlement.settle import settle_period
from app.settlement.verify import verify_period
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")

FORGED = [
    ("UPDATE content_results SET clicks = clicks + 1", "content_results: "),
    ("UPDATE content_results SET net_micros = net_micros + 1", "content_results: "),
    ("DELETE FROM content_results WHERE escrow", "content_results: "),
    (
        "UPDATE settlement_totals SET gross_micros = gross_micros + 1, net_micros = net_micros + 1",
        "settlement_totals: ",
    ),
    ("DELETE FROM settlement_totals", "settlement_totals: "),
    ("UPDATE checkpoints SET micros = micros + 1", "checkpoint: commission:house:house +1 "),
    ("DELETE FROM frozen_exclusions", "does not hold: a wallet's total weight"),
    (
        "UPDATE escrow_lots SET wallet_id = (SELECT MAX(id) FROM wallets)"
        " WHERE wallet_id = (SELECT MIN(id) FROM wallets)",
        "escrow_lots: ",
    ),
    ("UPDATE clicks SET weight = 5 WHERE weight = 2", "does not hold: a wallet's total weight"),
    ("UPDATE frozen_wallets SET pot_micros = pot_micros - 100", "was posted, but not computed"),
    ("UPDATE settlements SET digest = 'another'", "the digest is "),
]


LAST_WALLET = "(SELECT MAX(id) FROM wallets)"
LAST_CONTENT = "(SELECT MAX(id) FROM contents)"
"""Neither has clicked or was clicked: there is no frozen row of them."""

GUARDED = {
    **{
        f"{verb} {table}": (sql.format(table), "never")
        for table in (
            *("frozen_wallets", "frozen_contents", "frozen_shares", "frozen_exclusions"),
            *("content_results", "settlement_totals", "checkpoints"),
        )
        for verb, sql in (
            ("update", "UPDATE {} SET period_id = period_id + 1"),
            ("delete", "DELETE FROM {}"),
        )
    },
    **{
        f"more {table}": (f"INSERT INTO {table} SELECT {columns} FROM {table} LIMIT 1", "already")
        for table, columns in {
            "frozen_wallets": f"period_id, {LAST_WALLET}, batch, currency, 1, 1",
            "frozen_contents": f"period_id, {LAST_CONTENT}, batch, escrow, NULL, 0, 0",
            "frozen_shares": f"period_id, {LAST_CONTENT}, account_id, share, position",
            "frozen_exclusions": f"period_id, {LAST_WALLET}, content_id",
            "content_results": "period_id, content_id, 'USD', 1, 1, 0, 0, 1, escrow",
            "settlement_totals": "period_id, 'USD', 1, 0, 0, 1, 0",
            "checkpoints": f"{LAST_WALLET}, period_id, 1",
        }.items()
    },
    "a click twice": (
        "INSERT INTO clicks (wallet_id, content_id, period_id, weight, created_at)"
        " SELECT wallet_id, content_id, period_id, 1, created_at FROM clicks",
        "clicks_one_per_period|clicks.wallet_id, clicks.content_id, clicks.period_id",
    ),
    "a weight of 6": ("UPDATE clicks SET weight = 6", "clicks_weight_1_to_5"),
    "a weight of 0": ("UPDATE clicks SET weight = 0", "clicks_weight_1_to_5"),
    "a lot of nothing": ("UPDATE escrow_lots SET gross_micros = 0", "escrow_lots_positive"),
    "a deposit of nothing": ("UPDATE deposits SET amount_micros = 0", "deposits_positive"),
    "a refund of more": (
        "UPDATE deposits SET refunded_micros = amount_micros + 1",
        "deposits_refunds_within",
    ),
    "a counter below zero": ("UPDATE counters SET total = -1", "counters_not_below_zero"),
    "a budget below zero": (
        "INSERT INTO wallet_budgets (wallet_id, period_id, budget_micros)"
        " SELECT id, 1, -1 FROM wallets",
        "wallet_budgets_in_range",
    ),
}
"""Statements, and the guard that refuses each."""


@pytest.mark.parametrize(("sql", "word"), GUARDED.values(), ids=GUARDED)
async def test_the_evidence_is_guarded(sql: str, word: str) -> None:
    await settled_month()
    with pytest.raises(Exception, match=word):
        await execute(sql)
    assert (await verify_period("2026-11")).differences == ()


async def unguard() -> None:
    """Without triggers: a superuser's session on PostgreSQL, a file opened elsewhere on SQLite."""
    if dialect() == "postgres":
        await execute("SET session_replication_role = replica")
        return
    for table in ("content_results", "settlement_totals", "checkpoints", "frozen_wallets"):
        await execute(f"DROP TRIGGER {table}_no_update")
        await execute(f"DROP TRIGGER {table}_no_delete")
    await execute("DROP TRIGGER frozen_exclusions_no_delete")


async def settled_month() -> None:
    """Two wallets on a paid, an unclaimed and a content that became one clicker's own."""
    alice, bob, cid = [await person(name) for name in ("alice", "bob", "cid")]
    shared = [("bob", 5000), ("cid", 5000)]
    paid, held = await article(bob, "paid"), await article(bob, "held", creators=[])
    own = await article(bob, "own")
    for supporter in (alice, cid):
        await fund(supporter, "3.00")
        for content, weight in ((paid, 2), (held, 1), (own, 1)):
            await click(supporter, content, weight)
    await fund(bob, "1.00")
    await article(bob, "unseen")
    await set_content_shares(bob, own.id, shared)
    await close_period("2026-11")
    await settle_period("2026-11")


@pytest.mark.parametrize(("sql", "said"), FORGED)
async def test_what_was_forged_is_found(sql: str, said: str) -> None:
    await settled_month()
    assert (await verify_period("2026-11")).differences == ()
    async with transaction():
        await unguard()
        await execute(sql)
        if dialect() == "postgres":
            await execute("SET session_replication_role = origin")
    differences = (await verify_period("2026-11")).differences
    assert any(said in difference for difference in differences), differences


async def test_every_engine_verifies_what_another_settled() -> None:
    await settled_month()
    for engine in ("polars", "duckdb", "reference"):
        verified = await verify_period("2026-11", engine=engine)
        assert (verified.differences, verified.entries) == ((), 2)
